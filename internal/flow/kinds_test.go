package flow

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/qloapps"
)

// TestMoneyIsLeftOutWithItsOwnInvoice: what is older than the day from which documents are sent leaves out its own
// money, and no other of the order's or of the payment's.
func TestMoneyIsLeftOutWithItsOwnInvoice(t *testing.T) {
	t.Parallel()

	start := "2026-05-01"
	r := chosen()
	r.Settings.Orders.ExportFromDate = &start
	for name, tt := range map[string]struct {
		of      []string // the invoices of the shares: 8 is old, 9 is not
		skipped bool
		applied string
	}{
		"of the old one":             {[]string{"8"}, true, ""},
		"of the new one":             {[]string{"9"}, false, "100"},
		"of both":                    {[]string{"8", "9"}, false, "100"},
		"of none that QloApps names": {[]string{""}, false, "100"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			p := pay("100.00")
			o := p.Orders["7"]
			o.Invoices = append([]qloapps.InvoiceHead{{ID: "8", Number: "3", Date: noon.AddDate(0, -1, 0), TotalIncl: m("200"), TotalExcl: m("190")}}, o.Invoices...)
			whole := p.Shares[0]
			p.Shares, p.Amount = nil, m("0")
			for n, invoice := range tt.of {
				s := whole
				s.ID, s.InvoiceID = whole.ID+string(rune('0'+n)), invoice
				p.Shares, p.Amount = append(p.Shares, s), p.Amount.Add(s.Amount)
			}
			o.Shares, o.TotalPaid = p.Shares, p.Amount
			got, err := mapPayment(p, engine.Link{}, beforeStart{done{ref(Invoice, "9"): m("232.10")}}, r)
			if fault.Is(err, fault.Skipped) != tt.skipped || err != nil && !tt.skipped {
				t.Fatalf("it ends with %v", err)
			}
			if !tt.skipped && (got.Facts.Applied.String() != tt.applied || !got.Doc.Amount.Equal(p.Amount)) {
				t.Errorf("%s of %s settle its invoice, want %s of %s", got.Facts.Applied, got.Doc.Amount, tt.applied, p.Amount)
			}
		})
	}
}

// beforeStart are links of which invoice 8 is too old to be sent.
type beforeStart struct{ done }

func (l beforeStart) Look(flow, id string) engine.Link {
	if flow == Invoice && id == "8" || flow == Payment {
		return engine.Link{Ref: ref(flow, id), Status: engine.Skipped}
	}
	return l.done.Look(flow, id)
}

func (l beforeStart) Of(flow, id string) (engine.Link, error) {
	if link := l.Look(flow, id); link.Exists() {
		return link, nil
	}
	return engine.Link{}, fault.New(fault.Skipped, "skipped_before_date", "It is too old.")
}

func (l beforeStart) Settled(flow, id string) (engine.Link, error) { return l.Look(flow, id), nil }

// paidOut is a slip of which an amount went back in money; "" = none did.
func paidOut(amount string) qloapps.Slip {
	s := slipOf("21.10", "20.00")
	if amount != "" {
		s.Order.Returns = []qloapps.Return{{ID: "4", OrderID: "7", Refunded: true, Amount: m(amount), PaymentMode: "Cash", Kind: qloapps.ReturnSlip, SlipID: "3", Added: noon, Updated: noon}}
	}
	return s
}

// TestWhatAPostedSlipGaveBackIsNotChanged: money may go back of a slip that stands; how much of it went back once is
// as fixed as the slip itself.
func TestWhatAPostedSlipGaveBackIsNotChanged(t *testing.T) {
	t.Parallel()

	known := done{ref(Invoice, "9"): m("232.10")}
	text := func(v any) string { raw, _ := json.Marshal(v); return string(raw) }
	for name, tt := range map[string]struct {
		before, after string
		same          bool
	}{
		"as it was":          {"10.00", "10.00", true},
		"given back since":   {"", "10.00", true},
		"more than was":      {"10.00", "21.10", false},
		"less than was":      {"21.10", "10.00", false},
		"not given back now": {"10.00", "", false},
	} {
		was, err := mapSlip(paidOut(tt.before), engine.Link{}, known, chosen())
		now, failed := mapSlip(paidOut(tt.after), engine.Link{}, known, chosen())
		if err != nil || failed != nil {
			t.Fatal(err, failed)
		}
		same := text(was.Compare) == text(now.Compare) || slices.ContainsFunc(now.Formerly, func(f any) bool { return text(f) == text(was.Compare) })
		if same != tt.same {
			t.Errorf("%s: taken for the same %v", name, same)
		}
	}
}

