package destination

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// explained looks at the document when its change was refused: a person may have voided it in
// Zoho Books, and that is never overwritten; or money may stand on it, for which Zoho's code is not
// known.
func (d dest[D]) explained(ctx context.Context, client *zoho.Client, c engine.Call, refusal error) error {
	f := fault.Of(refusal)
	id, byID := strings.CutPrefix(c.Path, d.Path+"/")
	if c.Key != "" && f.Kind == fault.Rejected && f.Code == "zoho_refused" {
		return named(ctx, client, c.Body, refusal)
	}
	if c.Key != "" || !byID || f.Kind != fault.Rejected || f.Code == "number_taken" || f.Code == "name_taken" {
		return refusal
	}
	rec, err := client.Get(ctx, d.Resource, id)
	switch {
	case err != nil:
		return refusal
	case rec.Status == "void":
		return voidedByHand().By(refusal)
	case f.Code == "zoho_refused" && d.Path == zoho.Invoices.Path && rec.HasBalance && rec.Balance.LessThan(rec.Total.Decimal):
		return fault.New(fault.Rejected, "paid_document", "Money stands on the invoice in Zoho Books. %s", f.Detail).
			Do("Decide by hand: correct it with a credit note, or keep it as it stands.").By(refusal)
	case f.Code == "zoho_refused":
		return named(ctx, client, c.Body, refusal)
	default:
		return refusal
	}
}

// named looks whether a document was refused because its contact or an item of it was made inactive,
// deleted or merged, for which Zoho's codes are not known.
func named(ctx context.Context, client *zoho.Client, body json.RawMessage, refusal error) error {
	var doc struct {
		Customer string `json:"customer_id"`
		Lines    []struct {
			Item string `json:"item_id"`
		} `json:"line_items"`
	}
	if json.Unmarshal(body, &doc) != nil || doc.Customer == "" {
		return refusal
	}
	look := func(r zoho.Resource, id, what string) error {
		rec, err := client.Get(ctx, r, id)
		if fault.Is(err, fault.NotFound) {
			return vanished(what, id, refusal)
		}
		if err != nil || rec.Status != "inactive" {
			return nil
		}
		return fault.New(fault.Rejected, "zoho_record_inactive", "%s «%s» is inactive in Zoho Books. %s", what, rec.Name, fault.Of(refusal).Detail).
			Do("Make it active again in Zoho Books, then try again.").By(refusal)
	}
	if err := look(zoho.Contacts, doc.Customer, "The contact"); err != nil {
		return err
	}
	seen := map[string]bool{"": true}
	for _, l := range doc.Lines {
		if seen[l.Item] {
			continue
		}
		seen[l.Item] = true
		if err := look(zoho.Items, l.Item, "The item"); err != nil {
			return err
		}
	}
	return refusal
}

// vanished says that a document was refused because what it names is no more.
func vanished(what, id string, refusal error) *fault.Error {
	return fault.New(fault.Rejected, "zoho_record_gone", "%s that it names does not exist in Zoho Books any more.", what).
		Do("If it was deleted or merged there on purpose, pair it with another one or create it again; this document then follows by itself.").By(&engine.Vanished{ID: id, Cause: refusal})
}

func voidedByHand() *fault.Error {
	return fault.New(fault.Rejected, "invoice_voided_by_hand", "Somebody made it void in Zoho Books, so it was not changed.").
		Do("Use Skip to leave it void, or Recreate to have it made again.")
}
