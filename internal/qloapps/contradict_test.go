package qloapps_test

import (
	"testing"

	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/qloapps"
)

func m(text string) money.Decimal { return money.MustParse(text) }

// TestWhichRateCanBeOne tells the column's default and a spoiled mean from rates of other days.
func TestWhichRateCanBeOne(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		rate, own string
		credible  bool
	}{
		{"0.92", "0.92", true}, {"0.95", "0.92", true}, {"1.104", "0.92", true}, {"0.736", "0.92", true},
		{"1.105", "0.92", false}, {"0.735", "0.92", false}, {"0.35", "0.92", false}, {"-0.92", "0.92", false}, {"0", "0.92", false},
		{"1", "0.92", false}, {"1.000000", "0.92", false}, {"1", "1", true}, {"1.05", "1", true},
		{"149.53", "0", true}, {"1", "0", true}, // a currency that QloApps no longer has
	} {
		if got := qloapps.Credible(m(x.rate), m(x.own)); got != x.credible {
			t.Errorf("%s where the currency's own is %s: %v", x.rate, x.own, got)
		}
	}
}

// TestWhatASharesComesToInItsOrder states shares in the order's currency: one foreign share is what
// was paid beyond the others, several must come to it, and none makes a sure one doubtful.
func TestWhatASharesComesToInItsOrder(t *testing.T) {
	t.Parallel()
	eur := func(amount, rate string) qloapps.Share {
		return qloapps.Share{Amount: m(amount), Written: m(amount), Currency: "EUR", Rate: m(rate), OwnRate: m("0.92")}
	}
	usd := func(amount string) qloapps.Share {
		return qloapps.Share{Amount: m(amount), Written: m(amount), Currency: "USD", Rate: m("1")}
	}
	for name, x := range map[string]struct {
		paid   string
		shares []qloapps.Share
		want   []string // "?" = not certain
	}{
		"own currency is as it is":             {"100", []qloapps.Share{usd("60"), usd("40")}, []string{"60", "40"}},
		"one foreign share, rate of that day":  {"102.63", []qloapps.Share{usd("50"), eur("50", "0.92")}, []string{"50", "52.63"}},
		"one foreign share without a rate":     {"104.35", []qloapps.Share{usd("50"), eur("50", "0")}, []string{"50", "54.35"}},
		"one foreign share, nothing left":      {"50", []qloapps.Share{usd("50"), eur("50", "0.92")}, []string{"50", "?"}},
		"one foreign share, less than a cent":  {"50", []qloapps.Share{usd("50"), {Amount: m("1"), Written: m("1"), Currency: "HUF", Rate: m("361.2"), OwnRate: m("361.2")}}, []string{"50", "0"}},
		"one foreign share, far apart":         {"150", []qloapps.Share{usd("50"), eur("50", "0.92")}, []string{"50", "100"}},
		"one foreign share, since devalued":    {"58.82", []qloapps.Share{{Amount: m("50000"), Written: m("50000"), Currency: "ARS", Rate: m("850"), OwnRate: m("1400")}}, []string{"58.82"}},
		"one foreign share, of the other sign": {"20", []qloapps.Share{usd("50"), eur("50", "0.92")}, []string{"50", "?"}},
		"two that come to it":                  {"108.70", []qloapps.Share{eur("50", "0.92"), eur("50", "0.92")}, []string{"54.35", "54.35"}},
		"two, one at the column's default":     {"108.70", []qloapps.Share{eur("50", "1"), eur("50", "0.92")}, []string{"54.35", "54.35"}},
		"two that do not, and a sure one":      {"171.00", []qloapps.Share{usd("60"), eur("50", "0.92"), eur("50", "0.92")}, []string{"60", "?", "?"}},
	} {
		o := &qloapps.Order{Currency: "USD", Rate: m("1"), OwnRate: m("1"), TotalPaid: m(x.paid)}
		for i, w := range o.Worths(x.shares) {
			got := w.Amount.String()
			if w.Doubt {
				got = "?"
			}
			if got != x.want[i] {
				t.Errorf("%s: share %d comes to %s, want %s", name, i, got, x.want[i])
			}
		}
	}
}

