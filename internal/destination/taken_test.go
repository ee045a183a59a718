package destination

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// TestWhatAStepCameToIsCompared answers each step that moves money with something else than was asked. It was
// taken, so it is told as such, with both figures; an answer that tells nothing proves no difference.
func TestWhatAStepCameToIsCompared(t *testing.T) {
	t.Parallel()

	const unknown = "unknown"
	refund := engine.Step{Name: "refund", Method: http.MethodPost, Path: "/creditnotes/{id}/refunds", Body: json.RawMessage(`{"date":"2026-03-01","from_account_id":"77","amount":50,"reference_number":"credit_note:1"}`)}
	apply := engine.Step{Name: "apply", Method: http.MethodPost, Path: "/creditnotes/{id}/invoices", Body: json.RawMessage(`{"invoices":[{"invoice_id":"9","amount_applied":50}]}`)}
	use := engine.Step{Name: "use", Method: http.MethodPost, Path: "/invoices/9/credits", Body: json.RawMessage(`{"apply_creditnotes":[{"creditnote_id":"{id}","amount_applied":50}]}`)}
	for name, tt := range map[string]struct {
		step   engine.Step
		answer string
		words  string // "" = it is as asked, unknown = that is to be read
	}{
		"as asked":                   {refund, `{"code":0,"creditnote_refund":{"date":"2026-03-01","from_account_id":77,"amount":"50.00","reference_number":"credit_note:1"}}`, ""},
		"nothing is told":            {refund, `{"code":0,"message":"Refunded."}`, unknown},
		"no refund is told":          {refund, `{"code":0,"creditnote_refund":{}}`, unknown},
		"a refund is told as null":   {refund, `{"code":0,"creditnote_refund":null}`, unknown},
		"no amount is told":          {refund, `{"code":0,"creditnote_refund":{"creditnote_refund_id":"8","date":"2026-03-01"}}`, unknown},
		"one of a list, no amount":   {refund, `{"code":0,"payment_refunds":[{"reference_number":"credit_note:1","amount":null}]}`, unknown},
		"another amount":             {refund, `{"code":0,"creditnote_refund":{"amount":5}}`, "5.00 were given back there instead of 50.00"},
		"another day":                {refund, `{"code":0,"creditnote_refund":{"amount":50,"date":"2026-03-02"}}`, "2026-03-02"},
		"another account":            {refund, `{"code":0,"payment_refund":{"amount":50,"from_account_id":"78"}}`, "«78»"},
		"one of a list":              {refund, `{"code":0,"payment_refunds":[{"reference_number":"x","amount":1},{"reference_number":"credit_note:1","amount":49}]}`, "49.00 were given back"},
		"others of a list":           {refund, `{"code":0,"payment_refunds":[{"reference_number":"x","amount":1}]}`, unknown},
		"applied as asked":           {apply, `{"code":0,"invoices":[{"invoice_id":"9","amount_applied":50}]}`, ""},
		"applied, and nothing told":  {apply, `{"code":0}`, ""},
		"less applied":               {apply, `{"code":0,"apply_to_invoices":{"invoices":[{"invoice_id":"9","amount_applied":40}]}}`, "40.00 were applied there instead of 50.00"},
		"less used":                  {use, `{"code":0,"use_credits":{"apply_creditnotes":[{"creditnote_id":"5","amount_applied":"12.5"}]}}`, "12.50 were applied there instead of 50.00"},
		"something else was applied": {use, `{"code":0,"use_credits":{"apply_creditnotes":[{"creditnote_id":"6","amount_applied":"12.5"}]}}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			z := &zohoSays{answers: map[string][]said{"": {{200, tt.answer}}}}
			err := dest[zoho.CreditNote]{Resource: zoho.CreditNotes, books: z.books}.Step(t.Context(), tt.step, []string{"5"})
			if tt.words == "" || tt.words == unknown {
				if fault.KindOf(err) != map[string]fault.Kind{unknown: fault.Unknown}[tt.words] {
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

// TestAnAnswerAboutAnotherCreditIsNotBelieved reads what stands where the answer lists something else than what was
// applied. An answer without a list, as Zoho's own files show it, costs no call.
func TestAnAnswerAboutAnotherCreditIsNotBelieved(t *testing.T) {
	t.Parallel()

	const post, get = "POST /creditnotes/5/invoices", "GET /creditnotes/5"
	step := engine.Step{Name: "apply:9", Method: http.MethodPost, Path: "/creditnotes/{id}/invoices", Body: json.RawMessage(`{"invoices":[{"invoice_id":"9","amount_applied":50}]}`),
		Proof: &engine.Proof{Path: "/creditnotes/{id}", Envelope: "creditnote", List: "invoices", Field: "invoice_id", Value: "9", Sum: "amount_applied", Reach: "50"}}
	note := func(settles string) said {
		return said{200, `{"code":0,"creditnote":{"creditnote_id":"5","total":50,"balance":0,"invoices":[` + settles + `]}}`}
	}
	other := `{"code":0,"apply_to_invoices":{"invoices":[{"invoice_id":"8","amount_applied":50}]}}`
	for name, tt := range map[string]struct {
		answer string
		reads  said
		asked  string
		kind   fault.Kind
	}{
		"it tells nothing":             {`{"code":0}`, note(``), post, ""},
		"it tells an empty list":       {`{"code":0,"apply_to_invoices":{"invoices":[]}}`, note(``), post, ""},
		"it tells it":                  {`{"code":0,"apply_to_invoices":{"invoices":[{"invoice_id":"8","amount_applied":1},{"invoice_id":"9","amount_applied":50}]}}`, note(``), post, ""},
		"another, and this was too":    {other, note(`{"invoice_id":"9","amount_applied":50}`), post + ", " + get, ""},
		"another":                      {other, note(`{"invoice_id":"8","amount_applied":50}`), post + ", " + get, fault.Rejected},
		"another, and it is not known": {other, said{500, ``}, post + ", " + get, fault.Unknown},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			z := &zohoSays{answers: map[string][]said{post: {{200, tt.answer}}, get: {tt.reads}}}
			err := dest[zoho.CreditNote]{Resource: zoho.CreditNotes, books: z.books}.Step(t.Context(), step, []string{"5"})
			if asked := strings.Join(z.asked, ", "); fault.KindOf(err) != tt.kind || asked != tt.asked {
				t.Errorf("%v after %s, want %q after %s", err, asked, tt.kind, tt.asked)
			}
		})
	}
}

// TestWhatANewPaymentSettlesIsCompared never takes a payment for settled as asked because its amount is right: a person
// is asked, with what was asked and what stands, and it is read again. One that stood may have been settled by people.
func TestWhatANewPaymentSettlesIsCompared(t *testing.T) {
	t.Parallel()

	const wish, by = "By QloApps 50.00 of it settle invoice 9, 10.00 are unused. In Zoho Books it stands otherwise: ", ". Zoho Books did that by itself when the payment was made, and it was left so."
	for name, tt := range map[string]struct {
		status   int
		invoices string
		words    string
	}{
		"as asked":           {201, `,"invoices":[{"invoice_id":"9","amount_applied":30},{"invoice_id":9,"amount_applied":"20.00"}]`, ""},
		"nothing told":       {201, ``, ""},
		"no amounts told":    {201, `,"invoices":[{"invoice_id":"9"}]`, ""},
		"less":               {201, `,"invoices":[{"invoice_id":"9","invoice_number":"INV-9","amount_applied":40}]`, wish + "40.00 of it settle invoice INV-9, 20.00 are unused" + by},
		"none":               {201, `,"invoices":[]`, wish + "60.00 are unused" + by},
		"another as well":    {201, `,"invoices":[{"invoice_id":"9","amount_applied":50},{"invoice_id":"8","invoice_number":"INV-8","amount_applied":10}]`, wish + "10.00 of it settle invoice INV-8, 50.00 of it settle invoice 9, 0.00 are unused" + by},
		"one that was there": {200, `,"invoices":[]`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			z := &zohoSays{answers: map[string][]said{"": {{tt.status, `{"code":0,"payment":{"payment_id":"4","amount":60` + tt.invoices + `}}`}}}}
			answer, err := Payments(z.books).Send(t.Context(), engine.Call{Method: http.MethodPut, Path: "/customerpayments", Key: "payment:1", Body: json.RawMessage(`{"amount":60,"invoices":[{"invoice_id":"9","amount_applied":50}]}`)})
			if err != nil || len(answer.Differs) > 0 {
				t.Fatalf("%q, %v", answer.Differs, err)
			}
			kept := KeptOf(engine.Link{Extra: answer.Extra})
			if tt.words == "" {
				if answer.Asks != nil || kept.Doubt != strings.HasPrefix(name, "no") || kept.Seen || kept.Known != nil { // a list that is missing is read before anything is moved
					t.Errorf("%v, kept %s", answer.Asks, answer.Extra)
				}
				return
			}
			f := fault.Of(answer.Asks)
			if f == nil || f.Kind != fault.Held || f.Code != "settled_otherwise" || f.Detail != tt.words || !strings.Contains(f.Action, "Release") {
				t.Errorf("%v, want %s", answer.Asks, tt.words)
			}
			if !kept.Doubt || !kept.Seen || !kept.Asked || kept.Known == nil || kept.Money == nil || !kept.Known.Settles["9"].Equal(money.MustParse("50")) {
				t.Errorf("kept %s", answer.Extra)
			}
		})
	}
}

// TestASilentAnswerToAPaymentIsReadOnce reads what a payment settles where the answer does not tell it, and what that
// tells counts like an answer. Where it cannot be read nobody knows what became of the call.
func TestASilentAnswerToAPaymentIsReadOnce(t *testing.T) {
	t.Parallel()

	const put, get, asks = "PUT /customerpayments", "GET /customerpayments/4", `{"amount":60,"invoices":[{"invoice_id":"9","amount_applied":50}]}`
	record := func(rest string) said {
		return said{201, `{"code":0,"payment":{"payment_id":"4","amount":60` + rest + `}}`}
	}
	settles, nothing, mute := record(`,"invoices":[{"invoice_id":"9","amount_applied":50}]`), record(`,"invoices":[]`), record(``)
	for name, tt := range map[string]struct {
		body          string
		answer, reads said
		asked         string
		ends          string
	}{
		"it settles what was asked":      {asks, mute, settles, put + ", " + get, "settled"},
		"it settles nothing":             {asks, mute, nothing, put + ", " + get, "asks"},
		"a rest is told":                 {asks, record(`,"unused_amount":10`), settles, put + ", " + get, "settled"},
		"a rest is told that is all":     {asks, record(`,"unused_amount":60`), settles, put, "asks"},
		"invoices without amounts":       {asks, record(`,"invoices":[{"invoice_id":"9"}]`), settles, put + ", " + get, "settled"},
		"a list that is null":            {asks, record(`,"invoices":null`), nothing, put + ", " + get, "asks"},
		"it is told":                     {asks, settles, nothing, put, "settled"},
		"it is never told":               {asks, mute, mute, put + ", " + get, "doubt"},
		"it cannot be read":              {asks, mute, said{500, ``}, put + ", " + get, "unknown"},
		"it is not found":                {asks, mute, said{404, `{"code":1002}`}, put + ", " + get, "unknown"},
		"nothing was to be settled":      {`{"amount":60}`, mute, settles, put, "doubt"},
		"nothing was to be settled, too": {`{"amount":60,"invoices":[]}`, nothing, settles, put, "settled"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			z := &zohoSays{answers: map[string][]said{put: {tt.answer}, get: {tt.reads}}}
			answer, err := Payments(z.books).Send(t.Context(), engine.Call{Method: http.MethodPut, Path: "/customerpayments", Key: "payment:1", Body: json.RawMessage(tt.body)})
			kept, ends := KeptOf(engine.Link{Extra: answer.Extra}), "settled"
			switch {
			case fault.KindOf(err) == fault.Unknown:
				ends = "unknown"
			case err != nil:
				t.Fatal(err)
			case answer.Asks != nil:
				ends = "asks"
			case kept.Doubt:
				ends = "doubt"
			}
			if asked := strings.Join(z.asked, ", "); ends != tt.ends || asked != tt.asked {
				t.Errorf("%s after %s, want %s after %s; kept %s", ends, asked, tt.ends, tt.asked, answer.Extra)
			}
		})
	}
}

// TestAMissingListIsNotAnEmptyOne has Zoho Books answer without the list of what a payment settles: nothing is
// concluded from that, before and after its money is moved.
func TestAMissingListIsNotAnEmptyOne(t *testing.T) {
	t.Parallel()

	record := func(rest string) said {
		return said{200, `{"code":0,"payment":{"payment_id":"5","amount":60` + rest + `}}`}
	}
	settles, nothing, silent := record(`,"unused_amount":10,"invoices":[{"invoice_id":"9","amount_applied":50}]`), record(`,"unused_amount":60,"invoices":[]`), record(`,"unused_amount":10`)
	unused, mute, bare := record(`,"unused_amount":60`), record(``), record(`,"unused_amount":10,"invoices":[{"invoice_id":"9"}]`)
	const get, put = "GET /customerpayments/5", "PUT /customerpayments/5"
	for name, tt := range map[string]struct {
		free    bool
		answers map[string][]said
		settles string // of invoice 9; "" = nothing is concluded
	}{
		"a list":                        {false, map[string][]said{get: {settles}}, "50"},
		"an empty list":                 {false, map[string][]said{get: {nothing}}, "0"},
		"none, and all is unused":       {false, map[string][]said{get: {unused}}, "0"},
		"none":                          {false, map[string][]said{get: {silent}}, ""},
		"a list without amounts":        {false, map[string][]said{get: {bare}}, ""},
		"freed, without amounts":        {true, map[string][]said{get: {settles, nothing, nothing}, put: {bare}}, "0"},
		"none, and no unused amount":    {false, map[string][]said{get: {mute}}, ""},
		"freed, and told":               {true, map[string][]said{get: {settles, nothing}, put: {nothing}}, "0"},
		"freed, and told when read":     {true, map[string][]said{get: {settles, nothing, nothing}, put: {silent}}, "0"},
		"freed, and never told":         {true, map[string][]said{get: {settles, silent}, put: {silent}}, ""},
		"freed, and told by the unused": {true, map[string][]said{get: {settles, unused}, put: {silent}}, "0"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			aim, _ := json.Marshal(Looking{Ask: tt.free, Force: tt.free, Own: []string{"9"}})
			z := &zohoSays{answers: tt.answers}
			err := dest[zoho.CustomerPayment]{Resource: zoho.CustomerPayments, books: z.books}.Step(t.Context(), engine.Step{Name: LookStep + "1", Aim: aim}, []string{"5"})
			var stands *engine.Stands
			if tt.settles == "" {
				if errors.As(err, &stands) || fault.KindOf(err) != fault.Held || fault.Of(err).Code != "money_untold" {
					t.Errorf("concluded %v", err)
				}
				return
			}
			if !errors.As(err, &stands) || stands.Err != nil {
				t.Fatalf("%v", err)
			}
			if kept := KeptOf(engine.Link{Extra: stands.Extra}); kept.Doubt || kept.Money == nil || !kept.Money.Settles["9"].Equal(money.MustParse(tt.settles)) || len(kept.Money.Back) > 0 {
				t.Errorf("kept %s", stands.Extra)
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

// TestARefundThatStandsIsHeldAgainstWhatWasAsked finds refunds that bear our reference, as Zoho Books lists them:
// without the account, and the amount under other names. One of another sum never counts as made, and one that was
// called from here bears the day and the account that were asked for.
func TestARefundThatStandsIsHeldAgainstWhatWasAsked(t *testing.T) {
	t.Parallel()

	const (
		own     = `{"creditnote_refund_id":"3","date":"2026-03-01","reference_number":"credit_note:1","amount_fcy":50,"amount_bcy":50}`
		asAsked = `{"code":0,"creditnote_refund":{"creditnote_refund_id":"3","date":"2026-03-01","from_account_id":"77","amount":50}}`
	)
	for name, tt := range map[string]struct {
		rows, alone string // alone: "" = it cannot be read
		sent        bool
		want        string // "yes", "no", or words
	}{
		"none":                                {``, "", true, "no"},
		"somebody's":                          {`{"reference_number":"x","amount_fcy":50}`, "", true, "no"},
		"as asked":                            {own, asAsked, true, "yes"},
		"as asked, and not to be read alone":  {own, "", true, "yes"},
		"another account":                     {own, strings.Replace(asAsked, `"77"`, `"78"`, 1), true, "«78» there instead of «77»"},
		"another account, by a person":        {own, strings.Replace(asAsked, `"77"`, `"78"`, 1), false, "yes"},
		"another day":                         {strings.Replace(own, "03-01", "03-02", 1), "", true, "«2026-03-02» there instead of «2026-03-01»"},
		"another day, by a person":            {strings.Replace(own, "03-01", "03-02", 1), "", false, "yes"},
		"another amount":                      {strings.Replace(own, `_fcy":50`, `_fcy":5`, 1), "", true, "5.00 were given back there instead of 50.00"},
		"another amount, by a person":         {strings.Replace(own, `_fcy":50`, `_fcy":5`, 1), "", false, "5.00 were given back there instead of 50.00"},
		"another amount in the base currency": {strings.Replace(own, `"amount_fcy":50,"amount_bcy":50`, `"amount_bcy":49`, 1), "", false, "49.00 were given back there instead of 50.00"},
		"twice":                               {own + "," + own, asAsked, true, "100.00 were given back there instead of 50.00"},
		"in two parts":                        {strings.ReplaceAll(own+","+own, ":50", ":25"), "", true, "yes"},
		"an amount that is not told":          {`{"date":"2026-03-01","reference_number":"credit_note:1"}`, "", true, "yes"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			z := &zohoSays{answers: map[string][]said{"GET /creditnotes/5/refunds": {{200, `{"code":0,"creditnote_refunds":[` + tt.rows + `]}`}}, "": {{404, `{"code":5,"message":"Invalid URL Passed"}`}}}}
			if tt.alone != "" {
				z.answers["GET /creditnotes/5/refunds/3"] = []said{{200, tt.alone}}
			}
			step := engine.Step{Name: RefundStep, Sent: tt.sent, Body: json.RawMessage(`{"date":"2026-03-01","from_account_id":"77","amount":50,"reference_number":"credit_note:1"}`),
				Proof: &engine.Proof{Path: "/creditnotes/{id}/refunds", List: "creditnote_refunds", Field: "reference_number", Value: "credit_note:1"}}
			done, err := dest[zoho.CreditNote]{Resource: zoho.CreditNotes, books: z.books}.StepDone(t.Context(), step, "5")
			var other *engine.NotAsAsked
			switch {
			case tt.want == "yes" || tt.want == "no":
				if err != nil || done != (tt.want == "yes") {
					t.Errorf("%t, %v, want %s", done, err, tt.want)
				}
			case done || !errors.As(err, &other) || fault.Of(err).Code != "answer_differs" || !strings.Contains(err.Error(), tt.want):
				t.Errorf("%t, %v, want %s", done, err, tt.want)
			}
		})
	}
}

// TestARefundInAnotherCurrencyIsReadInIt compares what the list says in the document's currency, and takes an amount
// in Zoho's own for none.
func TestARefundInAnotherCurrencyIsReadInIt(t *testing.T) {
	t.Parallel()

	rate := money.N(money.MustParse("1.1"))
	want := zoho.Refund{Amount: money.N(money.MustParse("50")), ExchangeRate: &rate}
	for shown, words := range map[string]int{`{"amount_bcy":55}`: 0, `{"amount_bcy":55,"amount_fcy":50}`: 0, `{"amount_bcy":50,"amount_fcy":45.45}`: 1, `{"amount":"50.00","amount_bcy":55}`: 0} {
		var row refunded
		if err := json.Unmarshal([]byte(shown), &row); err != nil {
			t.Fatal(err)
		}
		if got := refundDiffers(want, []refunded{row}, true, ""); len(got) != words {
			t.Errorf("%s: %q", shown, got)
		}
	}
}

// TestMoneyGivenBackByHandIsSeenInAList asks whether it is the same money, as lists of Zoho Books tell it, and gives
// nothing back.
func TestMoneyGivenBackByHandIsSeenInAList(t *testing.T) {
	t.Parallel()

	z := &zohoSays{answers: map[string][]said{
		"GET /customerpayments/4":         {{200, `{"code":0,"payment":{"payment_id":"4","payment_number":"31","amount":100,"unused_amount":50}}`}},
		"GET /customerpayments/4/refunds": {{200, `{"code":0,"payment_refunds":[{"payment_refund_id":"3","date":"2026-03-02","reference_number":"","amount_fcy":50,"amount_bcy":50}]}`}},
	}}
	step := engine.Step{Name: GiveBackStep + "4:50", Method: http.MethodPost, Path: "/customerpayments/4/refunds", Proof: &engine.Proof{Path: "/customerpayments/4/refunds", List: "payment_refunds", Field: "reference_number", Value: "payment:5"},
		Body: json.RawMessage(`{"payment_id":"4","refund":{"date":"2026-03-01","amount":50,"from_account_id":"77","reference_number":"payment:5"}}`)}
	err := Payments(z.books).Step(t.Context(), step, []string{"4"})
	if f := fault.Of(err); f == nil || f.Code != "settled_otherwise" || !strings.Contains(f.Detail, "somebody gave 50.00 of it back on 2026-03-02") {
		t.Errorf("%v; asked %q", err, z.asked)
	}
}
