package store

import (
	"context"
	"fmt"
)

// A list is read by the key that gives its order, until a page is full, or by a key of a filter, and is
// then sorted. Which of both is short depends on how many records the filters select, which the server
// can only guess and the counts tell.

// few is how many records are sorted rather than looked for among all.
const few = 5000

// way is how a page of a query is read best: which keys the server may use, and between which ids
// everything lies that the query selects.
func (s *Store) way(ctx context.Context, q RecordQuery, column string) (hint, bound string, bounds []any, err error) {
	where, args, ok := q.spanned()
	if !ok {
		return "", "", nil, nil
	}
	var span struct {
		N         int
		Low, High *uint64
	}
	table, args := kept("n, low, high", where, args...)
	if err := s.db.WithContext(ctx).Raw("SELECT COALESCE(SUM(x.n), 0) n, MIN(x.low) low, MAX(x.high) high FROM "+table, args...).Scan(&span).Error; err != nil {
		return "", "", nil, fmt.Errorf("look for the way through a list: %w", err)
	}
	if span.Low != nil && span.High != nil {
		bound, bounds = " AND r.sort_id BETWEEN ? AND ?", []any{*span.Low, *span.High}
	}
	byID := column == sortColumns["source_id"]
	switch {
	case span.N <= few && byID && q.dated():
		hint = " IGNORE INDEX FOR ORDER BY (by_id, by_last_day)"
	case span.N <= few && !byID:
		hint = " IGNORE INDEX FOR ORDER BY (by_name, by_synced, by_updated)"
	case byID && q.dated():
		hint = " FORCE INDEX (by_id)"
	}
	return hint, bound, bounds, nil
}

func (q RecordQuery) dated() bool { return q.DayFrom != "" || q.DayTo != "" }

// spanned is the part of the counts that holds at least what a query selects; ok is false where nothing
// is filtered, or by something that is not counted and narrows more.
func (q RecordQuery) spanned() (where string, args []any, ok bool) {
	if len(q.Statuses)+len(q.Phases) == 0 && q.HotelID == "" && q.Currency == "" && !q.dated() {
		return "", nil, false
	}
	wide := q
	wide.DayFrom, wide.DayTo = monthBegin(q.DayFrom), monthEnd(q.DayTo)
	where, args, _, ok = wide.countedWhere()
	return where, args, ok
}
