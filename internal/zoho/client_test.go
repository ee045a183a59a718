package zoho_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/limit"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/secret"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// peers are the client's neighbors, and what they were told.
type peers struct {
	mu      sync.Mutex
	token   int
	lanes   []limit.Lane
	learned []limit.Quota
	did     []string
	records []zoho.Exchange
}

func (p *peers) note(what string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.did = append(p.did, what)
}

func (p *peers) Token(context.Context) (secret.String, error) { return "token-0", nil }

func (p *peers) Renew(_ context.Context, stale secret.String) (secret.String, error) {
	p.token++
	p.note("renew " + stale.Reveal())
	return "token-1", nil
}

func (p *peers) Acquire(_ context.Context, lane limit.Lane) (func(*limit.Quota), error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.lanes = append(p.lanes, lane)
	var once sync.Once
	return func(q *limit.Quota) {
		once.Do(func() {
			p.note("release")
			if q != nil {
				p.learned = append(p.learned, *q)
			}
		})
	}, nil
}

func (p *peers) GiveBack(context.Context)                 { p.note("give back") }
func (p *peers) Crowded(context.Context)                  { p.note("crowded") }
func (p *peers) Pause(_ context.Context, d time.Duration) { p.note("pause " + d.String()) }
func (p *peers) Slow(context.Context)                     { p.note("slow") }

func (p *peers) Record(_ context.Context, e zoho.Exchange) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.records = append(p.records, e)
}

func (p *peers) has(what string) bool { return strings.Contains(strings.Join(p.did, "\n"), what) }

func client(t *testing.T, h http.HandlerFunc) (*zoho.Client, *peers) {
	t.Helper()
	return hasty(t, time.Minute, h) // which no answer takes, however busy the machine is
}

// hasty is a client that waits only so long for an answer.
func hasty(t *testing.T, waits time.Duration, h http.HandlerFunc) (*zoho.Client, *peers) {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	p := &peers{}
	return zoho.New(zoho.Config{APIDomain: server.URL, Organization: "60001", Tokens: p, Limiter: p, Recorder: p, Timeout: waits, Waits: []time.Duration{time.Millisecond, time.Millisecond}}), p
}

