package zoho_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/limit"
	"github.com/qlobooks/qlobooks/internal/secret"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// says answers by method and address below the version; everything else is a refusal. A body that
// begins with a digit is a status and the body.
func says(answers map[string]string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, known := answers[r.Method+" "+strings.TrimPrefix(r.URL.Path, zoho.Version)]
		if entity := r.URL.Query().Get("entity"); entity != "" {
			if named, ok := answers["GET fields of "+entity]; ok {
				body, known = named, true
			}
		}
		status := 200
		if !known {
			status, body = 400, `{"code":5,"message":"Invalid URL"}`
		} else if rest, ok := strings.CutPrefix(body, "500 "); ok {
			status, body = 500, rest
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// TestTaxesAreFoundWhereverAnEditionKeepsThem reads groups from the list, one by one, or from an address
// of their own; what cannot be read fails the whole, as a missing tax would be made again.
func TestTaxesAreFoundWhereverAnEditionKeepsThem(t *testing.T) {
	t.Parallel()
	single := `{"tax_id":"1","tax_name":"VAT","tax_percentage":5,"tax_type":"tax"}`
	group := `{"tax_group_id":"9","tax_group_name":"GST","tax_group_percentage":"7.5","taxes":[{"tax_id":"1","tax_percentage":5},{"tax_id":"2","tax_percentage":2.5,"tax_type":"compound_tax"}]}`
	for name, tt := range map[string]struct {
		answers map[string]string
		parts   int // of the group that is found; 0 = none is
		fails   bool
	}{
		"listed whole":                {map[string]string{"GET /settings/taxes": `{"code":0,"taxes":[` + single + `,{"tax_id":"9","tax_type":"tax_group","taxes":[{"tax_id":"1"},{"tax_id":"2"}]}]}`}, 2, false},
		"listed without its parts":    {map[string]string{"GET /settings/taxes": `{"code":0,"taxes":[{"tax_id":"9","tax_name":"GST","tax_type":"tax_group"}]}`, "GET /settings/taxgroups/9": `{"code":0,"tax_group":` + group + `}`}, 2, false},
		"its parts cannot be read":    {map[string]string{"GET /settings/taxes": `{"code":0,"taxes":[{"tax_id":"9","tax_type":"tax_group"}]}`, "GET /settings/taxgroups/9": `{"code":0,"tax_group":"none"}`}, 0, true},
		"at an address of its own":    {map[string]string{"GET /settings/taxes": `{"code":0,"taxes":[` + single + `]}`, "GET /settings/taxgroups": `{"code":0,"tax_groups":[` + group + `]}`}, 2, false},
		"no such address":             {map[string]string{"GET /settings/taxes": `{"code":0,"taxes":[` + single + `]}`}, 0, false},
		"that address has no list":    {map[string]string{"GET /settings/taxes": `{"code":0,"taxes":[` + single + `]}`, "GET /settings/taxgroups": `{"code":0}`}, 0, false},
		"that address is down":        {map[string]string{"GET /settings/taxes": `{"code":0,"taxes":[` + single + `]}`, "GET /settings/taxgroups": `500 `}, 0, true},
		"the list is down":            {map[string]string{"GET /settings/taxes": `500 `}, 0, true},
		"the list is not there":       {map[string]string{"GET /settings/taxes": `{"code":0}`}, 0, true},
		"a tax in it is not readable": {map[string]string{"GET /settings/taxes": `{"code":0,"taxes":["VAT"]}`}, 0, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, _ := client(t, says(tt.answers))
			taxes, err := c.Taxes(t.Context())
			if (err != nil) != tt.fails || err != nil && !fault.Is(err, fault.Unavailable) {
				t.Fatalf("%+v, %v", taxes, err)
			}
			parts := 0
			for _, tax := range taxes {
				if tax.Group() {
					parts = len(tax.Parts)
					if tax.ID != "9" {
						t.Errorf("the group is %+v", tax)
					}
				}
			}
			if parts != tt.parts {
				t.Errorf("%d parts, want %d: %+v", parts, tt.parts, taxes)
			}
		})
	}
}

// TestAFieldIsMadeInWhateverWayZohoTakes tries it unique, then plain, then under other names of the module;
// one that does not show afterwards is not done.
func TestAFieldIsMadeInWhateverWayZohoTakes(t *testing.T) {
	t.Parallel()
	made := `{"code":0,"field":{"field_id":"3","label":"QloApps Key","is_unique":true}}`
	for name, tt := range map[string]struct {
		answer func(body string) string // to a wish for a field
		listed string
		id     string
		kind   fault.Kind
	}{
		"at once": {func(string) string { return made }, "", "3", ""},
		"only plain": {func(body string) string {
			return either(strings.Contains(body, "is_unique"), `{"code":9,"message":"No."}`, `{"code":0,"field":{"field_id":"4"}}`)
		}, "", "4", ""},
		"only under another name": {func(body string) string {
			return either(strings.Contains(body, `"payment"`), made, `{"code":9,"message":"No."}`)
		}, "", "3", ""},
		"told without its id":          {func(string) string { return `{"code":0}` }, `{"code":0,"fields":[{"field_id":"5","label":"qloapps key"}]}`, "5", ""},
		"told without, and not listed": {func(string) string { return `{"code":0}` }, `{"code":0,"fields":[]}`, "", fault.Unknown},
		"told in a way not understood": {func(string) string { return `{"code":0,"field":"made"}` }, "", "", fault.Unknown},
		"refused":                      {func(string) string { return `{"code":9,"message":"No."}` }, "", "", fault.Rejected},
		"lost":                         {func(string) string { return `<html>` }, "", "", fault.Unknown},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, _ := client(t, func(w http.ResponseWriter, r *http.Request) {
				if r.Method == http.MethodGet {
					answering(200, tt.listed)(w, r)
					return
				}
				body, _ := io.ReadAll(r.Body)
				answering(200, tt.answer(string(body)))(w, r)
			})
			f, err := c.CreateField(t.Context(), "customerpayment", "QloApps Key")
			if string(f.ID) != tt.id || fault.KindOf(err) != tt.kind {
				t.Errorf("%+v, %v, want %q, %q", f, err, tt.id, tt.kind)
			}
		})
	}
}

