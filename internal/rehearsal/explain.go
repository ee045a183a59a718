package rehearsal

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/hibiken/asynq"
)

// lastCalls is how many calls an explanation shows.
const lastCalls = 30

// History says what became of documents, for whoever waits for them in vain.
func (s *Stage) History(keys ...string) string {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	var b strings.Builder
	for _, key := range keys {
		flow, id, _ := strings.Cut(key, ":")
		s.list(ctx, &b, "document "+key, "SELECT CONCAT_WS(' ', status, issue_code, 'attempts', attempts, 'version', version, IF(step_due, 'step due', NULL), CONCAT('due ', due_at), CONCAT('leased by ', lease_owner, ' until ', lease_until), CONCAT('intent ', LEFT(intent, 300)), CONCAT('\n    ', issue_detail)) "+
			"FROM qlobooks_documents WHERE flow = ? AND source_id = ?", flow, id)
		s.list(ctx, &b, "history of "+key+", newest first", "SELECT CONCAT_WS(' ', at, actor, action, LEFT(detail, 300)) FROM qlobooks_events WHERE flow = ? AND source_id = ? ORDER BY id DESC LIMIT 20", flow, id)
	}
	return b.String()
}

// Explain says what whoever waited in vain asks next: the last calls, what is queued, and how all
// documents stand.
func (s *Stage) Explain() string {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	var b strings.Builder
	s.calls(ctx, &b)
	s.queues(&b)
	s.list(ctx, &b, "documents", "SELECT CONCAT_WS(' ', flow, status, issue_code, 'lane', lane, IF(step_due, 'step due', NULL), IF(rests, 'at rest', 'due'), IF(free, NULL, 'leased'), COUNT(*), CONCAT('from ', MIN(source_id)), CONCAT('attempts ', MAX(attempts)), CONCAT('due ', MIN(due_at))) "+
		"FROM (SELECT d.*, due_at IS NULL rests, lease_owner IS NULL free FROM qlobooks_documents d WHERE status <> 'not_synced') d GROUP BY flow, status, issue_code, lane, step_due, rests, free")
	s.list(ctx, &b, "runs that have not ended", "SELECT CONCAT_WS(' ', id, kind, section, status, total, done, failed, held, unchanged, skipped) FROM qlobooks_runs WHERE status NOT IN ('done', 'failed', 'canceled')")
	return b.String()
}

// calls shows the last ones: with their faults where the stand-in is in this process, else as our own
// log keeps them.
func (s *Stage) calls(ctx context.Context, b *strings.Builder) {
	if s.Books == nil {
		s.list(ctx, b, "last calls, newest first", fmt.Sprintf("SELECT CONCAT_WS(' ', at, ref, method, path, LEFT(query, 200), status, code, LEFT(error, 200)) FROM qlobooks_calls ORDER BY id DESC LIMIT %d", lastCalls))
		return
	}
	all := s.Books.Calls()
	fmt.Fprintf(b, "last of %d calls:\n", len(all))
	for _, c := range all[max(0, len(all)-lastCalls):] {
		fmt.Fprintf(b, "  %s %s %s %.200s %d %d %s\n", c.At.UTC().Format("15:04:05.000"), c.Method, c.Path, c.Query, c.Status, c.Code, c.Fault)
	}
}

func (s *Stage) queues(b *strings.Builder) {
	b.WriteString("queues of doorbells:\n")
	if s.App == nil {
		return
	}
	inspector := asynq.NewInspector(s.App.Queue)
	defer inspector.Close()
	names, err := inspector.Queues()
	if err != nil {
		fmt.Fprintf(b, "  %v\n", err)
	}
	for _, name := range names {
		if q, err := inspector.GetQueueInfo(name); err != nil {
			fmt.Fprintf(b, "  %s: %v\n", name, err)
		} else {
			fmt.Fprintf(b, "  %s: %d pending, %d active, %d scheduled, %d to retry, %d archived\n", name, q.Pending, q.Active, q.Scheduled, q.Retry, q.Archived)
		}
	}
}

// list writes what a query of one column answers.
func (s *Stage) list(ctx context.Context, b *strings.Builder, title, query string, args ...any) {
	fmt.Fprintf(b, "%s:\n", title)
	found, err := s.texts(ctx, query, args...)
	for _, line := range found {
		fmt.Fprintf(b, "  %s\n", line)
	}
	if err != nil {
		fmt.Fprintf(b, "  %v\n", err)
	}
}

func (s *Stage) texts(ctx context.Context, query string, args ...any) ([]string, error) {
	if s.db == nil {
		return nil, fmt.Errorf("no database is open")
	}
	rows, err := s.db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []string
	for rows.Next() {
		var text sql.NullString
		if err := rows.Scan(&text); err != nil {
			return list, err
		}
		list = append(list, text.String)
	}
	return list, rows.Err()
}

// Moved is another text whenever work has gone on, for whoever waits for its end.
func (s *Stage) Moved() string {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	list, err := s.texts(ctx, "SELECT CONCAT_WS(' ', status, COUNT(*), SUM(version), SUM(attempts)) FROM qlobooks_documents GROUP BY status "+
		"UNION ALL SELECT CONCAT_WS(' ', status, COUNT(*), SUM(total), SUM(done + failed + held + unchanged + skipped)) FROM qlobooks_runs GROUP BY status "+
		"UNION ALL SELECT COUNT(*) FROM qlobooks_records UNION ALL SELECT MAX(id) FROM qlobooks_calls UNION ALL SELECT MAX(id) FROM qlobooks_events")
	if err != nil {
		return err.Error()
	}
	return strings.Join(list, "\n")
}

// Due counts the documents that move by themselves: those on their way, and those that stand, or are held for money,
// and are about to be mapped again because what they depend on changed. These read as before until that begins.
func (s *Stage) Due(ctx context.Context) (int, error) {
	list, err := s.texts(ctx, "SELECT COUNT(*) FROM qlobooks_documents WHERE status IN ('pending', 'syncing') OR due_at IS NOT NULL AND (status = 'synced' OR status = 'held' AND issue_code IN ('paid_document', 'overpaid_after_edit'))")
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(list[0])
}
