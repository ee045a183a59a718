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

// returned is money given back over the desk for the stay's room, without a slip.
func returned(amount string) qloapps.Refund {
	o := stay().Order
	o.Lines[0].DetailID = "1"
	return qloapps.Refund{Order: o, Return: qloapps.Return{ID: "4", OrderID: "7", Refunded: true, Amount: m(amount), PaymentMode: "Cash", Updated: noon,
		Details: []qloapps.ReturnDetail{{DetailID: "1", Amount: m(amount), Done: true}}}}
}

// TestWhyACreditWaits names the cause of every slip, refund and cancellation that is not posted.
func TestWhyACreditWaits(t *testing.T) {
	t.Parallel()

	start := "2026-06-01"
	type world struct {
		slip   qloapps.Slip
		refund qloapps.Refund
		rules  *rules.Rules
		links  engine.Links
	}
	slip := func(w *world) error { _, err := mapSlip(w.slip, engine.Link{}, w.links, w.rules); return err }
	refund := func(w *world) error { _, err := mapRefund(w.refund, engine.Link{}, w.links, w.rules); return err }
	for name, tt := range map[string]struct {
		doors  []func(w *world) error
		change func(w *world)
		kind   fault.Kind
		code   string
		words  string
	}{
		"the order is gone":             {[]func(*world) error{slip, refund}, func(w *world) { w.slip.Order, w.refund.Order = nil, nil }, fault.Held, "order_incomplete", "which QloApps no longer has"},
		"the order is being written":    {[]func(*world) error{slip, refund}, func(w *world) { w.slip.Order.Complete, w.refund.Order.Complete = false, false }, fault.Held, "order_incomplete", ""},
		"its hotel is ignored":          {[]func(*world) error{slip, refund}, func(w *world) { w.rules.Settings.Hotels.IgnoredHotels = []string{"1"} }, fault.Skipped, "skipped_hotel", "Larkspur"},
		"it is older than what is sent": {[]func(*world) error{slip, refund}, func(w *world) { w.rules.Settings.Orders.ExportFromDate = &start }, fault.Skipped, "skipped_before_date", "2026-05-04"},
		"its invoice is not queued":     {[]func(*world) error{slip, refund}, func(w *world) { w.links = books{done: done{}, status: engine.NotSynced} }, fault.Blocked, "not_queued", ""},
		"its currency is off": {[]func(*world) error{slip, refund}, func(w *world) {
			w.slip.Order.Currency, w.refund.Order.Currency = "EUR", "EUR"
			w.rules.Settings.Currencies.MultiCurrency = false
		}, fault.Held, "currency_off", "EUR"},
		"its currency exists nowhere": {[]func(*world) error{slip, refund}, func(w *world) { w.slip.Order.Currency, w.refund.Order.Currency = "CHF", "CHF" }, fault.Held, "setup_required", "CHF"},
		"it has no exchange rate": {[]func(*world) error{slip, refund}, func(w *world) {
			w.slip.Order.Currency, w.refund.Order.Currency = "EUR", "EUR"
			w.slip.Rate, w.refund.Order.Rate = money.Zero, money.Zero
		}, fault.Held, "no_rate", "EUR"},
		"its tax is not mapped":                {[]func(*world) error{slip, refund}, func(w *world) { delete(w.rules.Mappings.Rows[rules.Taxes], "5.5") }, fault.Blocked, "mapping_missing", ""},
		"the account of its money is unknown":  {[]func(*world) error{refund}, func(w *world) { delete(w.rules.Mappings.Rows, rules.DepositAccounts) }, fault.Blocked, "mapping_missing", ""},
		"what was returned is no longer there": {[]func(*world) error{slip}, func(w *world) { w.slip.Details[0].Excl = m("15.00") }, fault.Held, "totals_differ", "is no longer in order BOOKINGXY"},
		"its tax fits no rate": {[]func(*world) error{slip}, func(w *world) {
			w.slip.Order.Lines[0].DetailID, w.slip.Order.Lines[0].Excl = w.slip.Details[0].DetailID, m("150.00") // nor does that of its line
			w.slip.Details[0].Excl = m("15.00")
		}, fault.Held, "totals_differ", "(15.00 without, 21.10 with tax) fits none of the order's tax rates"},
		"its lines miss its total": {[]func(*world) error{slip}, func(w *world) { w.slip.TotalIncl = m("99.00") }, fault.Held, "totals_differ", "credit slip #RE000003"},
		"it has no lines":          {[]func(*world) error{slip}, func(w *world) { w.slip.Details = nil }, fault.Held, "totals_differ", ""},
		"more was given back than it is over": {[]func(*world) error{slip}, func(w *world) {
			w.slip.Order.Returns = []qloapps.Return{{Kind: qloapps.ReturnSlip, SlipID: "3", Refunded: true, PaymentMode: "Cash", Amount: m("500"), Updated: noon}}
		}, fault.Held, "totals_differ", "500.00 USD were given back"},
		"given back, and a voucher as well": {[]func(*world) error{slip}, func(w *world) {
			w.slip.VoucherCartRuleID = "8"
			w.slip.Order.Returns = []qloapps.Return{{Kind: qloapps.ReturnSlip, SlipID: "3", Refunded: true, PaymentMode: "Cash", Amount: m("5"), Updated: noon}}
		}, fault.Held, "totals_differ", "turned into a voucher"},
		"given back to an unknown account": {[]func(*world) error{slip}, func(w *world) {
			delete(w.rules.Mappings.Rows, rules.DepositAccounts)
			w.slip.Order.Returns = []qloapps.Return{{Kind: qloapps.ReturnSlip, SlipID: "3", Refunded: true, PaymentMode: "Cash", Amount: m("5"), Updated: noon}}
		}, fault.Blocked, "mapping_missing", ""},
		"what was returned misses the money": {[]func(*world) error{refund}, func(w *world) { w.refund.Details[0].Amount = m("1") }, fault.Held, "totals_differ", "come to 1"},
		"nothing says what was returned":     {[]func(*world) error{refund}, func(w *world) { w.refund.Details = nil }, fault.Held, "totals_differ", ""},
		"what was returned was never sold":   {[]func(*world) error{refund}, func(w *world) { w.refund.Details[0].DetailID = "99" }, fault.Held, "totals_differ", ""},
	} {
		for _, door := range tt.doors {
			w := &world{slip: slipOf("21.10", "20.00"), refund: returned("21.10"), rules: chosen(), links: done{ref(Invoice, "9"): m("232.10")}}
			if err := door(w); err != nil {
				t.Fatalf("without trouble: %v", err)
			}
			tt.change(w)
			err := door(w)
			f := fault.Of(err)
			if f == nil || f.Kind != tt.kind || f.Code != tt.code || !strings.Contains(f.Detail, tt.words) || f.Action == "" && tt.kind != fault.Blocked {
				t.Errorf("%s: %v, want %s/%s with %q", name, err, tt.kind, tt.code, tt.words)
			}
		}
	}
}

