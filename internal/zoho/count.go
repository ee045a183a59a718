package zoho

import (
	"context"
	"encoding/json"
	"net/url"
	"strconv"
)

// Count asks how many rows a list has without reading them; known is false where Zoho does not tell.
func (c *Client) Count(ctx context.Context, path string, filter url.Values) (n int, known bool, err error) {
	q := url.Values{"page": {"1"}, "per_page": {strconv.Itoa(perPage)}, "response_option": {"2"}}
	for name, values := range filter {
		q[name] = values
	}
	resp, err := c.askList(ctx, path, q)
	if err != nil {
		return 0, false, err
	}
	n, known = counted(resp.Body)
	return n, known, nil
}

// counted finds the number in an answer. Nobody has recorded under which name it comes, and Zoho's
// own files show the context as a list of one, too.
func counted(body json.RawMessage) (int, bool) {
	var envelope map[string]json.RawMessage
	if json.Unmarshal(body, &envelope) != nil {
		return 0, false
	}
	context := envelope["page_context"]
	var list []json.RawMessage
	if json.Unmarshal(context, &list) == nil && len(list) > 0 {
		context = list[0]
	}
	var inner map[string]json.RawMessage
	_ = json.Unmarshal(context, &inner)
	for _, from := range []map[string]json.RawMessage{inner, envelope} {
		for _, name := range []string{"total", "count", "total_count"} {
			var told Text
			if json.Unmarshal(from[name], &told) != nil {
				continue
			}
			if n, err := strconv.Atoi(string(told)); err == nil {
				return n, true
			}
		}
	}
	return 0, false
}
