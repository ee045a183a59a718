package store

import (
	"context"
	"fmt"
	"slices"
)

// A list is read by the key that gives its order, until a page is full, or by a key of a filter, and is
// then sorted. Which of both is short depends on how many records the filters select, which the server
// can only guess and the counts tell.

// few is how many records are sorted rather than looked for among all; they must also be a small part of
// the section.
const (
	few   = 5000
	small = 10
)

// way is how a page of a query is read best: which keys the server may use, and between which ids
// everything lies that the query selects.
func (s *Store) way(ctx context.Context, q RecordQuery, column string) (hint, bound string, bounds []any, err error) {
	where, args, ok := q.spanned()
	if !ok {
		return "", "", nil, nil
	}
	var span struct {
		N, Total  int
		Low, High *uint64
	}
	const part = "SELECT n, low, high, "
	from := " FROM qlobooks_counts WHERE list = ? UNION ALL " + part + where + " mine FROM qlobooks_count_changes WHERE list = ?"
	values := append(append(append(slices.Clone(args), q.Section), args...), q.Section)
	err = s.db.WithContext(ctx).Raw("SELECT COALESCE(SUM(x.n), 0) total, COALESCE(SUM(IF(x.mine, x.n, 0)), 0) n, MIN(IF(x.mine, x.low, NULL)) low, MAX(IF(x.mine, x.high, NULL)) high FROM ("+part+where+" mine"+from+") x", values...).Scan(&span).Error
	if err != nil {
		return "", "", nil, fmt.Errorf("look for the way through a list: %w", err)
	}
	if span.Low != nil && span.High != nil {
		bound, bounds = " AND r.sort_id BETWEEN ? AND ?", []any{*span.Low, *span.High}
	}
	byID := column == sortColumns["source_id"]
	sorts := span.N <= few && span.N <= span.Total/small
	switch {
	case byID && !q.dated():
	case sorts && byID:
		hint = " IGNORE INDEX FOR ORDER BY (by_id, by_last_day)"
	case sorts:
		hint = " IGNORE INDEX FOR ORDER BY (by_name, by_synced, by_updated)"
	case byID:
		hint = " FORCE INDEX (by_id)"
	default:
		hint = " FORCE INDEX (" + sortKeys[column] + ")"
	}
	return hint, bound, bounds, nil
}

// sortKeys are the keys that give an order.
var sortKeys = map[string]string{"r.name": "by_name", "r.last_synced_at": "by_synced", "r.updated_at": "by_updated"}

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
