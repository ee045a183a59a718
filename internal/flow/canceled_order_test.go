package flow

import (
	"strings"
	"testing"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/rules"
)

// links are answers by key; anything else is known to nobody.
type links map[string]engine.Link

func (l links) Look(flow, id string) engine.Link {
	link := l[flow+":"+id]
	link.Ref = ref(flow, id)
	if link.Status == "" {
		link.Status = engine.NotSynced
	}
	return link
}

func (l links) Settled(flow, id string) (engine.Link, error) { return l.Look(flow, id), nil }

func (l links) Of(flow, id string) (engine.Link, error) {
	link := l.Look(flow, id)
	if !link.Exists() {
		return link, fault.New(fault.Blocked, "not_queued", "Nobody has queued it.")
	}
	return link, nil
}

// TestCanceledOrder makes sure that of invoice and cancellation exactly one acts.
func TestCanceledOrder(t *testing.T) {
	t.Parallel()

	sent := []byte(`{"customer_id":"c","date":"2026-05-04","is_inclusive_tax":true,"line_items":[{"item_id":"i-11","description":"Garden Room","rate":211.00,"quantity":1,"tax_id":"tax-5.5"},{"item_id":"i-21","description":"Breakfast","rate":21.10,"quantity":1,"tax_id":"tax-5.5"}]}`)
	posted := engine.Link{ID: "z-9", Number: "#IN000004", Status: engine.Synced, Total: m("232.10"), Currency: "USD", Sent: sent}
	voidLink := posted
	voidLink.Done = []string{"sent", engine.StepVoid}
	drafted := posted
	drafted.Draft, drafted.Steps, drafted.Done = true, []string{"as_draft"}, []string{"as_draft"}
	voidDraft := posted // what the void took off it is the draft, not the step
	voidDraft.Steps, voidDraft.Done, voidDraft.Status = []string{"as_draft", engine.StepVoid}, []string{"as_draft", engine.StepVoid}, engine.Disabled
	credited := func(with engine.Link) engine.Link {
		l := posted
		l.Done, l.Extra = []string{"sent", "credit:z-note"}, with.Extra
		return l
	}
	tests := []struct {
		name     string
		posted   engine.Link
		credited engine.Link
		paid     string
		slip     string // what a slip of the order settles of the invoice
		turned   bool   // the slip was turned into a voucher
		refund   string // a credit note over money given back without a slip
		policy   string
		today    string
		steps    string // of the invoice
		credit   string // total of the cancellation, "" for none
		fault    string // of the cancellation
	}{
		{name: "unpaid in its own month is voided", posted: posted, steps: "sent void"},
		{name: "in a later month it is credited", posted: posted, today: "2026-06-01", steps: "sent", credit: "232.1"},
		{name: "where voids are not allowed it is credited", posted: posted, policy: "credit_note", steps: "sent", credit: "232.1"},
		{name: "a person is asked where the settings say so", posted: posted, policy: "hold", steps: "sent", fault: "paid_document"},
		{name: "money on it asks a person", posted: posted, paid: "50", steps: "sent", fault: "paid_document"},
		{name: "who may then choose a credit note over all", posted: posted, paid: "50", credited: engine.Link{Approved: true}, steps: "sent", credit: "232.1"},
		{name: "money that waits for a person is money", posted: posted, paid: "held", steps: "sent", fault: "paid_document"},
		{name: "money that is left out is none", posted: posted, paid: "skipped", steps: "sent void"},
		{name: "money that is still to go back is there", posted: posted, paid: "not back", steps: "sent", fault: "paid_document"},
		{name: "money that was given back is none", posted: posted, paid: "0", steps: "sent void"},
		{name: "a slip's credit on it asks a person", posted: posted, slip: "62.40", steps: "sent", fault: "paid_document"},
		{name: "and no release gives that part back twice", posted: posted, slip: "62.40", credited: engine.Link{Approved: true}, steps: "sent", fault: "overpaid_after_edit"},
		{name: "a voucher's credit that was taken back off it is none", posted: posted, slip: "0", turned: true, steps: "sent void"},
		{name: "a slip that was paid out or is open asks a person", posted: posted, slip: "0", steps: "sent", fault: "paid_document"},
		{name: "a slip over all of it leaves nothing to do", posted: posted, slip: "232.10", steps: "sent"},
		{name: "also where it is open beside what was paid", posted: posted, slip: "232.10", paid: "50", policy: "hold", steps: "sent"},
		{name: "or where a person had said to credit all of it", posted: posted, slip: "232.10", credited: engine.Link{Approved: true}, steps: "sent"},
		{name: "money given back over all of it leaves nothing to do", posted: posted, refund: "232.10", steps: "sent"},
		{name: "in a later month too", posted: posted, slip: "0", today: "2026-06-01", steps: "sent", fault: "paid_document"},
		{name: "and no release gives it back twice", posted: posted, slip: "0", paid: "50", credited: engine.Link{Approved: true}, steps: "sent", fault: "overpaid_after_edit"},
		{name: "money given back without a slip asks a person", posted: posted, refund: "62.40", steps: "sent", fault: "paid_document"},
		{name: "nor does a release give that back twice", posted: posted, refund: "62.40", credited: engine.Link{Approved: true}, steps: "sent", fault: "overpaid_after_edit"},
		{name: "a voucher's credit on it asks a person", posted: credited(engine.Link{}), steps: "sent credit:z-note", fault: "paid_document"},
		{name: "a voucher's credit that was taken back is none", posted: credited(engine.Link{Extra: []byte(`{"credits":{"z-note":"0"}}`)}), steps: "sent credit:z-note void"},
		{name: "the month is that of the document, which bears the first open day", posted: engine.Link{ID: "z-9", Number: "#IN000004", Day: "2026-06-01", Status: engine.Synced, Total: m("232.10"), Currency: "USD", Sent: sent}, today: "2026-06-20", steps: "sent void"},
		{name: "void stays void, also next month", posted: voidLink, today: "2026-07-01", steps: "sent void"},
		{name: "credited stays credited", posted: posted, credited: engine.Link{ID: "z-cn", Status: engine.Synced}, steps: "sent", credit: "232.1"},
		{name: "what was never posted is nothing"},
		{name: "a draft is voided, in whatever month and whatever was paid", posted: drafted, today: "2026-06-01", paid: "50", policy: "credit_note", steps: "as_draft void"},
		{name: "a draft too asks a person where the settings say so", posted: drafted, policy: "hold", steps: "as_draft", fault: "paid_document"},
		{name: "who may then have it voided", posted: drafted, policy: "hold", credited: engine.Link{Approved: true}, steps: "as_draft void"},
		{name: "a draft that is void stays void", posted: voidDraft, policy: "hold", steps: "as_draft void"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()

			i, r := stay(), chosen()
			i.Order.Canceled, i.Order.CanceledAt = true, noon.AddDate(0, 0, 5)
			if tt.policy != "" {
				r.Settings.Orders.CancelPolicy = tt.policy
			}
			if tt.today != "" {
				r.Today = tt.today
			}
			known := links{"invoice:9": tt.posted, "cancellation:9": tt.credited, "customer:3": {ID: "c", Status: engine.Synced}}
			if tt.paid != "" {
				i.Order.Shares = []qloapps.Share{{ID: "1", PaymentID: "1", OrderID: "7", Amount: m("50"), Currency: "USD", Rate: m("1")}}
				if tt.paid == "0" || tt.paid == "not back" {
					i.Order.Shares = append(i.Order.Shares, qloapps.Share{ID: "2", PaymentID: "2", OrderID: "7", Amount: m("-50"), Currency: "USD", Rate: m("1")})
				}
				known["payment:1"], known["payment:2"] = engine.Link{ID: "p-1", Status: engine.Synced}, engine.Link{ID: "p-1", Status: engine.Synced, Done: []string{"giveback:p-1:50"}}
			}
			switch tt.paid {
			case "held", "skipped":
				known["payment:1"] = engine.Link{Status: map[string]engine.Status{"held": engine.Held, "skipped": engine.Skipped}[tt.paid]}
			case "not back":
				known["payment:2"] = engine.Link{ID: "p-1", Status: engine.Held, Steps: []string{"giveback:p-1:50"}}
			}
			if tt.slip != "" {
				i.Order.SlipIDs = []string{"30"}
				if tt.turned {
					i.Order.TurnedSlips = i.Order.SlipIDs
				}
				known["credit_note:30"] = engine.Link{ID: "z-note", Status: engine.Synced, Total: money.Max(m("62.40"), m(tt.slip)), Applied: m(tt.slip)}
			}
			if tt.refund != "" {
				i.Order.Returns = []qloapps.Return{{ID: "2", OrderID: "7", Refunded: true, Amount: m(tt.refund), PaymentMode: "Cash", Added: noon, Updated: noon}}
				known["refund:2"] = engine.Link{ID: "z-refund", Status: engine.Synced, Total: m(tt.refund)}
			}
			checkInvoice(t, i, tt.posted, known, r, tt.steps)
			got, err := mapCancellation(i, known.Look(Cancellation, "9"), known, r)
			if code := faultCode(err); code != tt.fault {
				t.Fatalf("cancellation: %v, want %q", err, tt.fault)
			}
			if credit := len(got.Doc.Lines) > 0; credit != (tt.credit != "") || credit && got.Facts.Total.String() != tt.credit {
				t.Errorf("cancellation over %s (%d lines), want %q", got.Facts.Total, len(got.Doc.Lines), tt.credit)
			}
			if tt.credit != "" && got.Doc.Date != "2026-05-09" {
				t.Errorf("dated %s, want the day it was canceled", got.Doc.Date)
			}
		})
	}
}

