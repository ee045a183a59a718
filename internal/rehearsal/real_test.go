package rehearsal_test

import (
	"cmp"
	"context"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/private/privatetest"
	"github.com/qlobooks/qlobooks/internal/rehearsal"
	"github.com/qlobooks/qlobooks/internal/sandbox/books"
)

func TestMain(m *testing.M) { privatetest.Main(m) }

// atOnce lets a test run beside others: each has a schema and a Redis server of its own, unless the
// environment names one server for all.
func atOnce(t *testing.T) {
	t.Helper()
	if os.Getenv("TEST_REDIS_URL") == "" {
		t.Parallel()
	}
}

// soon is how often a stage looks for due work, so that tests do not wait for what they do not measure.
const soon = 100 * time.Millisecond

func stage(t *testing.T, dsn string) *rehearsal.Stage {
	t.Helper()
	s := openStage(t.Context(), t, rehearsal.Options{MySQL: dsn, Redis: privatetest.Redis(t), Books: books.Options{PerMinute: 5000, PerDay: 50000}, Every: soon, Engine: engine.Options{Gather: 2 * soon}})
	return s
}

// TestRealHotelsReachTheBooks takes the dumps, where they are there, through the whole product.
func TestRealHotelsReachTheBooks(t *testing.T) {
	atOnce(t)
	for _, version := range []string{"1.7", "1.6.1"} {
		t.Run(version, func(t *testing.T) {
			atOnce(t)
			dsn, there := privatetest.Dump(t, version)
			if !there {
				t.Logf("no dump of %s beside the repository", version)
				return
			}
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			s := stage(t, dsn)
			if err := s.Connect(ctx); err != nil {
				t.Fatal(err)
			}
			if err := s.SetUp(ctx, "Operating account"); err != nil {
				t.Fatal(err)
			}
			if err := s.Set(ctx, "limits", "calls_per_minute", 5000); err != nil {
				t.Fatal(err)
			}
			mapWires(ctx, t, s)
			s.Books.ForgetCalls()
			began := time.Now()
			first, err := s.SyncAll(ctx)
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%d calls in %s", len(s.Books.Calls()), time.Since(began))
			for section, run := range first {
				t.Logf("%-17s %+v", section, run)
			}
			for _, r := range s.Books.Snapshot() {
				if r.Module != "items" {
					t.Logf("%-17s %-12s %-24s %-9s %10s %s tax %s open %s %v", r.Module, r.Key, r.Name, r.Status, r.Total, r.Currency, r.Tax, r.Balance, r.Applied)
				}
			}
			holdVerdicts(t, s, version)
			s.Books.ForgetCalls()
			second, err := s.SyncAll(ctx)
			if err != nil {
				t.Fatal(err)
			}
			writes := 0
			for _, c := range s.Books.Calls() {
				if c.Writes() {
					writes++
					t.Log(c)
				}
			}
			if writes > 0 {
				t.Errorf("an unchanged pass made %d writing calls", writes)
			}
			compared := 0
			for section, run := range second {
				compared += run.Unchanged
				if run.Done != 0 && section != "orders" || run.Failed != 0 {
					t.Errorf("second pass of %s: %+v", section, run)
				}
			}
			t.Logf("the second pass loaded, mapped and compared %d records without a writing call", compared)
		})
	}
}

// holdVerdicts compares the books with what is known of the dumps: accounting section 10.
func holdVerdicts(t *testing.T, s *rehearsal.Stage, version string) {
	t.Helper()
	want := map[string]map[string]int{
		// Sales orders of the unpaid orders 12, 19 and 20 need two contacts more, in EUR.
		"1.7": {"salesorders": 19, "invoices": 16, "customerpayments": 18, "creditnotes": 2, "contacts": 18}, "1.6.1": {"salesorders": 8, "invoices": 8, "customerpayments": 10, "creditnotes": 2, "contacts": 8}}[version]
	got := map[string]int{}
	totals, found := map[string]string{}, map[string]books.Record{}
	for _, r := range s.Books.Snapshot() {
		if r.Module != "items" {
			got[r.Module]++
		}
		totals[r.Key], found[r.Key] = r.Total.String()+" "+r.Currency, r
		account := "Operating account"
		if r.Mode == "Bank wire" {
			account = wires
		}
		if r.Module == "customerpayments" && r.Account != account {
			t.Errorf("%s by %s went to %s", r.Key, r.Mode, r.Account)
		}
	}
	if !maps.Equal(got, want) {
		t.Errorf("the books hold %v, want %v", got, want)
	}
	_, held, different, strange, table, err := s.Compare(t.Context(), nil)
	for _, line := range table {
		t.Log(line)
	}
	if err != nil || different > 0 || len(strange) > 0 {
		t.Errorf("%d different, %v, %v", different, strange, err)
	}
	if held > 0 {
		t.Errorf("%d held, want none", held)
	}
	holdReturns(t, found)
	if version == "1.6.1" {
		if totals["payment:9"] != "54.35 USD" {
			t.Errorf("payment 9 is %s", totals["payment:9"])
		}
		return
	}
	for key, total := range map[string]string{"invoice:13": "69654 JPY", "invoice:11": "377.66 USD", "payment:12": "34827 JPY", "payment:17": "54.35 USD", "payment:4": "1236.39 USD"} {
		if totals[key] != total {
			t.Errorf("%s is %s, want %s", key, totals[key], total)
		}
	}
	shares := slices.Sorted(maps.Values(found["payment:4"].Applied))
	if !slices.Equal(shares, []string{"1144", "92.39"}) || !found["payment:4"].Balance.IsZero() {
		t.Errorf("payment 4 settles %v and leaves %s", shares, found["payment:4"].Balance)
	}
	var back []books.Refunded
	for key, r := range found {
		if strings.HasPrefix(key, "payment:") {
			back = append(back, r.Refunds...)
		}
	}
	if len(back) != 1 || back[0].Reference != "payment:19" || back[0].Amount.String() != "100" || len(found["payment:6"].Refunds) != 1 {
		t.Errorf("given back of payments is %+v, want 100 of payment 6 for payment 19", back)
	}
	holdContacts(t, found)
}

