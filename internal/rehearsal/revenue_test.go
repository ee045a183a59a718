package rehearsal_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"math/big"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/private/privatetest"
	"github.com/qlobooks/qlobooks/internal/rehearsal"
	"github.com/qlobooks/qlobooks/internal/sandbox/books"
)

// house is a hotel whose revenue is moved to the nights, and whose days pass at will.
type house struct {
	desk
	clock    *clock
	zone     *time.Location
	deferred string
}

func newHouse(t *testing.T, dsn, prefix string) *house {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*patience)
	t.Cleanup(cancel)
	clock := newClock(noonOf(t, dsn, prefix))
	s := openStage(ctx, t, rehearsal.Options{MySQL: dsn, Redis: privatetest.Redis(t), Now: clock.now, Every: soon, Hang: patience,
		Books: books.Options{PerMinute: 500000, PerDay: 500000, Clock: clock.now}, Engine: engine.Options{Gather: 2 * time.Second, Lease: 20 * time.Minute}})
	h := &house{desk: desk{clerk: newClerk(t, dsn, prefix), Stage: s, ctx: ctx}, clock: clock, zone: placeOf(t, dsn, prefix)}
	h.must(h.Connect(ctx))
	h.must(h.Set(ctx, "limits", "calls_per_minute", 100000))
	h.deferred = s.Books.AddAccount("Guest deposits", "other_current_liability")
	h.must(h.SetUp(ctx, "Operating account"))
	clock.move(0, 20)
	return h
}

func (h *house) today(on int) string {
	return h.clock.now().In(h.zone).AddDate(0, 0, on).Format(time.DateOnly)
}

// rests waits until nothing is on its way, also what is tried again.
func (h *house) rests() {
	h.t.Helper()
	eventually(h.ctx, h.t, h.Stage, "all documents come to rest", func() bool {
		var n int
		h.must(h.db.QueryRowContext(h.ctx, "SELECT COUNT(*) FROM qlobooks_documents WHERE due_at IS NOT NULL OR lease_owner IS NOT NULL OR intent IS NOT NULL").Scan(&n))
		return n == 0
	})
}

// on switches revenue by the night on from a day.
func (h *house) on(from string) {
	h.t.Helper()
	h.must(h.Call(h.ctx, "PUT", "/settings/revenue", map[string]any{"enabled": true, "deferred_account_id": h.deferred, "period": "day", "from": from, "post_after": 0}, nil))
	h.must(h.Authorize(h.ctx)) // the access from before does not include journals
}

func (h *house) tick() {
	h.t.Helper()
	_, err := h.Start(h.ctx, "/schedule/run", map[string]any{"kind": "tick"})
	h.must(err)
	h.rests()
}

var (
	stayed   = regexp.MustCompile(`(\d{4}-\d\d-\d\d) to (\d{4}-\d\d-\d\d)`)
	midnight = func(day string) time.Time { at, _ := time.Parse(time.DateOnly, day); return at }
)

// cents is a share of an amount, in whole cents: halves are rounded away from zero.
func cents(r *big.Rat) int64 {
	twice := new(big.Rat).Mul(r, big.NewRat(2, 1))
	n := new(big.Int).Set(twice.Num())
	if n.Sign() >= 0 {
		n.Add(n, twice.Denom())
	} else {
		n.Sub(n, twice.Denom())
	}
	return new(big.Int).Quo(n, new(big.Int).Mul(twice.Denom(), big.NewInt(2))).Int64()
}

func divide(total int64, weights []*big.Rat) []int64 {
	all := new(big.Rat)
	for _, w := range weights {
		all.Add(all, w)
	}
	parts := make([]int64, len(weights))
	if all.Sign() == 0 {
		parts[0] = total
		return parts
	}
	run, before := new(big.Rat), int64(0)
	for n, w := range weights {
		run.Add(run, w)
		until := cents(new(big.Rat).Quo(new(big.Rat).Mul(big.NewRat(total, 1), run), all))
		parts[n], before = until-before, until
	}
	return parts
}

func rat(d decimal.Decimal) *big.Rat { return d.Rat() }

