package rehearsal_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/qlobooks/qlobooks/api/rest/wire"
)

// TestDraftsAreSentByHand posts invoices as drafts: they take no money and no credit, are told apart wherever
// they are shown, and once a person marks them as sent all that waited follows by itself.
func TestDraftsAreSentByHand(t *testing.T) {
	atOnce(t)
	d := opened(t, "dra_")
	ctx, s, c := d.ctx, d.Stage, d.clerk
	d.must(s.Set(ctx, "orders", "post_as", "draft"))
	for n, order := range []string{"52", "53", "54"} {
		invoice, room := []string{"62", "63", "64"}[n], []string{"910", "911", "912"}[n]
		c.book(order, "DRAFTOR"+order, "2", room)
		c.invoice(invoice, order)
	}
	c.pay("62", "52", "62", "1", "1", "124.80", "124.80")
	c.slip("63", "53", "911", "20", "20.8", "")
	for _, order := range []string{"52", "53", "54"} {
		d.sync(order)
	}
	until(ctx, t, s, "invoice:62", "synced", "")
	until(ctx, t, s, "credit_note:63", "blocked", "invoice_draft")
	for _, key := range []string{"invoice:62", "invoice:63", "invoice:64"} {
		if r := d.find(key); r.Status != "draft" {
			t.Errorf("%s is %q", key, r.Status)
		}
	}
	if p := d.find("payment:62"); p.Total.String() != "124.8" || p.Balance.String() != "124.8" {
		t.Errorf("the payment: %s, %s unused", p.Total, p.Balance)
	}
	if r := d.find("credit_note:63"); r.Key != "" {
		t.Errorf("a draft was credited: %+v", r)
	}
	drafts := func(want int) {
		t.Helper()
		var page struct {
			Items []struct {
				SourceID string `json:"source_id"`
				Draft    bool
			}
			Matching struct{ Status map[string]int }
		}
		d.must(s.Call(ctx, http.MethodGet, "/records/orders?draft=true", nil, &page))
		counted := 0
		for _, n := range page.Matching.Status {
			counted += n
		}
		for _, item := range page.Items {
			if !item.Draft {
				t.Errorf("order %s does not say that it is a draft", item.SourceID)
			}
		}
		if len(page.Items) != want || counted != want {
			t.Errorf("%d orders with drafts, %d counted, want %d", len(page.Items), counted, want)
		}
	}
	drafts(3)

	d.sync("54") // asked for again it stays what it is, also once the setting is another
	d.must(s.Set(ctx, "orders", "post_as", "sent"))
	d.sync("54")
	settled(ctx, t, s)
	if r := d.find("invoice:64"); r.Status != "draft" {
		t.Errorf("a draft was sent by a sync: %q", r.Status)
	}
	c.book("55", "DRAFTOR55", "2", "913")
	c.invoice("65", "55")
	d.sync("55")
	until(ctx, t, s, "invoice:65", "synced", "")
	if r := d.find("invoice:65"); r.Status != "sent" {
		t.Errorf("an invoice after the setting was changed is %q", r.Status)
	}

	_, err := s.Start(ctx, "/documents/invoice/62/mark-sent", nil)
	d.must(err)
	eventually(ctx, t, s, "the payment settles its invoice", func() bool { return d.find("invoice:62").Status == "paid" }, "invoice:62")
	drafts(2)
	// What would be sent is counted, and stops at a brake until somebody who saw the number confirms it.
	var count wire.DraftCount
	d.must(s.Call(ctx, http.MethodPost, "/records/orders/mark-sent/preview", map[string]any{"all": true}, &count))
	if count != (wire.DraftCount{Orders: 2, Documents: 2}) {
		t.Errorf("counted %+v", count)
	}
	d.must(s.Call(ctx, http.MethodPost, "/records/orders/mark-sent/preview", map[string]any{"ids": []string{"52", "53"}}, &count))
	if count != (wire.DraftCount{Orders: 1, Documents: 1}) {
		t.Errorf("of two chosen orders %+v", count)
	}
	d.must(s.Set(ctx, "limits", "brake_max_records", 1))
	var stopped wire.Run
	d.must(s.Call(ctx, http.MethodPost, "/records/orders/mark-sent", map[string]any{"all": true}, &stopped))
	stopped = waits(ctx, t, s, stopped.ID)
	if b := stopped.Brake; b == nil || b.Limit != "brake_max_records" || b.Allowed != "1" || b.Wanted != "2" {
		t.Errorf("without confirm the run is %s, brake %+v", stopped.Status, b)
	}
	d.must(s.Call(ctx, http.MethodPost, "/runs/"+stopped.ID+"/cancel", nil, nil))
	_, err = s.Start(ctx, "/records/orders/mark-sent", map[string]any{"all": true, "confirm": true})
	d.must(err)
	d.must(s.Set(ctx, "limits", "brake_max_records", 500))
	until(ctx, t, s, "credit_note:63", "synced", "")
	settled(ctx, t, s)
	if i, n := d.find("invoice:63"), d.find("credit_note:63"); i.Balance.String() != "104" || n.Total.String() != "20.8" {
		t.Errorf("sent: invoice %s open %s, credit note %s", i.Status, i.Balance, n.Total)
	}
	if r := d.find("invoice:64"); r.Status != "sent" {
		t.Errorf("all drafts were marked as sent, and invoice 64 is %q", r.Status)
	}
	drafts(0)

	// A draft that somebody sent in Zoho Books is none any more, whatever is asked of it next.
	d.must(s.Set(ctx, "orders", "post_as", "draft"))
	for n, order := range []string{"56", "57"} {
		invoice, room := []string{"66", "67"}[n], []string{"914", "915"}[n]
		c.book(order, "DRAFTOR"+order, "2", room)
		c.invoice(invoice, order)
		c.pay(invoice, order, invoice, "1", "1", "124.80", "124.80")
		d.sync(order)
		until(ctx, t, s, "invoice:"+invoice, "synced", "")
		d.must(s.Books.SetStatusByHand(d.find("invoice:"+invoice).ID, "sent"))
	}
	c.cancel("56")
	d.sync("56")
	until(ctx, t, s, "cancellation:66", "held", "paid_document")
	if r := d.find("invoice:66"); r.Status == "void" {
		t.Error("what was sent by hand, with money of its guest, was voided as a draft")
	}
	list := d.compared("57")
	if at := slices.IndexFunc(list, func(x wire.Difference) bool { return x.Flow == "invoice" }); at < 0 || list[at].Action.Verb != "mark-sent" || !strings.Contains(list[at].Detail, "somebody sent it") {
		t.Errorf("a draft that was sent by hand: %+v", list)
	}
	_, err = s.Start(ctx, "/documents/invoice/67/mark-sent", nil)
	d.must(err)
	eventually(ctx, t, s, "its payment settles it", func() bool { return d.find("invoice:67").Status == "paid" }, "invoice:67")

	// A canceled draft waits for a person where the settings say so; void it is none any more.
	d.must(s.Set(ctx, "orders", "cancel_policy", "hold"))
	c.book("58", "DRAFTOR58", "2", "916")
	c.invoice("68", "58")
	d.sync("58")
	until(ctx, t, s, "invoice:68", "synced", "")
	c.cancel("58")
	d.sync("58")
	until(ctx, t, s, "cancellation:68", "held", "paid_document")
	_, err = s.Start(ctx, "/documents/cancellation/68/release", map[string]any{"reason": "never sent to anybody"})
	d.must(err)
	until(ctx, t, s, "invoice:68", "disabled", "")
	if r := d.find("invoice:68"); r.Status != "void" {
		t.Errorf("a released draft of a canceled order is %q", r.Status)
	}
	drafts(0)
	s.Books.ForgetCalls()
	_, err = s.Start(ctx, "/records/orders/mark-sent", map[string]any{"all": true, "confirm": true})
	d.must(err)
	settled(ctx, t, s)
	if calls := writes(s); len(calls) > 0 {
		t.Errorf("no draft is left, and %v were called", tally(calls))
	}
	if _, err := s.Start(ctx, "/documents/invoice/62/mark-sent", nil); err == nil {
		t.Error("what is no draft could be marked as sent")
	}
}

