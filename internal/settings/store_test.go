package settings_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/private/privatetest"
	"github.com/qlobooks/qlobooks/internal/secret"
	"github.com/qlobooks/qlobooks/internal/settings"
	"github.com/qlobooks/qlobooks/internal/store/storetest"
	meanwhile "github.com/qlobooks/qlobooks/internal/version"
)

func TestMain(m *testing.M) { privatetest.Main(m) }

func setup(t *testing.T) (*settings.Store, *gorm.DB) {
	t.Helper()
	db := storetest.New(t)
	ring, err := secret.NewRing("MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=")
	if err != nil {
		t.Fatal(err)
	}
	return &settings.Store{DB: db, Now: time.Now, Ring: ring}, db
}

// changed is a section's default body with some fields changed; nil removes a field.
func changed(t *testing.T, section string, change map[string]any) []byte {
	t.Helper()
	value, ok := settings.Section(settings.Default(), section)
	if !ok {
		t.Fatalf("no section %s", section)
	}
	data, _ := json.Marshal(value)
	fields := map[string]any{}
	_ = json.Unmarshal(data, &fields)
	for name, v := range change {
		if v == nil {
			delete(fields, name)
		} else {
			fields[name] = v
		}
	}
	data, _ = json.Marshal(fields)
	return data
}

func TestEverySectionTakesItsDefaults(t *testing.T) {
	s, _ := setup(t)
	for _, section := range []string{"currencies", "customers", "hotels", "room_types", "service_products", "orders", "payments", "schedule", "limits", "access", "alerts", "logs"} {
		if err := s.Put(t.Context(), section, changed(t, section, nil), "", "admin"); err != nil {
			t.Errorf("%s: %v", section, err)
		}
	}
	all, err := s.Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	got, _ := json.Marshal(all)
	if want, _ := json.Marshal(settings.Default()); string(got) != string(want) {
		t.Errorf("after a round trip\n%s\nwant\n%s", got, want)
	}
}

func TestPutRefuses(t *testing.T) {
	s, _ := setup(t)
	tests := []struct {
		name, section string
		change        map[string]any
		fields        []string
	}{
		{"an unknown and an absent field", "logs", map[string]any{"days": 3, "line_days": nil}, []string{"days", "line_days"}},
		{"a number for a switch", "customers", map[string]any{"auto_update": 1}, []string{"auto_update"}},
		{"no ISO code", "currencies", map[string]any{"default_currency": "Euro"}, []string{"default_currency"}},
		{"a name without a variable", "customers", map[string]any{"name_pattern": "Guest"}, []string{"name_pattern"}},
		{"a name with an unknown variable", "customers", map[string]any{"name_pattern": "{name} {phone}"}, []string{"name_pattern"}},
		{"another target", "hotels", map[string]any{"target": "branch"}, []string{"target"}},
		{"a hotel by its name", "hotels", map[string]any{"ignored_hotels": []string{"1", "Prime"}}, []string{"ignored_hotels[1]"}},
		{"choices that do not exist", "orders", map[string]any{"invoice_numbering": "own", "cancel_policy": "delete", "locked_period_policy": "ignore"}, []string{"invoice_numbering", "cancel_policy", "locked_period_policy"}},
		{"a negative limit", "orders", map[string]any{"rounding_limit": -1}, []string{"rounding_limit"}},
		{"a day that does not exist", "orders", map[string]any{"export_from_date": "2026-02-30"}, []string{"export_from_date"}},
		{"an unknown grouping", "payments", map[string]any{"statement_grouping": "weekly"}, []string{"statement_grouping"}},
		{"an interval of nothing", "schedule", map[string]any{"interval_minutes": 0}, []string{"interval_minutes"}},
		{"an interval of more than a day", "schedule", map[string]any{"interval_minutes": 1441}, []string{"interval_minutes"}},
		{"a time that does not exist", "schedule", map[string]any{"launch_time": "24:00"}, []string{"launch_time"}},
		{"a daily pass without a start date", "schedule", map[string]any{"invoices": true, "payments": true}, []string{"invoices", "payments"}},
		{"a reserve of everything and more", "limits", map[string]any{"reserve_for_live_percent": 120}, []string{"reserve_for_live_percent"}},
		{"an amount that is none", "limits", map[string]any{"brake_max_amount": "much"}, []string{"brake_max_amount"}},
		{"an unknown role", "access", map[string]any{"profile_roles": map[string]string{"4": "boss"}}, []string{"profile_roles.4"}},
		{"a profile by its name", "access", map[string]any{"profile_roles": map[string]string{"Accountant": "viewer"}}, []string{"profile_roles.Accountant"}},
		{"less for the SuperAdmin", "access", map[string]any{"profile_roles": map[string]string{"1": "viewer", "4": "operator"}}, []string{"profile_roles.1"}},
		{"an address that is none", "alerts", map[string]any{"webhook_url": "hook"}, []string{"webhook_url"}},
		{"an address without encryption", "alerts", map[string]any{"webhook_url": "http://hook.example.com/"}, []string{"webhook_url"}},
		{"a private address", "alerts", map[string]any{"webhook_url": "https://10.0.0.7/hook"}, []string{"webhook_url"}},
		{"this machine", "alerts", map[string]any{"webhook_url": "https://localhost/hook"}, []string{"webhook_url"}},
		{"an event that does not exist", "alerts", map[string]any{"events": []string{"brake", "rain"}}, []string{"events[1]"}},
		{"a short secret", "alerts", map[string]any{"webhook_secret": "short"}, []string{"webhook_secret"}},
	}
	for _, tt := range tests {
		err := s.Put(t.Context(), tt.section, changed(t, tt.section, tt.change), "", "admin")
		var fields []string
		for _, f := range fault.Of(err).Fields {
			fields = append(fields, f.Field)
		}
		if !fault.Is(err, fault.Invalid) || !slices.Equal(fields, tt.fields) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.fields)
		}
	}
	all, _ := s.Load(t.Context())
	if got, _ := json.Marshal(all); !strings.Contains(string(got), `"interval_minutes":5`) {
		t.Errorf("something refused was stored: %s", got)
	}
}

