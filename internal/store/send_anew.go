package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"
)

// SendAnew forgets what documents were last sent as, so that the next sync sends them as they are then.
func (s *Store) SendAnew(ctx context.Context, refs []Ref) error {
	for len(refs) > 0 {
		n := min(freeSlice, len(refs))
		part := refs[:n]
		err := s.tx(ctx, func(tx *gorm.DB) error {
			var ids []uint64 // read first: an update by pairs is not always done by their index
			if err := tx.Raw("SELECT id FROM qlobooks_documents WHERE (flow, source_id) IN ? AND zoho_id <> '' ORDER BY id", pairs(part)).Scan(&ids).Error; err != nil || len(ids) == 0 {
				return err
			}
			return tx.Exec("UPDATE qlobooks_documents SET fingerprint = '', version = version + 1 WHERE id IN ?", ids).Error
		})
		if err != nil {
			return fmt.Errorf("forget what was sent: %w", err)
		}
		refs = refs[n:]
	}
	return nil
}
