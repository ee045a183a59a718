package destination

import (
	"context"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// balanceOf is what an invoice still takes after a refusal; nothing when it is void.
func balanceOf(ctx context.Context, client *zoho.Client, id string, refusal error) (money.Decimal, error) {
	rec, err := client.Get(ctx, zoho.Invoices, id)
	if fault.Is(err, fault.NotFound) {
		return money.Zero, vanished("The invoice", id, err)
	}
	if err != nil || rec.Status == "void" {
		return money.Zero, err
	}
	if err := notSent(rec, refusal); err != nil {
		return money.Zero, err
	}
	return unsettled(zoho.Invoices, rec)
}

// notSent is the refusal of money for an invoice that we marked as sent and that is not; nil for any other.
func notSent(invoice zoho.Record, refusal error) error {
	if !fault.Is(refusal, fault.Rejected) || invoice.Status != "draft" && invoice.Status != "approved" {
		return nil
	}
	err := fault.New(fault.Rejected, "zoho_refused", "Invoice %s was marked as sent from here, and stands in Zoho Books as «%s». %s", word(invoice.Number, invoice.ID), invoice.Status, fault.Of(refusal).Detail).
		Do("Mark the invoice as sent in Zoho Books, then use Retry here.").By(refusal)
	return &engine.NotTaken{ID: invoice.ID, Step: "sent", Err: err}
}

// unsettled is what a document still takes or gives; an answer that does not tell is not nothing.
func unsettled(r zoho.Resource, rec zoho.Record) (money.Decimal, error) {
	if !rec.HasBalance {
		return money.Zero, untold(r, rec, "what of it is left")
	}
	return rec.Balance.Decimal, nil
}
