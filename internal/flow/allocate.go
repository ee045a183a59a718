package flow

import (
	"encoding/json"
	"slices"
	"sort"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// allocate settles each order's invoices by its shares in QloApps' order. settled tells that
// every invoice stands in Zoho, so that what is left over is more than was billed.
func allocate(parts []part, links engine.Links) (list []zoho.Allocation, settled bool, err error) {
	settled = true
	for _, x := range parts {
		free, err := balances(x.order, links)
		if err != nil {
			return nil, false, err
		}
		for i, s := range x.shares {
			applied, waits := settle(x.order, s, x.amounts[i], free)
			if s.ID == x.share.ID {
				list = merge(list, applied)
				settled = settled && !waits && len(x.order.Invoices) > 0
				break
			}
		}
	}
	return list, settled, nil
}

// merge adds up what two shares give to one invoice, as Zoho takes each invoice once.
func merge(list, more []zoho.Allocation) []zoho.Allocation {
	for _, a := range more {
		at := slices.IndexFunc(list, func(have zoho.Allocation) bool { return have.InvoiceID == a.InvoiceID })
		if at < 0 {
			list = append(list, a)
			continue
		}
		list[at].AmountApplied = money.N(list[at].AmountApplied.Add(a.AmountApplied.Decimal))
	}
	return list
}

// balance is what an invoice in Zoho still takes.
type balance struct {
	id   string
	left money.Decimal
}

// balances are those of an order's invoices by QloApps' id. One that is held or refused has
// none yet: the bank has the money, which is applied when the invoice stands. Of one that
// rightly has no document nothing is left.
func balances(o *qloapps.Order, links engine.Links) (map[string]*balance, error) {
	free := map[string]*balance{}
	for _, head := range o.Invoices {
		link := links.Look(Invoice, head.ID)
		switch {
		case link.Exists(), link.Status != engine.Held && link.Status != engine.Rejected && link.Status != engine.Synced:
			invoice, err := links.Of(Invoice, head.ID)
			if err != nil {
				return nil, err
			}
			free[head.ID] = &balance{id: invoice.ID, left: invoice.Total}
		case link.Status == engine.Synced:
			free[head.ID] = &balance{}
		}
	}
	return free, nil
}

// settle takes one share from the balances: of the invoice QloApps names for it first, then of
// the others in turn. It stops at an invoice that does not stand yet, so that what was applied
// before stays right when it does.
func settle(o *qloapps.Order, s qloapps.Share, amount money.Decimal, free map[string]*balance) (applied []zoho.Allocation, waits bool) {
	heads := append([]qloapps.InvoiceHead{}, o.Invoices...)
	sort.SliceStable(heads, func(i, j int) bool { return heads[i].ID == s.InvoiceID && heads[j].ID != s.InvoiceID })
	for _, head := range heads {
		b := free[head.ID]
		if b == nil {
			return applied, true
		}
		if part := minimum(amount, b.left); part.IsPositive() {
			applied = append(applied, zoho.Allocation{InvoiceID: b.id, AmountApplied: money.N(part)})
			amount, b.left = amount.Sub(part), b.left.Sub(part)
		}
	}
	return applied, false
}

// applyStep settles an invoice from money that was posted before; a payment that names the
// invoice from the start has done so by itself.
func applyStep(a zoho.Allocation, parts []part, links engine.Links) engine.Step {
	body, _ := json.Marshal(map[string]any{"invoice_payments": []map[string]any{{"payment_id": "{id}", "amount_applied": a.AmountApplied}}})
	step := engine.Step{Name: "apply:" + a.InvoiceID, Method: "POST", Path: "/invoices/" + a.InvoiceID + "/credits", Body: body, Implied: true}
	for _, x := range parts {
		for _, head := range x.order.Invoices {
			if link := links.Look(Invoice, head.ID); link.ID == a.InvoiceID && link.Day != "" {
				step.Days = []string{link.Day}
			}
		}
	}
	return step
}
