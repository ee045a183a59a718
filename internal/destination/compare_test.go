package destination

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/money"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// TestTheRateAndWhereADocumentBelongsAreCompared tells a rate, a location or an option of a tag that stands otherwise
// than it was sent, and not one that is rounded, stands in another order or beside others, or is not shown.
func TestTheRateAndWhereADocumentBelongsAreCompared(t *testing.T) {
	t.Parallel()

	const (
		sent = `{"customer_id":"7","exchange_rate":1.0962784562,"location_id":"5","tags":[{"tag_id":"1","tag_option_id":"11"},{"tag_id":"2","tag_option_id":"21"}],` +
			`"line_items":[{"rate":9,"location_id":"5","tags":[{"tag_id":"3","tag_option_id":"31"}]},{"rate":1,"location_id":"5","tags":[{"tag_id":"3","tag_option_id":"31"}]}]}`
		base = `{"customer_id":"7","line_items":[{"rate":9}]}`
	)
	for name, tt := range map[string]struct {
		sent, stands string
		words        string
	}{
		"as sent":                              {sent, `"exchange_rate":1.0962784562,"location_id":5,"tags":[{"tag_id":"1","tag_option_id":11},{"tag_id":2,"tag_option_id":"21"}],"line_items":[{"location_id":"5","tags":[{"tag_id":"3","tag_option_id":"31"}]},{"tags":[{"tag_id":"3","tag_option_id":"31"}]}]`, ""},
		"nothing shown":                        {sent, `"status":"draft"`, ""},
		"shown as nothing":                     {sent, `"exchange_rate":"","location_id":"","line_items":[{"location_id":null},{}]`, ""},
		"the rate rounded to six decimals":     {sent, `"exchange_rate":1.096278`, ""},
		"the rate cut after eight decimals":    {sent, `"exchange_rate":"1.09627845"`, ""},
		"no rate":                              {sent, `"exchange_rate":1`, "the exchange rate is «1» there instead of «1.0962784562»"},
		"another rate":                         {sent, `"exchange_rate":1.09`, "the exchange rate is «1.09» there instead of «1.0962784562»"},
		"one in the base currency":             {base, `"exchange_rate":1,"location_id":"9","tags":[],"line_items":[{"location_id":"9","tags":[{"tag_id":"3","tag_option_id":"31"}]}]`, ""},
		"another location":                     {sent, `"location_id":"6"`, "the location is «6» there instead of «5»"},
		"another location of a line":           {sent, `"line_items":[{"location_id":"6"},{"location_id":"6"}]`, "the location of a line is «6» there instead of «5»"},
		"tags in another order, and one more":  {sent, `"tags":[{"tag_id":"2","tag_option_id":"21"},{"tag_id":"9","tag_option_id":"91"},{"tag_id":"1","tag_option_id":"11"}]`, ""},
		"a tag without its option":             {sent, `"tags":[{"tag_id":"1","tag_name":"Hotel"},{"tag_id":"2","tag_option_id":"21"}]`, ""},
		"another option":                       {sent, `"tags":[{"tag_id":"2","tag_option_id":"22"},{"tag_id":"1","tag_option_id":"11"}]`, "the option of the reporting tag «2» is «22» there instead of «21»"},
		"a tag is missing":                     {sent, `"tags":[{"tag_id":"2","tag_option_id":"21"}]`, "the option of the reporting tag «1» is «none» there instead of «11»"},
		"a line's tag is missing":              {sent, `"line_items":[{"tags":[{"tag_id":"3","tag_option_id":"31"}]},{"tags":[]}]`, "the option of the reporting tag «3» of a line is «none» there instead of «31»"},
		"lines that cannot be held against it": {sent, `"line_items":[{"tags":[]}]`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			for _, r := range []zoho.Resource{zoho.Invoices, zoho.SalesOrders, zoho.CreditNotes, zoho.CustomerPayments} {
				for _, path := range []string{r.Path, r.Path + "/1"} {
					key := "x:1"
					if path != r.Path {
						key = ""
					}
					z := &zohoSays{answers: map[string][]said{"": {{200, `{"code":0,"` + r.Envelope + `":{"` + r.ID + `":"1","total":10,"amount":10,` + tt.stands + `}}`}}}}
					answer, err := dest[zoho.Invoice]{Resource: r, books: z.books}.Send(t.Context(), engine.Call{Method: http.MethodPut, Path: path, Key: key, Body: json.RawMessage(tt.sent)})
					if got := strings.Join(answer.Differs, "; "); err != nil || got != tt.words {
						t.Errorf("%s: %q, %v, want %q", path, got, err, tt.words)
					}
				}
			}
		})
	}
}