// TestASlipThatWasPaidOutIsNoVoucher holds one that is made a voucher after its money went back.
func TestASlipThatWasPaidOutIsNoVoucher(t *testing.T) {
	t.Parallel()

	s := paidOut("21.10")
	s.VoucherCartRuleID = "950"
	me := engine.Link{Ref: ref(CreditNote, "3"), ID: "z-credit_note:3", Status: engine.Synced, Total: m("21.10"), Sent: []byte("{}"), Steps: []string{"open", "refund"}, Done: []string{"open", "refund"}}
	_, err := mapSlip(s, me, done{ref(Invoice, "9"): m("232.10")}, chosen())
	holds(t, "paid out, then a voucher", err, "totals_differ", "voucher", "21.10")
}

// TestMoneyOnAnotherInvoiceIsNone: of a canceled order with two invoices the one without money is no paid one.
func TestMoneyOnAnotherInvoiceIsNone(t *testing.T) {
	t.Parallel()

	for name, tt := range map[string]struct {
		settles string // what is kept of the payment
		of      string // the share's invoice
		paid    bool   // the invoice 9
	}{
		"on the other":              {`{"money":{"settles":{"z-8":"50"}}}`, "8", false},
		"on both":                   {`{"money":{"settles":{"z-8":"30","z-9":"20"}}}`, "8", true},
		"moved to this one":         {`{"money":{"settles":{"z-9":"50"}}}`, "8", true},
		"not known, for the other":  {`{}`, "8", false},
		"not known, for this one":   {`{}`, "9", true},
		"not known, nor for which":  {`{}`, "", true},
		"unused, as it came before": {`{"money":{"settles":{}}}`, "", false},
	} {
		i := stay()
		i.Order.Canceled = true
		i.Order.Invoices = append(i.Order.Invoices, qloapps.InvoiceHead{ID: "8", Number: "3", Date: noon, TotalIncl: m("50"), TotalExcl: m("50")})
		i.Order.Shares = []qloapps.Share{{ID: "1", PaymentID: "1", OrderID: "7", InvoiceID: tt.of, Amount: m("50"), Currency: "USD", Rate: m("1")}}
		posted := engine.Link{ID: "z-9", Status: engine.Synced, Total: m("232.10"), Day: "2026-05-04", Done: []string{"sent"}}
		known := links{"invoice:9": posted, "invoice:8": {ID: "z-8", Status: engine.Synced, Total: m("50")}, "payment:1": {ID: "p-1", Status: engine.Synced, Total: m("50"), Extra: json.RawMessage(tt.settles)}}
		if how, _ := endOf(i, posted, engine.Link{}, known, chosen()); (how == asks) != tt.paid {
			t.Errorf("%s: it ends %s", name, how)
		}
	}
}

// TestAFreeInvoiceHasNothingToCredit: it is voided where that may be, else it stands as it is.
func TestAFreeInvoiceHasNothingToCredit(t *testing.T) {
	t.Parallel()

	sent := []byte(`{"customer_id":"c","date":"2026-05-04","is_inclusive_tax":true,"line_items":[{"item_id":"i-11","rate":100,"quantity":1}],"discount":100}`)
	posted := engine.Link{ID: "z-9", Number: "#IN000004", Status: engine.Synced, Total: m("0"), Currency: "USD", Day: "2026-05-04", Sent: sent, Steps: []string{"sent"}, Done: []string{"sent"}}
	for name, tt := range map[string]struct {
		policy, today string
		approved      bool
		steps         string
	}{
		"in its month":            {"", "", false, "sent void"},
		"in a later month":        {"", "2026-06-10", false, "sent"},
		"where none is voided":    {"credit_note", "", false, "sent"},
		"where a person released": {"hold", "", true, "sent"},
	} {
		i, r := stay(), chosen()
		i.Order.Canceled, i.Order.CanceledAt = true, noon.AddDate(0, 0, 5)
		if tt.policy != "" {
			r.Settings.Orders.CancelPolicy = tt.policy
		}
		if tt.today != "" {
			r.Today = tt.today
		}
		credited := engine.Link{Approved: tt.approved}
		known := links{"invoice:9": posted, "cancellation:9": credited, "customer:3": {ID: "c", Status: engine.Synced}}
		checkInvoice(t, i, posted, known, r, tt.steps)
		got, err := mapCancellation(i, credited, known, r)
		if err != nil || !got.Nothing || len(got.Doc.Lines) > 0 {
			t.Errorf("%s: nothing %v, %v", name, got.Nothing, err)
		}
	}
}

