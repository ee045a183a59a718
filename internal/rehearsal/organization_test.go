package rehearsal_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/private/privatetest"
	"github.com/qlobooks/qlobooks/internal/rehearsal"
	"github.com/qlobooks/qlobooks/internal/sandbox/books"
)

// between is a hotel, connected and set up, with the books of another organization that may be chosen.
func between(t *testing.T, prefix string) (d desk, other *books.Server, elsewhere string) {
	t.Helper()
	other = books.New(books.Options{OrganizationID: "70002", Seed: 9, PerMinute: 5000, PerDay: 50000})
	server := httptest.NewServer(other)
	t.Cleanup(server.Close)
	dsn := hotel(t, prefix)
	s := openStage(t.Context(), t, rehearsal.Options{MySQL: dsn, Redis: privatetest.Redis(t), Books: books.Options{PerMinute: 5000, PerDay: 50000}, Origins: []string{server.URL}, Every: soon, Engine: engine.Options{Gather: 2 * soon}})
	d = desk{clerk: newClerk(t, dsn, prefix), Stage: s, ctx: t.Context()}
	d.must(d.Connect(d.ctx))
	d.must(d.SetUp(d.ctx, "Operating account"))
	d.must(d.Set(d.ctx, "limits", "calls_per_minute", 5000))
	return d, other, server.URL
}

// TestNothingReadOfAnOrganizationIsBelievedInTheNext reads contacts, payments and a month of an organization that turns out to be
// the wrong one, before anything is sent: as nothing is linked, the right one is chosen without a reset.
func TestNothingReadOfAnOrganizationIsBelievedInTheNext(t *testing.T) {
	atOnce(t)
	d, other, elsewhere := between(t, "wrong_")
	d.must(d.Initialize(d.ctx))
	var guest struct{ Items []struct{ Name string } }
	d.must(d.Call(d.ctx, http.MethodGet, "/pairing/customers?limit=1", nil, &guest))
	_, err := d.Books.AddByHand("contacts", `{"contact_name":"`+guest.Items[0].Name+`","contact_type":"customer"}`)
	d.must(err)
	for path, in := range map[string]any{"/pairing/customers/load": nil, "/reconciliation/refresh": wire.DayRange{From: "2026-01-01", To: "2026-01-31"}, "/payments/import": map[string]any{"scope": "new"}} {
		_, err = d.Start(d.ctx, path, in)
		d.must(err)
	}
	suggested := func() string {
		t.Helper()
		var page struct{ Items []json.RawMessage }
		d.must(d.Call(d.ctx, http.MethodGet, "/pairing/customers?limit=1", nil, &page))
		return string(page.Items[0])
	}
	if before := suggested(); !strings.Contains(before, `"zoho_contact_id":"`) {
		t.Fatalf("nothing is suggested: %s", before)
	}
	d.Stage.Books, d.Zoho = other, elsewhere
	d.must(d.Connect(d.ctx))
	if after := suggested(); strings.Contains(after, `"zoho_contact_id":"`) {
		t.Errorf("a contact of the other organization is suggested: %s", after)
	}
	for _, table := range []string{"zoho_contacts", "zoho_documents", "reconciled_days", "imported_payments", "names", "refused_alike"} {
		if n := one(t, d.Stage, "SELECT COUNT(*) FROM qlobooks_"+table); n != "0" {
			t.Errorf("%s rows of %s", n, table)
		}
	}
}

