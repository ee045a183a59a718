package rehearsal_test

import (
	"strings"
	"testing"

	"github.com/qlobooks/qlobooks/api/rest/wire"
)

// TestWhatTheSwitchOfSalesOrdersLeavesOutSaysSoAndComesBack: an order of which nothing but a sales order would be sent
// is left out while these are off, whenever it was listed; on again, what was queued goes on, and nothing else.
func TestWhatTheSwitchOfSalesOrdersLeavesOutSaysSoAndComesBack(t *testing.T) {
	atOnce(t)
	d := opened(t, "sooff_")
	list := func() {
		t.Helper()
		_, err := d.Start(d.ctx, "/records/orders/initialize", nil)
		d.must(err)
	}
	reads := func(when, order, status, code string) wire.Record {
		t.Helper()
		r := d.orderState(order)
		got := ""
		if r.Issue != nil {
			got = r.Issue.Code
		}
		if r.Status != status || got != code {
			t.Errorf("%s: order %s is %s %q, want %s %q", when, order, r.Status, got, status, code)
		}
		return r
	}
	d.must(d.Set(d.ctx, "currencies", "multi_currency", false))
	d.book("50", "NEVERASKD", "2", "901")
	d.book("51", "INEUROSSS", "2", "902")
	d.do("UPDATE {p}orders SET id_currency = 2, conversion_rate = 0.91 WHERE id_order = 51")
	d.sync("51")
	d.becomes("51", "held", "currency_off")
	d.must(d.Set(d.ctx, "orders", "create_sales_orders", false))
	d.book("52", "ASKEDLATE", "2", "903")
	d.book("53", "JUSTLISTD", "2", "904")
	d.book("54", "CANCELEDD", "2", "905")
	d.state("54", "4")
	list()
	run, err := d.Start(d.ctx, "/records/orders/52/sync", nil)
	d.must(err)
	if run.Skipped != 1 || run.Done != 0 {
		t.Errorf("the run counts %+v", run)
	}
	_, err = d.Start(d.ctx, "/records/orders/54/sync", nil)
	d.must(err)
	off := "sales orders are off"
	reads(off, "50", "skipped", "skipped_export_off")
	reads(off, "51", "skipped", "skipped_export_off")
	if r := reads(off, "52", "skipped", "skipped_export_off"); r.Phase != "invoice_sync" || r.Issue == nil || !strings.Contains(r.Issue.Action, "Create sales orders") {
		t.Errorf("%s: order 52 reads %s %+v", off, r.Phase, r.Issue)
	}
	reads(off, "53", "not_synced", "")
	reads(off, "54", "synced", "")
	list()
	reads("listed again", "52", "skipped", "skipped_export_off")

	d.must(d.Set(d.ctx, "orders", "create_sales_orders", true))
	until(d.ctx, t, d.Stage, "sales_order:52", "synced", "")
	d.becomes("51", "held", "currency_off")
	settled(d.ctx, t, d.Stage)
	reads("on again", "50", "not_synced", "")
	reads("on again", "53", "not_synced", "")
}
