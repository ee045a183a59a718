package rehearsal_test

import (
	"strings"
	"testing"
)

// TestCashBackOlderThanItsPayment enters money given back before the payments that it came from, as QloApps shows rows
// that were corrected, and sends them at once, one after the other, and the newer one first: it goes back once, of what
// was paid, and what is open is what QloApps says is due.
func TestCashBackOlderThanItsPayment(t *testing.T) {
	atOnce(t)
	d := opened(t, "cashold_")
	is := func(step, order string, want map[string]string) {
		t.Helper()
		rest(d.ctx, t, d.Stage, step, order)
		checkBooks(t, d.Stage, step, want)
		checkDue(t, d.ctx, d.clerk, d.Stage, step, order)
	}
	sold := func(order string) {
		d.book(order, "OLDCASH"+order, "2", "9"+order)
		d.invoice(order, order)
	}

	sold("70")
	d.pay("700", "70", "70", "1", "1", "-30.00", "-30.00")
	d.pay("701", "70", "70", "1", "1", "124.80", "124.80")
	d.sync("70")
	is("both at once", "70", map[string]string{"invoice:70": "124.8 open 30", "payment:701": "124.8 open 0 back 30"})
	d.pay("702", "70", "70", "1", "1", "30.00", "30.00")
	d.sync("70")
	is("paid again", "70", map[string]string{"invoice:70": "124.8 open 0", "payment:701": "124.8 open 0 back 30", "payment:702": "30 open 0"})

	sold("71")
	d.pay("710", "71", "71", "1", "1", "-50.00", "-50.00")
	d.sync("71")
	until(d.ctx, t, d.Stage, "payment:710", "held", "negative_payment")
	d.pay("711", "71", "71", "1", "1", "20.00", "20.00")
	d.sync("71")
	until(d.ctx, t, d.Stage, "payment:711", "synced", "")
	settled(d.ctx, t, d.Stage)
	if code, detail := d.issueOf("payment:710"); code != "negative_payment" || !strings.Contains(detail, "50.00 USD") || !strings.Contains(detail, "20.00 USD") {
		t.Errorf("of less than went back it is said: %s, %s", code, detail)
	}
	d.pay("712", "71", "71", "1", "1", "124.80", "124.80")
	d.sync("71")
	is("one after the other", "71", map[string]string{"invoice:71": "124.8 open 30", "payment:711": "20 open 0 back 20", "payment:712": "124.8 open 0 back 30"})

	sold("72")
	d.pay("720", "72", "72", "1", "1", "-30.00", "-30.00")
	d.pay("721", "72", "72", "1", "1", "124.80", "124.80")
	d.post("/records/orders/initialize", nil)
	for _, key := range []string{"invoice/72", "payment/721"} {
		d.post("/documents/"+key+"/sync", nil)
		until(d.ctx, t, d.Stage, strings.Replace(key, "/", ":", 1), "synced", "")
	}
	checkBooks(t, d.Stage, "the payment alone", map[string]string{"invoice:72": "124.8 open 30", "payment:721": "124.8 open 30"})
	d.sync("72")
	is("the payment first", "72", map[string]string{"invoice:72": "124.8 open 30", "payment:721": "124.8 open 0 back 30"})
}
