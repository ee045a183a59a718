package connection

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"time"

	"github.com/qlobooks/qlobooks/internal/rules"
)

// lockRetry is how soon locks are asked for again after Zoho did not answer.
const lockRetry = time.Minute

// keptLocks are the locks as stored, with the organization they belong to.
type keptLocks struct {
	Organization string `json:"organization"`
	rules.Locks
}

func (r row) locks() rules.Locks {
	var kept keptLocks
	if r.LocksKept == nil || json.Unmarshal([]byte(*r.LocksKept), &kept) != nil || kept.Organization != r.OrganizationID {
		return rules.Locks{Doubt: "The locked periods have not been read yet."}
	}
	return kept.Locks
}

// Locks gives the locked periods, read anew by one of all processes when they are an hour old.
// The others go on with what is known meanwhile; when somebody says that it is wrong, nothing is
// known until the answer is there: what were held by it meanwhile would miss being let go.
func (s *Service) Locks(ctx context.Context) (rules.Locks, error) {
	r, err := s.connected(ctx)
	if err != nil {
		return rules.Locks{}, err
	}
	now := s.Now().UTC()
	old := now.Add(-fresh)
	if r.LocksAt != nil && r.LocksAt.After(old) {
		return r.locks(), nil
	}
	res := s.DB.WithContext(ctx).Exec("UPDATE qlobooks_connection SET locks = IF(locks_at IS NULL, NULL, locks), locks_at = ? WHERE id = 1 AND organization_id <> '' AND (locks_at IS NULL OR locks_at <= ?)", now, old)
	if res.Error != nil {
		return r.locks(), fmt.Errorf("claim the reading of locks: %w", res.Error)
	}
	if res.RowsAffected == 0 {
		r, err = s.connected(ctx) // they may be known, or doubted, since
		return r.locks(), err
	}
	locks, err := s.readLocks(ctx, r)
	if err != nil {
		slog.WarnContext(ctx, "the locked periods could not be read; trying again soon", "error", err)
		return r.locks(), s.set(ctx, s.DB, map[string]any{"locks": r.LocksKept, "locks_at": old.Add(lockRetry)})
	}
	if err := s.Free(ctx); err != nil {
		slog.WarnContext(ctx, "what waited for a locked period could not be let go; trying again soon", "error", err)
	}
	return locks, nil
}

// readLocks asks Zoho and keeps the answer, with a note to let go what waited when the locks have changed.
func (s *Service) readLocks(ctx context.Context, r row) (rules.Locks, error) {
	said, err := s.client(r, r.OrganizationID).Locks(ctx)
	if err != nil {
		return rules.Locks{}, err
	}
	locks := rules.Locks(said)
	body, err := json.Marshal(keptLocks{r.OrganizationID, locks})
	if err != nil {
		return locks, err
	}
	// Where nothing is kept, whoever read them before may have ended before it was told what had changed.
	columns := map[string]any{"locks": string(body), "locks_at": s.Now().UTC()}
	if before := r.locks(); r.LocksKept == nil || before.Sales != locks.Sales || before.Banking != locks.Banking {
		columns = otherLocks.and(columns)
	}
	return locks, s.set(ctx, s.DB, columns)
}

// LocksAsked says that a person tries again what waits for a lock: they are read anew before the
// next document.
func (s *Service) LocksAsked(ctx context.Context) error {
	return s.DB.WithContext(ctx).Exec("UPDATE qlobooks_connection SET locks_at = NULL WHERE id = 1").Error
}

// RereadLocks reads the locks now.
func (s *Service) RereadLocks(ctx context.Context) error {
	r, _, err := s.calling(ctx)
	if err != nil {
		return err
	}
	if _, err = s.readLocks(ctx, r); err != nil {
		return err
	}
	return s.Free(ctx)
}