// says is what the rows of QloApps and the documents in the books say to be deferred by the end of a day, in
// cents. It reads days out of the words on the documents, and shares nothing with what it judges.
func (h *house) says(day string) int64 {
	h.t.Helper()
	sum := int64(0)
	credited := map[string]bool{}
	records := h.Books.Snapshot()
	for _, r := range records {
		if invoice, ok := strings.CutPrefix(r.Key, "cancellation:"); ok && r.Status != "void" && r.Status != "draft" {
			credited[invoice] = true
		}
	}
	for _, r := range records {
		if r.Module != "invoices" && r.Module != "creditnotes" || r.Status == "void" || r.Status == "draft" {
			continue
		}
		var body struct {
			Date       string
			Rate       decimal.Decimal `json:"exchange_rate"`
			Total      decimal.Decimal
			Tax        decimal.Decimal `json:"tax_total"`
			Adjustment decimal.Decimal
			Lines      []struct{ Description, Name string } `json:"line_items"`
		}
		h.must(json.Unmarshal(r.Body, &body))
		net := body.Total.Sub(body.Tax).Sub(body.Adjustment).Mul(body.Rate)
		base := cents(new(big.Rat).Mul(rat(net), big.NewRat(100, 1)))
		sign := int64(1)
		if r.Module == "creditnotes" {
			sign = -1
		}
		if body.Date <= day {
			sum += sign * base
		}
		nets := h.Books.Nets(r.ID)
		weights := make([]*big.Rat, len(nets))
		for n := range nets {
			weights[n] = rat(nets[n])
		}
		ended := h.ended(r.Key, credited)
		for n, line := range divide(base*sign, weights) {
			spans, costs := h.stays(r.Key, body.Lines[n].Description)
			for k, part := range divide(line, costs) {
				days := spans[k]
				if ended != "" && days[0] != "" {
					days = []string{ended}
				}
				left := []string{}
				for _, d := range days {
					if d != "" && (sign > 0 || d >= body.Date) {
						left = append(left, d)
					}
				}
				if len(left) == 0 {
					left = []string{body.Date}
				}
				even := make([]*big.Rat, len(left))
				for i := range even {
					even[i] = big.NewRat(1, 1)
				}
				for i, each := range divide(part, even) {
					if left[i] <= day {
						sum -= each
					}
				}
			}
		}
	}
	return sum
}

// ended is the day on which the order of a document was canceled without its invoice having been credited whole.
func (h *house) ended(key string, credited map[string]bool) string {
	flow, id, _ := strings.Cut(key, ":")
	order := ""
	from := map[string]string{"invoice": "order_invoice WHERE id_order_invoice", "cancellation": "order_invoice WHERE id_order_invoice", "credit_note": "order_slip WHERE id_order_slip", "refund": "order_return WHERE id_order_return"}[flow]
	if from == "" || h.db.QueryRowContext(h.ctx, "SELECT id_order FROM "+h.p+from+" = ?", id).Scan(&order) != nil {
		return ""
	}
	var invoices []string
	rows, err := h.db.QueryContext(h.ctx, "SELECT id_order_invoice FROM "+h.p+"order_invoice WHERE id_order = ?", order)
	h.must(err)
	for rows.Next() {
		var one string
		h.must(rows.Scan(&one))
		invoices = append(invoices, one)
	}
	h.must(rows.Err())
	for _, i := range invoices {
		if credited[i] {
			return ""
		}
	}
	var day sql.NullString
	_ = h.db.QueryRowContext(h.ctx, "SELECT DATE_FORMAT(MAX(h.date_add), '%Y-%m-%d') FROM "+h.p+"order_history h JOIN "+h.p+"orders o ON o.id_order = h.id_order AND o.current_state = h.id_order_state "+
		"JOIN "+h.p+"configuration c ON c.name = 'PS_OS_CANCELED' AND c.value = o.current_state WHERE o.id_order = ?", order).Scan(&day)
	return day.String
}

