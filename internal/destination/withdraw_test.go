package destination

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
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
			Link: engine.Link{Ref: store.Ref{Flow: "credit_note", ID: "1"}, ID: "5", Status: engine.Synced, Total: amount("10"), Steps: []string{"open", "apply:9:10"}, Done: []string{"open", "apply:9:10"}},
			Mine: func(context.Context, []string) (map[string]bool, error) { return nil, nil }})
		var names []string
		for _, s := range w.Steps {
			names = append(names, s.Name)
		}
		switch got := strings.Join(names, " "); {
		case want == "" && (!fault.Is(err, fault.Held) || fault.Of(err).Code != "money_untold"):
			t.Errorf("%s: %s %v, want it not to be read", answer, got, err)
		case want != "" && (err != nil || got != want):
			t.Errorf("%s: %s %v, want %s", answer, got, err, want)
		}
	}
}

// TestWhatIsTakenOffAndNotPutBackIsNotBelievedToStand frees a part of a credit note from an invoice of another order, and
// what stays of it there is refused.
func TestWhatIsTakenOffAndNotPutBackIsNotBelievedToStand(t *testing.T) {
	t.Parallel()

	const list = "GET /creditnotes/5/invoices"
	for name, tt := range map[string]struct {
		row, rows string
		kind      fault.Kind
		doubt     bool
	}{
		"refused":                   {`"creditnote_invoice_id":"71",`, "", fault.Rejected, true},
		"and the rows are not told": {"", `{"code":0,"message":"success"}`, fault.Held, false},
	} {
		z := &zohoSays{answers: map[string][]said{
			"GET /creditnotes/5":                {{200, `{"code":0,"creditnote":{"creditnote_id":"5","total":10,"balance":0,"invoices":[{` + tt.row + `"invoice_id":"8","invoice_number":"IN8","amount_applied":10}]}}`}},
			"GET /invoices/9":                   {{200, `{"code":0,"invoice":{"invoice_id":"9","invoice_number":"IN9","total":4,"balance":4}}`}},
			list:                                {{200, tt.rows}},
			"DELETE /creditnotes/5/invoices/71": {{200, `{"code":0}`}},
			"POST /creditnotes/5/invoices":      {{400, `{"code":9999,"message":"No."}`}},
		}}
		step := engine.Step{Name: "apply:9", Method: "POST", Path: "/creditnotes/{id}/invoices", Aim: json.RawMessage(`{"note":"{id}","invoice":"9","reach":"4","force":true,"own":["9"]}`)}
		err := dest[zoho.CreditNote]{Resource: zoho.CreditNotes, books: z.books}.Step(t.Context(), step, []string{"5"})
		if fault.KindOf(err) != tt.kind {
			t.Errorf("%s: %v, want %s", name, err, tt.kind)
		}
		var stands *engine.Stands
		if !tt.doubt {
			continue
		}
		if !strings.Contains(fault.Of(err).Detail, "IN8") {
			t.Errorf("%s: %v does not name the invoice", name, err)
		}
		if !errors.As(err, &stands) {
			t.Errorf("%s: nothing is learned of %v", name, err)
			continue
		}
		var k Kept
		if json.Unmarshal(stands.Extra, &k) != nil || !k.Doubt || k.Money == nil || !k.Money.Settles["8"].IsZero() {
			t.Errorf("%s: learned %s", name, stands.Extra)
		}
	}
}

// TestWhatIsFreedForARefusedApplicationIsNotBelievedToStand takes money off another order's invoice, as a person decided, and
// then its own invoice refuses it.
func TestWhatIsFreedForARefusedApplicationIsNotBelievedToStand(t *testing.T) {
	t.Parallel()

	const payment = `{"code":0,"payment":{"payment_id":"5","amount":10,"unused_amount":%s,"invoices":[{"invoice_id":"8","amount_applied":%s}]}}`
	z := &zohoSays{answers: map[string][]said{
		"GET /customerpayments/5":  {{200, fmt.Sprintf(payment, "0", "10")}},
		"GET /invoices/9":          {{200, `{"code":0,"invoice":{"invoice_id":"9","invoice_number":"IN9","total":4,"balance":4}}`}},
		"PUT /customerpayments/5":  {{200, fmt.Sprintf(payment, "4", "6")}},
		"POST /invoices/9/credits": {{400, `{"code":9999,"message":"No."}`}},
	}}
	step := engine.Step{Name: "apply:9:4", Method: "POST", Path: "/invoices/9/credits", Aim: json.RawMessage(`{"invoice":"9","reach":"4","due":"0","force":true,"own":["9"]}`)}
	err := dest[zoho.CustomerPayment]{Resource: zoho.CustomerPayments, books: z.books}.Step(t.Context(), step, []string{"5"})
	var stands *engine.Stands
	if f := fault.Of(err); !errors.As(err, &stands) || f.Kind != fault.Rejected || !strings.Contains(f.Detail, "4.00 were taken off") || !strings.Contains(f.Detail, "IN9") {
		t.Fatalf("%v, asked %v", err, z.asked)
	}
	var kept Kept
	if err := json.Unmarshal(stands.Extra, &kept); err != nil || !kept.Doubt || kept.Money == nil || !kept.Money.Settles["8"].Equal(amount("6")) || !kept.Money.Settles["9"].IsZero() {
		t.Errorf("it is taken to stand as %s, %v", stands.Extra, err)
	}
}
