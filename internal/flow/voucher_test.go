package flow

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/qlobooks/qlobooks/internal/destination"
	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/qloapps"
)

// paidByVouchers is a stay of 232.10, of which two slips of another order's pay 100.00 and 50.00.
func paidByVouchers() qloapps.Invoice {
	i := stay()
	for n, amount := range []string{"100.00", "50.00"} {
		d := discount(amount, amount)
		d.FromSlip, d.FromSlipCurrency = []string{"3", "4"}[n], "USD"
		i.Order.Discounts = append(i.Order.Discounts, d)
	}
	cost(&i, "82.10", "70.00")
	return i
}

// TestEveryVoucherIsLookedAtWhileMoneyIsInDoubt: none is applied without a look before all were looked at, and
// one that was looked at once is looked at again when it is in doubt anew.
func TestEveryVoucherIsLookedAtWhileMoneyIsInDoubt(t *testing.T) {
	t.Parallel()

	i := paidByVouchers()
	links := done{ref(CreditNote, "3"): m("100.00"), ref(CreditNote, "4"): m("50.00")}
	const notes = `"credits":{"z-credit_note:3":"100","z-credit_note:4":"50"}`
	me := engine.Link{Ref: ref(Invoice, "9"), ID: "z-invoice:9", Status: engine.Synced, Total: m("232.10"), Sent: []byte("{}")}
	open := func(extra string, done ...string) (open []engine.Step, aims []destination.Aim) {
		t.Helper()
		me.Extra, me.Done = json.RawMessage(extra), done
		got, err := mapInvoice(i, me, links, chosen())
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range got.Steps {
			if strings.HasPrefix(s.Name, creditStep) && !slices.Contains(done, s.Name) {
				open, aims = append(open, s), append(aims, *destination.AimOf(s))
			}
		}
		return open, aims
	}
	first, second := creditStep+"z-credit_note:3", creditStep+"z-credit_note:4"
	if steps, _ := open(`{`+notes+`}`, "sent", first, second); len(steps) > 0 {
		t.Fatalf("at rest %v is to be taken", steps)
	}
	steps, aims := open(`{"doubt":true,`+notes+`}`, "sent", first, second)
	if len(steps) != 2 || !aims[0].Look || !aims[1].Look || !aims[0].More || aims[1].More {
		t.Fatalf("in doubt %+v are to be taken", aims)
	}
	// The first was looked at, and the process died: Zoho Books may hold the second as well as not.
	left, aims := open(`{"doubt":true,`+notes+`}`, "sent", steps[0].Name)
	for n := range left {
		if !aims[n].Look {
			t.Errorf("%s is applied without a look", left[n].Name)
		}
	}
	if len(left) == 0 {
		t.Error("the second is not looked at any more")
	}
	// Both were looked at, and somebody moves the money again.
	if steps, aims = open(`{"doubt":true,`+notes+`}`, "sent", steps[0].Name, steps[1].Name); len(steps) != 2 || !aims[0].Look || !aims[1].Look {
		t.Errorf("in doubt once more %+v are to be taken", aims)
	}
}

// TestAVoucherMayPayTheOrderOfItsSlip: what is held is another currency, not the slip's own order.
func TestAVoucherMayPayTheOrderOfItsSlip(t *testing.T) {
	t.Parallel()

	i := paidByVouchers()
	i.Order.SlipIDs, i.Order.TurnedSlips = []string{"3"}, []string{"3"}
	links := done{ref(CreditNote, "3"): m("100.00"), ref(CreditNote, "4"): m("50.00")}
	got, err := mapInvoice(i, engine.Link{}, links, chosen())
	if err != nil || !slices.ContainsFunc(got.Steps, func(s engine.Step) bool { return s.Name == creditStep+"z-credit_note:3" }) {
		t.Errorf("steps %v, %v", got.Steps, err)
	}
	i.Order.Discounts[0].FromSlipCurrency = "EUR"
	_, err = mapInvoice(i, engine.Link{}, links, chosen())
	holds(t, "in another currency", err, "totals_differ", "currency")
}

