package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/qlobooks/qlobooks/internal/fault"
)

// Count says how a run counts the end of a document's first attempt.
type Count string

const (
	NotYet         Count = "" // still on its way: blocked by something that moves
	CountDone      Count = "done"
	CountFailed    Count = "failed"
	CountHeld      Count = "held"
	CountUnchanged Count = "unchanged"
	CountSkipped   Count = "skipped"
	// What rightly has no document counts as done the first time and as unchanged then, except in a
	// record of which everything else was left out: that one is skipped.
	CountEmpty      Count = "empty"
	CountEmptyAgain Count = "empty_again"
)

// Shown is the one of the five counts of a run in which a record of this end appears.
func (c Count) Shown() Count {
	switch c {
	case CountEmpty:
		return CountDone
	case CountEmptyAgain:
		return CountUnchanged
	default:
		return c
	}
}

// Outcome is how one attempt ended.
type Outcome struct {
	Document Document // Status, Issue, Notices, Steps, StepDue, facts and link as they are now
	Answered bool     // what was sent last has not been saved yet
	Retry    *time.Time
	Count    Count
	Calls    int
	Synced   bool     // it stands at Zoho as wanted since now
	Changed  bool     // something of it was changed there, so those it wakes are mapped again
	KeepHint bool     // keep the intent: its outcome is unknown
	WaitOn   []Ref    // wake this document when one of these ends an attempt
	Pull     []Ref    // masters to queue because this document needs them
	Freed    bool     // it counted for nothing until now, and there was let go whatever had settled it
	Event    string   // what the history says; empty = nothing worth a line
	Undo     *UndoEnd // how it ended that the document was to be taken back; nil = it was not to be, or goes on
}

// since is when a document came to stand still for its cause: another attempt that ends at the same one
// changes nothing. It stands before issue_code, as assignments are made from left to right.
const since = "IF(? = '', NULL, IF(issue_code = ? AND issue_since IS NOT NULL, issue_since, ?))"

func (s *Store) saveOutcome(tx *gorm.DB, token string, o Outcome, now time.Time) error {
	d := o.Document.fitting()
	if err := linked(func(q string, args ...any) *gorm.DB { return tx.Exec(q, args...) }, token, d); err != nil {
		return err
	}
	steps, _ := json.Marshal(d.Steps)
	set := "stood = '', stood_due = NULL, status = IF(version = ?, ?, 'pending'), due_at = IF(version = ?, ?, ?), attempts = ?, lease_owner = NULL, lease_until = NULL, " +
		"late_until = ?, found = ?, paired = ?, made_at = ?, zoho_id = ?, zoho_number = ?, zoho_name = ?, fingerprint = ?, steps = ?, pays_credit = ?, " + asDraft + ", step_due = ?, extra = ?, wakes = ?, title = ?, day = ?, currency = ?, " +
		"total = ?, tax = ?, applied = ?, issue_since = " + since + ", issue_code = ?, issue_detail = ?, issue_action = ?, issue_proof = ?, notices = ?, updated_at = ?"
	args := []any{
		d.Version, string(d.Status), d.Version, o.Retry, now, d.Attempts,
		d.LateUntil, d.Found, d.Paired, d.MadeAt, d.ZohoID, d.Number, d.Name, d.Fingerprint, string(steps), d.PaysCredit(), d.isDraft(), d.StepDue, orNull(string(d.Extra)), jsonOrNull(d.Wakes), d.Title, orNull(d.Day), d.Currency,
		d.Total, d.Tax, d.Applied, d.Issue.Code, d.Issue.Code, now, d.Issue.Code, orNull(d.Issue.Detail), orNull(d.Issue.Action), orNull(string(d.Issue.Proof)), jsonOrNull(d.Notices), now,
	}
	if !o.KeepHint {
		set += ", intent = NULL"
	}
	if d.ZohoID != "" && d.UndoRun == 0 { // it stands again
		set += ", undone = NULL, undone_at = NULL"
	}
	if o.Answered {
		set += ", sent = ?"
		args = append(args, orNull(string(d.Sent)))
	}
	if o.Synced {
		set += ", last_synced_at = ?"
		args = append(args, now)
	}
	res := tx.Exec("UPDATE qlobooks_documents SET "+set+" WHERE id = ? AND lease_owner = ?", append(args, d.RowID, token)...)
	if res.Error != nil {
		return fmt.Errorf("settle %s: %w", d.Ref.Key(), res.Error)
	}
	if res.RowsAffected == 0 {
		return ErrLost
	}
	return nil
}

