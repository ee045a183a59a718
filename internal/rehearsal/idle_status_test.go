package rehearsal_test

import (
	"strings"
	"testing"

	"github.com/qlobooks/qlobooks/internal/sandbox/books"
)

// TestAStatusThatWasAnsweredAndNotDone has the books answer that invoices were sent, or made void, and do nothing. The
// reconciliation sees what stands, names both sides, and its cure does it.
func TestAStatusThatWasAnsweredAndNotDone(t *testing.T) {
	atOnce(t)
	d := opened(t, "idle_")
	idle := func(changes ...string) { d.Books.Prefer(func(p *books.Preferences) { p.Idle = changes }) }
	is := func(step, key, status string) {
		t.Helper()
		if r := d.find(key); r.Status != status {
			t.Errorf("%s: %s is %s in the books, want %s", step, key, r.Status, status)
		}
	}

	d.book("70", "IDLESENT1", "2", "970")
	d.invoice("80", "70")
	idle("invoices/sent")
	d.sync("70")
	rest(d.ctx, t, d.Stage, "sent", "70")
	is("sent", "invoice:80", "draft")
	list := d.saw("sent", "70", map[string][]string{"invoice:80 recreate": {"«draft» in Zoho Books", "was marked as sent"}})
	idle()
	d.cured(list)
	rest(d.ctx, t, d.Stage, "sent again", "70")
	is("sent again", "invoice:80", "sent")
	d.saw("sent again", "70", nil)

	d.book("71", "IDLEVOID1", "2", "971")
	d.invoice("81", "71")
	d.sync("71")
	rest(d.ctx, t, d.Stage, "sold", "71")
	d.cancel("71")
	idle("invoices/void")
	d.sync("71")
	rest(d.ctx, t, d.Stage, "canceled", "71")
	is("canceled", "invoice:81", "sent")
	list = d.saw("canceled", "71", map[string][]string{"invoice:81 recreate": {"«sent» in Zoho Books", "was made void"}})
	idle()
	d.cured(list)
	rest(d.ctx, t, d.Stage, "void at last", "71")
	is("void at last", "invoice:81", "void")
	d.saw("void at last", "71", nil)

	d.book("72", "IDLEPAID1", "2", "972")
	d.invoice("82", "72")
	idle("invoices/sent")
	d.sync("72")
	rest(d.ctx, t, d.Stage, "sent and not", "72")
	idle()
	d.pay("82", "72", "82", "1", "1", "124.80", "124.80")
	d.sync("72")
	rest(d.ctx, t, d.Stage, "paid", "72")
	checkBooks(t, d.Stage, "paid", map[string]string{"invoice:82": "124.8 open 0", "payment:82": "124.8 open 0"})

	d.book("73", "IDLEAGAIN", "2", "973")
	d.invoice("83", "73")
	d.pay("83", "73", "83", "1", "1", "124.80", "124.80")
	idle("invoices/sent")
	before := len(d.Books.Calls())
	d.sync("73")
	until(d.ctx, t, d.Stage, "payment:83", "rejected", "zoho_refused")
	if _, detail := d.issueOf("payment:83"); !strings.Contains(detail, "was marked as sent from here, and stands in Zoho Books as «draft»") {
		t.Errorf("the payment says %q", detail)
	}
	sent := 0
	for _, c := range d.Books.Calls()[before:] {
		if strings.HasSuffix(c.Path, "/status/sent") {
			sent++
		}
	}
	if sent != 2 {
		t.Errorf("it was marked as sent %d times", sent)
	}
	idle()
	d.must(d.Books.SetStatusByHand(d.find("invoice:83").ID, "sent"))
	_, err := d.Start(d.ctx, "/issues/zoho_refused/retry", nil)
	d.must(err)
	rest(d.ctx, t, d.Stage, "paid at last", "73")
	checkBooks(t, d.Stage, "paid at last", map[string]string{"invoice:83": "124.8 open 0", "payment:83": "124.8 open 0"})
}

