package engine

import (
	"cmp"
	"context"
	"encoding/json"

	"github.com/qlobooks/qlobooks/internal/fault"
)

// ownNumber says so where the number that is taken is that of another of QloApps' own documents: two of
// its rows have one number, and nobody needs to look for a stranger in Zoho Books.
func (b *batch) ownNumber(ctx context.Context, a *attempt, call Call, refusal error) error {
	f := fault.Of(refusal)
	if f == nil || f.Code != "number_taken" {
		return refusal
	}
	var body struct {
		Invoice string `json:"invoice_number"`
		Credit  string `json:"creditnote_number"`
	}
	_ = json.Unmarshal(call.Body, &body)
	number := cmp.Or(body.Invoice, body.Credit)
	if number == "" {
		return refusal
	}
	other, found, err := b.store.Numbered(ctx, a.doc.Ref, number)
	if err != nil || !found {
		return refusal
	}
	of := ""
	if shown, err := b.store.ShownBy(ctx, []Ref{other}); err == nil && shown[other].Name != "" {
		of = " of order " + shown[other].Name
	}
	return fault.New(fault.Rejected, "number_taken", "QloApps gave the number %s twice: its document %s%s has it in Zoho Books already.", number, other.Key(), of).
		Do("Give one of them another number in QloApps' database, then use Retry; or let Zoho Books number (Configuration, Orders).").By(refusal)
}
