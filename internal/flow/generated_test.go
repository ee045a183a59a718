package flow

import (
	"fmt"
	"strings"
	"time"

	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/rules"
	"github.com/qlobooks/qlobooks/internal/settings"
)

var rateKeys = []string{"4", "5.5", "5+2.5", "9+9", "10*5", "21"}

// set reads a rate key back into its rates.
func set(key string) qloapps.RateSet {
	sign := "+"
	if strings.Contains(key, "*") {
		sign = "*"
	}
	var rates []money.Decimal
	for _, part := range strings.Split(key, sign) {
		rates = append(rates, money.MustParse(part))
	}
	return qloapps.NewRateSet(rates, sign == "*")
}

// chosen are rules under which every generated rate is mapped to taxes of its own.
func chosen() *rules.Rules {
	all := settings.Default()
	all.Currencies.MultiCurrency = true
	r := &rules.Rules{
		Org: rules.Organization{BaseCurrency: "USD", TaxRounding: "entity_level", Currencies: map[string]rules.Currency{
			"USD": {ID: "1", Precision: 2}, "EUR": {ID: "2", Precision: 2}, "JPY": {ID: "3"}, "KWD": {ID: "4", Precision: 3}}},
		Settings: all, Zone: time.UTC, Today: "2026-05-20", KeyField: "cf_qloapps_key", QloBase: "USD",
		QloRates: map[string]rules.QloRate{"EUR": {Rate: "0.92", Usable: true}, "JPY": {Rate: "149.53", Usable: true}, "KWD": {Rate: "0.31", Usable: true}},
		Mappings: rules.Mappings{Rows: map[rules.Kind]map[string]rules.Choice{
			rules.Taxes: {}, rules.DepositAccounts: {rules.Default: {ZohoID: "bank"}}}, Taxes: map[string]rules.Tax{}},
	}
	for _, key := range rateKeys {
		s := set(key)
		tax := rules.Tax{ID: "tax-" + key}
		for i, rate := range s.Rates {
			tax.Parts = append(tax.Parts, rules.TaxPart{ID: fmt.Sprintf("%s#%d", key, i), Percent: rate.String(), Compound: s.Compound && i > 0})
		}
		r.Mappings.Rows[rules.Taxes][s.Key] = rules.Choice{ZohoID: tax.ID}
		r.Mappings.Taxes[tax.ID] = tax
	}
	return r
}

// writer writes orders as QloApps does: prices first, rounded per room, per facility and, in
// 1.6.1, per service; totals come last and are never chosen.
type writer struct{ dice }

// dice is where chance comes from: a fixed seed, or a search that shrinks what it finds.
type dice interface {
	IntN(n int) int
	Int64N(n int64) int64
}

func (w writer) price(most int64, places int32) money.Decimal {
	return money.MustParse(fmt.Sprint(w.Int64N(most*pow(places)) + 1)).Mul(money.Unit(places))
}

func pow(places int32) int64 {
	n := int64(1)
	for range places {
		n *= 10
	}
	return n
}

