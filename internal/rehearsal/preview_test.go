package rehearsal_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/private/privatetest"
	"github.com/qlobooks/qlobooks/internal/rehearsal"
	"github.com/qlobooks/qlobooks/internal/sandbox/books"
)

// foreseen is the result of a preview.
type foreseen struct {
	Count, Calls, Overdue int
	Invoiced              *string
	Unchanged             int `json:"documents_unchanged"`
	Posted                int `json:"document_count"`
	Records               struct{ Total, Done, Failed, Held, Unchanged, Skipped int }
	Hours                 float64
	Locked                *wire.PreviewLocked
	ByCurrency            []struct{ Currency, Amount string } `json:"by_currency"`
	ByFlow                []struct {
		Flow             string
		Count            int
		Currency, Amount *string
	} `json:"by_flow"`
	Held, Failed, Skipped []struct {
		Code   string
		Count  int
		Detail string
	}
	Documents []struct {
		Key, Status, Action string
		Total, Tax          *string
		Issue               *struct{ Code, Detail string }
		Body, Stands        json.RawMessage
		Differences, Steps  []string
	}
}

func (f foreseen) stopped() (held, failed, skipped int) {
	for _, c := range f.Held {
		held += c.Count
	}
	for _, c := range f.Failed {
		failed += c.Count
	}
	for _, c := range f.Skipped {
		skipped += c.Count
	}
	return held, failed, skipped
}

func preview(ctx context.Context, t *testing.T, s *rehearsal.Stage, path string, in any) foreseen {
	t.Helper()
	before := len(writes(s))
	run, err := s.Start(ctx, path, in)
	if err != nil {
		t.Fatal(err)
	}
	var f foreseen
	if err := json.Unmarshal(run.Result, &f); err != nil {
		t.Fatal(err)
	}
	if run.Kind != "preview" || run.Total != f.Records.Total {
		t.Errorf("the run is %+v", run)
	}
	if after := len(writes(s)); after != before {
		t.Errorf("a preview made %d writing calls", after-before)
	}
	return f
}

func writes(s *rehearsal.Stage) []string {
	var list []string
	for _, c := range s.Books.Calls() {
		if c.Writes() {
			list = append(list, c.Method+" "+c.Path)
		}
	}
	return list
}

// figure is a number of documents and what they come to.
type figure struct {
	n   int
	sum decimal.Decimal
}

// posted is what stands in the rehearsal books, by module and currency.
func posted(s *rehearsal.Stage) map[string]figure {
	out := map[string]figure{}
	add := func(key string, amount decimal.Decimal) { out[key] = figure{out[key].n + 1, out[key].sum.Add(amount)} }
	for _, r := range s.Books.Snapshot() {
		if r.Key != "" && r.Currency != "" && r.Module != "contacts" {
			add(r.Module+" "+r.Currency, r.Total)
			if r.Module == "customerpayments" && r.Refunded.IsPositive() { // cash given back is a payment of its own in QloApps
				add(r.Module+" "+r.Currency, r.Refunded.Neg())
			}
		}
	}
	return out
}

// less is what came to stand since.
func less(now, was map[string]figure) map[string]string {
	out := map[string]string{}
	for key, x := range now {
		if n, sum := x.n-was[key].n, x.sum.Sub(was[key].sum); n != 0 || !sum.IsZero() {
			out[key] = fmt.Sprintf("%d of %s", n, sum.StringFixed(2))
		}
	}
	return out
}

// overdue counts invoices of the books whose due date has passed in the hotel.
func overdue(t *testing.T, list []books.Record, zone *time.Location) (n int) {
	t.Helper()
	today := time.Now().In(zone).Format(time.DateOnly)
	for _, r := range list {
		var body struct {
			Due string `json:"due_date"`
		}
		if err := json.Unmarshal(r.Body, &body); err != nil {
			t.Fatal(err)
		}
		if r.Module == "invoices" && r.Key != "" && body.Due < today && r.Total.IsPositive() {
			n++
		}
	}
	return n
}

