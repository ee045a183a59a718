package crash

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/qlobooks/qlobooks/internal/await"
	"github.com/qlobooks/qlobooks/internal/sandbox/books"
)

// settle queues what is left and lets two workers finish in peace. What was changed and not queued
// yet is found by a tick.
func (t *trial) settle(ctx context.Context) error {
	for range 2 {
		w, err := t.worker("")
		if err != nil {
			return err
		}
		defer w.kill()
	}
	if err := t.pace(ctx, unpaced); err != nil {
		return err
	}
	if err := t.feed(ctx, t.o.Orders); err != nil {
		return err
	}
	if t.coats > 0 {
		for _, section := range []string{"room-types", "customers"} {
			if err := t.paint(ctx, section, renamed); err != nil {
				return err
			}
		}
	}
	if err := t.idle(ctx); err != nil {
		return err
	}
	for round := 0; round < 3 && len(t.deeds) > 0; round++ { // some deeds wait for what others bring about
		if err := t.goOn(ctx, -1, true); err != nil {
			return err
		}
		if err := t.idle(ctx); err != nil {
			return err
		}
	}
	// Requests made while a run of the kind ran were answered with that, and an import, or a reading of lists, that
	// meets a fault again and again ends: the last of each finds what the others left, in peace.
	if err := t.ask(ctx, http.MethodDelete, "/sandbox/faults", nil, nil); err != nil {
		return err
	}
	if err := t.last(ctx, "import", "/payments/import", map[string]any{"scope": "all"}); err != nil {
		return err
	}
	if err := t.last(ctx, "mapping_refresh", "/mappings/refresh", map[string]any{}); err != nil {
		return err
	}
	if err := t.last(ctx, "tick", "/schedule/run", map[string]any{"kind": "tick"}); err != nil {
		return err
	}
	if len(t.deeds) > 0 {
		return fmt.Errorf("seed %d: %d deeds wait for documents that do not stand, the first for %q\n%s", t.o.Seed, len(t.deeds), t.deeds[0].wants, t.standing(ctx))
	}
	return nil
}

// last carries a run of a kind out, again while Zoho Books does not answer it properly.
func (t *trial) last(ctx context.Context, kind, path string, in any) error {
	status := ""
	for range 5 {
		if err := t.wish(ctx, path, in); err != nil {
			return err
		}
		if err := t.idle(ctx); err != nil {
			return err
		}
		if err := t.hotel.QueryRowContext(ctx, "SELECT status FROM qlobooks_runs WHERE kind = ? ORDER BY id DESC LIMIT 1", kind).Scan(&status); err != nil || status == "done" {
			return err
		}
	}
	return fmt.Errorf("seed %d: the last %s is %s", t.o.Seed, kind, status)
}

// idle waits until nothing is due or under way any more, as long as something moves.
func (t *trial) idle(ctx context.Context) error {
	var open, running int
	err := await.Bounds{Every: 100 * time.Millisecond, Hang: hang, Moved: t.stage.Moved}.For(ctx, func() (bool, error) {
		open, running = 1, 1 // also where the database is away
		_ = t.hotel.QueryRowContext(ctx, "SELECT COUNT(*) FROM qlobooks_runs WHERE status IN ('queued', 'running')").Scan(&running)
		_ = t.hotel.QueryRowContext(ctx, "SELECT COUNT(*) FROM qlobooks_documents WHERE due_at IS NOT NULL OR lease_owner IS NOT NULL").Scan(&open)
		return open+running == 0, nil
	})
	if err != nil {
		return fmt.Errorf("seed %d: %d documents and %d runs do not come to an end: %w\n%s\n%s", t.o.Seed, open, running, err, t.standing(ctx), t.tail())
	}
	return nil
}

