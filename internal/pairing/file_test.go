package pairing_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/pairing"
	"github.com/qlobooks/qlobooks/internal/private/privatetest"
	"github.com/qlobooks/qlobooks/internal/store"
	"github.com/qlobooks/qlobooks/internal/store/storetest"
)

func TestMain(m *testing.M) { privatetest.Main(m) }

// TestAFileOfManyPairsIsReadInParts: a hotel has hundreds of thousands of guests, and several people may ask at once.
func TestAFileOfManyPairsIsReadInParts(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	s := store.New(db, time.Now)
	const n = 4001
	var seen []store.Seen
	for id := 1; id <= n; id++ {
		seen = append(seen, store.Seen{Print: "a:1", Listed: store.Listed{ID: fmt.Sprint(id), Name: fmt.Sprint("Guest ", id), Documents: []store.Ref{{Flow: "customer", ID: fmt.Sprint(id)}}}})
	}
	if err := s.Adopt(t.Context(), "customers", seen); err != nil {
		t.Fatal(err)
	}
	if err := db.Exec("UPDATE qlobooks_documents SET zoho_id = CONCAT('z', source_id) WHERE source_id IN ('2000', '4001')").Error; err != nil {
		t.Fatal(err)
	}
	c := pairing.Customers{Service: &pairing.Service{Store: s, Early: func(context.Context) (string, error) { return "", nil }}}
	next, largest := 1, 0
	err := c.Pairs(t.Context(), func(page []wire.PairingRow) error {
		largest = max(largest, len(page))
		for _, p := range page {
			want := ""
			if next == 2000 || next == 4001 {
				want = fmt.Sprint("z", next)
			}
			if p.CustomerID != fmt.Sprint(next) || p.ZohoContactID != want {
				return fmt.Errorf("line %d is %+v", next, p)
			}
			next++
		}
		return nil
	})
	if err != nil || next != n+1 || largest > 2000 {
		t.Errorf("%d lines, %d at once: %v", next-1, largest, err)
	}
}
