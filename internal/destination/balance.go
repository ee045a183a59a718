package destination

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// settles reports a step that applies a payment or credit note to an invoice.
func settles(step string) bool {
	return strings.HasPrefix(step, "apply:") || strings.HasPrefix(step, "credit:")
}

// applyLess applies what an invoice still takes, when Zoho refused to apply more: somebody settled
// it there. Nothing is applied to one that is settled whole; the rest stays a credit.
func applyLess(ctx context.Context, client *zoho.Client, req zoho.Request, refusal error) error {
	var body map[string][]map[string]json.RawMessage
	if json.Unmarshal(req.Body, &body) != nil {
		return refusal
	}
	for list, rows := range body {
		if len(rows) != 1 {
			return refusal
		}
		var id zoho.Text
		_ = id.UnmarshalJSON(rows[0]["invoice_id"])
		if parts := strings.Split(req.Path, "/"); id == "" && len(parts) > 2 && "/"+parts[1] == zoho.Invoices.Path {
			id = zoho.Text(parts[2])
		}
		var wanted zoho.Amount
		_ = wanted.UnmarshalJSON(rows[0]["amount_applied"])
		left, err := balanceOf(ctx, client, string(id))
		switch {
		case err != nil:
			return err
		case left.GreaterThanOrEqual(wanted.Decimal):
			return refusal
		case !left.IsPositive():
			return &engine.Told{Code: "overpaid", Detail: fmt.Sprintf("The invoice was settled in Zoho Books otherwise; %s stays as the guest's credit.", wanted.Decimal)}
		}
		rows[0]["amount_applied"], _ = json.Marshal(money.N(left))
		if req.Body, err = json.Marshal(map[string]any{list: rows}); err != nil {
			return err
		}
		if _, err := client.Do(ctx, req); err != nil {
			return err
		}
		return &engine.Told{Code: "overpaid", Detail: fmt.Sprintf("The invoice took only %s of %s, as it was settled in Zoho Books otherwise; the rest stays as the guest's credit.", left, wanted.Decimal)}
	}
	return refusal
}

// balanceOf is what an invoice still takes; nothing when it is void.
func balanceOf(ctx context.Context, client *zoho.Client, id string) (money.Decimal, error) {
	rec, err := client.Get(ctx, zoho.Invoices, id)
	if fault.Is(err, fault.NotFound) {
		return money.Zero, vanished("The invoice", id, err)
	}
	if err != nil || rec.Status == "void" {
		return money.Zero, err
	}
	return unsettled(rec)
}

// unsettled is what a document still takes or gives; an answer that does not tell is not nothing.
func unsettled(rec zoho.Record) (money.Decimal, error) {
	if !rec.HasBalance {
		return money.Zero, zoho.Unread(http.MethodGet, fmt.Errorf("record %s tells no balance", rec.ID))
	}
	return rec.Balance.Decimal, nil
}

// Send posts a payment; one that Zoho refuses because an invoice takes less than we know of is
// posted with what the invoices still take.
func (d paymentDest) Send(ctx context.Context, c engine.Call) (engine.Answer, error) {
	answer, refusal := d.dest.Send(ctx, c)
	var doc zoho.CustomerPayment
	if !fault.Is(refusal, fault.Rejected) || c.Key == "" || json.Unmarshal(c.Body, &doc) != nil || len(doc.Invoices) == 0 {
		return answer, refusal
	}
	ctx, client, err := d.client(ctx)
	if err != nil {
		return answer, err
	}
	less, whole := false, money.Zero
	for i, a := range doc.Invoices {
		left, err := balanceOf(ctx, client, a.InvoiceID)
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
	answer.Notices = append(answer.Notices, engine.Notice{Code: "overpaid", Detail: fmt.Sprintf("The invoices took only %s of it, as they were settled in Zoho Books otherwise; the rest stands as the guest's credit.", whole)})
	return answer, err
}
