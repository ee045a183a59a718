package rehearsal_test

import (
	"strings"
	"testing"

	"github.com/qlobooks/qlobooks/internal/sandbox/books"
)

// TestARefusedRefundLeavesThePaymentWhereItWas: what is taken off an invoice so that it can go back stays there where it does
// not go back; where that is refused too, both figures are told. What mends the cause ends it, by Retry or by the next sync.
func TestARefusedRefundLeavesThePaymentWhereItWas(t *testing.T) {
	atOnce(t)
	d := opened(t, "refusedback_")
	for n, cure := range []string{"retry", "sync"} {
		order := []string{"61", "62"}[n]
		d.book(order, "REFUSED"+order, "2", "9"+order)
		d.invoice(order, order)
		d.pay(order, order, order, "1", "1", "124.80", "124.80")
		d.again(order)
		d.must(d.Books.SetFaults(books.Rule{Method: "POST", Path: "/refunds", Fault: books.FaultRefuse}))
		if cure == "sync" { // it is lowered, and then not put back
			d.must(d.Books.SetFaults(books.Rule{Method: "POST", Path: "/refunds", Fault: books.FaultRefuse}, books.Rule{Method: "PUT", Path: "/customerpayments/", Call: 2, Fault: books.FaultRefuse}))
		}
		d.pay(order+"0", order, order, "1", "1", "-20.00", "-20.00")
		d.again(order)
		until(d.ctx, t, d.Stage, "payment:"+order+"0", "held", "negative_payment")
		if cure == "retry" {
			checkBooks(t, d.Stage, "refused", map[string]string{"invoice:" + order: "124.8 open 0", "payment:" + order: "124.8 open 0"})
		} else {
			_, detail := d.issueOf("payment:" + order + "0")
			if checkBooks(t, d.Stage, "refused", map[string]string{"invoice:" + order: "124.8 open 20", "payment:" + order: "124.8 open 20"}); !strings.Contains(detail, "20.00 of payment") {
				t.Errorf("what is unused is not told: %s", detail)
			}
		}
		d.must(d.Books.SetFaults())
		if cure == "retry" {
			_, err := d.Start(d.ctx, "/documents/payment/"+order+"0/retry", nil)
			d.must(err)
		} else {
			d.sync(order)
		}
		until(d.ctx, t, d.Stage, "payment:"+order+"0", "synced", "")
		checkBooks(t, d.Stage, cure, map[string]string{"invoice:" + order: "124.8 open 20", "payment:" + order: "124.8 open 0 back 20"})
	}
}
