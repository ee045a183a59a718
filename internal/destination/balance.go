package destination

import (
	"context"
	"fmt"
	"net/http"

	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

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
