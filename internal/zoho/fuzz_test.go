package zoho_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// canned answers every call the same, as if over a connection.
type canned struct {
	status int
	body   []byte
	broken bool // the connection breaks behind the body
}

func (c canned) RoundTrip(r *http.Request) (*http.Response, error) {
	if trace := httptrace.ContextClientTrace(r.Context()); trace != nil && trace.GotConn != nil {
		trace.GotConn(httptrace.GotConnInfo{})
	}
	var body io.Reader = bytes.NewReader(c.body)
	if c.broken {
		body = io.MultiReader(body, brokenOff{})
	}
	return &http.Response{StatusCode: c.status, Header: http.Header{}, Body: io.NopCloser(body), Request: r}, nil
}

type brokenOff struct{}

func (brokenOff) Read([]byte) (int, error) { return 0, errors.New("connection reset") }

// FuzzAnswers holds whatever an answer may be to the client's promises: success only for a whole
// answer with code 0, or without any code that has words or brings something, never a lost write that counts as undone, always a word for the reader.
func FuzzAnswers(f *testing.F) {
	for _, body := range []string{
		`{"code":0,"message":"ok","invoice":{"invoice_id":"1","total":10.5}}`, `{"code":"0"}`, `{"code":57}`, `{"code":null,"message":5}`, `{"code":44}`, `{"code":45}`, `{"code":[1]}`,
		`{"code":0`, `<html>`, ``, `null`, `[]`, `0`, `"0"`, `{"code":1002,"message":"gone"}`, `{"code":6041}`, `{"CODE":0}`, `{"code":0}{"code":1}`, `{"code":00}`, "\xff\xfe", `{"code":1e0}`,
		`{"message":"done"}`, `{"invoice":{"invoice_id":"1"}}`, `{"invoice":{}}`, `{"invoices":[]}`, `{"ok":true}`,
	} {
		for _, status := range []int{200, 201, 204, 302, 400, 401, 404, 429, 500} {
			f.Add(status, []byte(body), false)
		}
		f.Add(200, []byte(body), true)
	}
	f.Fuzz(func(t *testing.T, status int, body []byte, broken bool) {
		if status < 200 || status > 599 {
			return
		}
		p := &peers{}
		c := zoho.New(zoho.Config{APIDomain: "http://books.test", Organization: "1", Tokens: p, Limiter: p, HTTP: browser(status, body, broken), Waits: []time.Duration{}})
		for _, method := range []string{http.MethodPut, http.MethodGet} {
			_, err := c.Do(t.Context(), zoho.Request{Method: method, Path: "/invoices", Body: json.RawMessage(`{}`)})
			var answer struct{ Code, Message json.RawMessage }
			whole := json.Unmarshal(body, &answer) == nil && !broken && len(answer.Code) > 0
			if err == nil {
				uncoded := json.Valid(body) && !broken && len(answer.Code) == 0 && (bytes.ContainsAny(body, "[") || bytes.Contains(body, []byte(`_id"`)))
				if status >= 300 || !uncoded && (!whole || code(body) != "0") {
					t.Fatalf("%s: HTTP %d %q (broken %t) passes for a success", method, status, body, broken)
				}
				continue
			}
			got := fault.Of(err)
			if got.Kind == fault.Internal || got.Detail == "" || got.Action == "" {
				t.Fatalf("%s: HTTP %d %q: nobody knows what to do about %v", method, status, body, err)
			}
			// Some statuses say by themselves that nothing was done, and so does JSON with any other
			// status that refuses.
			lost := broken || status >= 500 || !whole && (status < 300 || !json.Valid(body))
			if method == http.MethodPut && lost && got.Kind != fault.Unknown && status != 401 && status != 429 && !limited(answer.Code) {
				t.Fatalf("HTTP %d %q (broken %t): a write that may have happened counts as undone: %v", status, body, broken, err)
			}
			if method == http.MethodGet && got.Kind == fault.Unknown {
				t.Fatalf("HTTP %d %q: the outcome of a read is unknown", status, body)
			}
		}
	})
}

// browser is an HTTP client as the product makes it, to which everything answers the same.
func browser(status int, body []byte, broken bool) *http.Client {
	c := zoho.NewHTTPClient()
	c.Transport = canned{status, body, broken}
	return c
}

// code is the code of an answer as Zoho's pages show it: a number, or its digits as a text.
func code(body []byte) string {
	var answer struct{ Code json.RawMessage }
	_ = json.Unmarshal(body, &answer)
	return strings.Trim(string(bytes.TrimSpace(answer.Code)), `"`)
}

// limited reports a refusal for the number of calls, which means the same with every status.
func limited(raw json.RawMessage) bool {
	return slices.Contains([]string{"44", "45", "1070", "57", "14", "INVALID_OAUTHTOKEN"}, strings.Trim(string(bytes.TrimSpace(raw)), `"`))
}