// TestACancellationMirrorsWhatWasPosted takes discounts off as they were sent, and asks where nobody knows
// what was sent or the order lives again.
func TestACancellationMirrorsWhatWasPosted(t *testing.T) {
	t.Parallel()

	for name, tt := range map[string]struct {
		sent   string
		total  string
		alive  bool
		self   engine.Link
		change func(i *qloapps.Invoice, r *rules.Rules)
		code   string
		lines  string // what the lines come to
	}{
		"a discount on a line":  {sent: `{"is_inclusive_tax":true,"line_items":[{"rate":211,"quantity":1,"discount_amount":11,"tax_id":"tax-5.5"},{"rate":21.1,"quantity":1,"tax_id":"tax-5.5"}]}`, total: "221.10", lines: "221.1"},
		"a discount on all":     {sent: `{"is_inclusive_tax":true,"discount":11,"line_items":[{"rate":211,"quantity":1,"tax_id":"tax-5.5"},{"rate":21.1,"quantity":1,"tax_id":"tax-5.5"}]}`, total: "221.10", lines: "221.1"},
		"nobody knows":          {sent: ``, total: "232.10", code: "totals_differ"},
		"it had no lines":       {sent: `{"line_items":[]}`, total: "232.10", code: "totals_differ"},
		"the order lives again": {sent: `{}`, total: "232.10", alive: true, self: engine.Link{ID: "cn-1", Status: engine.Synced}, code: "paid_document"},
		"the order never ended": {sent: `{}`, total: "232.10", alive: true},
		"its currency is disabled": {sent: `{"line_items":[{"rate":211,"quantity":1}]}`, total: "232.10", code: "currency_off", change: func(i *qloapps.Invoice, r *rules.Rules) {
			i.Order.Currency, r.Settings.Currencies.MultiCurrency = "EUR", false
		}},
		"it has no exchange rate": {sent: `{"is_inclusive_tax":true,"line_items":[{"rate":232.1,"quantity":1,"tax_id":"tax-5.5"}]}`, total: "232.10", code: "no_rate", change: func(i *qloapps.Invoice, _ *rules.Rules) { i.Order.Currency, i.Order.Rate = "EUR", money.Zero }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			i, r := stay(), chosen()
			r.Today = "2026-07-01" // not voided any more
			i.Order.Canceled, i.Order.CanceledAt = !tt.alive, noon.AddDate(0, 0, 5)
			if tt.change != nil {
				tt.change(&i, r)
			}
			known := links{"invoice:9": {ID: "z-9", Number: "#IN000004", Status: engine.Synced, Total: m(tt.total), Sent: []byte(tt.sent)}, "cancellation:9": tt.self,
				"customer:3": {ID: "c", Status: engine.Synced}, "customer:3:EUR": {ID: "e", Status: engine.Synced}}
			got, err := mapCancellation(i, known.Look(Cancellation, "9"), known, r)
			if code := faultCode(err); code != tt.code || err != nil && fault.Of(err).Action == "" {
				t.Fatalf("%v, want %q", err, tt.code)
			}
			if err != nil {
				return
			}
			if got.Nothing != (tt.lines == "") {
				t.Errorf("nothing: %v", got.Nothing)
			}
			if tt.lines != "" && (!got.Facts.Total.Equal(m(tt.lines)) || len(got.Doc.Lines) < 2) {
				t.Errorf("over %s with %d lines, want %s", got.Facts.Total, len(got.Doc.Lines), tt.lines)
			}
		})
	}
}

