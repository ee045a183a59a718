package destination

import (
	"net/http"
	"testing"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// TestACallForManyThatNamesWhatItLeftOutIsNotDone marks invoices sent together; plain success costs no second call.
func TestACallForManyThatNamesWhatItLeftOutIsNotDone(t *testing.T) {
	t.Parallel()

	for name, tt := range map[string]struct {
		answer string
		kind   fault.Kind
	}{
		"plain success":        {`{"code":0,"message":"success"}`, ""},
		"nothing was left out": {`{"code":0,"message":"success","data":{"success_info":{"ids":["4","98200000056700112"]},"errors_info":[]}}`, ""},
		"another was left out": {`{"code":0,"message":"success","data":{"errors_info":[{"message":"No.","ids":["9820000005670011"]}]}}`, ""},
		"one was left out":     {`{"code":0,"message":"success","data":{"errors_info":[{"message":"Waits for approval.","ids":["98200000056700112"]}]}}`, fault.Rejected},
		"told as a number":     {`{"code":0,"info":{"email_errors_info":[{"ids":[98200000056700112]}]}}`, fault.Rejected},
		"told in one text":     {`{"code":0,"failed_invoice_ids":"4,98200000056700112"}`, fault.Rejected},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			z := &zohoSays{answers: map[string][]said{"": {{200, tt.answer}}}}
			step := engine.Step{Name: "sent", Method: http.MethodPost, Path: "/invoices/{id}/status/sent", Bulk: "/invoices/status/sent", BulkParam: "invoice_ids"}
			err := dest[zoho.Invoice]{Resource: zoho.Invoices, books: z.books}.Step(t.Context(), step, []string{"4", "98200000056700112"})
			if fault.KindOf(err) != tt.kind || len(z.asked) != 1 {
				t.Errorf("%v after %d calls, want %q", err, len(z.asked), tt.kind)
			}
		})
	}
}
