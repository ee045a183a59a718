package zoho_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

func TestLocksAreReadLenientlyAndNeverTakenForOpen(t *testing.T) {
	t.Parallel()

	for name, c := range map[string]struct {
		status int
		body   string
		want   zoho.Locks // without words
	}{
		"no lock at all":                  {200, `{"code":0,"transaction_locks":[]}`, zoho.Locks{Known: true}},
		"one that is switched off":        {200, `{"code":0,"transaction_locks":[{"transaction_lock_date":"2026-01-31","transaction_lock_status":"disabled"}]}`, zoho.Locks{Known: true}},
		"everything, enabled":             {200, `{"code":0,"transaction_locks":[{"transaction_lock_date":"2026-01-31","lock_scope":0,"transaction_lock_status":"enabled"}]}`, zoho.Locks{Known: true, Sales: "2026-01-31", Banking: "2026-01-31", Journal: "2026-01-31"}},
		"logging is a lock too":           {200, `{"code":0,"transaction_locks":[{"transaction_lock_date":"2026-01-31","lock_scope":1,"transaction_lock_status":"enabled_with_logging"}]}`, zoho.Locks{Known: true, Sales: "2026-01-31"}},
		"the latest of several":           {200, `{"code":0,"transaction_locks":[{"transaction_lock_date":"2026-01-31","lock_scope":"1"},{"transaction_lock_date":"2025-12-31","lock_scope_formatted":"All"}]}`, zoho.Locks{Known: true, Sales: "2026-01-31", Banking: "2025-12-31", Journal: "2025-12-31"}},
		"purchases are another matter":    {200, `{"code":0,"transaction_locks":[{"transaction_lock_date":"2026-01-31","lock_scope":2,"lock_scope_formatted":"Purchases","transaction_lock_status":"enabled"}]}`, zoho.Locks{Known: true}},
		"banking alone, by its name":      {200, `{"code":0,"transaction_locks":[{"transaction_lock_date":"2026-01-31","transaction_lock_module":"banking","transaction_lock_status":"enabled"}]}`, zoho.Locks{Known: true, Banking: "2026-01-31"}},
		"banking alone, by its words":     {200, `{"code":0,"transaction_locks":[{"transaction_lock_date":"2026-01-31","lock_scope":9,"lock_scope_formatted":"Banking"}]}`, zoho.Locks{Known: true, Banking: "2026-01-31"}},
		"banking alone, by its number":    {200, `{"code":0,"transaction_locks":[{"transaction_lock_date":"2026-01-31","lock_scope":4,"transaction_lock_status":"enabled"}]}`, zoho.Locks{Known: true, Banking: "2026-01-31"}},
		"each part by itself":             {200, `{"code":0,"transaction_locks":[{"transaction_lock_date":"2026-01-31","transaction_lock_module":"banking"},{"transaction_lock_date":"2025-12-31","transaction_lock_module":"sales"},{"transaction_lock_date":"2026-03-31","transaction_lock_module":"purchase"}]}`, zoho.Locks{Known: true, Sales: "2025-12-31", Banking: "2026-01-31"}},
		"several parts in one lock":       {200, `{"code":0,"transaction_locks":[{"transaction_lock_date":"2026-01-31","lock_scope_formatted":"Sales, Banking","transaction_lock_status":"enabled"}]}`, zoho.Locks{Known: true, Sales: "2026-01-31", Banking: "2026-01-31"}},
		"everything of the accountant's":  {200, `{"code":0,"transaction_locks":[{"transaction_lock_date":"2026-01-31","transaction_lock_module":"accountant","transaction_lock_status":"enabled"}]}`, zoho.Locks{Known: true, Journal: "2026-01-31"}},
		"an unknown scope counts":         {200, `{"code":0,"transaction_locks":[{"transaction_lock_date":"2026-01-31","lock_scope":9,"transaction_lock_status":"enabled"}]}`, zoho.Locks{Known: true, Sales: "2026-01-31", Banking: "2026-01-31", Journal: "2026-01-31"}},
		"an accounting period":            {200, `{"code":0,"transaction_locks":[{"start_date":"2026-01-01","end_date":"2026-03-31","lock_status":"locked"}]}`, zoho.Locks{Known: true, Sales: "2026-03-31", Banking: "2026-03-31", Journal: "2026-03-31"}},
		"one lock instead of a list":      {200, `{"code":0,"transaction_lock":{"transaction_lock_date":"2026-01-31","transaction_lock_status":"enabled"}}`, zoho.Locks{Known: true, Sales: "2026-01-31", Banking: "2026-01-31", Journal: "2026-01-31"}},
		"a lock without a readable date":  {200, `{"code":0,"transaction_locks":[{"transaction_lock_date":"31 Jan","transaction_lock_status":"enabled"}]}`, zoho.Locks{}},
		"another shape":                   {200, `{"code":0,"message":"success"}`, zoho.Locks{}},
		"another type":                    {200, `{"code":0,"transaction_locks":"none"}`, zoho.Locks{}},
		"a plan without locks":            {400, `{"code":9999,"message":"Not in your plan"}`, zoho.Locks{}},
		"a call that does not exist":      {404, `{"code":5,"message":"Invalid URL Passed"}`, zoho.Locks{}},
		"a grant without this permission": {401, `{"code":57,"message":"You are not authorized to perform this operation"}`, zoho.Locks{}},
	} {
		t.Run(name, func(t *testing.T) {
			c2, _ := client(t, func(w http.ResponseWriter, r *http.Request) {
				if strings.HasSuffix(r.URL.Path, "/organizations") || strings.HasSuffix(r.URL.Path, "/currencies") {
					_, _ = io.WriteString(w, `{"code":0}`)
					return
				}
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(c.status)
				_, _ = io.WriteString(w, c.body)
			})
			got, err := c2.Locks(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if got.Known != c.want.Known || got.Sales != c.want.Sales || got.Banking != c.want.Banking || got.Journal != c.want.Journal || got.Known == (got.Doubt != "") {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
	broken, _ := client(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) })
	if _, err := broken.Locks(t.Context()); !fault.Is(err, fault.Unavailable) {
		t.Errorf("a broken answer gives %v", err)
	}
}
