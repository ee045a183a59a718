package zoho_test

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// TestARowWithoutAnIDHidesNoOther reads lists of which one row has no id, or one of another JSON type. Nothing is added to
// such a list, as what is missing may be that row, until it is read whole again.
func TestARowWithoutAnIDHidesNoOther(t *testing.T) {
	t.Parallel()
	var added, whole atomic.Bool
	c, _ := client(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet {
			added.Store(true)
			answering(201, `{"code":0,"tax":{"tax_id":"3"},"tax_group":{"tax_group_id":"4"},"field":{"field_id":"5"}}`)(w, r)
			return
		}
		body := map[string]string{
			"/organizations":       `"organizations":[{"organization_id":7},{"name":"B"}]`,
			"/settings/currencies": `"currencies":[{"currency_code":"USD"},{"currency_id":1,"currency_code":"EUR"}]`,
			"/chartofaccounts":     `"chartofaccounts":[{"account_id":{}},{"account_id":"1","account_type":"income"},"Cash"]`,
			"/settings/taxes":      `"taxes":[{"tax_id":null,"tax_percentage":4},{"tax_id":1,"tax_percentage":5},{"tax_id":2,"tax_type":"tax_group","taxes":[{"tax_id":"1"}]}]`,
			"/settings/fields":     `"fields":[{"label":"Segment","field_id":"1"},{"label":"Key"}]`,
			"/reportingtags":       `"reporting_tags":[{"tag_id":"","tag_name":"Hotel"},{"tag_id":"1"}]`,
		}[strings.TrimPrefix(r.URL.Path, zoho.Version)]
		if whole.Load() {
			body = `"taxes":[{"tax_id":1,"tax_percentage":5}],"tax_groups":[]`
		}
		answering(200, `{"code":0,`+body+`}`)(w, r)
	})
	ctx := t.Context()
	orgs, err := c.Organizations(ctx)
	if err != nil || len(orgs) != 1 || orgs[0].ID != "7" {
		t.Errorf("organizations %+v, %v", orgs, err)
	}
	euro, found, err := c.Currency(ctx, "EUR")
	if err != nil || !found || euro.ID != "1" {
		t.Errorf("currency %+v, %v", euro, err)
	}
	accounts, err := c.Accounts(ctx)
	if err != nil || len(accounts) != 1 || accounts[0].ID != "1" {
		t.Errorf("accounts %+v, %v", accounts, err)
	}
	taxes, err := c.Taxes(ctx)
	if err != nil || len(taxes) != 2 {
		t.Errorf("taxes %+v, %v", taxes, err)
	}
	tags, err := c.ReportingTags(ctx)
	if err != nil || len(tags) != 1 {
		t.Errorf("tags %+v, %v", tags, err)
	}
	adds := map[string]func() error{
		"currency": func() error { return c.CreateCurrency(ctx, "USD") },
		"tax":      func() error { _, err := c.CreateTax(ctx, "Tax 4%", "4", false, ""); return err },
		"group":    func() error { _, err := c.CreateTaxGroup(ctx, "5+4", []string{"1", "2"}); return err },
		"tag":      func() error { _, err := c.CreateTag(ctx, "Hotel"); return err },
	}
	for name, add := range adds {
		if f := fault.Of(add()); f == nil || f.Kind != fault.Rejected || !strings.Contains(f.Detail, "without an id") || f.Action == "" {
			t.Errorf("a %s is added: %v", name, f)
		}
	}
	if fields, err := c.Fields(ctx, "invoice"); !fault.Is(err, fault.Rejected) {
		t.Errorf("the key field is taken for missing: %+v, %v", fields, err)
	}
	if added.Load() {
		t.Error("something was added to a list of which a row could not be read")
	}
	whole.Store(true)
	if _, err := c.Taxes(ctx); err != nil || adds["tax"]() != nil || !added.Load() {
		t.Errorf("the list is whole again, and nothing is added to it: %v", err)
	}
}