func either(yes bool, a, b string) string {
	if yes {
		return a
	}
	return b
}

// TestModesThatAreNotListedAreNotNone is for an answer that holds no list of payment modes.
func TestModesThatAreNotListedAreNotNone(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`{"code":0}`, `{"code":0,"message":"success"}`, `{"code":0,"payment_modes":""}`, `{"code":0,"payment_modes":{}}`, `{"code":0,"payment_modes":0}`} {
		c, _ := client(t, says(map[string]string{"GET /settings/paymentmodes": body}))
		if modes, err := c.PaymentModes(t.Context()); !fault.Is(err, fault.Unavailable) || !zoho.Unlisted(err) {
			t.Errorf("%v, %v", modes, err)
		}
	}
}

// TestARefusalProvesNoTaxOrAccountGone reads one thing alone: only Zoho's word that it is not there does.
func TestARefusalProvesNoTaxOrAccountGone(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		answer string
		gone   bool
	}{
		"it does not exist":      {`{"code":1002,"message":"Gone."}`, true},
		"refused":                {`{"code":2,"message":"Invalid value passed."}`, false},
		"not for this user":      {`{"code":57,"message":"You are not authorized to perform this operation"}`, false},
		"not the address itself": {`{"code":5,"message":"Invalid URL Passed"}`, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, kind := range []zoho.Setting{zoho.TaxSetting, zoho.AccountSetting} {
				c, _ := client(t, func(w http.ResponseWriter, r *http.Request) { answering(400, tt.answer)(w, r) })
				if stands, err := c.SettingStands(t.Context(), kind, "7"); stands.Gone != tt.gone || (err == nil) != tt.gone {
					t.Errorf("%s: %+v, %v", kind, stands, err)
				}
			}
		})
	}
}

