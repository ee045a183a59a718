// Package version tells two people apart who change the same choices: a form says from which version it
// was made, and is refused with what the other one changed when that no longer stands.
//
// A version is a hash of what stands, so it needs no counter and survives a restored back-up: a choice that
// was changed and changed back is the same version again.
package version

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/qlobooks/qlobooks/internal/fault"
)

// Change is one thing that somebody changed, in words or as JSON writes it.
type Change struct {
	Field  string `json:"field"`
	Before string `json:"before"`
	After  string `json:"after"`
}

// Meanwhile is what was changed since a form was read.
type Meanwhile struct {
	By      string
	At      time.Time
	Changes []Change
}

// Of is the version of what stands, quoted as an ETag is.
func Of(stands any) string {
	body, err := json.Marshal(stands)
	if err != nil {
		body = []byte(fmt.Sprint(stands))
	}
	sum := sha256.Sum256(body)
	return `"` + hex.EncodeToString(sum[:12]) + `"`
}

// Matches tells whether an If-Match header names a version. Nothing and * name every one; a proxy may have
// marked it as weak.
func Matches(header, stands string) bool {
	if header = strings.TrimSpace(header); header == "" || header == "*" {
		return true
	}
	for _, one := range strings.Split(header, ",") {
		if strings.TrimPrefix(strings.TrimSpace(one), "W/") == stands {
			return true
		}
	}
	return false
}

// Alone runs work in a transaction during which nobody else changes what has this name.
func Alone(ctx context.Context, db *gorm.DB, name string, work func(tx *gorm.DB) error) error {
	if err := db.WithContext(ctx).Exec("INSERT IGNORE INTO qlobooks_versions (name) VALUES (?)", name).Error; err != nil {
		return fmt.Errorf("lock %s: %w", name, err)
	}
	return db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		var locked string
		if err := tx.Raw("SELECT name FROM qlobooks_versions WHERE name = ? FOR UPDATE", name).Scan(&locked).Error; err != nil {
			return fmt.Errorf("lock %s: %w", name, err)
		}
		return work(tx)
	})
}

// Check refuses a change that was made from a version that no longer stands: Conflict/changed_meanwhile, with
// a Meanwhile as its proof.
func Check(tx *gorm.DB, name, header, stands string) error {
	if Matches(header, stands) {
		return nil
	}
	since, err := changedSince(tx, name, header)
	if err != nil {
		return err
	}
	return fault.New(fault.Conflict, "changed_meanwhile", "%s changed this after it was read here, so it was not saved.", since.By).
		Do("Look at what was changed, then save again what is right.").Show(since)
}

// changedSince gathers what was changed since a version, each field from what it was to what it is now. Of a
// version that nobody remembers only the last change is told.
func changedSince(tx *gorm.DB, name, header string) (Meanwhile, error) {
	var rows []struct {
		ID       uint64
		Was, Who string
		At       time.Time
		Changes  string
	}
	if err := tx.Raw("SELECT id, was, who, at, changes FROM qlobooks_version_changes WHERE name = ? ORDER BY id DESC LIMIT 200", name).Scan(&rows).Error; err != nil {
		return Meanwhile{}, fmt.Errorf("read changes of %s: %w", name, err)
	}
	since := Meanwhile{By: "Somebody", Changes: []Change{}}
	if len(rows) == 0 {
		return since, nil
	}
	since.By, since.At = rows[0].Who, rows[0].At
	from := 0
	for i, r := range rows {
		if Matches(header, r.Was) {
			from = i
			break
		}
	}
	at := map[string]int{}
	for i := from; i >= 0; i-- { // the oldest first
		var list []Change
		_ = json.Unmarshal([]byte(rows[i].Changes), &list)
		for _, c := range list {
			if n, known := at[c.Field]; known {
				since.Changes[n].After = c.After
				continue
			}
			at[c.Field], since.Changes = len(since.Changes), append(since.Changes, c)
		}
	}
	kept := since.Changes[:0]
	for _, c := range since.Changes {
		if c.Before != c.After {
			kept = append(kept, c)
		}
	}
	since.Changes = kept
	return since, nil
}

// Note remembers a change of what has this name, so that a form that was read before can be told.
func Note(tx *gorm.DB, name, was, became string, changes []Change, who string, at time.Time) error {
	if was == became {
		return nil
	}
	if changes == nil {
		changes = []Change{}
	}
	body, err := json.Marshal(changes)
	if err != nil {
		return fmt.Errorf("note a change of %s: %w", name, err)
	}
	if err := tx.Exec("INSERT INTO qlobooks_version_changes (name, was, became, at, who, changes) VALUES (?, ?, ?, ?, ?, ?)", name, was, became, at.UTC(), clip(who, 128), string(body)).Error; err != nil {
		return fmt.Errorf("note a change of %s: %w", name, err)
	}
	return nil
}

func clip(text string, most int) string {
	runes := []rune(text)
	return string(runes[:min(most, len(runes))])
}
