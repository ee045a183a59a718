package flow

import (
	"testing"

	"github.com/qlobooks/qlobooks/internal/engine"
)

// TestAnOrderStaysWithTheContactThatStands gives an order to another customer, with no row left that names the former
// one: what is new of it names the contact of what stands, as long as that is anybody's.
func TestAnOrderStaysWithTheContactThatStands(t *testing.T) {
	t.Parallel()

	stands := engine.Link{ID: "z-9", Status: engine.Synced, Total: m("232.10"), Currency: "USD", Day: "2026-05-04", Done: []string{"sent"}, Sent: []byte(`{"customer_id":"c-former"}`)}
	for name, tt := range map[string]struct {
		holder engine.Link
		want   string
	}{
		"another customer's":           {engine.Link{ID: "c-former", Status: engine.Synced}, "c-former"},
		"another's who is gone":        {engine.Link{ID: "c-former", Status: engine.Disabled}, "c-former"},
		"another's, until paired anew": {engine.Link{ID: "c-anew", Status: engine.Synced, Former: []string{"c-former"}}, "c-former"},
		"nobody's any more":            {engine.Link{}, "c-now"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			holder := engine.Holder(Customer, "c-former")
			known := links{"invoice:9": stands, "customer:3": {ID: "c-now", Status: engine.Synced}, holder.Key(): tt.holder}
			paid, err := mapPayment(pay("100.00"), engine.Link{}, known, chosen())
			if err != nil || paid.Doc.CustomerID != tt.want {
				t.Errorf("a payment names %s (%v), want %s", paid.Doc.CustomerID, err, tt.want)
			}
			slip, err := mapSlip(slipOf("21.10", "20.00"), engine.Link{}, known, chosen())
			if err != nil || slip.Doc.CustomerID != tt.want {
				t.Errorf("a credit note names %s (%v), want %s", slip.Doc.CustomerID, err, tt.want)
			}
			if refs := namedContact(stands.Sent); len(refs) != 1 || refs[0] != holder {
				t.Errorf("looked up are %v", refs)
			}
		})
	}
}