// TestWhatZohoMayNotHaveIsNone, but what it has and cannot tell now is not none.
func TestWhatZohoMayNotHaveIsNone(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		answers map[string]string
		modes   int
		reasons int
		fails   bool
	}{
		"it has them": {map[string]string{"GET /settings/paymentmodes": `{"code":0,"payment_modes":[{"name":"Cash"},{"name":""}]}`, "GET /settings/taxexemptions": `{"code":0,"tax_exemptions":[{"tax_exemption_id":"1"}]}`}, 1, 1, false},
		"it does not": {nil, 0, 0, false},
		"it has none": {map[string]string{"GET /settings/paymentmodes": `{"code":0,"payment_modes":[]}`, "GET /settings/taxexemptions": `{"code":0}`}, 0, 0, false},
		"no list":     {map[string]string{"GET /settings/paymentmodes": `{"code":0,"payment_modes":[]}`, "GET /settings/taxexemptions": `{"code":0,"tax_exemptions":""}`}, 0, 0, false},
		"it is down":  {map[string]string{"GET /settings/paymentmodes": `500 `, "GET /settings/taxexemptions": `500 `}, 0, 0, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, _ := client(t, says(tt.answers))
			modes, err := c.PaymentModes(t.Context())
			reasons, also := c.Exemptions(t.Context())
			if len(modes) != tt.modes || len(reasons) != tt.reasons || (err != nil) != tt.fails || (also != nil) != tt.fails {
				t.Errorf("%v %v, %v %v", modes, err, reasons, also)
			}
		})
	}
}

// TestASearchIsWholeOrFails never calls something «not there» because of what could not be read.
func TestASearchIsWholeOrFails(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		answers map[string]string
		found   bool
		fails   bool
	}{
		"the list is down":                {map[string]string{"GET /invoices": `500 `}, false, true},
		"a row has to be read and is":     {map[string]string{"GET /invoices": `{"code":0,"invoices":[{"invoice_id":"1"}]}`, "GET /invoices/1": `{"code":0,"invoice":{"invoice_id":"1","cf_qloapps_key":"invoice:7"}}`}, true, false},
		"a row has to be read and cannot": {map[string]string{"GET /invoices": `{"code":0,"invoices":[{"invoice_id":"1"}]}`, "GET /invoices/1": `500 `}, false, true},
		"it is found and cannot be read":  {map[string]string{"GET /invoices": `{"code":0,"invoices":[{"invoice_id":"1","cf_qloapps_key":"invoice:7"}]}`, "GET /invoices/1": `{"code":0}`}, false, true},
		"a row is no record":              {map[string]string{"GET /invoices": `{"code":0,"invoices":["1",{"invoice_id":"2","custom_field_hash":{"cf_qloapps_key":"invoice:7"}}]}`, "GET /invoices/2": `{"code":0,"invoice":{"invoice_id":"2"}}`}, true, false},
		"another's":                       {map[string]string{"GET /invoices": `{"code":0,"invoices":[{"invoice_id":"1","cf_qloapps_key":"invoice:8"}]}`}, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, _ := client(t, says(tt.answers))
			rec, found, err := c.Find(t.Context(), zoho.Invoices, "invoice:7", nil)
			if found != tt.found || (err != nil) != tt.fails || found && rec.ID == "" {
				t.Errorf("%+v %t %v", rec, found, err)
			}
		})
	}
}

