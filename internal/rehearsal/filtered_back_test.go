package rehearsal_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/qlobooks/qlobooks/api/rest/wire"
)

// TestAGuestWhoBecomesActiveBringsBackWhatWaitedForHim: an order that was left out with its inactive guest says which
// filter that was, and goes on by itself once the guest is active, whatever the switches of guests say.
func TestAGuestWhoBecomesActiveBringsBackWhatWaitedForHim(t *testing.T) {
	atOnce(t)
	d := opened(t, "actv_")
	d.must(d.Set(d.ctx, "customers", "ignore_inactive", true))
	d.book("50", "INACTIVEG", "2", "901")
	d.invoice("60", "50")
	d.pay("60", "50", "60", "1", "1", "124.80", "124.80")
	guest := one(t, d.Stage, "SELECT id_customer FROM actv_orders WHERE id_order = 50")
	d.do("UPDATE {p}customer SET active = 0, date_upd = NOW() WHERE id_customer = " + guest)
	_, err := d.Start(d.ctx, "/records/customers/initialize", nil)
	d.must(err)
	d.sync("50")
	until(d.ctx, t, d.Stage, "invoice:60", "skipped", "skipped_inactive")
	until(d.ctx, t, d.Stage, "payment:60", "skipped", "skipped_inactive")

	for _, key := range []string{"invoice:60", "payment:60"} {
		if issue := document(d.ctx, t, d.Stage, key).Issue; issue == nil || !strings.Contains(issue.Action, "Ignore inactive customers") {
			t.Errorf("%s does not say which filter leaves it out: %+v", key, issue)
		}
	}
	var order wire.Record
	d.must(d.Call(d.ctx, http.MethodGet, "/records/orders/50", nil, &order))
	if order.Issue == nil || !strings.Contains(order.Issue.Action, "Ignore inactive customers") {
		t.Errorf("the order does not say which filter leaves it out: %+v", order.Issue)
	}
	refused(d.ctx, t, d.Stage, http.MethodPost, "/records/orders/50/unskip", nil, "409", "filtered", "Ignore inactive customers")

	d.must(d.Set(d.ctx, "orders", "auto_update_orders", true))
	d.do("UPDATE {p}customer SET active = 1, date_upd = NOW() WHERE id_customer = " + guest)
	_, err = d.Start(d.ctx, "/schedule/run", map[string]any{"kind": "tick"})
	d.must(err)
	until(d.ctx, t, d.Stage, "invoice:60", "synced", "")
	until(d.ctx, t, d.Stage, "payment:60", "synced", "")
	checkBooks(t, d.Stage, "active again", map[string]string{"invoice:60": "124.8 open 0", "payment:60": "124.8 open 0"})
}

// TestACurrencyThatIsEnabledAgainBringsBackWhatWaitedForIt: what the schedule found in it meanwhile goes on.
func TestACurrencyThatIsEnabledAgainBringsBackWhatWaitedForIt(t *testing.T) {
	atOnce(t)
	d := opened(t, "eurb_")
	d.must(d.Set(d.ctx, "currencies", "multi_currency", true))
	for _, section := range []string{"orders", "currencies"} {
		_, err := d.Start(d.ctx, "/records/"+section+"/initialize", nil)
		d.must(err)
	}
	d.must(d.Set(d.ctx, "orders", "auto_sync_new_orders", true))
	tick := func(statements ...string) {
		t.Helper()
		d.do(statements...)
		_, err := d.Start(d.ctx, "/schedule/run", map[string]any{"kind": "tick"})
		d.must(err)
	}
	tick("UPDATE {p}currency SET active = 0 WHERE id_currency = 2")
	d.book("54", "INEUROSSS", "2", "907")
	tick("UPDATE {p}orders SET id_currency = 2, conversion_rate = 0.91 WHERE id_order = 54")
	until(d.ctx, t, d.Stage, "sales_order:54", "held", "currency_disabled")
	tick("UPDATE {p}currency SET active = 1 WHERE id_currency = 2")
	until(d.ctx, t, d.Stage, "sales_order:54", "synced", "")
}
