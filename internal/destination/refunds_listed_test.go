package destination

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// TestRefundsAreReadToTheLast has the refund of a credit note stand on the second page of the list: it is not given back once
// more, and undone where it is to be.
func TestRefundsAreReadToTheLast(t *testing.T) {
	t.Parallel()

	const list = "GET /creditnotes/5/refunds"
	pages := func() map[string][]said {
		return map[string][]said{list: {
			{200, `{"code":0,"creditnote_refunds":[{"creditnote_refund_id":"1","amount_fcy":5,"reference_number":"credit_note:8"}],"page_context":{"has_more_page":true}}`},
			{200, `{"code":0,"creditnote_refunds":[{"creditnote_refund_id":"2","amount_fcy":20,"date":"2026-05-04","reference_number":"credit_note:7"}],"page_context":{"has_more_page":false}}`},
		}}
	}
	refund := json.RawMessage(`{"amount":20,"from_account_id":"77","date":"2026-05-04","reference_number":"credit_note:7"}`)
	z := &zohoSays{answers: pages()}
	done, err := dest[zoho.CreditNote]{Resource: zoho.CreditNotes, books: z.books}.StepDone(t.Context(), engine.Step{Name: RefundStep, Method: http.MethodPost, Path: "/creditnotes/{id}/refunds", Body: refund,
		Proof: &engine.Proof{Path: "/creditnotes/{id}/refunds", List: "creditnote_refunds", Field: "reference_number", Value: "credit_note:7"}}, "5")
	if err != nil || !done {
		t.Errorf("the refund on the second page: done %t, %v", done, err)
	}
	z = &zohoSays{answers: pages()}
	gone, err := dest[zoho.CreditNote]{Resource: zoho.CreditNotes, books: z.books}.StepDone(t.Context(), engine.Step{Name: "refund:2", Method: http.MethodDelete, Path: "/creditnotes/{id}/refunds/2",
		Proof: &engine.Proof{Path: "/creditnotes/{id}/refunds", List: "creditnote_refunds", Field: "creditnote_refund_id", Value: "2", Absent: true}}, "5")
	if err != nil || gone {
		t.Errorf("the refund on the second page passes for deleted: %t, %v", gone, err)
	}
}

// TestRefundsThatAreNotToldAreAskedAbout has Zoho Books answer, and tell no list of refunds: that is no outage.
func TestRefundsThatAreNotToldAreAskedAbout(t *testing.T) {
	t.Parallel()

	for _, r := range []zoho.Resource{zoho.CreditNotes, zoho.CustomerPayments} {
		name := map[string]string{"creditnote": "creditnote_refunds", "customerpayment": "payment_refunds"}[r.Entity]
		step := engine.Step{Name: RefundStep, Method: http.MethodPost, Path: r.Path + "/{id}/refunds", Body: json.RawMessage(`{"amount":20,"from_account_id":"77","date":"2026-05-04","reference_number":"payment:7"}`),
			Proof: &engine.Proof{Path: r.Path + "/{id}/refunds", List: name, Field: "reference_number", Value: "payment:7"}}
		for _, body := range []string{`{"code":0}`, `{"code":0,"` + name + `":null}`, `{"code":0,"` + name + `":"none"}`, `{"code":0,"` + name + `":[1]}`} {
			z := &zohoSays{answers: map[string][]said{"GET " + r.Path + "/5/refunds": {{200, body}}}}
			_, err := dest[zoho.CreditNote]{Resource: r, books: z.books}.StepDone(t.Context(), step, "5")
			if f := fault.Of(err); f == nil || f.Kind != fault.Held || f.Code != "money_untold" || !strings.Contains(f.Detail, "what of it went back") || !strings.Contains(f.Action, "Skip") {
				t.Errorf("%s: %v", body, err)
			}
		}
	}
}