// TestPagesFollowWhateverSaysSo reads on while there may be more.
func TestPagesFollowWhateverSaysSo(t *testing.T) {
	t.Parallel()
	full := strings.TrimSuffix(strings.Repeat(`{"invoice_id":"1"},`, 200), ",")
	for name, tt := range map[string]struct {
		first string
		pages int
	}{
		"an object":                    {`{"code":0,"invoices":[{"invoice_id":"1"}],"page_context":{"has_more_page":true}}`, 2},
		"a list of one":                {`{"code":0,"invoices":[{"invoice_id":"1"}],"page_context":[{"has_more_page":true}]}`, 2},
		"a list of one that says no":   {`{"code":0,"invoices":[` + full + `],"page_context":[{"has_more_page":false}]}`, 1},
		"nothing, but a full page":     {`{"code":0,"invoices":[` + full + `]}`, 2},
		"nothing, and a page not full": {`{"code":0,"invoices":[{"invoice_id":"1"}]}`, 1},
		"more, but an empty page":      {`{"code":0,"invoices":[],"page_context":{"has_more_page":true}}`, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, p := client(t, func(w http.ResponseWriter, r *http.Request) {
				body := `{"code":0,"invoices":[]}`
				if r.URL.Query().Get("page") == "1" {
					body = tt.first
				}
				answering(200, body)(w, r)
			})
			for _, err := range c.Rows(t.Context(), "/invoices", "invoices", nil) {
				if err != nil {
					t.Fatal(err)
				}
			}
			if len(p.records) != tt.pages {
				t.Errorf("%d pages were read, want %d", len(p.records), tt.pages)
			}
		})
	}
}

// TestZohoIsNotAskedSoonerThanItSays waits as long as an answer tells, within reason, and learns only
// from numbers that are whole.
func TestZohoIsNotAskedSoonerThanItSays(t *testing.T) {
	t.Parallel()
	for after, want := range map[string]time.Duration{"": time.Minute, "120": 2 * time.Minute, "86400": 10 * time.Minute, "-5": time.Minute, "soon": time.Minute} {
		c, p := client(t, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Retry-After", after)
			w.Header().Set("X-Rate-Limit-Limit", "1000")
			w.Header().Set("X-Rate-Limit-Remaining", "many")
			answering(429, `{"code":44}`)(w, r)
		})
		_, err := c.Do(t.Context(), zoho.Request{Method: http.MethodGet, Path: "/items"})
		if f := fault.Of(err); f == nil || f.RetryAfter != want || !p.has("pause "+want.String()) || len(p.learned) > 0 {
			t.Errorf("Retry-After %q: %v after %v, learned %v", after, err, p.did, p.learned)
		}
	}
}

// TestADayToAskAgainIsReckonedByZohosClock reads a Retry-After that is a time by the answer's own Date, as clocks differ.
func TestADayToAskAgainIsReckonedByZohosClock(t *testing.T) {
	t.Parallel()
	const date = "Mon, 02 Mar 2026 10:00:00 GMT"
	for _, tt := range []struct {
		date, after string
		want        time.Duration
	}{
		{date, "Mon, 02 Mar 2026 10:05:00 GMT", 5 * time.Minute},
		{date, "Monday, 02-Mar-26 10:05:00 GMT", 5 * time.Minute},
		{date, "Mon, 02 Mar 2026 10:00:20 GMT", time.Minute},
		{date, "Mon, 02 Mar 2026 09:00:00 GMT", time.Minute},
		{date, "Tue, 03 Mar 2026 10:00:00 GMT", 10 * time.Minute},
		{"lately", "Mon, 02 Mar 2026 10:05:00 GMT", time.Minute},
	} {
		c, p := client(t, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Date", tt.date)
			w.Header().Set("Retry-After", tt.after)
			answering(429, `{"code":44}`)(w, r)
		})
		_, err := c.Do(t.Context(), zoho.Request{Method: http.MethodGet, Path: "/items"})
		if f := fault.Of(err); f == nil || f.RetryAfter != tt.want || !p.has("pause "+tt.want.String()) {
			t.Errorf("Retry-After %q in an answer of %q: %v after %v, want %v", tt.after, tt.date, err, p.did, tt.want)
		}
	}
}

