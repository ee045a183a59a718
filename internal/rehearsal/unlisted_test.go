package rehearsal_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/sandbox/books"
)

// TestListsThatKnowNoFilter has lists that pass over, or refuse, what Zoho's documentation names for other lists only:
// the days of credit notes and payments, and the order of any. The reconciliation and the import find the same.
func TestListsThatKnowNoFilter(t *testing.T) {
	for _, unlisted := range []string{"ignored", "refused"} {
		t.Run(unlisted, func(t *testing.T) {
			atOnce(t)
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			s := synced(ctx, t)
			// what is older than the month that is read, and stands first where a list begins with its oldest
			old := received(t, s, "customer:7", "invoice:8", "5", "5", 400)
			older := received(t, s, "customer:7", "invoice:8", "6", "6", 500)
			brought(ctx, t, s, "new")
			// alone counts the documents that a look reads one by one
			alone := func(look func() wire.Reconciliation) (wire.Reconciliation, int) {
				before, n := len(s.Books.Calls()), 0
				found := look()
				for _, c := range s.Books.Calls()[before:] {
					if strings.Count(c.Path, "/") > 1 {
						n++
					}
				}
				return found, n
			}
			look := func() wire.Reconciliation { return reconciled(ctx, t, s, true) }
			want, few := alone(look)
			s.Books.Prefer(func(p *books.Preferences) { p.Unlisted = unlisted })

			for _, again := range []bool{false, true} {
				got, n := alone(look)
				if n > few {
					t.Errorf("again %t: %d documents were read one by one, with filters %d", again, n, few)
				}
				if fmt.Sprint(named(got.Differences)) != fmt.Sprint(named(want.Differences)) {
					t.Errorf("again %t: %v, with filters %v", again, named(got.Differences), named(want.Differences))
				}
				if !slices.EqualFunc(got.Rows, want.Rows, func(a, b wire.ReconciliationRow) bool { return fmt.Sprint(a) == fmt.Sprint(b) }) {
					t.Errorf("again %t: %+v, want %+v", again, got.Rows, want.Rows)
				}
			}

			dated := received(t, s, "customer:7", "invoice:8", "7", "7", 2)
			late := received(t, s, "customer:7", "invoice:8", "8", "8", 60) // entered today, dated long ago
			advance := received(t, s, "customer:7", "", "11", "", 60)
			list := brought(ctx, t, s, "new")
			if list[advance].Status != "waiting" {
				t.Errorf("what was entered today and settles nothing is %q", list[advance].Status)
			}
			for id, amount := range map[string]string{old: "5.00", older: "6.00", dated: "7.00", late: "8.00"} {
				if got := inQloApps(t, s, id); got != amount || list[id].Status != "imported" {
					t.Errorf("QloApps has %s of %s, want %s: %+v", got, id, amount, list[id])
				}
			}
			before := len(s.Books.Calls())
			brought(ctx, t, s, "new")
			lists := 0
			for _, c := range s.Books.Calls()[before:] {
				if c.Path == "/customerpayments" || c.Path == "/invoices" {
					lists++
				}
			}
			if lists != 3 {
				t.Errorf("a look at what nobody changed read %d pages of lists", lists)
			}
		})
	}
}
