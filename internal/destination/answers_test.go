package destination

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/limit"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/secret"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// said is what Zoho answers to one call.
type said struct {
	status int
	body   string
}

// zohoSays are Zoho Books in words: what is answered to a method and an address below the version,
// as often as it is asked; the last answer stays. They note what was asked.
type zohoSays struct {
	answers map[string][]said
	asked   []string
	bodies  []string
}

func (z *zohoSays) RoundTrip(r *http.Request) (*http.Response, error) {
	if trace := httptrace.ContextClientTrace(r.Context()); trace != nil && trace.GotConn != nil {
		trace.GotConn(httptrace.GotConnInfo{})
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	call := r.Method + " " + strings.TrimPrefix(r.URL.Path, zoho.Version)
	z.asked, z.bodies = append(z.asked, call), append(z.bodies, string(body))
	list, ok := z.answers[call]
	if !ok {
		list = z.answers[""]
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("nobody answers to %s", call)
	}
	if len(list) > 1 {
		z.answers[call] = list[1:]
	}
	return &http.Response{StatusCode: list[0].status, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader([]byte(list[0].body))), Request: r}, nil
}

func (z *zohoSays) books(context.Context) (*zoho.Client, error) {
	c := zoho.NewHTTPClient()
	c.Transport = z
	return zoho.New(zoho.Config{APIDomain: "http://books.test", Organization: "1", Tokens: unlimited{}, Limiter: unlimited{}, HTTP: c}), nil
}

// unlimited gives every call a token and its turn at once.
type unlimited struct{}

func (unlimited) Token(context.Context) (secret.String, error) { return "t", nil }

func (unlimited) Renew(context.Context, secret.String) (secret.String, error) {
	return "t2", nil
}

func (unlimited) Acquire(context.Context, limit.Lane) (func(*limit.Quota), error) {
	return func(*limit.Quota) {}, nil
}

func (unlimited) GiveBack(context.Context) {}

func (unlimited) Crowded(context.Context) {}

func (unlimited) Pause(context.Context, time.Duration) {}

func (unlimited) Slow(context.Context) {}

// FuzzWrites holds whatever Zoho may answer to a document to one promise: it stands, with an id and a
// total where it has one; or a fault says that it was refused; or nobody knows, and it is found out.
func FuzzWrites(f *testing.F) {
	for _, body := range []string{
		`{"code":0,"invoice":{"invoice_id":"1","total":10.5,"status":"draft"},"contact":{"contact_id":2},"item":{"item_id":"3"},"payment":{"payment_id":"4","amount":"7"},"creditnote":{"creditnote_id":"5","total":1},"salesorder":{"salesorder_id":"6","total":"2.00"}}`,
		`{"code":0,"invoice":{"invoice_id":"1"},"payment":{"payment_id":"4"},"creditnote":{"creditnote_id":"5","total":""},"salesorder":{"salesorder_id":"6","total":"two"}}`,
		`{"code":0,"invoice":{"invoice_id":null,"total":1},"contact":{},"item":[],"payment":"4"}`, `{"code":0,"message":"The invoice has been created."}`, `{"code":0}`, `{"code":"0","invoice":{"invoice_id":982000000567001,"total":"1e3"}}`,
		`{"code":0,"invoice":{"invoice_id":"1","total":1,"status":"void"}}`, `{"code":15,"message":"too long"}`, `{"code":11,"message":"Invalid Element notes"}`, `{"code":1002}`, `{"code":1001}`, `{"code":24016}`, `{"code":[]}`, `{"code":0,"invoice":{"invoice_id":"1","to`, `<html>`, ``,
	} {
		for _, status := range []int{200, 201, 400, 403, 404, 500} {
			f.Add(status, []byte(body))
		}
	}
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		if status < 200 || status > 599 {
			return
		}
		judge := func(what string, answer engine.Answer, err error, billed bool) {
			t.Helper()
			var told struct{ Code json.RawMessage }
			whole := json.Unmarshal(body, &told) == nil
			code := strings.Trim(string(bytes.TrimSpace(told.Code)), `"`)
			if err == nil {
				if status >= 300 || !whole || code != "0" || answer.ID == "" {
					t.Fatalf("%s: HTTP %d %q passes for done: %+v", what, status, body, answer)
				}
				return
			}
			got := fault.Of(err)
			if got.Kind == fault.Internal || got.Detail == "" || got.Action == "" {
				t.Fatalf("%s: HTTP %d %q: nobody knows what to do about %v", what, status, body, err)
			}
			if unread := !whole && (status < 300 || !json.Valid(body)); unread && status != 401 && status != 429 && got.Kind != fault.Unknown {
				t.Fatalf("%s: HTTP %d %q cannot be read, but counts as %v", what, status, body, err)
			}
			if status < 300 && whole && code == "0" && got.Kind != fault.Unknown && got.Code != "invoice_voided_by_hand" {
				t.Fatalf("%s: HTTP %d %q says that it is done, but counts as %v", what, status, body, err)
			}
		}
		for _, key := range []string{"x:1", ""} {
			path := func(r zoho.Resource) engine.Call {
				c := engine.Call{Method: http.MethodPut, Path: r.Path, Key: key, Body: json.RawMessage(`{"notes":"x","customer_id":"7"}`)}
				if key == "" {
					c.Path += "/1"
				}
				return c
			}
			for _, r := range zoho.Resources {
				z := &zohoSays{answers: map[string][]said{"": {{status, string(body)}}}}
				d := dest[zoho.Invoice]{Resource: r, books: z.books}
				answer, err := d.Send(t.Context(), path(r))
				judge(r.Entity, answer, err, d.billed())
				if err == nil && key == "" && answer.ID != "1" {
					t.Fatalf("%s: %q passes for an answer about number 1", r.Entity, body)
				}
			}
		}
	})
}

