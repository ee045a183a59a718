package flow

import (
	"slices"
	"strings"
	"testing"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/rules"
)

// TestRatesWhereTheTwoSidesKeepTheirBooksInDifferentCurrencies: Zoho Books' base may be any currency of QloApps, and QloApps'
// default any of Zoho's. A document in the base bears no rate, any other base ÷ its own; and the default's own is 1.
func TestRatesWhereTheTwoSidesKeepTheirBooksInDifferentCurrencies(t *testing.T) {
	t.Parallel()

	byEuro := map[string]rules.QloRate{"EUR": {ID: "1", Rate: "1", Usable: true}, "USD": {ID: "2", Rate: "1.087", Usable: true}, "GBP": {ID: "3", Rate: "0.85", Usable: true}}
	byDollar := map[string]rules.QloRate{"USD": {ID: "2", Rate: "1", Usable: true}, "EUR": {ID: "1", Rate: "0.92", Usable: true}, "GBP": {ID: "3", Rate: "0.79", Usable: true}}
	former := map[string]rules.QloRate{"EUR": {ID: "1", Rate: "0.92", Usable: true}, "USD": {ID: "2", Rate: "1.087", Usable: true}} // the default's row is of a former default
	for _, tt := range []struct {
		name           string
		standard, base string
		rates          map[string]rules.QloRate
		in, own        string // the document's currency and the rate that QloApps keeps with it
		want           string // "" = none
		replaced       bool
	}{
		{"in Zoho's base", "EUR", "USD", byEuro, "USD", "1.087", "", false},
		{"in QloApps' default, which is not Zoho's base", "EUR", "USD", byEuro, "EUR", "1", "1.087", false},
		{"in QloApps' default, with an average over payments of another currency", "EUR", "USD", byEuro, "EUR", "0.973", "1.087", true},
		{"in a third currency", "EUR", "USD", byEuro, "GBP", "0.85", "1.2788235294", false},
		{"the other way round, in QloApps' default", "USD", "EUR", byDollar, "USD", "1", "0.92", false},
		{"the other way round, with an average", "USD", "EUR", byDollar, "USD", "0.95", "0.92", true},
		{"the other way round, in Zoho's base", "USD", "EUR", byDollar, "EUR", "0.92", "", false},
		{"the other way round, in a third currency", "USD", "EUR", byDollar, "GBP", "0.79", "1.164556962", false},
		{"the default's row and an order are of a former default", "EUR", "USD", former, "EUR", "0.92", "1.087", true},
		{"of a former default, as a payment in the present one tells", "EUR", "USD", byEuro, "GBP", "0.79", "1.265872905", true},
		{"both keep their books in one", "USD", "USD", byDollar, "EUR", "0.92", "1.0869565217", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()

			r := chosen()
			r.QloBase, r.Org.BaseCurrency, r.QloRates, r.Settings.Currencies.MultiCurrency = tt.standard, tt.base, tt.rates, true
			r.Org.Currencies = map[string]rules.Currency{"USD": {ID: "c-usd", Precision: 2}, "EUR": {ID: "c-eur", Precision: 2}, "GBP": {ID: "c-gbp", Precision: 2}}
			of := func(o *qloapps.Order) {
				o.Currency, o.Rate, o.OwnRate = tt.in, m(tt.own), m(tt.rates[tt.in].Rate)
				if strings.Contains(tt.name, "as a payment") { // when the dollar was the default
					o.TotalPaid = o.TotalPaid.Add(m("8.59"))
					o.Shares = append(slices.Clone(o.Shares), qloapps.Share{ID: "51", PaymentID: "6", OrderID: "7", Amount: m("10"), Currency: "EUR", Rate: m("0.92"), OwnRate: m("1"), Added: noon})
				}
			}
			check := func(what string, got *money.Number, notices []engine.Notice, err error) {
				t.Helper()
				if err != nil {
					t.Fatalf("%s: %v", what, err)
				}
				rate := ""
				if got != nil {
					rate = got.String()
				}
				replaced := false
				for _, n := range notices {
					replaced = replaced || n.Code == "rate_replaced"
				}
				if rate != tt.want || replaced != tt.replaced {
					t.Errorf("%s bears %q, replaced %v; want %q, %v", what, rate, replaced, tt.want, tt.replaced)
				}
			}
			i := stay()
			of(i.Order)
			invoice, err := mapInvoice(i, engine.Link{}, done{}, r)
			check("the invoice", invoice.Doc.ExchangeRate, invoice.Notices, err)
			order, err := mapSalesOrder(i.Order, engine.Link{}, done{}, r)
			check("the sales order", order.Doc.ExchangeRate, order.Notices, err)
			p := pay("50")
			of(p.Orders["7"])
			p.Currency, p.Rate, p.Shares[0].Currency, p.Shares[0].Rate = tt.in, m(tt.own), tt.in, m(tt.own)
			p.Orders["7"].Shares[0] = p.Shares[0]
			payment, err := mapPayment(p, engine.Link{}, books{done: done{ref(Invoice, "9"): m("232.10")}}, r)
			check("the payment", payment.Doc.ExchangeRate, payment.Notices, err)
			s := slipOf("21.10", "20.00")
			of(s.Order)
			s.Rate = m(tt.own)
			note, err := mapSlip(s, engine.Link{}, done{ref(Invoice, "9"): m("232.10")}, r)
			check("the credit note", note.Doc.ExchangeRate, note.Notices, err)
			if tt.in == tt.base || strings.Contains(tt.name, "as a payment") { // the currency's own rate is by the present default
				return
			}
			currency, err := mapCurrency(qloapps.Currency{ID: "1", ISO: tt.in, Active: true, Rate: m(tt.rates[tt.in].Rate)}, engine.Link{}, done{}, r)
			if want := `"rate":` + tt.want; err != nil || len(currency.Steps) != 1 || !strings.Contains(string(currency.Steps[0].Body), want) {
				t.Errorf("the currency is sent as %+v, %v; want %s", currency.Steps, err, want)
			}
		})
	}
}

// TestALoneShareFarFromItsRateIsTold: it is exactly what was paid beyond the others, and says so where that is more than a
// fifth from what it converts to.
func TestALoneShareFarFromItsRateIsTold(t *testing.T) {
	t.Parallel()

	for paid, told := range map[string]string{"54.35": "", "60": "", "80": "80.00 USD", "40": "40.00 USD"} {
		p := pay("50")
		o := p.Orders["7"]
		p.Currency, p.Rate = "EUR", m("0.92")
		p.Shares[0].Currency, p.Shares[0].Rate, p.Shares[0].OwnRate = "EUR", m("0.92"), m("0.92")
		o.Shares, o.OwnRate, o.TotalPaid = p.Shares, m("1"), m(paid)
		got, err := mapPayment(p, engine.Link{}, books{done: done{ref(Invoice, "9"): m("232.10")}}, chosen())
		if err != nil || !got.Facts.Total.Equal(m(paid)) {
			t.Fatalf("%s: %v %s", paid, err, got.Facts.Total)
		}
		words := ""
		for _, n := range got.Notices {
			if n.Code == qloapps.PaidDiffers {
				words = n.Detail
			}
		}
		if (words == "") != (told == "") || told != "" && !(strings.Contains(words, told) && strings.Contains(words, "54.35 USD") && strings.Contains(words, "50.00 EUR")) {
			t.Errorf("with %s paid it says %q", paid, words)
		}
	}
}
