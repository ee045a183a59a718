package rehearsal_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/qlobooks/qlobooks/internal/rehearsal"
	"github.com/qlobooks/qlobooks/internal/sandbox/books"
)

// synced is a stage on which the named orders, or all sections, are in the books.
func synced(ctx context.Context, t *testing.T, orders ...string) *rehearsal.Stage {
	t.Helper()
	s := ready(ctx, t)
	if err := s.SetUp(ctx, "Operating account"); err != nil {
		t.Fatal(err)
	}
	if len(orders) == 0 {
		if _, err := s.SyncAll(ctx); err != nil {
			t.Fatal(err)
		}
		return s
	}
	if _, err := s.Start(ctx, "/records/orders/sync", map[string]any{"ids": orders, "confirm": true}); err != nil {
		t.Fatal(err)
	}
	settled(ctx, t, s)
	return s
}

// standing finds the one record of the books that carries a key.
func standing(t *testing.T, s *rehearsal.Stage, key string) books.Record {
	t.Helper()
	var found []books.Record
	for _, r := range s.Books.Snapshot() {
		if r.Key == key {
			found = append(found, r)
		}
	}
	if len(found) != 1 {
		t.Fatalf("%s stands %d times", key, len(found))
	}
	return found[0]
}

// refused posts and wants a refusal with this status and code.
func refused(ctx context.Context, t *testing.T, s *rehearsal.Stage, method, path string, in any, wants ...string) {
	t.Helper()
	err := s.Call(ctx, method, path, in, nil)
	if err == nil {
		t.Errorf("%s %s was not refused", method, path)
		return
	}
	for _, want := range wants {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%s %s: %v, want %s", method, path, err, want)
		}
	}
}

var why = map[string]any{"reason": "As the accountant asked."}

type verbDocument struct {
	Status  string
	Paired  bool
	ZohoID  *string `json:"zoho_id"`
	Number  *string `json:"zoho_number"`
	Notices []struct{ Code, Detail string }
}

