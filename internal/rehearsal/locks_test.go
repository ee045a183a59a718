package rehearsal_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

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
	for _, item := range page.Items {
		var order struct{ Documents []billed }
		if err := s.Call(ctx, http.MethodGet, "/records/orders/"+item.ID, nil, &order); err != nil {
			t.Fatal(err)
		}
		all = append(all, order.Documents...)
	}
	return all
}

// median is the day in the middle of the hotel's invoices.
func median(ctx context.Context, t *testing.T, dsn string) string {
	t.Helper()
	db, err := sql.Open("mysql", dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var n int
	if err := db.QueryRowContext(ctx, "SELECT COUNT(*) FROM qlo_order_invoice").Scan(&n); err != nil {
		t.Fatal(err)
	}
	var day string
	if err := db.QueryRowContext(ctx, "SELECT DATE_FORMAT(date_add, '%Y-%m-%d') FROM qlo_order_invoice ORDER BY date_add LIMIT 1 OFFSET ?", n/2).Scan(&day); err != nil {
		t.Fatal(err)
	}
	return day
}

// lockedHotel is a stage whose books are locked in the middle of the hotel's invoices.
func lockedHotel(ctx context.Context, t *testing.T, policy string) (*rehearsal.Stage, string) {
	t.Helper()
	dsn := hotel(t, "qlo_")
	s := listed(ctx, t, dsn)
	if err := s.SetUp(ctx, "Operating account"); err != nil {
		t.Fatal(err)
	}
	if err := s.Set(ctx, "orders", "locked_period_policy", policy); err != nil {
		t.Fatal(err)
	}
	lock := median(ctx, t, dsn)
	s.Books.SetLockDate(lock)
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
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	s, lock := lockedHotel(ctx, t, "hold")
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
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	s, lock := lockedHotel(ctx, t, "first_open_day")
	foreseesSync(ctx, t, s, "orders")
	refusedNothing(t, s)
	last, err := time.Parse(time.DateOnly, lock)
	if err != nil {
		t.Fatal(err)
	}
	open := last.AddDate(0, 0, 1).Format(time.DateOnly)
	moved := 0
	for _, r := range s.Books.Snapshot() {
		var body struct{ Notes string }
		_ = json.Unmarshal(r.Body, &body)
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
	if moved < 10 || held < 5 {
		t.Errorf("%d invoices moved, %d payments held", moved, held)
	}
	foreseesSync(ctx, t, s, "orders")
	if again := writes(s); len(again) != 0 {
		t.Errorf("a second pass wrote %v", again)
	}
}

// TestRetryFindsThatALockWasLifted lifts a lock without telling anybody but the person who retries,
// and sets one that only a refusal tells of.
func TestRetryFindsThatALockWasLifted(t *testing.T) {
	atOnce(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	s, _ := lockedHotel(ctx, t, "hold")
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