// TestAnAnswerThatProvesNothing never lets an outcome be taken for read.
func TestAnAnswerThatProvesNothing(t *testing.T) {
	t.Parallel()

	proof := engine.Proof{Path: "/payments/{id}", Envelope: "payment", List: "invoices", Field: "invoice_id", Value: "9", Sum: "amount_applied", Reach: "10"}
	for body, want := range map[string]string{
		`{"code":0,"payment":{"invoices":[{"invoice_id":"9","amount_applied":10}]}}`:                                      "yes",
		`{"code":0,"payment":{"invoices":[{"invoice_id":9,"amount_applied":"4"},{"invoice_id":"9","amount_applied":6}]}}`: "yes",
		`{"code":0,"payment":{"invoices":[{"invoice_id":"9","amount_applied":9.99}]}}`:                                    "no",
		`{"code":0,"payment":{"invoices":[{"invoice_id":"8","amount_applied":10}]}}`:                                      "no",
		`{"code":0,"payment":{"invoices":[{"invoice_id":"9","credited_amount":10}]}}`:                                     "yes",
		`{"code":0,"payment":{"invoices":[{"invoice_id":"9","credited_amount":4}]}}`:                                      "no",
		`{"code":0,"payment":{"invoices":[{"invoice_id":"9","amount":10}]}}`:                                              "yes",
		`{"code":0,"payment":{"invoices":[{"invoice_id":"9","amount":9.99}]}}`:                                            "no",
		`{"code":0,"payment":{"invoices":[{"invoice_id":"9"}]}}`:                                                          "yes", // it is there, and nothing says that it is less
		`{"code":0,"payment":{"invoices":[{"invoice_id":"9","amount_applied":null}]}}`:                                    "yes", // so here
		`{"code":0,"payment":{"invoices":[{"invoice_id":"9","amount_applied":"","amount":9}]}}`:                           "no",
		`{"code":0,"payment":{"invoices":[{"invoice_id":"9","amount_applied":""}]}}`:                                      "yes",
		`{"code":0,"payment":{}}`: "no",
		`{"code":0,"payment":{"payment_id":"6","invoices":[{"invoice_id":"9","amount_applied":10}]}}`: "unread", // another one
		`{"code":0,"payment":{"payment_id":5,"invoices":[{"invoice_id":"9","amount_applied":10}]}}`:   "yes",
		`{"code":0,"payment":{"invoices":"none"}}`:                                                    "unread",
		`{"code":0,"payment":[]}`: "unread",
		`{"code":0}`:              "unread",
		`<html>`:                  "unread",
	} {
		z := &zohoSays{answers: map[string][]said{"": {{200, body}}}}
		proved, err := dest[zoho.CustomerPayment]{Resource: zoho.CustomerPayments, books: z.books}.StepDone(t.Context(), engine.Step{Proof: &proof}, "5")
		got := "no"
		switch {
		case err != nil:
			got = "unread"
			if f := fault.Of(err); f.Kind != fault.Unavailable {
				t.Errorf("%s: %v", body, err)
			}
		case proved:
			got = "yes"
		}
		if got != want {
			t.Errorf("%s proves: %s, want %s", body, got, want)
		}
	}
}

// TestWhatACreditNoteSettlesHasSeveralNames reads the amount by whichever name the answer gives it.
func TestWhatACreditNoteSettlesHasSeveralNames(t *testing.T) {
	t.Parallel()

	for name, want := range map[string]string{"amount_applied": "4", "credited_amount": "4", "amount": "4", "something": "0"} {
		z := &zohoSays{answers: map[string][]said{"": {{200, `{"code":0,"creditnote":{"creditnote_id":"5","total":10,"balance":6,"invoices":[{"invoice_id":"9","` + name + `":4}]}}`}}}}
		kept, err := dest[zoho.CreditNote]{Resource: zoho.CreditNotes, books: z.books}.Reread(t.Context(), "5")
		if err != nil {
			t.Fatal(err)
		}
		money := KeptOf(engine.Link{Extra: kept}).Money
		if have := money.Settles["9"].String(); have != want || len(money.Back) > 0 {
			t.Errorf("%s: %s settles the invoice, want %s; %v went back", name, have, want, money.Back)
		}
	}
}

// TestAVoucherClearsTheDoubtWhenItWasTheLast learns of each note only its own part, and that nothing is in doubt
// any more only when no other is to be looked at.
func TestAVoucherClearsTheDoubtWhenItWasTheLast(t *testing.T) {
	t.Parallel()

	for more, want := range map[bool]string{true: `{"credits/5":"10"}`, false: `{"asked":false,"credits/5":"10","doubt":false,"seen":false}`} {
		z := &zohoSays{answers: map[string][]said{"GET /creditnotes/5": {{200, `{"code":0,"creditnote":{"creditnote_id":"5","total":30,"balance":20,"invoices":[{"invoice_id":"9","amount_applied":10}]}}`}},
			"GET /invoices/9": {{200, `{"code":0,"invoice":{"invoice_id":"9","balance":50}}`}}}}
		aim, _ := json.Marshal(Aim{Note: "5", Invoice: "{id}", Reach: amount("10"), Look: true, More: more})
		err := dest[zoho.Invoice]{Resource: zoho.Invoices, books: z.books}.Step(t.Context(), engine.Step{Name: "credit:5#2", Method: http.MethodPost, Path: "/invoices/{id}/credits", Body: json.RawMessage(`{}`), Aim: aim}, []string{"9"})
		var stands *engine.Stands
		if !errors.As(err, &stands) || stands.Err != nil || string(stands.Extra) != want {
			t.Errorf("with more to look at %t: %v, learned %s, want %s", more, err, stands.Extra, want)
		}
		if len(z.asked) != 2 {
			t.Errorf("what is applied already took %v", z.asked)
		}
	}
}