func TestDailyPassNeedsItsStartDate(t *testing.T) {
	s, _ := setup(t)
	put := func(section string, change map[string]any) error {
		return s.Put(t.Context(), section, changed(t, section, change), "", "admin")
	}
	if err := put("orders", map[string]any{"export_from_date": "2026-01-01"}); err != nil {
		t.Fatal(err)
	}
	if err := put("schedule", map[string]any{"launch_time": "03:30", "invoices": true}); err != nil {
		t.Fatalf("with a start date: %v", err)
	}
	if err := put("orders", nil); !fault.Is(err, fault.Invalid) {
		t.Errorf("the start date could be taken away: %v", err)
	}
}

func TestWebhookSecretIsSealedAndKept(t *testing.T) {
	s, db := setup(t)
	var heard []string
	s.Changed = func(_ context.Context, section string, changes []settings.Change, by string) error {
		heard = append(heard, fmt.Sprintf("%s by %s: %v", section, by, changes))
		return nil
	}
	if err := s.Put(t.Context(), "alerts", changed(t, "alerts", map[string]any{"webhook_secret": "a long secret text"}), "", "Ada"); err != nil {
		t.Fatal(err)
	}
	if err := s.Put(t.Context(), "alerts", changed(t, "alerts", map[string]any{"webhook_url": "https://hook.example.com"}), "", "Ada"); err != nil {
		t.Fatal(err)
	}
	all, err := s.Load(t.Context())
	if err != nil || all.Alerts.WebhookSecret == nil || *all.Alerts.WebhookSecret != "a long secret text" || *all.Alerts.WebhookURL != "https://hook.example.com" {
		t.Errorf("alerts %+v, %v", all.Alerts, err)
	}
	var stored string
	if err := db.Raw("SELECT body FROM qlobooks_settings WHERE section = 'alerts'").Scan(&stored).Error; err != nil || stored == "" || strings.Contains(stored, "a long secret") {
		t.Errorf("stored %s, %v", stored, err)
	}
	if !slices.Equal(heard, []string{`alerts by Ada: [{webhook_secret null "kept secret"}]`, `alerts by Ada: [{webhook_url null "kept secret"}]`}) {
		t.Errorf("heard %v", heard)
	}
	if (settings.WithoutSecrets(all)).Alerts.WebhookSecret != nil {
		t.Error("the secret is shown")
	}
	if err := s.Put(t.Context(), "alerts", changed(t, "alerts", map[string]any{"webhook_secret": ""}), "", "Ada"); err != nil {
		t.Fatal(err)
	}
	if all, err := s.Load(t.Context()); err != nil || all.Alerts.WebhookSecret != nil {
		t.Errorf("an empty secret forgets nothing: %+v, %v", all.Alerts, err)
	}
	s.Ring = nil
	if err := s.Put(t.Context(), "alerts", changed(t, "alerts", map[string]any{"webhook_secret": "another secret text"}), "", "Ada"); !fault.Is(err, fault.Invalid) {
		t.Errorf("a secret was stored without a key: %v", err)
	}
}

