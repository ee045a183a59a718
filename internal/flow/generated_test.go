package flow

import (
	"fmt"
	"slices"
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
			rules.Taxes: {}, rules.DepositAccounts: {rules.Default: {ZohoID: "bank"}}, rules.PaymentModes: {rules.Default: {ZohoID: "Others"}}, rules.Accounts: {rules.Default: {ZohoID: "sales"}}}, Taxes: map[string]rules.Tax{}},
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

// writer writes bookings as QloApps does: prices first, rounded per room, per facility and, in
// 1.6.1, per service; totals come last and are never chosen.
type writer struct {
	dice
	places int32 // decimals of services: 2 of QloApps 1.6, 6 of 1.7; 0 = now these, now those
	odd    int   // one booking in so many has rows that contradict each other; 0 = none

	way way // how QloApps rounds this booking
}

// way is a hotel's way of rounding: PS_ROUND_TYPE and PS_PRICE_ROUND_MODE.
type way struct {
	kind int // perItem: units, whose number multiplies them; perTotal: only the total; else each line
	mode func(d money.Decimal, places int32) money.Decimal
	odd  bool // not QloApps' default
}

const (
	perLine = iota
	perItem
	perTotal
)

func halfUp(d money.Decimal, places int32) money.Decimal   { return d.Round(places) }
func halfEven(d money.Decimal, places int32) money.Decimal { return d.RoundBank(places) }
func up(d money.Decimal, places int32) money.Decimal       { return d.RoundUp(places) }
func down(d money.Decimal, places int32) money.Decimal     { return d.RoundDown(places) }

// rounding is QloApps' default nearly always. Pages that edit an order round each unit, where that is
// the setting; some hotels round the total alone, or otherwise than half up.
func (w writer) rounding() way {
	own := way{kind: perLine, mode: halfUp}
	switch w.IntN(24) {
	case 0:
		own.kind = perItem
	case 1, 2:
		own.kind = perTotal
	}
	if w.one(10) {
		own.mode, own.odd = []func(money.Decimal, int32) money.Decimal{halfEven, up, down}[w.IntN(3)], true
	}
	own.odd = own.odd || own.kind != perLine
	return own
}

// of is what so many units of a price come to.
func (r way) of(unit money.Decimal, quantity int, places int32) money.Decimal {
	switch n := money.Whole(quantity); r.kind {
	case perItem:
		return r.mode(unit, 2).Mul(n)
	case perTotal:
		return r.mode(unit.Mul(n), 6)
	default:
		return r.mode(unit.Mul(n), places)
	}
}

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

func (w writer) one(n int) bool { return w.IntN(n) == 0 }

func scaleOf(currency string) int64 {
	if currency == "JPY" {
		return 150
	}
	return 1
}

// booking writes an order, and what became of it: a slip with its money or voucher, money without
// a slip, payments with cash back, and an edit after it was posted.
func (w writer) booking() booking {
	b := booking{Currency: []string{"USD", "EUR", "JPY", "KWD"}[w.IntN(4)]}
	w.way = w.rounding()
	b.usual = !w.way.odd
	keys := []string{rateKeys[w.IntN(len(rateKeys))], rateKeys[w.IntN(len(rateKeys))]}
	for range 1 + w.IntN(5) {
		b.Lines = append(b.Lines, w.room(b.Currency, keys[0]))
		if w.one(3) {
			b.Lines = append(b.Lines, w.line(qloapps.FacilityLine, 1, w.price(40*scaleOf(b.Currency), 2), []string{keys[0], ""}[w.IntN(2)], 2))
		}
	}
	places := w.places
	if places == 0 {
		places = []int32{2, 6}[w.IntN(2)]
	}
	for range w.IntN(5) {
		b.Lines = append(b.Lines, w.service(b.Currency, []string{keys[0], keys[1], ""}[w.IntN(3)], places))
	}
	w.discounts(&b)
	w.edit(&b)
	w.giveBack(&b)
	if w.one(3) {
		w.pay(&b)
	}
	if w.one(3) {
		w.later(&b, keys, places)
	}
	w.contradict(&b)
	return b
}

func (w writer) line(kind qloapps.LineKind, quantity int, unit money.Decimal, key string, places int32) item {
	l := item{Kind: string(kind), Quantity: quantity, Excl: w.way.of(unit, quantity, places).String(), Rate: key}
	if l.Incl = l.Excl; key != "" {
		l.Incl = w.way.of(unit.Mul(set(key).Factor()), quantity, places).String()
	}
	return l
}

func (w writer) room(currency, key string) item {
	return w.line(qloapps.RoomLine, 1+w.IntN(9), w.price(400*scaleOf(currency), 6), key, 2)
}

func (w writer) service(currency, key string, places int32) item {
	return w.line(qloapps.ServiceLine, 1+w.IntN(12), w.price(60*scaleOf(currency), 6), key, places)
}

func (b booking) sums() (excl, incl money.Decimal) {
	for _, l := range b.Lines {
		excl, incl = excl.Add(m(l.Excl)), incl.Add(m(l.Incl))
	}
	return excl, incl
}