// SettleUnchanged ends the attempts of documents that already stand at Zoho exactly as wanted,
// all at once and without a call.
func (s *Store) SettleUnchanged(ctx context.Context, token string, docs []Document) error {
	if len(docs) == 0 {
		return nil
	}
	ids := make([]uint64, len(docs))
	for i, d := range docs {
		ids[i] = d.RowID
	}
	return s.tx(ctx, func(tx *gorm.DB) error {
		now := s.Now()
		for status, group := range byStatus(docs) {
			err := tx.Exec("UPDATE qlobooks_documents SET stood = '', stood_due = NULL, status = ?, due_at = NULL, attempts = 0, issue_code = '', issue_detail = NULL, issue_action = NULL, issue_proof = NULL, "+
				"intent = NULL, last_synced_at = ? WHERE (id, version) IN ? AND lease_owner = ?", string(status), now, group, token).Error
			if err != nil {
				return fmt.Errorf("settle unchanged: %w", err)
			}
		}
		// Whatever was wished for again meanwhile only gives up its lease and stays due.
		if err := tx.Exec("UPDATE qlobooks_documents SET lease_owner = NULL, lease_until = NULL, status = IF(due_at IS NULL, status, 'pending') WHERE id IN ? AND lease_owner = ?", ids, token).Error; err != nil {
			return err
		}
		woken, err := wake(tx, ids, now)
		if err != nil {
			return err
		}
		if err := count(tx, ids, CountUnchanged, now); err != nil {
			return err
		}
		return s.refreshRecords(tx, append(ids, woken...), now)
	})
}

func byStatus(docs []Document) map[Status][][]any {
	groups := map[Status][][]any{}
	for _, d := range docs {
		groups[d.Status] = append(groups[d.Status], []any{d.RowID, d.Version})
	}
	return groups
}

// pull queues masters that a document needs and names those that it queued; ones already on their way or
// standing stay as they are.
func (s *Store) pull(tx *gorm.DB, lane Lane, refs []Ref, now time.Time) (queued []uint64, err error) {
	for _, ref := range refs {
		if err := ensure(tx, ref, lane, now); err != nil {
			return nil, err
		}
		res := tx.Exec("UPDATE qlobooks_documents SET stood = '', stood_due = NULL, status = 'pending', version = version + 1, lane = LEAST(lane, ?), due_at = ?, news = 0, keep_content = 0, keep_state = 0, undone_at = NULL "+
			"WHERE flow = ? AND source_id = ? AND zoho_id = '' AND (status = 'not_synced' OR status = 'synced' AND extra = ?)", lane, now, ref.Flow, ref.ID, Unneeded)
		if res.Error != nil {
			return nil, fmt.Errorf("queue %s: %w", ref.Key(), res.Error)
		}
		if res.RowsAffected == 0 {
			continue
		}
		var id uint64
		if err := tx.Raw("SELECT id FROM qlobooks_documents WHERE flow = ? AND source_id = ?", ref.Flow, ref.ID).Scan(&id).Error; err != nil {
			return nil, err
		}
		queued = append(queued, id)
	}
	return queued, nil
}

// Ensure adds a document that no list names, tied to the records of what it is a part of.
func (s *Store) Ensure(ctx context.Context, ref Ref) error {
	return s.tx(ctx, func(tx *gorm.DB) error { return ensure(tx, ref, History, s.Now()) })
}

func ensure(tx *gorm.DB, ref Ref, lane Lane, now time.Time) error {
	res := tx.Exec("INSERT IGNORE INTO qlobooks_documents (flow, source_id, lane, created_at, updated_at) VALUES (?, ?, ?, ?, ?)",
		ref.Flow, ref.ID, lane, now, now)
	if res.Error != nil {
		return fmt.Errorf("add %s: %w", ref.Key(), res.Error)
	}
	if res.RowsAffected == 0 {
		return nil
	}
	return tiePart(tx, ref)
}

// wait registers the waiter with each of refs. The rows are read under lock, so that one that
// ended its attempt between the mapping and now wakes the waiter at once instead of never. rest
// tells that the waiter waits for them to come to rest, however they end.
func (s *Store) wait(tx *gorm.DB, waiter uint64, refs []Ref, rest bool, now time.Time) error {
	if len(refs) == 0 {
		return nil
	}
	var rows []documentRow
	if err := tx.Raw("SELECT "+documentColumns+" FROM qlobooks_documents d WHERE (d.flow, d.source_id) IN ? ORDER BY d.id FOR UPDATE", pairs(refs)).Scan(&rows).Error; err != nil {
		return fmt.Errorf("lock awaited documents: %w", err)
	}
	ready := len(rows) > 0
	for _, row := range rows {
		d := row.document()
		ready = ready && (d.Usable() || rest && !d.Moving())
		if err := tx.Exec("INSERT IGNORE INTO qlobooks_waits (waiter_id, on_id) VALUES (?, ?)", waiter, d.RowID).Error; err != nil {
			return err
		}
	}
	if ready {
		return tx.Exec("UPDATE qlobooks_documents SET due_at = ?, status = 'pending' WHERE id = ? AND (status = 'blocked' OR status = 'skipped' AND issue_code IN ?)", now, waiter, filters).Error
	}
	return nil
}

