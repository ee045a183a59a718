package rehearsal_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/api/rest/wire"
)

// lately is a reading of the days around now, and what is shown of them.
type lately struct {
	desk
	days wire.DayRange
}

func (l lately) read() {
	l.t.Helper()
	_, err := l.Start(l.ctx, "/reconciliation/refresh", l.days)
	l.must(err)
}

func (l lately) shown() (found reconciliation) {
	l.t.Helper()
	l.must(l.Call(l.ctx, http.MethodGet, "/reconciliation?from="+l.days.From+"&to="+l.days.To, nil, &found))
	return found
}

// agrees wants the three columns of every row to agree without a difference, each row with what it is named by.
func (l lately) agrees(step string) (rows []string) {
	l.t.Helper()
	found := l.shown()
	for _, x := range found.Differences {
		l.t.Errorf("%s: %s %s:%s: %s", step, x.Kind, x.Flow, x.SourceID, x.Detail)
	}
	if !found.Complete {
		l.t.Errorf("%s: it is not complete", step)
	}
	for _, r := range found.Rows {
		if r.QloApps != r.Posted || r.Posted != r.Zoho || r.QloApps.Count == 0 {
			l.t.Errorf("%s: %s of %s: QloApps %+v, posted %+v, Zoho Books %+v", step, r.Kind, r.Day, r.QloApps, r.Posted, r.Zoho)
		}
		if r.Hotel != "Larkspur House" || r.Currency != "USD" || (r.Tax == "") == (r.Kind != "payment") || (r.PaymentMode == "") == (r.Kind == "payment") {
			l.t.Errorf("%s: %s of %s is named by hotel %q, currency %q, tax %q, mode %q", step, r.Kind, r.Day, r.Hotel, r.Currency, r.Tax, r.PaymentMode)
		}
		rows = append(rows, fmt.Sprint(r))
	}
	return rows
}

// TestWhatIsPostedAfterTheReadingAgrees reads these days, then books, edits, pays, gives back and imports: without another
// reading nothing contradicts itself, and another reading shows the same rows.
func TestWhatIsPostedAfterTheReadingAgrees(t *testing.T) {
	atOnce(t)
	now := time.Now().UTC()
	d := lately{opened(t, "snc_"), wire.DayRange{From: now.AddDate(0, 0, -2).Format(time.DateOnly), To: now.AddDate(0, 0, 2).Format(time.DateOnly)}}
	for _, n := range []string{"0", "2"} {
		d.book("5"+n, "SINCE"+n, "2", "90"+n)
		d.invoice("6"+n, "5"+n)
	}
	d.pay("70", "50", "60", "1", "1", "124.80", "124.80")
	d.sync("50")
	d.must(d.Set(d.ctx, "payments", "allowed_methods", []string{"Bank wire"})) // what 52 is paid waits
	d.pay("72", "52", "62", "1", "1", "124.80", "124.80")
	d.sync("52")
	d.read()
	d.must(d.Set(d.ctx, "payments", "allowed_methods", []string{}))
	d.sync("52")
	rest(d.ctx, t, d.Stage, "what was filtered is posted", "52")
	if is := one(t, d.Stage, "SELECT status FROM qlobooks_documents WHERE flow = 'payment' AND source_id = '72'"); is != "synced" {
		t.Fatalf("payment 72 is %s", is)
	}
	d.agrees("a payment that was left out is posted")

	d.book("51", "SINCE1", "2", "901", "903")
	d.invoice("61", "51")
	d.sync("51")
	rest(d.ctx, t, d.Stage, "posted", "51")
	d.agrees("an invoice is posted")
	d.pay("71", "51", "61", "1", "1", "100.00", "100.00")
	d.slip("80", "51", "901", "40", "41.6", "")
	d.sync("51")
	rest(d.ctx, t, d.Stage, "paid", "51")
	d.agrees("a payment and a slip are posted")

	_, err := d.Books.AddByHand("customerpayments", fmt.Sprintf(`{"customer_id":%q,"payment_mode":"Bank Transfer","date":%q,"amount":50,"invoices":[{"invoice_id":%q,"amount_applied":50}]}`,
		contactOf(t, d.Stage, "customer:2"), now.Format(time.DateOnly), standing(t, d.Stage, "invoice:61").ID))
	d.must(err)
	_, err = d.Start(d.ctx, "/payments/import", map[string]any{"scope": "new"})
	d.must(err)
	rest(d.ctx, t, d.Stage, "imported", "51")
	if is := one(t, d.Stage, "SELECT COUNT(*) FROM qlobooks_documents WHERE flow = 'payment' AND zoho_id <> ''"); is != "4" {
		t.Fatalf("%s payments stand", is)
	}
	rows := d.agrees("a payment is imported")
	inHotel(t, d.App.Config.MySQLDSN.Reveal(), "DELETE FROM qlobooks_source_documents WHERE source_id = '61'") // as if that had failed
	for _, r := range d.shown().Rows {
		if r.QloApps != r.Posted || r.Posted != r.Zoho || r.Hotel != "Larkspur House" {
			t.Errorf("of what nothing is kept of QloApps: %+v", r)
		}
	}

	d.read()
	if again := d.agrees("read again"); strings.Join(again, "\n") != strings.Join(rows, "\n") {
		t.Errorf("before it was read again it showed\n%s\nthen\n%s", strings.Join(rows, "\n"), strings.Join(again, "\n"))
	}
}