// TestWhatStandsBehindARefusal is told with its own code, and a refusal stays one when that cannot be read.
func TestWhatStandsBehindARefusal(t *testing.T) {
	t.Parallel()

	refused := said{400, `{"code":9999,"message":"No."}`}
	update, create := "PUT /invoices/1", "PUT /invoices"
	for name, tt := range map[string]struct {
		answers map[string][]said
		key     string
		code    string
	}{
		"a person made it void":                           {map[string][]said{update: {refused}, "GET /invoices/1": {{200, `{"code":0,"invoice":{"invoice_id":"1","status":"void"}}`}}}, "", "invoice_voided_by_hand"},
		"money stands on it":                              {map[string][]said{update: {refused}, "GET /invoices/1": {{200, `{"code":0,"invoice":{"invoice_id":"1","total":100,"balance":40}}`}}}, "", "paid_document"},
		"no money stands on it":                           {map[string][]said{update: {refused}, "GET /invoices/1": {{200, `{"code":0,"invoice":{"invoice_id":"1","total":100,"balance":100}}`}}}, "", "zoho_refused"},
		"money stands on it, and its contact is inactive": {map[string][]said{update: {refused}, "GET /invoices/1": {{200, `{"code":0,"invoice":{"invoice_id":"1","total":100,"balance":40}}`}}, "GET /contacts/7": {{200, `{"code":0,"contact":{"contact_id":"7","status":"inactive"}}`}}}, "", "zoho_record_inactive"},
		"its balance is not told":                         {map[string][]said{update: {refused}, "GET /invoices/1": {{200, `{"code":0,"invoice":{"invoice_id":"1","total":100}}`}}}, "", "zoho_refused"},
		"it cannot be read":                               {map[string][]said{update: {refused}, "GET /invoices/1": {{500, ``}}}, "", "zoho_refused"},
		"its contact is inactive":                         {map[string][]said{create: {refused}, "GET /contacts/7": {{200, `{"code":0,"contact":{"contact_id":"7","contact_name":"Ada","status":"inactive"}}`}}}, "invoice:9", "zoho_record_inactive"},
		"an item of it is inactive":                       {map[string][]said{create: {refused}, "GET /contacts/7": {{200, `{"code":0,"contact":{"contact_id":"7","status":"active"}}`}}, "GET /items/3": {{200, `{"code":0,"item":{"item_id":"3","name":"Suite","status":"inactive"}}`}}}, "invoice:9", "zoho_record_inactive"},
		"all that it names is active":                     {map[string][]said{create: {refused}, "GET /contacts/7": {{200, `{"code":0,"contact":{"contact_id":"7","status":"active"}}`}}, "GET /items/3": {{200, `{"code":0,"item":{"item_id":"3","status":"active"}}`}}}, "invoice:9", "zoho_refused"},
		"what it names cannot be read":                    {map[string][]said{create: {refused}, "": {{500, ``}}}, "invoice:9", "zoho_refused"},
		"a field that it cannot do without":               {map[string][]said{create: {{400, `{"code":11,"message":"Invalid Element website"}`}}, "": {{500, ``}}}, "invoice:9", "zoho_refused"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			z := &zohoSays{answers: tt.answers}
			c := engine.Call{Method: http.MethodPut, Path: "/invoices/1", Key: tt.key, Body: json.RawMessage(`{"customer_id":"7","line_items":[{"item_id":"3"},{"item_id":"3"}]}`)}
			if tt.key != "" {
				c.Path = "/invoices"
			}
			_, err := dest[zoho.Invoice]{Resource: zoho.Invoices, books: z.books}.Send(t.Context(), c)
			if f := fault.Of(err); f == nil || f.Kind != fault.Rejected || f.Code != tt.code || !strings.Contains(f.Error(), "No") && tt.code != "zoho_refused" || f.Action == "" {
				t.Errorf("%v, want %s", err, tt.code)
			}
			if n := len(slices.DeleteFunc(z.asked, func(call string) bool { return call != "GET /items/3" })); n > 1 {
				t.Errorf("one item was asked for %d times", n)
			}
		})
	}
}

// TestALookThatFailsIsTold lets looks behind a refusal fail. The others are taken all the same and name what they
// find; otherwise the first that failed is told beside Zoho's words, nothing counts as gone, and it is tried again.
func TestALookThatFailsIsTold(t *testing.T) {
	t.Parallel()

	const refused, missed, away = `{"code":9999,"message":"Nein."}`, `{"code":1002,"message":"Resource does not exist."}`, `{"code":45,"message":"The day is used up."}`
	fine := map[string]said{
		"PUT /invoices":               {400, refused},
		"PUT /invoices/1":             {404, missed},
		"GET /invoices/1":             {200, `{"code":0,"invoice":{"invoice_id":"1","total":1,"balance":1}}`},
		"GET /contacts/7":             {200, `{"code":0,"contact":{"contact_id":"7","status":"active"}}`},
		"GET /items/3":                {200, `{"code":0,"item":{"item_id":"3","name":"Suite","status":"active"}}`},
		"GET /settings/taxes":         {200, `{"code":0,"taxes":[]}`},
		"GET /settings/taxgroups":     {200, `{"code":0,"tax_groups":[]}`},
		"GET /settings/taxexemptions": {200, `{"code":0,"tax_exemptions":[]}`},
		"GET /settings/taxes/4":       {200, `{"code":0,"tax":{"tax_id":"4","tax_name":"VAT 4%"}}`},
		"GET /chartofaccounts":        {200, `{"code":0,"chartofaccounts":[]}`},
		"GET /chartofaccounts/5":      {200, `{"code":0,"chart_of_account":{"account_id":"5","account_name":"Rooms"}}`},
	}
	gone := said{404, missed}
	for name, tt := range map[string]struct {
		path   string
		answer map[string]said
		code   string
		told   string // of the look that failed; "" = none
	}{
		"nothing fails":                         {"/invoices", nil, "zoho_refused", ""},
		"the contact":                           {"/invoices", map[string]said{"GET /contacts/7": {400, away}}, "zoho_refused", "are used up"},
		"an item, and an account is gone":       {"/invoices", map[string]said{"GET /items/3": {400, away}, "GET /chartofaccounts/5": gone}, "mapping_missing", ""},
		"the list of taxes":                     {"/invoices", map[string]said{"GET /settings/taxes": {400, away}}, "zoho_refused", "are used up"},
		"the taxes, and an account is gone":     {"/invoices", map[string]said{"GET /settings/taxes": {400, away}, "GET /chartofaccounts/5": gone}, "mapping_missing", ""},
		"a tax alone":                           {"/invoices", map[string]said{"GET /settings/taxes/4": {400, away}}, "zoho_refused", "are used up"},
		"a tax alone, and an account is gone":   {"/invoices", map[string]said{"GET /settings/taxes/4": {400, away}, "GET /chartofaccounts/5": gone}, "mapping_missing", ""},
		"the contact first, then the accounts":  {"/invoices", map[string]said{"GET /contacts/7": {400, away}, "GET /chartofaccounts": {400, refused}}, "zoho_refused", "are used up"},
		"something is missing":                  {"/invoices/1", nil, "zoho_refused", ""},
		"something is missing, and the contact": {"/invoices/1", map[string]said{"GET /contacts/7": {400, away}}, "zoho_refused", "are used up"},
		"whether the document is there":         {"/invoices/1", map[string]said{"GET /invoices/1": {400, away}}, "zoho_refused", "are used up"},
		"the document is gone":                  {"/invoices/1", map[string]said{"GET /invoices/1": gone}, "zoho_record_gone", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			z := &zohoSays{answers: map[string][]said{}}
			for call, answer := range fine {
				z.answers[call] = []said{answer}
			}
			for call, answer := range tt.answer {
				z.answers[call] = []said{answer}
			}
			c := engine.Call{Method: http.MethodPut, Path: tt.path, Body: json.RawMessage(`{"customer_id":"7","line_items":[{"item_id":"3","tax_id":"4","account_id":"5"}]}`)}
			if tt.path == "/invoices" {
				c.Key = "invoice:9"
			}
			_, err := dest[zoho.Invoice]{Resource: zoho.Invoices, books: z.books}.Send(t.Context(), c)
			f := fault.Of(err)
			if f == nil || f.Code != tt.code || f.Action == "" || tt.code == "zoho_refused" && f.Kind != fault.Rejected {
				t.Fatalf("%v, want %s; asked %q", err, tt.code, z.asked)
			}
			if _, told, _ := strings.Cut(f.Detail, "could not be looked at: "); !strings.Contains(told, tt.told) || (told != "") != (tt.told != "") || (f.RetryAfter > 0) != (tt.told != "") {
				t.Errorf("%s, tried again after %s", f.Detail, f.RetryAfter)
			}
		})
	}
}

