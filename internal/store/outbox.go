package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"
)

// Queue names one kind of work that waits: documents of a flow in a lane, either to be written
// or with only bulk steps open.
type Queue struct {
	Flow    string
	Lane    Lane
	StepDue bool
}

// Due tells how many documents wait in each queue of flows, counting at most limit in each. It reads
// one entry of the index for each queue, and then counts in those that have something due.
func (s *Store) Due(ctx context.Context, flows []string, limit int) (map[Queue]int, error) {
	now := s.moment()
	db := s.db.WithContext(ctx)
	type row struct {
		Flow    string
		Lane    Lane
		StepDue bool
		Due     bool
		N       int
	}
	var queues []row
	if err := db.Raw("SELECT flow, step_due, lane, COALESCE(MIN(due_at) <= ?, 0) due FROM qlobooks_documents GROUP BY flow, step_due, lane", now).Scan(&queues).Error; err != nil {
		return nil, fmt.Errorf("look for due documents: %w", err)
	}
	var parts []string
	var args []any
	for _, q := range queues {
		if q.Due && slices.Contains(flows, q.Flow) {
			parts = append(parts, "SELECT ? flow, ? lane, ? step_due, (SELECT COUNT(*) FROM (SELECT 1 FROM qlobooks_documents "+
				"WHERE flow = ? AND step_due = ? AND lane = ? AND due_at <= ? AND (lease_until IS NULL OR lease_until < ?) LIMIT ?) x) n")
			args = append(args, q.Flow, q.Lane, q.StepDue, q.Flow, q.StepDue, q.Lane, now, now, limit)
		}
	}
	due := map[Queue]int{}
	if len(parts) == 0 {
		return due, nil
	}
	var counts []row
	if err := db.Raw(strings.Join(parts, " UNION ALL "), args...).Scan(&counts).Error; err != nil {
		return nil, fmt.Errorf("count due documents: %w", err)
	}
	for _, r := range counts {
		if r.N > 0 {
			due[Queue{r.Flow, r.Lane, r.StepDue}] = r.N
		}
	}
	return due, nil
}

// Claim takes up to limit due documents of a queue for token, oldest wish first. Nobody else
// gets them until the lease ends or they are settled.
func (s *Store) Claim(ctx context.Context, token string, q Queue, limit int, lease time.Duration) ([]Document, error) {
	now := s.moment()
	res := s.exec(ctx, "UPDATE qlobooks_documents SET lease_owner = ?, lease_until = ?, status = 'syncing' "+
		"WHERE flow = ? AND step_due = ? AND lane = ? AND due_at <= ? AND (lease_until IS NULL OR lease_until < ?) ORDER BY due_at, id LIMIT ?",
		token, s.after(lease), q.Flow, q.StepDue, q.Lane, now, now, limit)
	if res.Error != nil {
		return nil, fmt.Errorf("claim documents: %w", res.Error)
	}
	if res.RowsAffected == 0 { // as every second time: a queue is worked on until it is empty
		return nil, nil
	}
	return s.byLease(ctx, token)
}

func (s *Store) byLease(ctx context.Context, token string) ([]Document, error) {
	var rows []documentRow
	err := s.db.WithContext(ctx).Raw("SELECT "+documentColumns+" FROM qlobooks_documents d WHERE d.lease_owner = ? ORDER BY d.due_at, d.id", token).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read claimed documents: %w", err)
	}
	return documents(rows), nil
}

// Renew keeps the leases of token for another while and reports how many it still holds.
func (s *Store) Renew(ctx context.Context, token string, lease time.Duration) (int, error) {
	res := s.exec(ctx, "UPDATE qlobooks_documents SET lease_until = ? WHERE lease_owner = ?", s.after(lease), token)
	return int(res.RowsAffected), res.Error
}

// Release gives unfinished documents of token back at once, as they are: what may have been called
// for stays unknown.
func (s *Store) Release(ctx context.Context, token string) error {
	return s.exec(ctx, "UPDATE qlobooks_documents SET lease_owner = NULL, lease_until = NULL, status = IF(intent IS NULL, 'pending', 'unknown') WHERE lease_owner = ?", token).Error
}