// stays are the nights of a line: as it says, or, of a service, those of the rooms that it was sold for.
func (h *house) stays(key, words string) (spans [][]string, costs []*big.Rat) {
	nights := func(from, to string) []string {
		days := []string{from}
		for at := midnight(from).AddDate(0, 0, 1); at.Before(midnight(to)); at = at.AddDate(0, 0, 1) {
			days = append(days, at.Format(time.DateOnly))
		}
		return days
	}
	if found := stayed.FindStringSubmatch(words); found != nil {
		if day := h.givenUp(key, words, found[1], found[2]); day != "" {
			return [][]string{{day}}, []*big.Rat{big.NewRat(1, 1)}
		}
		return [][]string{nights(found[1], found[2])}, []*big.Rat{big.NewRat(1, 1)}
	}
	_, id, _ := strings.Cut(key, ":")
	once := "1"
	var has int
	h.must(h.db.QueryRowContext(h.ctx, "SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = ? AND column_name = 'price_calculation_method'", h.p+"product").Scan(&has))
	if has > 0 {
		once = "COALESCE((SELECT p.price_calculation_method FROM {p}product p WHERE p.id_product = s.id_product), 1) <> 2"
	}
	rows, err := h.db.QueryContext(h.ctx, strings.ReplaceAll("SELECT COALESCE(DATE_FORMAT(b.date_from, '%Y-%m-%d'), ''), COALESCE(DATE_FORMAT(b.date_to, '%Y-%m-%d'), ''), s.total_price_tax_excl, "+once+", "+h.gaveUp()+" FROM {p}order_invoice i "+
		"JOIN {p}order_detail d ON d.id_order = i.id_order AND d.is_booking_product = 0 AND d.product_name = ? JOIN "+h.services()+" s ON s.id_order_detail = d.id_order_detail "+
		"LEFT JOIN {p}htl_booking_detail b ON b.id = s.id_htl_booking_detail WHERE i.id_order_invoice = ? ORDER BY b.id", "{p}", h.p), words, id)
	h.must(err)
	defer rows.Close()
	all := new(big.Rat)
	for rows.Next() {
		var from, to, day string
		var cost decimal.Decimal
		var atOnce bool
		h.must(rows.Scan(&from, &to, &cost, &atOnce, &day))
		switch {
		case day != "":
			spans = append(spans, []string{day})
		case from == "":
			spans = append(spans, []string{""})
		case atOnce:
			spans = append(spans, []string{from})
		default:
			spans = append(spans, nights(from, to))
		}
		costs = append(costs, rat(cost))
		all.Add(all, rat(cost))
	}
	h.must(rows.Err())
	if len(spans) == 0 {
		return [][]string{{""}}, []*big.Rat{big.NewRat(1, 1)}
	}
	if all.Sign() == 0 {
		for n := range costs {
			costs[n] = big.NewRat(1, 1)
		}
	}
	return spans, costs
}

// gaveUp is when booking b was given up before anybody moved in, ” if it was not: a granted request has it, or it is marked.
func (h *house) gaveUp() string {
	has := func(column, then string) string {
		var n int
		h.must(h.db.QueryRowContext(h.ctx, "SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = ? AND column_name = ?", h.p+"htl_booking_detail", column).Scan(&n))
		if n == 0 {
			return "0"
		}
		return then
	}
	return strings.NewReplacer("{p}", h.p, "MARKED", has("is_cancelled", "b.is_cancelled"), "BACK", has("is_refunded", "b.is_refunded"), "MOVED", has("id_status", "b.id_status > 1")).Replace(
		"CASE WHEN b.id IS NULL OR MOVED OR NOT (MARKED OR BACK) THEN '' ELSE COALESCE((SELECT DATE_FORMAT(MAX(r.date_upd), '%Y-%m-%d') FROM {p}order_return_detail x JOIN {p}order_return r ON r.id_order_return = x.id_order_return " +
			"JOIN {p}order_return_state g ON g.id_order_return_state = r.state WHERE x.id_htl_booking = b.id AND g.refunded AND NOT g.denied), CASE WHEN MARKED THEN DATE_FORMAT(b.date_upd, '%Y-%m-%d') ELSE '' END) END")
}

// givenUp is when the room that a line names was given up; "" if it was not.
func (h *house) givenUp(key, words, from, to string) string {
	flow, id, _ := strings.Cut(key, ":")
	of := map[string]string{"invoice": "order_invoice WHERE id_order_invoice", "cancellation": "order_invoice WHERE id_order_invoice", "credit_note": "order_slip WHERE id_order_slip", "refund": "order_return WHERE id_order_return"}[flow]
	var day string
	err := h.db.QueryRowContext(h.ctx, "SELECT "+h.gaveUp()+" FROM "+h.p+"htl_booking_detail b WHERE b.id_order = (SELECT id_order FROM "+h.p+of+" = ?) AND DATE(b.date_from) = ? AND DATE(b.date_to) = ? AND LOCATE(CONCAT('room ', b.room_num, ','), ?) > 0 LIMIT 1", id, from, to, words).Scan(&day)
	if errors.Is(err, sql.ErrNoRows) {
		return ""
	}
	h.must(err)
	return day
}

// agrees compares the account in the books, up to a day or "" = whole, with what the rows say by the end of another.
func (h *house) agrees(upTo, day string) {
	h.t.Helper()
	want := decimal.New(h.says(day), -2)
	if is := h.Books.Balance(h.deferred, upTo); !is.Equal(want) {
		h.t.Errorf("by the end of %s %s are deferred in the books, the rows say %s", day, is, want)
	}
}

