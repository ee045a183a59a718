package rehearsal_test

import (
	"strings"
	"testing"

	"github.com/qlobooks/qlobooks/internal/rehearsal"
	"github.com/qlobooks/qlobooks/internal/sandbox/books"
)

// refuseVoid lets Zoho Books refuse that a credit note becomes void.
var refuseVoid = books.Rule{Method: "POST", Path: `/creditnotes/\d+/status/void$`, Fault: books.FaultRefuse}

// posted syncs an order for the first time and gives the run that did.
func (d desk) posted(order string) (run string) {
	d.t.Helper()
	_, err := d.Start(d.ctx, "/records/orders/initialize", nil)
	d.must(err)
	done, err := d.Start(d.ctx, "/records/orders/"+order+"/sync", nil)
	d.must(err)
	rest(d.ctx, d.t, d.Stage, "posted", order)
	return done.ID
}

// undo undoes a run and gives the run that did once all is at rest.
func (d desk) undo(run string) rehearsal.Run {
	d.t.Helper()
	done, err := d.Start(d.ctx, "/runs/"+run+"/undo", map[string]any{"reason": "A wrong tax", "confirm": organization(d.ctx, d.t, d.Stage)})
	d.must(err)
	atRest(d.ctx, d.t, d.Stage)
	return done
}

// TestAnUndoThatIsRefusedHalfWayIsToldAndCanBeEnded takes money off a credit note which Zoho Books then does not let become
// void: what is left says so, and a person either undoes the run again or has it as QloApps says.
func TestAnUndoThatIsRefusedHalfWayIsToldAndCanBeEnded(t *testing.T) {
	atOnce(t)
	d := opened(t, "half_")
	given := map[string]string{ // "" = the slip settles its invoice
		"50": "Cash", "51": "", "52": "Cash", "53": "",
	}
	runs, notes := map[string]string{}, map[string]string{}
	for order, mode := range given {
		n := strings.TrimPrefix(order, "5")
		d.book(order, "HALFWAY"+n, "2", "90"+n)
		d.invoice("6"+n, order)
		if mode != "" {
			d.pay("7"+n, order, "6"+n, "1", "1", "124.80", "124.80")
		}
		d.slip("8"+n, order, "90"+n, "20.00", "20.80", mode)
		runs[order], notes[order] = d.posted(order), "8"+n
	}
	before := allStand(t, d.Stage)
	d.must(d.Books.SetFaults(refuseVoid))
	for order, note := range notes {
		d.undo(runs[order])
		if is := d.find("credit_note:" + note); !is.Refunded.IsZero() || is.Status == "void" || is.Balance.String() != "20.8" {
			t.Fatalf("order %s: the credit note is %s", order, standsAs(is))
		}
		doc := document(d.ctx, t, d.Stage, "credit_note:"+note)
		if doc.Status != "held" || doc.Issue == nil || doc.Issue.Code != "half_undone" || !strings.HasSuffix(doc.Issue.Detail, ".") || !strings.Contains(doc.Issue.Action, "Sync") {
			t.Errorf("order %s: the credit note reads %s %+v", order, doc.Status, doc.Issue)
		}
	}
	d.must(d.Books.SetFaults())

	for _, order := range []string{"50", "51"} {
		p := undoPreview(d.ctx, t, d.Stage, runs[order])
		if len(p.Items) != 1 || p.Items[0].Issue != nil || p.Items[0].Flow != "credit_note" {
			t.Errorf("order %s: what is left to undo is %+v", order, p.Items)
		}
		d.undo(runs[order])
		if is := d.find("credit_note:" + notes[order]); is.Status != "void" {
			t.Errorf("order %s: undone again, the credit note is %s", order, standsAs(is))
		}
		if got := one(t, d.Stage, "SELECT CONCAT(status, zoho_id, issue_code) FROM qlobooks_documents WHERE flow = 'credit_note' AND source_id = ?", notes[order]); got != "not_synced" {
			t.Errorf("order %s: undone again, the credit note reads %s", order, got)
		}
	}
	for order := range given {
		d.sync(order)
		rest(d.ctx, t, d.Stage, "synced again", order)
	}
	after := allStand(t, d.Stage)
	for key, was := range before {
		if after[key] != was {
			t.Errorf("%s\n  was %s\n  is  %s", key, was, after[key])
		}
	}
	for _, order := range []string{"52", "53"} { // put back, it is the run's as before
		d.undo(runs[order])
		if is := d.find("credit_note:" + notes[order]); is.Status != "void" {
			t.Errorf("order %s: put back and undone, the credit note is %s", order, standsAs(is))
		}
	}
}

// TestWhatARunPostedHalfIsUndoneWithIt: an invoice that Zoho Books did not let be sent, and one that a person had sent again
// after somebody voided it, are the run's that made them.
func TestWhatARunPostedHalfIsUndoneWithIt(t *testing.T) {
	atOnce(t)
	d := opened(t, "part_")
	for n, order := range []string{"50", "51"} {
		d.book(order, "PARTPOS"+order, "2", []string{"910", "911"}[n])
		d.invoice([]string{"60", "61"}[n], order)
	}
	again := d.posted("51")
	d.must(d.Books.SetFaults(books.Rule{Method: "POST", Path: `/invoices/(\d+/)?status/sent`, Fault: books.FaultRefuse}))
	_, err := d.Start(d.ctx, "/records/orders/initialize", nil)
	d.must(err)
	half, err := d.Start(d.ctx, "/records/orders/50/sync", nil)
	d.must(err)
	until(d.ctx, t, d.Stage, "invoice:60", "rejected", "zoho_refused")
	d.must(d.Books.SetFaults())
	d.must(d.Books.SetStatusByHand(d.find("invoice:61").ID, "void"))
	_, err = d.Start(d.ctx, "/documents/invoice/61/recreate", why)
	d.must(err)
	rest(d.ctx, t, d.Stage, "sent again", "51")
	for _, run := range []string{half.ID, again} {
		for _, item := range undoPreview(d.ctx, t, d.Stage, run).Items {
			if item.Issue != nil {
				t.Errorf("%s:%s is refused: %+v", item.Flow, item.SourceID, *item.Issue)
			}
		}
		d.undo(run)
	}
	if r := d.find("invoice:60"); r.Key != "" {
		t.Errorf("the invoice that was not sent is %s", standsAs(r))
	}
	if r := d.find("invoice:61"); r.Status != "void" {
		t.Errorf("the invoice that was sent again is %s", standsAs(r))
	}
}
