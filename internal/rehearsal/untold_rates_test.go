package rehearsal_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/qlobooks/qlobooks/internal/sandbox/books"
)

// TestATaxWhoseRateIsNotToldIsNotTakenForNone has the list of taxes leave out their rates: those are read alone. Where that does not
// tell them either, no such tax is suggested, for what is untaxed least of all, none is said to have another rate now, and
// the set-up neither takes it for one of the hotel's nor makes it once more.
func TestATaxWhoseRateIsNotToldIsNotTakenForNone(t *testing.T) {
	atOnce(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	s := ready(ctx, t)
	setUp := func(create bool) {
		t.Helper()
		if _, err := s.Start(ctx, "/setup", map[string]any{"create_taxes": create, "create_currencies": true}); err != nil {
			t.Fatal(err)
		}
	}
	suggested := func() string {
		t.Helper()
		if _, err := s.Start(ctx, "/mappings/refresh", map[string]any{"kinds": []string{"taxes"}}); err != nil {
			t.Fatal(err)
		}
		var page struct {
			Items []struct {
				SourceID  string  `json:"source_id"`
				Suggested *string `json:"suggested_zoho_id"`
			}
		}
		if err := s.Call(ctx, http.MethodGet, "/mappings/taxes", nil, &page); err != nil {
			t.Fatal(err)
		}
		words := ""
		for _, row := range page.Items {
			if row.Suggested != nil {
				words += row.SourceID + ":" + *row.Suggested + " "
			}
		}
		return words
	}
	made := func() int {
		t.Helper()
		n := 0
		for _, call := range s.Books.Calls() {
			if call.Writes() && (call.Path == "/settings/taxes" || call.Path == "/settings/taxgroups") {
				n++
			}
		}
		return n
	}
	setUp(true)
	want := suggested()
	if want == "" {
		t.Fatal("nothing is suggested")
	}
	once := made()
	s.Books.Prefer(func(p *books.Preferences) { p.Short = map[string][]string{"taxes": {"tax_percentage"}} })
	setUp(true)
	if got := suggested(); got != want || made() != once {
		t.Errorf("read alone: %s, want %s; %d were made", got, want, made()-once)
	}
	s.Books.Prefer(func(p *books.Preferences) { p.Silent = map[string][]string{"taxes": {"tax_percentage"}} })
	setUp(true)
	if got := suggested(); got != "" || made() != once {
		t.Errorf("told nowhere: %s is suggested, %d were made", got, made()-once)
	}
	if n := one(t, s, "SELECT COUNT(*) FROM qlobooks_events WHERE detail LIKE '%in Zoho Books now%'"); n != "0" {
		t.Errorf("%s taxes are said to have another rate now", n)
	}
}