// discounts are of a percentage or an amount, of the whole order or of one product.
func (w writer) discounts(b *booking) {
	excl, incl := b.sums()
	for range w.IntN(3) {
		if incl.IsZero() {
			break
		}
		var x, i money.Decimal
		if w.one(2) {
			part := money.Whole(1 + w.IntN(45)).Mul(m("0.01"))
			i, x = incl.Mul(part).Round(2), excl.Mul(part).Round(2)
		} else {
			i = money.Min(w.price(50*scaleOf(b.Currency), 2), incl.Div(money.Whole(2)).Round(2))
			x = i.Mul(excl).DivRound(incl, 12).Round(2)
		}
		d := off{}
		if n := w.IntN(len(b.Lines)); w.one(6) && b.Lines[n].Kind != string(qloapps.FacilityLine) {
			d.On = n + 1
			i, x = m(b.Lines[n].Incl).Div(money.Whole(4)).Round(2), m(b.Lines[n].Excl).Div(money.Whole(4)).Round(2)
		}
		d.Incl, d.Excl = i.String(), x.String()
		b.Discounts = append(b.Discounts, d)
	}
}

// edit takes the last line away again now and then. QloApps leaves the discounts as they were.
func (w writer) edit(b *booking) {
	last := len(b.Lines)
	if last < 3 || !w.one(24) {
		return
	}
	discounted := money.Zero
	for _, d := range b.Discounts {
		if discounted = discounted.Add(m(d.Incl).Mul(money.Whole(3))); d.On > 0 {
			return
		}
	}
	if _, incl := b.sums(); incl.Sub(m(b.Lines[last-1].Incl)).LessThan(discounted) {
		return
	}
	b.Lines = b.Lines[:last-1]
}

// giveBack enters one amount with tax for each room and service, whole or in part, for a room now
// and then with its facilities; QloApps takes the line's tax off that. It becomes a slip, whose
// money is then given back or which becomes a voucher, or money alone.
func (w writer) giveBack(b *booking) {
	for n, l := range b.Lines {
		if l.Kind == string(qloapps.FacilityLine) || w.one(2) {
			continue
		}
		incl := m(l.Incl)
		if n+1 < len(b.Lines) && b.Lines[n+1].Kind == string(qloapps.FacilityLine) && w.one(2) {
			incl = incl.Add(m(b.Lines[n+1].Incl))
		}
		x := back{Line: n + 1, Incl: incl.Div(money.Whole(1 + w.IntN(4))).Round(2).String()}
		x.Excl = x.Incl
		if l.Rate != "" {
			x.Excl = m(x.Incl).DivRound(set(l.Rate).Factor(), 12).Round(2).String()
		}
		b.Slip = append(b.Slip, x)
	}
	sum := money.Zero
	for _, x := range b.Slip {
		sum = sum.Add(m(x.Incl))
	}
	switch w.IntN(5) {
	case 0:
		b.Refund, b.Slip = b.Slip, nil
	case 1:
		b.Returned = sum.String()
	case 2:
		b.Returned = sum.Div(money.Whole(2 + w.IntN(3))).Round(2).String()
	case 3:
		b.Voucher = true
	}
	if len(b.Slip) == 0 || b.Returned != "" && m(b.Returned).IsZero() {
		b.Returned, b.Voucher = "", false
	}
}

// pay pays what the order costs in up to four payments, too little or too much, with cash back
// between them.
func (w writer) pay(b *booking) {
	left, paid := b.invoice().Order.TotalIncl, money.Zero
	for range 1 + w.IntN(4) {
		var amount money.Decimal
		switch {
		case paid.IsPositive() && w.one(3):
			amount = paid.Div(money.Whole(1 + w.IntN(5))).Round(2).Neg()
		case w.one(3):
			amount = left
		default:
			amount = w.price(300*scaleOf(b.Currency), 2)
		}
		if amount.IsZero() {
			continue
		}
		left, paid = left.Sub(amount), paid.Add(amount)
		b.Paid = append(b.Paid, amount.String())
		left = money.Max(money.Zero, left)
	}
}

// later edits the booking after it was posted: a line is canceled, which sets it to 0 where there is
// no discount, a service is added or a line taken away, a stay has other nights, discounts are gone or
// others. QloApps leaves a discount as it was when the line goes that it was for; where that line had
// another tax than the others, nothing fits it any more, so this is rare here.
func (w writer) later(b *booking, keys []string, places int32) {
	next := booking{Currency: b.Currency, Lines: slices.Clone(b.Lines), Discounts: slices.Clone(b.Discounts)}
	n := w.IntN(len(next.Lines))
	switch w.IntN(6) {
	case 0:
		if len(next.Discounts) == 0 {
			next.Lines[n].Excl, next.Lines[n].Incl = "0", "0"
		}
	case 1:
		next.Lines = append(next.Lines, w.service(b.Currency, []string{keys[0], keys[1], ""}[w.IntN(3)], places))
	case 2:
		if len(next.Lines) > 1 && (len(next.Discounts) == 0 || w.one(16)) {
			next.without(n + 1)
		}
	case 3:
		if next.Lines[n].Kind == string(qloapps.RoomLine) {
			next.Lines[n] = w.room(b.Currency, keys[0])
		}
	case 4:
		next.Discounts = nil
	default:
		next.Discounts = nil
		w.discounts(&next)
	}
	b.Later = &next
}
