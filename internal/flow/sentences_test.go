package flow

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/rules"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// TestAReferenceOnceSentStays, whatever QloApps' prefix or the setting says later: only what was sent then
// tells which of number and reference the printed number was.
func TestAReferenceOnceSentStays(t *testing.T) {
	t.Parallel()

	for name, tt := range map[string]struct {
		setting, number, reference string // as it was posted
	}{
		"numbered by QloApps": {"qloapps", "#IN000004", "BOOKINGXY"},
		"numbered by Zoho":    {"zoho", "INV-17", "#IN000004"},
	} {
		for _, now := range []string{"qloapps", "zoho"} {
			i, r := stay(), chosen()
			r.Settings.Orders.InvoiceNumbering = tt.setting
			if number, reference := numbers(i, engine.Link{}, r); reference != tt.reference || tt.setting == "qloapps" && number != tt.number {
				t.Errorf("%s: first posted as %q, %q", name, number, reference)
			}
			sent, _ := json.Marshal(zoho.Invoice{Number: tt.number, ReferenceNumber: tt.reference})
			r.Settings.Orders.InvoiceNumbering, i.Printed = now, "#NEW000004"
			if _, reference := numbers(i, engine.Link{ID: "z-9", Number: tt.number, Sent: sent}, r); reference != tt.reference {
				t.Errorf("%s, under a new prefix and the setting %s: reference %q, want %q", name, now, reference, tt.reference)
			}
		}
	}
}

// TestASalesOrderAsksForNoAccount, as Zoho takes none there: what has no item is a line with its name.
func TestASalesOrderAsksForNoAccount(t *testing.T) {
	t.Parallel()

	i, r := stay(), chosen()
	o := i.Order
	o.Lines[1].ProductGone = true
	o.Lines = append(o.Lines, qloapps.Line{Kind: qloapps.FacilityLine, ID: "3", FacilityID: "8", Name: "Cot", Quantity: money.One, Excl: m("10"), Incl: m("10.55"), Rates: o.Lines[0].Rates})
	o.TotalIncl, o.TotalExcl = m("242.65"), m("230")
	i.TotalIncl, i.TotalExcl = o.TotalIncl, o.TotalExcl
	o.Invoices = nil
	delete(r.Mappings.Rows, rules.Accounts)
	posted, err := mapSalesOrder(o, engine.Link{}, done{}, r)
	if err != nil {
		t.Fatal(err)
	}
	for n, name := range []string{"", "Breakfast", "Cot"} {
		if l := posted.Doc.Lines[n]; l.Name != name || l.AccountID != "" || (l.ItemID == "") != (name != "") {
			t.Errorf("line %d is %+v", n, l)
		}
	}
	o.Invoices = []qloapps.InvoiceHead{i.InvoiceHead}
	if _, err := mapInvoice(qloapps.Invoice{InvoiceHead: i.InvoiceHead, Order: o}, engine.Link{}, done{}, r); faultCode(err) != "mapping_missing" {
		t.Errorf("its invoice asks for none either: %v", err)
	}
}

// TestASlipLowersTheInvoiceThatBilledItsRooms, also where the order has several.
func TestASlipLowersTheInvoiceThatBilledItsRooms(t *testing.T) {
	t.Parallel()

	two := func(of ...string) qloapps.Slip {
		s := slipOf("21.10", "20.00")
		o := s.Order
		o.Lines[0].DetailID, o.Lines[0].InvoiceID, o.Lines[1].DetailID, o.Lines[1].InvoiceID = "1", "9", "2", "10"
		o.Invoices = append(o.Invoices, qloapps.InvoiceHead{ID: "10", Printed: "#IN000005", Date: noon, TotalIncl: m("21.10"), TotalExcl: m("20")})
		o.Invoices[0].TotalIncl, o.Invoices[0].TotalExcl = m("211"), m("200")
		o.SlipIDs = []string{s.ID}
		s.Details = nil
		for _, d := range of {
			part := m("21.10").Div(money.Whole(len(of)))
			s.Details = append(s.Details, qloapps.SlipDetail{DetailID: d, Name: "Room", Quantity: money.One, Excl: part.Div(m("1.055")), Incl: part})
		}
		return s
	}
	stand := done{ref(Invoice, "9"): m("211"), ref(Invoice, "10"): m("21.10")}
	for want, s := range map[string]qloapps.Slip{"z-invoice:9": two("1"), "z-invoice:10": two("2"), "z-invoice:9 z-invoice:10": two("1", "2")} {
		note, err := mapSlip(s, engine.Link{}, stand, chosen())
		if err != nil {
			t.Fatal(err)
		}
		var to []string
		for _, step := range note.Steps {
			if invoice, is := strings.CutPrefix(step.Name, applyStep); is {
				to = append(to, invoice)
			}
		}
		if applied := strings.Join(to, " "); applied != want {
			t.Errorf("applied to %q, want %q", applied, want)
		}
	}

	// What the note settles takes room of that invoice alone, and the other's money goes where it belongs.
	s := two("2")
	known := links{"invoice:9": {ID: "z-9", Status: engine.Synced, Total: m("211"), Done: []string{"sent"}}, "invoice:10": {ID: "z-10", Status: engine.Synced, Total: m("21.10"), Done: []string{"sent"}},
		"credit_note:3": {ID: "z-cn", Status: engine.Synced, Total: m("21.10"), Applied: m("21.10"), Extra: []byte(`{"money":{"settles":{"z-10":"21.1"}}}`)}}
	settled := settledOf(s.Order, "10", 2, known)
	if other := settledOf(s.Order, "9", 2, known); settled.String() != "21.1" || !other.IsZero() {
		t.Errorf("of the invoices %s and %s are settled", settled, other)
	}
}

