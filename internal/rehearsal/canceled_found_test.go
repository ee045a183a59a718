package rehearsal_test

import "testing"

// forgets resets all links.
func (d desk) forgets() {
	d.t.Helper()
	d.must(d.Call(d.ctx, "POST", "/tools/reset", map[string]any{"scope": "links", "confirm": organization(d.ctx, d.t, d.Stage)}, nil))
}

// TestACanceledOrderIsFoundAgain resets the links of orders that are canceled before or after that: what stands of them is found,
// and ends as it would have ended, or as a person had decided.
func TestACanceledOrderIsFoundAgain(t *testing.T) {
	atOnce(t)
	d := opened(t, "endfound_")
	d.must(d.Set(d.ctx, "orders", "cancel_policy", "hold"))
	for _, order := range []string{"50", "51", "52", "54"} {
		d.book(order, "ENDFOUN"+order, "2", "9"+order)
		d.invoice(order, order)
	}
	d.book("53", "ENDFOUN53", "2", "953") // never invoiced
	for _, order := range []string{"50", "51", "52", "53", "54"} {
		d.posted(order)
	}
	d.cancel("51")
	d.sync("51")
	until(d.ctx, t, d.Stage, "cancellation:51", "held", "paid_document")
	d.post("/documents/cancellation/51/release", map[string]string{"reason": "The guest gets all back."})
	d.again("51")
	d.cancel("54")
	d.sync("54")
	until(d.ctx, t, d.Stage, "cancellation:54", "held", "paid_document")
	stood := map[string]string{"invoice:51": "synced, paid", "cancellation:51": "synced, open", "sales_order:51": "synced, invoiced"}
	d.reads("credited", stood)

	d.forgets()
	d.cancel("50")
	d.cancel("53")
	for _, order := range []string{"50", "51", "53", "54"} {
		d.again(order)
	}
	d.reads("found again", stood)
	d.reads("found again", map[string]string{"sales_order:53": "disabled, void", "invoice:50": "synced, sent", "cancellation:50": "held paid_document, not there", "cancellation:54": "held paid_document, not there"})

	d.forgets()
	d.must(d.Set(d.ctx, "orders", "cancel_policy", "void_or_credit_note"))
	d.cancel("52")
	for _, order := range []string{"50", "51", "52", "53"} {
		d.again(order)
	}
	d.reads("found again under another policy", stood)
	for _, order := range []string{"50", "52"} {
		d.reads("voided", map[string]string{"invoice:" + order: "disabled, void", "cancellation:" + order: "synced, not there"})
	}
	before := len(d.Books.Calls())
	for _, order := range []string{"50", "51", "52", "53"} {
		d.again(order)
	}
	for _, c := range d.Books.Calls()[before:] {
		t.Errorf("nothing changed, and %s %s was called", c.Method, c.Path)
	}
}

// TestACancellationIsMadeAsPostedAfterTwoResets resets the links twice with nothing synchronized between: what was sent of an invoice
// is known all the same, so that an order that was canceled since, of which QloApps tells no amount any more, is credited as it was posted.
func TestACancellationIsMadeAsPostedAfterTwoResets(t *testing.T) {
	atOnce(t)
	d := opened(t, "twice_")
	d.must(d.Set(d.ctx, "orders", "cancel_policy", "credit_note"))
	d.book("50", "TWICERES", "2", "950")
	d.invoice("50", "50")
	d.sync("50")
	checkBooks(t, d.Stage, "posted", map[string]string{"invoice:50": "124.8 open 124.8"})
	d.forgets()
	d.forgets()
	d.cancel("50")
	for range 2 {
		d.again("50")
	}
	d.reads("canceled", map[string]string{"cancellation:50": "synced, open"})
	checkBooks(t, d.Stage, "canceled", map[string]string{"invoice:50": "124.8 open 0", "cancellation:50": "124.8 open 0"})
}