// TestAListThatIsMissingProvesNothing never takes an answer without the list that it was asked for as
// proof that no refund was made: it would be made once more.
func TestAListThatIsMissingProvesNothing(t *testing.T) {
	t.Parallel()

	proof := engine.Proof{Path: "/creditnotes/{id}/refunds", List: "creditnote_refunds", Field: "reference_number", Value: "QLO-1"}
	for body, want := range map[string]string{
		`{"code":0,"creditnote_refunds":[{"reference_number":" QLO-1 "}]}`: "yes",
		`{"code":0,"creditnote_refunds":[]}`:                               "no",
		`{"code":0,"creditnote_refunds":null}`:                             "unread",
		`{"code":0,"message":"success"}`:                                   "unread",
	} {
		z := &zohoSays{answers: map[string][]said{"": {{200, body}}}}
		proved, err := dest[zoho.CreditNote]{Resource: zoho.CreditNotes, books: z.books}.StepDone(t.Context(), engine.Step{Proof: &proof}, "5")
		got := map[bool]string{true: "yes", false: "no"}[proved]
		if err != nil {
			got = "unread"
		}
		if got != want {
			t.Errorf("%s proves: %s, want %s (%v)", body, got, want, err)
		}
	}
}

// TestWhatAStepNamesAndIsGoneIsNamed tells a document that is gone from one that stands while what its
// step names is gone: the first makes others wait for another one, the second must not.
func TestWhatAStepNamesAndIsGoneIsNamed(t *testing.T) {
	t.Parallel()

	gone, none := said{404, `{"code":1002,"message":"Resource does not exist."}`}, said{404, `{"code":1002,"message":"No."}`}
	refund := engine.Step{Name: "refund", Method: http.MethodPost, Path: "/creditnotes/{id}/refunds", Body: json.RawMessage(`{"from_account_id":"77","amount":5}`)}
	apply := engine.Step{Name: "apply", Method: http.MethodPost, Path: "/creditnotes/{id}/invoices", Body: json.RawMessage(`{"invoices":[{"invoice_id":"9","amount_applied":5}]}`),
		Aim: json.RawMessage(`{"note":"{id}","invoice":"9","reach":"5","due":"0"}`)}
	stands := []said{{200, `{"code":0,"creditnote":{"creditnote_id":"5","total":10,"balance":10,"status":"open"}}`}}
	for name, tt := range map[string]struct {
		step    engine.Step
		answers map[string][]said
		code    string
		kind    fault.Kind
		other   string // id of what is gone, where that is another record
	}{
		"the credit note itself": {refund, map[string][]said{"POST /creditnotes/5/refunds": {gone}, "GET /creditnotes/5": {none}}, "zoho_record_gone", fault.NotFound, ""},
		"the account of a refund": {refund, map[string][]said{"POST /creditnotes/5/refunds": {gone}, "GET /creditnotes/5": stands, "GET /chartofaccounts": {{200, `{"code":0,"chartofaccounts":[],"page_context":{"has_more_page":false}}`}},
			"GET /bankaccounts": {{200, `{"code":0,"bankaccounts":[],"page_context":{"has_more_page":false}}`}}, "GET /chartofaccounts/77": {none}, "GET /bankaccounts/77": {none}}, "mapping_missing", fault.Blocked, ""},
		"something that nobody can name":    {refund, map[string][]said{"POST /creditnotes/5/refunds": {gone}, "GET /creditnotes/5": stands, "": {{500, ``}}}, "zoho_refused", fault.Rejected, ""},
		"the invoice that is settled":       {apply, map[string][]said{"POST /creditnotes/5/invoices": {gone}, "GET /creditnotes/5": stands, "GET /invoices/9": {none}}, "zoho_record_gone", fault.Rejected, "9"},
		"the credit note that is to settle": {apply, map[string][]said{"POST /creditnotes/5/invoices": {gone}, "GET /creditnotes/5": {none}}, "zoho_record_gone", fault.NotFound, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			z := &zohoSays{answers: tt.answers}
			err := dest[zoho.CreditNote]{Resource: zoho.CreditNotes, books: z.books}.Step(t.Context(), tt.step, []string{"5"})
			f := fault.Of(err)
			if f == nil || f.Code != tt.code || f.Kind != tt.kind {
				t.Fatalf("%v (%v), want %s; asked %q", err, f, tt.code, z.asked)
			}
			var other *engine.Vanished
			if errors.As(err, &other) != (tt.other != "") || other != nil && other.ID != tt.other {
				t.Errorf("it names %+v, want %q", other, tt.other)
			}
		})
	}
}

