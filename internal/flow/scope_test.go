package flow

import (
	"slices"
	"strings"
	"testing"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/rules"
)

// TestADisabledCurrencyHoldsWhatTheScheduleFound: what a person asks for is posted, and what stands
// stays as it is.
func TestADisabledCurrencyHoldsWhatTheScheduleFound(t *testing.T) {
	t.Parallel()

	for _, tt := range []struct {
		name     string
		self     engine.Link
		disabled bool
		held     bool
	}{
		{"found by the schedule", engine.Link{Live: true}, true, true},
		{"asked for by a person", engine.Link{}, true, false},
		{"posted before", engine.Link{Live: true, ID: "z-1", Status: engine.Synced}, true, false},
		{"found by the schedule, and enabled", engine.Link{Live: true}, false, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()

			r := chosen()
			r.QloRates["EUR"] = rules.QloRate{Rate: "0.92", Usable: !tt.disabled}
			i := stay()
			i.Order.Currency, i.Order.Rate = "EUR", m("0.92")
			s := slipOf("21.10", "20.00")
			s.Order.Currency, s.Rate = "EUR", m("0.92")
			p := pay("50")
			inEuro(&p, r)
			p.Orders["7"].Currency, p.Orders["7"].Rate, p.Orders["7"].TotalPaid = "EUR", m("0.92"), m("50")
			links := done{ref(Invoice, "9"): m("232.10")}
			_, invoice := mapInvoice(i, tt.self, links, r)
			_, order := mapSalesOrder(i.Order, tt.self, links, r)
			_, slip := mapSlip(s, tt.self, links, r)
			_, payment := mapPayment(p, tt.self, links, r)
			for name, err := range map[string]error{"invoice": invoice, "sales order": order, "credit note": slip, "payment": payment} {
				if held := fault.Is(err, fault.Held) && fault.Of(err).Code == "currency_disabled"; held != tt.held || err != nil && !held {
					t.Errorf("%s: %v", name, err)
				}
			}
		})
	}
}

// alone are links of which only the named ones stand.
type alone map[engine.Ref]bool

func (a alone) Of(flow, id string) (engine.Link, error) { return a.Look(flow, id), nil }

func (a alone) Settled(flow, id string) (engine.Link, error) { return a.Look(flow, id), nil }

func (a alone) Look(flow, id string) engine.Link {
	link := engine.Link{Ref: engine.Ref{Flow: flow, ID: id}, Status: engine.NotSynced}
	if a[link.Ref] {
		link.ID, link.Status = "z-"+link.Ref.Key(), engine.Synced
	}
	return link
}

// TestInactiveGuestsAreLeftOutWhereTheSettingsSaySo, unless they stand already, in whatever currency.
func TestInactiveGuestsAreLeftOutWhereTheSettingsSaySo(t *testing.T) {
	t.Parallel()

	for _, tt := range []struct {
		name           string
		ignore, active bool
		self           engine.Link
		stands         string // a contact of the same guest
		skipped        bool
	}{
		{"inactive and ignored", true, false, engine.Link{}, "", true},
		{"inactive", false, false, engine.Link{}, "", false},
		{"active", true, true, engine.Link{}, "", false},
		{"inactive, ignored, but standing", true, false, engine.Link{ID: "z-3", Status: engine.Synced}, "", false},
		{"inactive, ignored, but standing in another currency", true, false, engine.Link{}, "3:EUR", false},
		{"inactive and ignored, beside another guest who stands", true, false, engine.Link{}, "33:EUR", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()

			r := chosen()
			r.Settings.Customers.IgnoreInactive = tt.ignore
			_, err := mapCustomer(guest{Customer: qloapps.Customer{ID: "3", FirstName: "Ada", LastName: "Moss", Active: tt.active}}, tt.self, alone{ref(Customer, tt.stands): true}, r)
			if skipped := fault.Is(err, fault.Skipped) && fault.Of(err).Code == "skipped_inactive"; skipped != tt.skipped || err != nil && !skipped {
				t.Errorf("got %v", err)
			}
		})
	}
}