// TestTheEndOfTheDayIsLearnedAlone waits for the end of the day where an answer tells that and nothing else.
func TestTheEndOfTheDayIsLearnedAlone(t *testing.T) {
	t.Parallel()
	for reset, tt := range map[string]struct{ wait, known time.Duration }{
		"38000": {38000 * time.Second, 38000 * time.Second}, "0": {time.Minute, time.Second}, "": {time.Minute, 0}, "-1": {time.Minute, 0}, "tomorrow": {time.Minute, 0}, "99999999": {time.Minute, 0},
	} {
		c, p := client(t, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X-Rate-Limit-Reset", reset)
			answering(429, `{"code":45}`)(w, r)
		})
		_, err := c.Do(t.Context(), zoho.Request{Method: http.MethodGet, Path: "/items"})
		if f := fault.Of(err); f == nil || f.Code != "daily_limit" || f.RetryAfter != tt.wait {
			t.Errorf("X-Rate-Limit-Reset %q: %v", reset, err)
		}
		if want := []limit.Quota{{ResetIn: tt.known, Refused: true}}; !slices.Equal(p.learned, want) {
			t.Errorf("X-Rate-Limit-Reset %q: learned %+v, want %+v", reset, p.learned, want)
		}
	}
}

// TestLongWordsOfZohosAreCut to what a list can show.
func TestLongWordsOfZohosAreCut(t *testing.T) {
	t.Parallel()
	c, _ := client(t, answering(400, `{"code":9,"message":"`+strings.Repeat("é", 5000)+`"}`))
	_, err := c.Do(t.Context(), zoho.Request{Method: http.MethodPost, Path: "/items"})
	if n := len([]rune(fault.Of(err).Detail)); n < 400 || n > 450 {
		t.Errorf("%d characters", n)
	}
	if text := err.Error(); !strings.Contains(text, `HTTP 400, code "9"`) {
		t.Errorf("the log does not name the answer: %.80s", text)
	}
}

// TestAnAnswerThatIsTooLongIsNotRead and so is unknown after a write.
func TestAnAnswerThatIsTooLongIsNotRead(t *testing.T) {
	t.Parallel()
	c, _ := client(t, answering(200, `{"code":0,"message":"`+strings.Repeat("x", 9<<20)+`"}`))
	for method, kind := range map[string]fault.Kind{http.MethodPut: fault.Unknown, http.MethodGet: fault.Unavailable} {
		if _, err := c.Do(t.Context(), zoho.Request{Method: method, Path: "/items", Body: json.RawMessage(`{}`)}); !fault.Is(err, kind) {
			t.Errorf("%s: %v", method, err)
		}
	}
}

// unwilling are neighbors of the client of which one refuses.
type unwilling struct {
	peers
	token, renewal, turn error
}

func (u *unwilling) Token(context.Context) (secret.String, error) { return "token-0", u.token }
func (u *unwilling) Renew(context.Context, secret.String) (secret.String, error) {
	return "token-1", u.renewal
}
func (u *unwilling) Acquire(ctx context.Context, lane limit.Lane) (func(*limit.Quota), error) {
	if u.turn != nil {
		return nil, u.turn
	}
	return u.peers.Acquire(ctx, lane)
}

