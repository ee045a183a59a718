package settings

import (
	"context"
	"encoding/json"
	"fmt"

	"gorm.io/gorm"

	"github.com/qlobooks/qlobooks/internal/secret"
)

// Reseal seals the stored secret with the key in use, in one transaction. It can be repeated.
func (s *Store) Reseal(ctx context.Context) (secret.Tally, error) {
	var tally secret.Tally
	err := s.DB.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		tally = secret.Tally{}
		var bodies []string
		if err := tx.Raw("SELECT body FROM qlobooks_settings WHERE section = 'alerts' FOR UPDATE").Scan(&bodies).Error; err != nil || len(bodies) == 0 {
			return err
		}
		alerts := Default().Alerts
		if err := json.Unmarshal([]byte(bodies[0]), &alerts); err != nil {
			return err
		}
		if alerts.WebhookSecret == nil {
			return nil
		}
		fresh := s.Ring.Reseal(*alerts.WebhookSecret, sealRow, &tally)
		if fresh == *alerts.WebhookSecret {
			return nil
		}
		alerts.WebhookSecret = &fresh
		body, err := json.Marshal(alerts)
		if err != nil {
			return err
		}
		return tx.Exec("UPDATE qlobooks_settings SET body = ? WHERE section = 'alerts'", string(body)).Error
	})
	if err != nil {
		return secret.Tally{}, fmt.Errorf("seal the settings again: %w", err)
	}
	return tally, nil
}