// TestWhyMoneyWaits names the cause of payments that are not posted, and of money given back.
func TestWhyMoneyWaits(t *testing.T) {
	t.Parallel()

	for name, tt := range map[string]struct {
		amount string
		change func(p *qloapps.Payment, r *rules.Rules)
		kind   fault.Kind
		code   string
		words  string
	}{
		"it belongs to nothing":      {"50", func(p *qloapps.Payment, _ *rules.Rules) { p.Shares = nil }, fault.Held, "order_incomplete", "belongs to no order"},
		"its order is being written": {"50", func(p *qloapps.Payment, _ *rules.Rules) { p.Orders["7"].Complete = false }, fault.Held, "order_incomplete", "BOOKINGXY"},
		"its rate is missing": {"50", func(p *qloapps.Payment, r *rules.Rules) {
			inEuro(p, r)
			p.Shares[0].Rate, p.Orders["7"].TotalPaid = money.Zero, money.Zero
		}, fault.Held, "no_rate", "EUR"},
		"given back in a locked period": {"-20", func(_ *qloapps.Payment, r *rules.Rules) { r.Locks = rules.Locks{Known: true, Sales: "2026-05-31"} }, fault.Held, "negative_payment", "up to and including 2026-05-31"},
		"given back from a locked payment": {"-20", func(p *qloapps.Payment, r *rules.Rules) {
			earlier(p, "232.10")
			p.Added = noon.AddDate(0, 1, 0)
			r.Locks = rules.Locks{Known: true, Sales: "2026-05-31"}
		}, fault.Held, "negative_payment", "has locked what it concerns"},
		"given back to an unknown account": {"-20", func(p *qloapps.Payment, r *rules.Rules) {
			earlier(p, "232.10")
			delete(r.Mappings.Rows, rules.DepositAccounts)
		}, fault.Blocked, "mapping_missing", ""},
		"given back without a rate": {"-20", func(p *qloapps.Payment, _ *rules.Rules) {
			earlier(p, "232.10")
			p.Currency = "EUR"
			p.Orders["7"].Currency, p.Orders["7"].Rate, p.Rate = "EUR", money.Zero, money.Zero
			for n := range p.Orders["7"].Shares {
				p.Orders["7"].Shares[n].Currency = "EUR"
			}
		}, fault.Held, "no_rate", "EUR"},
		"another order than the payment names": {"50", func(p *qloapps.Payment, _ *rules.Rules) { p.Orders = map[string]*qloapps.Order{} }, fault.Held, "order_incomplete", "no longer has"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			p, r := pay(tt.amount), chosen()
			tt.change(&p, r)
			_, err := mapPayment(p, engine.Link{}, dayed{done{ref(Invoice, "9"): m("232.10")}}, r)
			f := fault.Of(err)
			if f == nil || f.Kind != tt.kind || f.Code != tt.code || !strings.Contains(f.Detail, tt.words) || f.Action == "" && tt.kind != fault.Blocked {
				t.Errorf("%v, want %s/%s with %q", err, tt.kind, tt.code, tt.words)
			}
		})
	}
}

