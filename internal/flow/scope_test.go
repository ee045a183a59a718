package flow

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/rules"
	"github.com/qlobooks/qlobooks/internal/zoho"
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

// twoInvoices is a slip over the room of invoice 9 and the breakfasts of invoice 10, one order's.
func twoInvoices() qloapps.Slip {
	s := slipOf("126.60", "120.00")
	o := s.Order
	o.Lines[0].DetailID, o.Lines[0].InvoiceID, o.Lines[1].DetailID, o.Lines[1].InvoiceID = "1", "9", "2", "10"
	o.Invoices = []qloapps.InvoiceHead{
		{ID: "9", Number: "4", Printed: "#IN000004", Date: noon, TotalIncl: m("211.00"), TotalExcl: m("200.00")},
		{ID: "10", Number: "5", Printed: "#IN000005", Date: noon, TotalIncl: m("21.10"), TotalExcl: m("20.00")},
	}
	s.Details = []qloapps.SlipDetail{
		{DetailID: "1", Name: "Garden Room", Quantity: m("1"), Excl: m("100.00"), Incl: m("105.50")},
		{DetailID: "2", Name: "Breakfast", Quantity: m("2"), Excl: m("20.00"), Incl: m("21.10")},
	}
	return s
}

// TestASlipLowersEveryInvoiceThatBilledWhatItGivesBack, each by its own part and up to its balance; what was given back in
// money, or became a voucher, lowers none.
func TestASlipLowersEveryInvoiceThatBilledWhatItGivesBack(t *testing.T) {
	t.Parallel()

	paid := func(amount string) func(*qloapps.Slip) {
		return func(s *qloapps.Slip) {
			s.Order.Shares = []qloapps.Share{{ID: "50", PaymentID: "5", OrderID: "7", InvoiceID: "9", Amount: m(amount), Written: m(amount), Currency: "USD", Rate: m("1"), Added: noon}}
			s.Order.TotalPaid = m(amount)
		}
	}
	back := func(amount string) func(*qloapps.Slip) {
		return func(s *qloapps.Slip) {
			s.Order.Returns = []qloapps.Return{{ID: "4", OrderID: "7", Refunded: true, Amount: m(amount), PaymentMode: "Cash", Kind: qloapps.ReturnSlip, SlipID: "3", Added: noon, Updated: noon}}
		}
	}
	const both, nine, ten = `{"money":{"settles":{"z-invoice:9":"105.5","z-invoice:10":"21.1"}}}`, "apply:z-invoice:9", "apply:z-invoice:10"
	for _, tt := range []struct {
		name   string
		change []func(*qloapps.Slip)
		stands string   // what is known of a note that stands
		want   []string // each step that moves it, with its amount
		open   string   // what stays the guest's credit
	}{
		{name: "both are open", want: []string{nine + " 105.5", ten + " 21.1"}, open: "0"},
		{name: "one is paid", change: []func(*qloapps.Slip){paid("211.00")}, want: []string{ten + " 21.1"}, open: "105.5"},
		{name: "one is paid and its part went back", change: []func(*qloapps.Slip){paid("211.00"), back("105.50")}, want: []string{ten + " 21.1"}, open: "0"},
		{name: "a part went back, both are open", change: []func(*qloapps.Slip){back("10.00")}, want: []string{nine + " 105.5", ten + " 11.1"}, open: "0"},
		{name: "one takes less than its part", change: []func(*qloapps.Slip){paid("200.00")}, want: []string{nine + " 11", ten + " 21.1"}, open: "94.5"},
		{name: "a room that is gone lowers what takes it", change: []func(*qloapps.Slip){func(s *qloapps.Slip) { s.Details[0].DetailID = "" }}, want: []string{nine + " 105.5", ten + " 21.1"}, open: "0"},
		{name: "a room whose order line is gone lowers what billed it", change: []func(*qloapps.Slip){paid("211.00"), func(s *qloapps.Slip) {
			s.Details = s.Details[:1]
			s.Details[0].DetailID, s.Details[0].BookingID, s.TotalIncl, s.TotalExcl = "99", "1", m("105.50"), m("100.00")
		}}, open: "105.5"},
		{name: "made a voucher", change: []func(*qloapps.Slip){func(s *qloapps.Slip) { s.VoucherCartRuleID = "950" }}, open: "126.6"},
		{name: "settled already", stands: both, open: "0"},
		{name: "settled already, and made a voucher", stands: both, change: []func(*qloapps.Slip){func(s *qloapps.Slip) { s.VoucherCartRuleID = "950" }},
			want: []string{"takeback:z-invoice:9", "takeback:z-invoice:10"}, open: "126.6"},
		{name: "posted before more than one could be settled", stands: `{"money":{"settles":{}}}`, want: []string{nine + " 105.5", ten + " 21.1"}, open: "0"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()

			s := twoInvoices()
			for _, change := range tt.change {
				change(&s)
			}
			known := links{"invoice:9": {ID: "z-invoice:9", Status: engine.Synced, Total: m("211.00"), Done: []string{"sent"}}, "invoice:10": {ID: "z-invoice:10", Status: engine.Synced, Total: m("21.10"), Done: []string{"sent"}},
				"payment:5":  {ID: "z-payment:5", Status: engine.Synced, Total: s.Order.TotalPaid, Extra: []byte(`{"money":{"settles":{"z-invoice:9":"` + s.Order.TotalPaid.String() + `"}}}`)},
				"customer:3": {ID: "c", Status: engine.Synced}, "room_type:11": {ID: "r", Status: engine.Synced}, "service_product:21": {ID: "b", Status: engine.Synced}}
			me := engine.Link{}
			if tt.stands != "" {
				me = engine.Link{Ref: ref(CreditNote, "3"), ID: "z-credit_note:3", Status: engine.Synced, Total: m("126.60"), Applied: m("126.6"), Sent: []byte("{}"), Extra: json.RawMessage(tt.stands)}
				if tt.stands == both {
					me.Done = []string{"open", nine, ten}
				}
			}
			got, err := mapSlip(s, me, known, chosen())
			if err != nil {
				t.Fatal(err)
			}
			var steps []string
			for _, step := range got.Steps {
				var body struct {
					Invoices []zoho.Allocation `json:"invoices"`
				}
				_ = json.Unmarshal(step.Body, &body)
				switch name, _, _ := strings.Cut(step.Name, ":"); {
				case slices.Contains(me.Done, step.Name):
				case name == "apply" && len(body.Invoices) == 1:
					steps = append(steps, step.Name+" "+body.Invoices[0].AmountApplied.String())
				case name == "takeback":
					steps = append(steps, step.Name)
				}
			}
			if !slices.Equal(steps, tt.want) {
				t.Errorf("steps %q, want %q", steps, tt.want)
			}
			if got.Facts.Open == nil || got.Facts.Open.String() != tt.open {
				t.Errorf("open %v, want %s", got.Facts.Open, tt.open)
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
