package qloapps

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"
)

// Some things are found only by going through a large table, as QloApps has no key for them: which
// addresses are hotels', and whether a payment is in a currency that was deleted. Rows are added at its
// end, so that a reader that has gone through it once goes on from there.

// growing is what was found in a table up to a key.
type growing struct {
	mu    sync.Mutex
	upTo  string
	found []string
	whole time.Time // when the table was last gone through from its beginning
}

// wholeAfter is when a table is gone through again: somebody may have changed what lies behind.
const wholeAfter = time.Hour

// followed gives everything found in a table, with what was added since. query selects by a key after one
// and up to another.
func (r *Reader) followed(ctx context.Context, g *growing, table, key, query string) ([]string, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	top, err := r.highest(ctx, table, key)
	if err != nil {
		return nil, err
	}
	if before(top, g.upTo) || time.Since(g.whole) > wholeAfter { // or another database was put back
		g.upTo, g.found, g.whole = "", nil, time.Now()
	}
	if top == g.upTo {
		return slices.Clone(g.found), nil
	}
	// Rows become visible in another order than their keys: the last ones are looked at once more.
	const again = 1000
	var more []string
	if err := r.query(ctx, &more, fmt.Sprintf(query, key, key), overlapped(g.upTo, again), top); err != nil {
		return nil, err
	}
	for _, id := range more {
		if !contains(g.found, id) {
			g.found = append(g.found, id)
		}
	}
	g.upTo = top
	return slices.Clone(g.found), nil
}

// overlapped is a key so many before one.
func overlapped(key string, by int) string {
	n := 0
	_, _ = fmt.Sscan(key, &n)
	return fmt.Sprint(max(0, n-by))
}

// hotelAddresses are the ids of all addresses that are or were a hotel's.
func (r *Reader) hotelAddresses(ctx context.Context) ([]string, error) {
	return r.followed(ctx, &r.hotelsAt, "address", "id_address", "SELECT id_address FROM {p}address WHERE id_hotel > 0 AND %s > ? AND %s <= ?")
}

// orderedCurrency is true of currencies that an order is in; orders have a key for them.
const orderedCurrency = "(SELECT 1 FROM {p}orders o WHERE o.id_currency = c.id_currency LIMIT 1) IS NOT NULL"

// paidCurrencies are the currencies that payments are in, should one have been deleted that no order is in.
func (r *Reader) paidCurrencies(ctx context.Context) ([]string, error) {
	var deleted []string
	if err := r.query(ctx, &deleted, "SELECT c.id_currency FROM {p}currency c WHERE c.deleted <> 0 AND NOT "+orderedCurrency); err != nil || len(deleted) == 0 {
		return nil, err
	}
	return r.followed(ctx, &r.paidIn, "order_payment", "id_order_payment", "SELECT DISTINCT id_currency FROM {p}order_payment WHERE %s > ? AND %s <= ?")
}
