package revenue

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/rules"
	"github.com/qlobooks/qlobooks/internal/store"
)

// TestADocumentWithoutARateIsLeftOutByName: what it comes to in the base currency is not known, and surely not the same.
func TestADocumentWithoutARateIsLeftOutByName(t *testing.T) {
	t.Parallel()

	r := &rules.Rules{Org: rules.Organization{BaseCurrency: "USD", Currencies: map[string]rules.Currency{"USD": {Precision: 2}, "JPY": {}}}}
	total := money.MustParse("3000")
	for name, tt := range map[string]struct {
		currency, extra, sent string
		unrated               []string
	}{
		"foreign, and Zoho Books told none": {"JPY", `{}`, ``, []string{"INV-9"}},
		"foreign, and told":                 {"JPY", `{"rate":"0.01"}`, ``, nil},
		"foreign, as it was sent":           {"JPY", `{}`, `"exchange_rate":0.01,`, nil},
		"in the base currency":              {"USD", `{}`, ``, nil},
	} {
		d := store.Document{Ref: store.Ref{Flow: invoice, ID: "9"}, Number: "INV-9", ZohoID: "z", Day: "2026-03-01", Currency: tt.currency, Total: &total, Status: store.Synced,
			Extra: json.RawMessage(tt.extra), Sent: json.RawMessage(`{` + tt.sent + `"line_items":[{"name":"Twin","account_id":"a","rate":3000,"quantity":1}]}`)}
		m := &material{rules: r, precision: 2, documents: map[string][]posted{"1": {read(d, nil, r)}}}
		got := m.order("1")
		if !slices.Equal(got.Unrated, tt.unrated) || (len(got.Entries) == 0) != (tt.unrated != nil) {
			t.Errorf("%s: left out %q, entries %+v", name, got.Unrated, got.Entries)
		}
	}
}
