package store_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/store"
)

// inside is an order as QloApps' tables tell it.
type inside struct {
	id                int
	term              string
	canceled, dueOpen bool
	invoice           bool
}

// sliceOf lists orders inside the database, from constants in place of QloApps' tables.
func sliceOf(section string, last int, list ...inside) store.Slice {
	l := store.Slice{Section: section, Last: uint64(last), Flows: []string{"invoice", "customer"}, Documents: map[string][]store.Selection{}}
	var records, listed, terms, documents []string
	for _, o := range list {
		records = append(records, fmt.Sprintf("SELECT %d id, 'ORDER%d' name, %t canceled, %t due_open, '1' hotel_id, 'EUR' currency, '7' customer_id, '2026-02-01' day, '{}' fields, 10 total, 5 due, 0 retired, 10 amount, '2026-03-01' last_day", o.id, o.id, o.canceled, o.dueOpen))
		listed, terms = append(listed, fmt.Sprintf("SELECT %d id", o.id)), append(terms, fmt.Sprintf("SELECT '%s' term, %d id", o.term, o.id))
		if o.invoice {
			documents = append(documents, fmt.Sprintf("SELECT %d record, %d id", o.id, o.id))
		}
	}
	all := func(parts []string) store.Selection { return store.Selection{SQL: strings.Join(parts, " UNION ALL ")} }
	l.Records, l.Listed, l.Terms = all(records), all(listed), []store.Selection{all(terms)}
	if len(documents) > 0 {
		flow := map[string]string{"orders": "invoice", "customers": "customer"}[section]
		l.Documents[flow] = []store.Selection{all(documents)}
	}
	return l
}

func listInside(t *testing.T, s *store.Store, l store.Slice) {
	t.Helper()
	if _, _, err := s.ListSlice(t.Context(), l); err != nil {
		t.Fatal(err)
	}
}

// text reads one value as text.
func text(t *testing.T, s *store.Store, query string, args ...any) string {
	t.Helper()
	var value string
	if err := s.Gorm().Raw(query, args...).Scan(&value).Error; err != nil {
		t.Fatal(err)
	}
	return value
}

// TestASliceListsAgainWhatChanged lists orders a second time: of what was looked at the look's judgement
// stays, what an order is searched by is as it is now, and an order without documents shows that it was
// canceled.
func TestASliceListsAgainWhatChanged(t *testing.T) {
	t.Parallel()
	s := setup(t)
	listInside(t, s, sliceOf("orders", 9, inside{id: 1, term: "smith", dueOpen: true, invoice: true}, inside{id: 2, term: "jones", dueOpen: true}, inside{id: 3, term: "only listed", dueOpen: true, invoice: true}))
	total := money.MustParse("10")
	looked := store.Seen{Print: "a:1", Quiet: true, Amount: &total, Listed: store.Listed{ID: "1", Name: "ORDER1", Terms: []string{"smith"}, HotelID: "1", Currency: "EUR", CustomerID: "7", Day: "2026-02-01", DueOpen: false, Documents: []store.Ref{{Flow: "invoice", ID: "1"}}}}
	if _, err := s.See(t.Context(), "orders", []store.Seen{looked}); err != nil {
		t.Fatal(err)
	}
	begin(t, s, "run", []string{"2"}, nil) // has nothing to send: synced
	listInside(t, s, sliceOf("orders", 9, inside{id: 1, term: "miller", dueOpen: true, invoice: true}, inside{id: 2, term: "jones", canceled: true}, inside{id: 3, term: "only listed", invoice: true}))
	if got := text(t, s, "SELECT GROUP_CONCAT(source_id, ':', due_open ORDER BY sort_id) FROM qlobooks_records"); got != "1:0,2:0,3:0" {
		t.Errorf("amounts due are %s: of order 1, which was looked at, none is", got)
	}
	if got := text(t, s, "SELECT GROUP_CONCAT(term ORDER BY term) FROM qlobooks_search WHERE source_id = '1'"); got != "miller" {
		t.Errorf("order 1 is searched by %s", got)
	}
	if got := text(t, s, "SELECT CONCAT(status, ' ', phase) FROM qlobooks_records WHERE source_id = '2'"); got != "synced canceled" {
		t.Errorf("the canceled order without documents reads %s", got)
	}
	right(t, s, "listed again")
}