// TestWithoutABookNothingIsSent tells why through every door of a destination.
func TestWithoutABookNothingIsSent(t *testing.T) {
	t.Parallel()

	held := fault.New(fault.Held, "not_connected", "Not connected.")
	away := func(context.Context) (*zoho.Client, error) { return nil, held }
	d, money := dest[zoho.Invoice]{Resource: zoho.Invoices, books: away}, paymentDest{dest[zoho.CustomerPayment]{Resource: zoho.CustomerPayments, books: away}}
	coin := currencyDest{dest[zoho.NewCurrency]{books: away}}
	ctx, call := t.Context(), engine.Call{Method: http.MethodPut, Path: "/invoices", Key: "invoice:1", Body: json.RawMessage(`{}`)}
	_, sent := d.Send(ctx, call)
	_, _, found := d.Find(ctx, "invoice:1", call)
	_, read := d.Current(ctx, "1")
	_, proved := d.StepDone(ctx, engine.Step{Proof: &engine.Proof{Path: "/invoices/1"}}, "1")
	_, made := coin.Send(ctx, engine.Call{Body: json.RawMessage(`{"currency_code":"EUR"}`)})
	for door, err := range map[string]error{
		"send": sent, "find": found, "read": read, "prove": proved, "currency": made, "step": d.Step(ctx, engine.Step{Method: http.MethodPost}, []string{"1"}),
		"give back": money.Step(ctx, engine.Step{Name: GiveBackStep + "1:5", Body: json.RawMessage(`{}`)}, []string{"1"}),
	} {
		if !errors.Is(err, held) {
			t.Errorf("%s: %v", door, err)
		}
	}
}

// TestMoneyIsAppliedAsFarAsItGoes reads both sides when Zoho refuses to apply money, applies what both
// have room for, and never takes an answer that does not say so for nothing.
func TestMoneyIsAppliedAsFarAsItGoes(t *testing.T) {
	t.Parallel()

	const call, look, note = "POST /creditnotes/5/invoices", "GET /invoices/9", "GET /creditnotes/5"
	refused := said{400, `{"code":24016,"message":"More than the balance."}`}
	balance := func(text string) []said {
		return []said{{200, `{"code":0,"invoice":{"invoice_id":"9","invoice_number":"IN9",` + text + `}}`}}
	}
	open := func(amount, settles string) []said {
		return []said{{200, `{"code":0,"creditnote":{"creditnote_id":"5","total":10,"balance":` + amount + `,"invoices":[` + settles + `]}}`}}
	}
	whole := open("10", "")
	elsewhere := open("0", `{"invoice_id":"8","invoice_number":"IN8","amount_applied":10}`)
	for name, tt := range map[string]struct {
		answers map[string][]said
		told    string // what people are told; "" = the step did not happen
		kind    fault.Kind
		sent    string // the amount that was applied last
	}{
		"it takes a part":          {map[string][]said{call: {refused, {200, `{"code":0}`}}, note: whole, look: balance(`"balance":4`)}, "6.00 stays as the guest's credit", "", "4"},
		"it takes nothing more":    {map[string][]said{call: {refused}, note: whole, look: balance(`"balance":0`)}, "10.00 stays as the guest's credit", "", "10"},
		"it is void":               {map[string][]said{call: {refused}, note: whole, look: balance(`"status":"void"`)}, "10.00 stays as the guest's credit", "", "10"},
		"it takes all of it":       {map[string][]said{call: {refused}, note: whole, look: balance(`"balance":10`)}, "", fault.Rejected, "10"},
		"it does not say":          {map[string][]said{call: {refused}, note: whole, look: balance(`"total":10`)}, "", fault.Held, "10"},
		"it cannot be read":        {map[string][]said{call: {refused}, note: whole, look: {{500, ``}}}, "", fault.Unavailable, "10"},
		"the note cannot be read":  {map[string][]said{call: {refused}, note: {{500, ``}}, look: balance(`"balance":4`)}, "", fault.Unavailable, "10"},
		"the part is lost":         {map[string][]said{call: {refused, {200, `<html>`}}, note: whole, look: balance(`"balance":4`)}, "", fault.Unknown, "4"},
		"the part is refused, too": {map[string][]said{call: {refused}, note: whole, look: balance(`"balance":4`)}, "", fault.Rejected, "4"},
		"it is applied already":    {map[string][]said{call: {refused}, note: open("0", `{"invoice_id":"9","amount_applied":10}`), look: balance(`"balance":0`)}, "done", "", "10"},
		"it was used otherwise":    {map[string][]said{call: {refused}, note: elsewhere, look: balance(`"balance":0`)}, "10.00 settle invoice IN8", "", "10"},
		"and is missing here":      {map[string][]said{call: {refused}, note: elsewhere, look: balance(`"balance":10`)}, "", fault.Held, "10"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			z := &zohoSays{answers: tt.answers}
			step := engine.Step{Name: "apply:9", Method: http.MethodPost, Path: "/creditnotes/{id}/invoices", Body: json.RawMessage(`{"invoices":[{"invoice_id":"9","amount_applied":10}]}`),
				Aim: json.RawMessage(`{"note":"{id}","invoice":"9","reach":"10"}`)}
			err := dest[zoho.CreditNote]{Resource: zoho.CreditNotes, books: z.books}.Step(t.Context(), step, []string{"5"})
			var told *engine.Told
			var stands *engine.Stands
			switch {
			case errors.As(err, &told):
				if tt.told == "" || !strings.Contains(told.Detail, tt.told) {
					t.Errorf("told %+v, want %q", told, tt.told)
				}
			case errors.As(err, &stands) && stands.Err == nil:
				if tt.told != "done" || !strings.Contains(string(stands.Extra), `"9":"10"`) {
					t.Errorf("it stands as %s, want %q", stands.Extra, tt.told)
				}
			case tt.told != "" || fault.KindOf(err) != tt.kind:
				t.Errorf("%v, want %q or %s", err, tt.told, tt.kind)
			case name == "it does not say":
				if fault.Of(err).Code != "money_untold" {
					t.Errorf("%v, want it to be asked about", err)
				}
			case tt.kind == fault.Held && (fault.Of(err).Code != "settled_otherwise" || !strings.Contains(fault.Of(err).Detail, "10.00 settle invoice IN8")):
				t.Errorf("it asks %v", err)
			}
			last := ""
			for i, asked := range z.asked {
				if asked == call {
					last = z.bodies[i]
				}
			}
			if !strings.Contains(strings.ReplaceAll(last, ",", "}"), `"amount_applied":`+tt.sent+"}") {
				t.Errorf("last sent %s, want %s", last, tt.sent)
			}
		})
	}
}