func faultCode(err error) string {
	if err == nil {
		return ""
	}
	return fault.Of(err).Code
}

func checkInvoice(t *testing.T, i qloapps.Invoice, posted engine.Link, known engine.Links, r *rules.Rules, steps string) {
	t.Helper()
	got, err := mapInvoice(i, posted, known, r)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, s := range got.Steps {
		names = append(names, s.Name)
	}
	if have := strings.Join(names, " "); have != steps || got.Nothing == posted.Exists() {
		t.Errorf("invoice: steps %q, nothing %v, want %q", have, got.Nothing, steps)
	}
}

// TestNothingIsTakenBackOfWhatWasCreditedWhole: what QloApps gives back of a canceled order after its invoice was
// credited is no second credit note.
func TestNothingIsTakenBackOfWhatWasCreditedWhole(t *testing.T) {
	t.Parallel()

	s := slipOf("21.10", "20.00")
	s.Order.Canceled = true
	ret := qloapps.Return{ID: "2", OrderID: "7", Refunded: true, Amount: m("21.10"), PaymentMode: "Cash", Added: noon, Updated: noon}
	known := links{"invoice:9": {ID: "z-9", Status: engine.Synced, Total: m("232.10"), Done: []string{"sent"}}, "cancellation:9": {ID: "z-cn", Number: "CN-9", Status: engine.Synced, Total: m("232.10")}}
	_, slip := mapSlip(s, engine.Link{}, known, chosen())
	_, refund := mapRefund(qloapps.Refund{Return: ret, Order: s.Order}, engine.Link{}, known, chosen())
	for what, err := range map[string]error{"slip": slip, "refund": refund} {
		if faultCode(err) != "totals_differ" || !strings.Contains(fault.Of(err).Detail, "CN-9") {
			t.Errorf("the %s ends with %v", what, err)
		}
	}
}