func look(ctx context.Context, t *testing.T, s *rehearsal.Stage, path string) verbDocument {
	t.Helper()
	var d verbDocument
	if err := s.Call(ctx, http.MethodGet, path, nil, &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// TestACustomerIsPairedWithTheContactThatWasThere ties a guest to a contact made by hand, sends
// the guest there, and forgets the tie again.
func TestACustomerIsPairedWithTheContactThatWasThere(t *testing.T) {
	atOnce(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	s := ready(ctx, t)
	if err := s.SetUp(ctx, "Operating account"); err != nil {
		t.Fatal(err)
	}
	contact, err := s.Books.AddByHand("contacts", `{"contact_name":"Nora Castellan","contact_type":"customer"}`)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Start(ctx, "/records/customers/2/sync", nil); err != nil {
		t.Fatal(err)
	}
	other := standing(t, s, "customer:2").ID
	item, err := s.Books.AddByHand("items", `{"name":"Key deposit","rate":5}`)
	if err != nil {
		t.Fatal(err)
	}
	calls := len(s.Books.Calls())
	refused(ctx, t, s, http.MethodPost, "/records/customers/1/pair", map[string]any{"zoho_id": other}, "409", "already_paired")
	refused(ctx, t, s, http.MethodPost, "/records/customers/1/pair", map[string]any{"zoho_id": item}, "422", "zoho_id")
	refused(ctx, t, s, http.MethodPost, "/records/customers/1/pair", map[string]any{"zoho_id": "12"}, "422", "zoho_id")
	refused(ctx, t, s, http.MethodPost, "/records/customers/1/pair", map[string]any{"zoho_id": "name"}, "422", "zoho_id")
	refused(ctx, t, s, http.MethodPost, "/records/currencies/1/pair", map[string]any{"zoho_id": item}, "409")
	refused(ctx, t, s, http.MethodPost, "/records/customers/9999/pair", map[string]any{"zoho_id": item}, "404")
	refused(ctx, t, s, http.MethodPost, "/records/customers/1/unpair", why, "409", "not_linked")
	refused(ctx, t, s, http.MethodPost, "/records/customers/2/recreate", why, "409", "still_there")
	for _, c := range s.Books.Calls()[calls:] {
		if c.Writes() {
			t.Errorf("a refused wish wrote: %s %s", c.Method, c.Path)
		}
	}
	if err := s.Call(ctx, http.MethodPost, "/records/customers/1/pair", map[string]any{"zoho_id": contact}, nil); err != nil {
		t.Fatal(err)
	}
	if d := look(ctx, t, s, "/records/customers/1"); d.Status != "synced" || !d.Paired || d.ZohoID == nil || *d.ZohoID != contact {
		t.Fatalf("after pairing: %+v", d)
	}
	if run, err := s.Start(ctx, "/records/customers/1/sync", nil); err != nil || run.Done != 1 {
		t.Fatalf("%+v %v", run, err)
	}
	if r := standing(t, s, "customer:1"); r.ID != contact || r.Name != "Nora Castellan" || !strings.Contains(string(r.Body), "nora@guests.example") {
		t.Errorf("the paired contact was not brought up to date: %+v", r)
	}
	if err := s.Call(ctx, http.MethodPost, "/records/customers/1/unpair", why, nil); err != nil {
		t.Fatal(err)
	}
	if d := look(ctx, t, s, "/records/customers/1"); d.Status != "not_synced" || d.Paired || d.ZohoID != nil {
		t.Errorf("after unpairing: %+v", d)
	}
	if _, err := s.Start(ctx, "/records/customers/1/sync", nil); err != nil {
		t.Fatal(err)
	}
	if r := standing(t, s, "customer:1"); r.ID != contact {
		t.Error("the contact that carries the key was not found again")
	}
	var detail struct {
		History []struct{ By, Event, Detail string }
	}
	if err := s.Call(ctx, http.MethodGet, "/records/customers/1", nil, &detail); err != nil {
		t.Fatal(err)
	}
	events := ""
	for _, e := range detail.History {
		events += e.By + " " + e.Event + "; "
	}
	if !strings.Contains(events, "Rehearsal pair") || !strings.Contains(events, "Rehearsal unpair") {
		t.Errorf("the history says %s", events)
	}
}

// TestWhatAPersonDidInZohoIsRecreated deletes, voids, changes and merges by hand.
func TestWhatAPersonDidInZohoIsRecreated(t *testing.T) {
	atOnce(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	s := synced(ctx, t, "2", "3", "10", "30")
	recreate := func(key string) {
		t.Helper()
		flow, id, _ := strings.Cut(key, ":")
		if run, err := s.Start(ctx, "/documents/"+flow+"/"+id+"/recreate", why); err != nil || run.Failed+run.Held > 0 {
			t.Fatalf("recreate %s: %+v %v", key, run, err)
		}
		settled(ctx, t, s)
	}
	hand := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}

	gone := standing(t, s, "invoice:30")
	hand(s.Books.DeleteByHand(gone.ID))
	recreate("invoice:30")
	again := standing(t, s, "invoice:30")
	if again.ID == gone.ID || !again.Total.Equal(gone.Total) || again.Name != gone.Name || !again.Balance.IsZero() {
		t.Errorf("deleted invoice: %s %s open %s, was %s %s", again.Name, again.Total, again.Balance, gone.Name, gone.Total)
	}

	void := standing(t, s, "invoice:2")
	hand(s.Books.SetStatusByHand(void.ID, "void"))
	recreate("invoice:2")
	// Its money is read before it is moved, so that it comes after the invoice.
	eventually(ctx, t, s, "the voided invoice is paid again", func() bool { return standing(t, s, "invoice:2").Balance.IsZero() })
	if r := standing(t, s, "invoice:2"); r.ID != void.ID || r.Status != "paid" || !r.Balance.IsZero() {
		t.Errorf("voided invoice: %+v", r)
	}

	bent := standing(t, s, "invoice:3")
	hand(s.Books.ChangeByHand(bent.ID, `{"date":"2026-01-05"}`))
	recreate("invoice:3")
	if r := standing(t, s, "invoice:3"); r.ID != bent.ID || r.Date != bent.Date {
		t.Errorf("changed invoice: %s, want %s", r.Date, bent.Date)
	}

	paid := standing(t, s, "payment:7")
	hand(s.Books.DeleteByHand(paid.ID))
	recreate("payment:7")
	if r := standing(t, s, "payment:7"); r.ID == paid.ID || len(r.Applied) != 1 {
		t.Errorf("deleted payment: %+v", r)
	}
	refused(ctx, t, s, http.MethodPost, "/documents/payment/7/recreate", why, "409", "still_there")

	winner, err := s.Books.AddByHand("contacts", `{"contact_name":"The one who stays","contact_type":"customer"}`)
	hand(err)
	merged := standing(t, s, "customer:7")
	hand(s.Books.MergeByHand(winner, merged.ID))
	if err := s.Call(ctx, http.MethodPost, "/documents/customer/7/unpair", why, nil); err != nil {
		t.Fatal(err)
	}
	if err := s.Call(ctx, http.MethodPost, "/documents/customer/7/pair", map[string]any{"zoho_id": winner}, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Start(ctx, "/records/customers/7/sync", nil); err != nil {
		t.Fatal(err)
	}
	if r := standing(t, s, "customer:7"); r.ID != winner {
		t.Error("the merged contact's winner does not stand for the guest")
	}
}

// TestADocumentIsPairedWithWhatWasEnteredByHand takes an invoice and a payment over that an
// accountant entered before.
func TestADocumentIsPairedWithWhatWasEnteredByHand(t *testing.T) {
	atOnce(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	s := ready(ctx, t)
	if err := s.SetUp(ctx, "Operating account"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Start(ctx, "/records/customers/1/sync", nil); err != nil {
		t.Fatal(err)
	}
	contact := standing(t, s, "customer:1").ID
	invoice, err := s.Books.AddByHand("invoices", `{"customer_id":"`+contact+`","line_items":[{"name":"Room","rate":374.40,"quantity":1}]}`)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Books.SetStatusByHand(invoice, "sent"); err != nil {
		t.Fatal(err)
	}
	payment, err := s.Books.AddByHand("customerpayments", `{"customer_id":"`+contact+`","payment_mode":"cash","amount":374.40,"invoices":[{"invoice_id":"`+invoice+`","amount_applied":374.40}]}`)
	if err != nil {
		t.Fatal(err)
	}
	refused(ctx, t, s, http.MethodPost, "/documents/invoice/3/pair", map[string]any{"zoho_id": invoice}, "422", "EUR")
	for path, id := range map[string]string{"/documents/invoice/1/pair": invoice, "/documents/payment/1/pair": payment} {
		if err := s.Call(ctx, http.MethodPost, path, map[string]any{"zoho_id": id}, nil); err != nil {
			t.Fatal(err)
		}
	}
	writes := len(s.Books.Calls())
	if _, err := s.Start(ctx, "/documents/payment/1/sync", nil); err != nil {
		t.Fatal(err)
	}
	until(ctx, t, s, "payment:1", "synced", "")
	for _, c := range s.Books.Calls()[writes:] {
		if c.Writes() {
			t.Errorf("the paired payment was written: %s %s", c.Method, c.Path)
		}
	}
	if d := look(ctx, t, s, "/documents/invoice/1"); !d.Paired || d.ZohoID == nil || *d.ZohoID != invoice {
		t.Errorf("the invoice does not show its pair: %+v", d)
	}
}
