package bill

import (
	"strings"
	"testing"

	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/rules"
	"github.com/qlobooks/qlobooks/internal/settings"
)

// TestInvoicesOfAnOrderAreRoundedTogether: what several invoices come to is what their order does, also in a
// currency that Zoho Books counts in fewer decimals than QloApps, and beside vouchers.
func TestInvoicesOfAnOrderAreRoundedTogether(t *testing.T) {
	t.Parallel()

	m := money.MustParse
	for name, tt := range map[string]struct {
		total     string
		parts     []string
		voucher   string // made from a slip, on each
		precision int32
		alone     bool
		want      []string
	}{
		"halves of a yen":         {"2111", []string{"1055.5", "1055.5"}, "0", 0, false, []string{"1056", "1055"}},
		"halves of a cent":        {"200.67", []string{"100.335", "100.335"}, "0", 2, false, []string{"100.34", "100.33"}},
		"three of them":           {"3166.5", []string{"1055.5", "1055.5", "1055.5"}, "0", 0, false, []string{"1056", "1055", "1056"}},
		"beside vouchers":         {"2111", []string{"1055.5", "1055.5"}, "10.5", 0, false, []string{"1056", "1055"}},
		"each as its own row":     {"2112", []string{"1055.5", "1055.5"}, "0", 0, true, []string{"1056", "1056"}},
		"the order's only one":    {"1055.5", []string{"1055.5"}, "0", 0, false, []string{"1056"}},
		"as exact as the order's": {"200.67", []string{"100.335", "100.335"}, "0", 3, false, []string{"100.335", "100.335"}},
	} {
		o := &qloapps.Order{Currency: "JPY", TotalIncl: m(tt.total), TotalExcl: m(tt.total)}
		for n, part := range tt.parts {
			id := string(rune('1' + n))
			o.Invoices = append(o.Invoices, qloapps.InvoiceHead{ID: id, TotalIncl: m(part), TotalExcl: m(part)})
			whole := m(part).Add(m(tt.voucher))
			o.Lines = append(o.Lines, qloapps.Line{InvoiceID: id, Incl: whole, Excl: whole, Rates: []qloapps.RateSet{qloapps.Untaxed}})
			if tt.voucher != "0" {
				o.Discounts = append(o.Discounts, qloapps.Discount{ID: id, InvoiceID: id, FromSlip: "3", Incl: m(tt.voucher), Excl: m(tt.voucher)})
			}
		}
		for n, head := range o.Invoices {
			i := qloapps.Invoice{InvoiceHead: head, Order: o, Alone: tt.alone}
			discounts, due, err := Owed(i)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			b, err := Balance([]Line{{Line: LinesOf(i)[0], Set: qloapps.Untaxed}}, discounts, due, tt.precision, &rules.Rules{})
			if err != nil {
				t.Errorf("%s: invoice %s: %v", name, head.ID, err)
				continue
			}
			open := b.Totals.Total
			for _, amount := range VoucherAmounts(i, tt.precision, func(string) (money.Decimal, bool) { return money.Zero, false }) {
				open = open.Sub(amount)
			}
			if !open.Equal(m(tt.want[n])) {
				t.Errorf("%s: invoice %s leaves %s due, want %s", name, head.ID, open, tt.want[n])
			}
		}
	}
}

// TestALineOfNothingTakesNoRounding: what rounding leaves over goes on a line that costs something, and what is left of a
// discount on one that it lowers.
func TestALineOfNothingTakesNoRounding(t *testing.T) {
	t.Parallel()

	m := money.MustParse
	lines := []Line{{Line: qloapps.Line{ProductID: "1", Incl: m("1.00")}}, {Line: qloapps.Line{ProductID: "2"}}}
	roundLines(lines, m("1.01"), 2)
	if a, b := lines[0].amount, lines[1].amount; !a.Equal(m("1.01")) || !b.IsZero() {
		t.Errorf("the lines come to %s and %s", a, b)
	}
	lines = []Line{{Line: qloapps.Line{ProductID: "1"}, amount: m("5")}, {Line: qloapps.Line{ProductID: "2"}, amount: m("5")}}
	split := ownSplit(lines, []qloapps.Discount{{ProductID: "2", Incl: m("0.004")}}, m("0.01"), 2)
	if len(split) != 2 || !split[0].IsZero() || !split[1].Equal(m("0.01")) {
		t.Errorf("a discount on the second line is split into %v", split)
	}
}

// TestAnInvoiceOfLessThanNothingSaysSo: the figures are QloApps' own, and nobody is asked to compare others.
func TestAnInvoiceOfLessThanNothingSaysSo(t *testing.T) {
	t.Parallel()

	m := money.MustParse
	lines := []Line{{Line: qloapps.Line{Kind: qloapps.ServiceLine, Name: "Given back", Excl: m("-100"), Incl: m("-104")}}}
	_, err := Balance(lines, nil, Due{Incl: m("-104"), Excl: m("-100"), Currency: "USD"}, 2, &rules.Rules{Settings: settings.Default()})
	f := fault.Of(err)
	if f == nil || f.Kind != fault.Held || f.Code != "totals_differ" || !strings.Contains(f.Detail, "-104.00 USD") || strings.Contains(f.Detail, "208") || f.Action == "" {
		t.Errorf("it is %+v", f)
	}
}