// holdReturns wants slip 1 given back from the account of bank wires, and slip 2 open.
func holdReturns(t *testing.T, found map[string]books.Record) {
	t.Helper()
	one, two := found["credit_note:1"], found["credit_note:2"]
	if one.Total.String()+one.Currency != "197.8EUR" || !one.Balance.IsZero() || len(one.Refunds) != 1 || one.Refunds[0].Amount.String() != "197.8" || one.Refunds[0].Account != wires || one.Refunds[0].Reference != "credit_note:1" {
		t.Errorf("slip 1 is %s %s, open %s, given back %+v", one.Total, one.Currency, one.Balance, one.Refunds)
	}
	if two.Total.String()+two.Currency != "346.47USD" || two.Balance.String() != "346.47" || len(two.Refunds) > 0 || len(two.Applied) > 0 {
		t.Errorf("slip 2 is %s %s, open %s, given back %+v, applied %v", two.Total, two.Currency, two.Balance, two.Refunds, two.Applied)
	}
}

// holdContacts wants the currencies that each guest has documents in. Orders 12, 19 and 20 are not
// invoiced: only their sales orders need a contact in EUR.
func holdContacts(t *testing.T, found map[string]books.Record) {
	t.Helper()
	guests, money := map[string][]string{}, map[string][]string{}
	for key, r := range found {
		switch id, isGuest := strings.CutPrefix(key, "customer:"); {
		case isGuest:
			id, _, _ = strings.Cut(id, ":")
			guests[id] = append(guests[id], r.Currency)
		case r.Module != "salesorders" && r.Contact != "":
			money[r.Contact] = append(money[r.Contact], key)
		}
	}
	for id, currencies := range guests {
		slices.Sort(currencies)
		want := cmp.Or(map[string]string{"2": "EUR USD", "3": "EUR USD", "4": "JPY USD", "9": "EUR USD"}[id], "USD")
		if got := strings.Join(currencies, " "); got != want {
			t.Errorf("guest %s has contacts in %s, want %s", id, got, want)
		}
	}
	for key, want := range map[string]bool{"customer:2": true, "customer:2:EUR": false, "customer:3": true, "customer:3:EUR": true, "customer:4": true, "customer:4:JPY": true, "customer:9:EUR": false} {
		if got := len(money[found[key].Name]) > 0; got != want {
			t.Errorf("%s has money documents: %v, want %v", key, got, want)
		}
	}
}

// wires is the account that bank wires go to and come from.
const wires = "Card clearing"

// mapWires gives bank wires an account of their own.
func mapWires(ctx context.Context, t *testing.T, s *rehearsal.Stage) {
	t.Helper()
	mapMethod(ctx, t, s, "Bank wire", wires)
	mapMode(ctx, t, s, "Bank wire")
}

// mapMode has Zoho Books call the money of one method as QloApps does.
func mapMode(ctx context.Context, t *testing.T, s *rehearsal.Stage, method string) {
	t.Helper()
	if err := s.Set(ctx, "payments", "payment_modes", []string{method}); err != nil {
		t.Fatal(err)
	}
	if err := s.Call(ctx, http.MethodPut, "/mappings/payment-modes", map[string]any{"items": []map[string]any{{"source_id": method, "zoho_id": method}}}, nil); err != nil {
		t.Fatal(err)
	}
}

// mapMethod puts money of one method into an account.
func mapMethod(ctx context.Context, t *testing.T, s *rehearsal.Stage, method, account string) {
	t.Helper()
	var page struct {
		Choices []struct {
			ID   string `json:"zoho_id"`
			Name string `json:"zoho_name"`
		}
	}
	if err := s.Call(ctx, http.MethodGet, "/mappings/deposit-accounts", nil, &page); err != nil {
		t.Fatal(err)
	}
	for _, c := range page.Choices {
		if c.Name == account {
			if err := s.Call(ctx, http.MethodPut, "/mappings/deposit-accounts", map[string]any{"items": []map[string]any{{"source_id": method, "zoho_id": c.ID}}}, nil); err != nil {
				t.Fatal(err)
			}
			return
		}
	}
	t.Fatalf("no account %s among %v", account, page.Choices)
}
