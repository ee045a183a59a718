package rehearsal_test

import (
	"testing"

	"github.com/qlobooks/qlobooks/internal/sandbox/books"
)

// TestWhatIsHalfBroughtBackEndsWithItsOrder undoes a sales order and an invoice, has Zoho Books refuse for good to bring them up to
// date when they are sent again, so that they are open and a draft there, and cancels their orders: both become void, as the sales order stays where an invoice was made of it.
func TestWhatIsHalfBroughtBackEndsWithItsOrder(t *testing.T) {
	atOnce(t)
	d := opened(t, "halfback_")
	d.book("50", "HALFBAC50", "2", "950")
	d.book("51", "HALFBAC51", "2", "951")
	d.invoice("51", "51")
	for _, order := range []string{"50", "51"} {
		d.undo(d.posted(order))
	}
	d.must(d.Books.SetFaults(books.Rule{Method: "PUT", Path: "/(salesorders|invoices)/", Fault: books.FaultRefuse}))
	for _, order := range []string{"50", "51"} {
		d.again(order)
	}
	d.reads("refused", map[string]string{"sales_order:50": "rejected zoho_refused, open", "invoice:51": "rejected zoho_refused, draft"})
	d.must(d.Books.SetFaults())
	for _, order := range []string{"50", "51"} {
		d.cancel(order)
		d.again(order)
	}
	d.reads("canceled", map[string]string{"sales_order:50": "disabled, void", "sales_order:51": "synced, open", "invoice:51": "disabled, void"})
}
