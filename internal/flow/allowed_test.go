package flow

import (
	"testing"

	"github.com/qlobooks/qlobooks/internal/destination"
	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/rules"
)

// leftOut are links of which invoice 9 was left out for good.
type leftOut struct{ done }

func (l leftOut) Look(flow, id string) engine.Link {
	if flow == Invoice {
		return engine.Link{Status: engine.Skipped}
	}
	return l.done.Look(flow, id)
}

func (l leftOut) Of(flow, id string) (engine.Link, error) {
	link := l.Look(flow, id)
	if !link.Exists() {
		return link, fault.New(fault.Skipped, "skipped_before_date", "It is left out.")
	}
	return link, nil
}

// TestMoneyOfAnInvoiceLeftOut is sent without an invoice when a person says so, and only then.
func TestMoneyOfAnInvoiceLeftOut(t *testing.T) {
	t.Parallel()

	p, r, start := pay("50"), chosen(), "2026-06-01"
	p.Added, r.Settings.Orders.ExportFromDate = noon.AddDate(0, 2, 0), &start
	if _, err := mapPayment(p, engine.Link{}, leftOut{}, r); faultCode(err) != "before_export_invoice" {
		t.Errorf("unasked: %v", err)
	}
	got, err := mapPayment(p, engine.Link{Approved: true}, leftOut{}, r)
	if err != nil || got.Facts.Total.String() != "50" || len(got.Doc.Invoices) != 0 {
		t.Errorf("approved: %+v %v", got.Doc, err)
	}
}

// TestPaymentWhoseOrdersAreBeingWritten waits for the share that QloApps has not written yet.
func TestPaymentWhoseOrdersAreBeingWritten(t *testing.T) {
	t.Parallel()

	p := pay("50")
	p.Amount, p.Unfinished = m("80"), true
	if _, err := mapPayment(p, engine.Link{}, done{ref(Invoice, "9"): m("232.10")}, chosen()); faultCode(err) != "order_incomplete" {
		t.Errorf("a share is missing: %v", err)
	}
	p.Amount = m("50")
	if _, err := mapPayment(p, engine.Link{}, done{ref(Invoice, "9"): m("232.10")}, chosen()); err != nil {
		t.Errorf("all shares are there: %v", err)
	}
}

// TestCashBackOfMoneyEnteredInZoho asks a person, as that payment is not ours to change.
func TestCashBackOfMoneyEnteredInZoho(t *testing.T) {
	t.Parallel()

	p := pay("-100")
	o := p.Orders["7"]
	o.Shares = append([]qloapps.Share{{ID: "1", PaymentID: "1", OrderID: "7", InvoiceID: "9", Amount: m("232.10"), Currency: "USD", Rate: m("1")}}, o.Shares...)
	known := links{"invoice:9": {ID: "z-9", Status: engine.Synced, Total: m("232.10")}, "payment:1": {ID: "z-1", Status: engine.Synced}, "customer:3": {ID: "c"}}
	if _, err := mapPayment(p, engine.Link{}, known, chosen()); faultCode(err) != "negative_payment" {
		t.Errorf("%v", err)
	}
}

// moving are links of which credit note 1 is being written.
type moving struct{ links }

func (l moving) Settled(flow, id string) (engine.Link, error) {
	if flow == CreditNote && id == "1" {
		return engine.Link{}, fault.New(fault.Blocked, "waiting", "Waits.")
	}
	return l.links.Settled(flow, id)
}

// TestSlipsOfOneOrder settle its invoice one after the other, so that they never want more
// together than it takes.
func TestSlipsOfOneOrder(t *testing.T) {
	t.Parallel()

	o := stay().Order
	o.SlipIDs = []string{"1", "2"}
	known := moving{links{"invoice:9": {ID: "z-9", Status: engine.Synced, Total: m("232.10")}}}
	of := func(id string) engine.Link { return engine.Link{Ref: ref(CreditNote, id)} }
	if _, applied, _, err := applyRest(o, []credited{{"9", m("100")}}, "2026-05-05", m("100"), 2, of("1"), known); err != nil || together(applied).String() != "100" {
		t.Errorf("the first: %s %v", applied, err)
	}
	if _, _, _, err := applyRest(o, []credited{{"9", m("200")}}, "2026-05-05", m("200"), 2, of("2"), known); faultCode(err) != "waiting" {
		t.Errorf("the second does not wait for the first: %v", err)
	}
	known.links["credit_note:1"] = engine.Link{ID: "z-cn", Status: engine.Synced, Applied: m("100")}
	if _, applied, _, err := applyRest(o, []credited{{"9", m("200")}}, "2026-05-05", m("200"), 2, of("2"), known.links); err != nil || together(applied).String() != "132.1" {
		t.Errorf("the second: %s %v", applied, err)
	}
}

