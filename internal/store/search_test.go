package store_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/qlobooks/qlobooks/internal/store"
)

// TestRecordsAreFoundByWhatTheyAreCalledInZohoBooks pastes numbers of documents into the search.
func TestRecordsAreFoundByWhatTheyAreCalledInZohoBooks(t *testing.T) {
	s := setup(t)
	orders(t, s, 12)
	for _, d := range []struct {
		ref    store.Ref
		number string
	}{{store.Ref{Flow: "invoice", ID: "3"}, "#IN000031"}, {store.Ref{Flow: "invoice", ID: "4"}, "#IN000032"}, {store.Ref{Flow: "payment", ID: "1"}, "57"}, {store.Ref{Flow: "payment", ID: "6"}, "571"}, {store.Ref{Flow: "sales_order", ID: "9"}, "100%_SO"}} {
		if err := s.Pair(t.Context(), []string{d.ref.Flow}, []store.Pairing{{Ref: d.ref, Zoho: store.Standing{ZohoID: "z" + d.number, Number: d.number}}}, "a person"); err != nil {
			t.Fatal(err)
		}
	}
	for q, want := range map[string][]string{
		"#IN000031": {"3"}, "#in00003": {"3", "4"}, " #IN000031 ": {"3"}, // as it is printed, its beginning, as it is pasted
		"57": {"1", "2"}, "571": {"7"}, "5": {"5"}, // one or two digits whole: payment 57 is of two orders; else an id
		"100%_": {"9"}, "100": {"9"}, "10": {"10"}, "%": nil, "#IN00004": nil,
		"order1": {"1", "10", "11", "12"}, "12": {"12"},
	} {
		list, _, err := s.Records(t.Context(), store.RecordQuery{Section: "orders", Q: q, Limit: 50})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, r := range list {
			got = append(got, r.ID)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q finds %v, want %v", q, got, want)
		}
		n, err := s.CountRecords(t.Context(), store.RecordQuery{Section: "orders", Q: q})
		if err != nil || n != len(want) {
			t.Errorf("%q counts %d: %v", q, n, err)
		}
	}
	if list, _, err := s.Records(t.Context(), store.RecordQuery{Section: "hotels", Q: "#IN000031", Limit: 50}); err != nil || len(list) != 0 {
		t.Errorf("another section finds %v: %v", list, err)
	}
}

// TestRecordsAreSelectedByWhetherTheyStand in Zoho Books, themselves or their part in another currency.
func TestRecordsAreSelectedByWhetherTheyStand(t *testing.T) {
	t.Parallel()
	s := setup(t)
	var list []store.Seen
	for _, id := range []string{"1", "2", "3", "4"} {
		list = append(list, store.Seen{Print: "a:1", Listed: store.Listed{ID: id, Name: "GUEST" + id, Documents: []store.Ref{{Flow: "customer", ID: id}}}})
	}
	if err := s.Adopt(t.Context(), "customers", list); err != nil {
		t.Fatal(err)
	}
	for _, ref := range []string{"2", "3:EUR", "4:USD"} {
		if err := s.Ensure(t.Context(), store.Ref{Flow: "customer", ID: ref}); err != nil {
			t.Fatal(err)
		}
		if err := s.Pair(t.Context(), []string{"customer"}, []store.Pairing{{Ref: store.Ref{Flow: "customer", ID: ref}, Zoho: store.Standing{ZohoID: "z" + ref}}}, "a person"); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct {
		stands store.Stands
		want   []string
	}{{store.Stands{Part: "EUR", Yes: true}, []string{"2", "3"}}, {store.Stands{Part: "EUR"}, []string{"1", "4"}}, {store.Stands{Yes: true}, []string{"2"}}, {store.Stands{}, []string{"1", "3", "4"}}} {
		tt.stands.Flow = "customer"
		list, _, err := s.Records(t.Context(), store.RecordQuery{Section: "customers", Stands: &tt.stands, Limit: 10})
		var got []string
		for _, r := range list {
			got = append(got, r.ID)
		}
		if err != nil || !slices.Equal(got, tt.want) {
			t.Errorf("%+v: %v, want %v, %v", tt.stands, got, tt.want, err)
		}
	}
}

// TestWhatIsComparedIsReadWithoutBodies but for the contact that each was sent for, its reference and where its money went.
func TestWhatIsComparedIsReadWithoutBodies(t *testing.T) {
	t.Parallel()
	s := setup(t)
	manyOrders(t, s, 3)
	for id, sent := range map[string]any{"1": `{"customer_id":"77","reference_number":"LARK","account_id":"5","payment_mode":"Cash","line_items":[{"name":"long"}]}`, "2": `{"line_items":[]}`, "3": nil} {
		if err := s.Gorm().Exec("UPDATE qlobooks_documents SET sent = ?, extra = '{\"a\":1}', zoho_id = 'z' WHERE source_id = ?", sent, id).Error; err != nil {
			t.Fatal(err)
		}
	}
	refs := []store.Ref{{Flow: "invoice", ID: "1"}, {Flow: "invoice", ID: "2"}, {Flow: "invoice", ID: "3"}}
	docs, err := s.Compared(t.Context(), refs)
	if err != nil || len(docs) != 3 {
		t.Fatal(len(docs), err)
	}
	for i, want := range []string{`{"customer_id": "77", "reference_number": "LARK", "account_id": "5", "payment_mode": "Cash"}`, `{"customer_id": null, "reference_number": null, "account_id": null, "payment_mode": null}`, ""} {
		if d := docs[refs[i]]; !sameJSON(t, string(d.Sent), want) || d.Extra != nil || d.ZohoID != "z" {
			t.Errorf("%s: sent %s, extra %s", refs[i].ID, d.Sent, d.Extra)
		}
	}
}

// sameJSON reports texts that say the same, in whatever order a server keeps fields.
func sameJSON(t *testing.T, a, b string) bool {
	t.Helper()
	var x, y any
	if a == "" || b == "" {
		return a == b
	}
	if err := errors.Join(json.Unmarshal([]byte(a), &x), json.Unmarshal([]byte(b), &y)); err != nil {
		t.Fatal(err)
	}
	return reflect.DeepEqual(x, y)
}

// TestALongNameIsFoundWhole: names and addresses are longer than what a record is searched by.
func TestALongNameIsFoundWhole(t *testing.T) {
	t.Parallel()
	s := setup(t)
	address := strings.Repeat("é-desk.", 16) + "@larkspur.example"
	if err := s.Adopt(t.Context(), "customers", []store.Seen{{Print: "a:1", Listed: store.Listed{ID: "7", Name: "Ada", Terms: []string{address}}}}); err != nil {
		t.Fatal(err)
	}
	for _, q := range []string{address, strings.ToUpper(address), address[:60]} {
		if found, _, err := s.Records(t.Context(), store.RecordQuery{Section: "customers", Q: q, Limit: 5}); err != nil || len(found) != 1 {
			t.Errorf("%q finds %d: %v", q, len(found), err)
		}
	}
}
