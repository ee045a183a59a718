package flow

import (
	"encoding/json"
	"strings"

	"github.com/qlobooks/qlobooks/internal/bill"
	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/settlement"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// balancesIn are balances among the documents that stand.
func balancesIn(precision int32, links engine.Links) settlement.Balances {
	return func(o *qloapps.Order) (map[string]*settlement.Balance, error) { return balances(o, precision, links) }
}

// balances are those of an order's invoices before any payment: vouchers made from slips and
// credit notes already took their part. One that is held or refused has none yet: the bank has
// the money, which is applied when the invoice stands. Of one that rightly has no document, or a
// void one, nothing is left.
func balances(o *qloapps.Order, precision int32, links engine.Links) (map[string]*settlement.Balance, error) {
	free := map[string]*settlement.Balance{}
	for _, head := range o.Invoices {
		link := links.Look(Invoice, head.ID)
		switch {
		case link.Retired():
			free[head.ID] = &settlement.Balance{ID: link.ID}
		case link.Exists(), link.Status != engine.Held && link.Status != engine.Rejected && link.Status != engine.Synced:
			invoice, err := links.Of(Invoice, head.ID)
			if err != nil {
				return nil, err
			}
			left := invoice.Total.Sub(voucherShare(o, head, precision, links)).Sub(credited(o, head.ID, links))
			free[head.ID] = &settlement.Balance{ID: invoice.ID, Left: left}
		case link.Status == engine.Synced:
			free[head.ID] = &settlement.Balance{}
		}
	}
	return free, nil
}

// credited is what credit notes of the order have settled of one of its invoices. They settle the
// first invoice that has a balance; an order with several leaves them open.
func credited(o *qloapps.Order, invoiceID string, links engine.Links) money.Decimal {
	sum := links.Look(Cancellation, invoiceID).Applied
	if len(o.Invoices) != 1 {
		return sum
	}
	for _, id := range o.SlipIDs {
		sum = sum.Add(links.Look(CreditNote, id).Applied)
	}
	return sum
}

// settledOf is what stands against an invoice in Zoho: payments posted so far, credit notes and
// vouchers made from slips.
func settledOf(o *qloapps.Order, invoiceID string, precision int32, links engine.Links) money.Decimal {
	link := links.Look(Invoice, invoiceID)
	free, err := balances(o, precision, links)
	if err != nil || free[invoiceID] == nil {
		return money.Zero
	}
	shares, amounts, err := settlement.Converted(o, o.Shares, precision)
	if err != nil {
		return money.Zero
	}
	posted := func(share qloapps.Share) bool { return links.Look(Payment, share.PaymentID).Exists() }
	settlement.Settle(o, free, shares, amounts, posted)
	return link.Total.Sub(free[invoiceID].Left)
}

// applySteps settle invoices from a payment. An invoice named when the payment was made is settled
// by that alone; what is added later is a step of its own, named by the sum reached, so that no
// step is ever taken for two amounts.
func applySteps(list []zoho.Allocation, done []string) []engine.Step {
	var steps []engine.Step
	for _, a := range list {
		prefix := "apply:" + a.InvoiceID + ":"
		reached := money.Zero
		for _, name := range done {
			if sum, ok := strings.CutPrefix(name, prefix); ok {
				steps = append(steps, engine.Step{Name: name, Implied: true})
				if to, err := money.Parse(sum); err == nil && to.GreaterThan(reached) {
					reached = to
				}
			}
		}
		more := a.AmountApplied.Sub(reached)
		if !more.IsPositive() {
			continue
		}
		body, _ := json.Marshal(map[string]any{"invoice_payments": []map[string]any{{"payment_id": "{id}", "amount_applied": money.N(more)}}})
		steps = append(steps, engine.Step{Name: prefix + a.AmountApplied.String(), Method: "POST", Path: "/invoices/" + a.InvoiceID + "/credits", Body: body, Implied: true,
			Proof: &engine.Proof{Path: zoho.CustomerPayments.Path + "/{id}", Envelope: zoho.CustomerPayments.Envelope, List: "invoices", Field: "invoice_id", Value: a.InvoiceID,
				Sum: "amount_applied", Reach: a.AmountApplied.String()}})
	}
	return steps
}

// touching names the days on which steps settle invoices: the later of both documents', as money
// that came before its invoice settles it only then.
func touching(steps []engine.Step, own string, parts []settlement.Part, links engine.Links) []engine.Step {
	for _, x := range parts {
		for _, head := range x.Order.Invoices {
			link := links.Look(Invoice, head.ID)
			for n := range steps {
				if link.Exists() && strings.HasPrefix(steps[n].Name, "apply:"+link.ID) {
					steps[n].Days = []string{max(own, link.Day)}
				}
			}
		}
	}
	return steps
}

// unallocated reads an invoice that is left out like one that is held: a person decided that its
// money is sent all the same.
type unallocated struct{ engine.Links }

func (u unallocated) Look(flow, id string) engine.Link {
	link := u.Links.Look(flow, id)
	if flow == Invoice && !link.Exists() && (link.Status == engine.Skipped || link.Status == engine.NotSynced) {
		link.Status = engine.Held
	}
	return link
}

// notesIn finds credit notes among the documents that stand. The slip of one below the smallest unit
// has no document, and nothing to give.
func notesIn(links engine.Links) bill.Notes {
	return func(slipID string) (money.Decimal, bool) {
		note := links.Look(CreditNote, slipID)
		return note.Total, note.Total.IsPositive() || note.Status == engine.Synced && !note.Exists()
	}
}

// voucherShare is what vouchers made from slips settle of an invoice.
func voucherShare(o *qloapps.Order, head qloapps.InvoiceHead, precision int32, links engine.Links) money.Decimal {
	sum := money.Zero
	for _, amount := range bill.VoucherAmounts(qloapps.Invoice{InvoiceHead: head, Order: o}, precision, notesIn(links)) {
		sum = sum.Add(amount)
	}
	return sum
}