// TestAMeanBelowNothingConvertsNothing converts a share by the currency's own rate where QloApps' mean over the order's
// payments, money given back among them, is below 0.
func TestAMeanBelowNothingConvertsNothing(t *testing.T) {
	t.Parallel()
	o := &qloapps.Order{Currency: "EUR", Rate: m("-0.22"), OwnRate: m("0.92"), TotalPaid: m("46"), Unshared: []string{"6"}}
	usd := qloapps.Share{Amount: m("50"), Written: m("50"), Currency: "USD", Rate: m("1"), OwnRate: m("1")}
	if w := o.Worths([]qloapps.Share{usd})[0]; w.Doubt || w.Amount.String() != "46" {
		t.Errorf("50 USD come to %s EUR (doubt %v), want 46", w.Amount, w.Doubt)
	}
}

// TestAForeignShareTakesNoMoneyOfOthers: what was paid beyond the own shares is the foreign one's only where
// nothing else of the order may have it.
func TestAForeignShareTakesNoMoneyOfOthers(t *testing.T) {
	t.Parallel()
	eur := qloapps.Share{PaymentID: "5", Amount: m("200"), Written: m("200"), Currency: "EUR", Rate: m("0.92"), OwnRate: m("0.92")}
	usd := func(amount, written string) qloapps.Share {
		return qloapps.Share{PaymentID: "6", Amount: m(amount), Written: m(written), Currency: "USD", Rate: m("1"), OwnRate: m("1")}
	}
	noRate := eur
	noRate.Rate = m("0")
	differs := func(s qloapps.Share) qloapps.Share { s.Differs = true; return s }
	for name, x := range map[string]struct {
		order   qloapps.Order
		amounts []string
		differs bool
	}{
		"nothing else":                     {qloapps.Order{TotalPaid: m("236.00"), Shares: []qloapps.Share{eur, usd("20", "20")}}, []string{"216", "20"}, false},
		"a payment without a share":        {qloapps.Order{TotalPaid: m("237.39"), Shares: []qloapps.Share{eur}, Unshared: []string{"6"}}, []string{"217.39"}, true},
		"one that may be another order's":  {qloapps.Order{TotalPaid: m("216.00"), Shares: []qloapps.Share{eur}, Unshared: []string{"6"}}, []string{"216"}, false},
		"one so large that none is left":   {qloapps.Order{TotalPaid: m("437.39"), Shares: []qloapps.Share{eur}, Unshared: []string{"6"}}, []string{"217.39"}, true},
		"a share above its payment":        {qloapps.Order{TotalPaid: m("237.39"), Shares: []qloapps.Share{eur, differs(usd("5", "20"))}}, []string{"217.39", "5"}, false},
		"a share below its payment":        {qloapps.Order{TotalPaid: m("247.39"), Shares: []qloapps.Share{eur, differs(usd("20", "20"))}}, []string{"217.39", "20"}, true},
		"without a rate":                   {qloapps.Order{TotalPaid: m("237.39"), Shares: []qloapps.Share{noRate}, Unshared: []string{"6"}}, []string{"?"}, true},
		"more than itself was paid":        {qloapps.Order{TotalPaid: m("230.00"), Shares: []qloapps.Share{differs(eur)}}, []string{"217.39"}, true},
		"a share a cent from its payment":  {qloapps.Order{TotalPaid: m("236.00"), Shares: []qloapps.Share{eur, usd("20.01", "20")}}, []string{"215.99", "20.01"}, false},
		"a share that its payment forgoes": {qloapps.Order{TotalPaid: m("217.39"), Shares: []qloapps.Share{eur, differs(usd("0", "20"))}}, []string{"217.39", "0"}, false},
	} {
		o := x.order
		o.Currency, o.Rate, o.OwnRate = "USD", m("1"), m("1")
		for i, w := range o.Worths(o.Shares) {
			if w.Doubt != (x.amounts[i] == "?") || !w.Doubt && !w.Amount.Equal(m(x.amounts[i])) {
				t.Errorf("%s: share %d comes to %s (doubt %v), want %s", name, i, w.Amount, w.Doubt, x.amounts[i])
			}
		}
		o.Check()
		if _, differs := o.Contradicts(qloapps.PaidDiffers); differs != x.differs {
			t.Errorf("%s: %+v", name, o.Contradictions)
		}
	}
}

