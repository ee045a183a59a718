package destination

import (
	"context"
	"strings"
	"testing"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/store"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// TestWhatACreditNoteSettlesIsReadBeforeItIsVoid: an answer that does not name the rows is not taken for one that has
// none, or the credit note would be void while it settles an invoice.
func TestWhatACreditNoteSettlesIsReadBeforeItIsVoid(t *testing.T) {
	t.Parallel()

	const note = `{"code":0,"creditnote":{"creditnote_id":"5","status":"closed","date":"2026-03-01","total":10,"balance":0,"cf_qloapps_key":"credit_note:1","invoices":[{"invoice_id":"9","amount_applied":10}]}}`
	for answer, want := range map[string]string{
		`{"code":0,"invoices_credited":[{"creditnote_invoice_id":"71","invoice_id":"9","credited_amount":10}]}`: "undo:unapply:71 undo:void",
		`{"code":0,"invoices_credited":[]}`:                                        "undo:void", // somebody took it off meanwhile
		`{"code":0,"message":"success"}`:                                           "",
		`{"code":0,"invoices_credited":null}`:                                      "",
		`{"code":0,"invoices_credited":[{"invoice_id":"9","credited_amount":10}]}`: "",
	} {
		z := &zohoSays{answers: map[string][]said{"GET /creditnotes/5": {{200, note}}, "GET /creditnotes/5/invoices": {{200, answer}}}}
		w, err := dest[zoho.CreditNote]{Resource: zoho.CreditNotes, books: z.books}.Withdrawal(t.Context(), engine.Withdrawing{
			Link: engine.Link{Ref: store.Ref{Flow: "credit_note", ID: "1"}, ID: "5", Status: engine.Synced, Total: amount("10"), Done: []string{"open", "apply:9:10"}},
			Mine: func(context.Context, []string) (map[string]bool, error) { return nil, nil }})
		var names []string
		for _, s := range w.Steps {
			names = append(names, s.Name)
		}
		switch got := strings.Join(names, " "); {
		case want == "" && !fault.Is(err, fault.Unavailable):
			t.Errorf("%s: %s %v, want it not to be read", answer, got, err)
		case want != "" && (err != nil || got != want):
			t.Errorf("%s: %s %v, want %s", answer, got, err, want)
		}
	}
}
