package rehearsal_test

import (
	"slices"
	"testing"
)

// TestNoticesFollowTheRowsBesideADocument changes rows in QloApps that are in no document and are told of with it: what
// was paid in all, and the total of the invoice's own row. Each notice comes and goes with them, once, and costs no call.
func TestNoticesFollowTheRowsBesideADocument(t *testing.T) {
	atOnce(t)
	d := opened(t, "notices_")
	d.book("65", "TOLDAGAIN", "2", "965")
	d.invoice("65", "65")
	d.pay("65", "65", "65", "1", "1", "20", "20")
	d.sync("65")
	rest(d.ctx, t, d.Stage, "posted", "65")
	told := func(step string, want ...string) {
		t.Helper()
		d.Books.ForgetCalls()
		d.sync("65")
		var rec struct {
			Notices []struct{ Code, Detail string }
		}
		d.must(d.Call(d.ctx, "GET", "/records/orders/65", nil, &rec))
		var codes []string
		for _, n := range rec.Notices {
			codes = append(codes, n.Code)
		}
		if slices.Sort(codes); !slices.Equal(codes, want) {
			t.Errorf("%s: it tells %+v, want %v", step, rec.Notices, want)
		}
		var doc struct{ Notices []struct{ Code string } }
		d.must(d.Call(d.ctx, "GET", "/documents/invoice/65", nil, &doc))
		if len(doc.Notices) != len(want) {
			t.Errorf("%s: the invoice tells %+v, want %v", step, doc.Notices, want)
		}
		if calls := d.Books.Calls(); len(calls) > 0 {
			t.Errorf("%s: it took %v", step, calls)
		}
	}
	told("as posted")
	d.do("UPDATE {p}orders SET total_paid_real = 50, date_upd = NOW() WHERE id_order = 65")
	told("paid otherwise", "paid_differs")
	d.do("UPDATE {p}order_invoice SET total_paid_tax_incl = 130 WHERE id_order_invoice = 65")
	told("billed otherwise", "invoice_stale", "paid_differs")
	d.do("UPDATE {p}orders SET total_paid_real = 20, date_upd = NOW() WHERE id_order = 65")
	told("paid as its payments say", "invoice_stale")
	d.do("UPDATE {p}order_invoice SET total_paid_tax_incl = 124.8 WHERE id_order_invoice = 65")
	told("billed as the order says")
}
