package crash

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/qlobooks/qlobooks/internal/sandbox/books"
)

// settle queues what is left and lets two workers finish in peace.
func (t *trial) settle(ctx context.Context) error {
	for range 2 {
		w, err := t.worker("")
		if err != nil {
			return err
		}
		defer w.kill()
	}
	if err := t.feed(ctx, t.o.Orders); err != nil {
		return err
	}
	return t.idle(ctx, 5*time.Minute)
}

// idle waits until nothing is due or under way any more.
func (t *trial) idle(ctx context.Context, most time.Duration) error {
	err := patiently(ctx, most, func() error {
		var open, running int
		if err := t.hotel.QueryRowContext(ctx, "SELECT COUNT(*) FROM qlobooks_runs WHERE status IN ('queued', 'running')").Scan(&running); err != nil {
			return err
		}
		if err := t.hotel.QueryRowContext(ctx, "SELECT COUNT(*) FROM qlobooks_documents WHERE due_at IS NOT NULL OR lease_owner IS NOT NULL").Scan(&open); err != nil {
			return err
		}
		if open+running > 0 {
			return fmt.Errorf("%d documents and %d runs do not come to an end", open, running)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("seed %d: %w\n%s\n%s", t.o.Seed, err, t.standing(ctx), t.tail())
	}
	return nil
}

// standing shows documents by state, for whoever has to find out why they stand still.
func (t *trial) standing(ctx context.Context) string {
	rows, err := t.hotel.QueryContext(ctx, "SELECT CONCAT_WS(' ', flow, status, issue_code, lane, step_due, due_at IS NULL, lease_owner IS NULL, COUNT(*), MIN(source_id), MAX(attempts), MIN(due_at)) "+
		"FROM qlobooks_documents WHERE status NOT IN ('not_synced') GROUP BY flow, status, issue_code, lane, step_due, due_at IS NULL, lease_owner IS NULL")
	if err != nil {
		return err.Error()
	}
	defer rows.Close()
	var b strings.Builder
	for rows.Next() {
		var line string
		_ = rows.Scan(&line)
		b.WriteString(line + "\n")
	}
	return b.String()
}

// tail is the end of what the workers said.
func (t *trial) tail() string {
	b, _ := os.ReadFile(filepath.Join(t.dir, "worker.log"))
	return string(b[max(0, len(b)-6000):])
}

func (t *trial) wrong(format string, args ...any) {
	t.report.Wrong = append(t.report.Wrong, fmt.Sprintf(format, args...))
}

// judge counts the books: every document once by key and by customer, date and amount, every
// total and balance right, every state final.
func (t *trial) judge(ctx context.Context) error {
	var state struct{ Records []books.Record }
	if err := t.ask(ctx, http.MethodGet, "/sandbox/state", nil, &state); err != nil {
		return err
	}
	var census books.Census
	if err := t.ask(ctx, http.MethodGet, "/sandbox/census", nil, &census); err != nil {
		return err
	}
	byKey := map[string]books.Record{}
	for _, r := range state.Records {
		byKey[r.Key] = r
	}
	for key, n := range census.Keys {
		if key == "" || n != 1 {
			t.wrong("%q stands %d times", key, n)
		}
	}
	for _, twins := range census.Doubled {
		t.wrong("%s of %s, %s, %s: %v", twins.Module, twins.Customer, twins.Date, twins.Amount, twins.Keys)
	}
	for _, o := range t.orders {
		invoice, payment, contact := byKey[fmt.Sprintf("invoice:%d", o.ID)], byKey[fmt.Sprintf("payment:%d", o.ID)], byKey[fmt.Sprintf("customer:%d", o.Guest)]
		switch {
		case invoice.ID == "" || payment.ID == "" || contact.ID == "":
			t.wrong("order %d is lost: invoice %q, payment %q, contact %q", o.ID, invoice.ID, payment.ID, contact.ID)
		case !invoice.Total.Equal(decimal.RequireFromString(o.Total)), !payment.Total.Equal(invoice.Total):
			t.wrong("order %d: invoice %s, payment %s, wanted %s", o.ID, invoice.Total, payment.Total, o.Total)
		case !invoice.Balance.IsZero(), invoice.Status != "paid", !payment.Balance.IsZero():
			t.wrong("order %d: the invoice is %s with %s open, the payment has %s unused", o.ID, invoice.Status, invoice.Balance, payment.Balance)
		case invoice.Contact != contact.Name, payment.Contact != contact.Name:
			t.wrong("order %d is posted on %q and %q, wanted %q", o.ID, invoice.Contact, payment.Contact, contact.Name)
		}
	}
	t.report.Documents = len(state.Records)
	return t.judgeStates(ctx, byKey)
}

// judgeStates holds our own tables to the books.
func (t *trial) judgeStates(ctx context.Context, byKey map[string]books.Record) error {
	rows, err := t.hotel.QueryContext(ctx, "SELECT CONCAT(flow, ':', source_id), status, zoho_id, issue_code, COALESCE(intent, '') FROM qlobooks_documents WHERE status <> 'not_synced'")
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var key, status, id, code, intent string
		if err := rows.Scan(&key, &status, &id, &code, &intent); err != nil {
			return err
		}
		if status != "synced" || id != byKey[key].ID || intent != "" {
			t.wrong("%s is %s %s as %q, in the books as %q, intent %q", key, status, code, id, byKey[key].ID, intent)
		}
	}
	var runs int
	if err := t.hotel.QueryRowContext(ctx, "SELECT COUNT(*) FROM qlobooks_runs WHERE status <> 'done' OR total <> done + failed + held + unchanged + skipped").Scan(&runs); err != nil {
		return err
	}
	if runs > 0 {
		t.wrong("%d runs did not end, or do not add up", runs)
	}
	var load struct {
		Calls []books.Call
	}
	if err := t.ask(ctx, http.MethodGet, "/sandbox/calls", nil, &load); err != nil {
		return err
	}
	for _, c := range load.Calls {
		if c.Fault != "" {
			t.report.Struck++
		}
	}
	return rows.Err()
}
