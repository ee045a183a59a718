package destination

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// TestWhatAStepCameToIsCompared answers each step that moves money with something else than was asked. It was
// taken, so it is told as such, with both figures; an answer that tells nothing proves no difference.
func TestWhatAStepCameToIsCompared(t *testing.T) {
	t.Parallel()

	refund := engine.Step{Name: "refund", Method: http.MethodPost, Path: "/creditnotes/{id}/refunds", Body: json.RawMessage(`{"date":"2026-03-01","from_account_id":"77","amount":50,"reference_number":"credit_note:1"}`)}
	apply := engine.Step{Name: "apply", Method: http.MethodPost, Path: "/creditnotes/{id}/invoices", Body: json.RawMessage(`{"invoices":[{"invoice_id":"9","amount_applied":50}]}`)}
	use := engine.Step{Name: "use", Method: http.MethodPost, Path: "/invoices/9/credits", Body: json.RawMessage(`{"apply_creditnotes":[{"creditnote_id":"{id}","amount_applied":50}]}`)}
	for name, tt := range map[string]struct {
		step   engine.Step
		answer string
		words  string // "" = it is as asked
	}{
		"as asked":                   {refund, `{"code":0,"creditnote_refund":{"date":"2026-03-01","from_account_id":77,"amount":"50.00","reference_number":"credit_note:1"}}`, ""},
		"nothing is told":            {refund, `{"code":0,"message":"Refunded."}`, ""},
		"another amount":             {refund, `{"code":0,"creditnote_refund":{"amount":5}}`, "5 were given back there instead of 50"},
		"another day":                {refund, `{"code":0,"creditnote_refund":{"amount":50,"date":"2026-03-02"}}`, "2026-03-02"},
		"another account":            {refund, `{"code":0,"payment_refund":{"amount":50,"from_account_id":"78"}}`, "«78»"},
		"one of a list":              {refund, `{"code":0,"payment_refunds":[{"reference_number":"x","amount":1},{"reference_number":"credit_note:1","amount":49}]}`, "49 were given back"},
		"others of a list":           {refund, `{"code":0,"payment_refunds":[{"reference_number":"x","amount":1}]}`, ""},
		"applied as asked":           {apply, `{"code":0,"invoices":[{"invoice_id":"9","amount_applied":50}]}`, ""},
		"applied, and nothing told":  {apply, `{"code":0}`, ""},
		"less applied":               {apply, `{"code":0,"apply_to_invoices":{"invoices":[{"invoice_id":"9","amount_applied":40}]}}`, "40 were applied there instead of 50"},
		"less used":                  {use, `{"code":0,"use_credits":{"apply_creditnotes":[{"creditnote_id":"5","amount_applied":"12.5"}]}}`, "12.5 were applied there instead of 50"},
		"something else was applied": {use, `{"code":0,"use_credits":{"apply_creditnotes":[{"creditnote_id":"6","amount_applied":"12.5"}]}}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			z := &zohoSays{answers: map[string][]said{"": {{200, tt.answer}}}}
			err := dest[zoho.CreditNote]{Resource: zoho.CreditNotes, books: z.books}.Step(t.Context(), tt.step, []string{"5"})
			if tt.words == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			var other *engine.NotAsAsked
			if f := fault.Of(err); !errors.As(err, &other) || f.Kind != fault.Rejected || f.Code != "answer_differs" || !strings.Contains(f.Detail, tt.words) || f.Action == "" || !KeptDoubt(other.Extra) {
				t.Errorf("%v, want %s", err, tt.words)
			}
		})
	}
}

// TestWhatANewPaymentSettlesIsCompared never takes a payment for settled as asked because its amount is right. One
// that stood may have been settled by people.
func TestWhatANewPaymentSettlesIsCompared(t *testing.T) {
	t.Parallel()

	for name, tt := range map[string]struct {
		status   int
		invoices string
		words    string
	}{
		"as asked":           {201, `,"invoices":[{"invoice_id":"9","amount_applied":30},{"invoice_id":9,"amount_applied":"20.00"}]`, ""},
		"nothing told":       {201, ``, ""},
		"no amounts told":    {201, `,"invoices":[{"invoice_id":"9"}]`, ""},
		"less":               {201, `,"invoices":[{"invoice_id":"9","invoice_number":"INV-9","amount_applied":40}]`, "40 of it settle invoice INV-9 there instead of 50"},
		"none":               {201, `,"invoices":[]`, "0 of it settle invoice 9 there instead of 50"},
		"another as well":    {201, `,"invoices":[{"invoice_id":"9","amount_applied":50},{"invoice_id":"8","amount_applied":10}]`, "10 of it settle invoice 8 there instead of 0"},
		"one that was there": {200, `,"invoices":[]`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			z := &zohoSays{answers: map[string][]said{"": {{tt.status, `{"code":0,"payment":{"payment_id":"4","amount":60` + tt.invoices + `}}`}}}}
			answer, err := Payments(z.books).Send(t.Context(), engine.Call{Method: http.MethodPut, Path: "/customerpayments", Key: "payment:1", Body: json.RawMessage(`{"amount":60,"invoices":[{"invoice_id":"9","amount_applied":50}]}`)})
			if got := strings.Join(answer.Differs, "; "); err != nil || got != tt.words {
				t.Errorf("%q, %v, want %q", got, err, tt.words)
			}
		})
	}
}

// TestMastersAreCompared tells what of an item or a contact stands otherwise than it was sent, and not what only
// looks otherwise.
func TestMastersAreCompared(t *testing.T) {
	t.Parallel()

	const item, contact = `{"name":"Garden  suite","rate":120.005,"account_id":"5","tax_id":"4"}`, `{"contact_name":"Ada Lovelace ","currency_id":"1"}`
	for name, tt := range map[string]struct {
		r            zoho.Resource
		sent, stands string
		words        string
	}{
		"an item":             {zoho.Items, item, `"name":"Garden suite","rate":"120.01","account_id":5,"tax_id":"4"`, ""},
		"its name":            {zoho.Items, item, `"name":"Suite"`, "the name is «Suite» there instead of «Garden  suite»"},
		"its price":           {zoho.Items, item, `"rate":12`, "the price is «12» there instead of «120.005»"},
		"its account":         {zoho.Items, item, `"account_id":"6"`, "the income account is «6» there instead of «5»"},
		"its tax":             {zoho.Items, item, `"tax_id":"8"`, "the tax is «8» there instead of «4»"},
		"a contact":           {zoho.Contacts, contact, `"contact_name":"Ada Lovelace","currency_id":1`, ""},
		"a contact's name":    {zoho.Contacts, contact, `"contact_name":"Ada"`, "the name is «Ada» there instead of «Ada Lovelace»"},
		"a contact's account": {zoho.Contacts, contact, `"currency_id":"2"`, "the currency is «2» there instead of «1»"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			z := &zohoSays{answers: map[string][]said{"": {{201, `{"code":0,"` + tt.r.Envelope + `":{"` + tt.r.ID + `":"1",` + tt.stands + `}}`}}}}
			answer, err := dest[zoho.Item]{Resource: tt.r, books: z.books}.Send(t.Context(), engine.Call{Method: http.MethodPut, Path: tt.r.Path, Key: "x:1", Body: json.RawMessage(tt.sent)})
			if got := strings.Join(answer.Differs, "; "); err != nil || got != tt.words {
				t.Errorf("%q, %v, want %q", got, err, tt.words)
			}
		})
	}
}
