package rehearsal_test

import (
	"net/http"
	"strings"
	"testing"
)

// TestWhatIsLeftOutKeepsItsPhaseAndWhatStandsStays leaves a hotel and payments out, after some of
// their orders were posted and before others were.
func TestWhatIsLeftOutKeepsItsPhaseAndWhatStandsStays(t *testing.T) {
	atOnce(t)
	th := openTheatre(t, hotel(t, "one_"), "one_")
	th.clerk.book("80", "ONENEWONE", "2", "920")
	th.clerk.invoice("80", "80")
	th.clerk.pay("80", "80", "80", "1", "1", "124.80", "124.80")
	th.clerk.book("81", "ONENEWTWO", "2", "921")
	th.clerk.invoice("81", "81")
	th.clerk.pay("81", "81", "81", "1", "1", "124.80", "124.80")
	th.open()
	th.sync("orders", "80")
	holds := func(when, id, status, phase, code string) {
		t.Helper()
		var r struct {
			Status, Phase string
			Issue         *struct{ Code string }
			Documents     []struct {
				Key, Status string
				Total       *string
			}
		}
		th.ok(th.stage.Call(th.ctx, http.MethodGet, "/records/orders/"+id, nil, &r))
		got := ""
		if r.Issue != nil {
			got = r.Issue.Code
		}
		if r.Status != status || r.Phase != phase || got != code {
			t.Errorf("%s: order %s is %s, %s, %q; want %s, %s, %q: %+v", when, id, r.Status, r.Phase, got, status, phase, code, r.Documents)
		}
		for _, d := range r.Documents {
			if id == "80" && (d.Status != "synced" || d.Total == nil || *d.Total != "124.80") {
				t.Errorf("%s: %s is %s", when, d.Key, d.Status)
			}
		}
	}
	holds("posted", "80", "synced", "synced", "")

	th.ok(th.stage.Set(th.ctx, "hotels", "ignored_hotels", []string{"1"}))
	th.clerk.do("UPDATE {p}htl_booking_detail SET room_num = '999', date_upd = NOW() WHERE id_order = 80")
	th.want("an ignored hotel", th.sync("orders", "80", "81"))
	holds("its hotel is ignored, and it stands", "80", "synced", "synced", "")
	holds("its hotel is ignored", "81", "skipped", "order_sync", "skipped_hotel")
	th.ok(th.stage.Set(th.ctx, "orders", "create_sales_orders", false))
	th.sync("orders", "81")
	holds("nobody wants sales orders", "81", "skipped", "invoice_sync", "skipped_export_off")

	th.clerk.do("UPDATE {p}htl_booking_detail SET room_num = '920', date_upd = NOW() WHERE id_order = 80")
	th.ok(th.stage.Set(th.ctx, "payments", "export_enabled", false))
	have := th.books() // what a filter left out comes by itself, maybe before anybody asks for it
	th.ok(th.stage.Set(th.ctx, "hotels", "ignored_hotels", []string{}))
	th.sync("orders", "80", "81")
	got := strings.Join(changed(have, th.books()), "\n")
	if !strings.Contains(got, "+invoice:81 ") || strings.Contains(got, "payment:81") || strings.Contains(got, ":80") {
		t.Errorf("without payments the books changed\n%s", got)
	}
	holds("its payment is left out", "81", "synced", "payment_sync", "")
	holds("payments are left out, and it stands", "80", "synced", "synced", "")
	th.ok(th.stage.Set(th.ctx, "payments", "export_enabled", true))
	th.want("with payments again", th.sync("orders", "80", "81"), "+payment:81 124.8 open 0", "invoice:81 124.8 paid open 0")
	holds("everything stands", "81", "synced", "synced", "")
}
