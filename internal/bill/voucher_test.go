package bill

import (
	"testing"

	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/qloapps"
)

// TestWhatWasUsedOfAVoucher: QloApps stores its whole value, also where the order costs less.
func TestWhatWasUsedOfAVoucher(t *testing.T) {
	t.Parallel()

	m := money.MustParse
	for name, tt := range map[string]struct {
		value, off, due, used string
	}{
		"larger than the order":       {value: "346.47", off: "0", due: "0", used: "230.98"},
		"smaller":                     {value: "50", off: "0", due: "180.98", used: "50"},
		"beside another discount":     {value: "346.47", off: "30.98", due: "0", used: "200"},
		"facilities stay due":         {value: "346.47", off: "0", due: "30.98", used: "200"},
		"what rounding took is ours":  {value: "50.01", off: "0", due: "180.98", used: "50.01"},
		"as large as the order to it": {value: "230.98", off: "0", due: "0", used: "230.98"},
		"more is due than was sold":   {value: "50", off: "0", due: "300", used: "50"},
	} {
		due := m(tt.due)
		o := &qloapps.Order{TotalIncl: due, TotalExcl: due, Lines: []qloapps.Line{{Incl: m("230.98"), Excl: m("200")}},
			Discounts: []qloapps.Discount{{Incl: m(tt.off), Excl: m(tt.off)}, {FromSlip: "2", Incl: m(tt.value), Excl: m(tt.value)}}}
		head := qloapps.InvoiceHead{ID: "1", TotalIncl: due, TotalExcl: due}
		o.Invoices = []qloapps.InvoiceHead{head}
		i := qloapps.Invoice{InvoiceHead: head, Order: o}
		list := Vouchers(i)
		if len(list) != 1 || !list[0].Incl.Equal(m(tt.used)) {
			t.Errorf("%s: %v, want %s", name, list, tt.used)
		}
		_, t2, err := Owed(i)
		if err != nil || !t2.Incl.Equal(due.Add(m(tt.used))) {
			t.Errorf("%s: the document comes to %s, %v", name, t2.Incl, err)
		}
	}
}

// TestAVoucherIsUsedUpInTheDecimalsOfTheShop: what was used of a voucher larger than the order is what the order
// would cost, as QloApps rounds what orders cost: in thousandths for one that counts so, in whole units for
// another.
func TestAVoucherIsUsedUpInTheDecimalsOfTheShop(t *testing.T) {
	t.Parallel()

	m := money.MustParse
	for name, tt := range map[string]struct {
		unit, line, used string
	}{
		"thousandths": {unit: "0.001", line: "232.105", used: "232.105"},
		"cents":       {unit: "0", line: "232.105", used: "232.11"},
		"whole units": {unit: "1", line: "232.49", used: "232"},
	} {
		head := qloapps.InvoiceHead{ID: "1"}
		o := &qloapps.Order{Unit: m(tt.unit), Lines: []qloapps.Line{{Incl: m(tt.line), Excl: m(tt.line), Unit: m(tt.unit)}}, Discounts: []qloapps.Discount{{FromSlip: "2", Incl: m("422"), Excl: m("422")}}, Invoices: []qloapps.InvoiceHead{head}}
		_, due, err := Owed(qloapps.Invoice{InvoiceHead: head, Order: o})
		if err != nil || !due.Incl.Equal(m(tt.used)) || !due.Excl.Equal(m(tt.used)) {
			t.Errorf("%s: the document comes to %s, %v, want %s", name, due.Incl, err, tt.used)
		}
	}
}