func answering(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

func cutOff(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Length", "500")
	_, _ = io.WriteString(w, `{"code":0,"invoice":{`)
	panic(http.ErrAbortHandler)
}

func hangUp(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

const login = "<!doctype html><title>Sign in</title>"

// Only a write that was sent and not answered trustworthily is unknown; everything else is
// certain not to have happened.
func TestEveryAnswerHasOneMeaning(t *testing.T) {
	t.Parallel()
	type meaning struct {
		kind fault.Kind
		code string
	}
	unknown, down := meaning{fault.Unknown, "outcome_unknown"}, meaning{fault.Unavailable, "zoho_unavailable"}
	refusedAll, foreign, minute, day := meaning{fault.Limited, "token_pause"}, meaning{fault.Auth, "grant_revoked"}, meaning{fault.Limited, "minute_limit"}, meaning{fault.Limited, "daily_limit"}
	missing := meaning{fault.Held, "module_missing"}
	refused, gone := meaning{fault.Rejected, "zoho_refused"}, meaning{fault.NotFound, "zoho_record_gone"}
	both := func(m meaning) [2]meaning { return [2]meaning{m, m} }
	tests := []struct {
		name   string
		path   string
		answer http.HandlerFunc
		want   [2]meaning // of a write, of a read
	}{
		{"internal error", "/invoices", answering(500, `{"code":1000,"message":"Internal"}`), [2]meaning{unknown, down}},
		{"internal error with status 400", "/invoices", answering(400, `{"code":1000,"message":"Internal"}`), [2]meaning{unknown, down}},
		{"bad gateway", "/invoices", answering(502, login), [2]meaning{unknown, down}},
		{"page instead of data", "/invoices", answering(200, login), [2]meaning{unknown, down}},
		{"empty answer", "/invoices", answering(200, ""), [2]meaning{unknown, down}},
		{"answer without code", "/invoices", answering(200, `{"invoice":{}}`), [2]meaning{unknown, down}},
		{"neither code nor words nor anything", "/invoices", answering(200, `{"ok":true,"data":{}}`), [2]meaning{unknown, down}},
		{"words without a code, of something on the way", "/invoices", answering(200, `{"message":"Please sign in."}`), [2]meaning{unknown, down}},
		{"answer cut off", "/invoices", cutOff, [2]meaning{unknown, down}},
		{"answer cut off in whole bytes", "/invoices", answering(201, `{"code":0,"invoice":{"invoice_id":`), [2]meaning{unknown, down}},
		{"connection lost", "/invoices", hangUp, [2]meaning{unknown, down}},
		{"no answer in time", "/invoices", nil, [2]meaning{unknown, down}},
		{"redirect to another host", "/invoices", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://elsewhere.invalid/", http.StatusFound)
		}, [2]meaning{unknown, down}},
		{"page of something on the way", "/invoices", answering(403, login), [2]meaning{unknown, down}},
		{"refused without a code", "/invoices", answering(403, `{"error":"blocked"}`), [2]meaning{refused, down}},
		{"not there, without a code", "/invoices/1", answering(404, `{}`), [2]meaning{refused, down}},
		{"too late, without a code", "/invoices", answering(408, `{"error":"timeout"}`), [2]meaning{unknown, down}},
		{"code that says nothing", "/invoices", answering(200, `{"code":[],"invoice":{"invoice_id":"1"}}`), [2]meaning{unknown, down}},
		{"code that is no whole number", "/invoices", answering(201, `{"code":0.5}`), [2]meaning{unknown, down}},
		{"minute limit", "/invoices", answering(429, `{"code":44,"message":"blocked"}`), both(minute)},
		{"too many, not by Zoho", "/invoices", answering(429, login), both(minute)},
		{"day limit", "/invoices", answering(429, `{"code":45,"message":"exceeded"}`), both(day)},
		{"day limit as internal error", "/invoices", answering(500, `{"code":45,"message":"exceeded"}`), both(day)},
		{"day limit as success", "/invoices", answering(200, `{"code":"45","message":"exceeded"}`), both(day)},
		{"token refused twice", "/invoices", answering(401, `{"code":57,"message":"not authorized"}`), both(refusedAll)},
		{"token refused in words", "/invoices", answering(401, `{"code":"INVALID_OAUTHTOKEN"}`), both(refusedAll)},
		{"foreign organization", "/invoices", answering(400, `{"code":6041,"message":"not associated"}`), both(foreign)},
		{"no such record", "/invoices/1", answering(404, `{"code":1002,"message":"does not exist"}`), both(gone)},
		{"no such record with status 400", "/invoices/1", answering(400, `{"code":1002}`), both(gone)},
		{"no such address", "/invoice", answering(404, `{"code":5,"message":"Invalid URL"}`), both(refused)},
		{"number taken", "/invoices", answering(400, `{"code":1001,"message":"exists"}`), both(meaning{fault.Rejected, "number_taken"})},
		{"item name taken", "/items", answering(400, `{"code":1001,"message":"exists"}`), both(meaning{fault.Rejected, "name_taken"})},
		{"contact name taken", "/contacts", answering(400, `{"code":3062,"message":"exists"}`), both(meaning{fault.Rejected, "name_taken"})},
		{"credit on a paid invoice", "/creditnotes/1/invoices", answering(400, `{"code":12006}`), both(meaning{fault.Rejected, "paid_document"})},
		{"locked period", "/invoices", answering(400, `{"code":2017}`), both(refused)},
		{"inactive contact", "/invoices", answering(400, `{"code":3029}`), both(refused)},
		{"inactive item", "/invoices", answering(400, `{"code":2012,"message":"inactive"}`), both(refused)},
		{"paid invoice", "/invoices/1", answering(400, `{"code":4025,"message":"paid"}`), both(refused)},
		{"less than what is settled", "/invoices/1", answering(400, `{"code":4026,"message":"less"}`), both(refused)},
		{"invoiced sales order", "/salesorders/1", answering(400, `{"code":36023,"message":"invoiced"}`), both(meaning{fault.Rejected, "paid_document"})},
		{"no such module", "/salesorders", answering(404, `{"code":5,"message":"Invalid URL"}`), both(missing)},
		{"no such method of a module", "/salesorders", answering(405, `{"code":37,"message":"The HTTP method is not allowed"}`), both(missing)},
		{"a module as an element", "/salesorders", answering(400, `{"code":11,"message":"Invalid Element salesorders"}`), both(missing)},
		{"an element of a document", "/salesorders", answering(400, `{"code":11,"message":"Invalid Element terms"}`), both(refused)},
		{"never seen code", "/invoices", answering(400, `{"code":987654,"message":"Die Rechnung ist zu bunt."}`), both(refused)},
		{"failure with status 200", "/invoices", answering(200, `{"code":15,"message":"too long"}`), both(refused)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c, p := client(t, tt.answer)
			if tt.answer == nil {
				c, p = hasty(t, 100*time.Millisecond, func(_ http.ResponseWriter, r *http.Request) {
					_, _ = io.Copy(io.Discard, r.Body) // only then the server sees that the client hangs up
					<-r.Context().Done()
				})
			}
			for i, method := range []string{http.MethodPut, http.MethodGet} {
				_, err := c.Do(t.Context(), zoho.Request{Method: method, Path: tt.path, Body: json.RawMessage(`{}`)})
				f := fault.Of(err)
				if err == nil || f.Kind != tt.want[i].kind || f.Code != tt.want[i].code {
					t.Errorf("%s: got %v, want %v", method, err, tt.want[i])
				}
				if err != nil && f.Action == "" {
					t.Errorf("%s: nobody is told what to do about %v", method, err)
				}
				if f != nil && f.Kind == fault.Limited && f.RetryAfter <= 0 {
					t.Errorf("%s: no word when to try again", method)
				}
			}
			if last := p.records[len(p.records)-1]; last.Fault != tt.want[1].code {
				t.Errorf("recorded %q", last.Fault)
			}
		})
	}
}

