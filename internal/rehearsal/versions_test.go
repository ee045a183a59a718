package rehearsal_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
)

// TestTwoPeopleDoNotOverwriteEachOther changes settings, mapping and connection from a version that another
// person has changed since: refused with what that one did; without a version as before.
func TestTwoPeopleDoNotOverwriteEachOther(t *testing.T) {
	atOnce(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	s := ready(ctx, t)
	if err := s.SetUp(ctx, "Operating account"); err != nil {
		t.Fatal(err)
	}
	var page struct {
		Choices []struct {
			ID string `json:"zoho_id"`
		}
	}
	if err := s.Call(ctx, http.MethodGet, "/mappings/payment-modes", nil, &page); err != nil || len(page.Choices) < 2 {
		t.Fatalf("%+v %v", page, err)
	}
	mode := func(n int) map[string]any {
		return map[string]any{"items": []map[string]any{{"source_id": "Cash", "zoho_id": page.Choices[n].ID}}}
	}
	for path, x := range map[string]struct {
		field       string
		mine, other func(now map[string]any) map[string]any
	}{
		"/settings/orders":        {"rounding_limit", changing("rounding_limit", 7), changing("rounding_limit", 9)},
		"/settings/payments":      {"default_payment_mode", changing("default_payment_mode", page.Choices[1].ID), changing("default_payment_mode", nil)},
		"/mappings/payment-modes": {"Cash", func(map[string]any) map[string]any { return mode(0) }, func(map[string]any) map[string]any { return mode(1) }},
		"/connection":             {"client_id", choosing("1000.MINE"), choosing("1000.OTHER")},
	} {
		var now map[string]any
		version, err := s.CallFrom(ctx, http.MethodGet, path, "", nil, &now)
		if err != nil || len(version) < 10 || !strings.HasPrefix(version, "\"") {
			t.Fatalf("%s: version %q %v", path, version, err)
		}
		again, err := s.CallFrom(ctx, http.MethodGet, path, "", nil, nil)
		if err != nil || again != version {
			t.Errorf("%s: %s and %s without a change", path, version, again)
		}
		next, err := s.CallFrom(ctx, http.MethodPut, path, "W/"+version, x.other(now), nil) // a proxy weakened it
		if err != nil || next == version || next == "" {
			t.Fatalf("%s: from the version that stands: %q %v", path, next, err)
		}
		_, err = s.CallFrom(ctx, http.MethodPut, path, version, x.mine(now), nil)
		if err == nil {
			t.Fatalf("%s: somebody else's change was overwritten", path)
		}
		for _, want := range []string{"412", `"changed_meanwhile"`, `"by":"Rehearsal"`, `"at":"20`, `"field":"` + x.field + `"`} {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: the refusal lacks %s: %v", path, want, err)
			}
		}
		if _, err := s.CallFrom(ctx, http.MethodPut, path, "", x.mine(now), nil); err != nil {
			t.Errorf("%s: without a version: %v", path, err)
		}
	}
}

func changing(field string, value any) func(now map[string]any) map[string]any {
	return func(now map[string]any) map[string]any {
		changed := map[string]any{}
		for name, v := range now {
			changed[name] = v
		}
		changed[field] = value
		return changed
	}
}

func choosing(client string) func(now map[string]any) map[string]any {
	return func(now map[string]any) map[string]any {
		chosen := map[string]any{"client_id": client}
		for _, name := range []string{"data_center", "token_domain", "api_domain", "dashboard_domain", "use_own_application"} {
			chosen[name] = now[name]
		}
		return chosen
	}
}

// TestAChoiceMadeElsewhereIsTold chooses the default mode on the mapping page: the settings, which name it
// too, are another version from then on.
func TestAChoiceMadeElsewhereIsTold(t *testing.T) {
	atOnce(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	s := ready(ctx, t)
	if err := s.SetUp(ctx, "Operating account"); err != nil {
		t.Fatal(err)
	}
	var now map[string]any
	version, err := s.CallFrom(ctx, http.MethodGet, "/settings/payments", "", nil, &now)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Call(ctx, http.MethodPut, "/mappings/payment-modes", map[string]any{"items": []map[string]any{{"source_id": "default", "zoho_id": nil}}}, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := s.CallFrom(ctx, http.MethodPut, "/settings/payments", version, now, nil); err == nil || !strings.Contains(err.Error(), `"field":"default_payment_mode"`) {
		t.Errorf("got %v", err)
	}
}
