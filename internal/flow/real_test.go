package flow

import (
	"context"
	"fmt"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/private/privatetest"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/rules"
	"github.com/qlobooks/qlobooks/internal/settings"
)

func TestMain(m *testing.M) { privatetest.Main(m) }

// done answers every link as if the record stood at Zoho, with the total it was given.
type done map[engine.Ref]money.Decimal

func (d done) Of(flow, id string) (engine.Link, error) { return d.Look(flow, id), nil }

func (d done) Look(flow, id string) engine.Link {
	r := engine.Ref{Flow: flow, ID: id}
	if flow == Cancellation || flow == SalesOrder || flow == Refund { // a request became a slip before anybody read it
		return engine.Link{Ref: r, Status: engine.NotSynced}
	}
	return engine.Link{Ref: r, ID: "z-" + r.Key(), Status: engine.Synced, Total: d[r], Sent: []byte("{}")}
}

func (d done) Settled(flow, id string) (engine.Link, error) { return d.Look(flow, id), nil }

// mapped are rules under which every tax and account is chosen.
func mapped(t *testing.T, r *qloapps.Reader) *rules.Rules {
	t.Helper()
	shop, err := r.Shop(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	currencies, err := r.Currencies(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	uses, err := r.TaxRates(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	all := settings.Default()
	all.Currencies.MultiCurrency = true
	out := &rules.Rules{
		Org:      rules.Organization{BaseCurrency: "USD", TaxRounding: "entity_level", Currencies: map[string]rules.Currency{"USD": {ID: "1", Precision: 2}, "EUR": {ID: "2", Precision: 2}, "JPY": {ID: "3"}}},
		Settings: all, Zone: shop.Zone, Today: "2026-11-25", KeyField: "cf_qloapps_key", QloBase: shop.DefaultCurrency, QloRates: map[string]rules.QloRate{},
		Mappings: rules.Mappings{Rows: map[rules.Kind]map[string]rules.Choice{rules.Taxes: {}, rules.DepositAccounts: {rules.Default: {ZohoID: "bank"}}, rules.PaymentModes: {rules.Default: {ZohoID: "Others"}}, rules.Accounts: {rules.Default: {ZohoID: "sales"}}}},
	}
	for _, c := range currencies {
		if !c.Deleted {
			out.QloRates[c.ISO] = rules.QloRate{Rate: c.Rate.String()}
		}
	}
	for _, u := range uses {
		out.Mappings.Rows[rules.Taxes][u.Key] = rules.Choice{ZohoID: "tax-" + u.Key}
	}
	return out
}

func reader(t *testing.T, dsn string) *qloapps.Reader {
	t.Helper()
	db, err := qloapps.Connect(dsn)
	if err != nil {
		t.Fatal(err)
	}
	r, err := qloapps.Open(t.Context(), db, "")
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestRealRowsMapToTheCent maps every invoice and payment of the dumps, where they are there,
// and finds what accounting section 10 says.
func TestRealRowsMapToTheCent(t *testing.T) {
	verdicts := map[string]map[string]string{
		"1.7": {
			"invoices": "1 2 4 5 6 7 8 9 10 11 13 14 15 16 17 18", "stale": "14", "held": "",
			"payment:19": "-100 USD", "payment:12": "34827 JPY", "payment:17": "54.35 USD",
		},
		"1.6.1": {"invoices": "1 2 4 5 6 7 8 9", "stale": "", "held": "", "payment:9": "54.35 USD"},
	}
	for version, want := range verdicts {
		t.Run(version, func(t *testing.T) {
			dsn, there := privatetest.Dump(t, version)
			if !there {
				t.Logf("no dump of %s beside the repository", version)
				return
			}
			r := reader(t, dsn)
			ru := mapped(t, r)
			for _, rounding := range roundings { // of the organization: totals are the same with both
				ru.Org.TaxRounding = rounding
				got := mapAll(t, r, ru)
				if want := map[string]string{"item_level": "4"}[rounding]; got["told"] != want { // orders whose tax is more than a cent apart
					t.Errorf("%s: of the tax of orders %q people are told, want %q", rounding, got["told"], want)
				}
				for name, value := range want {
					if got[name] != value {
						t.Errorf("%s, %s: got %q, want %q", rounding, name, got[name], value)
					}
				}
			}
		})
	}
}

func mapAll(t *testing.T, r *qloapps.Reader, ru *rules.Rules) map[string]string {
	t.Helper()
	ctx := context.Background()
	list, err := r.ListOrders(ctx, "", 1000)
	if err != nil {
		t.Fatal(err)
	}
	var invoiceIDs, paymentIDs []string
	for _, l := range list {
		invoiceIDs = append(invoiceIDs, l.InvoiceIDs...)
		paymentIDs = append(paymentIDs, l.PaymentIDs...)
	}
	got := map[string]string{}
	links := done{}
	loaded, err := r.Invoices(ctx, invoiceIDs)
	if err != nil {
		t.Fatal(err)
	}
	var orders, stale, held, differ []string
	for _, id := range invoiceIDs {
		i := loaded[id]
		m, err := mapInvoice(i, engine.Link{}, links, ru)
		if err != nil {
			held = append(held, "invoice:"+id+"="+fault.Of(err).Code)
			t.Logf("invoice %s: %v", id, err)
			continue
		}
		want := money.RoundHalfUp(i.Order.TotalIncl, ru.Org.Currencies[i.Order.Currency].Precision)
		if !m.Facts.Total.Equal(want) {
			t.Errorf("invoice %s: %s, want %s", id, m.Facts.Total, want)
		}
		if off := m.Facts.Tax.Sub(i.Order.TotalIncl.Sub(i.Order.TotalExcl)).Abs(); off.GreaterThan(money.Unit(ru.Org.Currencies[i.Order.Currency].Precision).Mul(money.Whole(max(1, len(m.Facts.Taxes))))) && !slices.ContainsFunc(m.Notices, func(n engine.Notice) bool { return n.Code == "tax_differs" }) {
			t.Errorf("invoice %s: its tax is %s apart from QloApps', and nobody is told", id, off)
		}
		links[engine.Ref{Flow: Invoice, ID: id}] = m.Facts.Total
		orders = append(orders, i.Order.ID)
		for _, n := range m.Notices {
			t.Logf("invoice %s: %s %s", id, n.Code, n.Detail)
			switch n.Code {
			case "invoice_stale":
				stale = append(stale, i.Order.ID)
			case "tax_differs":
				differ = append(differ, i.Order.ID)
			}
		}
		t.Logf("order %2s invoice %s: %s %s, tax %s (QloApps %s)", i.Order.ID, m.Doc.Number, m.Facts.Total, m.Facts.Currency, m.Facts.Tax, i.Order.TotalIncl.Sub(i.Order.TotalExcl))
	}
	payments, err := r.Payments(ctx, paymentIDs)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, id := range paymentIDs {
		if seen[id] {
			continue
		}
		seen[id] = true
		m, err := mapPayment(payments[id], engine.Link{}, links, ru)
		if err != nil {
			held = append(held, "payment:"+id+"="+fault.Of(err).Code)
			continue
		}
		got["payment:"+id] = m.Facts.Total.String() + " " + m.Facts.Currency
		t.Logf("payment %s: %s, %d allocations of %s", id, got["payment:"+id], len(m.Doc.Invoices), m.Facts.Applied)
	}
	sort.Slice(orders, func(i, j int) bool { return qloapps.Earlier(orders[i], orders[j]) })
	got["invoices"], got["stale"], got["held"] = strings.Join(orders, " "), strings.Join(stale, " "), strings.Join(held, " ")
	got["told"] = strings.Join(differ, " ")
	_ = fmt.Sprint
	return got
}