// TestAnOrderLeftOneEditBehind believes the invoice where lines and discounts come to it, and only then.
func TestAnOrderLeftOneEditBehind(t *testing.T) {
	t.Parallel()
	order := func(total, invoice, line string) *qloapps.Order {
		return &qloapps.Order{TotalIncl: m(total), TotalExcl: m(total), Lines: []qloapps.Line{{Excl: m(line), Incl: m(line)}, {Excl: m("20"), Incl: m("20")}},
			Discounts: []qloapps.Discount{{Excl: m("5"), Incl: m("5")}}, Invoices: []qloapps.InvoiceHead{{ID: "1", TotalIncl: m(invoice), TotalExcl: m(invoice)}}}
	}
	for _, x := range []struct {
		total, invoice, line string
		behind               bool
		due                  string // with 65 paid
	}{{"115", "165", "150", true, "100"}, {"165", "115", "150", false, "100"}, {"165", "165", "150", false, "100"}, {"115", "140", "150", false, "50"}, {"50", "50", "35", false, "-15"}} {
		o := order(x.total, x.invoice, x.line)
		o.TotalPaid = m("65")
		if got := o.Behind(); got != x.behind || o.AmountDue().String() != x.due {
			t.Errorf("order %s, invoice %s, lines of %s: behind %v, %s due", x.total, x.invoice, x.line, got, o.AmountDue())
		}
	}
}

// TestAWholeUnitIsNoWrongTax finds the rate of amounts that QloApps rounds to whole units.
func TestAWholeUnitIsNoWrongTax(t *testing.T) {
	t.Parallel()
	four := qloapps.NewRateSet([]money.Decimal{m("4")}, false)
	for _, x := range []struct{ excl, incl, unit, nights, want string }{
		{"123", "128", "1", "1", "4"}, {"246", "256", "1", "2", "4"}, {"4999", "5199", "1", "1", "4"}, {"123", "128", "0", "1", ""}, {"123", "133", "1", "1", ""},
	} {
		l := qloapps.Line{Excl: m(x.excl), Incl: m(x.incl), Unit: m(x.unit), Quantity: m(x.nights), Rates: []qloapps.RateSet{four}}
		if set, _ := l.Set(); set.Key != x.want {
			t.Errorf("%s and %s in units of %s are at %q, want %q", x.excl, x.incl, x.unit, set.Key, x.want)
		}
	} // The tax that was noted is the line's, though another one of the order comes to whole units exactly.
	l := qloapps.Line{Excl: m("25"), Incl: m("26"), Unit: m("1"), Quantity: m("1"), Rates: []qloapps.RateSet{qloapps.NewRateSet([]money.Decimal{m("5.5")}, false), four}}
	if set, _ := l.Set(); set.Key != "5.5" {
		t.Errorf("25 and 26, noted at 5.5, are at %q", set.Key)
	}
}

// TestWhatColumnsOfTwoDecimalsCutIsTold: payments and their shares are kept to the cent, what an order was paid to six
// digits. In a currency of three decimals the cut part is less than a cent, and no less a difference in the books.
func TestWhatColumnsOfTwoDecimalsCutIsTold(t *testing.T) {
	t.Parallel()

	share := func(amount, currency, rate string) qloapps.Share {
		return qloapps.Share{Amount: m(amount), Written: m(amount), Currency: currency, Rate: m(rate), OwnRate: m(rate)}
	}
	for _, tt := range []struct {
		name        string
		unit        string // "0" = cents, as most hotels have it
		paid        string // total_paid_real
		shares      []qloapps.Share
		says, comes string // "" = nothing is said
	}{
		{"rounded up by the column", "0.001", "249.605", []qloapps.Share{share("249.61", "KWD", "0.31")}, "249.605", "249.61"},
		{"rounded down by it", "0.001", "249.604", []qloapps.Share{share("249.60", "KWD", "0.31")}, "249.604", "249.6"},
		{"in two payments", "0.001", "249.608", []qloapps.Share{share("124.80", "KWD", "0.31"), share("124.80", "KWD", "0.31")}, "249.608", "249.6"},
		{"nothing was cut", "0.001", "249.6", []qloapps.Share{share("249.60", "KWD", "0.31")}, "", ""},
		{"the only payment in another currency is what was paid", "0.001", "31.005", []qloapps.Share{share("100", "USD", "1")}, "", ""},
		{"counted in cents, a cent apart", "0", "249.61", []qloapps.Share{share("249.60", "KWD", "0.31")}, "", ""},
		{"counted in cents, with a rest of an average", "0", "249.6049", []qloapps.Share{share("249.60", "KWD", "0.31")}, "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()

			o := &qloapps.Order{Currency: "KWD", Rate: m("0.31"), OwnRate: m("0.31"), Unit: m(tt.unit), TotalPaid: m(tt.paid), Shares: tt.shares}
			o.Check()
			c, differs := o.Contradicts(qloapps.PaidDiffers)
			if differs != (tt.says != "") || differs && (c.Says.String() != tt.says || c.Comes.String() != tt.comes) {
				t.Errorf("says %s, comes to %s, %v", c.Says, c.Comes, differs)
			}
		})
	}
}