// TestWithoutATokenOrATurnNothingIsSent passes on why.
func TestWithoutATokenOrATurnNothingIsSent(t *testing.T) {
	t.Parallel()
	held := errors.New("not now")
	for name, tt := range map[string]struct {
		u    *unwilling
		sent int
	}{"no token": {&unwilling{token: held}, 0}, "no turn": {&unwilling{turn: held}, 0}, "no other token": {&unwilling{renewal: held}, 1}} {
		transport := &counting{canned: canned{status: 401, body: []byte(`{"code":57}`)}}
		c := zoho.New(zoho.Config{APIDomain: "http://books.test", Tokens: tt.u, Limiter: tt.u, HTTP: &http.Client{Transport: transport}})
		if _, err := c.Do(t.Context(), zoho.Request{Method: http.MethodPost, Path: "/items"}); !errors.Is(err, held) || transport.n != tt.sent {
			t.Errorf("%s: %v after %d calls", name, err, transport.n)
		}
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	p := &peers{}
	c := zoho.New(zoho.Config{APIDomain: "http://127.0.0.1:1", Tokens: p, Limiter: p})
	if _, err := c.Do(gone, zoho.Request{Method: http.MethodPost, Path: "/items"}); !errors.Is(err, context.Canceled) || fault.Is(err, fault.Unknown) {
		t.Errorf("a call that nobody waits for: %v", err)
	}
	if _, err := c.Do(t.Context(), zoho.Request{Method: "BAD METHOD", Path: "/items"}); !fault.Is(err, fault.Unavailable) {
		t.Errorf("a call that cannot be made: %v", err)
	}
}

type counting struct {
	canned
	n int
}

func (c *counting) RoundTrip(r *http.Request) (*http.Response, error) {
	c.n++
	return c.canned.RoundTrip(r)
}

// TestARecordIsReadWhole with its lines, what it settles, and the primary person first.
func TestARecordIsReadWhole(t *testing.T) {
	t.Parallel()
	p, err := zoho.CustomerPayments.Read([]byte(`{"payment":{"payment_id":"5","amount":"10.00","unused_amount":2.5,"invoices":[{"invoice_id":9,"amount_applied":"7.50"}]}}`), zoho.KeyField)
	if err != nil || p.Total.String() != "10" || p.Balance.String() != "2.5" || !p.HasTotal || !p.HasBalance || len(p.Settles) != 1 || p.Settles[0].InvoiceID != "9" || p.Settles[0].AmountApplied.String() != "7.5" {
		t.Errorf("%+v %v", p, err)
	}
	c, err := zoho.Contacts.Read([]byte(`{"contact":{"contact_id":"1","contact_persons":[{"contact_person_id":"a"},{"contact_person_id":"b"},{"contact_person_id":"c","is_primary_contact":true}]}}`), zoho.KeyField)
	if err != nil || strings.Join(c.PersonIDs, "") != "cba" || c.HasTotal {
		t.Errorf("%+v %v", c.PersonIDs, err)
	}
}

// TestAPrecisionThatIsNotToldIsNotZero keeps the decimals of a currency whose row does not tell them.
func TestAPrecisionThatIsNotToldIsNotZero(t *testing.T) {
	for row, want := range map[string]int32{
		`{"currency_code":"USD"}`: 2, `{"currency_code":"USD","price_precision":null}`: 2, `{"currency_code":"USD","price_precision":""}`: 2, `{"currency_code":"JPY"}`: 0,
		`{"currency_code":"KWD"}`: 3, `{"currency_code":"USD","price_precision":0}`: 0, `{"currency_code":"USD","price_precision":"3"}`: 3,
	} {
		var c zoho.Currency
		if err := json.Unmarshal([]byte(row), &c); err != nil || c.Digits() != want {
			t.Errorf("%s has %d decimals, want %d (%v)", row, c.Digits(), want, err)
		}
	}
}

// TestTheCountryIsKnownByNameToo reads the one field that Zoho's description of organizations has.
func TestTheCountryIsKnownByNameToo(t *testing.T) {
	for row, want := range map[string]string{`{"country":"India"}`: "IN", `{"country":"U.S.A"}`: "", `{"country_code":"in","country":"Bharat"}`: "IN", `{}`: ""} {
		var o zoho.Organization
		if err := json.Unmarshal([]byte(row), &o); err != nil || o.Country() != want {
			t.Errorf("%s is in %q, want %q (%v)", row, o.Country(), want, err)
		}
	}
}
