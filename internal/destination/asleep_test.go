package destination

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/store"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// keeping gives one client again and again, as a process has it, and a clock that a test moves.
func (z *zohoSays) keeping(now *time.Time) Books {
	c := zoho.NewHTTPClient()
	c.Transport = z
	client := zoho.New(zoho.Config{APIDomain: "http://books.test", Organization: "1", Tokens: unlimited{}, Limiter: unlimited{}, HTTP: c, Now: func() time.Time { return *now }})
	return func(context.Context) (*zoho.Client, error) { return client, nil }
}

// TestWhatIsInactiveIsNamed has each thing that a document names made inactive, in each way in which Zoho Books
// may tell. The refusal names it, nothing is sent while it stays so, and it goes on when it is active again.
func TestWhatIsInactiveIsNamed(t *testing.T) {
	t.Parallel()

	const context = `{"has_more_page":false}`
	all := map[string]string{
		"GET /contacts/7":              `{"code":0,"contact":{"contact_id":"7","contact_name":"Ada","status":"active"}}`,
		"GET /items/3":                 `{"code":0,"item":{"item_id":"3","name":"Suite","status":"active"}}`,
		"GET /settings/taxes":          `{"code":0,"taxes":[{"tax_id":"4","tax_name":"VAT 4%"}],"page_context":` + context + `}`,
		"GET /settings/taxes/4":        `{"code":0,"tax":{"tax_id":"4","tax_name":"VAT 4%"}}`,
		"GET /settings/taxgroups":      `{"code":0,"tax_groups":[]}`,
		"GET /settings/taxexemptions":  `{"code":0,"tax_exemptions":[]}`,
		"GET /chartofaccounts":         `{"code":0,"chartofaccounts":[{"account_id":"5","account_name":"Rooms","is_active":true}],"page_context":` + context + `}`,
		"GET /chartofaccounts/5":       `{"code":0,"chart_of_account":{"account_id":"5","account_name":"Rooms","is_active":true}}`,
		"GET /settings/taxgroups/4":    `{"code":1002}`,
		"GET /transactionlocks":        `{"code":0}`,
		"GET /settings/taxexemptions/": `{"code":1002}`,
	}
	inactive := func(body string) string {
		return strings.NewReplacer(`"status":"active"`, `"status":"inactive"`, `"tax_name"`, `"status":"Inactive","tax_name"`, `"is_active":true`, `"is_active":false`).Replace(body)
	}
	for name, tt := range map[string]struct {
		asleep  []string // which answers say so
		unshown string   // a list that leaves it out
		words   string
		kind    fault.Kind
	}{
		"a contact":                         {[]string{"GET /contacts/7"}, "", "contact «Ada»", fault.Rejected},
		"an item":                           {[]string{"GET /items/3"}, "", "item «Suite»", fault.Rejected},
		"a tax":                             {[]string{"GET /settings/taxes", "GET /settings/taxes/4"}, "", "tax «VAT 4%»", fault.Held},
		"a tax that the list leaves out":    {[]string{"GET /settings/taxes/4"}, "GET /settings/taxes", "tax «VAT 4%»", fault.Held},
		"an account":                        {[]string{"GET /chartofaccounts", "GET /chartofaccounts/5"}, "", "account «Rooms»", fault.Held},
		"an account that the list left out": {[]string{"GET /chartofaccounts/5"}, "GET /chartofaccounts", "account «Rooms»", fault.Held},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			z, now := &zohoSays{answers: map[string][]said{}}, time.Now()
			for call, body := range all {
				z.answers[call] = []said{{200, body}}
			}
			for _, call := range tt.asleep {
				z.answers[call] = []said{{200, inactive(all[call])}}
			}
			switch tt.unshown {
			case "GET /settings/taxes":
				z.answers[tt.unshown] = []said{{200, `{"code":0,"taxes":[],"page_context":` + context + `}`}}
			case "GET /chartofaccounts":
				z.answers[tt.unshown] = []said{{200, `{"code":0,"chartofaccounts":[],"page_context":` + context + `}`}}
			}
			z.answers["PUT /invoices"] = []said{{400, `{"code":9999,"message":"Nein."}`}}
			d := dest[zoho.Invoice]{Resource: zoho.Invoices, books: z.keeping(&now)}
			call := engine.Call{Method: http.MethodPut, Path: "/invoices", Key: "invoice:9", Body: json.RawMessage(`{"customer_id":"7","line_items":[{"item_id":"3","tax_id":"4","account_id":"5"}]}`)}
			said1 := func(again string) {
				t.Helper()
				_, err := d.Send(t.Context(), call)
				if f := fault.Of(err); f == nil || f.Kind != tt.kind || f.Code != "zoho_record_inactive" || !strings.Contains(f.Detail, tt.words) || f.Action == "" || f.RetryAfter <= 0 {
					t.Fatalf("%s: %v; asked %q", again, err, z.asked)
				}
			}
			said1("when it is refused")
			now = now.Add(time.Hour)
			said1("an hour later")
			writes := func() int {
				return len(slices.DeleteFunc(slices.Clone(z.asked), func(c string) bool { return c != "PUT /invoices" }))
			}
			if writes() != 1 {
				t.Errorf("it was sent %d times while it could not be taken", writes())
			}
			for call, body := range all {
				z.answers[call] = []said{{200, body}}
			}
			z.answers["PUT /invoices"] = []said{{201, `{"code":0,"invoice":{"invoice_id":"1","total":10}}`}}
			now = now.Add(time.Hour)
			if answer, err := d.Send(t.Context(), call); err != nil || answer.ID != "1" {
				t.Errorf("after the cure: %v", err)
			}
		})
	}
}

