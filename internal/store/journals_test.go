package store_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/store"
)

// TestEveryStandingJournalIsAddedUp also where more than a page of them was never taken down, as after a
// lost table: a sum of some of them would move the rest once more. One that moves nothing ends no page.
func TestEveryStandingJournalIsAddedUp(t *testing.T) {
	t.Parallel()
	s := setup(t)
	const n = 1203
	var rows []string
	for i := range n {
		day := time.Date(2020, 1, 1+i, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
		rows = append(rows, fmt.Sprintf("('revenue', '3:%s', 'synced', 'J%d', '%s', NOW(), NOW())", day, i, day))
	}
	if err := s.Gorm().Exec("INSERT INTO qlobooks_documents (flow, source_id, status, zoho_id, day, created_at, updated_at) VALUES " + strings.Join(rows, ", ")).Error; err != nil {
		t.Fatal(err)
	}
	moved := func(d store.Document) map[string]money.Decimal {
		if d.ZohoID == "J7" {
			return nil
		}
		return map[string]money.Decimal{"rooms": money.One}
	}
	if err := s.BookJournals(t.Context(), []string{"3", "4"}, moved); err != nil {
		t.Fatal(err)
	}
	sums, last, err := s.Journaled(t.Context(), "3", "")
	if err != nil || sums["rooms"].String() != "1202" || last != "3:2023-04-17" {
		t.Errorf("%v up to %s, %v", sums, last, err)
	}
}

// TestAJournalThatWaitsForAnotherIsNotAtRest: one of a later day waits for it too, as its own turn comes when the other has ended.
func TestAJournalThatWaitsForAnotherIsNotAtRest(t *testing.T) {
	t.Parallel()
	s := setup(t)
	if err := s.Gorm().Exec("INSERT INTO qlobooks_documents (flow, source_id, status, issue_code, due_at, intent, created_at, updated_at) VALUES " +
		"('revenue', '2:2026-10-25', 'syncing', '', NOW(), '{}', NOW(), NOW()), ('revenue', '2:2026-10-26', 'blocked', '', NULL, NULL, NOW(), NOW()), ('revenue', '2:2026-10-27', 'blocked', 'mapping_missing', NULL, NULL, NOW(), NOW()), " +
		"('revenue', '2:2026-10-28', 'synced', '', NULL, NULL, NOW(), NOW()), ('revenue', '2:2026-10-29', 'held', 'no_rate', NULL, NULL, NOW(), NOW()), ('invoice', '7', 'blocked', '', NULL, NULL, NOW(), NOW())").Error; err != nil {
		t.Fatal(err)
	}
	moving, err := s.MovingJournals(t.Context())
	if want := map[string]bool{"2:2026-10-25": true, "2:2026-10-26": false}; err != nil || !maps.Equal(moving, want) {
		t.Errorf("moving are %v, want %v: %v", moving, want, err)
	}
}