// TestTwoVouchersOfOneSlipAreOne: what a slip pays is compared with the slip over all discounts of the order, and
// its credit note is applied once.
func TestTwoVouchersOfOneSlipAreOne(t *testing.T) {
	t.Parallel()

	i := paidByVouchers()
	for n := range i.Order.Discounts {
		i.Order.Discounts[n].FromSlip = "3"
	}
	_, err := mapInvoice(i, engine.Link{}, done{ref(CreditNote, "3"): m("120.00")}, chosen())
	if f := fault.Of(err); f == nil || f.Code != "totals_differ" || !strings.Contains(f.Detail, "150") || !strings.Contains(f.Detail, "120") {
		t.Errorf("150.00 of a slip over 120.00 end with %v", err)
	}
	got, err := mapInvoice(i, engine.Link{}, done{ref(CreditNote, "3"): m("150.00")}, chosen())
	if err != nil {
		t.Fatal(err)
	}
	var bodies []string
	for _, s := range got.Steps {
		if strings.HasPrefix(s.Name, creditStep) {
			bodies = append(bodies, string(s.Body))
		}
	}
	if len(bodies) != 1 || !strings.Contains(bodies[0], "150") {
		t.Errorf("applied by %v", bodies)
	}
}

// TestANoteIsReadBeforeMoneyIsGivenBackOfIt: while somebody may have moved the money of a credit note, nothing of
// it moves; and what went back in Zoho Books already does not go back once more.
func TestANoteIsReadBeforeMoneyIsGivenBackOfIt(t *testing.T) {
	t.Parallel()

	s := slipOf("21.10", "20.00")
	s.Order.Returns = []qloapps.Return{{ID: "4", OrderID: "7", Refunded: true, Amount: m("21.10"), PaymentMode: "Cash", Kind: qloapps.ReturnSlip, SlipID: "3", Added: noon, Updated: noon}}
	for name, tt := range map[string]struct {
		extra string
		done  []string
		want  []string
	}{
		"at rest":                    {`{"money":{"settles":{}}}`, nil, []string{"refund"}},
		"in doubt":                   {`{"money":{"settles":{}},"doubt":true,"seen":true}`, nil, []string{"look:money"}},
		"in doubt, given back by us": {`{"money":{"settles":{}},"doubt":true,"seen":true}`, []string{"refund"}, []string{"refund", "look:money"}},
		"in doubt again":             {`{"money":{"settles":{}},"doubt":true,"seen":true}`, []string{"refund", "look:money"}, []string{"refund", "look:money#2"}},
		"given back by hand":         {`{"money":{"settles":{},"back":{"?":"21.10"}}}`, nil, nil},
		"given back in part by hand": {`{"money":{"settles":{},"back":{"?":"1.10"}}}`, nil, []string{"refund"}},
		"given back by us":           {`{"money":{"settles":{},"back":{"?":"21.10"}}}`, []string{"refund"}, []string{"refund"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			me := engine.Link{Ref: ref(CreditNote, "3"), ID: "z-credit_note:3", Status: engine.Synced, Total: m("21.10"), Sent: []byte("{}"), Extra: json.RawMessage(tt.extra), Done: tt.done, Steps: tt.done}
			got, err := mapSlip(s, me, done{ref(Invoice, "9"): m("232.10")}, chosen())
			if err != nil {
				t.Fatal(err)
			}
			var steps []string
			for _, step := range got.Steps {
				steps = append(steps, step.Name)
			}
			if !slices.Equal(steps, tt.want) {
				t.Errorf("steps %v, want %v", steps, tt.want)
			}
			if byHand := len(tt.want) == 0; byHand != (len(got.Notices) > 0) {
				t.Errorf("people are told %+v", got.Notices)
			}
		})
	}
}

