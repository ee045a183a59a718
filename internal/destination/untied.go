package destination

import (
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"strings"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// untied looks at the sales order to which the lines of a refused invoice are tied, where Zoho's words name one: it may have
// been answered as opened and not be, which is the fault given. Of one that is void nothing is invoiced, and the invoice
// stands without; false = the words are about something else.
func (s *sparing) untied(ctx context.Context, client *zoho.Client, refusal error) (bool, error) {
	if f := fault.Of(refusal); s.resource.Path != zoho.Invoices.Path || f.Kind != fault.Rejected || f.Code != "zoho_refused" || !strings.Contains(strings.ToLower(zoho.Said(refusal)), "sales order") {
		return false, nil
	}
	ties := valuesOf(s.req.Body, "salesorder_item_id")
	if len(ties) == 0 {
		return false, nil
	}
	order, found, err := unopened(ctx, client, s.req.Body, ties)
	switch {
	case err != nil:
		return false, unsure(refusal, err)
	case !found:
		return false, nil
	case order.Status == "void":
		s.drop("salesorder_item_id")
		s.tell("Zoho Books did not tie its lines to the sales order (%s); they stand without.", zoho.Said(refusal))
		return true, nil
	}
	words := word(order.Number, order.ID) + " was opened from here, and stands in Zoho Books as «" + strings.ReplaceAll(order.Status, "_", " ") + "»."
	return false, &engine.NotTaken{ID: order.ID, Step: "open", Words: "Sales order " + words + " Its invoice stands without it.", Cure: "Open the sales order in Zoho Books, then use Retry here.",
		Err: fault.New(fault.Rejected, "zoho_refused", "Its sales order %s %s", words, fault.Of(refusal).Detail).Do("Open the sales order in Zoho Books, then use Retry here.").By(refusal)}
}

// unopened is the sales order of an invoice's contact that is not open and has one of these lines.
func unopened(ctx context.Context, client *zoho.Client, body json.RawMessage, ties []string) (zoho.Record, bool, error) {
	var sent zoho.Invoice
	if err := json.Unmarshal(body, &sent); err != nil {
		return zoho.Record{}, false, err
	}
	r := zoho.SalesOrders
	for row, err := range client.Rows(ctx, r.Path, r.List, url.Values{"customer_id": {sent.CustomerID}}) {
		if err != nil {
			return zoho.Record{}, false, err
		}
		listed, err := r.Row(row, client.KeyFieldOf(r))
		if err != nil || slices.Contains(Opened(r), listed.Status) {
			continue
		}
		full, err := client.Get(ctx, r, listed.ID)
		if fault.Is(err, fault.NotFound) {
			continue // deleted since it was listed
		}
		if err != nil {
			return zoho.Record{}, false, err
		}
		if !slices.Contains(Opened(r), full.Status) && slices.ContainsFunc(full.LineIDs, func(id string) bool { return slices.Contains(ties, id) }) {
			return full, true, nil
		}
	}
	return zoho.Record{}, false, nil
}
