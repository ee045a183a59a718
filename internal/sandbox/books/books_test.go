package books

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
)

func amount(text string) decimal.Decimal {
	if text == "" {
		return decimal.Zero
	}
	return decimal.RequireFromString(text)
}

func TestArithmeticOfTheGoldenCases(t *testing.T) {
	data, err := os.ReadFile("testdata/arithmetic.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Name      string
		Precision int32
		Inclusive bool
		ItemLevel bool `json:"item_level"`
		Lines     []struct {
			Rate, Quantity, Discount string
			Taxes                    []string
		}
		Discount, Shipping, Adjustment string
		SubTotal                       string `json:"sub_total"`
		Tax, Total                     string
	}
	if err := json.Unmarshal(data, &cases); err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		s := sum{Precision: c.Precision, Inclusive: c.Inclusive, ItemRounding: c.ItemLevel, Discount: amount(c.Discount), Shipping: amount(c.Shipping), Adjustment: amount(c.Adjustment)}
		for _, l := range c.Lines {
			line := sumLine{Rate: amount(l.Rate), Quantity: amount(l.Quantity), Discount: amount(l.Discount)}
			for _, x := range l.Taxes {
				rate, compound := strings.CutPrefix(x, "*")
				line.Taxes = append(line.Taxes, taxPart{ID: x, Percent: amount(rate), Compound: compound})
			}
			s.Lines = append(s.Lines, line)
		}
		got := s.compute()
		if !got.SubTotal.Equal(amount(c.SubTotal)) || !got.Tax.Equal(amount(c.Tax)) || !got.Total.Equal(amount(c.Total)) {
			t.Errorf("%s: sub-total %s, tax %s, total %s, want %s, %s, %s", c.Name, got.SubTotal, got.Tax, got.Total, c.SubTotal, c.Tax, c.Total)
		}
	}
}

// caller has gone through consent and calls the API.
type caller struct {
	t     *testing.T
	books *Server
	url   string
	token string
}

func connect(t *testing.T, o Options) *caller {
	t.Helper()
	s := New(o)
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	q := url.Values{"response_type": {"code"}, "client_id": {"sandbox-client"}, "redirect_uri": {"http://hotel.test/back"}, "scope": {"ZohoBooks.fullaccess.all"}, "state": {"s"}, "access_type": {"offline"}, "approve": {"1"}}
	resp, err := client.Get(server.URL + "/oauth/v2/auth?" + q.Encode())
	if err != nil {
		t.Fatal(err)
	}
	back, _ := url.Parse(resp.Header.Get("Location"))
	form := url.Values{"grant_type": {"authorization_code"}, "client_id": {"sandbox-client"}, "client_secret": {"sandbox-secret"}, "code": {back.Query().Get("code")}}
	resp, err = http.PostForm(server.URL+"/oauth/v2/token", form)
	if err != nil {
		t.Fatal(err)
	}
	var token struct {
		Access string `json:"access_token"`
	}
	_ = json.NewDecoder(resp.Body).Decode(&token)
	if token.Access == "" {
		t.Fatal("no access token")
	}
	again, _ := http.PostForm(server.URL+"/oauth/v2/token", form)
	var refused map[string]string
	_ = json.NewDecoder(again.Body).Decode(&refused)
	if again.StatusCode != 200 || refused["error"] != "invalid_code" {
		t.Errorf("a code used twice: %d %v", again.StatusCode, refused)
	}
	return &caller{t, s, server.URL, token.Access}
}

// call gives the HTTP status, the code and the whole answer.
func (c *caller) call(method, path, body string, header ...string) (int, int, map[string]any) {
	c.t.Helper()
	sign := "?"
	if strings.Contains(path, "?") {
		sign = "&"
	}
	req, err := http.NewRequest(method, c.url+"/books/v3"+path+sign+"organization_id=10234695", bytes.NewReader([]byte(body)))
	if err != nil {
		c.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Zoho-oauthtoken "+c.token)
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, 0, nil
	}
	defer resp.Body.Close()
	var answer map[string]any
	_ = json.NewDecoder(resp.Body).Decode(&answer)
	code, _ := answer["code"].(float64)
	return resp.StatusCode, int(code), answer
}

func (c *caller) must(method, path, body string) map[string]any {
	c.t.Helper()
	status, code, answer := c.call(method, path, body)
	if code != 0 || status >= 300 {
		c.t.Fatalf("%s %s: %d %v", method, path, status, answer)
	}
	return answer
}

func id(answer map[string]any, envelope, field string) string {
	o, _ := answer[envelope].(map[string]any)
	s, _ := o[field].(string)
	return s
}