// TestAPaymentThatStandsIsTakenAsItStands does not write what a payment settles anew, where Zoho refuses
// that because it stands already, with a part given back.
func TestAPaymentThatStandsIsTakenAsItStands(t *testing.T) {
	t.Parallel()

	const call, stands = "PUT /customerpayments", `{"payment_id":"5","amount":10,"unused_amount":0,"cf_qloapps_key":"payment:5","invoices":[{"invoice_id":"9","amount_applied":7}]}`
	z := &zohoSays{answers: map[string][]said{
		call:                       {{400, `{"code":24016,"message":"More than the balance."}`}},
		"GET /customerpayments":    {{200, `{"code":0,"customerpayments":[` + stands + `]}`}},
		"GET /customerpayments/5":  {{200, `{"code":0,"payment":` + stands + `}`}},
		"GET /invoices/9":          {{200, `{"code":0,"invoice":{"invoice_id":"9","balance":3}}`}},
		"POST /invoices/9/credits": {{200, `{"code":0}`}},
	}}
	body, _ := json.Marshal(zoho.CustomerPayment{CustomerID: "7", Amount: money.N(amount("10")), Invoices: []zoho.Allocation{{InvoiceID: "9", AmountApplied: money.N(amount("10"))}}})
	d := paymentDest{dest[zoho.CustomerPayment]{Resource: zoho.CustomerPayments, books: z.books}}
	answer, err := d.Send(t.Context(), engine.Call{Method: http.MethodPut, Path: "/customerpayments", Key: "payment:5", Body: body})
	var k Kept
	if err != nil || answer.ID != "5" || json.Unmarshal(answer.Extra, &k) != nil || !k.Money.Settles["9"].Equal(amount("7")) || !k.Money.Back[Unnamed].Equal(amount("3")) {
		t.Errorf("%+v %s %v", answer, answer.Extra, err)
	}
	for _, asked := range z.asked[1:] {
		if !strings.HasPrefix(asked, "GET ") {
			t.Errorf("%s was called", asked)
		}
	}
}

// TestAPaymentIsPostedWithWhatItsInvoicesTake does the same for a payment that is new.
func TestAPaymentIsPostedWithWhatItsInvoicesTake(t *testing.T) {
	t.Parallel()

	const call = "PUT /customerpayments"
	refused, made := said{400, `{"code":24016,"message":"More than the balance."}`}, said{201, `{"code":0,"payment":{"payment_id":"5","amount":10}}`}
	for name, tt := range map[string]struct {
		answers map[string][]said
		kind    fault.Kind
		sent    string
		notice  bool
	}{
		"one takes less":    {map[string][]said{call: {refused, made}, "GET /customerpayments/5": {{200, `{"code":0,"payment":{"payment_id":"5","amount":10,"invoices":[{"invoice_id":"9","amount_applied":3.5}]}}`}}, "GET /customerpayments": {{200, `{"code":0,"customerpayments":[]}`}}, "GET /invoices/9": {{200, `{"code":0,"invoice":{"invoice_id":"9","balance":"3.50"}}`}}}, "", `"amount_applied":3.5}`, true},
		"one takes nothing": {map[string][]said{call: {refused, made}, "GET /customerpayments": {{200, `{"code":0,"customerpayments":[]}`}}, "GET /invoices/9": {{200, `{"code":0,"invoice":{"invoice_id":"9","balance":-1}}`}}}, "", `"amount":10`, true},
		"it takes all":      {map[string][]said{call: {refused}, "GET /customerpayments": {{200, `{"code":0,"customerpayments":[]}`}}, "GET /invoices/9": {{200, `{"code":0,"invoice":{"invoice_id":"9","balance":10}}`}}}, fault.Rejected, `"amount_applied":10}`, false},
		"it does not say":   {map[string][]said{call: {refused}, "GET /customerpayments": {{200, `{"code":0,"customerpayments":[]}`}}, "GET /invoices/9": {{200, `{"code":0,"invoice":{"invoice_id":"9"}}`}}}, fault.Held, `"amount_applied":10}`, false},
		"it is lost":        {map[string][]said{call: {refused, {502, ``}}, "GET /customerpayments": {{200, `{"code":0,"customerpayments":[]}`}}, "GET /invoices/9": {{200, `{"code":0,"invoice":{"invoice_id":"9","balance":1}}`}}}, fault.Unknown, `"amount_applied":1}`, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			z := &zohoSays{answers: tt.answers}
			body, err := json.Marshal(zoho.CustomerPayment{CustomerID: "7", Amount: money.N(amount("10")), Invoices: []zoho.Allocation{{InvoiceID: "9", AmountApplied: money.N(amount("10"))}}})
			if err != nil {
				t.Fatal(err)
			}
			d := paymentDest{dest[zoho.CustomerPayment]{Resource: zoho.CustomerPayments, books: z.books}}
			answer, err := d.Send(t.Context(), engine.Call{Method: http.MethodPut, Path: "/customerpayments", Key: "payment:5", Body: body})
			if fault.KindOf(err) != tt.kind || err == nil && answer.ID != "5" {
				t.Errorf("%+v, %v, want %q", answer, err, tt.kind)
			}
			last := ""
			for i, asked := range z.asked {
				if asked == call {
					last = z.bodies[i]
				}
			}
			if !strings.Contains(last, tt.sent) || tt.sent == `"amount":10` && strings.Contains(last, "amount_applied") {
				t.Errorf("last sent %s, want %s", last, tt.sent)
			}
			if noticed := len(answer.Notices) > 0; err == nil && noticed != tt.notice {
				t.Errorf("notices %v", answer.Notices)
			}
		})
	}
}