// TestARefundNamesItsAccount names the account that money would go back from, however it goes back, when that is
// inactive or gone. While it is inactive nothing is tried, nor anything freed for it; what was freed before that was known is put back.
func TestARefundNamesItsAccount(t *testing.T) {
	t.Parallel()

	const refund = `{"date":"2026-03-01","from_account_id":"77","amount":5,"reference_number":"credit_note:1"}`
	proof := func(path, list string) *engine.Proof {
		return &engine.Proof{Path: path, List: list, Field: "reference_number", Value: "credit_note:1"}
	}
	inactive := map[string][]said{
		"GET /chartofaccounts":    {{200, `{"code":0,"chartofaccounts":[{"account_id":"77","account_name":"Till","is_active":"false"}]}`}},
		"GET /chartofaccounts/77": {{200, `{"code":0,"account":{"account_id":"77","account_name":"Till","is_active":false}}`}},
	}
	gone := map[string][]said{
		"GET /chartofaccounts":    {{200, `{"code":0,"chartofaccounts":[]}`}},
		"GET /chartofaccounts/77": {{404, `{"code":1002,"message":"No such account."}`}},
	}
	for name, step := range map[string]engine.Step{
		"of a new credit note": {Name: RefundStep, Method: http.MethodPost, Path: "/creditnotes/{id}/refunds", Body: json.RawMessage(refund), Proof: proof("/creditnotes/{id}/refunds", "creditnote_refunds")},
		"of one that stood":    {Name: RefundStep, Method: http.MethodPost, Path: "/creditnotes/{id}/refunds", Body: json.RawMessage(refund), Aim: json.RawMessage(`{"number":"CN-1"}`), Proof: proof("/creditnotes/{id}/refunds", "creditnote_refunds")},
		"of a payment": {Name: GiveBackStep + "4:5", Method: http.MethodPost, Path: "/customerpayments/4/refunds", Proof: proof("/customerpayments/4/refunds", "payment_refunds"),
			Body: json.RawMessage(`{"payment_id":"4","kept":[{"invoice_id":"9","amount_applied":5}],"refund":` + refund + `}`)},
	} {
		for how, tt := range map[string]struct {
			refusal said
			account map[string][]said
			code    string
			kind    fault.Kind
			words   string
			tried   int // when it is tried twice
		}{
			"inactive": {said{400, `{"code":9999,"message":"Nein."}`}, inactive, "zoho_record_inactive", fault.Held, "account «Till»", 1},
			"gone":     {said{404, `{"code":1002,"message":"Resource does not exist."}`}, gone, "mapping_missing", fault.Blocked, "account that was chosen", 2},
			"refused":  {said{400, `{"code":9999,"message":"Nein."}`}, gone, "mapping_missing", fault.Blocked, "account that was chosen", 2},
		} {
			t.Run(name+", "+how, func(t *testing.T) {
				t.Parallel()

				now := time.Now()
				lowered := said{200, `{"code":0,"payment":{"payment_id":"4","amount":10,"unused_amount":5,"invoices":[{"invoice_id":"9","amount_applied":5}]}}`}
				asBefore := said{200, `{"code":0,"payment":{"payment_id":"4","amount":10,"unused_amount":0,"invoices":[{"invoice_id":"9","amount_applied":10}]}}`}
				z := &zohoSays{answers: map[string][]said{
					"POST /creditnotes/5/refunds":      {tt.refusal},
					"POST /customerpayments/4/refunds": {tt.refusal},
					"GET /creditnotes/5":               {{200, `{"code":0,"creditnote":{"creditnote_id":"5","total":10,"balance":10,"status":"open"}}`}},
					"GET /creditnotes/5/refunds":       {{200, `{"code":0,"creditnote_refunds":[]}`}},
					"GET /customerpayments/4":          {{200, `{"code":0,"payment":{"payment_id":"4","amount":10,"unused_amount":0,"invoices":[{"invoice_id":"9","amount_applied":10}]}}`}},
					"PUT /customerpayments/4":          {lowered, asBefore, lowered, asBefore},
				}}
				for call, answers := range tt.account {
					z.answers[call] = answers
				}
				d := dest[zoho.CreditNote]{Resource: zoho.CreditNotes, books: z.keeping(&now)}
				for range 2 {
					err := d.Step(t.Context(), step, []string{"5"})
					if f := fault.Of(err); f == nil || f.Code != tt.code || f.Kind != tt.kind || !strings.Contains(f.Detail, tt.words) {
						t.Fatalf("%v; asked %q", err, z.asked)
					}
					now = now.Add(time.Hour)
				}
				count := func(method string) int {
					return len(slices.DeleteFunc(slices.Clone(z.asked), func(c string) bool { return !strings.HasPrefix(c, method) }))
				}
				if n := count("POST"); n != tt.tried {
					t.Errorf("it was tried %d times", n)
				}
				freed := 0
				if name == "of a payment" { // and put back as often
					freed = tt.tried
				}
				if n := count("PUT"); n != 2*freed {
					t.Errorf("money was freed and put back by %d calls", n)
				}
			})
		}
	}
}