// standing shows documents by state, with what one of each says, for whoever has to find out why they stand still.
func (t *trial) standing(ctx context.Context) string {
	rows, err := t.hotel.QueryContext(ctx, "SELECT CONCAT_WS(' ', flow, status, issue_code, lane, step_due, IF(rests, 'rests', 'due'), IF(free, 'free', 'leased'), COUNT(*), MIN(source_id), MAX(attempts), MIN(due_at), MAX(due_at), MIN(issue_detail)) "+
		"FROM (SELECT d.*, due_at IS NULL rests, lease_owner IS NULL free FROM qlobooks_documents d WHERE status <> 'not_synced') d GROUP BY flow, status, issue_code, lane, step_due, rests, free")
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

// judge holds the books, our own tables and QloApps to what every life must come to: every document
// once by key and by customer, date and amount, and each as it must stand.
func (t *trial) judge(ctx context.Context) error {
	var state struct{ Records []books.Record }
	if err := t.ask(ctx, http.MethodGet, "/sandbox/state", nil, &state); err != nil {
		return err
	}
	var census books.Census
	if err := t.ask(ctx, http.MethodGet, "/sandbox/census", nil, &census); err != nil {
		return err
	}
	for key, n := range census.Keys {
		if key == "" && n != len(t.there) || key != "" && n != 1 {
			t.wrong("%q stands %d times", key, n)
		}
	}
	for _, twins := range census.Doubled {
		t.wrong("%s of %s, %s, %s: %v", twins.Module, twins.Customer, twins.Date, twins.Amount, twins.Keys)
	}
	rows, err := t.hotelRows(ctx)
	if err != nil {
		return err
	}
	b := newStanding(state.Records)
	wants := t.wants(rows, b)
	t.report.Documents, t.report.ByFlow = len(state.Records), map[string]int{}
	for _, r := range state.Records {
		flow, _, _ := strings.Cut(r.Key, ":")
		t.report.ByFlow[flow]++
		if _, wanted := wants[r.Key]; r.Key != "" && !wanted && flow != "hotel" && flow != "service_product" {
			t.wrong("nobody wanted %s %s", r.Key, r.Name)
		}
	}
	for key, w := range wants {
		for _, wrong := range b.differs(key, w) {
			t.wrong("%s (%s): %s", key, w.life, wrong)
		}
	}
	if err := t.judgeStates(ctx, b, wants, rows); err != nil {
		return err
	}
	return t.judgeCalls(ctx, b)
}

// judgeStates holds our own tables to the books.
func (t *trial) judgeStates(ctx context.Context, b standing, wants map[string]want, hotel hotelRows) error {
	rows, err := t.hotel.QueryContext(ctx, "SELECT CONCAT(flow, ':', source_id), status, zoho_id, issue_code, COALESCE(issue_detail, ''), COALESCE(intent, ''), COALESCE(steps, '[]'), lease_owner IS NOT NULL FROM qlobooks_documents WHERE status <> 'not_synced'")
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var key, status, id, code, detail, intent, text string
		var leased bool
		if err := rows.Scan(&key, &status, &id, &code, &detail, &intent, &text, &leased); err != nil {
			return err
		}
		wanted := cmp.Or(wants[key].ours, "synced")
		inBooks := b.byKey[key].ID
		if other, ok := hotel.standsAs[key]; ok { // money that stands as a part, or all, of another document
			inBooks = cmp.Or(b.byKey[other].ID, other)
		}
		if status != wanted || id != inBooks || code != "" || intent != "" || leased {
			t.wrong("%s is %s %s (%s) as %q, in the books as %q, intent %q", key, status, code, detail, id, inBooks, intent)
		}
		var steps []struct {
			Name string
			Done bool
		}
		if err := json.Unmarshal([]byte(text), &steps); err != nil {
			return fmt.Errorf("steps of %s: %w", key, err)
		}
		for _, step := range steps {
			if !step.Done {
				t.wrong("%s: the step %q was never taken", key, step.Name)
			}
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	ended, err := t.hotel.QueryContext(ctx, "SELECT CONCAT_WS(' ', id, kind, status, total, done, failed, held, unchanged, skipped, error) FROM qlobooks_runs "+
		"WHERE status <> 'done' AND NOT (kind IN ('import', 'mapping_refresh') AND status = 'failed' AND error REGEXP '\"zoho_unavailable\"') OR kind IN ('sync', 'tick') AND total <> done + failed + held + unchanged + skipped")
	if err != nil {
		return err
	}
	defer ended.Close()
	for ended.Next() {
		var run string
		if err := ended.Scan(&run); err != nil {
			return err
		}
		t.wrong("a run did not end, or does not add up: %s", run)
	}
	return ended.Err()
}

// judgeCalls counts the calls that went wrong by rule, and how often each invoice was marked as sent.
func (t *trial) judgeCalls(ctx context.Context, b standing) error {
	var load struct{ Calls []books.Call }
	if err := t.ask(ctx, http.MethodGet, "/sandbox/calls", nil, &load); err != nil {
		return err
	}
	sent := map[string]int{}
	for _, c := range load.Calls {
		if c.Fault != "" {
			t.report.Struck++
		}
		if c.Fault == string(books.FaultLate) {
			t.report.Late++
		}
		if c.Status != http.StatusOK || !strings.HasSuffix(c.Path, "/status/sent") {
			continue
		}
		query, err := url.ParseQuery(c.Query)
		if err != nil {
			return err
		}
		for _, id := range strings.Split(cmp.Or(query.Get("invoice_ids"), strings.TrimSuffix(strings.TrimPrefix(c.Path, "/invoices/"), "/status/sent")), ",") {
			sent[id]++
		}
	}
	for key, r := range b.byKey {
		if r.Module == "invoices" && sent[r.ID] != 1 {
			t.wrong("%s was marked as sent %d times", key, sent[r.ID])
		}
	}
	return nil
}
