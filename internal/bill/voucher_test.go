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
