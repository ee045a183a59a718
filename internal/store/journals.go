package store

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/qlobooks/qlobooks/internal/money"
)

const revenueFlow = "revenue"

// LastJournal is the day of the last journal of a hotel that was queued, "" = none was.
func (s *Store) LastJournal(ctx context.Context, hotel string) (string, error) {
	var last *string
	err := s.db.WithContext(ctx).Raw("SELECT MAX(source_id) FROM qlobooks_documents WHERE flow = ? AND source_id > ? AND source_id < ? AND status <> 'not_synced'", revenueFlow, hotel+":", hotel+";").Scan(&last).Error
	if err != nil || last == nil {
		return "", err
	}
	_, day, _ := strings.Cut(*last, ":")
	return day, nil
}

// QueueJournals queues the journals of a hotel's days.
func (s *Store) QueueJournals(ctx context.Context, hotel string, days []string) error {
	var refs []Ref
	for _, day := range days {
		refs = append(refs, Ref{revenueFlow, hotel + ":" + day})
	}
	return s.tx(ctx, func(tx *gorm.DB) error {
		now := s.Now()
		var ids []uint64
		for _, ref := range refs {
			if err := ensure(tx, ref, Live, now); err != nil {
				return err
			}
		}
		if err := tx.Raw("SELECT id FROM qlobooks_documents WHERE (flow, source_id) IN ? AND status = 'not_synced' ORDER BY id", pairs(refs)).Scan(&ids).Error; err != nil {
			return err
		}
		return s.queue(tx, 0, ids, everything(Live))
	})
}

// Journal is a hotel and the last day of what its journal covers.
type Journal struct{ Hotel, Day string }

// JournalOf reads the id of one; ok is false where it is none.
func JournalOf(id string) (j Journal, ok bool) {
	j.Hotel, j.Day, ok = strings.Cut(id, ":")
	_, err := time.Parse(time.DateOnly, j.Day)
	_, wrong := strconv.ParseUint(j.Hotel, 10, 64)
	return j, ok && err == nil && wrong == nil
}

// BookJournals takes down what of the income accounts journals moved that stand and were not taken down yet.
func (s *Store) BookJournals(ctx context.Context, hotels []string, read func(d Document) map[string]money.Decimal) error {
	const page = 500
	for _, hotel := range hotels {
		for after, more := hotel+":", true; more; {
			var rows []documentRow
			err := s.db.WithContext(ctx).Raw("SELECT "+documentColumns+" FROM qlobooks_documents d WHERE d.flow = ? AND d.source_id > ? AND d.source_id < ? AND d.zoho_id <> '' AND d.day IS NOT NULL "+
				"AND NOT EXISTS (SELECT 1 FROM qlobooks_ledger_journals j WHERE j.source_id = d.source_id AND j.zoho_id = d.zoho_id) ORDER BY d.source_id LIMIT ?", revenueFlow, after, hotel+";", page).Scan(&rows).Error
			if err != nil {
				return fmt.Errorf("read journals: %w", err)
			}
			more = len(rows) == page // a sum of some of them would move the rest once more
			for _, d := range documents(rows) {
				after = d.Ref.ID
				if err := s.bookJournal(ctx, d, read); err != nil {
					return fmt.Errorf("take down what journals moved: %w", err)
				}
			}
		}
	}
	return nil
}

func (s *Store) bookJournal(ctx context.Context, d Document, read func(d Document) map[string]money.Decimal) error {
	j, ok := JournalOf(d.Ref.ID)
	if !ok {
		return nil
	}
	var amounts [][]any
	for account, amount := range read(d) {
		amounts = append(amounts, []any{d.Ref.ID, account, j.Hotel, d.Day, d.ZohoID, amount})
	}
	return s.tx(ctx, func(tx *gorm.DB) error {
		if err := tx.Exec("DELETE FROM qlobooks_ledger_journals WHERE source_id = ?", d.Ref.ID).Error; err != nil {
			return err
		}
		return insert(tx, "INSERT INTO qlobooks_ledger_journals (source_id, account_id, hotel_id, day, zoho_id, amount)", amounts, " ON DUPLICATE KEY UPDATE zoho_id = VALUES(zoho_id), amount = VALUES(amount)")
	})
}

// standingJournals joins what was taken down with the documents that still stand as it.
const standingJournals = "qlobooks_ledger_journals j JOIN qlobooks_documents d ON d.flow = 'revenue' AND d.source_id = j.source_id AND d.zoho_id = j.zoho_id"

