package records

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/store"
)

// applied shows on documents of an order what of them settles what, as it stands by now.
func (d *Desk) applied(ctx context.Context, docs []wire.Document, rows, of []store.Document) error {
	notes, payments := []string{}, []string{}
	for _, row := range rows {
		switch {
		case row.ZohoID == "":
		case row.Ref.Flow == "credit_note" || row.Ref.Flow == "refund":
			notes = append(notes, row.ZohoID)
		case row.Ref.Flow == "payment":
			payments = append(payments, row.ZohoID)
		}
	}
	paid, err := d.Store.PaidWith(ctx, notes)
	if err != nil {
		return err
	}
	back, err := d.Store.GivenBackOf(ctx, payments) // a payment may be shared by orders
	if err != nil {
		return err
	}
	for i, row := range rows {
		if row.Ref.Flow == "invoice" {
			docs[i].Applied = amount(settledOf(row, of))
		} else if spent := spentOf(row, slices.Concat(of, back), paid); spent != nil {
			docs[i].Applied = amount(spent)
		}
	}
	return nil
}

// settledOf is what an order's payments and credit notes settle of one of its invoices, as far as their last
// answers tell, and their steps where no answer was kept; nil when the invoice does not stand, or when neither
// tells of something that may settle a part.
func settledOf(invoice store.Document, of []store.Document) *money.Decimal {
	if invoice.ZohoID == "" || invoice.Total == nil {
		return nil
	}
	sum, told := money.Zero, map[string]bool{} // money given back stands on the payment that it came from
	for _, d := range of {
		settles, back, answered := kept(d)
		if d.ZohoID == "" || told[d.ZohoID] || !answered {
			continue
		}
		told[d.ZohoID] = true
		sum = sum.Add(lowered(settles[invoice.ZohoID], d.ZohoID, invoice.ZohoID, back, of))
	}
	for _, d := range of {
		if d.ZohoID == "" || told[d.ZohoID] {
			continue
		}
		steps := store.AppliedBy(d.Taken())
		if len(steps) == 0 && allocates(d) {
			return nil
		}
		told[d.ZohoID] = len(steps) > 0
		sum = sum.Add(lowered(steps[invoice.ZohoID], d.ZohoID, invoice.ZohoID, nil, of))
	}
	for note, part := range vouchersOf(invoice) {
		if told[note] {
			continue
		}
		if part == nil {
			return nil
		}
		sum = sum.Add(*part)
	}
	return &sum
}

// spentOf is what a payment or credit note settles of invoices, as far as its last answer and what moved its money since
// tell: money given back took some of it, and invoices, also of other orders, are paid with it as vouchers. nil where
// neither tells, or when it is none of its own.
func spentOf(d store.Document, of, paid []store.Document) *money.Decimal {
	if d.ZohoID == "" || d.Ref.Flow == "invoice" || d.Ref.Flow == "sales_order" || d.ByRefund() {
		return nil
	}
	settles, back, answered := kept(d)
	if !answered {
		if settles = store.AppliedBy(d.Taken()); len(settles) == 0 {
			return nil
		}
	}
	sum := money.Zero
	for invoice, part := range settles {
		sum = sum.Add(lowered(part, d.ZohoID, invoice, back, of))
	}
	for _, invoice := range paid {
		if _, told := settles[invoice.ZohoID]; told || invoice.Ref.Flow != "invoice" || invoice.ZohoID == "" {
			continue
		}
		part, uses := vouchersOf(invoice)[d.ZohoID]
		switch {
		case uses && part == nil:
			return nil
		case uses:
			sum = sum.Add(*part)
		}
	}
	return &sum
}

// vouchersOf is how much of which credit note pays an invoice, by its id; nil where nobody told.
func vouchersOf(invoice store.Document) map[string]*money.Decimal {
	var own struct {
		Credits map[string]money.Decimal `json:"credits"`
	}
	_ = json.Unmarshal(invoice.Extra, &own)
	return store.VouchersUsed(invoice.Taken(), own.Credits)
}

// lowered is what a payment settles of an invoice, less what money given back took of that since its last answer, which
// told what had gone back before, by the record.
func lowered(settles money.Decimal, payment, invoice string, before map[string]money.Decimal, of []store.Document) money.Decimal {
	for _, d := range of {
		var extra struct {
			Took map[string]struct {
				Stays map[string]money.Decimal `json:"stays"`
			} `json:"took"`
		}
		if _, included := before[d.Ref.Key()]; included || json.Unmarshal(d.Extra, &extra) != nil {
			continue
		}
		if stays, took := extra.Took[payment].Stays[invoice]; took && slices.ContainsFunc(d.Taken(), func(step string) bool { return strings.HasPrefix(step, store.GiveBackStep+payment+":") }) {
			settles = money.Min(settles, stays)
		}
	}
	return settles
}

// kept is what a document's last answer told of the invoices that it settles, and of what went back of it.
func kept(d store.Document) (settles, back map[string]money.Decimal, answered bool) {
	var extra struct {
		Money *struct {
			Settles map[string]money.Decimal `json:"settles"`
			Back    map[string]money.Decimal `json:"back"`
		} `json:"money"`
	}
	if json.Unmarshal(d.Extra, &extra) != nil || extra.Money == nil {
		return nil, nil, false
	}
	return extra.Money.Settles, extra.Money.Back, true
}

// allocates reports that a payment was sent with invoices that it settles.
func allocates(d store.Document) bool {
	var sent struct {
		Invoices []json.RawMessage `json:"invoices"`
	}
	return json.Unmarshal(d.Sent, &sent) == nil && len(sent.Invoices) > 0
}
