package revenue

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/rules"
	"github.com/qlobooks/qlobooks/internal/settings"
	"github.com/qlobooks/qlobooks/internal/store"
)

// Service keeps the ledger. All fields are required.
type Service struct {
	Store    *store.Store
	Hotel    *qloapps.Reader
	Settings func(ctx context.Context) (settings.All, error)
	Rules    func(ctx context.Context) (*rules.Rules, error)
}

const (
	slice   = 300              // orders that are looked at in one go
	patient = 45 * time.Second // of each tick; what is left goes on at the next one
	overlap = 2 * time.Minute  // a change may be saved this long after the time that it bears
	mostDay = 62               // journals of a hotel that one tick queues
)

// Tick brings the ledger up to date and queues the journals that are due. Without a first day it does nothing.
func (s *Service) Tick(ctx context.Context) error {
	all, err := s.Settings(ctx)
	if err != nil || all.Revenue.From == nil {
		return err
	}
	r, err := s.Rules(ctx)
	if err != nil {
		return err
	}
	upToDate, err := s.CatchUp(ctx, r)
	if err != nil || !upToDate || !all.Revenue.Enabled {
		return err
	}
	if err := s.Store.FreeJournals(ctx); err != nil {
		return err
	}
	return s.queue(ctx, r)
}

// CatchUp looks at every order of which something changed since it last did, and reports whether none is left.
func (s *Service) CatchUp(ctx context.Context, r *rules.Rules) (bool, error) {
	until := time.Now().Add(patient)
	for _, by := range []string{"synced", "updated"} {
		mark, err := s.mark(ctx, by)
		if err != nil {
			return false, err
		}
		began := s.Store.Now()
		for {
			ids, next, err := s.Store.LedgerChanged(ctx, by, mark, slice)
			if err != nil {
				return false, err
			}
			if err := s.Derive(ctx, ids, r); err != nil {
				return false, err
			}
			mark = next
			done := len(ids) < slice
			if late := began.Add(-overlap); done && mark.At.After(late) {
				mark = store.LedgerMark{At: late}
			}
			if len(ids) > 0 || done {
				if err := s.Store.SetMark(ctx, "ledger_"+by, written(mark)); err != nil {
					return false, err
				}
			}
			if done {
				break
			}
			if time.Now().After(until) {
				return false, nil
			}
		}
	}
	return true, nil
}

func (s *Service) mark(ctx context.Context, by string) (store.LedgerMark, error) {
	text, err := s.Store.Mark(ctx, "ledger_"+by)
	at, order, _ := strings.Cut(text, " ")
	mark := store.LedgerMark{At: time.Unix(0, 0)}
	if when, wrong := time.Parse(time.RFC3339Nano, at); wrong == nil {
		mark.At = when
	}
	mark.Order, _ = strconv.ParseUint(order, 10, 64)
	return mark, err
}

func written(m store.LedgerMark) string {
	return m.At.UTC().Format(time.RFC3339Nano) + " " + strconv.FormatUint(m.Order, 10)
}

// Begun reports whether the ledger was ever brought up to date.
func (s *Service) Begun(ctx context.Context) (bool, error) {
	text, err := s.Store.Mark(ctx, "ledger_updated")
	return text != "", err
}