// TestMoneyGoesBackAsFarAsThePaymentHasIt frees what is missing from the newest allocations, and gives
// nothing back when it cannot be read what there is.
func TestMoneyGoesBackAsFarAsThePaymentHasIt(t *testing.T) {
	t.Parallel()

	const read, change, list, back, accounts = "GET /customerpayments/5", "PUT /customerpayments/5", "GET /customerpayments/5/refunds", "POST /customerpayments/5/refunds", "GET /chartofaccounts"
	ok := []said{{200, `{"code":0,"payment_refund":{"amount":20}}`}}
	payment := func(text string) []said {
		return []said{{200, `{"code":0,"payment":{"payment_id":"5","amount":50,` + text + `}}`}}
	}
	for name, tt := range map[string]struct {
		answers map[string][]said
		kind    fault.Kind
		asked   string
	}{
		"it has as much unused":     {map[string][]said{read: payment(`"unused_amount":20`), back: ok}, "", read + ", " + back},
		"a part of it is allocated": {map[string][]said{read: payment(`"unused_amount":5,"invoices":[{"invoice_id":"9","amount_applied":45}]`), change: payment(`"invoices":[{"invoice_id":"9","amount_applied":30}]`), back: ok}, "", read + ", " + change + ", " + back},
		"the change tells nothing":  {map[string][]said{read: append(payment(`"unused_amount":5,"invoices":[{"invoice_id":"9","amount_applied":45}]`), payment(`"invoices":[{"invoice_id":"9","amount_applied":30}]`)...), change: {{200, `{"code":0}`}}, back: ok}, "", read + ", " + change + ", " + read + ", " + back},
		"the change was not made":   {map[string][]said{read: payment(`"unused_amount":5,"invoices":[{"invoice_id":"9","amount_applied":45}]`), change: {{200, `{"code":0}`}}, back: ok}, fault.Held, read + ", " + change + ", " + read},
		"the refund is not told":    {map[string][]said{read: payment(`"unused_amount":20`), back: {{200, `{"code":0,"message":"success"}`}}}, fault.Unknown, read + ", " + back},
		"the refund is refused": {map[string][]said{read: payment(`"unused_amount":5,"invoices":[{"invoice_id":"9","amount_applied":45}]`), back: {{400, `{"code":9999,"message":"Reconciled."}`}},
			change: append(payment(`"invoices":[{"invoice_id":"9","amount_applied":30}]`), payment(`"invoices":[{"invoice_id":"9","amount_applied":45}]`)...)}, fault.Held, read + ", " + change + ", " + back + ", " + accounts + ", " + change},
		"it has less left altogether":           {map[string][]said{read: payment(`"unused_amount":5,"invoices":[{"invoice_id":"9","amount_applied":4}]`)}, fault.Held, read},
		"a part was freed before":               {map[string][]said{read: payment(`"unused_amount":20,"invoices":[{"invoice_id":"9","amount_applied":30}]`), back: ok}, "", read + ", " + back},
		"another order has the rest":            {map[string][]said{read: payment(`"unused_amount":0,"invoices":[{"invoice_id":"8","amount_applied":50}]`)}, fault.Held, read},
		"it does not say":                       {map[string][]said{read: payment(`"invoices":[]`), list: {{200, `{"code":0}`}}}, fault.Held, read + ", " + list},
		"the list says what is left":            {map[string][]said{read: payment(`"invoices":[]`), list: {{200, `{"code":0,"payment_refunds":[{"amount_fcy":30}]}`}}, back: ok}, "", read + ", " + list + ", " + back},
		"the list says that too little is left": {map[string][]said{read: payment(`"invoices":[]`), list: {{200, `{"code":0,"payment_refunds":[{"amount_fcy":20},{"amount":15}]}`}}}, fault.Held, read + ", " + list},
		"the list cannot be read":               {map[string][]said{read: payment(`"invoices":[]`), list: {{500, ``}}}, fault.Unavailable, read + ", " + list},
		"it cannot be read":                     {map[string][]said{read: {{500, ``}}}, fault.Unavailable, read},
		"it may not be changed":                 {map[string][]said{read: payment(`"unused_amount":0,"invoices":[{"invoice_id":"9","amount_applied":50}]`), change: {{400, `{"code":9999,"message":"Reconciled."}`}}}, fault.Held, read + ", " + change},
		"the refund is lost":                    {map[string][]said{read: payment(`"unused_amount":20`), back: {{200, `<html>`}}}, fault.Unknown, read + ", " + back},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			z := &zohoSays{answers: tt.answers}
			body, _ := json.Marshal(Refunding{PaymentID: "5", Payment: json.RawMessage(`{"amount":50}`), Refund: zoho.Refund{Amount: money.N(amount("20")), Account: "77", Reference: "payment:6"},
				Kept: []zoho.Allocation{{InvoiceID: "9", AmountApplied: money.N(amount("30"))}}})
			d := paymentDest{dest[zoho.CustomerPayment]{Resource: zoho.CustomerPayments, books: z.books}}
			err := d.Step(t.Context(), engine.Step{Name: GiveBackStep + "5:20", Method: http.MethodPost, Path: "/customerpayments/5/refunds", Body: body}, []string{"5"})
			if fault.KindOf(err) != tt.kind || err != nil && fault.Of(err).Action == "" {
				t.Errorf("%v, want %q", err, tt.kind)
			}
			if asked := strings.Join(z.asked, ", "); asked != tt.asked {
				t.Errorf("asked %s, want %s", asked, tt.asked)
			}
		})
	}
}

