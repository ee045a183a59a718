package store

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"gorm.io/gorm"
)

// mostSettled bounds how many attempts end in one transaction.
const mostSettled = 25

// settlings are ends of attempts that wait for a transaction. Those that come while one runs
// share the next one, so that a fast engine needs few transactions and a slow one none more.
type settlings struct {
	mu      sync.Mutex
	waiting []*settling
	running bool
}

type settling struct {
	token   string
	outcome Outcome
	done    chan error
}

// Settle saves the end of an attempt in one transaction, perhaps together with other ends: the
// document, who waits for whom, the runs it belongs to, the records that show it, its history. A
// wish that came while the attempt ran leaves the document pending. ErrLost means that another
// worker owns it and nothing of it was saved.
func (s *Store) Settle(_ context.Context, token string, o Outcome) error {
	w := &settling{token: token, outcome: o, done: make(chan error, 1)}
	s.settlings.mu.Lock()
	s.settlings.waiting = append(s.settlings.waiting, w)
	if !s.settlings.running {
		s.settlings.running = true
		go s.drain()
	}
	s.settlings.mu.Unlock()
	return <-w.done
}

// drain ends what waits until nothing does. An end is saved even when its process is stopping,
// because the call has been made.
func (s *Store) drain() {
	for {
		s.settlings.mu.Lock()
		n := min(len(s.settlings.waiting), mostSettled)
		group := s.settlings.waiting[:n:n]
		s.settlings.waiting = s.settlings.waiting[n:]
		s.settlings.running = n > 0
		s.settlings.mu.Unlock()
		if n == 0 {
			return
		}
		s.settleAll(group)
	}
}

func (s *Store) settleAll(group []*settling) {
	ctx, cancel := context.WithTimeout(context.Background(), 15*time.Second)
	defer cancel()
	results, err := s.settleGroup(ctx, group)
	if err != nil && len(group) > 1 { // one that cannot be saved must not stop the others
		for _, w := range group {
			s.settleAll([]*settling{w})
		}
		return
	}
	for i, w := range group {
		if err != nil {
			w.done <- err
		} else {
			w.done <- results[i]
		}
	}
}

func (s *Store) settleGroup(ctx context.Context, group []*settling) (results []error, err error) {
	err = s.tx(ctx, func(tx *gorm.DB) error {
		now := s.Now()
		results = make([]error, len(group))
		var saved []Outcome
		for i, w := range group {
			err := s.settleOne(tx, w, now)
			if errors.Is(err, ErrLost) {
				results[i] = err
				continue
			}
			if err != nil {
				return err
			}
			saved = append(saved, w.outcome)
		}
		return s.followUp(tx, saved, now)
	})
	return results, err
}

// settleOne saves the document itself and whom it waits for.
func (s *Store) settleOne(tx *gorm.DB, w *settling, now time.Time) error {
	o := w.outcome
	if err := s.saveOutcome(tx, w.token, o, now); err != nil {
		return err
	}
	pulled, err := s.pull(tx, o.Document.Lane, o.Pull, now)
	if err != nil {
		return err
	}
	return s.wait(tx, o.Document.RowID, append(o.WaitOn, pulled...), o.Document.Issue.Code == "", now)
}

// followUp tells everybody whom the ended attempts concern.
func (s *Store) followUp(tx *gorm.DB, saved []Outcome, now time.Time) error {
	if len(saved) == 0 {
		return nil
	}
	var all, ended []uint64
	var counted []tally
	var events [][]any
	for _, o := range saved {
		d := o.Document
		all = append(all, d.RowID)
		if d.Status != Blocked || d.Issue.Code != "" {
			ended = append(ended, d.RowID)
		}
		counted = append(counted, tally{d.RowID, o.Count, o.Calls})
		if o.Event != "" {
			events = append(events, []any{now, "QloBooks", string(d.Status), d.Ref.Flow, d.Ref.ID, o.Event})
		}
	}
	if len(ended) > 0 {
		if err := wake(tx, ended, now); err != nil {
			return err
		}
	}
	for _, o := range saved {
		if o.Synced && o.Changed {
			if err := s.mapAgain(tx, o.Document.Wakes, now); err != nil {
				return err
			}
		}
	}
	if err := countAll(tx, counted, now); err != nil {
		return err
	}
	if err := insert(tx, "INSERT INTO qlobooks_events (at, actor, action, flow, source_id, detail)", events, ""); err != nil {
		return fmt.Errorf("add events: %w", err)
	}
	return s.refreshRecords(tx, all, now)
}
