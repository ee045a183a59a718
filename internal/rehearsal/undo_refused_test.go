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

// TestMoneyThatWentBackIsUndoneTwice undoes an order with money that went back of its payment, sends it again and undoes that run:
// what stands on another document is the later run's, too.
func TestMoneyThatWentBackIsUndoneTwice(t *testing.T) {
	atOnce(t)
	d := opened(t, "backtwice_")
	d.book("50", "BACKTWI50", "2", "950")
	d.invoice("50", "50")
	d.pay("50", "50", "50", "1", "1", "124.80", "124.80")
	d.pay("51", "50", "50", "1", "1", "-20.00", "-20.00")
	for range 2 {
		run := d.posted("50")
		checkBooks(t, d.Stage, "posted", map[string]string{"payment:50": "124.8 open 0 back 20"})
		for _, item := range undoPreview(d.ctx, t, d.Stage, run).Items {
			if item.Issue != nil {
				t.Errorf("%s:%s is refused: %+v", item.Flow, item.SourceID, *item.Issue)
			}
		}
		d.undo(run)
		d.reads("undone", map[string]string{"invoice:50": "not_synced, void", "payment:50": "not_synced, not there", "payment:51": "not_synced, not there"})
	}
}