// TestWhatIsOnItsWayIsNotLeftBehind chooses another organization while a contact was sent to the first and no answer came.
func TestWhatIsOnItsWayIsNotLeftBehind(t *testing.T) {
	atOnce(t)
	d, _, elsewhere := between(t, "ontheway_")
	d.must(d.Initialize(d.ctx))
	d.must(d.Books.SetFaults(books.Rule{Method: "PUT", Path: "/contacts", Fault: books.FaultCommitDrop}, books.Rule{Method: "POST", Path: "/contacts", Fault: books.FaultCommitDrop}))
	var run struct{ ID string }
	d.must(d.Call(d.ctx, http.MethodPost, "/records/customers/sync", map[string]any{"ids": []string{"2"}}, &run))
	until(d.ctx, t, d.Stage, "customer:2", "unknown", "outcome_unknown")
	err := d.Call(d.ctx, http.MethodPut, "/connection", map[string]any{"data_center": "custom", "token_domain": elsewhere, "api_domain": elsewhere, "dashboard_domain": elsewhere,
		"use_own_application": true, "client_id": "sandbox-client", "client_secret": "sandbox-secret", "organization_id": "70002"}, nil)
	if err == nil || !strings.Contains(err.Error(), "organization_change_needs_reset") {
		t.Errorf("another organization was chosen while a contact was on its way: %v", err)
	}
}

// gate lets calls of an address wait until it is opened.
type gate struct {
	http.Handler
	call           string
	came, openedBy chan struct{}
}

func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.Contains(r.URL.RequestURI(), g.call) {
		select {
		case g.came <- struct{}{}:
			<-g.openedBy
		default: // nobody waits for it
		}
	}
	g.Handler.ServeHTTP(w, r)
}

// slowly is a hotel that is to be connected to books behind a gate; home is the address of its other books.
func slowly(t *testing.T, prefix, call string, options books.Options) (d desk, slow *gate, home string) {
	t.Helper()
	slow = &gate{Handler: books.New(options), call: call, came: make(chan struct{}), openedBy: make(chan struct{})}
	server := httptest.NewServer(slow)
	t.Cleanup(server.Close)
	s := openStage(t.Context(), t, rehearsal.Options{MySQL: hotel(t, prefix), Redis: privatetest.Redis(t), Origins: []string{server.URL}, Every: soon})
	d, home = desk{Stage: s, ctx: t.Context(), clerk: clerk{t: t}}, s.Zoho
	d.Zoho = server.URL
	return d, slow, home
}

// TestWhatAnOrganizationSaysLateIsNotSaidOfTheNext has one browser test the connection, which Zoho Books answers slowly, while
// another chooses another organization.
func TestWhatAnOrganizationSaysLateIsNotSaidOfTheNext(t *testing.T) {
	atOnce(t)
	d, slow, home := slowly(t, "slow_", "entity=creditnote", books.Options{OrganizationID: "70002", Name: "The slow one", BaseCurrency: "CHF", Seed: 9, NoLimits: true})
	d.must(d.Connect(d.ctx))
	tested := make(chan error, 1)
	go func() { tested <- d.Call(d.ctx, http.MethodPost, "/connection/test", nil, nil) }()
	<-slow.came
	d.Zoho = home
	d.must(d.Connect(d.ctx))
	var before, after wire.Connection
	d.must(d.Call(d.ctx, http.MethodGet, "/connection", nil, &before))
	close(slow.openedBy)
	<-tested
	d.must(d.Call(d.ctx, http.MethodGet, "/connection", nil, &after))
	if *after.OrganizationID != *before.OrganizationID || *after.OrganizationName != *before.OrganizationName || *after.BaseCurrency != *before.BaseCurrency {
		t.Errorf("%s in %s became %s in %s", *before.OrganizationName, *before.BaseCurrency, *after.OrganizationName, *after.BaseCurrency)
	}
}

// TestAConsentChangesNothingThatWasChosenMeanwhile has one browser choose another data center while the consent of another one,
// given for the former, is being taken.
func TestAConsentChangesNothingThatWasChosenMeanwhile(t *testing.T) {
	atOnce(t)
	d, slow, home := slowly(t, "consents_", "/oauth/v2/token", books.Options{OrganizationID: "70002", Seed: 9, NoLimits: true})
	consented := make(chan error, 1)
	go func() { consented <- d.Connect(d.ctx) }()
	<-slow.came
	d.must(d.Call(d.ctx, http.MethodPut, "/connection", map[string]any{"data_center": "custom", "token_domain": home, "api_domain": home, "dashboard_domain": home,
		"use_own_application": true, "client_id": "sandbox-client", "client_secret": "sandbox-secret", "organization_id": nil}, nil))
	close(slow.openedBy)
	if err := <-consented; err == nil || !strings.Contains(err.Error(), "changed_meanwhile") {
		t.Errorf("the consent for what is not chosen any more ended with %v", err)
	}
	var c wire.Connection
	d.must(d.Call(d.ctx, http.MethodGet, "/connection", nil, &c))
	if c.APIDomain != home || c.Status != "disconnected" {
		t.Errorf("%s was chosen, there stands %s, %s", home, c.APIDomain, c.Status)
	}
	d.Zoho = home
	d.must(d.Connect(d.ctx))
}