// TestParticularsHaveTheCurrencysDigits, as QloApps keeps up to six of an invoice.
func TestParticularsHaveTheCurrencysDigits(t *testing.T) {
	t.Parallel()

	i := stay()
	i.TotalIncl = m("356.1635")
	i.Order.Invoices = append(i.Order.Invoices, qloapps.InvoiceHead{ID: "10"})
	if p := ParticularsOf(i); p.Amount.String() != "356.16" {
		t.Errorf("%s", p.Amount)
	}
	i.Order.Currency = "JPY"
	if p := ParticularsOf(i); p.Amount.String() != "356" {
		t.Errorf("in yen %s", p.Amount)
	}
	i = stay() // left one edit behind: its invoice is what is posted
	i.Order.TotalIncl, i.Order.TotalExcl = m("100"), m("94.79")
	if p := ParticularsOf(i); p.Amount.String() != "232.1" {
		t.Errorf("an order left behind %s", p.Amount)
	}
}

// TestAnEditIsHeldByWhatStandsAgainstTheInvoice, and not by money that is only wanted there, or that stands
// with the guest.
func TestAnEditIsHeldByWhatStandsAgainstTheInvoice(t *testing.T) {
	t.Parallel()

	share := func(id, amount string) qloapps.Share {
		return qloapps.Share{ID: id, PaymentID: id, OrderID: "7", InvoiceID: "9", Amount: m(amount), Written: m(amount), Currency: "USD", Rate: m("1")}
	}
	known := links{"customer:3": {ID: "c", Status: engine.Synced}, "room_type:11": {ID: "i-11", Status: engine.Synced}, "service_product:21": {ID: "i-21", Status: engine.Synced},
		"payment:1": {ID: "z-1", Status: engine.Synced, Total: m("150"), Extra: []byte(`{"money":{"settles":{"z-9":"100"}}}`)}, // a person took 50 off
		"payment:2": {Status: engine.NotSynced}}
	posted := engine.Link{ID: "z-9", Number: "#IN000004", Status: engine.Synced, Total: m("232.10"), Currency: "USD", Done: []string{"sent"}}
	for total, held := range map[string]bool{"126.60": false, "84.40": true} {
		i := stay()
		o := i.Order
		o.Shares, o.TotalPaid = []qloapps.Share{share("1", "150"), share("2", "50")}, m("200")
		o.Lines = o.Lines[:1]
		o.Lines[0].Incl, o.Lines[0].Excl, o.Lines[0].Quantity = m(total), m(total).Div(m("1.055")), money.One
		o.TotalIncl, o.TotalExcl = o.Lines[0].Incl, o.Lines[0].Excl
		with := links{"invoice:9": posted}
		for key, link := range known {
			with[key] = link
		}
		o.Invoices[0].TotalIncl, o.Invoices[0].TotalExcl = o.TotalIncl, o.TotalExcl
		_, err := mapInvoice(qloapps.Invoice{InvoiceHead: o.Invoices[0], Order: o}, posted, with, chosen())
		if code := faultCode(err); held != (code == "overpaid_after_edit") || !held && err != nil {
			t.Errorf("lowered to %s: %v", total, err)
		}
		if held && err != nil && !strings.Contains(err.Error(), "but 100.00 USD of the invoice are settled") {
			t.Errorf("lowered to %s: %v", total, err)
		}
	}
}