// TestARequestWithoutADateIsHeld: nothing is dated by its slip.
func TestARequestWithoutADateIsHeld(t *testing.T) {
	t.Parallel()

	s := paidOut("21.10")
	s.Order.Returns[0].Updated = time.Time{}
	known := done{ref(Invoice, "9"): m("232.10")}
	_, err := mapSlip(s, engine.Link{}, known, chosen())
	holds(t, "of a slip", err, "no_date", "4")
	me := engine.Link{Ref: ref(CreditNote, "3"), ID: "z-credit_note:3", Status: engine.Synced, Total: m("21.10"), Sent: []byte("{}"), Steps: []string{"open", "refund"}, Done: []string{"open", "refund"}}
	if _, err := mapSlip(s, me, known, chosen()); err != nil {
		t.Errorf("one that went back stands: %v", err)
	}
	s.Order.Invoices = nil
	s.Order.Shares = []qloapps.Share{{ID: "1", PaymentID: "1", OrderID: "7", Amount: m("50"), Currency: "USD", Rate: m("1"), Added: noon}}
	_, err = mapSlip(s, engine.Link{}, links{"payment:1": {ID: "p-1", Status: engine.Synced, Total: m("50"), Extra: json.RawMessage(`{"money":{"settles":{}}}`)}}, chosen())
	holds(t, "of a slip without an invoice", err, "no_date", "4")
}

// TestASalesOrderIsVoidWhereNothingWasInvoiced: of a canceled order one call takes back what stands, its invoice or else
// its sales order.
func TestASalesOrderIsVoidWhereNothingWasInvoiced(t *testing.T) {
	t.Parallel()

	stands := engine.Link{ID: "z-9", Status: engine.Synced, Total: m("232.10"), Day: "2026-05-04", Steps: []string{"sent"}, Done: []string{"sent"}}
	void := stands
	void.Steps, void.Done, void.Status = []string{"sent", engine.StepVoid}, []string{"sent", engine.StepVoid}, engine.Disabled
	for name, tt := range map[string]struct {
		invoice engine.Link
		void    bool
	}{"billed": {stands, false}, "its invoice is void": {void, false}, "never billed": {engine.Link{}, true}} {
		i := stay()
		i.Order.Canceled = true
		got, err := mapSalesOrder(i.Order, engine.Link{ID: "z-so", Total: m("232.10"), Status: engine.Synced}, links{"invoice:9": tt.invoice}, chosen())
		if voids := slices.ContainsFunc(got.Steps, func(s engine.Step) bool { return s.Name == engine.StepVoid }); err != nil || voids != tt.void {
			t.Errorf("%s: voided %v, %v", name, voids, err)
		}
	}
}

// TestASettingThatChangesAloneHoldsNothingThatStands: neither a currency switched off nor a limit that was lowered.
func TestASettingThatChangesAloneHoldsNothingThatStands(t *testing.T) {
	t.Parallel()

	i := stay()
	cost(&i, "232.10", "219.97") // its tax is three cents off
	me := func(tax string) engine.Link {
		return engine.Link{Ref: ref(Invoice, "9"), ID: "z-invoice:9", Status: engine.Synced, Total: m("232.10"), Sent: []byte("{}"), Steps: []string{"sent"}, Done: []string{"sent"}, Extra: json.RawMessage(`{"tax":"` + tax + `"}`)}
	}
	r := chosen()
	if _, err := mapInvoice(i, engine.Link{}, done{}, r); err != nil {
		t.Fatal(err)
	}
	r.Settings.Orders.RoundingLimit = 0
	if _, err := mapInvoice(i, engine.Link{}, done{}, r); fault.Of(err) == nil || fault.Of(err).Code != "totals_differ" {
		t.Errorf("a new one: %v", err)
	}
	if _, err := mapInvoice(i, me("12.10"), done{}, r); err != nil {
		t.Errorf("one that stands: %v", err)
	}
	if _, err := mapInvoice(i, me("11.00"), done{}, r); err == nil {
		t.Error("one that stands with another tax is sent beyond the limit")
	}
	draft := me("12.10") // it was refused as it differs
	draft.Done, draft.Status = nil, engine.Rejected
	if _, err := mapInvoice(i, draft, done{}, r); err == nil {
		t.Error("a draft that was refused is sent beyond the limit")
	}

	off := chosen()
	off.Settings.Currencies.MultiCurrency = false
	euro := stay()
	euro.Order.Currency, euro.Order.Rate = "EUR", m("0.92")
	known := done{ref(Invoice, "9"): m("232.10")}
	_, err := mapInvoice(euro, engine.Link{}, known, off)
	holds(t, "a new one", err, "currency_off")
	if _, err = mapInvoice(euro, me("12.10"), known, off); err != nil {
		t.Errorf("an invoice that stands: %v", err)
	}
	s := slipOf("21.10", "20.00")
	s.Order.Currency, s.Order.Rate, s.Rate = "EUR", m("0.92"), m("0.92")
	stood := engine.Link{Ref: ref(CreditNote, "3"), ID: "z-credit_note:3", Status: engine.Synced, Total: m("21.10"), Sent: []byte("{}"), Steps: []string{"open"}, Done: []string{"open"}}
	if _, err = mapSlip(s, stood, known, off); err != nil {
		t.Errorf("a credit note that stands: %v", err)
	}
}