// TestAVoucherPaysWhatItIsWorthNow raises and lowers what vouchers pay of an invoice that stands, and takes one away:
// what is missing is applied, what is too much is taken back, and while it stands nobody voids the invoice.
func TestAVoucherPaysWhatItIsWorthNow(t *testing.T) {
	t.Parallel()

	links := done{ref(CreditNote, "3"): m("200.00"), ref(CreditNote, "4"): m("50.00")}
	first, second := creditStep+"z-credit_note:3", creditStep+"z-credit_note:4"
	for name, tt := range map[string]struct {
		first, second string // what they pay by QloApps; "" = the voucher is gone
		stands        string // what is kept of them
		want          []string
	}{
		"as it stands":            {"100.00", "50.00", `"z-credit_note:3":"100","z-credit_note:4":"50"`, nil},
		"raised":                  {"120.00", "50.00", `"z-credit_note:3":"100","z-credit_note:4":"50"`, []string{"POST z-credit_note:3 20 to 120"}},
		"lowered":                 {"80.00", "50.00", `"z-credit_note:3":"100","z-credit_note:4":"50"`, []string{"DELETE z-credit_note:3 to 80"}},
		"taken away":              {"", "50.00", `"z-credit_note:3":"100","z-credit_note:4":"50"`, []string{"DELETE z-credit_note:3 to 0"}},
		"taken away, and it was":  {"", "50.00", `"z-credit_note:3":"0","z-credit_note:4":"50"`, nil},
		"both away":               {"", "", `"z-credit_note:3":"100","z-credit_note:4":"50"`, []string{"DELETE z-credit_note:3 to 0", "DELETE z-credit_note:4 to 0"}},
		"one for the other":       {"120.00", "", `"z-credit_note:3":"100","z-credit_note:4":"50"`, []string{"POST z-credit_note:3 20 to 120", "DELETE z-credit_note:4 to 0"}},
		"posted before it told":   {"100.00", "50.00", ``, nil},
		"before it told and away": {"", "50.00", ``, []string{"DELETE z-credit_note:3 to 0"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			i := paidByVouchers()
			list, pays := i.Order.Discounts[:0:0], m("0")
			for n, value := range []string{tt.first, tt.second} {
				if d := i.Order.Discounts[n]; value != "" {
					d.Incl, d.Excl, pays = m(value), m(value), pays.Add(m(value))
					list = append(list, d)
				}
			}
			i.Order.Discounts = list
			cost(&i, m("232.10").Sub(pays).String(), m("220.00").Sub(pays).String())
			me := engine.Link{Ref: ref(Invoice, "9"), ID: "z-invoice:9", Status: engine.Synced, Total: m("232.10"), Sent: []byte("{}"), Extra: json.RawMessage(`{"credits":{` + tt.stands + `}}`), Done: []string{"sent", first, second}}
			got, err := mapInvoice(i, me, links, chosen())
			if err != nil {
				t.Fatal(err)
			}
			var have []string
			for _, s := range got.Steps {
				aim := destination.AimOf(s)
				if aim == nil {
					continue
				}
				words := s.Method + " " + aim.Note
				if s.Method == "POST" {
					var body struct {
						Notes []struct {
							Amount json.Number `json:"amount_applied"`
						} `json:"apply_creditnotes"`
					}
					_ = json.Unmarshal(s.Body, &body)
					words += " " + body.Notes[0].Amount.String()
				}
				have = append(have, words+" to "+aim.Reach.String())
				if slices.Contains(me.Done, s.Name) {
					t.Errorf("the step %s was taken before", s.Name)
				}
			}
			if !slices.Equal(have, tt.want) {
				t.Errorf("steps %q, want %q", have, tt.want)
			}
			i.Order.Canceled = true
			if how, _ := endOf(i, me, engine.Link{}, links, chosen()); how == byVoid {
				t.Error("canceled now, it is voided under the credit on it")
			}
		})
	}
}

