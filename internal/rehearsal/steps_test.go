package rehearsal_test

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/private/privatetest"
	"github.com/qlobooks/qlobooks/internal/rehearsal"
	"github.com/qlobooks/qlobooks/internal/sandbox/books"
)

// TestConnectionScheduleAndRunsByTheirSteps works without a worker, so that a run waits until it is
// canceled.
func TestConnectionScheduleAndRunsByTheirSteps(t *testing.T) {
	atOnce(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	s := openStage(ctx, t, rehearsal.Options{MySQL: hotel(t, "qlo_"), Redis: privatetest.Redis(t), NoWorker: true, HostClientID: "host-client", Books: books.Options{PerMinute: 5000, PerDay: 50000}})
	must := func(method, path string, in, out any) {
		t.Helper()
		if err := s.Call(ctx, method, path, in, out); err != nil {
			t.Fatal(err)
		}
	}

	var conn wire.Connection
	must(http.MethodPut, "/connection", map[string]any{"data_center": "eu", "use_own_application": false, "organization_id": nil}, &conn)
	if conn.TokenDomain != "https://accounts.zoho.eu" || conn.APIDomain != "https://www.zohoapis.eu" || conn.DashboardDomain != "https://books.zoho.eu" {
		t.Errorf("the data center eu has the addresses %s, %s and %s", conn.TokenDomain, conn.APIDomain, conn.DashboardDomain)
	}
	if want := s.URL + "/api/v1/connection/callback"; conn.RedirectURL != want {
		t.Errorf("the redirect URL is %s, want %s", conn.RedirectURL, want)
	}
	// The consent page that a person is sent to says which application asks.
	asks := func() (host string, q url.Values) {
		t.Helper()
		var grant wire.Authorization
		must(http.MethodPost, "/connection/authorize", nil, &grant)
		u, err := url.Parse(grant.AuthorizationURL)
		if err != nil {
			t.Fatal(err)
		}
		return u.Host, u.Query()
	}
	if host, q := asks(); host != "accounts.zoho.eu" || q.Get("client_id") != "host-client" || q.Get("redirect_uri") != conn.RedirectURL || conn.UseOwnApplication {
		t.Errorf("the host's application: %s %v %t", host, q, conn.UseOwnApplication)
	}
	must(http.MethodPut, "/connection", map[string]any{"data_center": "eu", "use_own_application": true, "client_id": "own-client", "client_secret": "own-secret", "organization_id": nil}, &conn)
	if _, q := asks(); q.Get("client_id") != "own-client" || !conn.UseOwnApplication || !conn.HasClientSecret {
		t.Errorf("the hotel's own application: %v %+v", q, conn)
	}

	var plan wire.Schedule
	must(http.MethodGet, "/schedule", nil, &plan)
	if plan.IntervalMinutes != 5 {
		t.Errorf("the schedule looks every %d minutes", plan.IntervalMinutes)
	}
	for _, on := range []bool{true, false, true} {
		verb := "/schedule/pause"
		if on {
			verb = "/schedule/resume"
		}
		var answered wire.Schedule
		must(http.MethodPost, verb, nil, &answered)
		must(http.MethodGet, "/schedule", nil, &plan)
		if answered.Enabled != on || plan.Enabled != on || (plan.NextRunAt != nil) != on {
			t.Errorf("after %s: %+v", verb, plan)
		}
	}

	var run, canceled rehearsal.Run
	must(http.MethodPost, "/records/hotels/initialize", nil, &run)
	must(http.MethodPost, "/runs/"+run.ID+"/cancel", nil, &canceled)
	if run.Status != "queued" || canceled.ID != run.ID || canceled.Status != "canceled" {
		t.Errorf("a run %s, canceled %s", run.Status, canceled.Status)
	}
	var again rehearsal.Run
	must(http.MethodPost, "/records/hotels/initialize", nil, &again)
	if again.ID == run.ID || again.Status != "queued" {
		t.Errorf("after the cancel: run %s %s", again.ID, again.Status)
	}
	refused(ctx, t, s, http.MethodPost, "/runs/999/cancel", nil, "404")
}

// orderShown is a record with its columns as texts and addresses.
type orderShown struct {
	Status, Phase string
	QloApps       *string `json:"qloapps_url"`
	Fields        map[string]json.RawMessage
}

// one is a column with a single value, many one with a list.
func (o orderShown) one(t *testing.T, name string) wire.FieldText {
	t.Helper()
	var f wire.FieldText
	if err := json.Unmarshal(o.Fields[name], &f); err != nil {
		t.Fatalf("%s is %s", name, o.Fields[name])
	}
	return f
}

func (o orderShown) many(t *testing.T, name string) (list []wire.FieldText) {
	t.Helper()
	if err := json.Unmarshal(o.Fields[name], &list); err != nil {
		t.Fatalf("%s is %s", name, o.Fields[name])
	}
	return list
}

// keyed are the keys of everything that stands in the books.
func keyed(s *rehearsal.Stage) map[string]bool {
	keys := map[string]bool{}
	for _, r := range s.Books.Snapshot() {
		if r.Key != "" {
			keys[r.Key] = true
		}
	}
	return keys
}

// TestOrdersShowTheirFieldsAndSendWhatIsAsked looks at the columns of orders with several payments
// and with a credit slip, sends single kinds of documents, and syncs what is skipped, blocked and held.
func TestOrdersShowTheirFieldsAndSendWhatIsAsked(t *testing.T) {
	atOnce(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	const admin = "https://hotel.example/admin"
	s := openStage(ctx, t, rehearsal.Options{MySQL: hotel(t, "qlo_"), Redis: privatetest.Redis(t), AdminURL: admin + "/", Books: books.Options{PerMinute: 5000, PerDay: 50000}, Every: soon, Engine: engine.Options{Gather: 2 * soon}})
	if err := s.Connect(ctx); err != nil {
		t.Fatal(err)
	}
	if err := s.SetUp(ctx, "Operating account"); err != nil {
		t.Fatal(err)
	}
	for _, section := range rehearsal.Sections {
		if _, err := s.Start(ctx, "/records/"+section+"/initialize", nil); err != nil {
			t.Fatal(err)
		}
	}
	send := func(in map[string]any) rehearsal.Run {
		t.Helper()
		run, err := s.Start(ctx, "/records/orders/sync", in)
		if err != nil {
			t.Fatal(err)
		}
		return run
	}
	show := func(section, id string) (o orderShown) {
		t.Helper()
		if err := s.Call(ctx, http.MethodGet, "/records/"+section+"/"+id, nil, &o); err != nil {
			t.Fatal(err)
		}
		return o
	}

	send(map[string]any{"ids": []string{"2", "21"}})
	for _, id := range []string{"2", "21"} {
		rest(ctx, t, s, "sent", id)
	}
	plain, slipped := show("orders", "2"), show("orders", "21")
	for _, name := range []string{"zoho_sales_order_number", "zoho_invoice_number", "zoho_payment_number", "zoho_credit_note_number"} {
		number := slipped.many(t, name)[0].Text
		var found struct {
			Items []struct {
				SourceID string `json:"source_id"`
			}
		}
		if err := s.Call(ctx, http.MethodGet, "/records/orders?q="+url.QueryEscape(number+" "), nil, &found); err != nil || len(found.Items) < 1 || len(found.Items) > 2 || found.Items[0].SourceID != "21" { // Zoho may number a payment and a slip alike
			t.Errorf("the %s %q pasted into the search finds %v: %v", name, number, found.Items, err)
		}
	}
	for name, want := range map[string]string{"reference": "LARKTHREE", "hotel": "Larkspur House", "room_types": "Tower Suite", "total": "771.68", "paid": "771.68", "currency": "USD"} {
		if got := plain.one(t, name).Text; got != want {
			t.Errorf("%s of order 2 is %q, want %q", name, got, want)
		}
	}
	for _, name := range []string{"guest", "check_in", "check_out", "source"} {
		if plain.one(t, name).Text == "" {
			t.Errorf("order 2 shows no %s", name)
		}
	}
	if in, out := plain.one(t, "check_in").Text, plain.one(t, "check_out").Text; in >= out {
		t.Errorf("order 2 stays from %s to %s", in, out)
	}
	if contact := plain.one(t, "zoho_customer_id"); contact.Text != standing(t, s, "customer:2").ID || contact.URL == nil || !strings.HasPrefix(*contact.URL, s.Zoho) {
		t.Errorf("the contact of order 2: %+v", contact)
	}
	for name, n := range map[string]int{"zoho_invoice_number": 1, "zoho_payment_number": 3, "zoho_sales_order_number": 1, "zoho_credit_note_number": 0} {
		list := plain.many(t, name)
		if len(list) != n {
			t.Errorf("order 2 shows %s %v, want %d", name, list, n)
		}
		for _, f := range list {
			if f.Text == "" || f.URL == nil || !strings.HasPrefix(*f.URL, s.Zoho) {
				t.Errorf("%s of order 2: %+v", name, f)
			}
		}
	}
	if notes := slipped.many(t, "zoho_credit_note_number"); len(notes) != 1 || notes[0].Text == "" || notes[0].URL == nil || !strings.Contains(*notes[0].URL, standing(t, s, "credit_note:1").ID) {
		t.Errorf("order 21 shows the credit notes %+v", notes)
	}
	// The way back leads to the same order, and to its guest.
	if plain.QloApps == nil || *plain.QloApps != admin+"/index.php?controller=AdminOrders&vieworder&id_order=2" {
		t.Errorf("order 2 links to %v", plain.QloApps)
	}
	guest := admin + "/index.php?controller=AdminCustomers&viewcustomer&id_customer=2"
	if c := show("customers", "2"); c.QloApps == nil || *c.QloApps != guest || plain.one(t, "guest").URL == nil || *plain.one(t, "guest").URL != guest {
		t.Errorf("guest 2 links to %v, and from the order to %v", c.QloApps, plain.one(t, "guest").URL)
	}

	// One kind of document at a time.
	send(map[string]any{"ids": []string{"22"}, "documents": []string{"orders", "invoices", "payments"}})
	until(ctx, t, s, "payment:18", "synced", "")
	before := keyed(s)
	if before["credit_note:2"] || !before["invoice:18"] || !before["payment:18"] {
		t.Errorf("orders, invoices and payments of order 22 made %v", slices.Sorted(maps.Keys(before)))
	}
	send(map[string]any{"ids": []string{"22"}, "documents": []string{"credit_notes"}})
	rest(ctx, t, s, "the slip", "22")
	var made []string
	for key := range keyed(s) {
		if !before[key] {
			made = append(made, key)
		}
	}
	if !slices.Equal(made, []string{"credit_note:2"}) {
		t.Errorf("credit notes alone made %v", made)
	}

	// Blocked: a payment whose invoice nobody asked for. Sync of the order sends both.
	send(map[string]any{"ids": []string{"10"}, "documents": []string{"payments"}})
	until(ctx, t, s, "payment:7", "blocked", "not_queued")
	send(map[string]any{"ids": []string{"10"}})
	until(ctx, t, s, "payment:7", "synced", "")
	until(ctx, t, s, "invoice:8", "synced", "")

	// Held: Sync tries again and it is held again, until the cause is gone.
	if err := s.Set(ctx, "currencies", "multi_currency", false); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if run := send(map[string]any{"ids": []string{"3"}}); run.Held != 1 || run.Done != 0 {
			t.Errorf("sync of a held order: %+v", run)
		}
		until(ctx, t, s, "invoice:3", "held", "currency_off")
	}
	if keyed(s)["invoice:3"] {
		t.Error("a held invoice stands in the books")
	}
	if err := s.Set(ctx, "currencies", "multi_currency", true); err != nil {
		t.Fatal(err)
	}
	send(map[string]any{"ids": []string{"3"}})
	until(ctx, t, s, "invoice:3", "synced", "")

	// Skipped by a person: Sync leaves it so and says so, until Unskip.
	if err := s.Call(ctx, http.MethodPost, "/records/customers/5/skip", why, nil); err != nil {
		t.Fatal(err)
	}
	run, err := s.Start(ctx, "/records/customers/5/sync", nil)
	if err != nil || run.Skipped != 1 || run.Done != 0 {
		t.Errorf("sync of a skipped customer: %+v %v", run, err)
	}
	until(ctx, t, s, "customer:5", "skipped", "skipped_by_person")
}

// TestWithoutABackOfficeThereIsNoWayBack: no record carries a link that leads nowhere.
func TestWithoutABackOfficeThereIsNoWayBack(t *testing.T) {
	atOnce(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	s := ready(ctx, t)
	for _, path := range []string{"/records/orders/2", "/records/customers/2"} {
		var o orderShown
		if err := s.Call(ctx, http.MethodGet, path, nil, &o); err != nil || o.QloApps != nil {
			t.Errorf("%s links to %v, %v", path, o.QloApps, err)
		}
	}
}
