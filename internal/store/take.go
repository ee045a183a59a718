package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"gorm.io/gorm"
)

// TakeChange gives a document the number that it bears in Zoho Books, and what from now on counts as sent of it. Nothing is
// queued, and what it settles stays.
func (s *Store) TakeChange(ctx context.Context, ref Ref, number string, sent json.RawMessage, detail, by string) error {
	return s.tx(ctx, func(tx *gorm.DB) error {
		id, err := s.idle(tx, ref)
		if err != nil {
			return err
		}
		var rows []documentRow
		if err := tx.Raw("SELECT "+documentColumns+" FROM qlobooks_documents d WHERE d.id = ?", id).Scan(&rows).Error; err != nil {
			return fmt.Errorf("read %s: %w", ref.Key(), err)
		}
		d, now := rows[0].document(), s.Now()
		var extra map[string]json.RawMessage
		if json.Unmarshal(d.Extra, &extra) != nil || extra == nil {
			extra = map[string]json.RawMessage{}
		}
		delete(extra, Renumbered)
		delete(extra, "reference") // as it was answered before
		d.Notices = slices.DeleteFunc(d.Notices, func(n Notice) bool { return n.Code == Renumbered })
		kept, _ := json.Marshal(extra)
		err = tx.Exec("UPDATE qlobooks_documents SET version = version + 1, zoho_number = ?, sent = ?, extra = ?, notices = ?, updated_at = ? WHERE id = ?",
			clip(number, longestNumber), orNull(string(sent)), string(kept), jsonOrNull(d.Notices), now, id).Error
		if err != nil {
			return fmt.Errorf("take over what was changed of %s: %w", ref.Key(), err)
		}
		if err := s.refreshRecords(tx, []uint64{id}, now); err != nil {
			return err
		}
		return addEvent(tx, Event{At: now, Actor: by, Action: "take_change", Ref: ref, Detail: detail})
	})
}

// Renumbered is the name under which it is kept which number a document bears in Zoho Books where somebody gave it another,
// and the code of the notice of that.
const Renumbered = "renumbered"