// mapAgain makes documents due that stand at Zoho but depend on what has just changed there, such
// as a payment whose invoice came, and those that are held for money that stood on them. One that finds nothing to do
// costs no call.
func mapAgain(tx *gorm.DB, refs []Ref, now time.Time) error {
	if len(refs) == 0 {
		return nil
	}
	var ids []uint64 // read first: an update by pairs is not always done by their index
	if err := tx.Raw("SELECT id FROM qlobooks_documents WHERE (flow, source_id) IN ? AND (zoho_id <> '' OR status = 'syncing' OR "+heldForMoney+") ORDER BY id", pairs(refs)).Scan(&ids).Error; err != nil || len(ids) == 0 {
		return err
	}
	return tx.Exec("UPDATE qlobooks_documents SET version = version + 1, due_at = ? WHERE id IN ? AND (step_due = 0 AND (status = 'syncing' OR zoho_id <> '' AND status = 'synced') OR "+heldForMoney+")", now, ids).Error
}

// heldForMoney are documents that a person is asked about because of what settles an invoice: that may have gone back.
const heldForMoney = "status = 'held' AND issue_code IN ('paid_document', 'overpaid_after_edit')"

// WakeMaster marks a retired master so that its step of this name is taken again at due, and gives
// the id of its document, which the caller makes active now.
func (s *Store) WakeMaster(ctx context.Context, ref Ref, step string, due time.Time) (id string, err error) {
	err = s.tx(ctx, func(tx *gorm.DB) error {
		var rows []documentRow
		err := tx.Raw("SELECT "+documentColumns+" FROM qlobooks_documents d WHERE d.flow = ? AND d.source_id = ? AND d.lease_owner IS NULL FOR UPDATE", ref.Flow, ref.ID).Scan(&rows).Error
		if err != nil {
			return fmt.Errorf("wake %s: %w", ref.Key(), err)
		}
		if len(rows) == 0 {
			return fault.New(fault.Unavailable, "zoho_record_inactive", "A record that it names is being made active or inactive right now.").Do("It is tried again by itself.")
		}
		d := rows[0].document()
		id = d.ZohoID
		for i := range d.Steps {
			if d.Steps[i].Name == step {
				d.Steps[i].Done = false
			}
		}
		steps, _ := json.Marshal(d.Steps)
		err = tx.Exec("UPDATE qlobooks_documents SET status = 'pending', version = version + 1, due_at = ?, steps = ? WHERE id = ?", due, string(steps), d.RowID).Error
		if err != nil {
			return err
		}
		return s.refreshRecords(tx, []uint64{d.RowID}, s.Now())
	})
	return id, err
}

// MarkGone notes that the document with this id, one of refs, exists no more at Zoho, as the refusal
// of another that names it showed, and gives it as it was before. Where it is only what one of them stood
// for formerly, that is forgotten. Its Ref is zero when none of refs has or had the id. One that a person left out stays so.
func (s *Store) MarkGone(ctx context.Context, zohoID string, refs []Ref, detail, action string) (was Document, err error) {
	if len(refs) == 0 {
		return was, nil
	}
	err = s.tx(ctx, func(tx *gorm.DB) error {
		var rows []documentRow
		err := tx.Raw("SELECT "+documentColumns+" FROM qlobooks_documents d WHERE (d.flow, d.source_id) IN ? AND d.zoho_id = ? FOR UPDATE", pairs(refs), zohoID).Scan(&rows).Error
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			was, err = formerGone(tx, zohoID, refs)
			return err
		}
		d := rows[0].document()
		was = d
		if d.Status != Synced && d.Status != Disabled {
			return nil // it is being worked on and learns it by itself, or is marked already
		}
		now := s.Now()
		err = tx.Exec("UPDATE qlobooks_documents SET status = 'rejected', due_at = NULL, issue_since = "+since+", issue_code = ?, issue_detail = ?, issue_action = ?, issue_proof = NULL, updated_at = ? WHERE id = ?", gone, gone, now, gone, detail, action, now, d.RowID).Error
		if err != nil {
			return err
		}
		if err := addEvent(tx, Event{At: now, Actor: "engine", Action: "sync", Ref: d.Ref, Detail: detail}); err != nil {
			return err
		}
		return s.ended(tx, []uint64{d.RowID}, CountFailed, now)
	})
	if err != nil {
		return was, fmt.Errorf("mark what is gone: %w", err)
	}
	return was, nil
}