// slipOf gives a part of the stay's room back on credit slip 3.
func slipOf(incl, excl string) qloapps.Slip {
	o := stay().Order
	return qloapps.Slip{ID: "3", OrderID: o.ID, CustomerID: o.CustomerID, Printed: "#RE000003", Rate: m("1"), TotalIncl: m(incl), TotalExcl: m(excl), Added: noon, Order: o,
		Details: []qloapps.SlipDetail{{DetailID: "1", Name: "Garden Room", Quantity: m("1"), Excl: m(excl), Incl: m(incl)}}}
}

// TestWhatBecomesOfASlip: it is money given back, or a voucher, or a credit; never two of them.
func TestWhatBecomesOfASlip(t *testing.T) {
	t.Parallel()

	for _, tt := range []struct {
		name           string
		money, voucher bool
		steps          []string
		held           bool
	}{
		{name: "settles its invoice", steps: []string{"apply"}},
		{name: "given back in money", money: true, steps: []string{"refund"}},
		{name: "made a voucher", voucher: true},
		{name: "given back in money and made a voucher", money: true, voucher: true, held: true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()

			s := slipOf("21.10", "20.00")
			if tt.money {
				s.Order.Returns = []qloapps.Return{{ID: "4", OrderID: "7", Refunded: true, Amount: m("21.10"), PaymentMode: "Cash", Kind: qloapps.ReturnSlip, SlipID: "3", Added: noon, Updated: noon}}
			}
			if tt.voucher {
				s.VoucherCartRuleID = "950"
			}
			got, err := mapSlip(s, engine.Link{}, done{ref(Invoice, "9"): m("232.10")}, chosen())
			if tt.held {
				if !fault.Is(err, fault.Held) || !strings.Contains(err.Error(), "voucher") {
					t.Errorf("got %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			var steps []string
			for _, step := range got.Steps {
				name, _, _ := strings.Cut(step.Name, ":")
				steps = append(steps, name)
			}
			if len(steps) == 0 || steps[0] != "open" || !got.Steps[0].Implied {
				t.Fatalf("steps %v: whether the note is open is not proved", steps)
			}
			if steps = steps[1:]; !slices.Equal(steps, tt.steps) {
				t.Errorf("steps %v, want %v", steps, tt.steps)
			}
		})
	}
}

// TestAnIgnoredHotelsShareStaysOutOfAPayment and is named, so that the amount can be understood.
func TestAnIgnoredHotelsShareStaysOutOfAPayment(t *testing.T) {
	t.Parallel()

	p, r := pay("50"), chosen()
	other := &qloapps.Order{ID: "8", Reference: "BOOKINGXY", Complete: true, CustomerID: "3", Currency: "USD", HotelID: "2", HotelName: "Lakeside", Invoices: []qloapps.InvoiceHead{{ID: "10"}}}
	share := qloapps.Share{ID: "51", PaymentID: "5", OrderID: "8", Amount: m("30"), Currency: "USD", Rate: m("1"), Added: noon}
	other.Shares, other.TotalPaid = []qloapps.Share{share}, share.Amount
	p.Orders["8"], p.Amount = other, m("80")
	p.Shares = append(slices.Clone(p.Shares), share)
	r.Settings.Hotels.IgnoredHotels = []string{"2"}
	got, err := mapPayment(p, engine.Link{}, books{done: done{ref(Invoice, "9"): m("232.10")}}, r)
	if err != nil {
		t.Fatal(err)
	}
	if !got.Doc.Amount.Equal(m("50")) || len(got.Doc.Invoices) != 1 || !got.Doc.Invoices[0].AmountApplied.Equal(m("50")) {
		t.Errorf("amount %s, applied %+v", got.Doc.Amount, got.Doc.Invoices)
	}
	if !strings.Contains(got.Doc.Description, "not included: 30 USD for order BOOKINGXY of Lakeside") {
		t.Errorf("described as %q", got.Doc.Description)
	}
	if slices.Contains(paymentNeeds(p, r), ref(Invoice, "10")) {
		t.Error("it waits for an invoice of the ignored hotel")
	}

	r.Settings.Hotels.IgnoredHotels = []string{"1", "2"}
	if _, err := mapPayment(p, engine.Link{}, done{}, r); !fault.Is(err, fault.Skipped) || fault.Of(err).Code != "skipped_hotel" {
		t.Errorf("with both hotels ignored: %v", err)
	}
}
