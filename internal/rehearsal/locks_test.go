package rehearsal_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/private/privatetest"
	"github.com/qlobooks/qlobooks/internal/rehearsal"
)

// billed is one document as the API shows it.
type billed struct {
	Key, Flow, Status string
	Date              *string
	ZohoID            *string `json:"zoho_id"`
	Issue             *struct{ Code, Detail string }
}

func everyDocument(ctx context.Context, t *testing.T, s *rehearsal.Stage) []billed {
	t.Helper()
	var page struct {
		Items []struct {
			ID string `json:"source_id"`
		}
	}
	if err := s.Call(ctx, http.MethodGet, "/records/orders?limit=200", nil, &page); err != nil {
		t.Fatal(err)
	}
	var all []billed
	seen := map[string]bool{} // a payment may belong to several orders
	for _, item := range page.Items {
		var order struct{ Documents []billed }
		if err := s.Call(ctx, http.MethodGet, "/records/orders/"+item.ID, nil, &order); err != nil {
			t.Fatal(err)
		}
		for _, d := range order.Documents {
			if !seen[d.Key] {
				seen[d.Key], all = true, append(all, d)
			}
		}
	}
	return all
}

// median is the day in the middle of the hotel's invoices.
func median(ctx context.Context, t *testing.T, dsn, prefix string) string {
	t.Helper()
	db, err := sql.Open("mysql", dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var n int
	if err := db.QueryRowContext(ctx, "SELECT COUNT(*) FROM "+prefix+"order_invoice").Scan(&n); err != nil {
		t.Fatal(err)
	}
	var day string
	if err := db.QueryRowContext(ctx, "SELECT DATE_FORMAT(date_add, '%Y-%m-%d') FROM "+prefix+"order_invoice ORDER BY date_add LIMIT 1 OFFSET ?", n/2).Scan(&day); err != nil {
		t.Fatal(err)
	}
	return day
}

// lockedHotel is a stage of whose books a part is locked in the middle of the hotel's invoices.
func lockedHotel(ctx context.Context, t *testing.T, module, policy string) (*rehearsal.Stage, string) {
	t.Helper()
	return locked(ctx, t, hotel(t, "qlo_"), "qlo_", module, policy)
}

func locked(ctx context.Context, t *testing.T, dsn, prefix, module, policy string) (*rehearsal.Stage, string) {
	t.Helper()
	s := listed(ctx, t, dsn)
	if err := s.SetUp(ctx, "Operating account"); err != nil {
		t.Fatal(err)
	}
	if err := s.Set(ctx, "orders", "locked_period_policy", policy); err != nil {
		t.Fatal(err)
	}
	lock := median(ctx, t, dsn, prefix)
	if err := s.Books.SetLock(module, lock); err != nil {
		t.Fatal(err)
	}
	if err := s.Call(ctx, http.MethodPost, "/connection/test", nil, nil); err != nil {
		t.Fatal(err)
	}
	return s, lock
}

func refusedNothing(t *testing.T, s *rehearsal.Stage) {
	t.Helper()
	for _, c := range s.Books.Calls() {
		if c.Code != 0 && c.Method != http.MethodGet {
			t.Errorf("the books refused %s %s with %d", c.Method, c.Path, c.Code)
		}
	}
}

// TestALockInTheMiddleHoldsWhatIsBefore posts what is later, and what is before when the lock is
// lifted.
func TestALockInTheMiddleHoldsWhatIsBefore(t *testing.T) {
	atOnce(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	s, lock := lockedHotel(ctx, t, "sales", "hold")
	warned(ctx, t, s, wire.Locks{Known: true, Sales: &lock}, "hold")
	foreseesSync(ctx, t, s, "orders")
	refusedNothing(t, s)
	held, posted := 0, 0
	for _, d := range everyDocument(ctx, t, s) {
		locked := d.Issue != nil && d.Issue.Code == "period_locked"
		switch {
		case locked && (d.ZohoID != nil || !strings.Contains(d.Issue.Detail, lock)):
			t.Errorf("%s is held, but %+v", d.Key, d)
		case locked:
			held++
		case d.ZohoID != nil && d.Date != nil && *d.Date <= lock:
			t.Errorf("%s of %s stands in a locked period", d.Key, *d.Date)
		case d.ZohoID != nil:
			posted++
		}
	}
	if held < 10 || posted < 10 {
		t.Errorf("%d held, %d posted", held, posted)
	}

	s.Books.SetLockDate("")
	if err := s.Call(ctx, http.MethodPost, "/connection/test", nil, nil); err != nil {
		t.Fatal(err)
	}
	settled(ctx, t, s)
	for _, d := range everyDocument(ctx, t, s) {
		if d.Issue != nil {
			t.Errorf("after the lock was lifted %s is %s: %+v", d.Key, d.Status, *d.Issue)
		}
	}
	refusedNothing(t, s)
}

// TestTheFirstOpenDayIsForDocumentsNotForTheBank moves documents and holds money of the bank.
func TestTheFirstOpenDayIsForDocumentsNotForTheBank(t *testing.T) {
	atOnce(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	s, lock := lockedHotel(ctx, t, "sales", "first_open_day")
	told := warned(ctx, t, s, wire.Locks{Known: true, Sales: &lock}, "first_open_day")
	foreseesSync(ctx, t, s, "orders")
	refusedNothing(t, s)
	last, err := time.Parse(time.DateOnly, lock)
	if err != nil {
		t.Fatal(err)
	}
	open := last.AddDate(0, 0, 1).Format(time.DateOnly)
	moved, paper := 0, 0
	for _, r := range s.Books.Snapshot() {
		var body struct{ Notes string }
		_ = json.Unmarshal(r.Body, &body)
		if strings.HasPrefix(body.Notes, "Dated ") {
			paper++
		}
		if r.Date != "" && r.Date <= lock {
			t.Errorf("%s is dated %s", r.Key, r.Date)
		}
		if r.Module == "invoices" && strings.HasPrefix(body.Notes, "Dated ") {
			moved++
			if r.Date != open {
				t.Errorf("%s is dated %s, the first open day is %s", r.Key, r.Date, open)
			}
		}
	}
	held := 0
	for _, d := range everyDocument(ctx, t, s) {
		if d.Issue == nil {
			continue
		}
		if held++; d.Flow != "payment" && d.Flow != "credit_note" && d.Flow != "refund" {
			t.Errorf("%s is held: %+v", d.Key, *d.Issue)
		}
	}
	if paper != told.Moved || told.Held > held {
		t.Errorf("%d documents bear another day and %d wait, foreseen were %+v", paper, held, told)
	}
	if moved < 10 || held < 5 {
		t.Errorf("%d invoices moved, %d payments held", moved, held)
	}
	foreseesSync(ctx, t, s, "orders")
	if again := writes(s); len(again) != 0 {
		t.Errorf("a second pass wrote %v", again)
	}
}

// warned reads what is shown before anything is queued: the locks of the connection, and what they
// do to the selection.
func warned(ctx context.Context, t *testing.T, s *rehearsal.Stage, want wire.Locks, policy string) wire.PreviewLocked {
	t.Helper()
	same := func(a, b *string) bool { return (a == nil) == (b == nil) && (a == nil || *a == *b) }
	var connection struct{ Locks *wire.Locks }
	if err := s.Call(ctx, http.MethodGet, "/connection", nil, &connection); err != nil {
		t.Fatal(err)
	}
	l := connection.Locks
	if l == nil || !l.Known || !same(l.Sales, want.Sales) || !same(l.Banking, want.Banking) || l.Detail == "" {
		t.Errorf("the connection tells %+v", l)
	}
	told := preview(ctx, t, s, "/records/orders/preview", map[string]any{"all": true}).Locked
	if told == nil || told.Policy != policy || !same(told.Locks.Sales, want.Sales) || !same(told.Locks.Banking, want.Banking) || told.Held+told.Moved < 10 || policy == "hold" && told.Moved > 0 {
		t.Fatalf("the preview tells %+v", told)
	}
	return *told
}

// TestALockInTheMiddleOfRealHotels locks parts of the books in the middle of real rows, where the dumps
// are there; these are all of one day and are spread over the days before. What the preview foresees
// happens, and nothing is refused or stands where it may not.
func TestALockInTheMiddleOfRealHotels(t *testing.T) {
	for _, c := range []struct{ version, prefix, module, policy string }{
		{"1.7", "qlo_", "sales", "first_open_day"}, {"1.7", "qlo_", "banking", "hold"}, {"1.6.1", "ps_", "sales", "hold"}, {"1.6.1", "ps_", "banking", "first_open_day"},
	} {
		t.Run(c.version+" "+c.module+" "+c.policy, func(t *testing.T) {
			atOnce(t)
			dsn, there := privatetest.Dump(t, c.version)
			if !there {
				t.Logf("no dump of %s beside the repository", c.version)
				return
			}
			for _, table := range []string{"orders SET date_add = date_add - INTERVAL 40 - id_order DAY", "order_invoice SET date_add = date_add - INTERVAL 40 - id_order DAY",
				"order_payment SET date_add = date_add - INTERVAL 40 - id_order_payment DAY", "order_slip SET date_add = date_add - INTERVAL 40 - id_order DAY"} {
				inHotel(t, dsn, "UPDATE "+c.prefix+table)
			}
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			s, lock := locked(ctx, t, dsn, c.prefix, c.module, c.policy)
			foreseesSync(ctx, t, s, "orders")
			refusedNothing(t, s)
			paper, money := 0, 0
			for _, r := range s.Books.Snapshot() {
				isMoney := r.Module == "customerpayments"
				switch {
				case r.Date == "":
				case r.Date <= lock && (isMoney || c.module == "sales"):
					t.Errorf("%s of %s stands in a locked period", r.Key, r.Date)
				case isMoney:
					money++
				default:
					paper++
				}
			}
			if paper < 3 || money < 3 {
				t.Errorf("%d documents and %d payments stand", paper, money)
			}
		})
	}
}

// TestMoneyIsLockedByBankingToo locks nothing but banking: what is owed is posted on its own day,
// money of the bank waits, and with the first open day money of the till takes it.
func TestMoneyIsLockedByBankingToo(t *testing.T) {
	for _, policy := range []string{"hold", "first_open_day"} {
		t.Run(policy, func(t *testing.T) {
			atOnce(t)
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			s, lock := lockedHotel(ctx, t, "banking", policy)
			mapMethod(ctx, t, s, "Cash", "Petty Cash")
			told := warned(ctx, t, s, wire.Locks{Known: true, Banking: &lock}, policy)
			foreseesSync(ctx, t, s, "orders")
			refusedNothing(t, s)
			held := moneyWaits(ctx, t, s, lock)
			paper, moved := moneyStands(t, s, lock, policy)
			if paper < 10 || held < 10 || held != told.Held || moved != told.Moved || policy == "first_open_day" && moved == 0 {
				t.Errorf("%d documents of the locked period stand, %d of money wait and %d moved; told was %+v", paper, held, moved, told)
			}
			foreseesSync(ctx, t, s, "orders")
			if again := writes(s); len(again) != 0 {
				t.Errorf("a second pass wrote %v", again)
			}

			if err := s.Books.SetLock("banking", ""); err != nil {
				t.Fatal(err)
			}
			if err := s.Call(ctx, http.MethodPost, "/connection/test", nil, nil); err != nil {
				t.Fatal(err)
			}
			settled(ctx, t, s)
			for _, d := range everyDocument(ctx, t, s) {
				if d.Issue != nil {
					t.Errorf("after the lock was lifted %s is %s: %+v", d.Key, d.Status, *d.Issue)
				}
			}
			refusedNothing(t, s)
		})
	}
}

// moneyWaits counts what a lock of banking holds: nothing but money, and what gives it back.
func moneyWaits(ctx context.Context, t *testing.T, s *rehearsal.Stage, lock string) (held int) {
	t.Helper()
	for _, d := range everyDocument(ctx, t, s) {
		if d.Issue == nil {
			continue
		}
		if d.Flow != "payment" && d.Flow != "credit_note" && d.Flow != "refund" || !strings.Contains(d.Issue.Detail, "banking") || !strings.Contains(d.Issue.Detail, "up to and including "+lock) {
			t.Errorf("%s is %s: %+v", d.Key, d.Status, *d.Issue)
		}
		if d.Issue.Code == "period_locked" {
			held++
		}
	}
	return held
}

// moneyStands counts what is owed and stands in the locked period, and money that bears another
// day; money of the bank never does, and none stands in the locked period.
func moneyStands(t *testing.T, s *rehearsal.Stage, lock, policy string) (paper, moved int) {
	t.Helper()
	for _, r := range s.Books.Snapshot() {
		var body struct{ Notes, Description string }
		_ = json.Unmarshal(r.Body, &body)
		locked := r.Date != "" && r.Date <= lock
		switch {
		case r.Module == "customerpayments" && locked:
			t.Errorf("%s of %s stands in a locked period", r.Key, r.Date)
		case r.Module == "customerpayments" && strings.Contains(body.Description, "Dated "):
			if moved++; r.Account != "Petty Cash" || policy == "hold" {
				t.Errorf("%s in %s bears another day than its own", r.Key, r.Account)
			}
		case strings.HasPrefix(body.Notes, "Dated "):
			t.Errorf("%s bears %s, but sales are open", r.Key, r.Date)
		case locked && r.Module != "customerpayments":
			paper++
		}
		for _, f := range r.Refunds {
			if f.Date <= lock {
				t.Errorf("%s was given back on %s, which is locked", r.Key, f.Date)
			}
		}
	}
	return paper, moved
}

// TestRetryFindsThatALockWasLifted lifts a lock without telling anybody but the person who retries,
// and sets one that only a refusal tells of.
func TestRetryFindsThatALockWasLifted(t *testing.T) {
	atOnce(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	s, _ := lockedHotel(ctx, t, "sales", "hold")
	if _, err := s.Start(ctx, "/records/orders/1/sync", nil); err != nil {
		t.Fatal(err)
	}
	until(ctx, t, s, "invoice:1", "held", "period_locked")
	s.Books.SetLockDate("")
	if _, err := s.Start(ctx, "/issues/period_locked/retry", nil); err != nil {
		t.Fatal(err)
	}
	until(ctx, t, s, "invoice:1", "synced", "")

	if err := s.Books.SetLock("all", "2099-12-31"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Start(ctx, "/records/orders/2/sync", nil); err != nil {
		t.Fatal(err)
	}
	until(ctx, t, s, "invoice:2", "held", "period_locked")
}