// earlier gives the order a payment from which money can go back.
func earlier(p *qloapps.Payment, amount string) {
	o := p.Orders["7"]
	own := o.Shares[0]
	o.Shares = []qloapps.Share{{ID: "1", PaymentID: "1", OrderID: "7", InvoiceID: "9", Amount: m(amount), Currency: "USD", Rate: m("1"), Added: noon}, own}
}

// dayed are links whose documents are dated as the stay is.
type dayed struct{ done }

func (d dayed) Of(flow, id string) (engine.Link, error) {
	link, err := d.done.Of(flow, id)
	link.Day = qloapps.Day(noon)
	return link, err
}

// Look answers that a payment settles the invoice.
func (d dayed) Look(flow, id string) engine.Link {
	link := d.done.Look(flow, id)
	if flow == Payment {
		link.Done = []string{"apply:z-invoice:9:232.1"}
	}
	return link
}

// TestWhyAnInvoiceOrSalesOrderWaits names causes that no hotel of the samples has.
func TestWhyAnInvoiceOrSalesOrderWaits(t *testing.T) {
	t.Parallel()

	invoice := func(i qloapps.Invoice, r *rules.Rules) error {
		_, err := mapInvoice(i, engine.Link{}, done{}, r)
		return err
	}
	order := func(i qloapps.Invoice, r *rules.Rules) error {
		_, err := mapSalesOrder(i.Order, engine.Link{}, done{}, r)
		return err
	}
	voucher := func(slip, currency string) func(*qloapps.Invoice, *rules.Rules) {
		return func(i *qloapps.Invoice, _ *rules.Rules) {
			d := discount("94.79", "100.00")
			d.FromSlip, d.FromSlipCurrency = slip, currency
			i.Order.Discounts = []qloapps.Discount{d}
			cost(i, "132.10", "125.21")
		}
	}
	for name, tt := range map[string]struct {
		door   func(qloapps.Invoice, *rules.Rules) error
		change func(*qloapps.Invoice, *rules.Rules)
		kind   fault.Kind
		code   string
		words  string
	}{
		"it costs something, but for nothing": {invoice, func(i *qloapps.Invoice, _ *rules.Rules) { i.Order.Lines = nil }, fault.Held, "totals_differ", "has no lines"},
		"a voucher in another currency":       {invoice, voucher("3", "EUR"), fault.Held, "totals_differ", "another currency"},
		"sales orders are off":                {order, func(_ *qloapps.Invoice, r *rules.Rules) { r.Settings.Orders.CreateSalesOrders = false }, fault.Skipped, "skipped_export_off", ""},
		"a sales order of an ignored hotel":   {order, func(_ *qloapps.Invoice, r *rules.Rules) { r.Settings.Hotels.IgnoredHotels = []string{"1"} }, fault.Skipped, "skipped_hotel", "Larkspur"},
		"a sales order in an unmapped tax":    {order, func(_ *qloapps.Invoice, r *rules.Rules) { delete(r.Mappings.Rows[rules.Taxes], "5.5") }, fault.Blocked, "mapping_missing", ""},
		"a sales order in a currency that is off": {order, func(i *qloapps.Invoice, r *rules.Rules) {
			i.Order.Currency, r.Settings.Currencies.MultiCurrency = "EUR", false
		}, fault.Held, "currency_off", "EUR"},
		"an invoice without an exchange rate": {invoice, func(i *qloapps.Invoice, _ *rules.Rules) { i.Order.Currency, i.Order.Rate = "EUR", money.Zero }, fault.Held, "no_rate", "EUR"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			i, r := stay(), chosen()
			r.Settings.Orders.CreateSalesOrders = true
			if err := tt.door(i, r); err != nil {
				t.Fatalf("without trouble: %v", err)
			}
			tt.change(&i, r)
			f := fault.Of(tt.door(i, r))
			if f == nil || f.Kind != tt.kind || f.Code != tt.code || !strings.Contains(f.Detail, tt.words) || f.Action == "" && tt.kind != fault.Blocked {
				t.Errorf("%v, want %s/%s with %q", f, tt.kind, tt.code, tt.words)
			}
		})
	}
}