// TestADraftThatAPersonSentTakesItsMoney: what somebody sent in Zoho Books is seen when money comes for it, and when a person
// syncs it, and is no draft any more.
func TestADraftThatAPersonSentTakesItsMoney(t *testing.T) {
	atOnce(t)
	d := opened(t, "byhand_")
	d.must(d.Set(d.ctx, "orders", "post_as", "draft"))
	for n, order := range []string{"52", "53"} {
		invoice := []string{"62", "63"}[n]
		d.book(order, "HANDSEN"+order, "2", []string{"910", "911"}[n])
		d.invoice(invoice, order)
		if order == "53" {
			d.pay(invoice, order, invoice, "1", "1", "124.80", "124.80")
		}
		d.sync(order)
		rest(d.ctx, t, d.Stage, "as a draft", order)
		d.must(d.Books.SetStatusByHand(d.find("invoice:"+invoice).ID, "sent"))
	}
	d.pay("62", "52", "62", "1", "1", "124.80", "124.80")
	for _, order := range []string{"52", "53"} { // one has new money, of the other nothing is new
		d.sync(order)
		rest(d.ctx, t, d.Stage, "sent by hand", order)
	}
	atRest(d.ctx, t, d.Stage)
	checkBooks(t, d.Stage, "sent by hand", map[string]string{"invoice:62": "124.8 open 0", "payment:62": "124.8 open 0", "invoice:63": "124.8 open 0", "payment:63": "124.8 open 0"})
	if n := one(t, d.Stage, "SELECT COUNT(*) FROM qlobooks_documents WHERE draft <> 0"); n != "0" {
		t.Errorf("%s documents are still shown as drafts", n)
	}
}

