package reconcile

import (
	"testing"

	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/store"
)

// TestWhatWasSeenInTheBooksStaysUntilTheyAreReadAgain: a document of a closed month that somebody changed there does not
// come to be as agreed because something of it was sent since; one that was edited and sent does.
func TestWhatWasSeenInTheBooksStaysUntilTheyAreReadAgain(t *testing.T) {
	t.Parallel()
	of := func(amount string) *side {
		return &side{amount: money.MustParse(amount), currency: "USD", day: "2026-02-03"}
	}
	frozen := store.PeriodDocument{Ref: store.Ref{Flow: "invoice", ID: "7"}, Day: "2026-02-03", Currency: "USD", Total: money.MustParse("90"),
		Sides: asJSON(sides{QloApps: saidBy(of("90"), false), Posted: saidBy(of("90"), true), Zoho: saidBy(of("90"), false)})}
	for name, tt := range map[string]struct {
		posted, seen string
		presumed     bool
		want         string
	}{
		"as agreed":                     {"90", "90", false, ""},
		"sent again":                    {"90", "90", true, ""},
		"changed there, and sent since": {"90", "1", true, "Zoho Books: 1.00 instead of 90.00."},
		"deleted there, and sent since": {"90", "", true, "Zoho Books: gone; 90.00 USD of 2026-02-03 was agreed."},
		"edited and sent since":         {"95", "90", true, "QloApps, Posted and Zoho Books: 95.00 instead of 90.00."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := item{ref: frozen.Ref, unit: money.MustParse("0.01"), qloapps: of(tt.posted), posted: of(tt.posted), zoho: of(tt.posted), presumed: tt.presumed}
			if tt.presumed && tt.seen != "" {
				x.seen = of(tt.seen)
			}
			d, err := driftOfItem(x, frozen, true)
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			if d != nil {
				got = d.Detail
			}
			if got != tt.want {
				t.Errorf("told %q, want %q", got, tt.want)
			}
		})
	}
}
