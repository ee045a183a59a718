package rehearsal_test

import "testing"

// TestAPaymentShowsWhatItSettlesAfterMoneyWentBack: money goes back of a payment that settles an invoice, and another one pays
// more than is open. Each shows what it settles, as it stands in Zoho Books.
func TestAPaymentShowsWhatItSettlesAfterMoneyWentBack(t *testing.T) {
	atOnce(t)
	d := opened(t, "appliedafter_")
	applied := func(step string, want map[string]string) {
		t.Helper()
		for id, amount := range want {
			var doc struct{ Applied *string }
			d.must(d.Call(d.ctx, "GET", "/documents/payment/"+id, nil, &doc))
			if doc.Applied == nil || *doc.Applied != amount {
				t.Errorf("%s: payment %s shows %s applied, want %s", step, id, text(doc.Applied), amount)
			}
		}
	}
	d.book("70", "APPLIEDAA", "2", "970")
	d.invoice("80", "70")
	d.pay("170", "70", "80", "1", "1", "100.00", "100.00")
	d.sync("70")
	applied("paid", map[string]string{"170": "100.00"})
	d.pay("171", "70", "80", "1", "1", "-20.00", "-20.00")
	d.sync("70")
	checkBooks(t, d.Stage, "given back", map[string]string{"payment:170": "100 open 0 back 20", "invoice:80": "124.8 open 44.8"})
	applied("given back", map[string]string{"170": "80.00"})
	d.pay("172", "70", "80", "1", "1", "100.00", "100.00")
	d.sync("70")
	applied("paid too much", map[string]string{"170": "80.00", "172": "44.80"})
}
