package store_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/internal/store"
)

// logged is the log of calls for two guests, one of whom is to be erased: in each line either stands under
// another spelling.
func logged(t *testing.T) *store.Store {
	t.Helper()
	anna, bob := store.Ref{Flow: "customer", ID: "7"}, store.Ref{Flow: "customer", ID: "8"}
	s, exec, _ := settling(t, anna, bob, store.Ref{Flow: "customer", ID: "7:EUR"}, store.Ref{Flow: "invoice", ID: "70"}, store.Ref{Flow: "invoice", ID: "80"})
	exec(`UPDATE qlobooks_documents SET zoho_name = 'Anna Müller & Co', sent = '{"contact_name":"Anna Müller & Co","contact_persons":[{"first_name":"Anna","last_name":"Müller","email":"Anna.M@guest.test"}]}' WHERE flow = 'customer' AND source_id = '7'`)
	exec(`UPDATE qlobooks_documents SET zoho_name = 'Anna Müllerson', sent = '{"contact_name":"Anna Müllerson","contact_persons":[{"first_name":"Anna","last_name":"Müllerson","email":"bob@guest.test"}]}' WHERE flow = 'customer' AND source_id = '8'`)
	if err := s.Adopt(t.Context(), "orders", []store.Seen{{Print: "a:1", Listed: store.Listed{ID: "70", Name: "ORDER70", CustomerID: "7", Documents: []store.Ref{{Flow: "invoice", ID: "70"}}}}}); err != nil {
		t.Fatal(err)
	}
	for _, line := range []store.CallLine{
		{Ref: "customer:7", Request: `{"contact_name":"x"}`, Response: `{"contact":{}}`, Query: "a=1"},
		{Ref: "customer:7:EUR", Request: `{"contact_name":"x"}`},
		{Ref: "invoice:70", Request: `{"notes":"room for Frau M."}`, Response: `{"invoice":{}}`},
		{Ref: "invoice:80", Also: []string{"invoice:70"}, Request: `{"about":"both"}`},
		{Ref: "run:3", Response: `{"contacts":[{"email":"anna.m@guest.test"}]}`},
		{Ref: "run:3", Response: `{"contacts":[{"contact_name":"Anna M\u00fcller \u0026 Co"}]}`},
		{Ref: "run:4", Query: "contact_name=Anna+M%C3%BCller+%26+Co", Response: `{"contacts":[]}`},
		{Ref: "run:4", Query: "email=Anna.M%40guest.test", Response: `{"contacts":[]}`},
		{Ref: "run:5", Response: `{"contacts":[{"contact_name":"Anna Müllerson","email":"bob@guest.test"}]}`},
		{Ref: "customer:8", Request: `{"contact_name":"Anna Müllerson"}`, Query: "b=2"},
	} {
		line.At, line.Method, line.Path = s.Now(), "GET", "/books/v3/contacts"
		if err := s.AddCall(line); err != nil {
			t.Fatal(err)
		}
	}
	for ref, detail := range map[store.Ref]string{anna: "Paired with Anna Müller & Co in Zoho Books (12).", bob: "Paired with Anna Müllerson in Zoho Books (13)."} {
		if err := s.AddEvent(t.Context(), store.Event{Actor: "a person", Action: "pair", Ref: ref, Detail: detail}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.AddAlert(t.Context(), "records_held", "7", map[string]any{"cause": "Anna Müller & Co has no e-mail address", "sample": []string{"Anna.M@guest.test", "bob@guest.test"}}); err != nil {
		t.Fatal(err)
	}
	return s
}

// TestNothingOfAnErasedGuestIsLogged looks through everything that was logged, and through the search, once
// a guest was anonymized; the lines stay, and so does everything of others.
func TestNothingOfAnErasedGuestIsLogged(t *testing.T) {
	t.Parallel()
	s := logged(t)
	for range 2 { // it may be repeated
		if _, err := s.Erase(t.Context(), "7"); err != nil {
			t.Fatal(err)
		}
	}
	var rows []string
	if err := s.Gorm().Raw("SELECT CONCAT_WS(' ', ref, query, request, response) FROM qlobooks_calls ORDER BY id").Scan(&rows).Error; err != nil {
		t.Fatal(err)
	}
	want := []string{"customer:7", "customer:7:EUR", "invoice:70", "invoice:80", "run:3", "run:3", "run:4", "run:4",
		`run:5 {"contacts":[{"contact_name":"Anna Müllerson","email":"bob@guest.test"}]}`, `customer:8 b=2 {"contact_name":"Anna Müllerson"}`}
	if !slices.Equal(rows, want) {
		t.Errorf("the log holds\n%s", strings.Join(rows, "\n"))
	}
	var told []string
	if err := s.Gorm().Raw("SELECT detail FROM qlobooks_events WHERE action = 'pair' UNION ALL SELECT data FROM qlobooks_alerts").Scan(&told).Error; err != nil {
		t.Fatal(err)
	}
	slices.Sort(told)
	want = []string{"Paired with (erased) in Zoho Books (12).", "Paired with Anna Müllerson in Zoho Books (13).", `{"cause":"(erased) has no e-mail address","sample":["(erased)","bob@guest.test"]}`}
	if !slices.Equal(told, want) {
		t.Errorf("people are told\n%s", strings.Join(told, "\n"))
	}
	for q, n := range map[string]int{"Anna Müller &": 0, "guest.test": 1, "nna.": 0, "Müllerson": 2} {
		if list, err := s.Calls(t.Context(), store.CallQuery{Q: q, Bodies: true, Limit: 20}); err != nil || len(list) != n {
			t.Errorf("%d calls are found by %q, want %d: %v", len(list), q, n, err)
		}
	}
	if done, err := s.Erased(t.Context(), []string{"7", "8"}); err != nil || !done["7"] || done["8"] {
		t.Errorf("erased are %v %v", done, err)
	}
}

// TestACallForManyIsFoundFromEachOfThem: by the whole reference, by how it begins, and by the run in which the
// document was queued.
func TestACallForManyIsFoundFromEachOfThem(t *testing.T) {
	t.Parallel()
	s := setup(t)
	ids := orders(t, s, 3)
	var runs []uint64
	for _, id := range ids {
		runs = append(runs, begin(t, s, "run "+id, []string{id}, []string{"invoice"}))
	}
	for range 3 { // others were logged beside it, in one statement
		if err := s.AddCall(store.CallLine{At: s.Now(), Ref: "customer:1", Method: "PUT", Path: "/books/v3/contacts"}); err != nil {
			t.Fatal(err)
		}
	}
	line := store.CallLine{At: s.Now().Add(time.Second), Ref: "invoice:1", Also: []string{"invoice:2", "invoice:3"}, Method: "POST", Path: "/books/v3/invoices/status/sent"}
	if err := s.AddCall(line); err != nil {
		t.Fatal(err)
	}
	for i := range ids {
		ref := fmt.Sprintf("invoice:%d", i+1)
		for name, q := range map[string]store.CallQuery{"reference": {Ref: ref}, "search": {Q: ref}, "run": {Run: runs[i]}} {
			q.Limit = 10
			list, err := s.Calls(t.Context(), q)
			if err != nil || len(list) != 1 || list[0].CallLine.Ref != "invoice:1" || !slices.Equal(list[0].Also, line.Also) {
				t.Errorf("by the %s of %s: %+v %v", name, ref, list, err)
				continue
			}
			if one, err := s.Call(t.Context(), list[0].ID); err != nil || !slices.Equal(one.Also, line.Also) {
				t.Errorf("the call itself: %+v %v", one, err)
			}
		}
	}
	past := store.New(s.Gorm(), func() time.Time { return line.At.Add(time.Second) })
	if _, lines, err := past.CleanLogs(t.Context(), 0, 0); err != nil || lines != 4 {
		t.Fatalf("%d lines were deleted, want 4: %v", lines, err)
	}
	for _, table := range []string{"qlobooks_calls", "qlobooks_call_refs"} {
		var left int
		if err := s.Gorm().Raw("SELECT COUNT(*) FROM " + table).Scan(&left).Error; err != nil || left != 0 {
			t.Errorf("%d rows are left in %s: %v", left, table, err)
		}
	}
}
