package rehearsal_test

import (
	"strings"
	"testing"

	"github.com/qlobooks/qlobooks/internal/sandbox/books"
)

// TestADeletedSalesOrderSaysThatItIsGone: somebody deletes a sales order in Zoho Books of which nothing changes in QloApps,
// and documents of another order. The reconciliation finds that out, each says so, also after another Sync, and each of the
// doors ends it.
func TestADeletedSalesOrderSaysThatItIsGone(t *testing.T) {
	atOnce(t)
	d := opened(t, "byhand_")
	for _, order := range []string{"70", "71", "73"} {
		d.book(order, "DELETED"+order, "2", "9"+order)
		d.sync(order)
	}
	d.book("74", "DELETED74", "2", "974")
	d.invoice("84", "74")
	d.pay("174", "74", "84", "1", "1", "100.00", "100.00")
	d.slip("184", "74", "974", "48.08", "24.80", "")
	d.sync("74")
	all := []string{"sales_order:70", "sales_order:71", "invoice:84", "payment:174", "credit_note:184"}
	for _, key := range all {
		d.must(d.Books.DeleteByHand(d.find(key).ID))
	}
	d.do("UPDATE qlobooks_documents SET made_at = made_at - INTERVAL 2 HOUR WHERE flow = 'sales_order'")
	gone := func(step string, keys ...string) {
		t.Helper()
		for _, key := range keys {
			if code, detail := d.issueOf(key); code != "zoho_record_gone" {
				t.Errorf("%s: %s reads %s %s", step, key, code, detail)
			}
		}
	}
	d.compared("70")
	gone("reconciled", all...)
	for _, order := range []string{"70", "71", "74"} {
		d.sync(order)
	}
	gone("synced once more", all...)
	if code, status := d.issueOf("sales_order:73"); status != "synced" {
		t.Errorf("the one that stands reads %s %s", code, status)
	}

	recreate := func(key, flow, id string) {
		t.Helper()
		_, err := d.Start(d.ctx, "/documents/"+flow+"/"+id+"/recreate", map[string]any{"reason": "It was deleted by mistake"})
		d.must(err)
		settled(d.ctx, t, d.Stage)
		if code, status := d.issueOf(key); status != "synced" || d.find(key).Status == "" {
			t.Errorf("made again, %s reads %s %s and stands as %q", key, code, status, d.find(key).Status)
		}
	}
	recreate("sales_order:70", "sales_order", "70")
	for _, doc := range [][2]string{{"invoice", "84"}, {"payment", "174"}, {"credit_note", "184"}} {
		recreate(doc[0]+":"+doc[1], doc[0], doc[1])
	}
	d.sync("74")
	d.must(d.Call(d.ctx, "POST", "/documents/sales_order/71/skip", map[string]any{"reason": "It was deleted on purpose"}, nil))
	d.sync("71")
	for key, want := range map[string]string{"sales_order:70": "synced", "sales_order:71": "skipped", "invoice:84": "synced", "payment:174": "synced", "credit_note:184": "synced"} {
		if status := look(d.ctx, t, d.Stage, "/documents/"+strings.Replace(key, ":", "/", 1)).Status; status != want {
			t.Errorf("%s reads %s, want %s", key, status, want)
		}
	}
	checkBooks(t, d.Stage, "made again", map[string]string{"invoice:84": "124.8 open 0", "payment:174": "100 open 0", "credit_note:184": "24.8 open 0"})
	if list := d.compared("74"); len(list) > 0 {
		t.Errorf("there still differ %v", named(list))
	}
}

// TestOnlySalesOrdersThatAreStillWantedAreMissed: a sales order whose invoice stands is anybody's to delete, and costs no
// call. One that was not found once and stands all the same is not said to be gone again. Where Zoho Books refuses the list,
// the others are read as ever.
func TestOnlySalesOrdersThatAreStillWantedAreMissed(t *testing.T) {
	atOnce(t)
	d := opened(t, "missed_")
	for _, order := range []string{"70", "74"} {
		d.book(order, "WANTEDA"+order, "2", "9"+order)
	}
	d.invoice("84", "74")
	d.sync("70")
	d.sync("74")
	d.do("UPDATE qlobooks_documents SET made_at = made_at - INTERVAL 2 HOUR WHERE flow = 'sales_order'")
	reads := func(step string, want map[string]string) {
		t.Helper()
		for key, code := range want {
			if is, detail := d.issueOf(key); is != code {
				t.Errorf("%s: %s reads %q %s, want %q", step, key, is, detail, code)
			}
		}
	}
	hidden := d.find("sales_order:74").ID
	d.must(d.Books.DeleteByHand(hidden))
	d.compared("70")
	for _, c := range d.Books.Calls() {
		if strings.HasSuffix(c.Path, hidden) {
			t.Errorf("%s %s is asked for", c.Method, c.Path)
		}
	}
	reads("deleted after its invoice", map[string]string{"sales_order:70": "", "sales_order:74": ""})

	d.must(d.Books.SetFaults(books.Rule{Method: "GET", Path: `/books/v3/salesorders`, Fault: books.FaultRefuse, Status: 404}))
	d.compared("70")
	reads("the list is refused", map[string]string{"sales_order:70": "", "invoice:84": ""})
	d.must(d.Books.SetFaults())

	d.do("INSERT INTO qlobooks_zoho_documents (module, zoho_id, gone, run_id, seen_at) VALUES ('salesorders', '" + d.find("sales_order:70").ID + "', 1, 1, UTC_TIMESTAMP()) ON DUPLICATE KEY UPDATE gone = 1, run_id = 1")
	d.invoice("80", "70")
	d.sync("70")
	d.compared("70")
	reads("not found once", map[string]string{"sales_order:70": "", "invoice:80": ""})
}
