package rehearsal_test

import (
	"testing"

	"github.com/qlobooks/qlobooks/internal/sandbox/books"
)

// TestADearerInvoiceIsChangedBeforeItIsPaid: the order became dearer and was paid for with one visit. Zoho Books changes no
// paid invoice, so that the payment, which is ready earlier, waits for the invoice.
func TestADearerInvoiceIsChangedBeforeItIsPaid(t *testing.T) {
	atOnce(t)
	d := opened(t, "dearer_")
	d.must(d.Set(d.ctx, "orders", "create_sales_orders", false))
	d.book("70", "PAIDNOW1", "2", "970")
	d.invoice("80", "70")
	d.stands("70", "invoiced", map[string]string{"invoice:80": "124.8 open 124.8"})
	d.do("UPDATE {p}order_detail SET total_price_tax_excl = 160, total_price_tax_incl = 166.4 WHERE id_order_detail = 701", "UPDATE {p}htl_booking_detail SET total_price_tax_excl = 160, total_price_tax_incl = 166.4 WHERE id = 970")
	d.cost("70", "160", "166.4")
	d.pay("80", "70", "80", "1", "1", "170.00", "170.00")
	d.must(d.Books.SetFaults(books.Rule{Method: "GET", Path: "/invoices/[0-9]+$", Times: 1, Fault: books.FaultSlow, Delay: 1500}))
	d.stands("70", "dearer and paid at once", map[string]string{"invoice:80": "166.4 open 0", "payment:80": "170 open 3.6"})
}