// once looks that no hotel's day has two journals.
func (h *house) once() {
	h.t.Helper()
	times := map[string]int{}
	for _, j := range h.Books.Journals() {
		if times[j.Reference]++; times[j.Reference] > 1 {
			h.t.Errorf("%s stands %d times", j.Reference, times[j.Reference])
		}
	}
}

// TestRevenueByTheNight compares the account of deferred revenue with the rows, day by day, over whatever happens
// to orders, documents and calls.
func TestRevenueByTheNight(t *testing.T) {
	atOnce(t)
	h := newHouse(t, hotel(t, "rev_"), "rev_")
	_, err := h.SyncAll(h.ctx)
	h.must(err)
	h.rests()
	if n := len(h.Books.Journals()); n > 0 {
		t.Fatalf("%d journals were made while it was switched off", n)
	}
	h.on(h.today(-12))
	h.tick()
	for n := -12; n < 0; n++ {
		h.agrees(h.today(n), h.today(n))
	}
	if len(h.Books.Journals()) == 0 || h.says(h.today(-1)) == 0 {
		t.Fatalf("the sample tells nothing: %d journals", len(h.Books.Journals()))
	}
	before := len(h.Books.Calls())
	h.tick()
	for _, c := range h.Books.Calls()[before:] {
		if strings.Contains(c.Path, "/journals") {
			t.Errorf("nothing was due, and %s %s was called", c.Method, c.Path)
		}
	}

	// stay gives a booking another stay and the day on which it was made.
	stay := func(order string, from, to int) {
		h.do("UPDATE {p}htl_booking_detail SET date_from = '"+h.today(from)+"', date_to = '"+h.today(to)+"' WHERE id_order = "+order,
			"UPDATE {p}orders SET date_add = '"+h.today(0)+" 10:00:00' WHERE id_order = "+order, "UPDATE {p}order_invoice SET date_add = '"+h.today(0)+" 10:00:00' WHERE id_order = "+order)
	}
	book := func(order, invoice string, from, to int, rooms ...string) {
		t.Helper()
		h.book(order, "REVENUE"+order, "2", rooms...)
		h.invoice(invoice, order)
		stay(order, from, to)
		h.sync(order)
		h.rests()
	}
	dated := func(table, id, value string) {
		h.do("UPDATE {p}" + table + " SET date_add = '" + h.today(0) + " 11:00:00' WHERE " + id + " = " + value)
	}
	lost := func(faults ...books.Fault) {
		h.must(h.Books.SetFaults(books.Rule{Method: "POST", Path: "/journals$", Cycle: faults, Times: 3}))
	}
	for n, happens := range []func(){
		func() { book("52", "62", 2, 6, "910", "911") },
		func() { lost(books.FaultCommitDrop, books.FaultCommit500, books.FaultDropBefore) },
		func() { // a slip before the stay, applied to the invoice
			h.slip("52", "52", "910", "30", "31.2", "Unpaid by customer")
			dated("order_slip", "id_order_slip", "52")
			h.sync("52")
			h.rests()
		},
		func() { book("53", "63", 1, 4, "912") },
		func() { h.must(h.Books.SetLock("accountant", h.today(-1))) },
		func() { h.must(h.Books.SetLock("accountant", h.today(0))) }, // today's journal goes to tomorrow
		func() { // made dearer in the middle of the stay
			h.do("UPDATE {p}order_detail SET total_price_tax_excl = 150, total_price_tax_incl = 156 WHERE id_order = 53", "UPDATE {p}htl_booking_detail SET total_price_tax_excl = 150, total_price_tax_incl = 156 WHERE id_order = 53")
			h.cost("53", "150", "156")
			h.sync("53")
			h.rests()
		},
		func() { // posted late: billed five days ago
			book("54", "64", -3, 3, "913")
			h.do("UPDATE {p}order_invoice SET date_add = '" + h.today(-5) + " 10:00:00' WHERE id_order = 54")
			book("56", "66", 4, 9, "915")
			lost(books.FaultCommitDrop)
		},
		func() { // canceled and unpaid: the invoice is made void
			h.cancel("56")
			h.do("UPDATE {p}order_history SET date_add = '" + h.today(0) + " 12:00:00' WHERE id_order = 56 AND id_order_state = 4")
			h.sync("56")
			h.rests()
		},
		func() { // canceled, and credited whole
			h.must(h.Set(h.ctx, "orders", "cancel_policy", "credit_note"))
			book("57", "67", 1, 5, "916")
		},
		func() {
			h.cancel("57")
			h.do("UPDATE {p}order_history SET date_add = '" + h.today(0) + " 12:00:00' WHERE id_order = 57 AND id_order_state = 4")
			h.sync("57")
			h.rests()
		},
		func() {},
	} {
		happens()
		h.clock.move(24*time.Hour, 20)
		h.tick()
		yesterday := h.today(-1)
		h.agrees("", yesterday)
		h.once()
		if t.Failed() {
			t.Fatalf("on day %d", n)
		}
	}
	for range 3 { // until every stay is over
		h.clock.move(31*24*time.Hour, 20)
		h.tick()
	}
	h.agrees("", h.today(-1))
	h.once()
	if left := h.Books.Balance(h.deferred, ""); !left.IsZero() {
		t.Errorf("every stay is over and %s are still deferred", left)
	}
}