// TestWhatASliceListsAnewIsInScope once its section was initialized, and only there.
func TestWhatASliceListsAnewIsInScope(t *testing.T) {
	t.Parallel()
	s := setup(t)
	scope := func(want string) {
		t.Helper()
		if got := text(t, s, "SELECT COALESCE(GROUP_CONCAT(source_id ORDER BY sort_id), '') FROM qlobooks_records WHERE in_scope = 1"); got != want {
			t.Errorf("in scope are %q, want %q", got, want)
		}
	}
	listInside(t, s, sliceOf("orders", 9, inside{id: 1}, inside{id: 3}))
	scope("")
	if err := s.MarkInitialized(t.Context(), "orders", 3); err != nil {
		t.Fatal(err)
	}
	listInside(t, s, sliceOf("orders", 9, inside{id: 1}, inside{id: 2}, inside{id: 3}, inside{id: 5}))
	scope("5") // 2 is no new order, it was not shown before
	if err := s.Adopt(t.Context(), "orders", []store.Seen{{Print: "a:1", Listed: store.Listed{ID: "6", Name: "SIX", Documents: []store.Ref{{Flow: "invoice", ID: "6"}}}}}); err != nil {
		t.Fatal(err)
	}
	scope("5,6")
	if got := text(t, s, "SELECT news FROM qlobooks_documents WHERE flow = 'invoice' AND source_id = '6'"); got != "1" {
		t.Errorf("the invoice of the new order has news %s: no tick would queue it", got)
	}
}

// TestASliceTiesPartsOfGuests, so that a guest shows at once how the contact in a second currency stands.
func TestASliceTiesPartsOfGuests(t *testing.T) {
	t.Parallel()
	s := setup(t)
	part := store.Ref{Flow: "customer", ID: "4:EUR"}
	if err := s.Ensure(t.Context(), part); err != nil {
		t.Fatal(err)
	}
	if err := s.QueueRefs(t.Context(), 0, []store.Ref{part}, store.Person); err != nil {
		t.Fatal(err)
	}
	listInside(t, s, sliceOf("customers", 9, inside{id: 4, invoice: true}, inside{id: 5, invoice: true}))
	counts, err := s.RecordCounts(t.Context(), "customers")
	if err != nil || counts["pending"] != 1 || counts["not_synced"] != 1 {
		t.Errorf("guests read %v, %v", counts, err)
	}
	docs, err := s.DocumentsOf(t.Context(), "customers", []string{"4"})
	if err != nil || len(docs["4"]) != 2 {
		t.Errorf("guest 4 has %v, %v", docs["4"], err)
	}
}

// TestMoreThanLooksNoFurther than it must.
func TestMoreThanLooksNoFurther(t *testing.T) {
	t.Parallel()
	s := setup(t)
	manyOrders(t, s, 5)
	for n, want := range map[int]bool{4: true, 5: false} {
		if got, err := s.MoreThan(t.Context(), store.RecordQuery{Section: "orders", Phases: []string{"invoice_sync"}}, n); err != nil || got != want {
			t.Errorf("more than %d: %t, %v", n, got, err)
		}
	}
}

// TestListsOfNamesAreWhole however long they are.
func TestListsOfNamesAreWhole(t *testing.T) {
	t.Parallel()
	s := setup(t)
	const query = "SELECT LENGTH(GROUP_CONCAT(x.name)) FROM (SELECT REPEAT('a', 9000) name UNION ALL SELECT REPEAT('b', 9000)) x"
	if got := text(t, s, query); got != "18001" {
		t.Errorf("a list of 18001 bytes is cut at %s", got)
	}
}
