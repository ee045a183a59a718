package rehearsal_test

import (
	"strings"
	"testing"
)

// unslipped deletes a credit slip and its refund request as a person does in QloApps' database.
func (c clerk) unslipped(id string) {
	c.t.Helper()
	c.do("DELETE FROM {p}order_slip WHERE id_order_slip = "+id, "DELETE FROM {p}order_slip_detail WHERE id_order_slip = "+id,
		"DELETE FROM {p}order_return WHERE id_order_return = "+id, "DELETE FROM {p}order_return_detail WHERE id_order_return = "+id)
}

// another says of what may have been entered anew, and is held for that, that it is another one.
func (d desk) another(key string) {
	d.t.Helper()
	if code, detail := d.issueOf(key); code != "entered_anew" {
		d.t.Errorf("%s is %s %s", key, code, detail)
	}
	d.must(d.Call(d.ctx, "POST", "/documents/"+strings.Replace(key, ":", "/", 1)+"/release", map[string]any{"reason": "It is another one"}, nil))
	settled(d.ctx, d.t, d.Stage)
}

// TestWhatIsEnteredAnewIsAskedAbout: rows that were posted are deleted in QloApps and entered again under other ids, with the
// links as they were, after a reset of the links, after a back-up, and after a reset of everything. Nothing is credited, paid
// in or given back twice before a person said that it is another one.
func TestWhatIsEnteredAnewIsAskedAbout(t *testing.T) {
	atOnce(t)
	d := opened(t, "anew_")
	d.book("70", "ANEWONEAA", "2", "970")
	d.invoice("80", "70")
	d.pay("170", "70", "80", "1", "1", "100.00", "100.00")
	d.slip("180", "70", "970", "48.08", "50.00", "Cash")
	d.sync("70")
	rest(d.ctx, t, d.Stage, "posted", "70")
	was := map[string]string{"invoice:80": "124.8 open 24.8", "payment:170": "100 open 0", "credit_note:180": "50 open 0 back 50"}
	checkBooks(t, d.Stage, "posted", was)
	asks := func(step string) {
		t.Helper()
		for range 2 {
			d.sync("70")
		}
		checkBooks(t, d.Stage, step, was)
		for key, of := range map[string]string{"payment:171": "payment 170", "credit_note:181": "credit slip 180"} {
			if code, detail := d.issueOf(key); code != "entered_anew" || !strings.Contains(detail, of) {
				t.Errorf("%s: %s is %s %s", step, key, code, detail)
			}
			if r := d.find(key); r.Key != "" {
				t.Errorf("%s: %s stands with %s", step, key, r.Total)
			}
		}
		if back := d.wentBack(); len(back) != 1 {
			t.Errorf("%s: there went back %v", step, back)
		}
	}
	d.unpaid("170", "70", "100.00")
	d.unslipped("180")
	d.pay("171", "70", "80", "1", "1", "100.00", "100.00")
	d.slip("181", "70", "970", "48.08", "50.00", "Cash")
	asks("entered anew")
	for _, doc := range preview(d.ctx, t, d.Stage, "/records/orders/70/preview", nil).Documents {
		if doc.Key == "payment:171" || doc.Key == "credit_note:181" {
			if doc.Issue == nil || doc.Issue.Code != "entered_anew" {
				t.Errorf("the preview of %s tells %v", doc.Key, doc.Issue)
			}
		}
	}
	reset := func(scope string) {
		t.Helper()
		d.must(d.Call(d.ctx, "POST", "/tools/reset", map[string]any{"scope": scope, "confirm": organization(d.ctx, t, d.Stage)}, nil))
	}
	reset("links")
	asks("the links are reset")
	reset("all")
	d.must(d.SetUp(d.ctx, "Operating account"))
	asks("everything is reset")
	d.do("DELETE FROM qlobooks_documents", "DELETE FROM qlobooks_former_links", "DELETE FROM qlobooks_record_documents", "DELETE FROM qlobooks_records", "DELETE FROM qlobooks_source_documents", "DELETE FROM qlobooks_events WHERE flow <> ''", "DELETE FROM qlobooks_facts WHERE name = 'reach_unknown'")
	asks("the tables know nothing")

	// A person says that it is other money.
	for _, key := range []string{"payment:171", "credit_note:181"} {
		d.another(key)
	}
	d.sync("70")
	rest(d.ctx, t, d.Stage, "released", "70")
	checkBooks(t, d.Stage, "released", map[string]string{"invoice:80": "124.8 open 0", "payment:170": "100 open 0", "payment:171": "100 open 75.2", "credit_note:180": "50 open 0 back 50", "credit_note:181": "50 open 0 back 50"})
}