// TestWhatComesBackToLifeIsOpenedFirst makes a void document changeable before it is changed.
func TestWhatComesBackToLifeIsOpenedFirst(t *testing.T) {
	t.Parallel()

	void := engine.Link{ID: "z-9", Status: engine.Disabled, Done: []string{"sent", engine.StepVoid}, Total: m("232.10")}
	i, r := stay(), chosen()
	r.Settings.Orders.CreateSalesOrders = true
	invoice, err := mapInvoice(i, void, done{}, r)
	if err != nil {
		t.Fatal(err)
	}
	order, err := mapSalesOrder(i.Order, void, books{done: done{}, status: engine.NotSynced}, r)
	if err != nil {
		t.Fatal(err)
	}
	for name, before := range map[string]*engine.Step{"/invoices/{id}/status/draft": invoice.Before, "/salesorders/{id}/status/open": order.Before} {
		if before == nil || before.Path != name || before.Proof == nil {
			t.Errorf("%s: %+v", name, before)
		}
	}
	alive, err := mapInvoice(i, engine.Link{ID: "z-9", Status: engine.Synced, Done: []string{"sent"}, Total: m("232.10")}, done{}, r)
	if err != nil || alive.Before != nil {
		t.Errorf("a living invoice is made a draft: %+v %v", alive.Before, err)
	}
}

// TestWhereZohoNumbersASlipIsTheReference of its credit note.
func TestWhereZohoNumbersASlipIsTheReference(t *testing.T) {
	t.Parallel()

	r := chosen()
	r.Settings.Orders.InvoiceNumbering = "zoho"
	got, err := mapSlip(slipOf("21.10", "20.00"), engine.Link{}, done{ref(Invoice, "9"): m("232.10")}, r)
	if err != nil || got.Doc.Number != "" || got.Doc.ReferenceNumber != "#RE000003" {
		t.Errorf("where Zoho numbers, a slip is %q with the reference %q, %v", got.Doc.Number, got.Doc.ReferenceNumber, err)
	}
}