func TestStrictRefusals(t *testing.T) {
	c := connect(t, Options{})
	contact := id(c.must("POST", "/contacts", `{"contact_name":"Ana"}`), "contact", "contact_id")
	line := `"line_items":[{"name":"Room","rate":100,"quantity":1}]`
	refusals := []struct {
		name, method, path, body string
		status, code             int
	}{
		{"an unknown field", "POST", "/contacts", `{"contact_name":"B","nonsense":1}`, 400, 11},
		{"a name that is too long", "POST", "/items", `{"name":"` + strings.Repeat("x", 101) + `","rate":1}`, 400, 15},
		{"a name taken, whatever its case", "POST", "/contacts", `{"contact_name":" ANA "}`, 400, 3062},
		{"rubbish", "POST", "/contacts", `{`, 400, 1038},
		{"an unknown record", "GET", "/contacts/1", ``, 404, 1002},
		{"an unknown address", "GET", "/nothing", ``, 404, 5},
		{"an own number without the flag", "POST", "/invoices", `{"customer_id":"` + contact + `","invoice_number":"X1",` + line + `}`, 400, 4097},
		{"an amount as text", "POST", "/customerpayments", `{"customer_id":"` + contact + `","amount":"5","payment_mode":"Cash"}`, 400, 4},
		{"no lines", "POST", "/invoices", `{"customer_id":"` + contact + `"}`, 400, 4},
	}
	for _, r := range refusals {
		if status, code, answer := c.call(r.method, r.path, r.body); status != r.status || code != r.code {
			t.Errorf("%s: %d %d, want %d %d (%v)", r.name, status, code, r.status, r.code, answer["message"])
		}
	}
	c.token = "rubbish"
	if status, code, _ := c.call("GET", "/contacts", ""); status != 401 || code != 57 {
		t.Errorf("a wrong token: %d %d", status, code)
	}
}

func TestAKeyedWriteMakesOneRecordAndTheKeyMustBeInTheBody(t *testing.T) {
	c := connect(t, Options{})
	head := []string{"X-Unique-Identifier-Key", "cf_qloapps_key", "X-Unique-Identifier-Value", "customer:1", "X-Upsert", "true"}
	if _, code, _ := c.call("PUT", "/contacts", `{"contact_name":"Ana"}`, head...); code == 0 {
		t.Error("a keyed write passed without a key field")
	}
	c.must("POST", "/settings/fields", `{"label":"QloApps Key","data_type":"string","entity":"contact","is_unique":true}`)
	keyed := `{"contact_name":"Ana","custom_fields":[{"api_name":"cf_qloapps_key","value":"customer:1"}]}`
	first, _, one := c.call("PUT", "/contacts", keyed, head...)
	second, _, two := c.call("PUT", "/contacts", keyed, head...)
	if first != 201 || second != 200 || id(one, "contact", "contact_id") != id(two, "contact", "contact_id") {
		t.Errorf("%d %v, then %d %v", first, one, second, two)
	}
	if _, code, _ := c.call("PUT", "/contacts", `{"contact_name":"Bea"}`, "X-Unique-Identifier-Key", "cf_qloapps_key", "X-Unique-Identifier-Value", "customer:2"); code != 1002 {
		t.Errorf("without X-Upsert a missing record is code %d", code)
	}
	if _, code, _ := c.call("POST", "/contacts", strings.Replace(keyed, "Ana", "Cleo", 1)); code == 0 {
		t.Error("a doubled key was taken")
	}
}

func TestPaymentsSettleSentInvoicesOnly(t *testing.T) {
	c := connect(t, Options{})
	contact := id(c.must("POST", "/contacts", `{"contact_name":"Ana"}`), "contact", "contact_id")
	invoice := id(c.must("POST", "/invoices", `{"customer_id":"`+contact+`","line_items":[{"name":"Room","rate":100,"quantity":1}]}`), "invoice", "invoice_id")
	pay := func(amount, applied string) (int, map[string]any) {
		_, code, answer := c.call("POST", "/customerpayments", `{"customer_id":"`+contact+`","payment_mode":"Cash","amount":`+amount+`,"invoices":[{"invoice_id":"`+invoice+`","amount_applied":`+applied+`}]}`)
		return code, answer
	}
	if code, _ := pay("60", "60"); code == 0 {
		t.Error("a draft was paid")
	}
	c.must("POST", "/invoices/status/sent?invoice_ids="+invoice, "")
	if code, _ := pay("60", "60"); code != 0 {
		t.Error("a sent invoice was not paid")
	}
	if code, _ := pay("60", "60"); code != 24016 {
		t.Errorf("more than the balance gave %d", code)
	}
	if code, _ := pay("60", "40"); code != 0 {
		t.Error("the rest was not paid")
	}
	if _, code, _ := c.call("PUT", "/invoices/"+invoice, `{"notes":"x"}`); code == 0 {
		t.Error("a paid invoice was changed")
	}
	if got := c.must("GET", "/invoices/"+invoice, "")["invoice"].(map[string]any); got["status"] != "paid" || got["balance"].(float64) != 0 {
		t.Errorf("%v %v", got["status"], got["balance"])
	}
}

