package revenue

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/rules"
	"github.com/qlobooks/qlobooks/internal/store"
)

// TestABookingThatWasGivenUpIsEarnedOnThatDay: the fee of a room that was canceled is earned when it was, that of its
// services as well, and the other room of the order by its nights.
func TestABookingThatWasGivenUpIsEarnedOnThatDay(t *testing.T) {
	t.Parallel()

	day := func(text string) time.Time { at, _ := time.Parse(time.DateOnly, text); return at }
	m := money.MustParse
	room := func(id, words string) qloapps.Line {
		return qloapps.Line{Kind: qloapps.RoomLine, ID: id, DetailID: id, InvoiceID: "9", Name: words, Incl: m("30"), Excl: m("30"), From: day("2026-03-10"), To: day("2026-03-13")}
	}
	for name, tt := range map[string]struct {
		ended map[string]time.Time
		want  []string
	}{
		"nothing is given up": {nil, []string{"2026-03-10 21", "2026-03-11 21", "2026-03-12 21"}},
		"one room is":         {map[string]time.Time{"room:2": day("2026-03-05")}, []string{"2026-03-05 33", "2026-03-10 10", "2026-03-11 10", "2026-03-12 10"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			o := &qloapps.Order{HotelID: "1", TotalIncl: m("63"), TotalExcl: m("63"), Invoices: []qloapps.InvoiceHead{{ID: "9", TotalIncl: m("63"), TotalExcl: m("63")}},
				Lines: []qloapps.Line{room("1", "Twin"), room("2", "Suite"), {Kind: qloapps.ServiceLine, ID: "3", DetailID: "3", InvoiceID: "9", Name: "Breakfast", Incl: m("3"), Excl: m("3")}}}
			total := m("63")
			r := &rules.Rules{Org: rules.Organization{BaseCurrency: "USD", Currencies: map[string]rules.Currency{"USD": {Precision: 2}}}}
			d := store.Document{Ref: store.Ref{Flow: invoice, ID: "9"}, ZohoID: "z", Day: "2026-03-01", Currency: "USD", Total: &total, Status: store.Synced,
				Sent: json.RawMessage(`{"line_items":[{"name":"Twin","account_id":"a","rate":30,"quantity":1},{"name":"Suite","account_id":"a","rate":30,"quantity":1},{"name":"Breakfast","account_id":"a","rate":3,"quantity":1}]}`)}
			mat := &material{rules: r, precision: 2, documents: map[string][]posted{"1": {read(d, nil, r)}}, orders: map[string]*qloapps.Order{"1": o}}
			mat.stays.of = map[string][]qloapps.Stay{"3": {{From: day("2026-03-10"), To: day("2026-03-13"), Excl: m("3"), Booking: "2"}}}
			mat.stays.ended = tt.ended
			var earned []string
			for _, e := range mat.order("1").Entries {
				if !e.Earned.IsZero() {
					earned = append(earned, e.Day+" "+e.Earned.String())
				}
			}
			if !slices.Equal(earned, tt.want) {
				t.Errorf("earned %q, want %q", earned, tt.want)
			}
		})
	}
}