// TestFacilitiesStayDueUnderAVoucherLargerThanTheOrder: QloApps stores the whole value of such a voucher and uses none of
// it for facilities, so that their amount is what the order costs and neither contradicts the lines nor is one edit
// behind.
func TestFacilitiesStayDueUnderAVoucherLargerThanTheOrder(t *testing.T) {
	t.Parallel()

	for name, tt := range map[string]struct {
		value, total, invoice string
		differs, behind       bool
	}{
		"they stay due":                  {"300", "10.4", "10.4", false, false},
		"larger than the room alone":     {"130", "10.4", "10.4", false, false},
		"nothing stays due":              {"300", "0", "0", false, false},
		"the invoice's row is behind":    {"300", "10.4", "0", false, false},
		"the order is":                   {"300", "50", "10.4", false, true},
		"smaller than the room":          {"50", "85.2", "85.2", false, false},
		"smaller, and the total differs": {"50", "10.4", "10.4", true, false},
		"the total is another":           {"130", "70", "70", true, false},
	} {
		o := &qloapps.Order{TotalIncl: m(tt.total), TotalExcl: m(tt.total), Discounts: []qloapps.Discount{{Incl: m(tt.value), Excl: m(tt.value)}},
			Lines:    []qloapps.Line{{Kind: qloapps.RoomLine, Excl: m("124.8"), Incl: m("124.8")}, {Kind: qloapps.FacilityLine, Excl: m("10.4"), Incl: m("10.4")}},
			Invoices: []qloapps.InvoiceHead{{ID: "1", TotalIncl: m(tt.invoice), TotalExcl: m(tt.invoice)}}}
		o.Check()
		if _, differs := o.Contradicts(qloapps.LinesDiffer); differs != tt.differs || o.Behind() != tt.behind {
			t.Errorf("%s: the lines differ %v, the order is behind %v, %+v", name, differs, o.Behind(), o.Contradictions)
		}
	}
}

// TestAVoucherLargerThanItsOrderBillsNoMoreThanTheOrder: what goes back is held against what was used of it.
func TestAVoucherLargerThanItsOrderBillsNoMoreThanTheOrder(t *testing.T) {
	t.Parallel()

	for name, tt := range map[string]struct {
		voucher, total, slipped string
		says                    string // "" = nothing is said
	}{
		"all of it went back":            {"300", "10.4", "135.2", ""},
		"more than was billed went back": {"300", "10.4", "200", "135.2"},
		"nothing stays due":              {"300", "0", "200", "135.2"},
		"a smaller one":                  {"50", "85.2", "200", "135.2"},
		"of cents that rounding takes":   {"50.01", "85.2", "135.21", ""},
	} {
		o := &qloapps.Order{TotalIncl: m(tt.total), TotalExcl: m(tt.total), Slipped: m(tt.slipped), Discounts: []qloapps.Discount{{FromSlip: "9", Incl: m(tt.voucher), Excl: m(tt.voucher)}},
			Lines:    []qloapps.Line{{Kind: qloapps.RoomLine, Excl: m("124.8"), Incl: m("124.8")}, {Kind: qloapps.FacilityLine, Excl: m("10.4"), Incl: m("10.4")}},
			Invoices: []qloapps.InvoiceHead{{ID: "1", TotalIncl: m(tt.total), TotalExcl: m(tt.total)}}}
		o.Check()
		if c, exceeds := o.Contradicts(qloapps.SlipsExceed); exceeds != (tt.says != "") || exceeds && c.Says.String() != tt.says {
			t.Errorf("%s: %v, billed %s", name, exceeds, c.Says)
		}
	}
}

// TestAnOrderOfLessThanNothingHasNoCredits: where nothing was given back, nothing came to more than was billed.
func TestAnOrderOfLessThanNothingHasNoCredits(t *testing.T) {
	t.Parallel()

	o := &qloapps.Order{TotalIncl: m("-104"), TotalExcl: m("-100"), Invoices: []qloapps.InvoiceHead{{ID: "1", TotalIncl: m("-104"), TotalExcl: m("-100")}}}
	o.Check()
	if c, exceeds := o.Contradicts(qloapps.SlipsExceed); exceeds {
		t.Errorf("credits of %s exceed what was billed, %s", c.Comes, c.Says)
	}
}