// TestAnOrganizationIsNotLeftWhileItIsRead has another organization chosen while the contacts of the first are being read: the
// rest of them would be suggested for guests in the books of the second.
func TestAnOrganizationIsNotLeftWhileItIsRead(t *testing.T) {
	atOnce(t)
	d, slow, home := slowly(t, "reading_", "/contacts?", books.Options{OrganizationID: "70002", Seed: 9, NoLimits: true})
	d.must(d.Connect(d.ctx))
	_, err := d.Start(d.ctx, "/records/customers/initialize", nil)
	d.must(err)
	d.must(d.Settled(d.ctx))
	var run rehearsal.Run
	d.must(d.Call(d.ctx, http.MethodPost, "/pairing/customers/load", nil, &run))
	<-slow.came
	d.Zoho = home
	if err := d.Connect(d.ctx); err == nil || !strings.Contains(err.Error(), "409") || !strings.Contains(err.Error(), `"runs_active"`) {
		t.Errorf("another data center was chosen while the contacts were read: %v", err)
	}
	close(slow.openedBy)
	_, err = d.Wait(d.ctx, run.ID)
	d.must(err)
	d.must(d.Connect(d.ctx))
}

// TestWhatOneOrganizationRefusedIsTriedInTheNext has the first organization refuse contacts until none is sent any more: what
// it had against them says nothing of the next one.
func TestWhatOneOrganizationRefusedIsTriedInTheNext(t *testing.T) {
	atOnce(t)
	d, other, elsewhere := between(t, "refused_")
	d.must(d.Initialize(d.ctx))
	d.must(d.Books.SetFaults(books.Rule{Method: "PUT", Path: "/contacts", Fault: books.FaultRefuse}))
	_, err := d.Start(d.ctx, "/records/customers/sync", map[string]any{"all": true, "confirm": true})
	d.must(err)
	until(d.ctx, t, d.Stage, "customer:2", "held", "refused_alike")
	d.Stage.Books, d.Zoho = other, elsewhere
	d.must(d.Connect(d.ctx))
	d.must(d.SetUp(d.ctx, "Operating account"))
	until(d.ctx, t, d.Stage, "customer:2", "synced", "")
}

// TestWhatLacksAMappingInOneOrganizationGoesOnInTheNext queues an order where nothing is mapped, and goes back to the
// organization whose mapping returns with it.
func TestWhatLacksAMappingInOneOrganizationGoesOnInTheNext(t *testing.T) {
	atOnce(t)
	d, other, elsewhere := between(t, "unmapped_")
	d.must(d.Initialize(d.ctx))
	first, home := d.Stage.Books, d.Zoho
	d.Stage.Books, d.Zoho = other, elsewhere
	d.must(d.Connect(d.ctx))
	_, err := d.Start(d.ctx, "/setup", map[string]any{"create_taxes": false, "create_currencies": true})
	d.must(err)
	_, err = d.Start(d.ctx, "/records/orders/sync", map[string]any{"ids": []string{"10"}, "confirm": true})
	d.must(err)
	until(d.ctx, t, d.Stage, "invoice:8", "blocked", "mapping_missing")
	d.must(d.Settled(d.ctx))
	d.must(d.Call(d.ctx, http.MethodPost, "/tools/reset", map[string]any{"scope": "links", "confirm": "70002"}, nil))
	d.Stage.Books, d.Zoho = first, home
	d.must(d.Connect(d.ctx))
	until(d.ctx, t, d.Stage, "invoice:8", "synced", "")
}