// TestWithoutACodeTheStatusDecides has Zoho Books answer without any code, as it was seen to do a moment ago: what it
// refuses is told by HTTP's status and keeps its words.
func TestWithoutACodeTheStatusDecides(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		method, path, status, code string
	}{
		{"GET", "/invoices/7", "404", "zoho_record_gone"},
		{"GET", "/salesorders", "404", "module_missing"},
		{"PUT", "/invoices", "400", "zoho_refused"},
		{"PUT", "/invoices", "403", "zoho_refused"},
		{"PUT", "/invoices", "500", "outcome_unknown"},
		{"GET", "/invoices", "500", "zoho_unavailable"},
		{"PUT", "/invoices", "429", "minute_limit"},
		{"PUT", "/invoices", "401", "token_pause"},
		{"PUT", "/invoices", "200", ""},
		{"POST", "/invoices/status/sent", "200", ""},
	} {
		var refuses atomic.Bool
		c, _ := client(t, func(w http.ResponseWriter, r *http.Request) {
			if refuses.Load() {
				var status int
				_, _ = fmt.Sscan(tt.status, &status)
				answering(status, `{"message":"Zoho's words"}`)(w, r)
				return
			}
			answering(200, `{"organizations":[]}`)(w, r)
		})
		if _, err := c.Do(t.Context(), zoho.Request{Method: http.MethodGet, Path: "/organizations"}); err != nil {
			t.Fatal(err)
		}
		refuses.Store(true)
		_, err := c.Do(t.Context(), zoho.Request{Method: tt.method, Path: tt.path, Body: json.RawMessage(`{}`)})
		switch f := fault.Of(err); {
		case tt.code == "" && err == nil:
		case f == nil || f.Code != tt.code:
			t.Errorf("%s %s, HTTP %s: %v, want %q", tt.method, tt.path, tt.status, err, tt.code)
		case tt.status < "429" && !strings.Contains(f.Detail, "Zoho's words"):
			t.Errorf("%s %s, HTTP %s says %q", tt.method, tt.path, tt.status, f.Detail)
		}
	}
}