// TestItemsArePricedInWholeYen where Zoho keeps its books in yen, as it refuses decimals there.
func TestItemsArePricedInWholeYen(t *testing.T) {
	t.Parallel()

	r := chosen()
	r.Org.BaseCurrency, r.QloBase = "JPY", "JPY"
	if price, err := inBase(m("9000.50"), r); err != nil || price.String() != "9001" {
		t.Errorf("%s %v", price, err)
	}
	r.Org.Currencies = map[string]rules.Currency{}
	if price, err := inBase(m("9000.505"), r); err != nil || price.String() != "9000.51" {
		t.Errorf("unknown currency: %s %v", price, err)
	}
}

// TestPortal is opened with a new contact, by a call of its own for one that stands, and never for
// a guest who was deleted or has no address to invite.
func TestPortal(t *testing.T) {
	t.Parallel()

	r := chosen()
	r.Settings.Customers.CustomerPortal = true
	g := guest{Customer: qloapps.Customer{ID: "3", FirstName: "Ada", Email: "ada@example.com", Active: true}}
	stands := engine.Link{ID: "z-3", Extra: []byte(`{"persons":["p-1"]}`)}
	tests := []struct {
		name   string
		self   engine.Link
		change func(*guest)
		opens  bool
	}{
		{name: "new", opens: true},
		{name: "standing", self: stands, opens: true},
		{name: "standing without a person", self: engine.Link{ID: "z-3"}},
		{name: "deleted", self: stands, change: func(g *guest) { g.Deleted = 2 }},
		{name: "no address", change: func(g *guest) { g.Email = "" }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()

			g := g
			if tt.change != nil {
				tt.change(&g)
			}
			got, err := mapCustomer(g, tt.self, links{}, r)
			if err != nil {
				t.Fatal(err)
			}
			if opens := got.Steps[len(got.Steps)-1].Name == "portal"; opens != tt.opens {
				t.Errorf("steps %v", got.Steps)
			}
		})
	}
}

// TestProofOfASecondPart does not take the first part that a payment settled of an invoice for the
// second one, whose answer was lost.
func TestProofOfASecondPart(t *testing.T) {
	t.Parallel()

	self := engine.Link{ID: "z-1", Status: engine.Synced, Total: m("100"), Sent: []byte("{}"), Done: []string{"apply:i-1:50"}}
	known := links{"invoice:9": {ID: "i-1", Status: engine.Synced, Total: m("80"), Done: []string{"sent"}}, "customer:3": {ID: "c"}}
	got, err := mapPayment(pay("100"), self, known, chosen())
	if err != nil || len(got.Steps) != 2 || got.Steps[1].Name != "apply:i-1:80" {
		t.Fatalf("%+v %v", got.Steps, err)
	}
	proof := *got.Steps[1].Proof
	for body, want := range map[string]bool{
		`{"payment":{"invoices":[{"invoice_id":"i-1","amount_applied":50}]}}`:                                               false,
		`{"payment":{"invoices":[{"invoice_id":"i-1","amount_applied":50},{"invoice_id":"i-1","amount_applied":30}]}}`:      true,
		`{"payment":{"invoices":[{"invoice_id":"i-1","amount_applied":"50.00"},{"invoice_id":"i-2","amount_applied":30}]}}`: false,
		`{"payment":{"invoices":[]}}`: false,
	} {
		if done, err := destination.Proves(proof, "", proof.Value, []byte(body)); err != nil || done != want {
			t.Errorf("%s proves it: %v %v", body, done, err)
		}
	}
}

// TestCancellationKeepsTheRate of its invoice, so that nothing of it becomes a gain or a loss.
func TestCancellationKeepsTheRate(t *testing.T) {
	t.Parallel()

	for name, link := range map[string]engine.Link{
		"as first sent":   {Sent: []byte(`{"exchange_rate":1.25,"line_items":[{"item_id":"i","rate":232.10,"quantity":1}]}`)},
		"after an edit":   {Sent: []byte(`{"line_items":[{"item_id":"i","rate":232.10,"quantity":1}]}`), Extra: []byte(`{"rate":"1.25"}`)},
		"known to nobody": {Sent: []byte(`{"line_items":[{"item_id":"i","rate":232.10,"quantity":1}]}`)},
	} {
		want := "1.25"
		if name == "known to nobody" {
			want = "1.0869565217"
		}
		i, r := stay(), chosen()
		i.Order.Canceled, i.Order.CanceledAt, i.Order.Currency, i.Order.Rate = true, noon.AddDate(0, 0, 5), "EUR", m("0.92")
		r.Settings.Orders.CancelPolicy = "credit_note"
		link.ID, link.Status, link.Total, link.Currency = "z-9", engine.Synced, m("232.10"), "EUR"
		known := links{"invoice:9": link, "customer:3:EUR": {ID: "c", Status: engine.Synced}}
		got, err := mapCancellation(i, engine.Link{}, known, r)
		if err != nil || got.Doc.ExchangeRate == nil || got.Doc.ExchangeRate.String() != want {
			t.Errorf("%s: %v %v, want %s", name, got.Doc.ExchangeRate, err, want)
		}
	}
}
