package rehearsal_test

import "testing"

// TestCashGoesBackFromAPaymentThatDoesNotTellWhatIsUnused has the books answer about payments as Zoho's documentation
// has them: what there is, what of it settles invoices and what went back, and not what is left.
func TestCashGoesBackFromAPaymentThatDoesNotTellWhatIsUnused(t *testing.T) {
	atOnce(t)
	d := opened(t, "unusedun_")
	d.Books.Alter("customerpayments", map[string]any{"unused_amount": nil})
	for _, order := range []string{"70", "71"} {
		d.book(order, "UNUSEDUN"+order, "2", "9"+order)
		d.invoice("8"+order, order)
	}

	// Money that nothing else wanted, and money that settled the invoice.
	d.pay("80", "70", "870", "1", "1", "134.80", "134.80")
	d.pay("81", "70", "870", "1", "1", "-10", "-10")
	d.pay("82", "71", "871", "1", "1", "124.80", "124.80")
	d.sync("70")
	d.sync("71")
	d.pay("83", "71", "871", "1", "1", "-30", "-30")
	d.sync("71")
	for _, key := range []string{"payment:80", "payment:81", "payment:82", "payment:83"} {
		if code, detail := d.issueOf(key); code != "" || detail != "synced" {
			t.Errorf("%s: %q %q", key, code, detail)
		}
	}
	checkBooks(t, d.Stage, "given back", map[string]string{"invoice:870": "124.8 open 0", "payment:80": "134.8 open 0 back 10", "invoice:871": "124.8 open 30", "payment:82": "124.8 open 0 back 30"})

	// Given back once more, when some of it went back already.
	d.pay("84", "71", "871", "1", "1", "-5", "-5")
	d.sync("71")
	checkBooks(t, d.Stage, "once more", map[string]string{"invoice:871": "124.8 open 35", "payment:82": "124.8 open 0 back 35"})
}