// TestWhatIsOnTheWayIsNoEditionWithoutCodes has something on the way answer once, in words of its own or about tags, which
// come without a code anywhere, and again later: that nothing is there is not believed of it.
func TestWhatIsOnTheWayIsNoEditionWithoutCodes(t *testing.T) {
	t.Parallel()
	for name, first := range map[string][2]string{
		"words": {"/invoices/7", `{"message":"Please sign in."}`}, "tags": {"/reportingtags", `{"reporting_tags":[]}`}, "coded since": {"/organizations", `{"organizations":[]}`},
	} {
		answers := []http.HandlerFunc{answering(200, first[1]), answering(200, `{"code":0,"items":[]}`), answering(404, `{"message":"no route"}`)}
		var asked atomic.Int32
		c, _ := client(t, func(w http.ResponseWriter, r *http.Request) { answers[min(int(asked.Add(1)), 3)-1](w, r) })
		_, _ = c.Do(t.Context(), zoho.Request{Method: http.MethodGet, Path: first[0]})
		if name == "coded since" {
			_, _ = c.Do(t.Context(), zoho.Request{Method: http.MethodGet, Path: "/items"})
		} else {
			asked.Add(1)
		}
		_, err := c.Do(t.Context(), zoho.Request{Method: http.MethodGet, Path: "/invoices/7"})
		if f := fault.Of(err); f == nil || f.Code != "zoho_unavailable" {
			t.Errorf("%s: %v, want zoho_unavailable", name, err)
		}
	}
}

// TestOneRefusedModuleIsNotTheDeathOfTheGrant lets one part of Zoho Books, and then everything, be refused
// in the ways in which plans and roles lack things.
func TestOneRefusedModuleIsNotTheDeathOfTheGrant(t *testing.T) {
	t.Parallel()
	for _, answer := range []string{`400 {"code":6018,"message":"This module is not available in your plan."}`, `403 {"code":6018,"message":"inactive"}`, `401 {"code":57,"message":"You are not authorized"}`} {
		all := "grant_revoked"
		if strings.HasPrefix(answer, "401") { // which may pass, at first
			all = "token_pause"
		}
		for part, want := range map[string]string{"/creditnotes": "module_missing", "/": all} {
			refused := 0
			c, p := client(t, func(w http.ResponseWriter, r *http.Request) {
				if !strings.HasPrefix(strings.TrimPrefix(r.URL.Path, zoho.Version), part) {
					_, _ = io.WriteString(w, `{"code":0,"organizations":[],"currencies":[]}`)
					return
				}
				refused++
				var status int
				_, _ = fmt.Sscan(answer, &status)
				w.WriteHeader(status)
				_, _ = io.WriteString(w, answer[4:])
			})
			for range 3 {
				_, err := c.Do(t.Context(), zoho.Request{Method: http.MethodPut, Path: "/creditnotes", Body: json.RawMessage(`{}`)})
				f := fault.Of(err)
				if f == nil || f.Code != want || f.RetryAfter <= 0 || f.Action == "" || want == "module_missing" && (f.Kind != fault.Held || !strings.Contains(f.Detail, "credit notes")) {
					t.Errorf("%s at %s: %v", answer, part, err)
				}
			}
			if looked := len(p.records) - refused; part != "/" && looked != 1 {
				t.Errorf("%s: the grant was looked at %d times", answer, looked)
			}
		}
	}
}

func TestZohosOwnWordsReachTheReader(t *testing.T) {
	t.Parallel()
	c, _ := client(t, answering(400, `{"code":987654,"message":"Die Rechnung ist zu bunt."}`))
	_, err := c.Do(t.Context(), zoho.Request{Method: http.MethodPost, Path: "/invoices"})
	if detail := fault.Of(err).Detail; detail != "Zoho Books refused the call: Die Rechnung ist zu bunt." {
		t.Errorf("detail %q", detail)
	}
}