// TestTheDailyPassSeesAStatusThatWasNotTaken looks once a day at what was sent, opened or made void: what does not stand
// so is named with both sides, and Sync does it. Nothing new costs no call.
func TestTheDailyPassSeesAStatusThatWasNotTaken(t *testing.T) {
	atOnce(t)
	d := opened(t, "idleday_")
	idle := func(changes ...string) { d.Books.Prefer(func(p *books.Preferences) { p.Idle = changes }) }
	daily := func() (calls int) {
		_, err := d.db.ExecContext(d.ctx, "UPDATE qlobooks_events SET at = at - INTERVAL 1 DAY") // a day goes by
		d.must(err)
		_, err = d.db.ExecContext(d.ctx, "UPDATE qlobooks_marks SET value = DATE_FORMAT(STR_TO_DATE(LEFT(value, 19), '%Y-%m-%dT%H:%i:%s') - INTERVAL 1 DAY, '%Y-%m-%dT%H:%i:%sZ') WHERE name LIKE 'statuses%'")
		d.must(err)
		before := len(d.Books.Calls())
		_, err = d.Start(d.ctx, "/schedule/run", map[string]any{"kind": "daily"})
		d.must(err)
		for _, c := range d.Books.Calls()[before:] {
			if strings.HasPrefix(c.Path, "/invoices") || strings.HasPrefix(c.Path, "/salesorders") {
				calls++
			}
		}
		return calls
	}
	for _, order := range []string{"70", "71", "72", "73"} {
		d.book(order, "IDLEDAY"+order, "2", "9"+order)
		if order != "72" {
			d.invoice("8"+order[1:], order)
		}
	}
	d.sync("71")
	rest(d.ctx, t, d.Stage, "sold", "71")
	d.cancel("71")
	for _, of := range [][2]string{{"70", "invoices/sent"}, {"71", "invoices/void"}, {"72", "salesorders/open"}} { // each alone: an invoice is refused for an order that is not open
		idle(of[1])
		d.sync(of[0])
		rest(d.ctx, t, d.Stage, "answered", of[0])
	}
	idle()
	d.sync("73")
	rest(d.ctx, t, d.Stage, "done", "73")

	before := len(d.Books.Calls())
	_, err := d.Start(d.ctx, "/schedule/run", map[string]any{"kind": "daily"})
	d.must(err)
	if made := d.Books.Calls()[before:]; len(made) > 0 {
		t.Errorf("right after everything was sent the daily pass made %v", made)
	}
	if calls := daily(); calls > 6 { // a list of each kind, and the four that seem not to be done
		t.Errorf("the daily pass took %d calls", calls)
	}
	for key, words := range map[string]string{"invoice:80": "It was marked as sent from here, and is «draft» in Zoho Books.", "invoice:81": "It was made void from here, and is «sent» in Zoho Books.", "sales_order:72": "It was opened from here, and is «draft» in Zoho Books."} {
		until(d.ctx, t, d.Stage, key, "rejected", "answer_differs")
		if _, detail := d.issueOf(key); detail != words {
			t.Errorf("%s says %q", key, detail)
		}
	}
	until(d.ctx, t, d.Stage, "invoice:83", "synced", "")
	for _, order := range []string{"70", "71", "72"} {
		d.sync(order)
		rest(d.ctx, t, d.Stage, "synchronized", order)
	}
	for key, status := range map[string]string{"invoice:80": "sent", "invoice:81": "void", "sales_order:72": "open", "invoice:83": "sent"} {
		if r := d.find(key); r.Status != status {
			t.Errorf("synchronized, %s is %s, want %s", key, r.Status, status)
		}
	}
	daily()
	for _, key := range []string{"invoice:80", "sales_order:72", "invoice:83"} {
		until(d.ctx, t, d.Stage, key, "synced", "")
	}
	until(d.ctx, t, d.Stage, "invoice:81", "disabled", "")
	if calls := daily(); calls > 0 {
		t.Errorf("with nothing new the daily pass took %d calls", calls)
	}
}

// TestASalesOrderThatWasAnsweredAsOpenAndIsNot has the books open sales orders and do nothing, and refuse the invoice in
// words that name the order: the step is taken once more. Where that is idle too the order says so, the invoice stands
// without it, and Retry takes the order as a person opened it.
func TestASalesOrderThatWasAnsweredAsOpenAndIsNot(t *testing.T) {
	atOnce(t)
	d := opened(t, "idleopen_")
	idle := func(changes ...string) { d.Books.Prefer(func(p *books.Preferences) { p.Idle = changes }) }
	stands := func(step, key, want string) {
		t.Helper()
		if r := d.find(key); r.Status != want {
			t.Errorf("%s: %s is %s in the books, want %s", step, key, r.Status, want)
		}
	}

	d.book("70", "IDLEOPEN1", "2", "970")
	d.book("71", "IDLEOPEN2", "2", "971")
	idle("salesorders/open")
	d.sync("70")
	d.sync("71")
	until(d.ctx, t, d.Stage, "sales_order:71", "synced", "")
	stands("ordered", "sales_order:70", "draft")
	idle()
	d.invoice("80", "70")
	d.sync("70")
	rest(d.ctx, t, d.Stage, "invoiced", "70")
	stands("invoiced", "sales_order:70", "invoiced")
	stands("invoiced", "invoice:80", "sent")

	idle("salesorders/open")
	d.invoice("81", "71")
	d.sync("71")
	until(d.ctx, t, d.Stage, "invoice:81", "synced", "")
	stands("invoiced alone", "sales_order:71", "draft")
	stands("invoiced alone", "invoice:81", "sent")
	until(d.ctx, t, d.Stage, "sales_order:71", "rejected", "answer_differs")
	if _, detail := d.issueOf("sales_order:71"); !strings.Contains(detail, "was opened from here, and stands in Zoho Books as «draft»") {
		t.Errorf("the sales order says %q", detail)
	}
	idle()
	d.must(d.Books.SetStatusByHand(d.find("sales_order:71").ID, "open"))
	_, err := d.Start(d.ctx, "/issues/answer_differs/retry", nil)
	d.must(err)
	rest(d.ctx, t, d.Stage, "opened by hand", "71")
	until(d.ctx, t, d.Stage, "sales_order:71", "synced", "")
}
