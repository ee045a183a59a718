package zoho_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"testing"

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
// answer with code 0, never a lost write that counts as undone, always a word for the reader.
func FuzzAnswers(f *testing.F) {
	for _, body := range []string{
		`{"code":0,"message":"ok","invoice":{"invoice_id":"1","total":10.5}}`, `{"code":"0"}`, `{"code":57}`, `{"code":null,"message":5}`, `{"code":44}`, `{"code":45}`, `{"code":[1]}`,
		`{"code":0`, `<html>`, ``, `null`, `[]`, `0`, `"0"`, `{"code":1002,"message":"gone"}`, `{"code":6041}`, `{"CODE":0}`, `{"code":0}{"code":1}`, `{"code":00}`, "\xff\xfe", `{"code":1e0}`,
	} {
		for _, status := range []int{200, 201, 204, 302, 400, 401, 404, 429, 500} {
			f.Add(status, []byte(body), false)
		}
		f.Add(200, []byte(body), true)
	}
	f.Fuzz(func(t *testing.T, status int, body []byte, broken bool) {
		if status < 200 || status > 599 || status >= 300 && status < 400 { // redirects are not followed
			return
		}
		p := &peers{}
		c := zoho.New(zoho.Config{APIDomain: "http://books.test", Organization: "1", Tokens: p, Limiter: p, HTTP: &http.Client{Transport: canned{status, body, broken}}})
		for _, method := range []string{http.MethodPut, http.MethodGet} {
			_, err := c.Do(t.Context(), zoho.Request{Method: method, Path: "/invoices", Body: json.RawMessage(`{}`)})
			var answer struct{ Code json.RawMessage }
			whole := json.Unmarshal(body, &answer) == nil && !broken && len(answer.Code) > 0
			if err == nil {
				if !whole || status >= 300 {
					t.Fatalf("%s: HTTP %d %q (broken %t) passes for a success", method, status, body, broken)
				}
				continue
			}
			got := fault.Of(err)
			if got.Kind == fault.Internal || got.Detail == "" || got.Action == "" {
				t.Fatalf("%s: HTTP %d %q: nobody knows what to do about %v", method, status, body, err)
			}
			lost := broken || status >= 500 || status < 300 && !whole
			if method == http.MethodPut && lost && got.Kind == fault.Unavailable {
				t.Fatalf("HTTP %d %q (broken %t): a write that may have happened counts as undone: %v", status, body, broken, err)
			}
			if method == http.MethodGet && got.Kind == fault.Unknown {
				t.Fatalf("HTTP %d %q: the outcome of a read is unknown", status, body)
			}
		}
	})
}

// FuzzRecords reads whatever a record may look like; amounts and ids keep their digits.
func FuzzRecords(f *testing.F) {
	for _, body := range []string{
		`{"invoice":{"invoice_id":982000000567001,"total":"1560.10","custom_fields":[{"api_name":"cf_qloapps_key","value":7}],"line_items":[{"line_item_id":5}]}}`,
		`{"invoice":{"invoice_id":"1","line_items":{},"custom_fields":null,"total":[]}}`, `{"invoice":[]}`, `{"invoice":null}`, `{}`, `[]`, ``,
		`{"invoice":{"invoice_id":"1","total":1e400}}`, `{"invoice":{"invoice_id":"1","total":"1e999999999"}}`,
	} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, r := range zoho.Resources {
			rec, err := r.Read(body, zoho.KeyField)
			if err == nil && rec.ID == "" {
				t.Fatalf("%s of %q: a record without an id", r.Entity, body)
			}
		}
	})
}