func TestNobodyThereIsCertain(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	p := &peers{}
	c := zoho.New(zoho.Config{APIDomain: server.URL, Tokens: p, Limiter: p})
	_, err := c.Do(t.Context(), zoho.Request{Method: http.MethodPost, Path: "/invoices", Body: json.RawMessage(`{}`)})
	if !fault.Is(err, fault.Unavailable) || !p.has("give back") {
		t.Errorf("%v, %v", err, p.did)
	}
}

func TestACallCarriesTokenOrganizationAndKey(t *testing.T) {
	t.Parallel()
	c, p := client(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		h := r.Header
		got := []string{
			r.Method + " " + r.URL.Path + "?" + r.URL.RawQuery, h.Get("Authorization"), h.Get("X-Unique-Identifier-Key"),
			h.Get("X-Unique-Identifier-Value"), h.Get("X-Upsert"), string(body),
		}
		want := []string{
			"PUT /books/v3/invoices?ignore_auto_number_generation=true&organization_id=60001", "Zoho-oauthtoken token-0", "cf_qloapps_key",
			"invoice:7", "true", `{"customer_id":"1","invoice_number":"IN7","date":"2026-05-01","line_items":[{"rate":1560.1,"quantity":1}]}`,
		}
		for i := range want {
			if got[i] != want[i] {
				t.Errorf("sent %q, want %q", got[i], want[i])
			}
		}
		w.Header().Set("X-Rate-Limit-Limit", "1000")
		w.Header().Set("X-Rate-Limit-Remaining", "865")
		w.Header().Set("X-Rate-Limit-Reset", "38681")
		w.WriteHeader(201)
		_, _ = io.WriteString(w, `{"code":0,"message":"ok","invoice":{"invoice_id":982000000567001,"total":"1560.10","status":"draft","custom_fields":[{"api_name":"cf_qloapps_key","value":"invoice:7"}],"line_items":[{"line_item_id":"5"}]}}`)
	})
	doc := zoho.Invoice{CustomerID: "1", Number: "IN7", Date: "2026-05-01", Lines: []zoho.Line{{Rate: money.N(money.MustParse("1560.10")), Quantity: money.N(money.MustParse("1"))}}}
	req, err := zoho.Invoices.Upsert("invoice:7", doc)
	if err != nil {
		t.Fatal(err)
	}
	ctx := zoho.WithRef(zoho.WithLane(t.Context(), limit.History), "invoice:7")
	resp, err := c.Do(ctx, req)
	if err != nil {
		t.Fatal(err)
	}
	rec, err := zoho.Invoices.Read(resp.Body, zoho.KeyField)
	if err != nil || rec.ID != "982000000567001" || rec.Key != "invoice:7" || rec.Total.String() != "1560.1" || rec.LineIDs[0] != "5" {
		t.Errorf("read %+v, %v", rec, err)
	}
	if p.lanes[0] != limit.History || p.learned[0] != (limit.Quota{Limit: 1000, Remaining: 865, ResetIn: 38681 * time.Second}) {
		t.Errorf("lanes %v, learned %v", p.lanes, p.learned)
	}
	e := p.records[0]
	if e.Ref != "invoice:7" || e.Status != 201 || e.Code != "0" || e.Path != "/books/v3/invoices" || strings.Contains(string(e.Request)+string(e.Response)+e.Query, "token-0") {
		t.Errorf("recorded %+v", e)
	}
}

func TestARefusedTokenIsRenewedOnce(t *testing.T) {
	t.Parallel()
	c, p := client(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") == "Zoho-oauthtoken token-0" {
			answering(401, `{"code":57,"message":"x"}`)(w, r)
			return
		}
		answering(200, `{"code":0}`)(w, r)
	})
	if _, err := c.Do(t.Context(), zoho.Request{Method: http.MethodGet, Path: "/items"}); err != nil || p.token != 1 || !p.has("renew token-0") {
		t.Errorf("%v after %v", err, p.did)
	}
}

