package store_test

import (
	"fmt"
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
