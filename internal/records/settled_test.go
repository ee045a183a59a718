package records

import (
	"encoding/json"
	"testing"

	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/store"
)

// TestWhatSettlesAnInvoiceIsShownOnIt adds up what an order's documents tell.
func TestWhatSettlesAnInvoiceIsShownOnIt(t *testing.T) {
	total := money.MustParse("100")
	invoice := store.Document{Ref: store.Ref{Flow: "invoice", ID: "8"}, ZohoID: "I1", Total: &total}
	doc := func(id, extra string) store.Document {
		return store.Document{Ref: store.Ref{Flow: "payment", ID: id}, ZohoID: id, Extra: json.RawMessage(extra)}
	}
	with := func(extra string, steps ...store.StepState) store.Document {
		d := invoice
		d.Extra, d.Steps = json.RawMessage(extra), steps
		return d
	}
	taken := func(id string, names ...string) store.Document {
		d := doc(id, "")
		for _, name := range names {
			d.Steps = append(d.Steps, store.StepState{Name: name, Done: true})
		}
		return d
	}
	cash := func(id, took string, steps ...store.StepState) store.Document {
		d := doc("P1", `{"took":`+took+`}`)
		d.Ref.ID, d.Steps = id, steps
		return d
	}
	gone, paid := store.StepState{Name: "giveback:P1:12", Done: true}, doc("P1", `{"money":{"settles":{"I1":"30"}}}`)
	credit := store.StepState{Name: store.CreditStep + "C9", Done: true}
	for name, c := range map[string]struct {
		invoice store.Document
		of      []store.Document
		want    string // "" = not known
	}{
		"nothing":                             {invoice, nil, "0.00"},
		"two payments, one of which is split": {invoice, []store.Document{doc("P1", `{"money":{"settles":{"I1":"30.00","I2":"5"}}}`), doc("P2", `{"money":{"settles":{"I1":20}}}`)}, "50.00"},
		"cash back stands on its payment":     {invoice, []store.Document{doc("P1", `{"money":{"settles":{"I1":"30"}}}`), doc("P1", `{"money":{"settles":{"I1":"30"}}}`)}, "30.00"},
		"what cash back took of it":           {invoice, []store.Document{paid, cash("5", `{"P1":{"back":"12","stays":{"I1":"18"}}}`, gone), cash("6", `{"P1":{"back":"3","stays":{"I1":"15"}}}`, store.StepState{Name: "giveback:P1:3", Done: true})}, "15.00"},
		"cash back that did not go yet":       {invoice, []store.Document{paid, cash("5", `{"P1":{"back":"12","stays":{"I1":"18"}}}`, store.StepState{Name: "giveback:P1:12"})}, "30.00"},
		"cash back that was read since":       {invoice, []store.Document{doc("P1", `{"money":{"settles":{"I1":"25"},"back":{"payment:5":"5"}}}`), cash("5", `{"P1":{"back":"12","stays":{"I1":"18"}}}`, gone)}, "25.00"},
		"cash back of what steps tell":        {invoice, []store.Document{taken("P1", "apply:I1:30"), cash("5", `{"P1":{"back":"12","stays":{"I1":"18"}}}`, gone)}, "18.00"},
		"one that is not posted":              {invoice, []store.Document{doc("", `{"money":{"settles":{"I1":"30"}}}`), doc("P3", "")}, "0.00"},
		"a voucher of another order":          {with(`{"credits":{"C9":"12.5"}}`, credit), []store.Document{doc("P1", `{"money":{"settles":{"I1":"30"}}}`)}, "42.50"},
		"a voucher that nobody told of":       {with(`{}`, credit), nil, ""},
		"a voucher of this order":             {with(`{}`, credit), []store.Document{doc("C9", `{"money":{"settles":{"I1":"7"}}}`)}, "7.00"},
		"cash back before its payment":        {invoice, []store.Document{doc("P1", ""), doc("P1", `{"money":{"settles":{"I1":"30"}}}`)}, "30.00"},
		"steps where no answer was kept":      {invoice, []store.Document{taken("P1", "apply:I1:20", "apply:I1:30#2", "apply:I2:5")}, "30.00"},
		"a payment sent with it, unanswered":  {invoice, []store.Document{{ZohoID: "P1", Sent: json.RawMessage(`{"invoices":[{"invoice_id":"I1","amount_applied":30}]}`)}}, ""},
		"a voucher of this order, unanswered": {with(`{"credits":{"C9":"7"}}`, credit), []store.Document{doc("C9", "")}, "7.00"},
		"an invoice that is not posted":       {store.Document{Total: &total}, nil, ""},
	} {
		got := ""
		if sum := settledOf(c.invoice, c.of); sum != nil {
			got = money.Text(*sum)
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// TestWhatAPaymentSettlesIsShownOnIt follows its money: what went back of it, and what vouchers paid elsewhere.
func TestWhatAPaymentSettlesIsShownOnIt(t *testing.T) {
	t.Parallel()

	doc := func(flow, id, extra string, steps ...string) store.Document {
		d := store.Document{Ref: store.Ref{Flow: flow, ID: id}, ZohoID: id, Extra: json.RawMessage(extra)}
		for _, name := range steps {
			d.Steps = append(d.Steps, store.StepState{Name: name, Done: true})
		}
		return d
	}
	paid := doc("payment", "P1", `{"money":{"settles":{"I1":"30","I2":"5"}}}`)
	cash := doc("payment", "P1", `{"took":{"P1":{"back":"12","stays":{"I1":"18"}}}}`, "giveback:P1:12")
	note := doc("credit_note", "C9", `{"money":{"settles":{}}}`)
	for name, c := range map[string]struct {
		document store.Document
		of, paid []store.Document
		want     string // "" = not known
	}{
		"all that it settles":               {paid, []store.Document{paid}, nil, "35.00"},
		"less what went back since":         {paid, []store.Document{paid, cash}, nil, "23.00"},
		"what went back was read since":     {doc("payment", "P1", `{"money":{"settles":{"I1":"18"},"back":{"payment:P1":"12"}}}`), []store.Document{cash}, nil, "18.00"},
		"the money given back":              {cash, []store.Document{paid, cash}, nil, ""},
		"steps where no answer was kept":    {doc("payment", "P1", "", "apply:I1:20"), []store.Document{cash}, nil, "18.00"},
		"nothing was told":                  {doc("payment", "P1", ""), nil, nil, ""},
		"a voucher that paid another order": {note, nil, []store.Document{doc("invoice", "I7", `{"credits":{"C9":"20"}}`, "credit:C9")}, "20.00"},
		"a voucher of two orders":           {note, nil, []store.Document{doc("invoice", "I7", `{"credits":{"C9":"20"}}`, "credit:C9"), doc("invoice", "I8", `{"credits":{"C9":"1.5"}}`, "credit:C9")}, "21.50"},
		"a voucher that is told of":         {doc("credit_note", "C9", `{"money":{"settles":{"I7":"20"}}}`), nil, []store.Document{doc("invoice", "I7", `{"credits":{"C9":"20"}}`, "credit:C9")}, "20.00"},
		"a voucher of which nobody told":    {note, nil, []store.Document{doc("invoice", "I7", `{}`, "credit:C9")}, ""},
		"an invoice that another note pays": {note, nil, []store.Document{doc("invoice", "I7", `{"credits":{"C8":"20"}}`, "credit:C8")}, "0.00"},
		"an invoice":                        {doc("invoice", "I1", `{"money":{"settles":{"I1":"30"}}}`), nil, nil, ""},
		"one that is not posted":            {store.Document{Ref: store.Ref{Flow: "payment"}, Extra: paid.Extra}, nil, nil, ""},
	} {
		got := ""
		if sum := spentOf(c.document, c.of, c.paid); sum != nil {
			got = money.Text(*sum)
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