func TestCallsRefusedForTheirNumberPauseEverybody(t *testing.T) {
	t.Parallel()
	left := 2
	c, p := client(t, func(w http.ResponseWriter, r *http.Request) {
		if left--; left >= 0 {
			answering(429, `{"code":1070,"message":"too many in process"}`)(w, r)
			return
		}
		answering(200, `{"code":0}`)(w, r)
	})
	if _, err := c.Do(t.Context(), zoho.Request{Method: http.MethodPost, Path: "/invoices"}); err != nil || !p.has("pause 2s") || p.has("slow") {
		t.Errorf("%v after %v", err, p.did)
	}
	c, p = client(t, answering(429, `{"code":44,"message":"blocked"}`))
	if _, err := c.Do(t.Context(), zoho.Request{Method: http.MethodPost, Path: "/invoices"}); err == nil || !p.has("pause 1m0s") || !p.has("slow") || len(p.lanes) != 3 {
		t.Errorf("%v after %v", err, p.did)
	}
}

func TestAListIsReadPageByPage(t *testing.T) {
	t.Parallel()
	c, _ := client(t, func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		if q.Get("per_page") != "200" || q.Get("custom_field") != "invoice:3" {
			t.Errorf("asked %v", q)
		}
		body := map[string]string{
			"1": `{"code":0,"invoices":[{"invoice_id":"1","cf_qloapps_key":"invoice:1"},{"invoice_id":"2","cf_qloapps_key":""}],"page_context":{"has_more_page":"true"}}`,
			"2": `{"code":0,"invoices":[{"invoice_id":3,"cf_qloapps_key":"invoice:3"}],"page_context":{"has_more_page":false}}`,
		}[q.Get("page")]
		answering(200, body)(w, r)
	})
	rows := 0
	for _, err := range c.Rows(t.Context(), "/invoices", "invoices", url.Values{"custom_field": {"invoice:3"}}) {
		if err != nil {
			t.Fatal(err)
		}
		rows++
	}
	if rows != 3 { // a page is asked for only while there is more
		t.Errorf("%d rows", rows)
	}
}

// A filter that Zoho ignores returns everything: only the record that carries the key is ours.
func TestOnlyTheKeyIdentifies(t *testing.T) {
	t.Parallel()
	c, _ := client(t, func(w http.ResponseWriter, r *http.Request) {
		id, one := strings.CutPrefix(r.URL.Path, "/books/v3/invoices/")
		if !one {
			answering(200, `{"code":0,"invoices":[{"invoice_id":"1","cf_qloapps_key":"invoice:1"},{"invoice_id":"2"},{"invoice_id":"3"}]}`)(w, r)
			return
		}
		key := map[string]string{"2": "", "3": "invoice:3"}[id]
		answering(200, `{"code":0,"invoice":{"invoice_id":"`+id+`","custom_fields":[{"api_name":"cf_qloapps_key","value":"`+key+`"}]}}`)(w, r)
	})
	rec, found, err := c.Find(t.Context(), zoho.Invoices, "invoice:3", url.Values{})
	if err != nil || !found || rec.ID != "3" {
		t.Errorf("%v %v %v", rec.ID, found, err)
	}
	if _, found, err = c.Find(t.Context(), zoho.Invoices, "invoice:9", url.Values{}); err != nil || found {
		t.Errorf("found a stranger: %v", err)
	}
}

