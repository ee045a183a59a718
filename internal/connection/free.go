package connection

import (
	"context"
	"maps"

	"gorm.io/gorm"
)

// come is what has come to be and lets go what waited for it.
type come uint

const (
	access         come = 1 << iota // a grant, or another organization, to work with
	otherLocks                      // other locked periods than before
	keyFieldsStand                  // a field for our key on every module
)

// and notes in the same change of the row that something has come to be. It is carried out by Free, now or
// after whatever may come between.
func (c come) and(columns map[string]any) map[string]any {
	columns = maps.Clone(columns)
	columns["to_free"], columns["to_free_no"] = gorm.Expr("to_free | ?", uint(c)), gorm.Expr("to_free_no + 1")
	return columns
}

// Free lets go what waited for what has come to be at the connection. Any process may do it, any number of
// times: what has come to be is noted until everything was let go, and what comes meanwhile stays noted.
func (s *Service) Free(ctx context.Context) error {
	r, err := s.read(ctx, s.DB, "")
	if err != nil || r.ToFree == 0 {
		return err
	}
	var freed come
	for what, free := range map[come]func(context.Context) error{access: s.Connected, otherLocks: s.LocksChanged, keyFieldsStand: s.KeyFieldsStand} {
		if r.ToFree&what == 0 || what == access && !r.serves() {
			continue
		}
		if free != nil {
			if err := free(ctx); err != nil {
				return err
			}
		}
		freed |= what
	}
	if freed == 0 {
		return nil
	}
	return s.DB.WithContext(ctx).Exec("UPDATE qlobooks_connection SET to_free = to_free & ~? WHERE id = 1 AND to_free_no = ?", uint(freed), r.ToFreeNo).Error
}

// serves reports a grant with an organization to work in.
func (r row) serves() bool {
	return granted(r) == nil && r.OrganizationID != "" && r.IssueCode != chooseOrganization
}
