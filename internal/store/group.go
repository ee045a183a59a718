package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"
)

type settling struct {
	token   string
	outcome Outcome
}

// Settle saves the end of an attempt in one transaction, perhaps together with other ends: the
// document, who waits for whom, the runs it belongs to, the records that show it, its history. A
// wish that came while the attempt ran leaves the document pending. ErrLost means that another
// worker owns it and nothing of it was saved. It is saved even when its process is stopping,
// because the call has been made.
func (s *Store) Settle(token string, o Outcome) error {
	return s.SettleAll(token, []Outcome{o})[0]
}

// SettleAll is Settle for several attempts; the errors are in their order.
func (s *Store) SettleAll(token string, outcomes []Outcome) []error {
	group := make([]settling, len(outcomes))
	for i, o := range outcomes {
		group[i] = settling{token, o}
	}
	return s.ends.do(group...)
}

func (s *Store) settleAll(group []settling) []error {
	ctx, cancel := context.WithTimeout(context.Background(), 15*time.Second)
	defer cancel()
	results, err := s.settleGroup(ctx, group)
	switch {
	case err == nil:
		return results
	case len(group) == 1:
		return []error{err}
	}
	results = nil
	for _, one := range group { // one that cannot be saved must not stop the others
		results = append(results, s.settleAll([]settling{one})...)
	}
	return results
}

func (s *Store) settleGroup(ctx context.Context, group []settling) (results []error, err error) {
	err = s.tx(ctx, func(tx *gorm.DB) error {
		now := s.Now()
		results = make([]error, len(group))
		var saved []Outcome
		var pulled []uint64
		for i, w := range group {
			more, err := s.settleOne(tx, w, now)
			if errors.Is(err, ErrLost) {
				results[i] = err
				continue
			}
			if err != nil {
				return err
			}
			saved, pulled = append(saved, w.outcome), append(pulled, more...)
		}
		return s.followUp(tx, saved, pulled, now)
	})
	return results, err
}

// settleOne saves the document itself and whom it waits for; it gives the documents that it had queued.
func (s *Store) settleOne(tx *gorm.DB, w settling, now time.Time) (pulled []uint64, err error) {
	o := w.outcome
	if err := s.saveOutcome(tx, w.token, o, now); err != nil {
		return nil, err
	}
	if o.Undo != nil {
		if err := s.endUndo(tx, o, now); err != nil {
			return nil, err
		}
	}
	if pulled, err = s.pull(tx, o.Document.Lane, o.Pull, now); err != nil {
		return nil, err
	}
	return pulled, s.wait(tx, o.Document.RowID, append(o.WaitOn, o.Pull...), o.Document.Issue.Code == "", now)
}

// followUp tells everybody whom the ended attempts concern.
func (s *Store) followUp(tx *gorm.DB, saved []Outcome, pulled []uint64, now time.Time) error {
	if len(saved) == 0 {
		return nil
	}
	var all, ended, circled, posted []uint64
	var counted []tally
	var events [][]any
	for _, o := range saved {
		d := o.Document
		all = append(all, d.RowID)
		if d.Status != Blocked || d.Issue.Code != "" {
			ended = append(ended, d.RowID)
		} else if in, err := inCircle(tx, d.RowID); err != nil {
			return err
		} else if in {
			circled = append(circled, d.RowID)
		}
		counted = append(counted, tally{d.RowID, o.Count, o.Calls})
		if o.Event != "" {
			action := string(d.Status)
			if o.Undo != nil && o.Undo.Refused.Code == "" {
				action = undoneAction
			} else if o.Undo != nil {
				action = "undo_refused"
			}
			events = append(events, []any{now, Itself, action, d.Ref.Flow, d.Ref.ID, o.Event})
			if d.ZohoID != "" && o.Undo == nil && (d.Status == Synced || d.Status == Disabled) {
				posted = append(posted, d.RowID)
			}
		}
	}
	if len(ended) > 0 {
		woken, err := wake(tx, ended, now)
		if err != nil {
			return err
		}
		all = append(all, woken...)
	}
	if len(circled) > 0 {
		woken, err := wake(tx, circled, now.Add(circlePause))
		if err != nil {
			return err
		}
		all = append(all, woken...)
	}
	all = append(all, pulled...)
	var wakes []Ref
	for _, o := range saved {
		if o.Synced && o.Changed {
			wakes = append(wakes, o.Document.Wakes...)
		}
		if o.Freed {
			freed, busy, err := loosen(tx, o.Document.Ref, ApplyStep+o.Document.ZohoID)
			if err != nil {
				return err
			}
			if wakes = append(wakes, freed...); busy { // whoever is at it would write over that
				again := "UPDATE qlobooks_documents SET extra = JSON_SET(COALESCE(extra, '{}'), '$.nothing', ?), version = version + 1, status = 'pending', due_at = ? WHERE id = ?"
				if err := tx.Exec(again, letGo, now.Add(busyPause), o.Document.RowID).Error; err != nil {
					return err
				}
			}
		}
	}
	if err := mapAgain(tx, wakes, now); err != nil {
		return err
	}
	counted, err := countStalled(tx, saved, counted)
	if err != nil {
		return err
	}
	if err := countAll(tx, counted, now); err != nil {
		return err
	}
	if err := insert(tx, "INSERT INTO qlobooks_events (at, actor, action, flow, source_id, detail)", events, ""); err != nil {
		return fmt.Errorf("add events: %w", err)
	}
	changes := countChanges{}
	if err := countPosted(tx, posted, now, changes); err != nil {
		return err
	}
	if err := s.change(tx, changes); err != nil {
		return err
	}
	return s.refreshRecords(tx, all, now)
}
