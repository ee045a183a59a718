package rehearsal_test

import (
	"strings"
	"testing"

	"github.com/qlobooks/qlobooks/internal/sandbox/books"
)

// settledOrders are four orders whose money is settled in as many ways: a slip given back in money, one that lowers its
// invoice, cash that went back of a payment, and more than was billed.
func (d desk) settledOrders() (orders []string) {
	d.t.Helper()
	orders = []string{"70", "71", "72", "73"}
	for _, order := range orders {
		d.book(order, "UNTOLDAA"+order, "2", "9"+order)
		d.invoice("8"+order, order)
	}
	d.pay("80", "70", "870", "1", "1", "124.80", "124.80")
	d.slip("80", "70", "970", "28.85", "30.00", "Cash")
	d.slip("81", "71", "971", "28.85", "30.00", "")
	d.pay("82", "72", "872", "1", "1", "124.80", "124.80")
	d.pay("83", "72", "872", "1", "1", "-30", "-30")
	d.pay("84", "73", "873", "1", "1", "134.80", "134.80")
	for _, order := range orders {
		d.sync(order)
		rest(d.ctx, d.t, d.Stage, "posted", order)
	}
	return orders
}

// TestWhatIsUntoldIsReadFromTheListsBesideIt resets the links while the books leave out of their answers what a credit note
// settles and what is left of it, or what of a payment is unused and went back. Zoho documents lists of each: all is known
// from these, and what comes later is settled as ever.
func TestWhatIsUntoldIsReadFromTheListsBesideIt(t *testing.T) {
	for name, untold := range map[string]struct {
		module string
		fields map[string]any
	}{
		"note":    {"creditnotes", map[string]any{"invoices": nil}},
		"left":    {"creditnotes", map[string]any{"invoices": nil, "balance": nil}},
		"payment": {"customerpayments", map[string]any{"unused_amount": nil, "amount_refunded": nil}},
	} {
		t.Run(name, func(t *testing.T) {
			atOnce(t)
			d := opened(t, "untold"+name+"_")
			orders := d.settledOrders()
			d.Books.Alter(untold.module, untold.fields)
			d.forgets()
			for _, order := range orders {
				d.sync(order)
				rest(d.ctx, t, d.Stage, "found again", order)
			}
			d.slip("91", "72", "972", "19.23", "20.00", "")
			d.pay("92", "71", "871", "1", "1", "50", "50")
			d.pay("93", "73", "873", "1", "1", "-20", "-20")
			for _, order := range orders {
				d.sync(order)
				rest(d.ctx, t, d.Stage, "later", order)
			}
			checkBooks(t, d.Stage, "later", map[string]string{
				"invoice:870": "124.8 open 0", "credit_note:80": "30 open 0 back 30", "invoice:871": "124.8 open 44.8", "credit_note:81": "30 open 0",
				"invoice:872": "124.8 open 10", "payment:82": "124.8 open 0 back 30", "invoice:873": "124.8 open 10", "payment:84": "134.8 open 0 back 20",
			})
		})
	}
}

// TestAPaymentThatTellsNowhereWhatItSettlesIsAskedAbout has the books leave out of payments what no list beside them tells. That
// is no outage: a person is asked, nothing is moved meanwhile, and it goes on once it is told, or is left.
func TestAPaymentThatTellsNowhereWhatItSettlesIsAskedAbout(t *testing.T) {
	atOnce(t)
	d := opened(t, "untoldask_")
	orders := d.settledOrders()
	d.Books.Alter("customerpayments", map[string]any{"invoices": nil})
	d.forgets()
	d.pay("93", "73", "873", "1", "1", "-20", "-20")
	for range 2 {
		for _, order := range orders {
			d.sync(order)
		}
	}
	for _, key := range []string{"payment:82", "payment:84"} {
		until(d.ctx, t, d.Stage, key, "held", "money_untold")
		if detail := document(d.ctx, t, d.Stage, key).Issue.Detail; !strings.Contains(detail, "about payment 00000") || !strings.Contains(detail, "which invoices it settles") {
			t.Errorf("%s: %s", key, detail)
		}
	}
	checkBooks(t, d.Stage, "asked", map[string]string{"invoice:872": "124.8 open 30", "payment:82": "124.8 open 0 back 30", "invoice:873": "124.8 open 0", "payment:84": "134.8 open 10"})

	d.must(d.Call(d.ctx, "POST", "/documents/payment/82/skip", map[string]string{"reason": "It stands as it should."}, nil))
	until(d.ctx, t, d.Stage, "payment:82", "skipped", "skipped_by_person")
	d.Books.Alter("customerpayments", nil)
	d.must(d.Call(d.ctx, "POST", "/documents/payment/84/retry", nil, nil))
	settled(d.ctx, t, d.Stage)
	d.sync("73")
	rest(d.ctx, t, d.Stage, "told", "73")
	checkBooks(t, d.Stage, "told", map[string]string{"invoice:873": "124.8 open 10", "payment:84": "134.8 open 0 back 20"})
}

// TestWhatWasAppliedIsNotAppliedOnceMoreWhereItIsNotTold loses the answer to a credit note's application, while credit notes do not tell
// what they settle.
func TestWhatWasAppliedIsNotAppliedOnceMoreWhereItIsNotTold(t *testing.T) {
	atOnce(t)
	d := opened(t, "untoldonce_")
	d.book("71", "UNTOLDAA71", "2", "971")
	d.invoice("871", "71")
	d.sync("71")
	d.Books.Alter("creditnotes", map[string]any{"invoices": nil})
	d.must(d.Books.SetFaults(books.Rule{Method: "POST", Path: `/creditnotes/\d+/invoices$`, Times: 1, Fault: books.FaultCommitDrop}))
	d.slip("81", "71", "971", "28.85", "30.00", "")
	d.sync("71")
	until(d.ctx, t, d.Stage, "credit_note:81", "synced", "")
	applied := 0
	for _, c := range d.Books.Calls() {
		if c.Method == "POST" && strings.HasPrefix(c.Path, "/creditnotes/") && strings.HasSuffix(c.Path, "/invoices") {
			applied++
		}
	}
	if applied != 1 {
		t.Errorf("the credit note was applied %d times", applied)
	}
	checkBooks(t, d.Stage, "applied", map[string]string{"invoice:871": "124.8 open 94.8", "credit_note:81": "30 open 0"})
}