// TestMoneyOfSeveralCurrenciesIsReckonedInOne before it is asked whether any of it stands on a canceled order's invoice.
func TestMoneyOfSeveralCurrenciesIsReckonedInOne(t *testing.T) {
	t.Parallel()

	for _, tt := range []struct {
		name                      string
		paid, currency, rate, own string
		back                      string // in dollars, the order's currency
		left                      string // total_paid_real
		asks                      bool
	}{
		{"yen, and as much went back in dollars", "7476.5", "JPY", "149.53", "149.53", "-50", "0", false},
		{"yen, of which a part went back in dollars", "7476.5", "JPY", "149.53", "149.53", "-20", "30", true},
		{"euro, and as much of another currency went back", "50", "EUR", "0.92", "0.92", "-50", "4.35", true},
		{"euro, and what they were worth went back", "50", "EUR", "0.92", "0.92", "-54.35", "0", false},
		{"a payment of which nobody knows what it came to", "50", "EUR", "0", "0", "-60", "90", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()

			i, r := stay(), chosen()
			o := i.Order
			o.Canceled, o.CanceledAt, o.TotalPaid, o.OwnRate = true, noon.AddDate(0, 0, 5), m(tt.left), m("1")
			o.Shares = []qloapps.Share{
				{ID: "1", PaymentID: "1", OrderID: "7", Amount: m(tt.paid), Currency: tt.currency, Rate: m(tt.rate), OwnRate: m(tt.own)},
				{ID: "2", PaymentID: "2", OrderID: "7", Amount: m(tt.back), Currency: "USD", Rate: m("1"), OwnRate: m("1")},
			}
			known := links{"invoice:9": {ID: "z-9", Number: "#IN000004", Status: engine.Synced, Total: m("232.10"), Currency: "USD", Sent: []byte("{}")}, "customer:3": {ID: "c", Status: engine.Synced},
				"payment:1": {ID: "p-1", Status: engine.Synced}, "payment:2": {ID: "p-1", Status: engine.Synced, Done: []string{"giveback:p-1:50"}}}
			how, err := endOf(i, known.Look(Invoice, "9"), engine.Link{}, known, r)
			if asked := how == asks && faultCode(err) == "paid_document"; asked != tt.asks || !asked && how != byVoid {
				t.Errorf("ends with %q, %v", how, err)
			}
		})
	}
}