// Journaled adds up what the standing journals of a hotel moved, by account, but one; and names the last of them.
func (s *Store) Journaled(ctx context.Context, hotel, but string) (sums map[string]money.Decimal, last string, err error) {
	var rows []struct {
		AccountID string
		Amount    money.Decimal
		Last      string
	}
	err = s.db.WithContext(ctx).Raw("SELECT j.account_id, SUM(j.amount) amount, MAX(j.source_id) last FROM "+standingJournals+" WHERE j.hotel_id = ? AND j.source_id <> ? GROUP BY j.account_id", hotel, but).Scan(&rows).Error
	sums = map[string]money.Decimal{}
	for _, r := range rows {
		sums[r.AccountID], last = r.Amount, max(last, r.Last)
	}
	return sums, last, err
}

// MovingJournals are the journals that are not at rest, those that wait for another one among them, and whether a call of
// theirs may be under way.
func (s *Store) MovingJournals(ctx context.Context) (map[string]bool, error) {
	var rows []struct {
		SourceID string
		Called   bool
	}
	err := s.db.WithContext(ctx).Raw("(SELECT source_id, intent IS NOT NULL called FROM qlobooks_documents WHERE flow = ? AND step_due IN (0, 1) AND lane IN (0, 1, 2) AND due_at IS NOT NULL LIMIT 10000) "+
		"UNION ALL (SELECT source_id, intent IS NOT NULL FROM qlobooks_documents WHERE issue_code = '' AND status = 'blocked' AND flow = ? LIMIT 10000)", revenueFlow, revenueFlow).Scan(&rows).Error
	if err != nil {
		return nil, err
	}
	moving := map[string]bool{}
	for _, r := range rows {
		moving[r.SourceID] = r.Called
	}
	return moving, err
}

// GuestJournals reads the journals of a hotel in a span of days, both included.
func (s *Store) GuestJournals(ctx context.Context, hotel, first, last string, limit int) ([]Document, error) {
	var rows []documentRow
	err := s.db.WithContext(ctx).Raw("SELECT "+shownColumns+" FROM qlobooks_documents d WHERE d.flow = ? AND d.source_id >= ? AND d.source_id <= ? ORDER BY d.source_id LIMIT ?",
		revenueFlow, hotel+":"+first, hotel+":"+last, limit).Scan(&rows).Error
	return documents(rows), err
}

// JournaledUntil adds up what all standing journals up to a day moved: those that count, and those that await an
// approval there.
func (s *Store) JournaledUntil(ctx context.Context, day string) (counts, awaits money.Decimal, err error) {
	var sums struct{ Counts, Awaits money.Decimal }
	const waits = "d.status = 'held' AND d.issue_code = 'awaits_approval'"
	err = s.db.WithContext(ctx).Raw("SELECT COALESCE(SUM(IF("+waits+", 0, j.amount)), 0) counts, COALESCE(SUM(IF("+waits+", j.amount, 0)), 0) awaits FROM "+standingJournals+" WHERE j.day <= ?", day).Scan(&sums).Error
	return sums.Counts, sums.Awaits, err
}

// NotFoundAgain is the cause of journals that wait until what was lost with a reset of the links is linked again.
const NotFoundAgain = "not_found_again"

// FreeJournals queues what waits for that, of hotels of which nothing is missing any more.
func (s *Store) FreeJournals(ctx context.Context) error {
	missing := map[string]bool{}
	return s.inSlices(ctx, func(tx *gorm.DB, after uint64) (uint64, error) {
		var rows []struct {
			ID       uint64
			SourceID string
		}
		err := tx.Raw("SELECT id, source_id FROM qlobooks_documents WHERE issue_code = ? AND status = 'held' AND id > ? AND due_at IS NULL AND lease_owner IS NULL ORDER BY id LIMIT ?", NotFoundAgain, after, freeSlice).Scan(&rows).Error
		if err != nil || len(rows) == 0 {
			return 0, err
		}
		var free []uint64
		for _, r := range rows {
			j, _ := JournalOf(r.SourceID)
			if _, known := missing[j.Hotel]; !known {
				list, err := lostOf(tx, j.Hotel)
				if err != nil {
					return 0, err
				}
				missing[j.Hotel] = len(list) > 0
			}
			if !missing[j.Hotel] {
				free = append(free, r.ID)
			}
		}
		return rows[len(rows)-1].ID, s.queue(tx, 0, free, want{lane: Live, again: true})
	})
}