// zoneOf is the hotel's zone.
func zoneOf(t *testing.T, s *rehearsal.Stage) *time.Location {
	t.Helper()
	shop, err := s.App.Hotel.Shop(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return shop.Zone
}

var modules = map[string]string{"invoice": "invoices", "payment": "customerpayments", "sales_order": "salesorders", "credit_note": "creditnotes", "refund": "creditnotes"}

func (f foreseen) posted() map[string]string {
	sums, counts, out := map[string]decimal.Decimal{}, map[string]int{}, map[string]string{}
	for _, row := range f.ByFlow {
		if row.Currency != nil {
			key := modules[row.Flow] + " " + *row.Currency
			sums[key], counts[key] = sums[key].Add(decimal.RequireFromString(*row.Amount)), counts[key]+row.Count
		}
	}
	for key, sum := range sums {
		out[key] = fmt.Sprintf("%d of %s", counts[key], sum.StringFixed(2))
	}
	return out
}

// TestPreviewForeseesTheSync holds the preview of every section to what its sync then does, with
// the orders first, so that they pull the guests and items they need.
func TestPreviewForeseesTheSync(t *testing.T) {
	atOnce(t)
	hotels := map[string]func() (string, bool){
		"sample": func() (string, bool) { return hotel(t, "qlo_"), true },
		"1.7":    func() (string, bool) { return privatetest.Dump(t, "1.7") },
		"1.6.1":  func() (string, bool) { return privatetest.Dump(t, "1.6.1") },
	}
	for name, open := range hotels {
		t.Run(name, func(t *testing.T) {
			dsn, there := open()
			if !there {
				t.Logf("no dump of %s beside the repository", name)
				return
			}
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			s := listed(ctx, t, dsn)
			if err := s.SetUp(ctx, "Operating account"); err != nil {
				t.Fatal(err)
			}
			before := s.Books.Snapshot()
			if len(before) != 0 {
				t.Fatalf("the books hold %d records before anything is sent", len(before))
			}
			for _, section := range []string{"orders", "room-types", "customers", "hotels", "service-products", "currencies"} {
				foreseesSync(ctx, t, s, section)
			}
			again := preview(ctx, t, s, "/records/orders/preview", map[string]any{"all": true})
			if held, failed, skipped := again.stopped(); again.Calls != 0 || again.Count != 0 || again.Posted != 0 || again.Unchanged == 0 || held+failed+skipped != 0 {
				t.Errorf("after the sync a preview foresees %+v", again)
			}
		})
	}
}

func listed(ctx context.Context, t *testing.T, dsn string) *rehearsal.Stage {
	t.Helper()
	s := stage(t, dsn)
	if err := s.Connect(ctx); err != nil {
		t.Fatal(err)
	}
	if err := s.Set(ctx, "limits", "calls_per_minute", 5000); err != nil {
		t.Fatal(err)
	}
	for _, section := range rehearsal.Sections {
		if _, err := s.Start(ctx, "/records/"+section+"/initialize", nil); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func foreseesSync(ctx context.Context, t *testing.T, s *rehearsal.Stage, section string) {
	t.Helper()
	foresees(ctx, t, s, section, map[string]any{"all": true})
}

// together counts calls as if those that act on many documents had been made as rarely as they may: a busy
// machine lets some of the documents come later, and each part has a call of its own then. What such calls are
// held to on any machine is that none names more than it may, and none a document that another one named.
func together(t *testing.T, calls []books.Call) int {
	t.Helper()
	const most = 100 // documents in one
	n, many, named := 0, map[string]int{}, map[string]bool{}
	for _, c := range calls {
		values, _ := url.ParseQuery(c.Query)
		if ids := values.Get("invoice_ids"); ids != "" && c.Method == http.MethodPost {
			list := strings.Split(ids, ",")
			many[c.Path] += len(list)
			if len(list) > most {
				t.Errorf("one call to %s names %d documents", c.Path, len(list))
			}
			for _, id := range list {
				if named[c.Path+id] {
					t.Errorf("two calls to %s name %s", c.Path, id)
				}
				named[c.Path+id] = true
			}
		} else {
			n++
		}
	}
	for _, documents := range many {
		n += (documents + most - 1) / most
	}
	return n
}

// foresees holds the preview of a selection to what its sync then does: records, calls, and of
// orders the documents that come to stand with their amounts, those that would be overdue, and what
// is held.
func foresees(ctx context.Context, t *testing.T, s *rehearsal.Stage, section string, selection map[string]any) foreseen {
	t.Helper()
	f := preview(ctx, t, s, "/records/"+section+"/preview", selection)
	stood := s.Books.Snapshot()
	was := posted(s)
	s.Books.ForgetCalls()
	confirmed := maps.Clone(selection)
	confirmed["confirm"] = true
	run, err := s.Start(ctx, "/records/"+section+"/sync", confirmed)
	if err != nil {
		t.Fatal(err)
	}
	settled(ctx, t, s)
	if r := f.Records; f.Count != run.Done || r.Done != run.Done || r.Held != run.Held || r.Failed != run.Failed || r.Skipped != run.Skipped || r.Unchanged != run.Unchanged || r.Total != run.Total {
		t.Errorf("%s: foreseen %+v, done %+v", section, f, run)
	}
	calls := together(t, s.Books.Calls())
	if off := calls - f.Calls; off*50 > calls || -off*50 > calls {
		t.Errorf("%s: foreseen %d calls, made %d: %v", section, f.Calls, calls, tally(writes(s)))
	}
	if f.Calls > 0 && f.Hours <= 0 {
		t.Errorf("%s: %d calls in %.4f hours", section, f.Calls, f.Hours)
	}
	t.Logf("%s: %d records, %d documents, %d calls foreseen, %d made, %.2f hours, %d overdue, held %v, %d stand more", section, f.Count, f.Posted, f.Calls, calls, f.Hours, f.Overdue, f.Held, len(s.Books.Snapshot())-len(stood))
	if section != "orders" {
		return f
	}
	sums := map[string]decimal.Decimal{}
	for _, row := range f.ByFlow {
		if row.Currency != nil {
			sums[*row.Currency] = sums[*row.Currency].Add(decimal.RequireFromString(*row.Amount))
		}
	}
	for _, row := range f.ByCurrency {
		if sum := sums[row.Currency]; !sum.Equal(decimal.RequireFromString(row.Amount)) {
			t.Errorf("%s by currency, %s by kind of document and currency", row.Amount, sum)
		}
	}
	if _, all := selection["all"]; all && len(was) > 0 {
		return f // what is taken again stands already
	}
	if now := less(posted(s), was); !maps.Equal(f.posted(), now) {
		t.Errorf("foreseen %v, the books say %v", f.posted(), now)
	}
	zone := zoneOf(t, s)
	if now := overdue(t, s.Books.Snapshot(), zone) - overdue(t, stood, zone); f.Overdue != now {
		t.Errorf("%d would be overdue on arrival, %d are", f.Overdue, now)
	}
	if codes := heldNow(ctx, t, s); len(was) == 0 && !maps.Equal(codes, heldOf(f)) {
		t.Errorf("foreseen as held %v, held are %v", heldOf(f), codes)
	}
	return f
}

// TestPreviewOfAFilter previews and sends what a filter selects, one filter after the other.
func TestPreviewOfAFilter(t *testing.T) {
	atOnce(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	// Each selection has one invoice at most, so that the calls are certain however slow the machine is.
	s := openStage(ctx, t, rehearsal.Options{MySQL: hotel(t, "qlo_"), Redis: privatetest.Redis(t), Books: books.Options{PerMinute: 5000, PerDay: 50000}, Every: soon, Engine: engine.Options{Gather: 2 * soon}})
	if err := s.Connect(ctx); err != nil {
		t.Fatal(err)
	}
	if err := s.SetUp(ctx, "Operating account"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Start(ctx, "/records/orders/initialize", nil); err != nil {
		t.Fatal(err)
	}
	day := firstOrderDay(ctx, t, s)
	for name, filter := range map[string]map[string]any{
		"dates": {"date_from": day, "date_to": day}, "currency": {"currency": "JPY"}, "beginning": {"q": "LARKWIRED"}, "nothing": {"currency": "GBP"},
	} {
		f := foresees(ctx, t, s, "orders", map[string]any{"filter": filter})
		if want := name != "nothing"; (f.Count > 0) != want || (f.Calls > 0) != want || f.Count > 12 {
			t.Errorf("by %s: %d records, %d calls", name, f.Count, f.Calls)
		}
		for _, row := range f.ByCurrency {
			if name == "currency" && row.Currency != "JPY" {
				t.Errorf("by currency: %+v", row)
			}
		}
	}
	f := foresees(ctx, t, s, "orders", map[string]any{"ids": []string{"2"}, "documents": []string{"invoices"}})
	if f.Count != 1 || f.Overdue != 1 || len(f.posted()) != 1 {
		t.Errorf("an invoice alone: %+v", f)
	}
}

// firstOrderDay is the day of the hotel's first order.
func firstOrderDay(ctx context.Context, t *testing.T, s *rehearsal.Stage) (day string) {
	t.Helper()
	db, err := sql.Open("mysql", s.App.Config.MySQLDSN.Reveal())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.QueryRowContext(ctx, "SELECT DATE_FORMAT(date_add, '%Y-%m-%d') FROM qlo_orders WHERE id_order = 1").Scan(&day); err != nil {
		t.Fatal(err)
	}
	return day
}

// TestPreviewOfAnUpdateShowsWhatStands edits an order that was posted: its preview shows what Zoho
// Books has now and what would differ, in words, and the sync then does just that.
func TestPreviewOfAnUpdateShowsWhatStands(t *testing.T) {
	atOnce(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	dsn := hotel(t, "qlo_")
	s := listed(ctx, t, dsn)
	if err := s.SetUp(ctx, "Operating account"); err != nil {
		t.Fatal(err)
	}
	foresees(ctx, t, s, "orders", map[string]any{"ids": []string{"10"}})
	inHotel(t, dsn,
		"UPDATE qlo_order_detail SET total_price_tax_excl = 360, total_price_tax_incl = 374.4 WHERE id_order = 10",
		"UPDATE qlo_htl_booking_detail SET total_price_tax_excl = 360, total_price_tax_incl = 374.4 WHERE id_order = 10",
		"UPDATE qlo_orders SET total_paid_tax_excl = 360, total_paid_tax_incl = 374.4 WHERE id_order = 10",
		"UPDATE qlo_order_invoice SET total_paid_tax_excl = 360, total_paid_tax_incl = 374.4 WHERE id_order = 10")
	f := preview(ctx, t, s, "/records/orders/10/preview", nil)
	stood := standing(t, s, "invoice:8")
	updated := 0
	for _, d := range f.Documents {
		if d.Action != "update" {
			continue
		}
		updated++
		var stands struct {
			Number string `json:"invoice_number"`
			Total  json.Number
		}
		words := strings.Join(d.Differences, "; ")
		if err := json.Unmarshal(d.Stands, &stands); err != nil || d.Key != "invoice:8" || stands.Number != stood.Name || stands.Total.String() != stood.Total.String() {
			t.Errorf("%s: %s stands, which is %+v: %v", d.Key, d.Stands, stood, err)
		}
		if d.Total == nil || *d.Total != "374.40" || !strings.Contains(words, "rate: «") || !strings.Contains(words, "» instead of «") {
			t.Errorf("%s would come to %v: %s", d.Key, d.Total, words)
		}
	}
	if updated != 1 || f.Records.Done != 1 {
		t.Errorf("%d updates are foreseen: %+v", updated, f)
	}
	s.Books.ForgetCalls()
	run, err := s.Start(ctx, "/records/orders/10/sync", nil)
	if err != nil {
		t.Fatal(err)
	}
	settled(ctx, t, s)
	if now := standing(t, s, "invoice:8"); now.Total.String() != "374.4" || now.ID != stood.ID || run.Done != 1 || len(writes(s)) != 1 {
		t.Errorf("after the sync %+v stands, with %v", now, writes(s))
	}
}

func tally(list []string) map[string]int {
	out := map[string]int{}
	for _, line := range list {
		out[strings.TrimRight(line, "0123456789")]++
	}
	return out
}

func heldOf(f foreseen) map[string]int {
	out := map[string]int{}
	for _, c := range append(f.Held, f.Failed...) {
		out[c.Code] += c.Count
	}
	return out
}

func heldNow(ctx context.Context, t *testing.T, s *rehearsal.Stage) map[string]int {
	t.Helper()
	var issues struct {
		Items []struct {
			Code     string
			Count    int
			Link     string
			Sections []wire.IssueSection
		}
	}
	if err := s.Call(ctx, http.MethodGet, "/issues", nil, &issues); err != nil {
		t.Fatal(err)
	}
	out := map[string]int{}
	for _, i := range issues.Items {
		out[i.Code] = i.Count
		if len(i.Sections) == 0 || i.Sections[0].Link != i.Link {
			t.Errorf("%s: its link is %s, its sections %v", i.Code, i.Link, i.Sections)
		}
		for _, x := range i.Sections {
			var page struct{ Items []struct{ Status string } }
			if err := s.Call(ctx, http.MethodGet, "/records/"+x.Section+"?limit=200&issue="+i.Code, nil, &page); err != nil || len(page.Items) != x.Count {
				t.Errorf("%s: %d records of %s are listed, %d were told: %v", i.Code, len(page.Items), x.Section, x.Count, err)
			}
		}
	}
	return out
}

// TestPreviewShowsOneRecord looks at an order before it is sent and after, and at an edited guest.
func TestPreviewShowsOneRecord(t *testing.T) {
	atOnce(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	dsn := hotel(t, "qlo_")
	s := listed(ctx, t, dsn)
	if err := s.SetUp(ctx, "Operating account"); err != nil {
		t.Fatal(err)
	}
	first := preview(ctx, t, s, "/records/orders/2/preview", nil)
	if len(first.Documents) < 4 || first.Count != 1 || first.Posted != len(first.Documents) {
		t.Fatalf("%+v", first)
	}
	for _, d := range first.Documents {
		if d.Action != "create" || d.Status != "synced" || len(d.Body) < 10 || string(d.Stands) != "null" {
			t.Errorf("%s: %s %s %s, stands %s", d.Key, d.Action, d.Status, d.Body, d.Stands)
		}
		if d.Key == "payment:3" && !strings.Contains(string(d.Body), `"invoice_id":"new:invoice:2"`) {
			t.Errorf("the payment is not given to the invoice: %s", d.Body)
		}
	}
	if payment := preview(ctx, t, s, "/documents/payment/3/preview", nil); len(payment.Held) != 1 || payment.Held[0].Code != "not_queued" {
		t.Errorf("a payment whose invoice nobody has queued: %+v", payment.Held)
	}
	if _, err := s.Start(ctx, "/records/orders/2/sync", nil); err != nil {
		t.Fatal(err)
	}
	until(ctx, t, s, "payment:4", "synced", "")
	if after := preview(ctx, t, s, "/records/orders/2/preview", nil); after.Unchanged != len(after.Documents) || after.Records.Unchanged != 1 || after.Calls != 0 {
		t.Errorf("after the sync: %+v", after)
	}
	for want, ids := range map[string][]string{"3": {"2", "3"}, "none": {"2"}} {
		named := "none"
		if id := preview(ctx, t, s, "/records/orders/preview", map[string]any{"ids": ids}).Invoiced; id != nil {
			named = *id
		}
		if named != want {
			t.Errorf("of the orders %v the one that gets an invoice is %s", ids, named)
		}
	}

	guest := "customer:" + guestOf(ctx, t, s, "2")
	db, err := sql.Open("mysql", dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(ctx, "UPDATE qlo_customer SET firstname = 'Renamed' WHERE id_customer = ?", strings.TrimPrefix(guest, "customer:")); err != nil {
		t.Fatal(err)
	}
	edited := preview(ctx, t, s, "/documents/"+strings.Replace(guest, ":", "/", 1)+"/preview", nil)
	if len(edited.Documents) != 1 || edited.Documents[0].Action != "update" || edited.Calls != 1 || !strings.Contains(strings.Join(edited.Documents[0].Differences, "; "), "first name: «Renamed» instead of «") {
		t.Errorf("an edited guest: %+v", edited)
	}
}

func guestOf(ctx context.Context, t *testing.T, s *rehearsal.Stage, order string) string {
	t.Helper()
	var page struct {
		Items []struct {
			ID string `json:"source_id"`
		}
	}
	for id := 1; id < 100; id++ {
		if err := s.Call(ctx, http.MethodGet, fmt.Sprintf("/records/orders?customer=%d", id), nil, &page); err != nil {
			t.Fatal(err)
		}
		for _, item := range page.Items {
			if item.ID == order {
				return fmt.Sprint(id)
			}
		}
	}
	t.Fatalf("order %s belongs to no guest", order)
	return ""
}
