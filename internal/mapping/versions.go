package mapping

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/version"
)

// name is how a kind's versions are kept.
func name(kind string) string { return "mapping:" + kind }

// Version is the version of what is chosen for a kind; what QloApps and Zoho Books offer is no part of it.
func (s *Service) Version(ctx context.Context, kind string) (string, error) {
	var rows []struct{ SourceID, ZohoID string }
	if err := s.DB.WithContext(ctx).Raw("SELECT source_id, zoho_id FROM qlobooks_mappings WHERE kind = ? ORDER BY source_id", kind).Scan(&rows).Error; err != nil {
		return "", fmt.Errorf("read mapping: %w", err)
	}
	return version.Of(rows), nil
}

// within is the service in a transaction; what QloApps offers is remembered by both together.
func (s *Service) within(tx *gorm.DB) *Service {
	return &Service{DB: tx, Now: s.Now, Hotel: s.Hotel, Start: s.Start, Again: s.Again, Free: s.Free, SaveDefault: s.SaveDefault, Modes: s.Modes, Country: s.Country, Audit: s.Audit, shared: s.remembered()}
}

func (s *Service) remembered() *offers {
	if s.shared != nil {
		return s.shared
	}
	return &s.offers
}

// change works on the choices of a kind while nobody else does, and remembers what became of them.
func (s *Service) change(ctx context.Context, kind, by string, work func(in *Service, stands string) ([]wire.Change, error)) error {
	return version.Alone(ctx, s.DB, name(kind), func(tx *gorm.DB) error {
		within := s.within(tx)
		was, err := within.Version(ctx, kind)
		if err != nil {
			return err
		}
		changed, err := work(within, was)
		if err != nil {
			return err
		}
		became, err := within.Version(ctx, kind)
		if err != nil {
			return err
		}
		told := make([]version.Change, len(changed))
		for i, c := range changed {
			told[i] = version.Change(c)
		}
		return version.Note(tx, name(kind), was, became, told, by, s.Now())
	})
}

// set chooses for one row, or takes its choice back.
func (s *Service) set(ctx context.Context, kind string, row wire.MappingRow, by string) error {
	return s.change(ctx, kind, by, func(in *Service, _ string) ([]wire.Change, error) {
		sources, choices, err := in.stored(ctx, kind)
		if err != nil {
			return nil, err
		}
		return changes([]wire.MappingRow{row}, sources, choices), in.choose(in.DB, kind, row, by)
	})
}