// TestARowThatIsGoneStillStandsAfterAReset: the row of what was posted is deleted in QloApps, and the links are reset. What
// stands in Zoho Books is said to stand; once somebody deleted it there, that nothing does.
func TestARowThatIsGoneStillStandsAfterAReset(t *testing.T) {
	atOnce(t)
	d := opened(t, "goneonce_")
	d.book("70", "GONEROWAA", "2", "970")
	d.invoice("80", "70")
	d.pay("170", "70", "80", "1", "1", "100.00", "100.00")
	d.slip("180", "70", "970", "48.08", "50.00", "Cash")
	d.sync("70")
	d.unpaid("170", "70", "100.00")
	d.unslipped("180")
	d.must(d.Call(d.ctx, "POST", "/tools/reset", map[string]any{"scope": "links", "confirm": organization(d.ctx, t, d.Stage)}, nil))
	for _, key := range []string{"payment:170", "credit_note:180"} {
		for _, doc := range preview(d.ctx, t, d.Stage, "/records/orders/70/preview", nil).Documents {
			if doc.Key == key && doc.Status != "synced" {
				t.Errorf("the preview of %s tells %s %v", key, doc.Status, doc.Issue)
			}
		}
	}
	d.sync("70")
	d.sync("70")
	for _, key := range []string{"payment:170", "credit_note:180"} {
		if code, detail := d.issueOf(key); code != "" || detail != "synced" {
			t.Errorf("%s is %s %s", key, code, detail)
		}
		if told := d.notices(key)["source_gone"]; !strings.Contains(told, "left as it is") {
			t.Errorf("%s tells %v", key, d.notices(key))
		}
		if id := look(d.ctx, t, d.Stage, "/documents/"+strings.Replace(key, ":", "/", 1)).ZohoID; id == nil || *id != d.find(key).ID {
			t.Errorf("%s is linked with %v", key, id)
		}
	}
	d.must(d.Call(d.ctx, "POST", "/tools/reset", map[string]any{"scope": "links", "confirm": organization(d.ctx, t, d.Stage)}, nil))
	d.must(d.Books.DeleteByHand(d.find("payment:170").ID))
	d.sync("70")
	if code, detail := d.issueOf("payment:170"); code != "source_gone" || !strings.Contains(detail, "nothing of it stands") {
		t.Errorf("the payment that is gone on both sides is %s %s", code, detail)
	}
}

// TestWhoPairsSaysWhichRowItIsNow: a payment is deleted in QloApps and entered anew. A person pairs the new row with what
// stands for the former one, which hands it over and says so; money that goes back later comes out of it. A row that lives
// keeps what stands for it.
func TestWhoPairsSaysWhichRowItIsNow(t *testing.T) {
	atOnce(t)
	d := opened(t, "pairanew_")
	d.book("70", "PAIRANEWA", "2", "970")
	d.invoice("80", "70")
	d.pay("170", "70", "80", "1", "1", "100.00", "100.00")
	d.sync("70")
	stands := d.find("payment:170")
	d.unpaid("170", "70", "100.00")
	d.pay("171", "70", "80", "1", "1", "100.00", "100.00")
	d.sync("70")
	if code, detail := d.issueOf("payment:171"); code != "entered_anew" {
		t.Fatalf("payment 171 is %s %s", code, detail)
	}
	d.must(d.Call(d.ctx, "POST", "/documents/payment/171/pair", map[string]any{"zoho_id": stands.ID}, nil))
	d.sync("70")
	for key, want := range map[string]string{"payment:171": "synced", "payment:170": "skipped"} {
		doc := look(d.ctx, t, d.Stage, "/documents/"+strings.Replace(key, ":", "/", 1))
		if doc.Status != want || (want == "synced") != (doc.ZohoID != nil && *doc.ZohoID == stands.ID) {
			t.Errorf("%s is %s with %v", key, doc.Status, doc.ZohoID)
		}
	}
	var told []string
	var order struct {
		History []struct{ Event, Detail string }
	}
	d.must(d.Call(d.ctx, "GET", "/records/orders/70", nil, &order))
	for _, e := range order.History {
		if e.Event == "pair" {
			told = append(told, e.Detail)
		}
	}
	for _, words := range []string{"which stood for payment 170", "was paired with payment 171"} {
		if !strings.Contains(strings.Join(told, " "), words) {
			t.Errorf("the history says nothing of %q: %q", words, told)
		}
	}
	d.pay("172", "70", "80", "1", "1", "-20.00", "-20.00")
	d.sync("70")
	if code, detail := d.issueOf("payment:172"); detail != "synced" {
		t.Errorf("the money that went back is %s %s", code, detail)
	}
	checkBooks(t, d.Stage, "money went back", map[string]string{"invoice:80": "124.8 open 44.8", "payment:170": "100 open 0 back 20"})
	if list := d.compared("70"); len(list) > 0 {
		t.Errorf("there differ %v", named(list))
	}
	d.pay("173", "70", "80", "1", "1", "100.00", "100.00")
	_, err := d.Start(d.ctx, "/records/orders/initialize", nil)
	d.must(err)
	refused(d.ctx, t, d.Stage, "POST", "/documents/payment/173/pair", map[string]any{"zoho_id": stands.ID}, "409", "already_paired")
}

