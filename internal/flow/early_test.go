package flow

import (
	"slices"
	"testing"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/qloapps"
)

// none are links of which nothing stands.
type none struct{ done }

func (none) Of(flow, id string) (engine.Link, error) {
	return engine.Link{}, fault.New(fault.Blocked, "waiting", "Waits for %s %s.", flow, id)
}

// TestTheContactOfAGuestWithoutDocuments holds which contact is made before any document needs one.
func TestTheContactOfAGuestWithoutDocuments(t *testing.T) {
	t.Parallel()

	euro, base, stands := "EUR", "USD", engine.Link{ID: "z-1"}
	guestOf := func(iso string) guest {
		return guest{Customer: qloapps.Customer{ID: "3", FirstName: "Vera", Active: true}, Currency: iso}
	}
	for _, tt := range []struct {
		name    string
		chosen  *string
		record  guest
		self    engine.Link
		links   engine.Links
		waits   bool
		nothing bool
		needs   []engine.Ref
		in      string // id of the currency at Zoho
	}{
		{name: "nothing chosen: the base currency", record: guestOf(""), links: none{}, in: "1"},
		{name: "the base currency chosen", chosen: &base, record: guestOf(""), links: none{}, in: "1"},
		{name: "another one: it waits for the contact in that", chosen: &euro, record: guestOf(""), links: none{}, waits: true, needs: []engine.Ref{ref(Customer, "3:EUR")}},
		{name: "that stands: none in the base currency", chosen: &euro, record: guestOf(""), links: done{}, nothing: true, needs: []engine.Ref{ref(Customer, "3:EUR")}},
		{name: "a document waits for it: the base currency", chosen: &euro, record: guestOf(""), self: engine.Link{Awaited: true}, links: none{}, in: "1", needs: []engine.Ref{ref(Customer, "3:EUR")}},
		{name: "it stands already", chosen: &euro, record: guestOf(""), self: stands, links: none{}, in: "1", needs: []engine.Ref{ref(Customer, "3:EUR")}},
		{name: "the contact in the chosen currency itself", chosen: &euro, record: guestOf("EUR"), links: none{}, in: "2"},
		{name: "a contact in a third one", chosen: &euro, record: guestOf("JPY"), links: none{}, in: "3"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()

			r := chosen()
			r.Settings.Currencies.DefaultCurrency = tt.chosen
			if needs := guestNeeds(tt.record, r); !slices.Equal(needs, tt.needs) {
				t.Errorf("it needs %v, want %v", needs, tt.needs)
			}
			got, err := mapCustomer(tt.record, tt.self, tt.links, r)
			if (err != nil) != tt.waits {
				t.Fatalf("it ends with %v", err)
			}
			if got.Nothing != tt.nothing || got.Doc.CurrencyID != tt.in {
				t.Errorf("no document: %t; currency %q, want %q", got.Nothing, got.Doc.CurrencyID, tt.in)
			}
		})
	}
}
