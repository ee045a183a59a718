package reconcile

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/flow"
	"github.com/qlobooks/qlobooks/internal/limit"
	"github.com/qlobooks/qlobooks/internal/store"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// A status is changed for many documents in one call, and its answer tells of none of them. Once a day the list of what
// changed in Zoho Books is held against what was marked as sent, opened or made void meanwhile.

const (
	statusMark = "statuses_"
	// settled is how long something stands before it is looked at: lists lag, and whoever looks twice at once makes no call.
	settled = time.Hour
	// statusSlice is how many documents are held against a list at most; what is left follows the next day.
	statusSlice = 5000
	// mostPages bounds the list, as a filter that is ignored would make it read everything.
	mostPages = 25
	// alone is how many are read one by one at most, as the list does not show them, or as not done.
	alone = 50
)

// statusOf are the kinds of which a status is changed, with the step that does it besides making void.
var statusOf = []struct {
	flow, step, did string
	resource        zoho.Resource
}{
	{flow.Invoice, "sent", "marked as sent", zoho.Invoices},
	{flow.SalesOrder, "open", "opened", zoho.SalesOrders},
}

// Statuses looks once whether what was sent, opened or made void since it last looked, up to an hour ago, stands so in Zoho Books. What does
// not is named with both sides, and the step is taken again when a person has it synchronized. Without anything of that
// kind it makes no call; else one for 200 changed documents.
func (s *Service) Statuses(ctx context.Context) error {
	for _, of := range statusOf {
		began := s.Store.Now().Add(-settled)
		was, err := s.Store.Mark(ctx, statusMark+of.flow)
		if err != nil {
			return err
		}
		since, err := time.Parse(time.RFC3339Nano, was)
		if err != nil {
			since = began.AddDate(0, 0, -2)
		}
		stepped, next, err := s.Store.Stepped(ctx, of.flow, []string{of.step, store.VoidStep}, since, began, statusSlice)
		if err != nil {
			return err
		}
		if len(stepped) > 0 {
			if err := s.statuses(ctx, of.resource, of.step, of.did, stepped, since); err != nil {
				return err
			}
		}
		if err := s.Store.SetMark(ctx, statusMark+of.flow, next.UTC().Format(time.RFC3339Nano)); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) statuses(ctx context.Context, r zoho.Resource, step, did string, stepped []store.Document, since time.Time) error {
	books, err := s.Books(ctx)
	if err != nil {
		return err
	}
	ctx = zoho.WithLane(ctx, limit.History)
	stand, err := changedSince(ctx, books, r, stepped, since)
	if err != nil {
		return err
	}
	read := 0
	for _, d := range stepped {
		status, listed := stand[d.ZohoID]
		missed, words := notDone(d, step, did, status)
		if missed == "" && (listed || !d.Done(store.VoidStep)) { // what was not made void did not change
			continue
		}
		if read++; read > alone {
			return nil
		}
		rec, err := books.Get(ctx, r, d.ZohoID) // a list may lag behind
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
		if missed, words = notDone(d, step, did, rec.Status); missed == "" {
			continue
		}
		if err := s.Store.NotTaken(ctx, d, missed, words, "Use Sync to have it done again."); err != nil {
			return err
		}
	}
	return nil
}

// changedSince lists how documents stand that changed, until all of ours were seen.
func changedSince(ctx context.Context, books *zoho.Client, r zoho.Resource, stepped []store.Document, since time.Time) (map[string]string, error) {
	stand, missing := map[string]string{}, map[string]bool{}
	for _, d := range stepped {
		missing[d.ZohoID] = true
	}
	pages := 0
	for rows, err := range books.Pages(ctx, r.Path, r.List, url.Values{"last_modified_time": {since.Add(-time.Hour).Format(zohoTime)}}, 1) {
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			if rec, err := r.Row(row, ""); err == nil {
				stand[rec.ID] = rec.Status
				delete(missing, rec.ID)
			}
		}
		if pages++; len(missing) == 0 || pages == mostPages {
			break
		}
	}
	return stand, nil
}

// notDone names the step that a document's status shows not to be taken, with both sides in words; "" where it is, or
// where nobody knows.
func notDone(d store.Document, step, did, status string) (missed, words string) {
	switch {
	case status == "" || status == "void":
		return "", ""
	case d.Done(store.VoidStep):
		missed, did = store.VoidStep, "made void"
	case d.Done(step) && slices.Contains(unposted, status):
		missed = step
	default:
		return "", ""
	}
	return missed, "It was " + did + " from here, and is «" + strings.ReplaceAll(status, "_", " ") + "» in Zoho Books."
}
