package reconcile

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/qlobooks/qlobooks/internal/store"
)

const (
	// watchMark names where the look at changed orders goes on, by the time that tells a change.
	watchMark = "closed_"
	// watchSlice is how many orders are looked at together.
	watchSlice = 500
	// watchOverlap is looked at twice, as what began earlier may be stored later.
	watchOverlap = 10 * time.Second
)

// watchColumns are the two times that tell that an order changed.
var watchColumns = []string{"updated_at", "last_synced_at"}

// Watch looks at every order of which something was posted, or was seen to be otherwise, since it last did: what of it
// is dated in a closed month, or was agreed for one, is read anew in QloApps, and its month is compared with what was
// agreed. It calls nobody, and does nothing while no month is closed.
func (s *Service) Watch(ctx context.Context) error {
	organization, err := s.Store.Belongs(ctx)
	if err != nil {
		return err
	}
	was := map[string]string{} // before the months are read: one that is closed from now on sets the marks back
	for _, column := range watchColumns {
		if was[column], err = s.Store.Mark(ctx, watchMark+column); err != nil {
			return err
		}
	}
	periods, err := s.Store.Periods(ctx, organization)
	if err != nil || len(periods) == 0 {
		return err
	}
	touched := map[string]bool{}
	marks := map[string]string{}
	for _, column := range watchColumns {
		if marks[column], err = s.changedOrders(ctx, organization, periods, column, was[column], touched); err != nil {
			return err
		}
	}
	for _, p := range periods {
		if !touched[p.Month] {
			continue
		}
		if err := s.check(ctx, organization, p); err != nil {
			return err
		}
	}
	for column, mark := range marks { // only now: whoever dies before looks again
		if err := s.Store.SwapMark(ctx, watchMark+column, was[column], mark); err != nil {
			return err
		}
	}
	return nil
}

// watchFrom are the marks with which what changed since a moment is looked at. Nobody who looks by now, and does not know of
// the month that is closed, may store where he came to.
func watchFrom(at time.Time) map[string]string {
	marks := map[string]string{}
	for _, column := range watchColumns {
		marks[watchMark+column] = watchPlace(at.Add(-watchOverlap), 0) + " " + strconv.FormatInt(at.UnixNano(), 10)
	}
	return marks
}

// watchPlace is written so that the earlier place is the lesser text.
func watchPlace(at time.Time, after uint64) string {
	return at.UTC().Format("2006-01-02T15:04:05.000000Z07:00") + " " + strconv.FormatUint(after, 10)
}

// changedOrders walks through the orders that changed by one of the two times that tell it, and says where to go on.
func (s *Service) changedOrders(ctx context.Context, organization string, periods []store.Period, column, mark string, touched map[string]bool) (string, error) {
	at, after := startOf(mark, periods)
	began := s.Store.Now()
	for {
		var rows []struct {
			SourceID string
			SortID   uint64
			At       time.Time
		}
		err := s.db(ctx).Raw("SELECT source_id, sort_id, "+column+" at FROM qlobooks_records WHERE section = 'orders' AND "+column+" >= ? AND ("+column+" > ? OR sort_id > ?) ORDER BY "+column+", sort_id LIMIT ?", at.UTC(), at.UTC(), after, watchSlice).Scan(&rows).Error
		if err != nil {
			return "", fmt.Errorf("read changed orders: %w", err)
		}
		ids := make([]string, len(rows))
		for i, r := range rows {
			ids[i], at, after = r.SourceID, r.At, r.SortID
		}
		if err := s.lookAt(ctx, organization, periods, ids, touched); err != nil {
			return "", err
		}
		if len(rows) < watchSlice {
			break
		}
	}
	if late := began.Add(-watchOverlap); at.After(late) {
		at, after = late, 0
	}
	return watchPlace(at, after), nil
}

// startOf is where the look goes on; before the first month was closed nothing counts.
func startOf(text string, periods []store.Period) (time.Time, uint64) {
	first := periods[0].ClosedAt
	for _, p := range periods {
		if p.ClosedAt.Before(first) {
			first = p.ClosedAt
		}
	}
	when, id, _ := strings.Cut(text, " ")
	id, _, _ = strings.Cut(id, " ")
	at, err := time.Parse(time.RFC3339Nano, when)
	if err != nil || at.Before(first.Add(-watchOverlap)) {
		return first.Add(-watchOverlap), 0
	}
	after, _ := strconv.ParseUint(id, 10, 64)
	return at, after
}

// lookAt reads anew in QloApps what of orders concerns closed months, and notes these.
func (s *Service) lookAt(ctx context.Context, organization string, periods []store.Period, orders []string, touched map[string]bool) error {
	if len(orders) == 0 {
		return nil
	}
	closed := make([]string, len(periods))
	for i, p := range periods {
		closed[i] = p.Month
	}
	var rows []struct {
		Flow, SourceID        string
		Month, Agreed, Source *string
	}
	// What has no day yet was never posted: QloApps says which it would bear.
	err := s.db(ctx).Raw("SELECT DISTINCT d.flow, d.source_id, DATE_FORMAT(d.day, '%Y-%m') month, f.month agreed, DATE_FORMAT(x.day, '%Y-%m') source FROM qlobooks_record_documents t JOIN qlobooks_documents d ON d.id = t.document_id "+
		"LEFT JOIN qlobooks_period_documents f ON f.flow = d.flow AND f.source_id = d.source_id AND f.organization_id = ? LEFT JOIN qlobooks_source_documents x ON x.flow = d.flow AND x.source_id = d.source_id "+
		"WHERE t.section = 'orders' AND t.record_id IN ? AND d.flow IN ? AND (f.month IS NOT NULL OR d.day IS NULL OR DATE_FORMAT(d.day, '%Y-%m') IN ? OR DATE_FORMAT(x.day, '%Y-%m') IN ?)", organization, orders, s.flows(), closed, closed).Scan(&rows).Error
	if err != nil {
		return fmt.Errorf("read documents of closed months: %w", err)
	}
	ids := map[string][]string{}
	known := map[store.Ref]bool{} // whether what QloApps said of it is kept
	for _, r := range rows {
		ref := store.Ref{Flow: r.Flow, ID: r.SourceID}
		if _, seen := known[ref]; !seen {
			ids[r.Flow] = append(ids[r.Flow], r.SourceID)
		}
		known[ref] = known[ref] || r.Agreed != nil || r.Source != nil
		for _, month := range []*string{r.Month, r.Agreed, r.Source} {
			if month != nil {
				touched[*month] = true
			}
		}
	}
	read, err := s.wanted(ctx, ids)
	if err != nil {
		return err
	}
	// Of months that are open what was not read stays unread.
	read = slices.DeleteFunc(read, func(x source) bool {
		in := len(x.Day) >= 7 && slices.Contains(closed, x.Day[:7])
		if in {
			touched[x.Day[:7]] = true
		}
		return !in && !known[store.Ref{Flow: x.Flow, ID: x.SourceID}]
	})
	return s.keepSources(ctx, nil, read)
}