func (w writer) invoice(n int) qloapps.Invoice {
	day := time.Date(2026, 5, 4, 0, 0, 0, 0, time.UTC)
	o := &qloapps.Order{ID: fmt.Sprint(n), Reference: "GENERATED", CustomerID: "1", Complete: true, Added: day, Currency: []string{"USD", "EUR", "JPY", "KWD"}[w.IntN(4)], Rate: money.MustParse("0.92")}
	scale := int64(1)
	if o.Currency == "JPY" {
		scale = 150
	}
	keys := []string{rateKeys[w.IntN(len(rateKeys))], rateKeys[w.IntN(len(rateKeys))]}
	add := func(kind qloapps.LineKind, quantity int, unit money.Decimal, key string, places int32) {
		exact := unit.Mul(count(quantity))
		l := qloapps.Line{Kind: kind, ID: fmt.Sprint(len(o.Lines) + 1), DetailID: fmt.Sprint(len(o.Lines) + 1), ProductID: fmt.Sprint(len(o.Lines)%2 + 1), Name: string(kind), Quantity: count(quantity), From: day, To: day.AddDate(0, 0, quantity)}
		l.Excl, l.Incl, l.Rates = exact.Round(places), exact.Round(places), []qloapps.RateSet{qloapps.Untaxed}
		if kind != qloapps.RoomLine { // a service is one line of its order
			l.ProductID = fmt.Sprint(20 + len(o.Lines))
		}
		if key != "" {
			l.Rates = []qloapps.RateSet{set(key)}
			l.Incl = exact.Mul(factor(set(key))).Round(places)
		}
		o.Lines = append(o.Lines, l)
	}
	for range 1 + w.IntN(5) {
		nights := 1 + w.IntN(9)
		add(qloapps.RoomLine, nights, w.price(400*scale, 6), keys[0], 2)
		if w.IntN(3) == 0 {
			add(qloapps.FacilityLine, 1, w.price(40*scale, 2), []string{keys[0], ""}[w.IntN(2)], 2)
		}
	}
	places := []int32{2, 6}[w.IntN(2)] // 1.6.1, 1.7
	for range w.IntN(5) {
		add(qloapps.ServiceLine, 1+w.IntN(12), w.price(60*scale, 6), []string{keys[0], keys[1], ""}[w.IntN(3)], places)
	}
	excl, incl := money.Zero, money.Zero
	for _, l := range o.Lines {
		excl, incl = excl.Add(l.Excl), incl.Add(l.Incl)
	}
	for range w.IntN(3) {
		if incl.IsZero() {
			break
		}
		d := qloapps.Discount{}
		if w.IntN(2) == 0 {
			part := count(1 + w.IntN(45)).Mul(percent)
			d.Incl, d.Excl = incl.Mul(part).Round(2), excl.Mul(part).Round(2)
		} else {
			d.Incl = minimum(w.price(50*scale, 2), incl.Div(count(2)).Round(2))
			d.Excl = d.Incl.Mul(excl).DivRound(incl, 12).Round(2)
		}
		if of := o.Lines[w.IntN(len(o.Lines))]; w.IntN(6) == 0 && of.Kind != qloapps.FacilityLine {
			d.ProductID = of.ProductID
			d.Incl, d.Excl = of.Incl.Div(count(4)).Round(2), of.Excl.Div(count(4)).Round(2)
		}
		o.Discounts = append(o.Discounts, d)
	}
	excl, incl = w.edit(o, excl, incl)
	o.TotalIncl, o.TotalExcl = incl, excl
	for _, d := range o.Discounts {
		o.TotalIncl, o.TotalExcl = o.TotalIncl.Sub(d.Incl), o.TotalExcl.Sub(d.Excl)
	}
	o.TotalIncl, o.TotalExcl = maximum(money.Zero, o.TotalIncl.Round(2)), maximum(money.Zero, o.TotalExcl.Round(2))
	head := qloapps.InvoiceHead{ID: o.ID, Number: o.ID, Printed: "#IN" + o.ID, Date: day, TotalIncl: o.TotalIncl, TotalExcl: o.TotalExcl}
	o.Invoices = []qloapps.InvoiceHead{head}
	return qloapps.Invoice{InvoiceHead: head, Order: o}
}

// edit takes the last line away again now and then. QloApps leaves the discounts as they were.
func (w writer) edit(o *qloapps.Order, excl, incl money.Decimal) (money.Decimal, money.Decimal) {
	if len(o.Lines) < 3 || w.IntN(24) != 0 {
		return excl, incl
	}
	last, off := o.Lines[len(o.Lines)-1], money.Zero
	for _, d := range o.Discounts {
		if off = off.Add(d.Incl.Mul(count(3))); d.ProductID == last.ProductID {
			return excl, incl
		}
	}
	if incl.Sub(last.Incl).LessThan(off) {
		return excl, incl
	}
	o.Lines = o.Lines[:len(o.Lines)-1]
	return excl.Sub(last.Excl), incl.Sub(last.Incl)
}

// slip gives back a room or a service, whole or in part.
func (w writer) slip(o *qloapps.Order) qloapps.Slip {
	s := qloapps.Slip{ID: o.ID, OrderID: o.ID, CustomerID: o.CustomerID, Printed: "#CN" + o.ID, Rate: o.Rate, Added: o.Invoices[0].Date, Order: o}
	for _, l := range o.Lines {
		if l.Kind == qloapps.FacilityLine || w.IntN(2) == 0 {
			continue
		}
		part := count(1 + w.IntN(4))
		d := qloapps.SlipDetail{DetailID: l.DetailID, BookingID: l.ID, Name: l.Name, Quantity: unity, Excl: l.Excl.Div(part).Round(2), Incl: l.Incl.Div(part).Round(2)}
		s.Details = append(s.Details, d)
		s.TotalExcl, s.TotalIncl = s.TotalExcl.Add(d.Excl), s.TotalIncl.Add(d.Incl)
	}
	return s
}
