package rehearsal_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/qlobooks/qlobooks/internal/rehearsal"
	"github.com/qlobooks/qlobooks/internal/sandbox/books"
)

// TestUndosAskedForAtOnceAreOne: several people undo the same run at the same moment, each with a reason of their own.
func TestUndosAskedForAtOnceAreOne(t *testing.T) {
	atOnce(t)
	d := opened(t, "undoonce_")
	d.book("50", "UNDOONCE", "2", "900")
	d.invoice("70", "50")
	d.pay("60", "50", "70", "1", "1", "60", "60")
	run, organization := d.posted("50"), organization(d.ctx, t, d.Stage)
	d.must(d.Books.SetFaults(books.Rule{Method: "GET", Path: "/customerpayments/", Fault: books.FaultLate})) // so that none ends before the next is asked for
	started := make([]rehearsal.Run, 8)
	var group sync.WaitGroup
	for n := range started {
		group.Go(func() {
			if err := d.Call(d.ctx, "POST", "/runs/"+run+"/undo", map[string]any{"reason": fmt.Sprintf("Reason %d", n), "confirm": organization}, &started[n]); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	d.must(d.Books.SetFaults())
	d.Books.GoOn()
	for _, r := range started {
		if r.ID != started[0].ID {
			t.Errorf("runs %s and %s undo run %s at once", started[0].ID, r.ID, run)
		}
	}
	atRest(d.ctx, t, d.Stage)
	if n := one(t, d.Stage, "SELECT COUNT(*) FROM qlobooks_events WHERE action = 'undo_run'"); n != "1" {
		t.Errorf("the audit tells of %s undos", n)
	}
}

// begins asks for the undo of a run and gives the run that does it.
func (d desk) begins(run string) (undo rehearsal.Run) {
	d.t.Helper()
	d.must(d.Call(d.ctx, "POST", "/runs/"+run+"/undo", map[string]any{"reason": "A wrong tax", "confirm": organization(d.ctx, d.t, d.Stage)}, &undo))
	return undo
}

// asBefore compares the books with what stood.
func (d desk) asBefore(step string, before map[string]string) {
	d.t.Helper()
	after := allStand(d.t, d.Stage)
	for key, was := range before {
		if after[key] != was {
			d.t.Errorf("%s: %s\n  was %s\n  is  %s\n%s", step, key, was, after[key], d.History(key))
		}
	}
	if len(after) != len(before) {
		d.t.Errorf("%s: %d records stood, %d stand", step, len(before), len(after))
	}
}

// TestAWishThatComesDuringAnUndoIsCarriedOut changes an order and has it synced while its invoice waits to be taken back: the
// invoice follows, also where the undo is canceled, or refused for what people did, before it came to the invoice.
func TestAWishThatComesDuringAnUndoIsCarriedOut(t *testing.T) {
	atOnce(t)
	for _, how := range []string{"canceled", "refused"} {
		t.Run(how, func(t *testing.T) {
			d := opened(t, "wish"+how[:3]+"_")
			d.book("50", "WISHUNDO", "2", "900")
			d.invoice("70", "50")
			d.pay("60", "50", "70", "1", "1", "60", "60")
			run := d.posted("50")
			d.must(d.Books.SetFaults(books.Rule{Method: "GET", Path: "/customerpayments/", Fault: books.FaultLate}))
			undo := d.begins(run)
			eventually(d.ctx, t, d.Stage, "the payment is read", func() bool { return d.Books.Late() > 0 })
			eventually(d.ctx, t, d.Stage, "the invoice waits for it", func() bool { return document(d.ctx, t, d.Stage, "invoice:70").Status == "blocked" })
			d.do("UPDATE {p}order_detail SET total_price_tax_excl = 140, total_price_tax_incl = 145.60 WHERE id_order = 50",
				"UPDATE {p}htl_booking_detail SET total_price_tax_excl = 140, total_price_tax_incl = 145.60 WHERE id_order = 50")
			d.cost("50", "140", "145.60")
			var sync rehearsal.Run
			d.must(d.Call(d.ctx, "POST", "/records/orders/50/sync", nil, &sync))
			eventually(d.ctx, t, d.Stage, "the wish is listed", func() bool { return one(t, d.Stage, "SELECT listed FROM qlobooks_runs WHERE id = ?", sync.ID) == "1" })
			if how == "canceled" {
				d.must(d.Call(d.ctx, "POST", "/runs/"+undo.ID+"/cancel", nil, nil))
			} else {
				d.must(d.Books.MatchByHand(d.find("payment:60").ID))
			}
			d.must(d.Books.SetFaults())
			d.Books.GoOn()
			if _, err := d.Wait(d.ctx, sync.ID); err != nil {
				t.Error(err)
			}
			atRest(d.ctx, t, d.Stage)
			checkBooks(t, d.Stage, how, map[string]string{"invoice:70": "145.6 open 85.6", "payment:60": "60 open 0"})
		})
	}
}

// TestAnInvoiceThatWasMadeVoidAndCouldNotBeReadIsTakenBack loses the proof that an invoice is void: nobody made it void by
// hand, and the next sync does not take it for standing.
func TestAnInvoiceThatWasMadeVoidAndCouldNotBeReadIsTakenBack(t *testing.T) {
	atOnce(t)
	d := opened(t, "unproved_")
	d.book("50", "UNPROVED", "2", "900")
	d.invoice("70", "50")
	run := d.posted("50")
	before := allStand(t, d.Stage)
	for _, c := range []struct {
		name  string
		fault books.Fault
		want  string // the second one stays the first run's, so that it comes last
	}{{"not answered", books.FaultCommit500, "not_synced"}, {"refused", books.FaultReadOnly, "held half_undone"}} {
		d.must(d.Books.SetFaults(books.Rule{Method: "GET", Path: `/invoices/\d+$`, Call: 2, Fault: c.fault}))
		d.undo(run)
		d.must(d.Books.SetFaults())
		is, doc := d.find("invoice:70"), document(d.ctx, t, d.Stage, "invoice:70")
		if is.Status != "void" || strings.TrimSpace(doc.Status+" "+doc.code()) != c.want {
			t.Errorf("%s: the invoice is %s and reads %s %s, not %s", c.name, is.Status, doc.Status, doc.code(), c.want)
		}
		again, err := d.Start(d.ctx, "/records/orders/50/sync", nil)
		d.must(err)
		atRest(d.ctx, t, d.Stage)
		d.asBefore(c.name, before)
		run = again.ID
	}
}

// TestAVouchersCreditStandsWhereItsInvoiceStays undoes a run in which a credit slip's note paid the invoice of another order as
// a voucher, and that invoice stays, as its payment is matched with the bank: so does the credit note.
func TestAVouchersCreditStandsWhereItsInvoiceStays(t *testing.T) {
	atOnce(t)
	s := synced(t.Context(), t)
	d := desk{clerk: clerk{t: t}, Stage: s, ctx: t.Context()}
	before := allStand(t, s)
	run := one(t, s, "SELECT MAX(id) FROM qlobooks_runs WHERE kind = 'sync' AND section = 'orders'")
	d.must(s.Books.MatchByHand(d.find("payment:20").ID))
	undo := d.undo(run)
	for _, key := range []string{"payment:20", "invoice:20", "credit_note:3"} {
		if is := standsAs(d.find(key)); is != before[key] {
			t.Errorf("%s\n  was %s\n  is  %s\n%s", key, before[key], is, d.History(key))
		}
	}
	if why := one(t, s, "SELECT u.code FROM qlobooks_undo u JOIN qlobooks_documents d ON d.id = u.document_id WHERE u.run_id = ? AND d.flow = 'credit_note' AND d.source_id = '3'", undo.ID); why != "stands_on_it" {
		t.Errorf("the credit note is left for %q", why)
	}
	_, err := d.Start(d.ctx, "/records/orders/sync", map[string]any{"all": true, "confirm": true})
	d.must(err)
	atRest(d.ctx, t, s)
	d.asBefore("sent again", before)
}

// TestAPaymentThatWasDeletedAndCouldNotBeReadIsMadeAnew loses the access right after a payment was deleted: what is left says
// so, and the next sync makes the payment anew.
func TestAPaymentThatWasDeletedAndCouldNotBeReadIsMadeAnew(t *testing.T) {
	atOnce(t)
	d := opened(t, "deleted_")
	d.book("50", "DELETED", "2", "900")
	d.invoice("70", "50")
	d.pay("60", "50", "70", "1", "1", "60", "60")
	run := d.posted("50")
	before := allStand(t, d.Stage)
	d.must(d.Books.SetFaults(books.Rule{Method: "GET", Path: `/customerpayments/\d+$`, Call: 2, Fault: books.FaultReadOnly}))
	d.undo(run)
	d.must(d.Books.SetFaults())
	if doc := document(d.ctx, t, d.Stage, "payment:60"); doc.code() != "half_undone" || d.find("payment:60").Key != "" {
		t.Fatalf("the payment reads %s %s and is %s", doc.Status, doc.code(), standsAs(d.find("payment:60")))
	}
	d.sync("50")
	rest(d.ctx, t, d.Stage, "sent again", "50")
	d.asBefore("sent again", before)
}