// FuzzReads holds everything that is read from Zoho to one promise: a value with what it is needed
// for, or a fault that says what to do. A read changes nothing, so that its outcome is never unknown,
// but for a search that could not look everywhere.
func FuzzReads(f *testing.F) {
	for _, body := range []string{
		`{"code":0,"invoices":[{"invoice_id":1,"cf_qloapps_key":"invoice:7"}],"invoice":{"invoice_id":"1","cf_qloapps_key":"invoice:7"}}`,
		`{"code":0,"invoices":[{}]}`, `{"code":0,"invoices":{}}`, `{"code":0,"invoices":null}`, `{"code":0}`, `{"code":0,"invoices":[{"invoice_id":"1"}],"page_context":[{"has_more_page":true}]}`,
		`{"code":0,"organizations":[{"organization_id":60001,"name":null}],"currencies":[{"currency_id":"1","currency_code":"EUR","price_precision":"two"}]}`,
		`{"code":0,"organizations":[{"name":"Hotel"}],"currencies":[{"currency_code":"EUR"}],"fields":[{"label":"QloApps Key"}]}`,
		`{"code":0,"taxes":[{"tax_id":"1","tax_type":"tax_group"}],"tax_group":{"tax_group_id":"1","taxes":[{"tax_id":"2"}]},"tax_groups":[{"tax_group_id":{}}]}`,
		`{"code":0,"chartofaccounts":[[]],"fields":[{"field_id":"1","is_unique":"yes"}],"payment_modes":[{"name":7}],"tax_exemptions":"none","items":[{"item_id":"1"}]}`,
		`{"code":0,"transaction_locks":[{"transaction_lock_date":"2026-01-31"}]}`, `{"code":1002}`, `{"code":57}`, `<html>`, ``, `{"code":0,"invoices":[`,
	} {
		for _, status := range []int{200, 204, 302, 400, 404, 500} {
			f.Add(status, []byte(body))
		}
	}
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		if status < 200 || status > 599 {
			return
		}
		p := &peers{}
		c := zoho.New(zoho.Config{APIDomain: "http://books.test", Organization: "1", Tokens: p, Limiter: p, HTTP: browser(status, body, false), Waits: []time.Duration{}})
		ctx := t.Context()
		judge := func(what string, err error, complete bool) {
			t.Helper()
			if err == nil {
				if !complete {
					t.Fatalf("%s of HTTP %d %q: something is missing, and nobody says so", what, status, body)
				}
				return
			}
			got := fault.Of(err)
			search := what == "find" && got.RetryAfter > 0
			if got.Kind == fault.Internal || got.Kind == fault.Unknown && !search || got.Detail == "" || got.Action == "" {
				t.Fatalf("%s of HTTP %d %q: %v", what, status, body, err)
			}
		}
		ids := func(list []string) bool { return !slices.Contains(list, "") }
		var found []string
		organizations, err := c.Organizations(ctx)
		for _, o := range organizations {
			found = append(found, string(o.ID))
		}
		judge("organizations", err, ids(found))
		currency, there, err := c.Currency(ctx, "EUR")
		judge("currency", err, !there || currency.ID != "")
		taxes, err := c.Taxes(ctx)
		for _, tax := range taxes {
			found = append(found, string(tax.ID))
		}
		judge("taxes", err, ids(found))
		accounts, err := c.Accounts(ctx)
		for _, a := range accounts {
			found = append(found, string(a.ID))
		}
		judge("accounts", err, ids(found))
		fields, err := c.Fields(ctx, "invoice")
		for _, field := range fields {
			found = append(found, string(field.ID))
		}
		judge("fields", err, ids(found))
		names, err := c.ItemNames(ctx)
		judge("items", err, !slices.ContainsFunc(names, func(i zoho.ItemName) bool { return i.ID == "" }))
		modes, err := c.PaymentModes(ctx)
		judge("payment modes", err, ids(modes))
		_, err = c.Exemptions(ctx)
		judge("exemptions", err, true)
		locks, err := c.Locks(ctx)
		judge("locks", err, locks.Known == (locks.Doubt == ""))
		rec, err := c.Get(ctx, zoho.Invoices, "1")
		judge("invoice", err, rec.ID != "")
		rec, there, err = c.Find(ctx, zoho.Invoices, "invoice:7", nil)
		judge("find", err, !there || rec.ID != "")
	})
}

// FuzzRecords reads whatever a record may look like; amounts and ids keep their digits.
func FuzzRecords(f *testing.F) {
	for _, body := range []string{
		`{"invoice":{"invoice_id":982000000567001,"total":"1560.10","custom_fields":[{"api_name":"cf_qloapps_key","value":7}],"line_items":[{"line_item_id":5}]}}`,
		`{"invoice":{"invoice_id":"1","line_items":{},"custom_fields":null,"total":[]}}`, `{"invoice":[]}`, `{"invoice":null}`, `{}`, `[]`, ``,
		`{"invoice":{"invoice_id":9.82e17}}`, `{"invoice":{"invoice_id":true},"contact":{"contact_id":-1},"item":{"item_id":1.0}}`, `{"invoice":{"invoice_id":"1","total":1e400}}`, `{"invoice":{"invoice_id":"1","total":"1e999999999"}}`,
	} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, r := range zoho.Resources {
			rec, err := r.Read(body, zoho.KeyField)
			if err != nil {
				continue
			}
			var envelope, fields map[string]json.RawMessage
			_ = json.Unmarshal(body, &envelope)
			_ = json.Unmarshal(envelope[r.Envelope], &fields)
			if id := strings.TrimSpace(string(fields[r.ID])); rec.ID == "" || id[0] != '"' && id != rec.ID || strings.ContainsAny(rec.ID, ".+-") && id[0] != '"' {
				t.Fatalf("%s of %q: its id is read as %q", r.Entity, body, rec.ID)
			}
		}
	})
}
