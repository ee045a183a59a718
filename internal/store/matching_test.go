package store_test

import (
	"fmt"
	"maps"
	"testing"

	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/store"
)

// Each count says what choosing it would show: it follows every filter but its own.
func TestCountsFollowTheOtherFilters(t *testing.T) {
	t.Parallel()

	s := setup(t)
	order := func(id, currency, total, paid string, canceled bool) store.Seen {
		return store.Seen{Print: "a:1", Listed: store.Listed{ID: id, Name: "ORDER" + id, Currency: currency, Canceled: canceled, Day: "2026-03-0" + id, Fields: map[string]string{"total": total, "paid": paid},
			Documents: []store.Ref{{Flow: "invoice", ID: id}}}}
	}
	list := []store.Seen{order("1", "EUR", "100.00", "40.00", false), order("2", "EUR", "50.10", "60.00", false), order("3", "USD", "10.00", "0.00", false), order("4", "EUR", "70.00", "0.00", true), order("5", "EUR", "", "", false)}
	if err := s.Adopt(t.Context(), "orders", list); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		query    store.RecordQuery
		statuses map[string]int
		phases   map[string]string // phase and currency → count, total, due
	}{
		"nothing filtered":                    {store.RecordQuery{}, map[string]int{"not_synced": 5}, map[string]string{"invoice_sync EUR": "3 150.10 60.00", "invoice_sync USD": "1 10.00 10.00", "canceled EUR": "1 70.00 0.00"}},
		"a currency narrows both":             {store.RecordQuery{Currency: "USD"}, map[string]int{"not_synced": 1}, map[string]string{"invoice_sync USD": "1 10.00 10.00"}},
		"a phase narrows the statuses alone":  {store.RecordQuery{Currency: "EUR", Phases: []string{"canceled"}}, map[string]int{"not_synced": 1}, map[string]string{"invoice_sync EUR": "3 150.10 60.00", "canceled EUR": "1 70.00 0.00"}},
		"a status narrows the phases alone":   {store.RecordQuery{Currency: "USD", Statuses: []string{"synced"}}, map[string]int{"not_synced": 1}, map[string]string{}},
		"days and search narrow both as well": {store.RecordQuery{DayFrom: "2026-03-02", Q: "order2"}, map[string]int{"not_synced": 1}, map[string]string{"invoice_sync EUR": "1 50.10 0.00"}},
	}
	for name, tt := range tests {
		tt.query.Section = "orders"
		statuses, sums, err := s.Matching(t.Context(), tt.query)
		if err != nil {
			t.Fatal(err)
		}
		phases := map[string]string{}
		for _, p := range sums {
			phases[p.Phase+" "+p.Currency] = fmt.Sprint(p.Count) + " " + money.Text(p.Total) + " " + money.Text(p.Due)
		}
		if !maps.Equal(statuses, tt.statuses) || !maps.Equal(phases, tt.phases) {
			t.Errorf("%s: statuses %v, want %v; phases %v, want %v", name, statuses, tt.statuses, phases, tt.phases)
		}
	}
}