// TestWhatWasPairedIsFoundAfterAReset: a payment that somebody entered in Zoho Books, and one and a credit slip that were
// entered anew in QloApps, were paired; none bears its key. After a reset of the links each is linked again, and nothing is
// posted or given back once more. A row that comes back does not take what stands for another one.
func TestWhatWasPairedIsFoundAfterAReset(t *testing.T) {
	atOnce(t)
	d := opened(t, "pairreset_")
	d.book("70", "PAIRRESET", "2", "970")
	d.invoice("80", "70")
	d.pay("170", "70", "80", "1", "1", "100.00", "100.00")
	d.slip("180", "70", "970", "48.08", "50.00", "Cash")
	d.sync("70")
	byHand, err := d.Books.AddByHand("customerpayments", `{"customer_id":"`+d.find("customer:2").ID+`","payment_mode":"cash","amount":10,"date":"`+d.find("invoice:80").Date+`","invoices":[{"invoice_id":"`+d.find("invoice:80").ID+`","amount_applied":10}]}`)
	d.must(err)
	paired := map[string]string{"payment/171": d.find("payment:170").ID, "credit_note/181": d.find("credit_note:180").ID, "payment/172": byHand}
	d.unpaid("170", "70", "100.00")
	d.unslipped("180")
	d.pay("171", "70", "80", "1", "1", "100.00", "100.00")
	d.pay("172", "70", "80", "1", "1", "10.00", "10.00")
	d.slip("181", "70", "970", "48.08", "50.00", "Cash")
	_, err = d.Start(d.ctx, "/records/orders/initialize", nil)
	d.must(err)
	for key, id := range paired {
		d.must(d.Call(d.ctx, "POST", "/documents/"+key+"/pair", map[string]any{"zoho_id": id}, nil))
	}
	d.sync("70")
	before := allStand(t, d.Stage)
	d.must(d.Call(d.ctx, "POST", "/tools/reset", map[string]any{"scope": "links", "confirm": organization(d.ctx, t, d.Stage)}, nil))
	d.sync("70")
	d.sync("70")
	d.asBefore("after a reset", before)
	for key, id := range paired {
		if doc := look(d.ctx, t, d.Stage, "/documents/"+key); doc.Status != "synced" || doc.ZohoID == nil || *doc.ZohoID != id {
			t.Errorf("after a reset %s is %s, and not with %s", key, doc.Status, id)
		}
	}

	d.pay("170", "70", "80", "1", "1", "100.00", "100.00")
	d.sync("70")
	if code, detail := d.issueOf("payment:170"); code != "already_paired" || !strings.Contains(detail, "payment 171") {
		t.Errorf("the row that is back is %s %s", code, detail)
	}
	d.must(d.Call(d.ctx, "POST", "/documents/payment/171/unpair", map[string]any{"reason": "They are two"}, nil))
	d.must(d.Call(d.ctx, "POST", "/documents/payment/170/retry", nil, nil))
	settled(d.ctx, t, d.Stage)
	d.sync("70")
	checkBooks(t, d.Stage, "both stand", map[string]string{"invoice:80": "124.8 open 0", "payment:170": "100 open 0", "payment:171": "100 open 85.2"})
}
