package rehearsal_test

import (
	"strings"
	"testing"

	"github.com/qlobooks/qlobooks/internal/sandbox/books"
)

// TestAnUndoThatWasAnsweredAndNotDone has the books answer that what an order posted was deleted or made void, and do
// nothing: the run says so, each document reads as what stands, and undone again it is taken back.
func TestAnUndoThatWasAnsweredAndNotDone(t *testing.T) {
	atOnce(t)
	d := opened(t, "undoidle_")
	d.book("50", "UNDOIDLE1", "2", "950")
	d.invoice("60", "50")
	d.pay("70", "50", "60", "1", "1", "100.00", "100.00")
	d.slip("80", "50", "950", "20.00", "20.80", "Cash")
	run := d.posted("50")
	before := allStand(t, d.Stage)
	link := func(key string) string {
		flow, id, _ := strings.Cut(key, ":")
		return one(t, d.Stage, "SELECT CONCAT(status, ' ', zoho_id) FROM qlobooks_documents WHERE flow = ? AND source_id = ?", flow, id)
	}
	keys := []string{"payment:70", "credit_note:80", "invoice:60", "sales_order:50"}
	links := map[string]string{}
	for _, key := range keys {
		links[key] = link(key)
	}

	d.Books.Prefer(func(p *books.Preferences) {
		p.Idle = []string{"customerpayments/delete", "creditnotes/refunds/delete", "creditnotes/void", "invoices/void", "salesorders/void"}
	})
	d.undo(run)
	for key, was := range before {
		if is := allStand(t, d.Stage)[key]; is != was {
			t.Errorf("%s\n  was %s\n  is  %s", key, was, is)
		}
	}
	for _, key := range keys {
		if is := link(key); is != links[key] {
			t.Errorf("%s reads %q while it stands, was %q", key, is, links[key])
		}
	}
	if refused := one(t, d.Stage, "SELECT GROUP_CONCAT(DISTINCT CONCAT(state, ' ', code)) FROM qlobooks_undo WHERE detail LIKE '%stands there all the same%'"); refused != "refused undo_refused" {
		t.Errorf("the run says %q", refused)
	}

	d.Books.Prefer(func(p *books.Preferences) { p.Idle = nil })
	d.undo(run)
	for _, key := range keys {
		if is := d.find(key); is.Key != "" && is.Status != "void" {
			t.Errorf("undone again, %s is %s", key, standsAs(is))
		}
	}
}
