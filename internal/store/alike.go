package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"
)

// Alike is what the destination refused documents of a flow for, or a step of theirs, several times in a row.
type Alike struct {
	Flow, Code, Detail, Action string
	Times                      int
	ProbeAt                    time.Time // when one is tried again
	ProbingUntil               *time.Time
	LastAt                     time.Time
	Probes                     int
}

const (
	// AlikeStep divides a flow from the step that its documents take together and that is refused.
	AlikeStep = "/"
	// AlikeMost is how many refusals alike in a row make the rest of a flow wait.
	AlikeMost = 5
	// alikeLife is how long a refusal counts with the next one.
	alikeLife = time.Hour
	// A probe is sent by itself after the first wait, then after twice as long, up to an hour.
	firstProbe = 10 * time.Minute
	probeLife  = time.Minute // of a probe whose worker died
	// askedAgain is how long after a refusal a person's wish may be one to try again, and is not the one
	// that was refused.
	askedAgain = 15 * time.Second
)

const alikeColumns = "flow, code, detail, action, times, probes, last_at, probe_at, probing_until"

// AlikeOf is what a flow is refused for; nil when nothing is.
func (s *Store) AlikeOf(ctx context.Context, flow string) (*Alike, error) {
	var rows []Alike
	if err := s.db.WithContext(ctx).Raw("SELECT "+alikeColumns+" FROM qlobooks_refused_alike WHERE flow = ?", flow).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("read what is refused alike: %w", err)
	}
	if len(rows) == 0 {
		return nil, nil
	}
	return &rows[0], nil
}

// RefusedAlike notes a refusal of a flow and gives how many there were alike in a row.
func (s *Store) RefusedAlike(ctx context.Context, flow string, issue Issue) (now Alike, err error) {
	err = s.tx(ctx, func(tx *gorm.DB) error {
		var rows []Alike
		if err := tx.Raw("SELECT "+alikeColumns+" FROM qlobooks_refused_alike WHERE flow = ? FOR UPDATE", flow).Scan(&rows).Error; err != nil {
			return err
		}
		at := s.Now()
		now = Alike{Flow: flow, Code: issue.Code, Detail: issue.Detail, Action: issue.Action}
		if len(rows) > 0 && rows[0].Code == issue.Code && rows[0].Detail == issue.Detail && (rows[0].Times >= AlikeMost || at.Sub(rows[0].LastAt) < alikeLife) {
			now.Times, now.Probes = rows[0].Times, rows[0].Probes
		}
		if now.Times >= AlikeMost {
			now.Probes++
		}
		now.Times++
		now.LastAt, now.ProbeAt = at, at.Add(min(alikeLife, firstProbe<<min(now.Probes, 4)))
		return tx.Exec("REPLACE INTO qlobooks_refused_alike ("+alikeColumns+") VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL)",
			flow, now.Code, now.Detail, now.Action, now.Times, now.Probes, now.LastAt, now.ProbeAt).Error
	})
	if err != nil {
		err = fmt.Errorf("note what is refused alike: %w", err)
	}
	return now, err
}

// ClaimProbe lets one document of a flow be tried; false while another one is, or it is too early. asked
// says that a person wants it now.
func (s *Store) ClaimProbe(ctx context.Context, flow string, asked bool) (bool, error) {
	now := s.Now()
	res := s.exec(ctx, "UPDATE qlobooks_refused_alike SET probing_until = ? WHERE flow = ? AND (probe_at <= ? OR ? AND last_at <= ?) AND (probing_until IS NULL OR probing_until < ?)",
		now.Add(probeLife), flow, now, asked, now.Add(-askedAgain), now)
	return res.RowsAffected > 0, res.Error
}

// ProbeNow has one document tried at once of each flow that is refused for one of the causes.
func (s *Store) ProbeNow(ctx context.Context, codes []string) error {
	return s.exec(ctx, "UPDATE qlobooks_refused_alike SET probe_at = ? WHERE code IN ? OR 'refused_alike' IN ?", s.Now(), codes, codes).Error
}

// AlikeOver forgets what a flow was refused for, as a document of it was taken; what waited, and what
// was refused for the same, is tried again.
func (s *Store) AlikeOver(ctx context.Context, flow string) (freed int, err error) {
	var was *Alike
	err = s.tx(ctx, func(tx *gorm.DB) error {
		var rows []Alike
		was = nil
		if err := tx.Raw("SELECT "+alikeColumns+" FROM qlobooks_refused_alike WHERE flow = ? FOR UPDATE", flow).Scan(&rows).Error; err != nil || len(rows) == 0 {
			return err
		}
		was = &rows[0]
		return tx.Exec("DELETE FROM qlobooks_refused_alike WHERE flow = ?", flow).Error
	})
	if err != nil || was == nil || was.Times < AlikeMost {
		return 0, err
	}
	name, _, _ := strings.Cut(flow, AlikeStep)
	err = s.inSlices(ctx, func(tx *gorm.DB, after uint64) (uint64, error) {
		var ids []uint64
		err := tx.Raw("SELECT id FROM qlobooks_documents WHERE issue_code IN (?, 'refused_alike') AND status IN ('held', 'rejected', 'blocked') AND flow = ? AND (issue_code = 'refused_alike' OR issue_detail = ?) AND lease_owner IS NULL AND id > ? ORDER BY id LIMIT ?",
			was.Code, name, was.Detail, after, freeSlice).Scan(&ids).Error
		if err != nil || len(ids) == 0 {
			return 0, err
		}
		freed += len(ids)
		return ids[len(ids)-1], s.queue(tx, 0, ids, want{lane: Live, again: true})
	})
	if err != nil {
		err = fmt.Errorf("free what was refused alike: %w", err)
	}
	return freed, err
}
