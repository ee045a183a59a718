package reconcile

import (
	"context"
	"slices"
	"time"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/store"
)

// unmoved looks at QloApps' side of a month again, and at what was sent from here, and refuses to sign what was read when
// any document is otherwise by now: nobody has seen it so, and the look at closed months begins only with the signature.
func (s *Service) unmoved(ctx context.Context, name string, days wire.DayRange, items []item) error {
	titles, named := []string{}, map[store.Ref]string{}
	for _, x := range items {
		named[x.ref] = x.title
		if x.inside(wire.ReconciliationQuery{DayRange: days}) && x.stale() {
			titles = append(titles, x.title)
		}
	}
	edited, err := s.edited(ctx, days)
	if err != nil {
		return err
	}
	docs, err := s.Store.Compared(ctx, edited)
	if err != nil {
		return err
	}
	for _, ref := range edited {
		words := named[ref]
		if words == "" {
			words = title(ref, docs[ref])
		}
		if !slices.Contains(titles, words) {
			titles = append(titles, words)
		}
	}
	if len(titles) == 0 {
		return nil
	}
	return fault.New(fault.Conflict, "month_changed", "%s of %s changed in QloApps, or by what was sent or taken back from here, after both sides were read: %s.", count(len(titles), "document", "documents"), name, few3(titles)).
		Do("Read both sides of the month again, then close it.")
}

// stale tells that a document was sent or taken back after Zoho Books was read, and that its side there is presumed for
// that. What was sent and is as it was read there is not.
func (x item) stale() bool {
	if x.doc.Status == store.Skipped || x.readAt.IsZero() || !x.doc.UpdatedAt.After(x.readAt) {
		return false // what stands on a day of another month is not of this one
	}
	switch {
	case x.posted == nil:
		return x.keyed
	case x.seen == nil:
		return x.posted.counts()
	default:
		return x.words(x.posted, x.seen) != ""
	}
}

// edited are the documents of which QloApps says something else now than when the days were read, as far as a month is
// agreed on it: what is due of an order goes on when its month is over.
func (s *Service) edited(ctx context.Context, days wire.DayRange) ([]store.Ref, error) {
	ids, err := s.concerned(ctx, days)
	if err != nil {
		return nil, err
	}
	k := &kept{sources: map[store.Ref]sourceRow{}}
	if err := s.addSources(ctx, k, "day BETWEEN ? AND ?", days.From, days.To); err != nil {
		return nil, err
	}
	var further [][]any
	for name, list := range ids {
		for _, id := range list {
			if _, known := k.sources[store.Ref{Flow: name, ID: id}]; !known {
				further = append(further, []any{name, id})
			}
		}
	}
	for ref := range k.sources {
		if !slices.Contains(ids[ref.Flow], ref.ID) { // it was deleted, or lies on another day by now
			ids[ref.Flow] = append(ids[ref.Flow], ref.ID)
		}
	}
	for part := range slices.Chunk(further, 500) {
		if err := s.addSources(ctx, k, "(flow, source_id) IN ?", part); err != nil {
			return nil, err
		}
	}
	now, err := s.wanted(ctx, ids)
	if err != nil {
		return nil, err
	}
	var list []store.Ref
	for _, x := range now {
		ref := store.Ref{Flow: x.Flow, ID: x.SourceID}
		if was, known := k.sources[ref]; x.differs(was, known) {
			list = append(list, ref)
		}
	}
	slices.SortFunc(list, byRef)
	return list, nil
}

// differs tells that QloApps says something else of a document than what was kept of it.
func (x source) differs(was sourceRow, known bool) bool {
	says := x.State != gone && x.State != nothing
	if said := known && was.State != gone && was.State != nothing; !says || !said {
		return says != said || known && x.State != was.State
	}
	return x.State != was.State || x.Day != dayOf(was.Day) || x.Currency != was.Currency || x.Imported != was.Imported || !x.Amount.Round(keptPlaces).Equal(was.Amount)
}

// keptPlaces is to how many decimals amounts are kept.
const keptPlaces = 6

// latest is the last of some moments.
func latest(moments ...time.Time) (last time.Time) {
	for _, at := range moments {
		if at.After(last) {
			last = at
		}
	}
	return last
}