// ErrLost says that somebody else holds the document now: the lease had ended.
var ErrLost = fmt.Errorf("the lease of this document was lost")

// intending is the intent of one document.
type intending struct {
	token  string
	id     uint64
	intent string
	lease  time.Duration
}

// SaveIntent stores what is about to be called, before it is called, and renews the lease.
// ErrLost means that the call must not be made.
func (s *Store) SaveIntent(ctx context.Context, token string, id uint64, intent any, lease time.Duration) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	b, err := json.Marshal(intent)
	if err != nil {
		return fmt.Errorf("intent: %w", err)
	}
	return s.intents.do(intending{token, id, string(b), lease})[0]
}

// saveIntents saves those of different documents in one statement.
func (s *Store) saveIntents(group []intending) []error {
	ctx, cancel := context.WithTimeout(context.Background(), 15*time.Second)
	defer cancel()
	errs := make([]error, len(group))
	for i, w := range group {
		if slices.ContainsFunc(group[:i], func(o intending) bool { return o.id == w.id }) {
			return append(s.saveIntents(group[:i]), s.saveIntents(group[i:])...)
		}
	}
	var ids []uint64
	var texts, owners []any
	var until time.Duration
	for _, w := range group {
		ids, texts, owners, until = append(ids, w.id), append(texts, w.id, w.intent), append(owners, w.id, w.token), w.lease
	}
	cases := "CASE id" + strings.Repeat(" WHEN ? THEN ?", len(group)) + " END"
	args := append(append(texts, s.moment(), s.after(until), ids), owners...)
	res := s.exec(ctx, "UPDATE qlobooks_documents SET intent = "+cases+", intent_at = ?, lease_until = ? WHERE id IN ? AND lease_owner = "+cases, args...)
	if res.Error != nil {
		for i := range errs {
			if errs[i] = fmt.Errorf("save intent: %w", res.Error); len(group) > 1 { // together they may be too long for the server
				errs[i] = s.saveIntents(group[i : i+1])[0]
			}
		}
		return errs
	}
	if int(res.RowsAffected) == len(group) {
		return errs
	}
	var held []struct {
		ID         uint64
		LeaseOwner string
	}
	err := s.db.WithContext(ctx).Raw("SELECT id, lease_owner FROM qlobooks_documents WHERE id IN ? AND lease_owner IS NOT NULL", ids).Scan(&held).Error
	owner := map[uint64]string{}
	for _, h := range held {
		owner[h.ID] = h.LeaseOwner
	}
	for i, w := range group {
		if err != nil {
			errs[i] = fmt.Errorf("read who holds the documents: %w", err)
		} else if owner[w.id] != w.token {
			errs[i] = ErrLost
		}
	}
	return errs
}

// SaveIntents stores one intent for several documents that share a call, and tells which of them
// are still token's; only those may be called for.
func (s *Store) SaveIntents(ctx context.Context, token string, ids []uint64, intent any, lease time.Duration) (mine map[uint64]bool, err error) {
	b, err := json.Marshal(intent)
	if err != nil {
		return nil, fmt.Errorf("intent: %w", err)
	}
	if err := s.exec(ctx, "UPDATE qlobooks_documents SET intent = ?, intent_at = ?, lease_until = ? WHERE id IN ? AND lease_owner = ?", string(b), s.moment(), s.after(lease), ids, token).Error; err != nil {
		return nil, fmt.Errorf("save intents: %w", err)
	}
	return s.held(ctx, token, ids)
}

// held tells which documents are still token's.
func (s *Store) held(ctx context.Context, token string, ids []uint64) (mine map[uint64]bool, err error) {
	var held []uint64
	if err := s.db.WithContext(ctx).Raw("SELECT id FROM qlobooks_documents WHERE id IN ? AND lease_owner = ?", ids, token).Scan(&held).Error; err != nil {
		return nil, fmt.Errorf("read who holds the documents: %w", err)
	}
	mine = map[uint64]bool{}
	for _, id := range held {
		mine[id] = true
	}
	return mine, nil
}