// overpaidByVoucher is a room at 124.80 with a ride at 10.40, and a voucher that is no credit slip's and larger than
// the room.
func overpaidByVoucher(value, net, due, dueNet string) qloapps.Invoice {
	four := []qloapps.RateSet{set("4")}
	o := &qloapps.Order{ID: "7", Reference: "BIGVOUCH", CustomerID: "3", Complete: true, Added: noon, Currency: "USD", Rate: m("1"), TotalIncl: m(due), TotalExcl: m(dueNet), Lines: []qloapps.Line{
		{Kind: qloapps.RoomLine, ID: "1", DetailID: "1", ProductID: "11", Name: "Room", Quantity: m("1"), Excl: m("120"), Incl: m("124.80"), Rates: four, From: noon, To: noon.AddDate(0, 0, 1)},
		{Kind: qloapps.FacilityLine, ID: "2", DetailID: "1", Name: "Airport ride", Quantity: m("1"), Excl: m("10"), Incl: m("10.40"), Rates: four, From: noon, To: noon.AddDate(0, 0, 1)},
	}, Discounts: []qloapps.Discount{{ID: "1", Name: "V972C2O5", CartRuleID: "972", Incl: m(value), Excl: m(net)}}}
	head := qloapps.InvoiceHead{ID: "9", Number: "4", Printed: "#IN000004", Date: noon, TotalIncl: o.TotalIncl, TotalExcl: o.TotalExcl}
	o.Invoices = []qloapps.InvoiceHead{head}
	return qloapps.Invoice{InvoiceHead: head, Order: o}
}

// TestWhatEveryVoucherTakesOffIsWhatWasUsedOfIt: QloApps stores the whole value of a voucher that is larger than the
// order, a slip's or not, and leaves facilities due.
func TestWhatEveryVoucherTakesOffIsWhatWasUsedOfIt(t *testing.T) {
	t.Parallel()

	for name, tt := range map[string]struct {
		value, net, due, dueNet string
		held                    bool
	}{
		"the ride stays due":              {"300", "288.46", "10.40", "10", false},
		"nothing stays due":               {"300", "288.46", "0", "0", false},
		"larger than the room alone":      {"130", "125", "10.40", "10", false},
		"a part of it was added later":    {"300", "288.46", "30.40", "29.23", false},
		"smaller than the order":          {"50", "48.08", "85.20", "81.92", false},
		"smaller, and the total is other": {"50", "48.08", "100", "96.15", true},
		"the total is another than both":  {"130", "125", "70", "67.31", true},
		"more is due than was sold":       {"300", "288.46", "200", "192.31", true},
	} {
		i := overpaidByVoucher(tt.value, tt.net, tt.due, tt.dueNet)
		got, err := mapInvoice(i, engine.Link{}, done{}, chosen())
		ordered, failed := mapSalesOrder(i.Order, engine.Link{}, done{}, chosen())
		switch {
		case tt.held:
			holds(t, name, err, "totals_differ")
			holds(t, name+", ordered", failed, "totals_differ")
		case err != nil || failed != nil:
			t.Errorf("%s: %v, %v", name, err, failed)
		case !got.Facts.Total.Equal(m(tt.due)) || !got.Facts.Tax.Equal(m(tt.due).Sub(m(tt.dueNet))) || !ordered.Facts.Total.Equal(m(tt.due)):
			t.Errorf("%s: the invoice comes to %s with a tax of %s, the sales order to %s", name, got.Facts.Total, got.Facts.Tax, ordered.Facts.Total)
		}
	}
}

// TestAVoucherOfNothingHoldsNothing: QloApps keeps rows of 0.00 where an edit left nothing of a voucher. They pay nothing, so
// that nothing about their slip matters.
func TestAVoucherOfNothingHoldsNothing(t *testing.T) {
	t.Parallel()

	for name, d := range map[string]qloapps.Discount{
		"of a slip that is not queued":     {Name: "CS3C3O7", FromSlip: "3", FromSlipCurrency: "USD"},
		"of a slip in another currency":    {Name: "CS3C3O7", FromSlip: "3", FromSlipCurrency: "EUR"},
		"of a slip that QloApps has lost":  {Name: "Credit slip #000003", Untraced: true},
		"of less than the smallest amount": {Name: "CS3C3O7", FromSlip: "3", FromSlipCurrency: "EUR", Incl: m("0.000001"), Excl: m("0.000001")},
	} {
		i := stay()
		i.Order.Discounts = []qloapps.Discount{d}
		got, err := mapInvoice(i, engine.Link{}, done{}, chosen())
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if !got.Facts.Total.Equal(m("232.10")) || len(got.Doc.Lines) != 2 {
			t.Errorf("%s: %s in %d lines", name, got.Facts.Total, len(got.Doc.Lines))
		}
	}
}