// A search must not read a whole list record by record when Zoho ignores its filter.
func TestASearchReadsOnlySoMuch(t *testing.T) {
	t.Parallel()
	rows := func(n int) string {
		list := make([]string, n)
		for i := range list {
			list[i] = fmt.Sprintf(`{"invoice_id":"%d"}`, i+1)
		}
		return `{"code":0,"invoices":[` + strings.Join(list, ",") + `],"page_context":{"has_more_page":false}}`
	}
	var many atomic.Bool
	c, p := client(t, func(w http.ResponseWriter, r *http.Request) {
		id, single := strings.CutPrefix(r.URL.Path, "/books/v3/invoices/")
		switch {
		case !single && many.Load():
			_, _ = io.WriteString(w, rows(200))
		case !single:
			_, _ = io.WriteString(w, rows(3))
		case id == "1":
			answering(404, `{"code":1002,"message":"deleted meanwhile"}`)(w, r)
		case id == "3" && !many.Load():
			_, _ = io.WriteString(w, `{"code":0,"invoice":{"invoice_id":"3","cf_qloapps_key":"invoice:7"}}`)
		default:
			_, _ = io.WriteString(w, `{"code":0,"invoice":{"invoice_id":"`+id+`"}}`)
		}
	})
	if rec, found, err := c.Find(t.Context(), zoho.Invoices, "invoice:7", nil); err != nil || !found || rec.ID != "3" {
		t.Errorf("%+v %t %v", rec, found, err)
	}
	many.Store(true)
	before := len(p.records)
	_, found, err := c.Find(t.Context(), zoho.Invoices, "invoice:7", nil)
	if f := fault.Of(err); found || f == nil || f.Kind != fault.Unknown || f.RetryAfter <= 0 {
		t.Errorf("found %t, %v", found, err)
	}
	if n := len(p.records) - before; n > 22 {
		t.Errorf("%d calls for one search", n)
	}
}

func TestAListThatNeverEndsIsNotTakenForWhole(t *testing.T) {
	t.Parallel()
	c, _ := client(t, func(w http.ResponseWriter, r *http.Request) {
		answering(200, `{"code":0,"invoices":[{"invoice_id":"`+r.URL.Query().Get("page")+`"}],"page_context":{"has_more_page":true}}`)(w, r)
	})
	n := 0
	var failed error
	for _, err := range c.Rows(t.Context(), "/invoices", "invoices", nil) {
		n, failed = n+1, err
	}
	if failed == nil || n != 501 {
		t.Errorf("%d rows, then %v", n, failed)
	}
}

// TestAPageThatComesAgainEndsTheList is for a list that answers every page with the same rows and says that there
// are more: it is not read five hundred times, and not taken for whole.
func TestAPageThatComesAgainEndsTheList(t *testing.T) {
	t.Parallel()
	c, p := client(t, answering(200, `{"code":0,"invoices":[{"invoice_id":"1","customer_id":7},{"invoice_id":"2","customer_id":7}],"page_context":{"has_more_page":true}}`))
	n := 0
	var failed error
	for _, err := range c.Rows(t.Context(), "/invoices", "invoices", nil) {
		n, failed = n+1, err
	}
	if !fault.Is(failed, fault.Unavailable) || n != 3 || len(p.records) != 2 {
		t.Errorf("%d rows of %d calls, then %v", n, len(p.records), failed)
	}
}

func TestLenientTypes(t *testing.T) {
	t.Parallel()
	var v struct {
		A, B, C zoho.Text
		D, E, F zoho.Amount
		G, H, I zoho.Truth
	}
	err := json.Unmarshal([]byte(`{"a":98200000056700112,"b":null,"c":true,"d":"1,5","e":"12.340","f":0.1,"g":"true","h":1,"i":"no"}`), &v)
	if err != nil || v.A != "98200000056700112" || v.B != "" || v.C != "true" || !v.D.IsZero() || v.E.StringFixed(2) != "12.34" || v.F.String() != "0.1" || !bool(v.G && v.H) || bool(v.I) {
		t.Errorf("%+v %v", v, err)
	}
}

func TestLinksLeadToTheChosenOrganization(t *testing.T) {
	t.Parallel()
	l := zoho.Links{Dashboard: "https://books.zoho.eu", Organization: "60001"}
	if got := l.To(zoho.CustomerPayments, "12"); got != "https://books.zoho.eu/app/60001#/paymentsreceived/12" {
		t.Error(got)
	}
	if got := l.To(zoho.Items, ""); got != "" {
		t.Error(got)
	}
}
