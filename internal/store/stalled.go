package store

import (
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"
)

// What waits for something that failed, or whose outcome is unknown, goes on by itself one day, perhaps
// in an hour. A run does not wait for that: it counts such a document as held.

// deepest bounds how far a chain of waiting is followed; an order's is four documents long.
const deepest = 8

// stalled gives those of the documents that wait for something which failed, directly or through others
// that wait, and all that wait for them.
func stalled(tx *gorm.DB, waiters []uint64) ([]uint64, error) {
	var held []uint64
	for _, waiter := range waiters {
		failed, err := waitsInVain(tx, waiter)
		if err != nil {
			return nil, err
		}
		if failed {
			held = append(held, waiter)
		}
	}
	next := held
	for range deepest {
		if len(next) == 0 {
			break
		}
		on := next
		next = nil
		err := tx.Raw("SELECT DISTINCT w.waiter_id FROM qlobooks_waits w JOIN qlobooks_documents d ON d.id = w.waiter_id WHERE w.on_id IN ? AND w.waiter_id NOT IN ? AND d.status = 'blocked' AND d.issue_code = ''", on, held).Scan(&next).Error
		if err != nil {
			return nil, fmt.Errorf("find who waits: %w", err)
		}
		held = append(held, next...)
	}
	return held, nil
}

func waitsInVain(tx *gorm.DB, waiter uint64) (bool, error) {
	next := []uint64{waiter}
	for range deepest {
		var on []struct {
			ID     uint64
			Status string
		}
		err := tx.Raw("SELECT DISTINCT d.id, d.status FROM qlobooks_waits w JOIN qlobooks_documents d ON d.id = w.on_id WHERE w.waiter_id IN ?", next).Scan(&on).Error
		if err != nil {
			return false, fmt.Errorf("find what is waited for: %w", err)
		}
		next = nil
		for _, d := range on {
			switch Status(d.Status) {
			case Failed, Unknown:
				return true, nil
			case Blocked:
				next = append(next, d.ID)
			}
		}
		if len(next) == 0 {
			return false, nil
		}
	}
	return false, nil
}

// countStalled counts for their runs what has just come to wait for something that failed.
func countStalled(tx *gorm.DB, saved []Outcome, counted []tally) ([]tally, error) {
	var waiting []uint64
	for _, o := range saved {
		if d := o.Document; d.Status == Blocked && d.Issue.Code == "" && o.Count == NotYet {
			waiting = append(waiting, d.RowID)
		}
	}
	if len(waiting) == 0 {
		return counted, nil
	}
	held, err := stalled(tx, waiting)
	for _, id := range held {
		counted = countedAs(counted, id, CountHeld)
	}
	return counted, err
}

func countedAs(list []tally, id uint64, as Count) []tally {
	for i := range list {
		if list[i].id == id {
			list[i].outcome = as
			return list
		}
	}
	return append(list, tally{id: id, outcome: as})
}

// circlePause is how long those wait that wait for each other, until the first of them is looked at once more.
const circlePause = 5 * time.Second

// inCircle tells that a document which has just come to wait is waited for by what it waits for, directly or through others:
// one of them waited for an attempt of another, which has ended by waiting, too. Nobody else would wake them.
func inCircle(tx *gorm.DB, id uint64) (bool, error) {
	next := []uint64{id}
	for range deepest {
		var on []uint64
		err := tx.Raw("SELECT DISTINCT w.on_id FROM qlobooks_waits w JOIN qlobooks_documents d ON d.id = w.on_id WHERE w.waiter_id IN ? AND d.status = 'blocked' AND d.issue_code = ''", next).Scan(&on).Error
		if err != nil {
			return false, fmt.Errorf("find who waits for each other: %w", err)
		}
		if slices.Contains(on, id) {
			return true, nil
		}
		if next = on; len(next) == 0 {
			return false, nil
		}
	}
	return false, nil
}