// TestTheDayOfACancellation is that of the change in QloApps, never the invoice's own.
func TestTheDayOfACancellation(t *testing.T) {
	t.Parallel()

	sent := []byte(`{"customer_id":"c","date":"2026-05-04","is_inclusive_tax":true,"line_items":[{"item_id":"i-11","rate":232.10,"quantity":1,"tax_id":"tax-5.5"}]}`)
	known := links{"invoice:9": {ID: "z-9", Status: engine.Synced, Total: m("232.10"), Sent: sent}, "customer:3": {ID: "c", Status: engine.Synced}}
	r := chosen()
	r.Today = "2026-08-01"
	for name, tt := range map[string]struct {
		change func(o *qloapps.Order)
		day    string
	}{
		"the history row tells none": {func(o *qloapps.Order) { o.Canceled = true }, ""},
		"the history row":            {func(o *qloapps.Order) { o.Canceled, o.CanceledAt = true, noon.AddDate(0, 0, 9) }, "2026-05-13"},
		"lines set to 0": {func(o *qloapps.Order) {
			o.TotalIncl, o.TotalExcl, o.Lines, o.Updated = m("0"), m("0"), nil, noon.AddDate(0, 0, 11)
		}, "2026-05-15"},
		"lines set to 0 on no day": {func(o *qloapps.Order) { o.TotalIncl, o.TotalExcl, o.Lines = m("0"), m("0"), nil }, ""},
	} {
		i := stay()
		tt.change(i.Order)
		got, err := mapCancellation(i, engine.Link{}, known, r)
		if code := faultCode(err); tt.day == "" && code != "no_date" || tt.day != "" && (err != nil || got.Doc.Date != tt.day) {
			t.Errorf("%s: dated %s, %v", name, got.Doc.Date, err)
		}
	}
}

// TestOneOfTwoInvoicesIsOver: the invoice that QloApps set to 0 is credited, the other one stands.
func TestOneOfTwoInvoicesIsOver(t *testing.T) {
	t.Parallel()

	i := stay()
	o := i.Order
	o.Lines[0].InvoiceID, o.Lines[1].InvoiceID, o.Lines[1].Incl, o.Lines[1].Excl = "9", "10", m("0"), m("0")
	o.Invoices = []qloapps.InvoiceHead{{ID: "9", TotalIncl: m("211"), TotalExcl: m("200"), Date: noon}, {ID: "10", Date: noon}}
	o.TotalIncl, o.TotalExcl = m("211"), m("200")
	if o.Over(o.Invoices[0]) || !o.Over(o.Invoices[1]) {
		t.Errorf("over are %v, %v", o.Over(o.Invoices[0]), o.Over(o.Invoices[1]))
	}
}
