package zoho

import (
	"context"
	"encoding/json"
	"iter"
	"net/http"
	"net/url"
	"strconv"

	"github.com/qlobooks/qlobooks/internal/fault"
)

const (
	perPage  = 200
	mostPage = 5000 // a list that never ends is a defect, not a million rows
)

// rows walks a list page by page, one call each, and stops with the consumer. The sequence
// ends with the first error. Rows over a changing list may repeat or be missed.
func (c *Client) rows(ctx context.Context, path, name string, query url.Values) iter.Seq2[map[string]json.RawMessage, error] {
	return func(yield func(map[string]json.RawMessage, error) bool) {
		q := url.Values{"per_page": {strconv.Itoa(perPage)}}
		for field, values := range query {
			q[field] = values
		}
		for page := 1; page <= mostPage; page++ {
			q.Set("page", strconv.Itoa(page))
			resp, err := c.Do(ctx, Request{Method: http.MethodGet, Path: path, Query: q})
			if err != nil {
				yield(nil, err)
				return
			}
			rows, more, err := pageOf(resp.Body, name)
			if err != nil {
				yield(nil, err)
				return
			}
			for _, row := range rows {
				if !yield(row, nil) {
					return
				}
			}
			if !more {
				return
			}
		}
	}
}

// pageOf reads one page. page_context is an object, in one of Zoho's files a list.
func pageOf(body []byte, name string) (rows []map[string]json.RawMessage, more bool, err error) {
	var envelope map[string]json.RawMessage
	if err := json.Unmarshal(body, &envelope); err != nil {
		return nil, false, err
	}
	raw, ok := envelope[name]
	if !ok {
		return nil, false, fault.New(fault.Unavailable, "zoho_unavailable", "Zoho Books answered a list without its rows (%s).", name)
	}
	contexts := list(envelope["page_context"])
	var one map[string]json.RawMessage
	if json.Unmarshal(envelope["page_context"], &one) == nil && one != nil {
		contexts = append(contexts, one)
	}
	for _, context := range contexts {
		var has Truth
		_ = json.Unmarshal(context["has_more_page"], &has)
		more = more || bool(has)
	}
	return list(raw), more, nil
}

// Each walks all documents of a resource that query selects, as rows of its list.
func (r Resource) Each(ctx context.Context, c *Client, query url.Values) iter.Seq2[Answer, error] {
	return func(yield func(Answer, error) bool) {
		for row, err := range c.rows(ctx, r.Path, r.List, query) {
			if err != nil {
				yield(Answer{}, err)
				return
			}
			if !yield(r.answer(row, c.KeyFieldOf(r)), nil) {
				return
			}
		}
	}
}