// TestWhatIsFoundKeepsTheRateOfItsFirstPosting compares the rate of money that stands, and leaves that of an invoice or
// a sales order, as QloApps overwrites it with every payment.
func TestWhatIsFoundKeepsTheRateOfItsFirstPosting(t *testing.T) {
	t.Parallel()

	for _, r := range []zoho.Resource{zoho.Invoices, zoho.SalesOrders, zoho.CreditNotes, zoho.CustomerPayments} {
		stands := `{"` + r.ID + `":"1","total":10,"amount":10,"exchange_rate":1.2,"location_id":"6","custom_fields":[{"api_name":"cf_qloapps_key","value":"x:1"}],"cf_qloapps_key":"x:1"}`
		z := &zohoSays{answers: map[string][]said{"GET " + r.Path: {{200, `{"code":0,"` + r.List + `":[` + stands + `]}`}}, "": {{200, `{"code":0,"` + r.Envelope + `":` + stands + `}`}}}}
		answer, found, err := dest[zoho.Invoice]{Resource: r, books: z.books}.Find(t.Context(), "x:1", engine.Call{Body: json.RawMessage(`{"exchange_rate":1.1,"location_id":"5"}`)})
		want := "the exchange rate is «1.2» there instead of «1.1»; the location is «6» there instead of «5»"
		if r == zoho.Invoices || r == zoho.SalesOrders {
			want = "the location is «6» there instead of «5»"
		}
		if got := strings.Join(answer.Differs, "; "); err != nil || !found || got != want {
			t.Errorf("%s: %q, %t, %v, want %q", r.Path, got, found, err, want)
		}
	}
}

// TestARefundIsComparedByItsRate holds the rate of money given back against the one that was asked for.
func TestARefundIsComparedByItsRate(t *testing.T) {
	t.Parallel()

	rate := money.N(money.MustParse("1.1"))
	want := zoho.Refund{Amount: money.N(money.MustParse("50")), ExchangeRate: &rate}
	for shown, words := range map[string]int{"": 0, "1.1": 0, "1.100000": 0, "1": 1} {
		if got := refundDiffers(want, []refunded{{Amount: "50", Rate: zoho.Text(shown)}}, true, ""); len(got) != words {
			t.Errorf("%q: %q", shown, got)
		}
	}
	want.ExchangeRate = nil
	if got := refundDiffers(want, []refunded{{Amount: "50", Rate: "1"}}, true, ""); len(got) > 0 {
		t.Errorf("in the base currency: %q", got)
	}
}

// TestAJournalIsComparedByWhereItBelongs holds a journal's location and its lines' tags against what was sent.
func TestAJournalIsComparedByWhereItBelongs(t *testing.T) {
	t.Parallel()

	const sent = `{"journal_date":"2026-03-01","location_id":"5","line_items":[{"amount":50,"debit_or_credit":"debit","tags":[{"tag_id":"3","tag_option_id":"31"}]},{"amount":50,"debit_or_credit":"credit"}]}`
	z := &zohoSays{answers: map[string][]said{"": {{201, `{"code":0,"journal":{"journal_id":"4","location_id":"6","line_items":[{"tags":[{"tag_id":"3","tag_option_id":"32"}]},{}]}}`}}}}
	answer, err := Journals(z.books).Send(t.Context(), engine.Call{Method: http.MethodPost, Path: "/journals", Body: json.RawMessage(sent), Once: true})
	if want := "the location is «6» there instead of «5»; the option of the reporting tag «3» of a line is «32» there instead of «31»"; err != nil || strings.Join(answer.Differs, "; ") != want {
		t.Errorf("%q, %v", answer.Differs, fault.Of(err))
	}
}
