package store_test

import (
	"slices"
	"testing"

	"github.com/qlobooks/qlobooks/internal/ledger"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/store"
)

// TestWhatTheLedgerLeavesOutIsKeptByName until it is known, also of an order that bills nothing else.
func TestWhatTheLedgerLeavesOutIsKeptByName(t *testing.T) {
	t.Parallel()
	s := setup(t)
	names := func(hotel, day string) []string {
		t.Helper()
		list, err := s.Unrated(t.Context(), hotel, day)
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	one := store.LedgerOrder{ID: "1", Hotel: "3", Unrated: []string{"INV-9", "INV-10"}, UnratedDay: "2026-03-05"}
	two := store.LedgerOrder{ID: "2", Hotel: "3", Entries: []ledger.Entry{{Day: "2026-03-01", Account: "a", Billed: money.One}}}
	if err := s.SaveLedger(t.Context(), []store.LedgerOrder{one, two}); err != nil {
		t.Fatal(err)
	}
	if got := names("3", "2026-03-05"); !slices.Equal(got, []string{"INV-9, INV-10"}) {
		t.Errorf("%q", got)
	}
	if got := append(names("3", "2026-03-04"), names("4", "2026-03-05")...); len(got) > 0 {
		t.Errorf("before its day, or of another hotel: %q", got)
	}
	one.Unrated, one.UnratedDay, one.Entries = nil, "", two.Entries
	if err := s.SaveLedger(t.Context(), []store.LedgerOrder{one}); err != nil {
		t.Fatal(err)
	}
	if got := names("3", "2026-03-31"); len(got) > 0 {
		t.Errorf("its rate is known, and it is left out: %q", got)
	}
}
