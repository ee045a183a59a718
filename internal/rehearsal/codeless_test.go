package rehearsal_test

import (
	"context"
	"strings"
	"testing"

	"github.com/qlobooks/qlobooks/internal/sandbox/books"
)

// TestAnswersWithoutACodeAreReadByTheirStatus has Zoho Books leave the code out of every answer, refusals too: the sample
// hotel is set up and lands as ever, and what is refused keeps Zoho's words.
func TestAnswersWithoutACodeAreReadByTheirStatus(t *testing.T) {
	atOnce(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	dsn := hotel(t, "codeless_")
	s := contrary(ctx, t, dsn, books.Options{})
	s.Books.Prefer(func(p *books.Preferences) { p.Codeless = true })
	if err := s.SetUp(ctx, "Operating account"); err != nil {
		t.Fatal(err)
	}
	if run, err := s.Start(ctx, "/setup", map[string]any{"create_taxes": true, "create_currencies": true}); err != nil || strings.Contains(string(run.Result), `"refused"`) {
		t.Errorf("a second set-up: %s %v", run.Result, err)
	}
	judged(ctx, t, s)

	d := desk{newClerk(t, dsn, "codeless_"), s, ctx}
	d.clerk.book("72", "CODELESS1", "2", "972")
	d.clerk.invoice("82", "72")
	s.Books.Prefer(func(p *books.Preferences) {
		p.Refuses = map[string]string{"invoices": "The field Segment is mandatory."}
	})
	d.sync("72")
	until(ctx, t, s, "invoice:82", "rejected", "zoho_refused")
	if _, detail := d.issueOf("invoice:82"); !strings.Contains(detail, "The field Segment is mandatory") || strings.Contains(detail, "on the way") {
		t.Errorf("it says %q", detail)
	}
}
