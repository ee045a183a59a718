package books

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

func (c *caller) setup() {
	c.t.Helper()
	c.must("POST", "/settings/fields", `{"label":"QloApps Key","data_type":"string","entity":"contact","is_unique":true}`)
}

// key makes a contact by a keyed write and gives HTTP status and code.
func (c *caller) key(n string) (int, int) {
	status, code, _ := c.call("PUT", "/contacts", `{"contact_name":"Guest `+n+`","custom_fields":[{"api_name":"cf_qloapps_key","value":"customer:`+n+`"}]}`,
		"X-Unique-Identifier-Key", "cf_qloapps_key", "X-Unique-Identifier-Value", "customer:"+n, "X-Upsert", "true")
	return status, code
}

func TestEveryFaultDoesWhatItSaysAndOnlyThen(t *testing.T) {
	cases := []struct {
		rule         Rule
		status, code int // of the struck call
		done         bool
	}{
		{Rule{Fault: FaultDropBefore}, 0, 0, false},
		{Rule{Fault: FaultCommitDrop}, 0, 0, true},
		{Rule{Fault: FaultCommit500}, 500, 1000, true},
		{Rule{Fault: FaultSlow, Delay: 250}, 201, 0, true},
		{Rule{Fault: Fault429Minute}, 429, 44, false},
		{Rule{Fault: Fault429Minute, Status: 200}, 200, 44, false},
		{Rule{Fault: Fault429Minute, Status: 500}, 500, 44, false},
		{Rule{Fault: Fault429Day, Status: 200}, 200, 45, false},
		{Rule{Fault: Fault429Day, Status: 500}, 500, 45, false},
		{Rule{Fault: Fault429Busy}, 429, 1070, false},
		{Rule{Fault: FaultHTML}, 200, 0, true},
		{Rule{Fault: FaultTruncated}, 201, 0, true},
		{Rule{Fault: FaultRefuse}, 400, 4, false},
		{Rule{Fault: FaultTokenExpired}, 401, 57, false},
	}
	for _, tt := range cases {
		c := connect(t, Options{})
		c.setup()
		tt.rule.Method, tt.rule.Call = "PUT", 2
		if err := c.books.SetFaults(tt.rule); err != nil {
			t.Fatal(err)
		}
		if status, code := c.key("1"); status != 201 || code != 0 {
			t.Errorf("%s: the first call is struck: %d %d", tt.rule.Fault, status, code)
		}
		began := time.Now()
		if status, code := c.key("2"); status != tt.status || code != tt.code {
			t.Errorf("%s %d: %d %d, want %d %d", tt.rule.Fault, tt.rule.Status, status, code, tt.status, tt.code)
		}
		if tt.rule.Fault == FaultSlow && time.Since(began) < 250*time.Millisecond {
			t.Errorf("slow took %v", time.Since(began))
		}
		if n := c.books.Census().Keys["customer:2"]; (n == 1) != tt.done {
			t.Errorf("%s: %d records", tt.rule.Fault, n)
		}
	}
}

func TestChanceRepeatsWithItsSeed(t *testing.T) {
	struck := func(seed uint64) string {
		c := connect(t, Options{Seed: seed, NoLimits: true})
		if err := c.books.SetFaults(Rule{Rate: 0.3, Fault: FaultCommit500}); err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		for range 60 {
			status, _, _ := c.call("GET", "/organizations", "")
			b.WriteByte("0123456789"[status/100])
		}
		return b.String()
	}
	first := struck(7)
	if n := strings.Count(first, "5"); n < 5 || n > 35 || first != struck(7) || first == struck(8) {
		t.Errorf("%d of 60 struck at a rate of 0.3: %s", n, first)
	}
}

func TestTheTokenEndpointSaysErrorsAsZohoDoes(t *testing.T) {
	for fault, want := range map[Fault]struct {
		status int
		body   string
	}{
		FaultOAuthInvalidCode: {200, `"invalid_code"`}, FaultOAuthInvalidClient: {200, `"invalid_client"`}, FaultOAuthDenied: {400, `"Access Denied"`},
		FaultOAuthEmpty: {200, `{}`}, FaultOAuthHTML: {200, `<html>`},
	} {
		c := connect(t, Options{})
		if err := c.books.SetFaults(Rule{Fault: fault}, Rule{Fault: FaultDropBefore}); err != nil {
			t.Fatal(err)
		}
		resp, err := http.Post(c.url+"/oauth/v2/token", "application/x-www-form-urlencoded", strings.NewReader("grant_type=refresh_token"))
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if resp.StatusCode != want.status || !strings.Contains(string(body), want.body) {
			t.Errorf("%s: %d %s", fault, resp.StatusCode, body)
		}
	}
}

func TestAFixedMinuteBeginsWithTheClocksMinute(t *testing.T) {
	now := time.Date(2026, 3, 1, 9, 0, 50, 0, time.UTC)
	c := connect(t, Options{PerMinute: 3, FixedWindow: true, Clock: func() time.Time { return now }})
	ask := func(want int) {
		t.Helper()
		if status, _, _ := c.call("GET", "/organizations", ""); status != want {
			t.Errorf("at %s: %d, want %d", now.Format(time.TimeOnly), status, want)
		}
	}
	ask(200)
	ask(200)
	ask(200)
	ask(429)
	now = now.Add(10 * time.Second)
	ask(200)
	ask(200)
	ask(200)
	ask(429)
	if got := c.books.Load(); got.Refused != 2 || got.Today != 6 {
		t.Errorf("%+v", got)
	}
}

func TestCallsOfOthersUseUpTheDay(t *testing.T) {
	c := connect(t, Options{PerDay: 10})
	c.books.UsedByOthers(8)
	for i, want := range []int{200, 200, 429} {
		if status, _, _ := c.call("GET", "/organizations", ""); status != want {
			t.Errorf("call %d: %d, want %d", i+1, status, want)
		}
	}
	resp, err := http.Post(c.url+"/sandbox/others?calls=0", "", nil)
	if err != nil {
		t.Fatal(err)
	}
	var load Load
	_ = json.NewDecoder(resp.Body).Decode(&load)
	_ = resp.Body.Close()
	if load.Others != 0 || load.Today != 2 || load.Refused != 1 {
		t.Errorf("%+v", load)
	}
}

func TestTheCensusFindsDoubles(t *testing.T) {
	c := connect(t, Options{})
	answer := c.must("POST", "/contacts", `{"contact_name":"Nora"}`)
	id := answer["contact"].(map[string]any)["contact_id"].(string)
	for _, date := range []string{"2026-01-01", "2026-01-02", "2026-01-02"} {
		c.must("POST", "/customerpayments", `{"customer_id":"`+id+`","amount":10,"payment_mode":"Cash","date":"`+date+`"}`)
	}
	resp, err := http.Get(c.url + "/sandbox/census")
	if err != nil {
		t.Fatal(err)
	}
	var census Census
	_ = json.NewDecoder(resp.Body).Decode(&census)
	_ = resp.Body.Close()
	if census.Records != 4 || census.Keys[""] != 4 || len(census.Doubled) != 1 || census.Doubled[0].Date != "2026-01-02" || len(census.Doubled[0].Keys) != 2 {
		t.Errorf("%+v", census)
	}
}

func TestAFaultThatDoesNotExistIsRefused(t *testing.T) {
	if err := New(Options{}).SetFaults(Rule{Fault: "gremlin"}); err == nil {
		t.Error("accepted")
	}
}
