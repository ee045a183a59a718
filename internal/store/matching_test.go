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

// TestWhatIsFoundVeryManyTimesIsCounted by a search, by a cause and by both, with the other filters.
func TestWhatIsFoundVeryManyTimesIsCounted(t *testing.T) {
	t.Parallel()
	s := setup(t)
	const n = 3100 // more than are named one by one
	var list []store.Seen
	for i := 1; i <= n; i++ {
		id := fmt.Sprint(i)
		currency := map[bool]string{true: "EUR", false: "USD"}[i%2 == 0]
		list = append(list, store.Seen{Print: "a:1", Listed: store.Listed{ID: id, Name: "ORDER" + id, Currency: currency, Canceled: i <= 3, Fields: map[string]string{"total": "2.50", "paid": "1.00"}, Documents: []store.Ref{{Flow: "invoice", ID: id}}}})
	}
	list = append(list, store.Seen{Print: "a:1", Listed: store.Listed{ID: "9000", Name: "ANOTHER", Currency: "EUR"}})
	if err := s.Adopt(t.Context(), "orders", list); err != nil {
		t.Fatal(err)
	}
	if err := s.Gorm().Exec("UPDATE qlobooks_documents SET status = 'held', issue_code = 'mapping_missing', zoho_number = IF(source_id = '1', 'order x', '')").Error; err != nil {
		t.Fatal(err)
	}
	if _, err := s.Recount(t.Context()); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		query    store.RecordQuery
		statuses map[string]int
		phases   string
	}{
		"a search":                 {store.RecordQuery{Q: "ord"}, map[string]int{"held": n}, "[{canceled EUR 1 2.5 0} {canceled USD 2 5 0} {invoice_sync EUR 1549 3872.5 2323.5} {invoice_sync USD 1548 3870 2322}]"},
		"a cause":                  {store.RecordQuery{Issue: "mapping_missing", Phases: []string{"canceled"}}, map[string]int{"held": 3}, "[{canceled EUR 1 2.5 0} {canceled USD 2 5 0} {invoice_sync EUR 1549 3872.5 2323.5} {invoice_sync USD 1548 3870 2322}]"},
		"both in one currency":     {store.RecordQuery{Q: "order", Issue: "mapping_missing", Currency: "EUR"}, map[string]int{"held": 1550}, "[{canceled EUR 1 2.5 0} {invoice_sync EUR 1549 3872.5 2323.5}]"},
		"a status that none is in": {store.RecordQuery{Q: "o", Statuses: []string{"synced"}}, map[string]int{"held": n}, "[]"},
	} {
		tt.query.Section = "orders"
		statuses, sums, err := s.Matching(t.Context(), tt.query)
		if err != nil || !maps.Equal(statuses, tt.statuses) || fmt.Sprint(sums) != tt.phases {
			t.Errorf("%s: %v %v, %v", name, statuses, sums, err)
		}
	}
}
