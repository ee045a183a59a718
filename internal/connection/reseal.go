package connection

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"github.com/qlobooks/qlobooks/internal/secret"
)

// Reseal seals the stored secrets with the key in use, in one transaction. It can be repeated,
// and waits for a renewal under way, which holds the same row.
func (s *Service) Reseal(ctx context.Context) (secret.Tally, error) {
	var tally secret.Tally
	err := s.DB.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		tally = secret.Tally{}
		r, err := s.read(ctx, tx, " FOR UPDATE")
		if err != nil {
			return err
		}
		changed := map[string]any{}
		for column, sealed := range map[string]*string{"client_secret": r.ClientSecret, "refresh_token": r.RefreshToken, "access_token": r.AccessToken} {
			if sealed == nil {
				continue
			}
			if fresh := s.Ring.Reseal(*sealed, place(column), &tally); fresh != *sealed {
				changed[column] = fresh
			}
		}
		if len(changed) == 0 {
			return nil
		}
		return s.set(ctx, tx, changed)
	})
	if err != nil {
		return secret.Tally{}, fmt.Errorf("seal the connection again: %w", err)
	}
	return tally, nil
}

// Opens reports whether what is stored opens with the keys of this process; nil also while nothing is.
func (s *Service) Opens(ctx context.Context) error {
	r, err := s.read(ctx, s.DB, "")
	if err != nil {
		return err
	}
	for column, sealed := range map[string]*string{"client_secret": r.ClientSecret, "refresh_token": r.RefreshToken, "access_token": r.AccessToken} {
		if _, err := s.open(sealed, column); err != nil {
			return err
		}
	}
	return nil
}

// place ties a sealed text to its column.
func place(column string) string { return "connection:" + column }