// TestMoneyThatWentBackByHandIsAskedAbout gives nothing back that somebody gave back by hand, unless a person says so;
// money that went back for another record, or another amount, is no reason to ask.
func TestMoneyThatWentBackByHandIsAskedAbout(t *testing.T) {
	t.Parallel()

	const read, list, back = "GET /customerpayments/5", "GET /customerpayments/5/refunds", "POST /customerpayments/5/refunds"
	for name, tt := range map[string]struct {
		refunds string
		force   bool
		asks    bool
		made    bool
	}{
		"by hand":                       {refunds: `{"amount":20,"date":"2026-05-04","reference_number":"at the desk"}`, asks: true},
		"by hand without a reference":   {refunds: `{"amount":"20.00","date":"2026-05-04"}`, asks: true},
		"by hand, and a person decided": {refunds: `{"amount":20,"date":"2026-05-04"}`, force: true, made: true},
		"another amount by hand":        {refunds: `{"amount":10,"date":"2026-05-04"}`, made: true},
		"for another record":            {refunds: `{"amount":20,"reference_number":"payment:66"}`, made: true},
		"by us":                         {refunds: `{"amount":20,"reference_number":"payment:67"}`},
		"by us, and as much by hand":    {refunds: `{"amount":20},{"amount":20,"reference_number":"payment:67"}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			z := &zohoSays{answers: map[string][]said{back: {{200, `{"code":0}`}}, list: {{200, `{"code":0,"payment_refunds":[` + tt.refunds + `]}`}},
				read: {{200, `{"code":0,"payment":{"payment_id":"5","payment_number":"12","amount":80,"unused_amount":30,"invoices":[{"invoice_id":"9","amount_applied":10}]}}`}}}}
			body, _ := json.Marshal(Refunding{PaymentID: "5", Payment: json.RawMessage(`{"amount":80}`), Refund: zoho.Refund{Amount: money.N(amount("20")), Reference: "payment:67"}, Force: tt.force})
			err := paymentDest{dest[zoho.CustomerPayment]{Resource: zoho.CustomerPayments, books: z.books}}.Step(t.Context(), engine.Step{Name: GiveBackStep + "5:20", Method: http.MethodPost, Path: "/customerpayments/5/refunds", Body: body,
				Proof: &engine.Proof{Path: "/customerpayments/5/refunds", List: "payment_refunds", Field: "reference_number", Value: "payment:67"}}, []string{"5"})
			var stands *engine.Stands
			if asked := errors.As(err, &stands) && stands.Ask && fault.Of(err).Code == "settled_otherwise" && strings.Contains(string(stands.Extra), `"asked":true`); asked != tt.asks || err != nil && !asked {
				t.Errorf("it ends with %v", err)
			}
			if made := slices.Contains(z.asked, back); made != tt.made {
				t.Errorf("given back: %t after %v", made, z.asked)
			}
		})
	}
}

// TestMoneyOfACreditNoteThatWentBackByHandIsAskedAbout is the same for a credit note that stood before.
func TestMoneyOfACreditNoteThatWentBackByHandIsAskedAbout(t *testing.T) {
	t.Parallel()

	const list, back = "GET /creditnotes/5/refunds", "POST /creditnotes/5/refunds"
	body, _ := json.Marshal(zoho.Refund{Amount: money.N(amount("20")), Reference: "credit_note:7"})
	for refunds, want := range map[string]string{`{"amount":20}`: "asks", `{"amount":20,"reference_number":"credit_note:7"}`: "done", `{"amount":20,"reference_number":"credit_note:8"},{"amount":5}`: "made", ``: "made"} {
		z := &zohoSays{answers: map[string][]said{back: {{200, `{"code":0}`}}, list: {{200, `{"code":0,"creditnote_refunds":[` + refunds + `]}`}}}}
		err := dest[zoho.CreditNote]{Resource: zoho.CreditNotes, books: z.books}.Step(t.Context(), engine.Step{Name: RefundStep, Method: http.MethodPost, Path: "/creditnotes/{id}/refunds", Body: body, Aim: json.RawMessage(`{"number":"RE7"}`),
			Proof: &engine.Proof{Path: "/creditnotes/{id}/refunds", List: "creditnote_refunds", Field: "reference_number", Value: "credit_note:7"}}, []string{"5"})
		have := "done"
		if slices.Contains(z.asked, back) {
			have = "made"
		}
		if fault.Is(err, fault.Held) && strings.Contains(err.Error(), "RE7") {
			have = "asks"
		} else if err != nil {
			t.Error(err)
		}
		if have != want {
			t.Errorf("with %s it %s, want %s", refunds, have, want)
		}
	}
}

// TestACurrencyIsMadeOnce finds one that stands before it makes one, and is not done before it shows.
func TestACurrencyIsMadeOnce(t *testing.T) {
	t.Parallel()

	const list, creates = "GET /settings/currencies", "POST /settings/currencies"
	none, euro := said{200, `{"code":0,"currencies":[{"currency_id":"1","currency_code":"USD"}]}`}, said{200, `{"code":0,"currencies":[{"currency_id":"2","currency_code":"EUR"}]}`}
	for name, tt := range map[string]struct {
		answers map[string][]said
		kind    fault.Kind
		made    int
	}{
		"it stands":             {map[string][]said{list: {euro}}, "", 0},
		"it is new":             {map[string][]said{list: {none, euro}, creates: {{201, `{"code":0}`}}}, "", 1},
		"it does not show yet":  {map[string][]said{list: {none}, creates: {{201, `{"code":0}`}}}, fault.Unknown, 1},
		"it is refused":         {map[string][]said{list: {none}, creates: {{400, `{"code":9,"message":"Not in your plan."}`}}}, fault.Rejected, 1},
		"its making is lost":    {map[string][]said{list: {none}, creates: {{502, ``}}}, fault.Unknown, 1},
		"the list has no ids":   {map[string][]said{list: {{200, `{"code":0,"currencies":[{"currency_code":"EUR"}]}`}}}, fault.Unavailable, 0},
		"the list is not there": {map[string][]said{list: {{200, `{"code":0}`}}}, fault.Unavailable, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			z := &zohoSays{answers: tt.answers}
			d := currencyDest{dest[zoho.NewCurrency]{books: z.books}}
			call, err := d.Draft("currency:2", engine.Link{}, zoho.CurrencyOf("EUR"))
			if err != nil {
				t.Fatal(err)
			}
			answer, err := d.Send(t.Context(), call)
			if fault.KindOf(err) != tt.kind || err == nil && answer.ID != "2" {
				t.Errorf("%+v, %v, want %q", answer, err, tt.kind)
			}
			if n := len(slices.DeleteFunc(z.asked, func(call string) bool { return call != creates })); n != tt.made {
				t.Errorf("made %d times, want %d", n, tt.made)
			}
		})
	}
}

func amount(text string) money.Decimal { return money.MustParse(text) }