// TestWhatIsInactiveCostsOneLook has a hundred documents name something inactive: one is refused, the others cost
// nothing, and it is looked at every ten minutes, or when a person has one tried. Zoho's own words stay.
func TestWhatIsInactiveCostsOneLook(t *testing.T) {
	t.Parallel()

	for name, tt := range map[string]struct{ look, body string }{
		"a contact":  {"GET /contacts/7", `{"code":0,"contact":{"contact_id":"7","contact_name":"Ada","status":"inactive"}}`},
		"an account": {"GET /chartofaccounts/5", `{"code":0,"chart_of_account":{"account_id":"5","account_name":"Till","is_active":false}}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			now := time.Now()
			z := &zohoSays{answers: map[string][]said{
				"PUT /customerpayments": {{400, `{"code":9999,"message":"Das geht nicht."}`}},
				"GET /customerpayments": {{200, `{"code":0,"customerpayments":[]}`}},
				"GET /contacts/7":       {{200, `{"code":0,"contact":{"contact_id":"7","contact_name":"Ada","status":"active"}}`}},
				"GET /chartofaccounts":  {{200, `{"code":0,"chartofaccounts":[]}`}},
			}}
			z.answers[tt.look] = []said{{200, tt.body}}
			d := Payments(z.keeping(&now))
			tries := func(lane store.Lane, times int) (calls int) {
				t.Helper()
				before := len(z.asked)
				for range times {
					ctx := engine.OnErrand(t.Context(), engine.Errand{Ref: store.Ref{Flow: "payment", ID: "1"}, Lane: lane, Since: now})
					_, err := d.Send(ctx, engine.Call{Method: http.MethodPut, Path: "/customerpayments", Key: "payment:1", Body: json.RawMessage(`{"customer_id":"7","account_id":"5","amount":5,"invoices":[{"invoice_id":"9","amount_applied":5}]}`)})
					if f := fault.Of(err); f == nil || f.Code != "zoho_record_inactive" || !strings.Contains(f.Detail, "Das geht nicht") {
						t.Fatalf("%v; asked %q", err, z.asked)
					}
				}
				return len(z.asked) - before
			}
			tries(store.Live, 1)
			if n := tries(store.Live, 100); n != 0 {
				t.Errorf("what waits cost %d calls", n)
			}
			now = now.Add(time.Minute)
			if n := tries(store.Person, 10); n != 1 {
				t.Errorf("ten that a person had tried cost %d calls", n)
			}
			if now = now.Add(9 * time.Minute); tries(store.Live, 10) != 0 {
				t.Error("it was looked at before its time")
			}
			if now = now.Add(time.Minute); tries(store.Live, 10) != 1 {
				t.Errorf("it was not looked at once when its time came; asked %q", z.asked)
			}
			if writes := slices.DeleteFunc(slices.Clone(z.asked), func(c string) bool { return c != "PUT /customerpayments" }); len(writes) != 1 {
				t.Errorf("it was sent %d times", len(writes))
			}
		})
	}
}
