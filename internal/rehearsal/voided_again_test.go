package rehearsal_test

import "testing"

// TestAnInvoiceThatStandsAgainIsPaidAgain has a person make paid invoices void in Zoho Books, which leaves their money unused,
// and then either a draft again there and Retry here, or Recreate: each stands, and what had settled it settles it once more.
func TestAnInvoiceThatStandsAgainIsPaidAgain(t *testing.T) {
	atOnce(t)
	d := opened(t, "again_")
	for order, cure := range map[string]func(invoice string){
		"50": func(invoice string) {
			d.must(d.Books.SetStatusByHand(d.find("invoice:"+invoice).ID, "draft"))
			d.post("/documents/invoice/"+invoice+"/retry", nil)
		},
		"51": func(invoice string) { d.post("/documents/invoice/"+invoice+"/recreate", why) },
		"52": func(invoice string) {
			d.must(d.Call(d.ctx, "POST", "/documents/invoice/"+invoice+"/skip", why, nil))
			d.must(d.Books.SetStatusByHand(d.find("invoice:"+invoice).ID, "draft"))
			d.must(d.Call(d.ctx, "POST", "/documents/invoice/"+invoice+"/unskip", nil, nil))
			d.sync("52")
		},
	} {
		n := order[1:]
		invoice := "6" + n
		d.book(order, "STANDSAG"+string('A'+n[0]-'0'), "2", "90"+n, "91"+n)
		d.invoice(invoice, order)
		d.pay("7"+n, order, invoice, "1", "1", "100.00", "100.00")
		d.slip("8"+n, order, "90"+n, "20.00", "20.80", "")
		d.stands(order, "posted", map[string]string{"invoice:" + invoice: "249.6 open 128.8", "payment:7" + n: "100 open 0", "credit_note:8" + n: "20.8 open 0"})

		d.must(d.Books.SetStatusByHand(d.find("invoice:"+invoice).ID, "void"))
		d.breakfast(order+"2", order, invoice, "90"+n, "2", "28", "29.12")
		d.cost(order, "268", "278.72")
		d.sync(order)
		until(d.ctx, t, d.Stage, "invoice:"+invoice, "rejected", "invoice_voided_by_hand")

		cure(invoice)
		rest(d.ctx, t, d.Stage, "it stands again", order)
		checkBooks(t, d.Stage, "it stands again", map[string]string{"invoice:" + invoice: "278.72 open 157.92", "payment:7" + n: "100 open 0", "credit_note:8" + n: "20.8 open 0"})
	}
}

// TestMoneyUnderWayIsAppliedToAnInvoiceThatStandsAgain has a worker at a payment at the very moment at which its invoice stands
// again, by a draft again and Retry, and by Recreate: once it is done, the payment settles the invoice.
func TestMoneyUnderWayIsAppliedToAnInvoiceThatStandsAgain(t *testing.T) {
	atOnce(t)
	d := opened(t, "under_")
	for n, cure := range map[string]func(){
		"0": func() {
			d.must(d.Books.SetStatusByHand(d.find("invoice:60").ID, "draft"))
			d.must(d.Call(d.ctx, "POST", "/documents/invoice/60/retry", nil, nil))
		},
		"1": func() { d.must(d.Call(d.ctx, "POST", "/documents/invoice/61/recreate", why, nil)) },
	} {
		order, invoice := "5"+n, "6"+n
		d.book(order, "UNDERWAY"+string('A'+n[0]-'0'), "2", "90"+n)
		d.invoice(invoice, order)
		d.pay("7"+n, order, invoice, "1", "1", "100.00", "100.00")
		d.stands(order, "posted", map[string]string{"invoice:" + invoice: "124.8 open 24.8", "payment:7" + n: "100 open 0"})
		d.must(d.Books.SetStatusByHand(d.find("invoice:"+invoice).ID, "void"))
		d.breakfast(order+"2", order, invoice, "90"+n, "2", "28", "29.12")
		d.cost(order, "148", "153.92")
		d.sync(order)
		until(d.ctx, t, d.Stage, "invoice:"+invoice, "rejected", "invoice_voided_by_hand")

		payment := " WHERE flow = 'payment' AND source_id = '7" + n + "'"
		d.do("UPDATE qlobooks_documents SET lease_owner = 'another', lease_until = UTC_TIMESTAMP() + INTERVAL 1 DAY" + payment)
		cure()
		eventually(d.ctx, t, d.Stage, "the invoice stands again", func() bool { return d.find("invoice:"+invoice).Status == "sent" })
		d.do("UPDATE qlobooks_documents SET lease_owner = NULL, lease_until = NULL" + payment)
		rest(d.ctx, t, d.Stage, "it stands again", order)
		checkBooks(t, d.Stage, "it stands again", map[string]string{"invoice:" + invoice: "153.92 open 53.92", "payment:7" + n: "100 open 0"})
	}
}