// Untake forgets that the document of an id, one of refs, had taken a step that was answered as done and is not, and queues
// it, so that the step is taken again. That is done once: a second time a person is told. The Ref is zero where
// nothing was forgotten; moving tells that the document is on its way, and may take it by itself.
func (s *Store) Untake(ctx context.Context, zohoID, step string, refs []Ref) (of Ref, moving bool, err error) {
	if len(refs) == 0 {
		return of, false, nil
	}
	err = s.tx(ctx, func(tx *gorm.DB) error {
		var rows []documentRow
		err := tx.Raw("SELECT "+documentColumns+" FROM qlobooks_documents d WHERE (d.flow, d.source_id) IN ? AND d.zoho_id = ? AND (d.status IN ('pending', 'syncing') OR d.status = 'synced' AND d.found = 0 AND d.lease_owner IS NULL AND d.intent IS NULL) FOR UPDATE", pairs(refs), zohoID).Scan(&rows).Error
		if err != nil || len(rows) == 0 {
			return err
		}
		d := rows[0].document()
		if moving = d.Moving(); moving || !d.Done(step) {
			return nil
		}
		for n := range d.Steps {
			if d.Steps[n].Name == step {
				d.Steps[n] = StepState{Name: step}
			}
		}
		of = d.Ref
		now := s.Now()
		if err := tx.Exec("UPDATE qlobooks_documents SET steps = ?, found = 1 WHERE id = ?", jsonOrNull(d.Steps), d.RowID).Error; err != nil {
			return err
		}
		if err := s.queue(tx, 0, []uint64{d.RowID}, everything(d.Lane)); err != nil {
			return err
		}
		return addEvent(tx, Event{At: now, Actor: "engine", Action: "sync", Ref: d.Ref, Detail: "Zoho Books had answered that «" + step + "» was done, and it was not; it is done again."})
	})
	return of, moving, err
}

// formerGone takes an id from what one of refs stood for formerly; that one's Ref is zero when none did.
func formerGone(tx *gorm.DB, zohoID string, refs []Ref) (was Document, err error) {
	var rows []documentRow
	err = tx.Raw("SELECT "+documentColumns+" FROM qlobooks_documents d WHERE (d.flow, d.source_id) IN ? AND FIND_IN_SET(?, REPLACE(d.former, ' ', ',')) > 0 FOR UPDATE", pairs(refs), zohoID).Scan(&rows).Error
	if err != nil || len(rows) == 0 {
		return was, err
	}
	was = rows[0].document()
	kept := slices.DeleteFunc(slices.Clone(was.Former), func(id string) bool { return id == zohoID })
	return was, tx.Exec("UPDATE qlobooks_documents SET former = ? WHERE id = ?", strings.Join(kept, " "), was.RowID).Error
}

func pairs(refs []Ref) [][]any {
	list := make([][]any, len(refs))
	for i, r := range refs {
		list[i] = []any{r.Flow, r.ID}
	}
	return list
}

// wake makes everything due that waits for one of ids, and names it: the records that show it come to
// look otherwise too.
func wake(tx *gorm.DB, ids []uint64, now time.Time) (waiters []uint64, err error) {
	if err := tx.Raw("SELECT DISTINCT waiter_id FROM qlobooks_waits WHERE on_id IN ?", ids).Scan(&waiters).Error; err != nil || len(waiters) == 0 {
		return nil, err
	}
	// What a filter left out together with another comes back with it, what a person left out does not.
	if err := tx.Exec("UPDATE qlobooks_documents SET stood = status, stood_due = ?, due_at = ?, status = 'pending', version = version + 1 WHERE id IN ? AND (status = 'blocked' OR status = 'skipped' AND issue_code IN ?)", now, now, waiters, filters).Error; err != nil {
		return nil, fmt.Errorf("wake waiting documents: %w", err)
	}
	// One that a run has queued meanwhile is looked at also when that run is canceled.
	if err := tx.Exec("UPDATE qlobooks_documents SET stood_due = ? WHERE id IN ? AND status = 'pending' AND stood IN ('blocked', 'skipped')", now, waiters).Error; err != nil {
		return nil, err
	}
	// A waiter that is being worked on right now is wished for again, as it may have read the old state.
	if err := tx.Exec("UPDATE qlobooks_documents SET version = version + 1 WHERE id IN ? AND status = 'syncing'", waiters).Error; err != nil {
		return nil, err
	}
	return waiters, tx.Exec("DELETE FROM qlobooks_waits WHERE on_id IN ?", ids).Error
}