func TestLimitsCountAnySixtySeconds(t *testing.T) {
	clock := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	c := connect(t, Options{PerMinute: 3, PerDay: 5, Clock: func() time.Time { return clock }})
	codes := []int{}
	for range 4 {
		_, code, _ := c.call("GET", "/contacts", "")
		codes = append(codes, code)
	}
	if codes[2] != 0 || codes[3] != 44 {
		t.Errorf("four calls at once: %v", codes)
	}
	clock = clock.Add(61 * time.Second)
	for range 2 {
		if _, code, _ := c.call("GET", "/contacts", ""); code != 0 {
			t.Errorf("a minute later: %d", code)
		}
	}
	if _, code, _ := c.call("GET", "/contacts", ""); code != 45 {
		t.Errorf("the sixth call of the day: %d", code)
	}
}

func TestFaultsLoseAnswersButNotDocuments(t *testing.T) {
	c := connect(t, Options{})
	if err := c.books.SetFaults(Rule{Method: "POST", Path: "/contacts$", Times: 1, Fault: FaultCommitDrop}); err != nil {
		t.Fatal(err)
	}
	if status, _, _ := c.call("POST", "/contacts", `{"contact_name":"Ana"}`); status != 0 {
		t.Errorf("the answer came: %d", status)
	}
	if n := len(c.books.Snapshot()); n != 1 {
		t.Errorf("%d records after a lost answer", n)
	}
	if err := c.books.SetFaults(Rule{Method: "POST", Times: 1, Fault: FaultDropBefore}); err != nil {
		t.Fatal(err)
	}
	if status, _, _ := c.call("POST", "/contacts", `{"contact_name":"Bea"}`); status != 0 || len(c.books.Snapshot()) != 1 {
		t.Errorf("a call dropped before it was handled: %d, %d records", status, len(c.books.Snapshot()))
	}
	if err := c.books.SetFaults(Rule{Times: 1, Fault: FaultListLag}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []int{0, 1} {
		_, _, answer := c.call("GET", "/contacts", "")
		if rows, _ := answer["contacts"].([]any); len(rows) != want {
			t.Errorf("a list that lags shows %d contacts, want %d", len(rows), want)
		}
	}
	for fault, check := range map[Fault]func(int, int) bool{
		FaultCommit500: func(s, _ int) bool { return s == 500 }, Fault429Minute: func(s, code int) bool { return s == 429 && code == 44 },
		FaultHTML: func(s, _ int) bool { return s == 200 }, FaultTokenExpired: func(s, _ int) bool { return s == 401 },
	} {
		if err := c.books.SetFaults(Rule{Times: 1, Fault: fault}); err != nil {
			t.Fatal(err)
		}
		if s, code, _ := c.call("GET", "/contacts", ""); !check(s, code) {
			t.Errorf("%s answered %d %d", fault, s, code)
		}
	}
}

func TestLockedPeriodsRefuse(t *testing.T) {
	c := connect(t, Options{})
	contact := id(c.must("POST", "/contacts", `{"contact_name":"Ana"}`), "contact", "contact_id")
	c.books.SetLockDate("2026-01-31")
	body := func(day string) string {
		return `{"customer_id":"` + contact + `","date":"` + day + `","line_items":[{"name":"Room","rate":1,"quantity":1}]}`
	}
	if _, code, _ := c.call("POST", "/invoices", body("2026-01-31")); code == 0 {
		t.Error("the lock date itself is open")
	}
	if _, code, _ := c.call("POST", "/invoices", body("2026-02-01")); code != 0 {
		t.Error("the day after is locked")
	}
}

// TestPartsOfTheBooksAreLockedApart locks one part after the other: money is of sales and of the
// bank, an invoice of sales alone, and the other parts concern neither.
func TestPartsOfTheBooksAreLockedApart(t *testing.T) {
	c := connect(t, Options{})
	contact := id(c.must("POST", "/contacts", `{"contact_name":"Ana"}`), "contact", "contact_id")
	for module, open := range map[string]struct{ paper, money bool }{
		"all": {}, "sales": {}, "banking": {paper: true}, "purchase": {true, true}, "accountant": {true, true}, "inventory_adjustments": {true, true},
	} {
		if err := c.books.SetLock(module, "2026-01-31"); err != nil {
			t.Fatal(err)
		}
		_, invoice, _ := c.call("POST", "/invoices", `{"customer_id":"`+contact+`","date":"2026-01-31","line_items":[{"name":"Room","rate":1,"quantity":1}]}`)
		_, payment, _ := c.call("POST", "/customerpayments", `{"customer_id":"`+contact+`","payment_mode":"Cash","amount":1,"date":"2026-01-31"}`)
		if (invoice == 0) != open.paper || (payment == 0) != open.money {
			t.Errorf("under a lock of %s an invoice answers %d, a payment %d", module, invoice, payment)
		}
		if err := c.books.SetLock(module, ""); err != nil {
			t.Fatal(err)
		}
	}
}
