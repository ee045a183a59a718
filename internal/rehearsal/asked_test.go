package rehearsal_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/private/privatetest"
	"github.com/qlobooks/qlobooks/internal/rehearsal"
	"github.com/qlobooks/qlobooks/internal/sandbox/books"
)

// audited is every line of the audit trail as «action flow:id», newest first.
func audited(ctx context.Context, t *testing.T, s *rehearsal.Stage) string {
	t.Helper()
	var page wire.AuditPage
	if err := s.Call(ctx, http.MethodGet, "/audit?limit=200", nil, &page); err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, e := range page.Items {
		lines = append(lines, strings.Trim(e.Action+" "+e.Flow+":"+e.SourceID, " :"))
	}
	return "\n" + strings.Join(lines, "\n") + "\n"
}

// TestWhatPeopleAskForIsWrittenDown: every verb of a record or document and every run that a
// person starts stands in the audit trail.
func TestWhatPeopleAskForIsWrittenDown(t *testing.T) {
	atOnce(t)
	ctx := t.Context()
	s := stage(t, hotel(t, "qlo_"))

	// Nothing is listed yet: that is the state of the section, not a wrong id.
	for _, verb := range []string{"sync", "preview", "retry", "unskip"} {
		refused(ctx, t, s, http.MethodPost, "/records/orders/1/"+verb, nil, "409", "not_initialized")
	}
	refused(ctx, t, s, http.MethodPost, "/records/orders/1/skip", map[string]string{"reason": "x"}, "409", "not_initialized")
	refused(ctx, t, s, http.MethodGet, "/records/orders/1", nil, "404")

	// The rows of a mapping are known before anybody asked Zoho Books.
	var taxes wire.MappingPage
	if err := s.Call(ctx, http.MethodGet, "/mappings/taxes", nil, &taxes); err != nil || len(taxes.Items) == 0 || taxes.RefreshedAt != nil || len(taxes.Choices) != 0 {
		t.Errorf("taxes before the first refresh: %+v, %v", taxes, err)
	}

	if err := s.Connect(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Start(ctx, "/setup", map[string]any{"create_taxes": true, "create_currencies": true}); err != nil {
		t.Fatal(err)
	}
	// Set-up adopts the tax with the same rates, and gives untaxed lines none.
	if err := s.Call(ctx, http.MethodGet, "/mappings/taxes", nil, &taxes); err != nil {
		t.Fatal(err)
	}
	for _, row := range taxes.Items {
		if adopted := row.ZohoID != nil && row.SuggestedZohoID != nil && *row.ZohoID == *row.SuggestedZohoID; adopted != (row.SourceID != "0") {
			t.Errorf("tax %s: %+v", row.SourceID, row)
		}
	}
	// What a person chose stays.
	other := taxes.Choices[0].ZohoID
	for _, c := range taxes.Choices {
		if c.ZohoID != *taxes.Items[0].ZohoID {
			other = c.ZohoID
		}
	}
	chosen := map[string]any{"items": []map[string]any{{"source_id": taxes.Items[0].SourceID, "zoho_id": other}}}
	if err := s.Call(ctx, http.MethodPut, "/mappings/taxes", chosen, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Start(ctx, "/setup", nil); err != nil {
		t.Fatal(err)
	}
	if err := s.Call(ctx, http.MethodGet, "/mappings/taxes", nil, &taxes); err != nil || *taxes.Items[0].ZohoID != other {
		t.Errorf("set-up overwrote a choice: %+v, %v", taxes.Items[0], err)
	}

	for _, path := range []string{"/records/hotels/initialize", "/records/hotels/1/sync", "/records/hotels/1/preview", "/documents/hotel/1/preview", "/schedule/run"} {
		var in any
		if path == "/schedule/run" {
			in = map[string]string{"kind": "tick"}
		}
		if _, err := s.Start(ctx, path, in); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Start(ctx, "/records/hotels/sync", map[string]any{"all": true}); err != nil {
		t.Fatal(err)
	}
	got := audited(ctx, t, s)
	if n := strings.Count(got, "preview hotel:1"); n != 2 {
		t.Errorf("%d of the previews of record and document are there:%s", n, got)
	}
	for _, want := range []string{"connection", "authorize", "setup", "mapping", "initialize", "sync hotel:1", "preview hotel:1", "sync", "tick"} {
		if !strings.Contains(got, "\n"+want+"\n") {
			t.Errorf("the audit lacks %s:%s", want, got)
		}
	}
}

// TestWhatWasPostedToday counts documents on the day on which they were posted, in the hotel's
// zone, and not again when they are found unchanged.
func TestWhatWasPostedToday(t *testing.T) {
	atOnce(t)
	ctx := t.Context()
	dsn := hotel(t, "qlo_")
	clock := newClock(noonOf(t, dsn, "qlo_"))
	s := openStage(ctx, t, rehearsal.Options{MySQL: dsn, Redis: privatetest.Redis(t), Now: clock.now, Books: books.Options{PerMinute: 5000, PerDay: 50000, Clock: clock.now}})
	if err := s.Connect(ctx); err != nil {
		t.Fatal(err)
	}
	if err := s.SetUp(ctx, "Operating account"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Start(ctx, "/records/room-types/initialize", nil); err != nil {
		t.Fatal(err)
	}
	posted := func() int {
		t.Helper()
		if _, err := s.Start(ctx, "/records/room-types/sync", map[string]any{"all": true}); err != nil {
			t.Fatal(err)
		}
		var view wire.Overview
		if err := s.Call(ctx, http.MethodGet, "/overview", nil, &view); err != nil {
			t.Fatal(err)
		}
		return view.PostedToday.Documents
	}
	if n := posted(); n < 5 {
		t.Errorf("%d documents of five room types were posted today", n)
	}
	clock.move(24*time.Hour, 1)
	if n := posted(); n != 0 {
		t.Errorf("%d unchanged documents count as posted a day later", n)
	}
}
