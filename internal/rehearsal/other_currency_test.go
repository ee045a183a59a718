package rehearsal_test

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// inEuros has an order change its currency, as QloApps lets an unpaid one: everything of it is reckoned anew.
func (c clerk) inEuros(order string) {
	c.t.Helper()
	c.do("UPDATE {p}orders SET id_currency = 2, conversion_rate = 0.91 WHERE id_order = " + order)
	c.cheaper(order, "100", "104")
}

// TestWhatCannotFollowAnOrdersCurrency: what cannot follow settles nothing of what the order is now, in neither direction, and
// says so in words of its own instead of being refused by Zoho Books.
func TestWhatCannotFollowAnOrdersCurrency(t *testing.T) {
	atOnce(t)
	d := opened(t, "othercur_")
	d.must(d.Set(d.ctx, "currencies", "multi_currency", true))
	sold := func(order string) {
		d.book(order, "OTHERCU"+order, "2", "9"+order)
		d.invoice(order, order)
		d.again(order)
	}
	says := func(step, key string, words ...string) {
		t.Helper()
		doc := document(d.ctx, t, d.Stage, key)
		for _, w := range words {
			if doc.Issue == nil || !strings.Contains(doc.Issue.Detail, w) || doc.Issue.Action == "" {
				t.Errorf("%s: %s does not say %q: %+v", step, key, w, doc.Issue)
			}
		}
	}

	// The invoice was paid in the books by hand, so that it stays in dollars: what comes in euros is an advance.
	sold("61")
	byHand := received(t, d.Stage, "customer:2", "invoice:61", "24.80", "24.80", 0)
	d.inEuros("61")
	d.pay("61", "61", "61", "2", "0.91", "104", "104")
	d.again("61")
	d.reads("paid by hand", map[string]string{"invoice:61": "rejected paid_document, partially_paid", "payment:61": "synced, paid"})
	checkBooks(t, d.Stage, "paid by hand", map[string]string{"invoice:61": "124.8 open 100", "payment:61": "104 open 104"})
	// The bookkeeper moves that money away: the invoice follows, and takes what is there for it.
	reapplied(t, d.Stage, byHand, "", "", "")
	d.post("/records/orders/61/retry", nil)
	atRest(d.ctx, t, d.Stage)
	d.reads("it follows", map[string]string{"invoice:61": "synced, paid", "payment:61": "synced, paid"})
	checkBooks(t, d.Stage, "it follows", map[string]string{"invoice:61": "104 open 0", "payment:61": "104 open 0"})

	// The invoice is of a locked period.
	d.book("62", "OTHERCU62", "2", "962")
	d.invoice("62", "62")
	d.do("UPDATE {p}order_invoice SET date_add = date_add - INTERVAL 10 DAY WHERE id_order_invoice = 62")
	d.again("62")
	locked := func(day string) {
		t.Helper()
		d.must(d.Books.SetLock("sales", day))
		d.must(d.Call(d.ctx, http.MethodPost, "/connection/test", nil, nil))
	}
	locked(time.Now().AddDate(0, 0, -5).Format(time.DateOnly))
	d.inEuros("62")
	d.pay("62", "62", "62", "2", "0.91", "104", "104")
	d.again("62")
	d.reads("locked", map[string]string{"invoice:62": "held period_locked, sent", "payment:62": "synced, paid"})
	locked("")
	d.again("62")
	d.reads("unlocked", map[string]string{"invoice:62": "synced, paid", "payment:62": "synced, paid"})
	checkBooks(t, d.Stage, "unlocked", map[string]string{"invoice:62": "104 open 0"})

	// An advance that was posted in dollars settles no invoice in euros, and takes nothing of it from what does.
	d.book("63", "OTHERCU63", "2", "963")
	d.pay("63", "63", "0", "1", "1", "50", "50")
	d.again("63")
	d.inEuros("63")
	d.do("UPDATE {p}orders SET total_paid_real = 45.50 WHERE id_order = 63")
	d.invoice("63", "63")
	d.pay("630", "63", "63", "2", "0.91", "58.50", "58.50")
	d.again("63")
	d.reads("an advance", map[string]string{"invoice:63": "synced, partially_paid", "payment:63": "rejected changed_after_posting, paid", "payment:630": "synced, paid"})
	says("an advance", "payment:63", "50.00 USD", "EUR")
	checkBooks(t, d.Stage, "an advance", map[string]string{"invoice:63": "104 open 45.5", "payment:63": "50 open 50", "payment:630": "58.5 open 0"})
	// Its cure: it is deleted there, and made again in the order's currency.
	d.must(d.Books.DeleteByHand(d.find("payment:63").ID))
	d.post("/documents/payment/63/recreate", why)
	atRest(d.ctx, t, d.Stage)
	d.reads("made again", map[string]string{"invoice:63": "synced, paid", "payment:63": "synced, paid"})
	checkBooks(t, d.Stage, "made again", map[string]string{"invoice:63": "104 open 0", "payment:63": "45.5 open 0"})

	// A credit slip that was posted in dollars and settles the invoice keeps it there; both stay.
	d.book("64", "OTHERCU64", "2", "964")
	d.invoice("64", "64")
	d.slip("64", "64", "964", "20.00", "20.80", "")
	d.again("64")
	d.inEuros("64")
	d.pay("64", "64", "64", "2", "0.91", "50", "50")
	d.again("64")
	d.reads("credited", map[string]string{"invoice:64": "rejected paid_document, partially_paid", "credit_note:64": "synced, open", "payment:64": "synced, paid"})
	checkBooks(t, d.Stage, "credited", map[string]string{"invoice:64": "124.8 open 104", "payment:64": "50 open 50"})
	// Taken off in the books, it lets the invoice go, and is left over.
	d.must(d.Books.SettleByHand(d.find("credit_note:64").ID, map[string]string{}))
	d.post("/records/orders/64/retry", nil)
	atRest(d.ctx, t, d.Stage)
	d.again("64")
	d.reads("left over", map[string]string{"invoice:64": "synced, partially_paid", "credit_note:64": "rejected changed_after_posting, open", "payment:64": "synced, paid"})
	says("left over", "credit_note:64", "20.8", "USD", "EUR")

	// An order that is canceled afterwards: its invoice is credited in the currency in which it stands.
	sold("65")
	received(t, d.Stage, "customer:2", "invoice:65", "24.80", "24.80", 0)
	d.inEuros("65")
	d.again("65")
	d.must(d.Set(d.ctx, "orders", "cancel_policy", "credit_note"))
	d.ended("65")
	d.again("65")
	d.reads("canceled", map[string]string{"cancellation:65": "synced, open"})
	checkBooks(t, d.Stage, "canceled", map[string]string{"invoice:65": "124.8 open 0", "cancellation:65": "124.8 open 24.8"})
	for _, c := range d.Books.Calls() {
		if c.Code == 4 {
			t.Errorf("the books refused %s %s in words for programs", c.Method, c.Path)
		}
	}
}
