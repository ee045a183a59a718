package rehearsal_test

import (
	"context"
	"database/sql"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/await"
	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/private/privatetest"
	"github.com/qlobooks/qlobooks/internal/rehearsal"
)

// closing is a hotel of which a whole month reached the books.
type closing struct {
	*rehearsal.Stage
	t        *testing.T
	ctx      context.Context
	month    string
	from, to string
}

// closingHotel has a sample hotel whose last weeks before its last day cover a whole month that is over, of which the named
// orders, or all, reached the books.
func closingHotel(ctx context.Context, t *testing.T, orders ...string) closing {
	t.Helper()
	return closingAt(ctx, t, rehearsal.Options{}, orders...)
}

func closingAt(ctx context.Context, t *testing.T, o rehearsal.Options, orders ...string) closing {
	t.Helper()
	now := time.Now()
	first := time.Date(now.Year(), now.Month()-2, 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, 8).Add(12 * time.Hour) // of the sample, see month
	dsn := privatetest.Database(t)
	db, err := sql.Open("mysql", dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := versions["1.7"].load(ctx, db, "qlo_", last); err != nil {
		t.Fatal(err)
	}
	o.MySQL, o.Redis, o.Every, o.Engine = dsn, privatetest.Redis(t), soon, engine.Options{Gather: 2 * soon}
	o.Books.PerMinute, o.Books.PerDay = 5000, 50000
	c := closing{Stage: openStage(t.Context(), t, o), t: t, ctx: ctx, month: first.Format("2006-01"), from: first.Format(time.DateOnly), to: first.AddDate(0, 1, -1).Format(time.DateOnly)}
	c.must(c.Connect(ctx))
	c.must(c.Set(ctx, "limits", "calls_per_minute", 5000))
	for _, section := range rehearsal.Sections {
		c.start("/records/"+section+"/initialize", nil)
	}
	c.must(c.SetUp(ctx, "Operating account"))
	if len(orders) > 0 {
		c.start("/records/orders/sync", map[string]any{"ids": orders, "confirm": true})
		return c
	}
	_, err = c.SyncAll(ctx)
	c.must(err)
	return c
}

func (c closing) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

func (c closing) start(path string, in any) rehearsal.Run {
	c.t.Helper()
	run, err := c.Start(c.ctx, path, in)
	c.must(err)
	return run
}

func (c closing) get(path string, out any) {
	c.t.Helper()
	c.must(c.Call(c.ctx, http.MethodGet, path, nil, out))
}

func (c closing) read() []wire.Difference {
	c.t.Helper()
	c.start("/reconciliation/refresh", wire.DayRange{From: c.from, To: c.to})
	var found reconciliation
	c.get("/reconciliation?from="+c.from+"&to="+c.to, &found)
	return found.Differences
}

// period is wire.Period as JSON says it.
type period struct {
	Month, State string
	Differences  int
	ClosedBy     *string `json:"closed_by"`
	ClosedAt     *string `json:"closed_at"`
	Reason       *string
	Sums         []wire.PeriodSum
	Accepted     []wire.PeriodAccepted
	DriftCount   int `json:"drift_count"`
	Drifts       []struct {
		Flow             string
		SourceID         string `json:"source_id"`
		Title, Day       string
		Was, Now, Number *string
		Currency, Detail string
	}
}

func (c closing) period(month string) period {
	c.t.Helper()
	var list struct{ Items []period }
	c.get("/periods", &list)
	for _, p := range list.Items {
		if p.Month == month {
			return p
		}
	}
	c.t.Fatalf("%s is not listed", month)
	return period{}
}

func (c closing) close(in any) (p period, err error) {
	err = c.Call(c.ctx, http.MethodPost, "/periods/"+c.month+"/close", in, &p)
	return p, err
}

func (c closing) refused(method string, in any, wants ...string) {
	c.t.Helper()
	refused(c.ctx, c.t, c.Stage, method, "/periods/"+c.month+"/close", in, wants...)
}

// drifted waits until exactly these documents of the month are known to be otherwise, and gives them by their keys.
func (c closing) drifted(want ...string) map[string]string {
	c.t.Helper()
	slices.Sort(want)
	var got []string
	words := map[string]string{}
	err := await.Bounds{Moved: c.Moved}.For(c.ctx, func() (bool, error) {
		got = nil
		clear(words)
		for _, d := range c.period(c.month).Drifts {
			key := d.Flow + ":" + d.SourceID
			got = append(got, key)
			words[key] = fmt.Sprintf("%s|%s|%s|%s|%s|%s", d.Title, d.Day, text(d.Was), text(d.Now), d.Currency, d.Detail)
		}
		slices.Sort(got)
		return slices.Equal(got, want), nil
	})
	if err != nil {
		c.t.Errorf("changed after closing: %q %q, want %q", got, words, want)
	}
	return words
}

func text(s *string) string {
	if s == nil {
		return "-"
	}
	return *s
}

// issues are those of closed months.
func (c closing) issues() (list []wire.IssueGroup) {
	c.t.Helper()
	var all struct {
		Items []struct {
			Code, Title, Explanation, Kind string
			Count                          int
			Link                           string
			Cures                          []wire.Cure
		}
	}
	c.get("/issues", &all)
	for _, i := range all.Items {
		if i.Code == "drifted_after_closing" {
			list = append(list, wire.IssueGroup{Title: i.Title, Explanation: i.Explanation, Kind: i.Kind, Count: i.Count, Link: i.Link, Cures: i.Cures})
		}
	}
	return list
}

var signed = map[string]any{"reason": "Agreed with the statements of the bank."}

// TestAMonthIsClosedOnlyWhenItAgrees refuses what is not read, not over, or different without a reason; of two who close
// at once one does.
func TestAMonthIsClosedOnlyWhenItAgrees(t *testing.T) {
	atOnce(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	c := closingHotel(ctx, t)
	c.refused(http.MethodPost, signed, "409", `"unread"`)
	c.refused(http.MethodDelete, nil, "409", `"month_not_closed"`)
	refused(ctx, t, c.Stage, http.MethodPost, "/periods/"+time.Now().Format("2006-01")+"/close", signed, "409", `"month_not_ended"`)
	refused(ctx, t, c.Stage, http.MethodPost, "/periods/"+time.Now().AddDate(1, 0, 0).Format("2006-01")+"/close", signed, "409", `"month_not_ended"`)
	refused(ctx, t, c.Stage, http.MethodPost, "/periods/2026-13/close", signed, "404")

	for _, d := range c.read() {
		t.Errorf("a clean month: %s %s:%s %s", d.Kind, d.Flow, d.SourceID, d.Detail)
	}
	if p := c.period(c.month); p.State != "agrees" || p.ClosedAt != nil || len(p.Sums) == 0 {
		t.Errorf("before it is closed: %+v", p)
	}
	day := one(t, c.Stage, "SELECT DATE_FORMAT(day, '%Y-%m-%d') FROM qlobooks_reconciled_days WHERE day = ?", c.from)
	inHotel(t, c.App.Config.MySQLDSN.Reveal(), "UPDATE qlobooks_reconciled_days SET read_at = '"+c.to+" 12:00:00' WHERE day = '"+day+"'")
	c.refused(http.MethodPost, signed, "409", `"unread"`, "1 of the") // read while the month went on
	c.read()

	must := func(err error) {
		t.Helper()
		c.must(err)
	}
	invoice := one(t, c.Stage, "SELECT source_id FROM qlobooks_documents WHERE flow = 'invoice' AND day BETWEEN ? AND ? AND status = 'synced' ORDER BY day LIMIT 1", c.from, c.to)
	must(c.Books.ChangeByHand(standing(t, c.Stage, "invoice:"+invoice).ID, `{"line_items":[{"name":"Changed by hand","rate":1,"quantity":1}]}`))
	found := c.read()
	if len(found) == 0 {
		t.Fatal("the change by hand is no difference")
	}
	c.refused(http.MethodPost, signed, "409", `"not_accepted"`, found[0].Title)
	var accept []wire.PeriodAccept
	for _, d := range found {
		accept = append(accept, wire.PeriodAccept{Kind: d.Kind, Flow: d.Flow, SourceID: d.SourceID, ZohoID: d.ZohoID, Reason: "Left so by agreement."})
	}
	stranger := wire.PeriodAccept{Kind: "missing", Flow: "invoice", SourceID: "999999", Reason: "Left so by agreement."}
	c.refused(http.MethodPost, wire.PeriodClose{Reason: "Agreed.", Accept: append(slices.Clone(accept), stranger)}, "422", fmt.Sprintf("accept[%d]", len(accept)))

	var token struct{ Token string }
	must(c.Call(ctx, http.MethodPost, "/tokens", map[string]any{"name": "Desk", "role": "viewer"}, &token))
	admin := c.Token
	c.Token = token.Token
	c.refused(http.MethodPost, wire.PeriodClose{Reason: "Agreed.", Accept: accept}, "403")
	c.refused(http.MethodDelete, nil, "403")
	c.Token = admin

	var group sync.WaitGroup
	outcomes := make([]error, 4)
	for n := range outcomes {
		group.Go(func() { _, outcomes[n] = c.close(wire.PeriodClose{Reason: "Agreed.", Accept: accept}) })
	}
	group.Wait()
	closed := 0
	for _, err := range outcomes {
		if err == nil {
			closed++
		} else if !strings.Contains(err.Error(), `"month_closed"`) {
			t.Error(err)
		}
	}
	if closed != 1 {
		t.Errorf("%d of four closed the month", closed)
	}
	p := c.period(c.month)
	if p.State != "closed" || text(p.Reason) != "Agreed." || text(p.ClosedBy) != "Rehearsal" || p.ClosedAt == nil || p.Differences != len(accept) || len(p.Accepted) != len(accept) || p.Accepted[0].Reason != "Left so by agreement." {
		t.Errorf("closed as %+v", p)
	}
	if n := one(t, c.Stage, "SELECT COUNT(*) FROM qlobooks_events WHERE action = 'close_month'"); n != "1" {
		t.Errorf("%s times in the history", n)
	}
	c.refused(http.MethodPost, signed, "409", `"month_closed"`)

	c.read() // what was accepted is no news
	c.drifted()
	must(c.Books.ChangeByHand(standing(t, c.Stage, "invoice:"+invoice).ID, `{"line_items":[{"name":"Changed by hand","rate":2,"quantity":1}]}`))
	c.read()
	c.drifted("invoice:" + invoice)
}

// TestWhatChangesAfterClosingIsNamed edits in QloApps, in the books, and dates a late document into a closed month; each
// is named with its day and both amounts, what was agreed stays as it was, and posting goes on.
func TestWhatChangesAfterClosingIsNamed(t *testing.T) {
	atOnce(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	c := closingHotel(ctx, t)
	c.read()
	p, err := c.close(signed)
	c.must(err)
	before := fmt.Sprint(p.Sums)
	for _, s := range p.Sums {
		if s.QloApps != s.Posted || s.Posted != s.Zoho || s.QloApps.Count == 0 {
			t.Errorf("agreed on %+v", s)
		}
	}
	invoices := one(t, c.Stage, "SELECT COUNT(*) FROM qlobooks_documents WHERE flow = 'invoice' AND zoho_id <> '' AND day BETWEEN ? AND ?", c.from, c.to)
	count := 0
	for _, s := range p.Sums {
		if s.Flow == "invoice" {
			count += s.Zoho.Count
		}
	}
	if fmt.Sprint(count) != invoices {
		t.Errorf("%d invoices were agreed on, %s stand", count, invoices)
	}
	var o struct {
		Months []struct {
			Month, State string
			Drifts       int
		}
	}
	c.get("/overview", &o)
	for _, m := range o.Months {
		if (m.Month == c.month) != (m.State == "closed") {
			t.Errorf("overview: %+v", m)
		}
	}
	if list := c.issues(); len(list) != 0 {
		t.Errorf("issues of a month that is as it was: %+v", list)
	}

	// An order is edited in QloApps, and sent: posting goes on.
	edited := one(t, c.Stage, "SELECT i.source_id FROM qlobooks_documents i JOIN qlobooks_record_documents t ON t.document_id = i.id WHERE i.flow = 'invoice' AND i.status = 'synced' AND i.day BETWEEN ? AND ? AND t.record_id = '10'", c.from, c.to)
	if edited == "" {
		t.Fatal("order 10 is not of the month")
	}
	old := standing(t, c.Stage, "invoice:"+edited)
	inHotel(t, c.App.Config.MySQLDSN.Reveal(),
		"UPDATE qlo_order_detail SET total_price_tax_excl = 360, total_price_tax_incl = 374.4 WHERE id_order = 10",
		"UPDATE qlo_htl_booking_detail SET total_price_tax_excl = 360, total_price_tax_incl = 374.4 WHERE id_order = 10",
		"UPDATE qlo_orders SET total_paid_tax_excl = 360, total_paid_tax_incl = 374.4 WHERE id_order = 10",
		"UPDATE qlo_order_invoice SET total_paid_tax_excl = 360, total_paid_tax_incl = 374.4 WHERE id_order = 10")
	if run := c.start("/documents/invoice/"+edited+"/sync", map[string]any{"confirm": true}); run.Done != 1 {
		t.Errorf("the edit was not posted: %+v", run)
	}
	words := ""
	_ = await.Bounds{Moved: c.Moved}.For(ctx, func() (bool, error) { // it may be seen in QloApps before it is posted
		words = c.drifted("invoice:" + edited)["invoice:"+edited]
		return strings.Contains(words, "QloApps, Posted and Zoho Books"), nil
	})
	if !strings.Contains(words, "|"+old.Date+"|"+old.Total.StringFixed(2)+"|374.40|USD|QloApps, Posted and Zoho Books: 374.40 instead of "+old.Total.StringFixed(2)+".") {
		t.Errorf("the edit is told as %s, it was %s of %s", words, old.Total.StringFixed(2), old.Date)
	}
	list := c.issues()
	if len(list) != 1 || list[0].Kind != "periods" || list[0].Count != 1 || !strings.Contains(list[0].Explanation, old.Date) || !strings.Contains(list[0].Explanation, old.Total.StringFixed(2)) || !strings.Contains(list[0].Explanation, "374.40") ||
		list[0].Link != "/reconciliation?from="+c.from+"&to="+c.to || len(list[0].Cures) != 2 || *list[0].Cures[1].Method != http.MethodDelete {
		t.Errorf("the issue is %+v", list)
	}

	// Somebody changes one document in Zoho Books, deletes another, and doubles a third.
	others := strings.Split(one(t, c.Stage, "SELECT GROUP_CONCAT(source_id ORDER BY source_id) FROM (SELECT i.source_id FROM qlobooks_documents i WHERE i.flow = 'invoice' AND i.status = 'synced' AND i.day BETWEEN ? AND ? AND i.source_id <> ? ORDER BY i.day, i.id LIMIT 2) x", c.from, c.to, edited), ",")
	changed, deleted := standing(t, c.Stage, "invoice:"+others[0]), standing(t, c.Stage, "invoice:"+others[1])
	c.must(c.Books.ChangeByHand(changed.ID, `{"line_items":[{"name":"Changed by hand","rate":1,"quantity":1}]}`))
	c.must(c.Books.DeleteByHand(deleted.ID))
	c.read()
	found := c.drifted("invoice:"+edited, "invoice:"+others[0], "invoice:"+others[1])
	if w := found["invoice:"+others[0]]; !strings.Contains(w, "|"+changed.Total.StringFixed(2)+"|1.00|") || !strings.Contains(w, "Zoho Books: 1.00 instead of "+changed.Total.StringFixed(2)) {
		t.Errorf("the change by hand is told as %s", w)
	}
	if w := found["invoice:"+others[1]]; !strings.Contains(w, "|"+deleted.Date+"|"+deleted.Total.StringFixed(2)+"|-|") || !strings.Contains(w, "Zoho Books: gone") {
		t.Errorf("the deleted one is told as %s", w)
	}

	// A payment is dated into the month.
	late := one(t, c.Stage, "SELECT p.source_id FROM qlobooks_documents p WHERE p.flow = 'payment' AND p.status = 'synced' AND p.day > ? ORDER BY p.day LIMIT 1", c.to)
	if late == "" {
		t.Fatal("no later payment")
	}
	inHotel(t, c.App.Config.MySQLDSN.Reveal(), "UPDATE qlo_order_payment SET date_add = '"+c.to+" 10:00:00' WHERE id_order_payment = "+late)
	c.read()
	found = c.drifted("invoice:"+edited, "invoice:"+others[0], "invoice:"+others[1], "payment:"+late)
	if w := found["payment:"+late]; !strings.Contains(w, "|-|") || !strings.Contains(w, "QloApps: new") || !strings.Contains(w, c.to) {
		t.Errorf("the late payment is told as %s", w)
	}
	if p := c.period(c.month); fmt.Sprint(p.Sums) != before || p.DriftCount != 4 {
		t.Errorf("what was agreed changed to %v, %d drifted", p.Sums, p.DriftCount)
	}

	// Opened again, there is nothing to hold it against.
	c.must(c.Call(ctx, http.MethodDelete, "/periods/"+c.month+"/close", map[string]any{"reason": "To be corrected."}, nil))
	if p := c.period(c.month); p.State == "closed" || p.DriftCount != 0 || p.ClosedAt != nil {
		t.Errorf("opened again it is %+v", p)
	}
	if list := c.issues(); len(list) != 0 {
		t.Errorf("issues of an open month: %+v", list)
	}
	if n := one(t, c.Stage, "SELECT COUNT(*) FROM qlobooks_period_documents"); n != "0" {
		t.Errorf("%s documents are still frozen", n)
	}
	if why := one(t, c.Stage, "SELECT detail FROM qlobooks_events WHERE action = 'reopen_month'"); !strings.Contains(why, "To be corrected.") {
		t.Errorf("the history says %q", why)
	}
	c.refused(http.MethodPost, signed, "409", `"not_accepted"`)
}

// TestADoubleAndAGapThatGrowsAreNamed accepts that an invoice is open by another amount in the books, closes the month, and
// then has that gap grow, and an invoice made a second time by hand: both are named, and the gap as accepted is no news.
func TestADoubleAndAGapThatGrowsAreNamed(t *testing.T) {
	atOnce(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	c := closingHotel(ctx, t)
	received(t, c.Stage, "customer:7", "invoice:8", "10", "10", 2)
	var accept []wire.PeriodAccept
	for _, d := range c.read() {
		accept = append(accept, wire.PeriodAccept{Kind: d.Kind, Flow: d.Flow, SourceID: d.SourceID, ZohoID: d.ZohoID, Reason: "Paid at the desk, to be entered."})
	}
	if len(accept) != 1 || accept[0].SourceID != "8" {
		t.Fatalf("the payment by hand makes the differences %+v", accept)
	}
	_, err := c.close(wire.PeriodClose{Reason: "Agreed.", Accept: accept})
	c.must(err)
	c.read()
	c.drifted()

	received(t, c.Stage, "customer:7", "invoice:8", "5", "5", 2)
	other := one(t, c.Stage, "SELECT source_id FROM qlobooks_documents WHERE flow = 'invoice' AND status = 'synced' AND currency = 'USD' AND day BETWEEN ? AND ? AND source_id <> '8' ORDER BY day LIMIT 1", c.from, c.to)
	twin := standing(t, c.Stage, "invoice:"+other)
	_, err = c.Books.AddByHand("invoices", fmt.Sprintf(`{"customer_id":%q,"date":%q,"line_items":[{"name":"Twice","rate":%s,"quantity":1}]}`, one(t, c.Stage, "SELECT JSON_UNQUOTE(JSON_EXTRACT(sent, '$.customer_id')) FROM qlobooks_documents WHERE flow = 'invoice' AND source_id = ?", other), twin.Date, twin.Total))
	c.must(err)
	c.read()
	words := c.drifted("invoice:8", "invoice:"+other)
	if w := words["invoice:"+other]; !strings.Contains(w, twin.Date) || !strings.Contains(w, twin.Total.StringFixed(2)) {
		t.Errorf("the double is told as %s", w)
	}
	if w := words["invoice:8"]; !strings.Contains(w, "open") {
		t.Errorf("the gap is told as %s", w)
	}
}