// TestMoneyForADraftLooksAtItByItself has only the payment synced: the invoice that a person sent is looked at all the same.
func TestMoneyForADraftLooksAtItByItself(t *testing.T) {
	atOnce(t)
	d := opened(t, "looks_")
	d.must(d.Set(d.ctx, "orders", "post_as", "draft"))
	d.book("52", "LOOKSATI", "2", "910")
	d.invoice("62", "52")
	d.sync("52")
	rest(d.ctx, t, d.Stage, "as a draft", "52")
	d.must(d.Books.SetStatusByHand(d.find("invoice:62").ID, "sent"))
	d.pay("62", "52", "62", "1", "1", "124.80", "124.80")
	_, err := d.Start(d.ctx, "/records/orders/initialize", nil)
	d.must(err)
	_, err = d.Start(d.ctx, "/documents/payment/62/sync", nil)
	d.must(err)
	atRest(d.ctx, t, d.Stage)
	checkBooks(t, d.Stage, "sent by hand", map[string]string{"invoice:62": "124.8 open 0", "payment:62": "124.8 open 0"})
}

// TestADraftThatSomebodyDeletedIsTold: a draft of which nothing is new is looked at, and that it is there no more is told with
// its cure; made again, it is a draft as before.
func TestADraftThatSomebodyDeletedIsTold(t *testing.T) {
	atOnce(t)
	d := opened(t, "deleted_")
	d.must(d.Set(d.ctx, "orders", "post_as", "draft"))
	d.book("52", "DELETED52", "2", "910")
	d.invoice("62", "52")
	d.pay("62", "52", "62", "1", "1", "124.80", "124.80")
	d.again("52")
	d.must(d.Books.DeleteByHand(d.find("invoice:62").ID))
	d.again("52")
	d.reads("deleted", map[string]string{"invoice:62": "rejected zoho_record_gone, not there"})
	if r := d.orderState("52"); r.Status != "rejected" || r.Issue == nil || !strings.Contains(r.Issue.Action, "create it again") {
		t.Errorf("its order reads %s %+v", r.Status, r.Issue)
	}
	_, err := d.Start(d.ctx, "/documents/invoice/62/recreate", map[string]any{"reason": "deleted by mistake"})
	d.must(err)
	atRest(d.ctx, t, d.Stage)
	d.reads("made again", map[string]string{"invoice:62": "synced, draft"})
}
