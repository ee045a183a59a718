package paymentimport

import (
	"context"

	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/flow"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/store"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// open reads one payment and decides what becomes of it.
func (j *job) open(ctx context.Context, id string) error {
	rec, err := j.books.Get(ctx, zoho.CustomerPayments, id)
	if fault.Is(err, fault.NotFound) {
		return nil // gone since it was listed
	}
	if err != nil {
		return err
	}
	if rec.Key != "" {
		return nil // ours; lists may leave the key out
	}
	f := factsOf(rec.Raw)
	p := payment{ZohoID: rec.ID, Number: rec.Number, Day: f.Day, Currency: rec.Currency, Amount: rec.Total.Decimal, Mode: f.Mode, Reference: f.Reference, ContactID: f.Contact, Contact: f.ContactName, Modified: f.Modified}
	if err := j.judge(ctx, &p, f.Applied); err != nil {
		return err
	}
	mine, err := j.save(ctx, p)
	if err != nil || !mine {
		return err
	}
	switch p.Status {
	case waiting:
		j.result.Waiting++
	case writing:
		if err := j.write(ctx, p, j.choices, j.zone); err != nil {
			return err
		}
		j.result.Imported++
	}
	return nil
}

// judge finds the orders whose invoices a payment settles, and whether they still want it.
func (j *job) judge(ctx context.Context, p *payment, settles []applied) error {
	ids := make([]string, len(settles))
	for i, a := range settles {
		ids[i] = string(a.ID)
	}
	invoices, err := j.linked(ctx, []string{flow.Invoice}, ids)
	if err != nil {
		return err
	}
	for _, a := range settles {
		invoice := invoices[string(a.ID)]
		if invoice == "" || !a.Amount.IsPositive() {
			continue
		}
		shown, err := j.Store.RecordsOf(ctx, store.Ref{Flow: flow.Invoice, ID: invoice})
		if err != nil {
			return err
		}
		if len(shown) > 0 {
			p.Shares = append(p.Shares, share{OrderID: shown[0].ID, InvoiceID: invoice, Amount: a.Amount.Decimal})
		}
	}
	p.Shares = together(p.Shares)
	if len(p.Shares) == 0 {
		return j.unassigned(ctx, p)
	}
	p.Status = writing
	return j.wanted(ctx, p)
}

// together adds up what one order gets, as QloApps takes one payment for it.
func together(shares []share) []share {
	var out []share
	for _, s := range shares {
		found := false
		for i := range out {
			if out[i].OrderID == s.OrderID {
				out[i].Amount, found = out[i].Amount.Add(s.Amount), true
			}
		}
		if !found {
			out = append(out, s)
		}
	}
	return out
}

// unassigned is a payment that settles no invoice of ours: a guest's advance waits for a person,
// anybody else's is none of QloApps' business.
func (j *job) unassigned(ctx context.Context, p *payment) error {
	p.Status = elsewhere
	guest, err := j.linked(ctx, []string{flow.Customer}, []string{p.ContactID})
	if err != nil {
		return err
	}
	if guest[p.ContactID] != "" {
		p.wait("unassigned", "The guest paid "+amount(p.Amount)+" "+p.Currency+" in Zoho Books, and the payment settles no invoice of QloApps.", "Assign it to an order, or leave it.")
	}
	return nil
}

var cent = money.MustParse("0.005")

// wanted holds back what QloApps would be paid twice by: somebody at the desk may have entered
// the same money.
func (j *job) wanted(ctx context.Context, p *payment) error {
	ids := make([]string, len(p.Shares))
	for i, s := range p.Shares {
		ids[i] = s.OrderID
	}
	orders, err := j.Hotel.Orders(ctx, ids)
	if err != nil {
		return err
	}
	for _, s := range p.Shares {
		o := orders[s.OrderID]
		switch {
		case o == nil:
			p.wait("unassigned", "QloApps no longer has order "+s.OrderID+".", "Assign it to another order, or leave it.")
		case p.Currency != "" && o.Currency != p.Currency:
			p.wait("other_currency", "The payment is in "+p.Currency+", order "+o.Reference+" in "+o.Currency+".", "Enter it in QloApps by hand.")
		case !j.choices.CreatePaymentAlways && s.Amount.Sub(o.TotalIncl.Sub(o.TotalPaid)).GreaterThan(cent):
			p.wait("already_paid", "Order "+o.Reference+" has only "+amount(o.TotalIncl.Sub(o.TotalPaid))+" "+o.Currency+" due in QloApps, less than this payment of "+amount(s.Amount)+".",
				"Look whether the desk entered it already; assign it if it did not.")
		default:
			p.Currency = o.Currency
			continue
		}
		return nil
	}
	return nil
}

func amount(d money.Decimal) string {
	if d.Equal(d.Round(2)) {
		return d.StringFixed(2)
	}
	return d.String()
}
