package destination

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// paymentDest also knows what to do when an invoice takes less than is known.
type paymentDest struct{ dest[zoho.CustomerPayment] }

// Send posts a payment. When Zoho Books refuses what it settles, it may stand already, as after its link
// was forgotten: then it is taken as it stands, with whatever it settles and gave back. Otherwise an
// invoice takes less than we know of, and it is posted with what the invoices still take.
func (d paymentDest) Send(ctx context.Context, c engine.Call) (engine.Answer, error) {
	answer, refusal := d.dest.Send(ctx, c)
	var doc zoho.CustomerPayment
	idle := refusal != nil && fault.Of(refusal).Code == "zoho_record_inactive"
	if !fault.Is(refusal, fault.Rejected) || idle && zoho.Said(refusal) == "" || c.Key == "" || json.Unmarshal(c.Body, &doc) != nil || len(doc.Invoices) == 0 {
		return answer, refusal
	}
	stands, found, err := d.Find(ctx, c.Key, c)
	if err != nil || found {
		return stands, err
	}
	if idle { // that is the reason, whatever the invoices take
		return answer, refusal
	}
	ctx, client, err := d.client(ctx)
	if err != nil {
		return answer, err
	}
	less, whole := false, money.Zero
	for i, a := range doc.Invoices {
		left, err := balanceOf(ctx, client, a.InvoiceID, refusal)
		if err != nil {
			return answer, err
		}
		if left = money.Max(left, money.Zero); left.LessThan(a.AmountApplied.Decimal) {
			doc.Invoices[i].AmountApplied, less = money.N(left), true
		}
		whole = whole.Add(doc.Invoices[i].AmountApplied.Decimal)
	}
	if !less {
		return answer, refusal
	}
	doc.Invoices = slices.DeleteFunc(doc.Invoices, func(a zoho.Allocation) bool { return a.AmountApplied.IsZero() })
	if c.Body, err = json.Marshal(doc); err != nil {
		return answer, err
	}
	answer, err = d.dest.Send(ctx, c)
	answer.Notices = append(answer.Notices, engine.Notice{Code: "overpaid", Detail: fmt.Sprintf("The invoices took only %s of it, as they were settled in Zoho Books otherwise; the rest stands as the guest's credit.", money.Words(whole, answer.Currency))})
	return answer, err
}
