package rehearsal_test

import (
	"testing"

	"github.com/qlobooks/qlobooks/internal/sandbox/books"
)

// TestMoneyGoesBackOutOfAPaymentWhoseOwnStepIsOpen has a payment be applied to a new invoice while Zoho Books is away, and
// money go back out of it before that is tried again: the two do not wait for each other.
func TestMoneyGoesBackOutOfAPaymentWhoseOwnStepIsOpen(t *testing.T) {
	atOnce(t)
	d := opened(t, "circle_")
	d.must(d.Set(d.ctx, "orders", "create_sales_orders", false))
	d.book("70", "CIRCLE", "2", "970")
	d.pay("80", "70", "0", "1", "1", "300.00", "300.00")
	d.stands("70", "paid", map[string]string{"payment:80": "300 open 300"})
	d.invoice("90", "70")
	d.must(d.Books.SetFaults(books.Rule{Method: "POST", Path: "/credits$", Fault: books.FaultRefuse}))
	d.sync("70")
	d.must(d.Books.SetFaults())
	d.pay("100", "70", "90", "1", "1", "-50.00", "-50.00")
	d.stands("70", "given back", map[string]string{"invoice:90": "124.8 open 0", "payment:80": "300 open 125.2 back 50"})
}
