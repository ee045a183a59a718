package rehearsal_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"
)

// paged reads a list to its end, three at a time, and gives the named field of each item.
func (d desk) paged(path, field, query string) (values []string) {
	d.t.Helper()
	for cursor := ""; ; {
		var page struct {
			Items []map[string]any
			Next  *string `json:"next_cursor"`
		}
		d.must(d.Call(d.ctx, "GET", path+"?limit=3"+query+cursor, nil, &page))
		for _, item := range page.Items {
			values = append(values, item[field].(string))
		}
		if page.Next == nil {
			return values
		}
		cursor = "&cursor=" + *page.Next
	}
}

// TestEveryListOfLinesIsReadInEitherOrder pages through calls, what people did, guests to pair and payments of Zoho
// Books in each order that they know, and searches payments by what an accountant has of them.
func TestEveryListOfLinesIsReadInEitherOrder(t *testing.T) {
	atOnce(t)
	d := opened(t, "sortedlists_")
	for _, path := range []string{"/records/customers/initialize", "/records/hotels/initialize", "/mappings/refresh", "/pairing/customers/load"} {
		_, err := d.Start(d.ctx, path, nil)
		d.must(err)
	}
	for _, p := range []string{
		"'90', 'PAY-7', '2026-03-02', 'EUR', 10, 'Cash', 'RF_1', 'Zoë Ångström', 'waiting'", "'91', 'PAY-8', '2026-03-02', 'EUR', 10, 'Cash', 'RF%2', 'anna lind', 'imported'",
		"'92', 'PAY-9', '2026-02-01', 'EUR', 10, 'Cash', 'wire 77', 'Anna Berg', 'imported'", "'93', '', NULL, 'EUR', 10, 'Cash', '', '', 'waiting'", "'94', '', NULL, 'EUR', 10, 'Cash', '', '', 'waiting'",
	} {
		d.do("INSERT INTO qlobooks_imported_payments (zoho_id, number, day, currency, amount, payment_mode, reference, contact, status, created_at, updated_at) VALUES (" + p + ", NOW(), NOW())")
	}
	for _, list := range []struct{ path, field, usual, other string }{
		{"/logs", "id", "-at", "at"}, {"/audit", "id", "-at", "at"}, {"/pairing/customers", "customer_id", "customer_id", "-customer_id"},
		{"/pairing/customers", "customer_id", "name", "-name"}, {"/payments/imported", "id", "-date", "date"}, {"/runs", "id", "-created_at", "created_at"},
	} {
		there := d.paged(list.path, list.field, "&sort="+list.usual)
		back := d.paged(list.path, list.field, "&sort="+list.other)
		slices.Reverse(back)
		if len(there) < 4 || !slices.Equal(there, back) {
			t.Errorf("%s by %s: %v, by %s from its end: %v", list.path, list.usual, there, list.other, back)
		}
		if unasked := d.paged(list.path, list.field, ""); list.usual != "name" && !slices.Equal(there, unasked) {
			t.Errorf("%s: %v without a sort, %v by %s", list.path, unasked, there, list.usual)
		}
		var page struct {
			Next string `json:"next_cursor"`
		}
		d.must(d.Call(d.ctx, "GET", list.path+"?limit=1&sort="+list.usual, nil, &page))
		for query, field := range map[string]string{"sort=shoe_size": "sort", "sort=" + list.other + "&cursor=" + page.Next: "cursor"} {
			if err := d.Call(d.ctx, "GET", list.path+"?"+query, nil, nil); err == nil || !strings.Contains(err.Error(), `"field":"`+field) || !strings.Contains(err.Error(), "422") {
				t.Errorf("%s?%s: %v", list.path, query, err)
			}
		}
	}
	byName := d.paged("/pairing/customers", "name", "&sort=name")
	if !slices.IsSortedFunc(byName, func(a, b string) int { return strings.Compare(strings.ToLower(a), strings.ToLower(b)) }) {
		t.Errorf("guests by name: %v", byName)
	}
	for _, status := range []string{"open", "linked"} { // the filter and the order go together
		back := d.paged("/pairing/customers", "customer_id", "&sort=-name&status="+status)
		slices.Reverse(back)
		if there := d.paged("/pairing/customers", "customer_id", "&sort=name&status="+status); !slices.Equal(there, back) {
			t.Errorf("%s guests by name: %v, from the end %v", status, there, back)
		}
	}
	for q, want := range map[string]string{"92": "92", "pay-8": "91", "anna": "92 91", "ANGSTROM": "90", "RF_": "90", "RF%": "91", "wire 7": "92", "nobody": "", " berg ": "92"} {
		if got := strings.Join(d.paged("/payments/imported", "id", "&sort=date&q="+url.QueryEscape(q)), " "); got != want {
			t.Errorf("payments that %q finds: %q, want %q", q, got, want)
		}
	}
}
