package pairing

import (
	"context"
	"fmt"
	"strings"

	"github.com/qlobooks/qlobooks/internal/destination"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/limit"
	"github.com/qlobooks/qlobooks/internal/store"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// Take takes over what people changed of a document in Zoho Books without moving an amount: its number, its reference, and of
// a payment its deposit account and mode. Nothing is sent; Conflict/still_there where it stands as it was posted.
func (s *Service) Take(ctx context.Context, ref store.Ref, reason, by string) error {
	doc, resource, err := s.find(ctx, ref)
	if err != nil {
		return err
	}
	if doc.ZohoID == "" {
		return notLinked()
	}
	books, err := s.Books(ctx)
	if err != nil {
		return err
	}
	rec, err := books.Get(zoho.WithRef(zoho.WithLane(ctx, limit.Person), ref.Key()), resource, doc.ZohoID)
	if fault.Is(err, fault.NotFound) {
		return fault.New(fault.Conflict, "zoho_record_gone", "%s no longer exists in Zoho Books.", words(doc)).Do("Use Recreate to have it made again, or Unpair to forget the link.")
	}
	if err != nil {
		return err
	}
	said := renamed(doc, rec)
	if len(said) == 0 || rec.Key != "" && rec.Key != ref.Key() {
		return fault.New(fault.Conflict, "still_there", "%s has the number, the reference, the deposit account and the mode with which it was posted.", words(doc)).Do("Use Sync to send changes of QloApps; amounts that were changed in Zoho Books are put back with Recreate.")
	}
	as, sent := destination.TakenOver(resource, doc.Number, doc.Sent, rec)
	return s.Store.TakeChange(ctx, ref, as.Number, sent, fmt.Sprintf("Took over from Zoho Books: %s. %s", strings.Join(said, ", "), reason), by)
}

// renamed says in words what people changed of a document without moving an amount.
func renamed(doc store.Document, rec zoho.Record) []string {
	if doc.Total == nil {
		return nil // of a master
	}
	return destination.NamedAs(doc.Number, doc.Sent).Differs(destination.NamedAs(rec.Number, rec.Raw))
}