// A form that was read before somebody replaced the secret must not put its own over it unseen: the secret is
// in no answer, so only the version can tell. What is not replaced has the same version again.
func TestAReplacedSecretIsAnotherVersion(t *testing.T) {
	s, _ := setup(t)
	put := func(match string, change map[string]any) error {
		return s.Put(t.Context(), "alerts", changed(t, "alerts", change), match, "Ada")
	}
	version := func() string {
		all, err := s.Load(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		tag, _ := settings.Version(all, "alerts")
		return tag
	}
	none := version()
	if err := put(none, map[string]any{"webhook_secret": "a long secret text"}); err != nil {
		t.Fatal(err)
	}
	first := version()
	if err := put(first, map[string]any{"webhook_secret": "another long secret"}); err != nil {
		t.Fatal(err)
	}
	second := version()
	if none == first || first == second || none == second {
		t.Fatalf("versions %s, %s and %s of no, one and another secret", none, first, second)
	}
	err := put(first, map[string]any{"webhook_secret": "the secret of a late form"})
	since, _ := fault.Of(err).Proof.(meanwhile.Meanwhile)
	if fault.Of(err).Code != "changed_meanwhile" || len(since.Changes) != 1 || since.Changes[0].Field != "webhook_secret" || strings.Contains(fmt.Sprint(since), "another long secret") {
		t.Errorf("a form from before the secret was replaced: %v, told %+v", err, since)
	}
	for _, same := range []map[string]any{nil, {"webhook_secret": "another long secret"}} {
		if err := put(second, same); err != nil || version() != second {
			t.Errorf("saved the same again: %v, version %s, was %s", err, version(), second)
		}
	}
	if _, ok := settings.Section(settings.Default(), ""); ok {
		t.Error("what is kept inside can be asked for as a section")
	}
}

// TestASecretThatTheKeyDoesNotOpenIsKept for the right key, said so, and can be replaced or forgotten.
func TestASecretThatTheKeyDoesNotOpenIsKept(t *testing.T) {
	s, _ := setup(t)
	put := func(change map[string]any) {
		t.Helper()
		if err := s.Put(t.Context(), "alerts", changed(t, "alerts", change), "", "Ada"); err != nil {
			t.Fatal(err)
		}
	}
	put(map[string]any{"webhook_secret": "a long secret text"})
	right := s.Ring
	wrong, err := secret.NewRing("YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXoxMjM0NTY=")
	if err != nil {
		t.Fatal(err)
	}
	s.Ring = wrong
	put(map[string]any{"webhook_url": "https://hook.example.com"})
	if err := s.Opens(t.Context()); fault.Of(err).Code != "key_wrong" {
		t.Errorf("with another key: %v", err)
	}
	s.Ring = right
	if all, err := s.Load(t.Context()); err != nil || all.Unopened() || all.Alerts.WebhookSecret == nil || *all.Alerts.WebhookSecret != "a long secret text" || s.Opens(t.Context()) != nil {
		t.Errorf("with the right key again: %+v, %v", all.Alerts, err)
	}
	s.Ring = wrong
	put(map[string]any{"webhook_secret": "another secret text"})
	if all, _ := s.Load(t.Context()); all.Unopened() || *all.Alerts.WebhookSecret != "another secret text" {
		t.Errorf("replaced: %+v", all.Alerts)
	}
	s.Ring = right
	put(map[string]any{"webhook_secret": ""})
	if all, _ := s.Load(t.Context()); all.Unopened() || all.Alerts.WebhookSecret != nil || s.Opens(t.Context()) != nil {
		t.Errorf("forgotten: %+v", all.Alerts)
	}
}

// TestALongChangeIsToldWhole: what depends on a setting acts on all of it, however short the audit keeps it.
func TestALongChangeIsToldWhole(t *testing.T) {
	s, _ := setup(t)
	var hotels, told []string
	for id := range 900 {
		hotels = append(hotels, fmt.Sprint(1000+id))
	}
	s.Changed = func(_ context.Context, _ string, changes []settings.Change, _ string) error {
		return json.Unmarshal([]byte(changes[0].After), &told)
	}
	if err := s.Put(t.Context(), "hotels", changed(t, "hotels", map[string]any{"ignored_hotels": hotels}), "", "Ada"); err != nil || !slices.Equal(told, hotels) {
		t.Errorf("%d of %d hotels are told: %v", len(told), len(hotels), err)
	}
}
