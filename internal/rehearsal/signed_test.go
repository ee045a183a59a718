package rehearsal_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/api/rest/wire"
)

// accepting signs with a reason for each difference that the month shows now.
func (c closing) accepting() wire.PeriodClose {
	c.t.Helper()
	var found reconciliation
	c.get("/reconciliation?from="+c.from+"&to="+c.to, &found)
	in := wire.PeriodClose{Reason: "Agreed."}
	for _, d := range found.Differences {
		in.Accept = append(in.Accept, wire.PeriodAccept{Kind: d.Kind, Flow: d.Flow, SourceID: d.SourceID, ZohoID: d.ZohoID, Reason: "Left so by agreement."})
	}
	return in
}

// TestNothingIsSignedThatChangedAfterItWasRead edits, dates into, deletes and undoes documents of a month that was read,
// and then closes it: each is refused with what it was until the month is read again, though a reason is given for each
// difference that is shown.
func TestNothingIsSignedThatChangedAfterItWasRead(t *testing.T) {
	atOnce(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	c := closingHotel(ctx, t)
	dsn := c.App.Config.MySQLDSN.Reveal()
	stale := func(title string) {
		t.Helper()
		c.refused(http.MethodPost, c.accepting(), "409", `"month_changed"`, title, "Read both sides of the month again")
	}
	titled := func(key string) string {
		t.Helper()
		return one(t, c.Stage, "SELECT title FROM qlobooks_documents WHERE CONCAT(flow, ':', source_id) = ?", key)
	}
	c.read()
	invoice := c.edit()
	stale(titled("invoice:" + invoice))
	c.read()
	if run := c.start("/documents/invoice/"+invoice+"/sync", map[string]any{"confirm": true}); run.Done != 1 {
		t.Fatalf("the edit was not posted: %+v", run)
	}
	stale(titled("invoice:" + invoice)) // what was read shows it as it was before it was sent

	c.read()
	late := one(t, c.Stage, "SELECT source_id FROM qlobooks_documents WHERE flow = 'payment' AND status = 'synced' AND day > ? ORDER BY day LIMIT 1", c.to)
	was := one(t, c.Stage, "SELECT date_add FROM qlo_order_payment WHERE id_order_payment = ?", late)
	inHotel(t, dsn, "UPDATE qlo_order_payment SET date_add = '"+c.to+" 10:00:00' WHERE id_order_payment = "+late)
	stale(titled("payment:" + late)) // nobody looked since
	inHotel(t, dsn, "UPDATE qlo_order_payment SET date_add = '"+was+"' WHERE id_order_payment = "+late)

	early := one(t, c.Stage, "SELECT source_id FROM qlobooks_documents WHERE flow = 'payment' AND status = 'synced' AND day BETWEEN ? AND ? ORDER BY day LIMIT 1", c.from, c.to)
	was = one(t, c.Stage, "SELECT date_add FROM qlo_order_payment WHERE id_order_payment = ?", early)
	inHotel(t, dsn, "UPDATE qlo_order_payment SET date_add = date_add + INTERVAL 2 MONTH WHERE id_order_payment = "+early)
	stale(titled("payment:" + early)) // moved out of it
	inHotel(t, dsn, "UPDATE qlo_order_payment SET date_add = '"+was+"' WHERE id_order_payment = "+early)

	orders := one(t, c.Stage, "SELECT id FROM qlobooks_runs WHERE kind = 'sync' AND section = 'orders' ORDER BY id LIMIT 1")
	c.start("/runs/"+orders+"/undo", map[string]any{"reason": "Too early.", "confirm": organization(ctx, t, c.Stage)})
	c.refused(http.MethodPost, c.accepting(), "409", `"month_changed"`)

	c.read()
	p, err := c.close(c.accepting())
	c.must(err)
	for _, s := range p.Sums {
		if s.Zoho.Count != 0 || s.Posted.Count != 0 || s.QloApps.Count == 0 {
			t.Errorf("signed after all was taken back: %+v", s)
		}
	}
	c.read()
	c.drifted()
}

// TestSkippingIsNoReasonToReadAgain closes a month of which a document was skipped, and an order outside of it edited,
// since it was read.
func TestSkippingIsNoReasonToReadAgain(t *testing.T) {
	atOnce(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	c := closingHotel(ctx, t)
	invoice := c.edit()
	if len(c.read()) == 0 {
		t.Fatal("the edit is no difference")
	}
	c.must(c.Call(ctx, http.MethodPost, "/documents/invoice/"+invoice+"/skip", map[string]any{"reason": "Stays as it is."}, nil))
	if _, err := c.close(c.accepting()); err != nil {
		t.Errorf("a document that was skipped with a reason: %v", err)
	}
}

// TestReconciliationOffersNothingThatWasTakenBack reads a month and undoes the run that posted it: without another reading
// nothing of it is offered to be paired, and it shows what it shows after one.
func TestReconciliationOffersNothingThatWasTakenBack(t *testing.T) {
	atOnce(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	c := closingHotel(ctx, t)
	for _, d := range c.read() {
		t.Errorf("a clean month: %s %s:%s %s", d.Kind, d.Flow, d.SourceID, d.Detail)
	}
	orders := one(t, c.Stage, "SELECT id FROM qlobooks_runs WHERE kind = 'sync' AND section = 'orders' ORDER BY id LIMIT 1")
	c.start("/runs/"+orders+"/undo", map[string]any{"reason": "Too early.", "confirm": organization(ctx, t, c.Stage)})
	shown := func() (list []string) {
		t.Helper()
		var found reconciliation
		c.get("/reconciliation?from="+c.from+"&to="+c.to, &found)
		for _, r := range found.Rows {
			if r.Posted.Count != 0 || r.Zoho.Count != 0 {
				t.Errorf("after all was taken back it shows %+v", r)
			}
		}
		for _, d := range found.Differences {
			if d.Action.Verb != "sync" {
				t.Errorf("%s:%s is %s, %s: %s", d.Flow, d.SourceID, d.Kind, d.Detail, d.Action.Verb)
			}
			list = append(list, d.Kind+" "+d.Flow+":"+d.SourceID+" "+d.Detail)
		}
		return list
	}
	before := shown()
	if len(before) == 0 {
		t.Error("nothing is missing")
	}
	c.read()
	if after := shown(); !slices.Equal(before, after) {
		t.Errorf("before it was read again it showed\n%q, then\n%q", before, after)
	}
}

// TestNobodyIsSaidToHaveVoidedWhatWasVoidedFromHere reads the day of an invoice whose order is then canceled, and made void.
func TestNobodyIsSaidToHaveVoidedWhatWasVoidedFromHere(t *testing.T) {
	atOnce(t)
	d := opened(t, "vdh_")
	d.book("50", "VOIDHERE", "2", "901")
	d.invoice("60", "50")
	d.do("UPDATE {p}order_invoice SET date_add = NOW() WHERE id_order = 50", "UPDATE {p}orders SET date_add = NOW() WHERE id_order = 50")
	d.sync("50")
	rest(d.ctx, t, d.Stage, "posted", "50")
	days := map[string]any{"from": time.Now().UTC().AddDate(0, 0, -2).Format(time.DateOnly), "to": time.Now().UTC().AddDate(0, 0, 2).Format(time.DateOnly)}
	_, err := d.Start(d.ctx, "/reconciliation/refresh", days)
	d.must(err)
	d.cancel("50")
	d.do("UPDATE {p}order_history SET date_add = NOW() WHERE id_order = 50 AND id_order_state = 4")
	d.sync("50")
	rest(d.ctx, t, d.Stage, "voided", "50")
	if is := standing(t, d.Stage, "invoice:60").Status; is != "void" {
		t.Fatalf("the invoice is %s", is)
	}
	var found reconciliation
	d.must(d.Call(d.ctx, http.MethodGet, fmt.Sprintf("/reconciliation?from=%s&to=%s", days["from"], days["to"]), nil, &found))
	for _, x := range found.Differences {
		if x.SourceID == "60" {
			t.Errorf("%s %s: %s", x.Kind, x.Flow, x.Detail)
		}
	}
}
