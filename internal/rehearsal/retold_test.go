package rehearsal_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/private/privatetest"
	"github.com/qlobooks/qlobooks/internal/rehearsal"
	"github.com/qlobooks/qlobooks/internal/sandbox/books"
)

// retold is a desk whose books' answers a test may write otherwise.
func retold(t *testing.T, prefix string, tell func(path, body string) string) (d desk, on *atomic.Bool) {
	t.Helper()
	stand := books.New(books.Options{PerMinute: 5000, PerDay: 50000})
	on = &atomic.Bool{}
	between := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := httptest.NewRecorder()
		stand.ServeHTTP(answer, r)
		body := answer.Body.String()
		if on.Load() {
			body = tell(strings.TrimPrefix(r.URL.Path, "/books/v3"), body)
		}
		for name, values := range answer.Header() {
			w.Header()[name] = values
		}
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		w.WriteHeader(answer.Code)
		_, _ = w.Write([]byte(body))
	}))
	t.Cleanup(between.Close)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	dsn := hotelOf(t, "1.7", prefix)
	d = desk{clerk: newClerk(t, dsn, prefix), ctx: ctx}
	d.Stage = openStage(ctx, t, rehearsal.Options{MySQL: dsn, Redis: privatetest.Redis(t), Zoho: between.URL, Origins: []string{between.URL}, Every: soon, Engine: engine.Options{Gather: 2 * soon}})
	d.Books = stand
	d.must(d.Connect(ctx))
	d.must(d.Set(ctx, "limits", "calls_per_minute", 5000))
	d.must(d.SetUp(ctx, "Operating account"))
	on.Store(true)
	return d, on
}

// differ reconciles the days around today and gives how the run ended and what differs.
func (d desk) differ() (ended string, differences []string) {
	d.t.Helper()
	from, to := time.Now().AddDate(0, 0, -2).Format(time.DateOnly), time.Now().AddDate(0, 0, 2).Format(time.DateOnly)
	run, _ := d.Start(d.ctx, "/reconciliation/refresh", wire.DayRange{From: from, To: to})
	if ended = run.Status; run.Error != nil {
		ended += " " + run.Error.Code
	}
	var page struct {
		Differences []struct {
			Kind, Flow, Detail string
			SourceID           string `json:"source_id"`
		}
	}
	d.must(d.Call(d.ctx, http.MethodGet, "/reconciliation?from="+from+"&to="+to, nil, &page))
	for _, x := range page.Differences {
		differences = append(differences, x.Kind+" "+x.Flow+":"+x.SourceID+" "+x.Detail)
	}
	return ended, differences
}

var days = regexp.MustCompile(`"(date|due_date|journal_date)":"(\d{4})-(\d\d)-(\d\d)"`)

// TestADayMayHaveATimeBehindIt has the books write a time behind each day, and then days as no document has them.
func TestADayMayHaveATimeBehindIt(t *testing.T) {
	atOnce(t)
	as := `"$1":"$2-$3-${4}T00:00:00+0530"`
	d, _ := retold(t, "retoldday_", func(_, body string) string { return days.ReplaceAllString(body, as) })
	d.book("70", "RETOLDDAY", "2", "970")
	d.invoice("80", "70")
	d.pay("80", "70", "80", "1", "1", "50", "50")
	d.pay("81", "70", "80", "1", "1", "-10", "-10")
	d.sync("70")
	for _, key := range []string{"sales_order:70", "invoice:80", "payment:80", "payment:81"} {
		if code, detail := d.issueOf(key); code != "" || detail != "synced" {
			t.Errorf("%s is %q %q", key, code, detail)
		}
	}
	checkBooks(t, d.Stage, "days with times", map[string]string{"invoice:80": "124.8 open 84.8", "payment:80": "50 open 0 back 10"})
	if ended, differ := d.differ(); ended != "done" || len(differ) > 0 {
		t.Errorf("the reconciliation ended %s and differs by %q", ended, differ)
	}
	as = `"$1":"$4/$3/$2"`
	if ended, _ := d.differ(); ended != "failed zoho_unavailable" {
		t.Errorf("with days that are none the reconciliation ended %s", ended)
	}
}

// TestPaymentsAreListedUnderEitherName has the books list payments under the name that Zoho's documentation gives the list.
func TestPaymentsAreListedUnderEitherName(t *testing.T) {
	atOnce(t)
	d, _ := retold(t, "retoldlist_", func(_, body string) string {
		return strings.Replace(body, `"customerpayments":[`, `"customer_payments":[`, 1)
	})
	d.book("70", "RETOLDLIST", "2", "970")
	d.invoice("80", "70")
	d.pay("80", "70", "80", "1", "1", "50", "50")
	d.sync("70")
	if ended, differ := d.differ(); ended != "done" || len(differ) > 0 {
		t.Errorf("the reconciliation ended %s and differs by %q", ended, differ)
	}
	if _, err := d.Start(d.ctx, "/payments/import", map[string]string{"scope": "all"}); err != nil {
		t.Errorf("the import: %v", err)
	}
}

// TestAKeyIsReadByWhateverNamesItsField has the books tell custom fields by their label or by their id alone, in lists and
// in details, as Zoho's documentation has it for one module and another. What stands is found again.
func TestAKeyIsReadByWhateverNamesItsField(t *testing.T) {
	atOnce(t)
	flat := regexp.MustCompile(`"cf_qloapps_key":"[^"]*",|,?"cf_qloapps_key":"[^"]*"`)
	for name, more := range map[string]*regexp.Regexp{"label": regexp.MustCompile(`"(api_name|customfield_id)":"[^"]*",`), "id": regexp.MustCompile(`"(api_name|label)":"[^"]*",`)} {
		t.Run(name, func(t *testing.T) {
			d, _ := retold(t, "retoldkey"+name+"_", func(path, body string) string {
				if strings.HasPrefix(path, "/settings") {
					return body
				}
				return more.ReplaceAllString(flat.ReplaceAllString(body, ""), "")
			})
			d.book("70", "RETOLDKEY", "2", "970")
			d.invoice("80", "70")
			d.pay("80", "70", "80", "1", "1", "124.80", "124.80")
			d.sync("70")
			var connection struct {
				Organization string `json:"organization_id"`
			}
			d.must(d.Call(d.ctx, http.MethodGet, "/connection", nil, &connection))
			d.must(d.Call(d.ctx, http.MethodPost, "/tools/reset", map[string]string{"scope": "links", "confirm": connection.Organization}, nil))
			d.must(d.Initialize(d.ctx))
			before := len(d.Books.Calls())
			d.sync("70")
			for _, c := range d.Books.Calls()[before:] {
				if c.Method != http.MethodGet && (strings.HasPrefix(c.Path, "/invoices") || strings.HasPrefix(c.Path, "/customerpayments")) {
					t.Errorf("%s %s was called for what stands", c.Method, c.Path)
				}
			}
			for _, key := range []string{"invoice:80", "payment:80"} {
				if code, detail := d.issueOf(key); code != "" || detail != "synced" {
					t.Errorf("%s is %q %q", key, code, detail)
				}
			}
		})
	}
}