// TestAVoucherACentLargerThanItsOrderIsNotAllUsed: where nothing but facilities stays due, what a voucher has beyond the
// rest is left of it, however little; only what rounding each line makes of it is used as well.
func TestAVoucherACentLargerThanItsOrderIsNotAllUsed(t *testing.T) {
	t.Parallel()

	m := money.MustParse
	for name, tt := range map[string]struct {
		value, due, facility, used string
		rooms                      []string
	}{
		"three cents":                 {"124.83", "0", "", "124.80", []string{"62.40", "62.40"}},
		"one cent":                    {"124.81", "0", "", "124.80", []string{"62.40", "62.40"}},
		"as large as the order":       {"124.80", "0", "", "124.80", []string{"62.40", "62.40"}},
		"smaller":                     {"124.78", "0.02", "", "124.78", []string{"62.40", "62.40"}},
		"a facility stays due":        {"124.83", "10.40", "10.40", "124.80", []string{"62.40", "62.40"}},
		"each line was rounded":       {"124.80", "0", "", "124.80", []string{"62.3973", "62.3973"}},
		"and it is larger":            {"124.81", "0", "", "124.79", []string{"62.3973", "62.3973"}},
		"what rounding took is ours":  {"50.01", "74.80", "", "50.01", []string{"62.40", "62.40"}},
		"as QloApps rounds the total": {"124.80", "0", "", "124.80", []string{"62.401", "62.401"}},
	} {
		due := m(tt.due)
		o := &qloapps.Order{TotalIncl: due, TotalExcl: due, Discounts: []qloapps.Discount{{FromSlip: "2", Incl: m(tt.value), Excl: m(tt.value)}}}
		for _, amount := range tt.rooms {
			o.Lines = append(o.Lines, qloapps.Line{Kind: qloapps.RoomLine, Incl: m(amount), Excl: m(amount)})
		}
		if tt.facility != "" {
			o.Lines = append(o.Lines, qloapps.Line{Kind: qloapps.FacilityLine, Incl: m(tt.facility), Excl: m(tt.facility)})
		}
		head := qloapps.InvoiceHead{ID: "1", TotalIncl: due, TotalExcl: due}
		o.Invoices = []qloapps.InvoiceHead{head}
		i := qloapps.Invoice{InvoiceHead: head, Order: o}
		list := Vouchers(i)
		if len(list) != 1 || !list[0].Incl.Equal(m(tt.used)) {
			t.Errorf("%s: %v, want %s", name, list, tt.used)
		}
		if _, t2, err := Owed(i); err != nil || !t2.Incl.Equal(due.Add(m(tt.used))) {
			t.Errorf("%s: the document comes to %s, %v", name, t2.Incl, err)
		}
	}
}

// TestAVoucherThatPaysNothingIsCutToNothing: rounded, the facilities that stay due are all that was sold.
func TestAVoucherThatPaysNothingIsCutToNothing(t *testing.T) {
	t.Parallel()

	m := money.MustParse
	lines := []qloapps.Line{{Kind: qloapps.FacilityLine, Incl: m("0.1362"), Excl: m("0.1362")}, {Kind: qloapps.RoomLine, Incl: m("0.0001"), Excl: m("0.0001")}}
	got := usedOf([]qloapps.Discount{{Incl: m("115.49"), Excl: m("115.49")}}, lines, Due{Incl: m("0.14"), Excl: m("0.14")})
	if !got[0].Incl.IsZero() || !got[0].Excl.IsZero() {
		t.Errorf("used are %s of it", got[0].Incl)
	}
}

// TestOnlyAVoucherIsCut: where there is none that could be, rows that contradict each other stay as they are.
func TestOnlyAVoucherIsCut(t *testing.T) {
	t.Parallel()

	m := money.MustParse
	lines := []qloapps.Line{{Kind: qloapps.RoomLine, Incl: m("100"), Excl: m("100")}}
	for _, slips := range []string{"", "50"} {
		var discounts []qloapps.Discount
		if slips != "" {
			discounts = []qloapps.Discount{{FromSlip: "2", Incl: m(slips), Excl: m(slips)}}
		}
		if got := usedOf(discounts, lines, Due{Incl: m("300"), Excl: m("300")}); len(got) != len(discounts) || slips != "" && !got[0].Incl.Equal(m(slips)) {
			t.Errorf("%s: %v", slips, got)
		}
	}
}