// LetGo notes that the call of stored intents leaves now, as it may have waited for its turn since
// they were stored, and renews the lease. ErrLost means that it must not leave: one of the documents
// is another worker's.
func (s *Store) LetGo(ctx context.Context, token string, ids []uint64, lease time.Duration) error {
	if err := s.exec(ctx, "UPDATE qlobooks_documents SET intent_at = ?, lease_until = ? WHERE id IN ? AND lease_owner = ? AND intent IS NOT NULL", s.moment(), s.after(lease), ids, token).Error; err != nil {
		return fmt.Errorf("note when a call left: %w", err)
	}
	mine, err := s.held(ctx, token, ids)
	if err == nil && len(mine) < len(ids) {
		err = ErrLost
	}
	return err
}

// Withdraw takes back the intent of a call that certainly never left.
func (s *Store) Withdraw(ctx context.Context, token string, id uint64) error {
	return s.exec(ctx, "UPDATE qlobooks_documents SET intent = NULL WHERE id = ? AND lease_owner = ?", id, token).Error
}

// SaveAnswer stores what Zoho said right after the call, whatever happens to the steps that
// follow, and clears the intent.
func (s *Store) SaveAnswer(ctx context.Context, token string, d Document) error {
	d = d.fitting()
	if err := linked(func(q string, args ...any) *gorm.DB { return s.exec(ctx, q, args...) }, token, d); err != nil {
		return err
	}
	steps, _ := json.Marshal(d.Steps)
	res := s.exec(ctx, "UPDATE qlobooks_documents SET intent = NULL, late_until = ?, found = ?, paired = ?, made_at = ?, zoho_id = ?, zoho_number = ?, zoho_name = ?, fingerprint = ?, steps = ?, pays_credit = ?, "+asDraft+", extra = ?, sent = ?, "+
		"title = ?, day = ?, currency = ?, total = ?, tax = ?, applied = ?, undone = IF(?, NULL, undone), undone_at = IF(?, NULL, undone_at), updated_at = ? WHERE id = ? AND lease_owner = ?",
		d.LateUntil, d.Found, d.Paired, d.MadeAt, d.ZohoID, d.Number, d.Name, d.Fingerprint, string(steps), d.PaysCredit(), d.isDraft(), orNull(string(d.Extra)), orNull(string(d.Sent)), d.Title, orNull(d.Day), d.Currency, d.Total, d.Tax, d.Applied,
		d.ZohoID != "" && d.UndoRun == 0, d.ZohoID != "" && d.UndoRun == 0, s.Now(), d.RowID, token)
	if res.Error != nil {
		return fmt.Errorf("save answer: %w", res.Error)
	}
	if res.RowsAffected == 0 {
		return ErrLost
	}
	return nil
}

// Ring makes the gathered bulk steps of a flow due now. It does nothing while documents of the
// flow are still to be written, unless at least full have gathered.
func (s *Store) Ring(ctx context.Context, flow string, full int) error {
	now := s.moment()
	var there struct{ Busy, Gathered int }
	if err := s.db.WithContext(ctx).Raw("SELECT (SELECT COUNT(*) FROM (SELECT 1 FROM qlobooks_documents WHERE flow = ? AND step_due = 0 AND lane IN (0, 1, 2) AND due_at <= ? LIMIT 1) x) busy, "+
		"(SELECT COUNT(*) FROM (SELECT 1 FROM qlobooks_documents WHERE flow = ? AND step_due = 1 AND lane IN (0, 1, 2) AND due_at > ? LIMIT ?) y) gathered",
		flow, now, flow, now, full).Scan(&there).Error; err != nil {
		return err
	}
	if there.Gathered == 0 || there.Busy > 0 && there.Gathered < full {
		return nil
	}
	return s.exec(ctx, "UPDATE qlobooks_documents SET due_at = ? WHERE flow = ? AND step_due = 1 AND lane IN (0, 1, 2) AND due_at > ? AND lease_owner IS NULL", now, flow, now).Error
}
