package rehearsal_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/access"
	"github.com/qlobooks/qlobooks/internal/rehearsal"
	"github.com/qlobooks/qlobooks/internal/settings"
	"github.com/qlobooks/qlobooks/internal/store/storetest"
	"github.com/qlobooks/qlobooks/internal/version"
)

// TestLogsTellEveryCallWithoutSecrets reads the log in pages and by its filters, and lets it age.
func TestLogsTellEveryCallWithoutSecrets(t *testing.T) {
	atOnce(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	today := time.Now().UTC().Format(time.DateOnly) // of its beginning, as midnight may pass meanwhile
	s := synced(ctx, t, "10")
	var all []wire.LogLine
	for path := "/logs?limit=7"; path != ""; {
		var page struct {
			Items      []struct{ ID, Ref, Method, Path, Error string }
			NextCursor *string `json:"next_cursor"`
		}
		if err := s.Call(ctx, http.MethodGet, path, nil, &page); err != nil {
			t.Fatal(err)
		}
		for _, x := range page.Items {
			all = append(all, wire.LogLine{ID: x.ID, Ref: x.Ref, Path: x.Path})
		}
		path = ""
		if page.NextCursor != nil {
			path = "/logs?limit=7&cursor=" + *page.NextCursor
		}
	}
	if len(all) < len(s.Books.Calls()) {
		t.Errorf("the log has %d lines, the books saw %d calls", len(all), len(s.Books.Calls()))
	}
	count := func(query string) int {
		t.Helper()
		var page struct{ Items []struct{ ID, Ref string } }
		if err := s.Call(ctx, http.MethodGet, "/logs?limit=200&"+query, nil, &page); err != nil {
			t.Fatal(err)
		}
		return len(page.Items)
	}
	for query, want := range map[string]int{"ref=invoice:8": 2, "flow=payment": 1, "q=customerpayments&flow=payment": 1, "status=200&flow=invoice&q=status/sent": 1, "status=404": 0, "status=failed": 0,
		"from=" + today + "T00:00:00Z&flow=invoice": 2, "to=2020-01-01": 0} {
		if got := count(query); got != want {
			t.Errorf("%s: %d lines, want %d", query, got, want)
		}
	}
	if count("run=7") == 0 || count("run=999") != 0 {
		t.Errorf("runs: %d and %d lines", count("run=7"), count("run=999"))
	}
	auditTells(ctx, t, s)
	refused(ctx, t, s, http.MethodGet, "/logs?state=ok", nil, "422")
	refused(ctx, t, s, http.MethodGet, "/logs/0", nil, "404")

	id := ""
	for _, x := range all {
		if x.Ref == "invoice:8" {
			id = x.ID
		}
	}
	var call struct {
		Request, Response *string
		Record            *wire.RecordLink
	}
	if err := s.Call(ctx, http.MethodGet, "/logs/"+id, nil, &call); err != nil || call.Record == nil || call.Record.Section != wire.Orders || call.Request == nil || call.Response == nil || !strings.Contains(*call.Request, "invoice:8") {
		t.Fatalf("%+v %v", call, err)
	}
	stored := one(t, s, "SELECT GROUP_CONCAT(COALESCE(request, ''), COALESCE(response, ''), COALESCE(query, '')) FROM qlobooks_calls")
	for _, secret := range []string{"Zoho-oauthtoken", "sandbox-secret", "access_token", "refresh_token"} {
		if strings.Contains(stored, secret) {
			t.Errorf("the log holds %s", secret)
		}
	}
	_, viewer, err := s.App.Tokens.Create(ctx, "Viewer", access.Viewer, "test")
	if err != nil {
		t.Fatal(err)
	}
	admin := s.Token
	s.Token = viewer
	refused(ctx, t, s, http.MethodGet, "/logs/"+id, nil, "403")
	refused(ctx, t, s, http.MethodPost, "/records/customers/1/unpair", why, "403")
	refused(ctx, t, s, http.MethodPost, "/tools/reset", map[string]any{"scope": "all", "confirm": "1"}, "403")
	s.Token = admin

	inHotel(t, s.App.Config.MySQLDSN.Reveal(), "UPDATE qlobooks_calls SET at = at - INTERVAL 31 DAY WHERE ref = 'invoice:8'", "UPDATE qlobooks_calls SET at = at - INTERVAL 401 DAY WHERE ref = 'payment:7'")
	bodies, lines, err := s.App.Store.CleanLogs(ctx, 30, 400)
	if err != nil || bodies != 2 || lines != 1 {
		t.Errorf("retention emptied %d and deleted %d: %v", bodies, lines, err)
	}
	if err := s.Call(ctx, http.MethodGet, "/logs/"+id, nil, &call); err != nil || count("flow=payment") != 0 {
		t.Errorf("after retention: %v", err)
	}
	if got := one(t, s, "SELECT COUNT(*) FROM qlobooks_calls WHERE ref = 'invoice:8' AND request IS NOT NULL"); got != "0" {
		t.Errorf("%s old bodies are left", got)
	}
}

// auditTells changes a setting and leaves a record out, and wants both told with before, after and why.
func auditTells(ctx context.Context, t *testing.T, s *rehearsal.Stage) {
	t.Helper()
	if err := s.Set(ctx, "logs", "body_days", 31); err != nil {
		t.Fatal(err)
	}
	if err := s.Call(ctx, http.MethodPost, "/records/customers/1/skip", why, nil); err != nil {
		t.Fatal(err)
	}
	type trail struct {
		Items []struct {
			Action, Detail string
			Changes        []wire.Change
			Record         *wire.RecordLink
		}
	}
	var page, mapped trail
	if err := s.Call(ctx, http.MethodGet, "/audit?limit=2", nil, &page); err != nil {
		t.Fatal(err)
	}
	skip, setting := page.Items[0], page.Items[1]
	if err := s.Call(ctx, http.MethodGet, "/audit?limit=1&action=mapping", nil, &mapped); err != nil || len(mapped.Items) != 1 || len(mapped.Items[0].Changes) == 0 ||
		mapped.Items[0].Changes[0].Before != "" || mapped.Items[0].Changes[0].After == "" {
		t.Errorf("mapping: %+v, %v", mapped.Items, err)
	}
	if skip.Action != "skip" || skip.Detail != why["reason"] || skip.Record == nil || skip.Record.Section != "customers" || skip.Record.SourceID != "1" {
		t.Errorf("skip: %+v", skip)
	}
	if setting.Detail != "Changed the settings of logs." || len(setting.Changes) != 1 || setting.Changes[0] != (wire.Change{Field: "body_days", Before: "30", After: "31"}) || setting.Record != nil {
		t.Errorf("setting: %+v", setting)
	}
}

// TestResetForgetsAndFindsAgain forgets everything and syncs again: the keys find what stands.
func TestResetForgetsAndFindsAgain(t *testing.T) {
	atOnce(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	s := synced(ctx, t, "1", "10")
	var connection struct {
		ID string `json:"organization_id"`
	}
	if err := s.Call(ctx, http.MethodGet, "/connection", nil, &connection); err != nil {
		t.Fatal(err)
	}
	reset := func(scope string) map[string]int {
		t.Helper()
		var done wire.ResetResult
		if err := s.Call(ctx, http.MethodPost, "/tools/reset", map[string]any{"scope": scope, "confirm": connection.ID}, &done); err != nil {
			t.Fatal(err)
		}
		return done.Forgotten
	}
	refused(ctx, t, s, http.MethodPost, "/tools/reset", map[string]any{"scope": "all", "confirm": "123"}, "422", "confirm")
	refused(ctx, t, s, http.MethodPost, "/tools/reset", map[string]any{"scope": "books", "confirm": connection.ID}, "422", "scope")
	inHotel(t, s.App.Config.MySQLDSN.Reveal(), "INSERT INTO qlobooks_runs (kind, request, request_sum, status, started_by, created_at) VALUES ('sync', '{}', 'x', 'waiting', 'x', NOW())")
	refused(ctx, t, s, http.MethodPost, "/tools/reset", map[string]any{"scope": "all", "confirm": connection.ID}, "409", "runs_active")
	inHotel(t, s.App.Config.MySQLDSN.Reveal(), "DELETE FROM qlobooks_runs WHERE request_sum = 'x'")

	before := s.Books.Snapshot()
	if done := reset("links"); done["links"] < 5 {
		t.Errorf("links: %v", done)
	}
	if d := look(ctx, t, s, "/records/orders/1"); d.Status == "synced" {
		t.Errorf("order 1 is still %s", d.Status)
	}
	if after := s.Books.Snapshot(); len(after) != len(before) {
		t.Error("something was deleted in the books")
	}
	if _, err := s.Start(ctx, "/records/orders/sync", map[string]any{"ids": []string{"1", "10"}}); err != nil {
		t.Fatal(err)
	}
	settled(ctx, t, s)
	if after := s.Books.Snapshot(); len(after) != len(before) {
		t.Errorf("the books hold %d records, before %d: something was made twice", len(after), len(before))
	}
	for _, path := range []string{"/documents/sales_order/10", "/documents/invoice/1", "/documents/payment/1", "/documents/invoice/8", "/documents/payment/7"} {
		if d := look(ctx, t, s, path); d.Status != "synced" || d.ZohoID == nil {
			t.Errorf("%s is %s after what stood was found again: %s", path, d.Status, one(t, s, "SELECT GROUP_CONCAT(flow, ':', issue_detail) FROM qlobooks_documents WHERE issue_code <> ''"))
		}
	}
	if done := reset("mappings"); done["mappings"] == 0 {
		t.Errorf("mappings: %v", done)
	}
	if done := reset("all"); done["records"] == 0 || done["documents"] == 0 {
		t.Errorf("all: %v", done)
	}
	var page struct {
		Items         []any
		InitializedAt *string `json:"initialized_at"`
	}
	if err := s.Call(ctx, http.MethodGet, "/records/orders", nil, &page); err != nil || page.InitializedAt != nil || len(page.Items) != 0 {
		t.Errorf("orders after forgetting all: %+v %v", page, err)
	}
	var audit struct {
		Items []struct{ By, Action, Detail string }
	}
	if err := s.Call(ctx, http.MethodGet, "/audit?action=reset", nil, &audit); err != nil || len(audit.Items) != 3 || audit.Items[0].By != "Rehearsal" {
		t.Errorf("the audit trail: %+v %v", audit, err)
	}
}

// TestASuffixOutlivesAReset gives a guest a suffix because of a namesake who is renamed later, and forgets the links: the guest
// keeps the suffix, although the plain name is free by then.
func TestASuffixOutlivesAReset(t *testing.T) {
	atOnce(t)
	d := opened(t, "suffix_")
	guest := func(id, last string) {
		t.Helper()
		d.do("UPDATE {p}customer SET firstname = 'Ada', lastname = '" + last + "', company = '', date_upd = NOW() WHERE id_customer = " + id)
		for _, path := range []string{"/records/customers/initialize", "/records/customers/" + id + "/sync"} {
			run, err := d.Start(d.ctx, path, nil)
			d.must(err)
			_, err = d.Wait(d.ctx, run.ID)
			d.must(err)
		}
		until(d.ctx, t, d.Stage, "customer:"+id, "synced", "")
	}
	name := func() string {
		t.Helper()
		var body struct {
			Name string `json:"contact_name"`
		}
		d.must(json.Unmarshal(d.find("customer:4").Body, &body))
		return body.Name
	}
	d.do("UPDATE {p}address SET company = ''")
	guest("3", "Namesake")
	guest("4", "Namesake")
	guest("3", "Renamed")
	given := name()
	if !strings.HasSuffix(given, " (QLO-4)") {
		t.Fatalf("the second of one name is %q beside %s", given, d.find("customer:3").Body)
	}
	var connection struct {
		ID string `json:"organization_id"`
	}
	d.must(d.Call(d.ctx, http.MethodGet, "/connection", nil, &connection))
	d.must(d.Call(d.ctx, http.MethodPost, "/tools/reset", map[string]any{"scope": "links", "confirm": connection.ID}, nil))
	guest("4", "Namesake")
	if got := name(); got != given {
		t.Errorf("after the reset of the links the guest is %q, was %q", got, given)
	}
}

// TestADefaultThatIsChosenDuringAResetStays: the default rows of the mapping and the payment settings are one choice, also
// when somebody chooses anew while what was chosen is forgotten.
func TestADefaultThatIsChosenDuringAResetStays(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	s := ready(ctx, t)
	if err := s.SetUp(ctx, "Operating account"); err != nil {
		t.Fatal(err)
	}
	var before, after struct {
		Account *string `json:"default_deposit_account_id"`
	}
	if err := s.Call(ctx, http.MethodGet, "/settings/payments", nil, &before); err != nil || before.Account == nil {
		t.Fatalf("%+v %v", before, err)
	}
	db := storetest.Open(t, s.App.Config.MySQLDSN.Reveal())
	answered := make(chan error, 1)
	err := version.Alone(ctx, db, settings.Defaults, func(*gorm.DB) error {
		go func() {
			answered <- s.Call(ctx, http.MethodPost, "/tools/reset", map[string]any{"scope": "mappings", "confirm": organization(ctx, t, s)}, nil)
		}()
		eventually(ctx, t, s, "the mappings are forgotten", func() bool {
			return one(t, s, "SELECT COUNT(*) FROM qlobooks_mappings WHERE kind = 'deposit-accounts' AND source_id = 'default'") == "0"
		})
		return db.Exec("INSERT INTO qlobooks_mappings (kind, source_id, zoho_id, updated_at, updated_by) VALUES ('deposit-accounts', 'default', ?, NOW(), 'x')", *before.Account).Error
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := <-answered; err != nil {
		t.Fatal(err)
	}
	if err := s.Call(ctx, http.MethodGet, "/settings/payments", nil, &after); err != nil || after.Account == nil || *after.Account != *before.Account {
		t.Errorf("the mapping has %s, the settings %v: %v", *before.Account, after.Account, err)
	}
}
