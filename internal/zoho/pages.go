package zoho

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/qlobooks/qlobooks/internal/fault"
)

// Rows goes through a list page by page.
func (c *Client) Rows(ctx context.Context, path, list string, filter url.Values) iter.Seq2[json.RawMessage, error] {
	return func(yield func(json.RawMessage, error) bool) {
		for rows, err := range c.Pages(ctx, path, list, filter, 1) {
			if err != nil {
				yield(nil, err)
				return
			}
			for _, row := range rows {
				if !yield(row, nil) {
					return
				}
			}
		}
	}
}

// Pages gives a list page by page, from the page of that number on, the first being 1.
func (c *Client) Pages(ctx context.Context, path, list string, filter url.Values, from int) iter.Seq2[[]json.RawMessage, error] {
	return func(yield func([]json.RawMessage, error) bool) {
		var before []string
		for page := from; page <= mostPages; page++ {
			q := url.Values{"page": {fmt.Sprint(page)}, "per_page": {fmt.Sprint(perPage)}}
			for name, values := range filter {
				q[name] = values
			}
			resp, err := c.askList(ctx, path, q)
			if err != nil {
				yield(nil, err)
				return
			}
			var rows []json.RawMessage
			envelope, err := listed(resp.Body, list, &rows)
			if err != nil {
				yield(nil, err)
				return
			}
			ids := idsOf(rows)
			if len(ids) > 0 && slices.Equal(ids, before) {
				yield(nil, Unread(http.MethodGet, fmt.Errorf("list %q: page %d is the page before once more", list, page)))
				return
			}
			before = ids
			if !yield(rows, nil) || len(rows) == 0 || !more(envelope["page_context"], len(rows)) {
				return
			}
		}
		yield(nil, fault.New(fault.Unavailable, "zoho_unavailable", "A list in Zoho Books does not end; it was read up to page %d.", mostPages).
			Do("Narrow down what is asked for, for example to fewer days."))
	}
}

// idsOf are the ids that each row of a page names.
func idsOf(rows []json.RawMessage) []string {
	var ids []string
	for _, raw := range rows {
		var row map[string]json.RawMessage
		_ = json.Unmarshal(raw, &row)
		var names string
		for _, name := range slices.Sorted(maps.Keys(row)) {
			if strings.HasSuffix(name, "_id") {
				names += name + string(row[name])
			}
		}
		if names == "" {
			return nil // nothing tells this row from others
		}
		ids = append(ids, names)
	}
	return ids
}

// errNoList is the cause of an Unread answer that does not have the list asked for.
var errNoList = errors.New("the answer holds no such list")

// alsoListed are the names by which Zoho's documentation calls lists that were seen under others.
var alsoListed = map[string]string{CustomerPayments.List: "customer_payments"}

// listed takes a list out of an answer. One that is missing is not an empty one: nothing that is
// not there may pass for gone.
func listed(body json.RawMessage, list string, rows any) (envelope map[string]json.RawMessage, err error) {
	err = json.Unmarshal(body, &envelope)
	raw, there := envelope[list]
	if !there {
		raw, there = envelope[alsoListed[list]]
	}
	raw = ListOf(raw)
	switch {
	case err != nil:
	case there && (string(raw) == "null" || bytes.HasPrefix(raw, []byte("["))):
		err = json.Unmarshal(raw, rows)
	default: // a text, a number or an object without an id is no list either
		err = errNoList
	}
	if err != nil {
		return nil, Unread(http.MethodGet, fmt.Errorf("list %q: %w", list, err))
	}
	return envelope, nil
}

// ListOf takes one row that comes as itself, as Zoho's documentation shows the list of credit notes, for a list of one. What
// names no id is no row.
func ListOf(raw json.RawMessage) json.RawMessage {
	if !isObject(raw) || idsOf([]json.RawMessage{raw}) == nil {
		return raw
	}
	return slices.Concat(json.RawMessage("["), raw, json.RawMessage("]"))
}

// perPage is how many rows a page has at most.
const perPage = 200

// more tells whether another page follows one of n rows. Zoho's own files show the context as a list
// of one, too; where none tells it, only a full page may be followed by another, and a page may be said to be smaller
// than what was asked for.
func more(context json.RawMessage, n int) bool {
	type page struct {
		More *Truth `json:"has_more_page"`
		Size Text   `json:"per_page"`
	}
	var pages []page
	if json.Unmarshal(context, &pages) != nil {
		pages = []page{{}}
		if json.Unmarshal(context, &pages[0]) != nil {
			pages = nil
		}
	}
	if len(pages) == 0 || pages[0].More == nil {
		return n >= perPage || len(pages) > 0 && string(pages[0].Size) == strconv.Itoa(n)
	}
	return bool(*pages[0].More)
}
