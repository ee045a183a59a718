package rehearsal_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
)

// TestStatementsTellOfEveryLine adds up more lines than one answer has: the answer says that there are more and gives
// them, the totals and the file are of all.
func TestStatementsTellOfEveryLine(t *testing.T) {
	atOnce(t)
	s := stage(t, hotel(t, "lines_"))
	db := newClerk(t, s.App.Config.MySQLDSN.Reveal(), "lines_")
	digits := func(n string) string {
		return "(SELECT 0 d" + strings.Join(strings.Split(" 1 2 3 4 5 6 7 8 9", " "), " UNION ALL SELECT ") + ") " + n
	}
	thousands := "FROM " + digits("a") + " JOIN " + digits("b") + " JOIN " + digits("c") + " JOIN (SELECT 0 d UNION ALL SELECT 1 UNION ALL SELECT 2) e"
	number := "a.d + 10 * b.d + 100 * c.d + 1000 * e.d"
	for _, mode := range []string{"Cash", "ärzte  wire"} { // 3000 days of two modes each
		db.do("INSERT INTO qlobooks_imported_payments (zoho_id, day, currency, amount, payment_mode, status, created_at, updated_at) SELECT CONCAT(" + number + ", LEFT('" + mode + "', 1)), '2020-01-01' + INTERVAL (" + number + ") DAY, IF(a.d = 0, 'EUR', 'USD'), 1.01, '" + mode + "', 'imported', NOW(), NOW() " + thousands)
	}
	db.do("INSERT INTO qlobooks_imported_shares (zoho_id, payment_id, order_id, amount, day) SELECT zoho_id, zoho_id, '1', 1.01, day FROM qlobooks_imported_payments")

	type line struct {
		Period, Currency, Amount string
		Mode                     string `json:"payment_mode"`
		Count                    int
	}
	type page struct {
		Items  []line
		Next   *string `json:"next_cursor"`
		Totals []struct {
			Currency, Amount string
			Count            int
		}
	}
	for grouping, want := range map[string]int{"daily": 6000, "monthly": 2 * 2 * 99} {
		if err := s.Set(t.Context(), "payments", "statement_grouping", grouping); err != nil {
			t.Fatal(err)
		}
		for _, limit := range []string{"", "&limit=97"} {
			seen, sum := map[string]bool{}, decimal.Zero
			last := ""
			for at := "?from=2020-01-01" + limit; at != ""; {
				var got page
				if err := s.Call(t.Context(), http.MethodGet, "/payments/statements"+at, nil, &got); err != nil {
					t.Fatal(err)
				}
				if len(got.Totals) != 2 || got.Totals[0].Currency != "EUR" || got.Totals[0].Amount != "606.00" || got.Totals[0].Count != 600 || got.Totals[1].Amount != "5454.00" {
					t.Fatalf("the totals: %+v", got.Totals)
				}
				for _, l := range got.Items {
					key := l.Period + l.Currency + l.Mode
					if last != "" && l.Period > last[:10] || seen[key] {
						t.Fatalf("after %s comes %s", last, key)
					}
					last, seen[key] = key, true
					sum = sum.Add(decimal.RequireFromString(l.Amount))
				}
				if at = ""; got.Next != nil {
					at = "?from=2020-01-01" + limit + "&cursor=" + *got.Next
				}
			}
			if len(seen) != want || sum.String() != "6060" {
				t.Errorf("%s%s: %d lines come to %s, want %d to 6060", grouping, limit, len(seen), sum, want)
			}
		}
		status, csv := file(t.Context(), t, s, http.MethodGet, "/payments/statements?format=csv", "")
		if lines := strings.Count(csv, "\n") - 1; status != 200 || lines != want {
			t.Errorf("%s: the file has %d lines, want %d", grouping, lines, want)
		}
	}
}
