package zoho

import (
	"context"
	"maps"
	"net/http"
	"net/url"

	"github.com/qlobooks/qlobooks/internal/fault"
)

// unlisted are the parts of a list's query that Zoho's documentation names for other lists only, or for none. They save
// calls, no more: whoever lists looks at every row himself, as Zoho may do nothing by them, or refuse them.
func unlisted(path string) []string {
	names := []string{"sort_order"}
	if path != Invoices.Path {
		names = append(names, "date_start", "date_end", "response_option")
	}
	if path == CustomerPayments.Path {
		names = append(names, "last_modified_time")
	}
	return names
}

// queryParts is under what is kept that a list refuses what its documentation does not name.
const queryParts = "?"

// askList asks for one page of a list. Where it is refused for what no documentation names, that is left out, here and
// for an hour.
func (c *Client) askList(ctx context.Context, path string, query url.Values) (Response, error) {
	plain := maps.Clone(query)
	for _, name := range unlisted(path) {
		plain.Del(name)
	}
	ask := func(q url.Values) (Response, error) {
		return c.Do(ctx, Request{Method: http.MethodGet, Path: path, Query: q})
	}
	if len(plain) == len(query) {
		return ask(query)
	}
	if c.c.Standing.lacks(path, queryParts, c.c.Now()) {
		return ask(plain)
	}
	resp, err := ask(query)
	if !fault.Is(err, fault.Rejected) || query.Get("page") != "1" { // what was taken for one page is taken for the next
		return resp, err
	}
	again, other := ask(plain)
	if other != nil {
		return resp, err // what is refused is something else
	}
	c.c.Standing.refused(path, queryParts, c.c.Now())
	return again, nil
}

// Downward watches a list that was asked for from its newest row on, and tells when it may be left. Zoho may order it
// otherwise: one row that is too old proves nothing, and the first row of a list that begins with its oldest is.
type Downward struct {
	last   string
	fell   bool // a row was older than the one before it
	rose   bool // a row was newer: no order can be relied on
	behind int
}

// enough is how many rows in a row must have been too old: a quarter of a page, so that it seldom takes another call.
const enough = perPage / 4

// Past takes the next row's day or moment, as text that is ordered as time is, and reports that all rows behind it are
// older than from.
func (d *Downward) Past(at, from string) bool {
	if d.last != "" {
		d.fell, d.rose = d.fell || at < d.last, d.rose || at > d.last
	}
	d.last = at
	if at >= from {
		d.behind = 0
		return false
	}
	d.behind++
	return d.fell && !d.rose && d.behind >= enough
}

// Ordered reports that no row has come that was newer than the one before it.
func (d *Downward) Ordered() bool { return !d.rose }