// TestRevenueOfRealHotels does the same with the dumps, where they are there.
func TestRevenueOfRealHotels(t *testing.T) {
	atOnce(t)
	for version, prefix := range map[string]string{"1.7": "qlo_", "1.6.1": "ps_"} {
		t.Run(version, func(t *testing.T) {
			atOnce(t)
			dsn, there := privatetest.Dump(t, version)
			if !there {
				t.Logf("no dump of %s beside the repository", version)
				return
			}
			h := newHouse(t, dsn, prefix)
			mapWires(h.ctx, t, h.Stage)
			_, err := h.SyncAll(h.ctx)
			h.must(err)
			h.rests()
			h.on(h.today(-60))
			h.tick()
			for n := -60; n < 0; n += 4 {
				h.agrees(h.today(n), h.today(n))
			}
			for range 4 {
				h.clock.move(15*24*time.Hour, 20)
				h.tick()
				h.agrees("", h.today(-1))
			}
			h.once()
		})
	}
}

// TestTheGuestLedger switches revenue by the night on as an accountant does: first the day, then the account, with
// an access that does not include journals yet; and has something entered in the account by hand.
func TestTheGuestLedger(t *testing.T) {
	atOnce(t)
	h := newHouse(t, hotel(t, "gst_"), "gst_")
	_, err := h.SyncAll(h.ctx)
	h.must(err)
	h.rests()
	type sums struct{ Opening, Billed, Earned, Closing decimal.Decimal }
	type ledger struct {
		AsOf    *time.Time       `json:"as_of"`
		Before  *decimal.Decimal `json:"opening_deferral"`
		Total   sums
		Hotels  []struct{ Hotel, Name string }
		Account *struct {
			Journals   decimal.Decimal
			Balance    *decimal.Decimal
			Difference *string
		}
		Orders []struct {
			OrderID string `json:"order_id"`
			sums
		}
		Journals []struct {
			SourceID string `json:"source_id"`
			Status   string
			Issue    *struct{ Code, Action string }
		}
		Next *string `json:"next_cursor"`
	}
	see := func(more string) (found ledger) {
		t.Helper()
		h.must(h.Call(h.ctx, "GET", "/guest-ledger?month="+h.today(0)[:7]+more, nil, &found))
		return found
	}
	if found := see(""); found.AsOf != nil || len(found.Hotels) > 0 || found.Account != nil {
		t.Errorf("without a first day it shows %+v", found)
	}
	h.tick()
	var rows int
	h.must(h.db.QueryRowContext(h.ctx, "SELECT (SELECT COUNT(*) FROM qlobooks_ledger_orders) + (SELECT COUNT(*) FROM qlobooks_marks WHERE name LIKE 'ledger%')").Scan(&rows))
	if rows > 0 {
		t.Errorf("while it has no first day %d rows stand in the ledger", rows)
	}

	off := map[string]any{"enabled": false, "deferred_account_id": nil, "period": "day", "from": h.today(-3), "post_after": 0}
	h.must(h.Call(h.ctx, "PUT", "/settings/revenue", off, nil))
	h.tick()
	found := see("")
	if want := decimal.New(h.says(h.today(-4)), -2); found.Before == nil || !found.Before.Equal(want) || want.IsZero() {
		t.Errorf("deferred before the first day: %v, the rows say %s", found.Before, want)
	}
	if n := len(h.Books.Journals()); n > 0 {
		t.Errorf("%d journals were made before it was switched on", n)
	}

	off["enabled"] = true
	if err := h.Call(h.ctx, "PUT", "/settings/revenue", off, nil); err == nil {
		t.Error("it was switched on without an account")
	}
	off["deferred_account_id"] = h.deferred
	h.must(h.Call(h.ctx, "PUT", "/settings/revenue", off, nil))
	_, err = h.Start(h.ctx, "/schedule/run", map[string]any{"kind": "tick"})
	h.must(err)
	first := "1:" + h.today(-3)
	until(h.ctx, t, h.Stage, "revenue:"+first, "held", "module_missing")
	eventually(h.ctx, t, h.Stage, "no journal is under way with the former access", func() bool {
		var n int
		h.must(h.db.QueryRowContext(h.ctx, "SELECT COUNT(*) FROM qlobooks_documents WHERE flow = 'revenue' AND lease_owner IS NOT NULL").Scan(&n))
		return n == 0
	})
	var held struct{ Issue struct{ Action string } }
	h.must(h.Call(h.ctx, "GET", "/documents/revenue/"+first, nil, &held))
	if !strings.Contains(held.Issue.Action, "connect again") {
		t.Errorf("the cure is %q", held.Issue.Action)
	}
	h.must(h.Authorize(h.ctx))
	h.clock.move(2*time.Hour, 20)
	h.rests()
	h.agrees("", h.today(-1))
	h.once()

	month := time.Date(h.clock.now().In(h.zone).Year(), h.clock.now().In(h.zone).Month(), 1, 0, 0, 0, 0, time.UTC)
	_, err = h.Start(h.ctx, "/reconciliation/refresh", map[string]any{"from": month.Format(time.DateOnly), "to": h.today(0)})
	h.must(err)
	found = see("")
	if a := found.Account; a == nil || a.Balance == nil || !a.Balance.Equal(a.Journals) || a.Difference != nil {
		t.Errorf("the account: %+v", a)
	}
	if eve := decimal.New(h.says(month.AddDate(0, 0, -1).Format(time.DateOnly)), -2); !found.Total.Opening.Equal(eve) {
		t.Errorf("the month opens with %s, the rows say %s", found.Total.Opening, eve)
	}
	if end := decimal.New(h.says(month.AddDate(0, 1, -1).Format(time.DateOnly)), -2); !found.Total.Closing.Equal(end) || !found.Total.Opening.Add(found.Total.Billed).Sub(found.Total.Earned).Equal(end) {
		t.Errorf("the month closes with %s, the rows say %s", found.Total.Closing, end)
	}
	orders := sums{}
	for _, one := range found.Hotels {
		var name string
		h.must(h.db.QueryRowContext(h.ctx, "SELECT hotel_name FROM gst_htl_branch_info_lang WHERE id = ? AND id_lang = 1", one.Hotel).Scan(&name))
		if one.Name != name {
			t.Errorf("hotel %s is called %q, in QloApps %q", one.Hotel, one.Name, name)
		}
		for _, j := range h.Books.Journals() {
			if strings.HasPrefix(j.Reference, "revenue:"+one.Hotel+":") && !strings.Contains(j.Notes, ", "+name+".") {
				t.Errorf("the note of %s names no hotel: %q", j.Reference, j.Notes)
			}
		}
		for page := see("&limit=2&hotel=" + one.Hotel); ; page = see("&limit=2&hotel=" + one.Hotel + "&cursor=" + *page.Next) {
			for _, o := range page.Orders {
				orders.Opening, orders.Billed, orders.Earned, orders.Closing = orders.Opening.Add(o.Opening), orders.Billed.Add(o.Billed), orders.Earned.Add(o.Earned), orders.Closing.Add(o.Closing)
			}
			if page.Next == nil {
				break
			}
		}
	}
	if !orders.Opening.Equal(found.Total.Opening) || !orders.Billed.Equal(found.Total.Billed) || !orders.Earned.Equal(found.Total.Earned) || !orders.Closing.Equal(found.Total.Closing) {
		t.Errorf("the orders come to %+v, the month to %+v", orders, found.Total)
	}

	h.Books.EnterByHand(h.today(0), h.deferred, h.Books.Account("Sales"), "10")
	_, err = h.Start(h.ctx, "/reconciliation/refresh", map[string]any{"from": month.Format(time.DateOnly), "to": h.today(0)})
	h.must(err)
	if a := see("").Account; a == nil || a.Difference == nil || !strings.Contains(*a.Difference, "10.00 USD were entered otherwise") {
		t.Errorf("10.00 were entered by hand: %+v", a)
	}
}
