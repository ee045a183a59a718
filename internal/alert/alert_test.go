package alert_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/alert"
	"github.com/qlobooks/qlobooks/internal/private/privatetest"
	"github.com/qlobooks/qlobooks/internal/secret"
	"github.com/qlobooks/qlobooks/internal/settings"
	"github.com/qlobooks/qlobooks/internal/store"
	"github.com/qlobooks/qlobooks/internal/store/storetest"
)

func TestMain(m *testing.M) { privatetest.Main(m) }

// receiver keeps what was posted to it and answers with status.
type receiver struct {
	*httptest.Server
	status int
	bodies []string
	heads  []http.Header
}

// listen is where Work posts to; all is done before Work returns, so nothing is shared at once.
func listen(t *testing.T) *receiver {
	t.Helper()
	r := &receiver{status: http.StatusNoContent}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, _ := io.ReadAll(req.Body)
		r.bodies, r.heads = append(r.bodies, string(body)), append(r.heads, req.Header)
		w.Header().Set("Location", "/elsewhere")
		w.WriteHeader(r.status)
	}))
	t.Cleanup(r.Close)
	return r
}

const key = "a long secret text"

type world struct {
	*alert.Service
	now   time.Time
	store *store.Store
	db    *gorm.DB
	conn  wire.Connection
	left  int
}

func setup(t *testing.T, r *receiver, events ...string) *world {
	t.Helper()
	db := storetest.New(t)
	ring, err := secret.NewRing("MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=")
	if err != nil {
		t.Fatal(err)
	}
	w := &world{now: time.Date(2026, 3, 2, 9, 1, 0, 0, time.UTC), left: 5, db: db}
	clock := func() time.Time { return w.now }
	w.store = store.New(db, clock)
	choices := &settings.Store{DB: db, Now: clock, Ring: ring, PrivateWebhooks: true}
	body, _ := json.Marshal(map[string]any{"webhook_url": r.URL + "/hook", "webhook_secret": key, "events": events})
	if err := choices.Put(t.Context(), "alerts", body, "", "Ada"); err != nil {
		t.Fatal(err)
	}
	w.Service = &alert.Service{Store: w.store, Settings: choices, PublicURL: "https://books.example.com", HTTP: alert.NewClient(true),
		Connection: func(context.Context) (wire.Connection, error) { return w.conn, nil },
		Budget: func(context.Context) (wire.Budget, error) {
			return wire.Budget{Day: wire.DayBudget{Limit: 100, Left: w.left, ResetsAt: wire.At(w.now.Truncate(24*time.Hour).AddDate(0, 0, 1))}}, nil
		}}
	return w
}

func (w *world) work(t *testing.T) {
	t.Helper()
	if err := w.Work(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// fail makes a run that failed just now.
func (w *world) fail(t *testing.T, kind string) {
	t.Helper()
	run, err := w.store.StartRun(t.Context(), kind, "", w.now, "Ada")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.store.ClaimRun(t.Context(), "worker", run.ID, time.Minute); err != nil {
		t.Fatal(err)
	}
	if err := w.store.FinishRun(t.Context(), "worker", run.ID, 0, nil, `{"code":"setup_required","detail":"No field.","action":"Run Set up."}`); err != nil {
		t.Fatal(err)
	}
}

func TestAFailedRunIsToldOnceAndSigned(t *testing.T) {
	r := listen(t)
	w := setup(t, r, "run_failed")
	w.now = w.now.Add(time.Minute)
	w.fail(t, "setup")
	w.left = 0                                  // not chosen
	w.conn = wire.Connection{Status: "revoked"} // not chosen
	w.work(t)
	w.work(t)
	if len(r.bodies) != 1 {
		t.Fatalf("%d messages: %v", len(r.bodies), r.bodies)
	}
	var got struct {
		ID, Event, At string
		Data          struct {
			Run, Kind, Link string
			Error           struct{ Code, Title string }
		}
	}
	if err := json.Unmarshal([]byte(r.bodies[0]), &got); err != nil {
		t.Fatal(err)
	}
	if got.Event != "run_failed" || got.At != "2026-03-02T09:02:00Z" || got.Data.Kind != "setup" || got.Data.Error.Code != "setup_required" || got.Data.Error.Title == "" ||
		got.Data.Link != "https://books.example.com/runs/"+got.Data.Run {
		t.Errorf("message %s", r.bodies[0])
	}
	if h := r.heads[0]; h.Get("X-QloBooks-Signature") != alert.Sign([]byte(r.bodies[0]), key) || h.Get("X-QloBooks-Event") != "run_failed" || h.Get("X-QloBooks-Delivery") != got.ID || h.Get("Content-Type") != "application/json" {
		t.Errorf("headers %v", h)
	}
	if got := alert.Sign([]byte("x"), "key"); got != "sha256=4fc3b7eaf34d7e594a6f51d9517ba543abf41067b27587ffd82ba3584e4d3cdd" {
		t.Errorf("signature %s", got)
	}
}

func TestWhatWasNotTakenIsSentAgainAndGivenUp(t *testing.T) {
	r := listen(t)
	r.status = http.StatusFound // redirects are no answer
	w := setup(t, r, "run_failed")
	w.fail(t, "setup")
	for _, pause := range []time.Duration{0, time.Minute, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour} {
		if pause > 0 {
			w.now = w.now.Add(pause - time.Second)
			before := len(r.bodies)
			w.work(t)
			if len(r.bodies) != before {
				t.Fatalf("sent before %v had passed", pause)
			}
			w.now = w.now.Add(time.Second)
		}
		w.work(t)
	}
	w.now = w.now.Add(24 * time.Hour)
	w.work(t)
	if len(r.bodies) != 5 {
		t.Fatalf("%d attempts instead of 5", len(r.bodies))
	}
	for _, body := range r.bodies[1:] {
		if body != r.bodies[0] {
			t.Errorf("a later attempt differs: %s", body)
		}
	}
}

func TestEveryKindOfTrouble(t *testing.T) {
	r := listen(t)
	w := setup(t, r, settings.Events...)
	w.fail(t, "mapping_refresh")
	run, err := w.store.StartRun(t.Context(), "tick", "", 1, "Schedule")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.store.ClaimRun(t.Context(), "worker", run.ID, time.Minute); err != nil {
		t.Fatal(err)
	}
	if err := w.store.BrakeRun(t.Context(), "worker", run.ID, store.Brake{Limit: "brake_max_records", Allowed: "5", Wanted: "7"}, nil); err != nil {
		t.Fatal(err)
	}
	w.left, w.conn = 0, wire.Connection{Status: "revoked"}
	w.work(t)
	w.now = w.now.Add(time.Second)
	w.work(t)
	var told []string
	for _, h := range r.heads {
		told = append(told, h.Get("X-QloBooks-Event"))
	}
	if got := strings.Join(told, " "); got != "run_failed brake grant_revoked daily_limit run_ended" {
		t.Errorf("told %s", got)
	}
	if !strings.Contains(r.bodies[1], `"limit":"brake_max_records"`) {
		t.Errorf("brake %s", r.bodies[1])
	}
}

func TestHeldRecordsAreGathered(t *testing.T) {
	r := listen(t)
	w := setup(t, r, "records_held")
	for i, code := range []string{"totals_differ", "totals_differ", "period_locked"} {
		w.now = w.now.Add(time.Second)
		w.hold(t, fmt.Sprint(i), code)
	}
	w.work(t)
	if len(r.bodies) != 0 {
		t.Fatalf("told at once: %v", r.bodies)
	}
	w.now = w.now.Add(5 * time.Minute)
	w.work(t)
	w.work(t)
	if len(r.bodies) != 1 || !strings.Contains(r.bodies[0], `"causes":[{"code":"period_locked","title":"Period is locked","count":1},{"code":"totals_differ"`) || !strings.Contains(r.bodies[0], `"count":3`) {
		t.Errorf("told %v", r.bodies)
	}
}

// hold makes a document that came to be held just now.
func (w *world) hold(t *testing.T, id, code string) {
	t.Helper()
	if err := w.db.Exec("INSERT INTO qlobooks_documents (flow, source_id, status, issue_code, created_at, updated_at) VALUES ('invoice', ?, 'held', ?, ?, ?)", id, code, w.now, w.now).Error; err != nil {
		t.Fatal(err)
	}
	if err := w.store.AddEvent(t.Context(), store.Event{Actor: "QloBooks", Action: "held", Ref: store.Ref{Flow: "invoice", ID: id}}); err != nil {
		t.Fatal(err)
	}
}

// TestHeldRecordsAreToldAfterNobodyWorked: what came to be held while no process looked is told once, later.
func TestHeldRecordsAreToldAfterNobodyWorked(t *testing.T) {
	r := listen(t)
	w := setup(t, r, "records_held")
	w.now = w.now.Add(time.Second)
	w.hold(t, "1", "totals_differ")
	w.now = w.now.Add(7 * time.Minute)
	w.hold(t, "2", "period_locked")
	w.now = w.now.Add(40 * time.Minute)
	w.work(t)
	w.work(t)
	w.now = w.now.Add(5 * time.Minute)
	w.work(t)
	if len(r.bodies) != 1 || !strings.Contains(r.bodies[0], `"count":2`) {
		t.Errorf("told %v", r.bodies)
	}
}

// TestALookThatFailsSilencesNoOther: every other thing is told, and sent, and the failure is not swallowed.
func TestALookThatFailsSilencesNoOther(t *testing.T) {
	r := listen(t)
	w := setup(t, r, settings.Events...)
	broken := errors.New("the counts cannot be read")
	w.Budget = func(context.Context) (wire.Budget, error) { return wire.Budget{}, broken }
	w.Health = func(context.Context) (wire.OverviewHealth, error) { return wire.OverviewHealth{}, broken }
	w.now = w.now.Add(time.Second)
	w.fail(t, "setup")
	if err := w.Work(t.Context()); !errors.Is(err, broken) {
		t.Errorf("reported %v", err)
	}
	if got := strings.Join(r.told(), " "); got != "run_failed run_ended" {
		t.Errorf("told %s", got)
	}
}

func TestNobodyIsToldOfThePast(t *testing.T) {
	r := listen(t)
	w := setup(t, r, settings.Events...)
	w.now = w.now.Add(-time.Hour)
	w.fail(t, "setup")
	w.now = w.now.Add(time.Hour)
	w.work(t)
	if len(r.bodies) != 0 {
		t.Errorf("told %v", r.bodies)
	}
}

func TestPrivateAddressesAreRefused(t *testing.T) {
	r := listen(t)
	port := r.URL[strings.LastIndex(r.URL, ":"):]
	for _, host := range []string{"127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "10.0.0.1", "169.254.169.254", "100.64.0.1", "[fd00::1]", "0.0.0.0", "[64:ff9b::7f00:1]"} {
		_, err := alert.NewClient(false).Post("http://"+host+port+"/", "application/json", strings.NewReader("{}"))
		if err == nil || !strings.Contains(err.Error(), "QLOBOOKS_WEBHOOK_ALLOW_PRIVATE") && !strings.Contains(err.Error(), "no such host") {
			t.Errorf("%s: %v", host, err)
		}
	}
	if len(r.bodies) != 0 {
		t.Error("a private address was reached")
	}
}

// TestNoMessageIsUnsignedForAWrongKey: messages wait for the key that opens the secret.
func TestNoMessageIsUnsignedForAWrongKey(t *testing.T) {
	r := listen(t)
	w := setup(t, r, "run_failed")
	right := w.Settings.Ring
	wrong, err := secret.NewRing("YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXoxMjM0NTY=")
	if err != nil {
		t.Fatal(err)
	}
	w.Settings.Ring = wrong
	w.now = w.now.Add(time.Minute)
	w.fail(t, "setup")
	w.work(t)
	if len(r.bodies) != 0 {
		t.Fatalf("sent %v", r.bodies)
	}
	w.Settings.Ring = right
	w.work(t)
	if len(r.bodies) != 1 || r.heads[0].Get("X-QloBooks-Signature") != alert.Sign([]byte(r.bodies[0]), key) {
		t.Errorf("with the right key %d messages: %v", len(r.bodies), r.heads)
	}
}

// choose saves the alerts anew, for another receiver and other events.
func (w *world) choose(t *testing.T, r *receiver, events ...string) {
	t.Helper()
	body, _ := json.Marshal(map[string]any{"webhook_url": r.URL + "/hook", "events": events})
	if err := w.Settings.Put(t.Context(), "alerts", body, "", "Ada"); err != nil {
		t.Fatal(err)
	}
}

// TestWhatWaitedForAFormerReceiverIsNotSentToANewOne, nor what is not chosen any more, nor what is older than a day.
func TestWhatWaitedForAFormerReceiverIsNotSentToANewOne(t *testing.T) {
	former, r := listen(t), listen(t)
	former.status = http.StatusInternalServerError
	w := setup(t, former, settings.RunFailed)
	w.now = w.now.Add(time.Second)
	w.fail(t, "setup")
	w.work(t)
	w.now = w.now.Add(time.Second)
	w.choose(t, r, settings.RunFailed)
	w.now = w.now.Add(5 * time.Minute)
	w.work(t)
	if len(former.bodies) != 1 || len(r.bodies) != 0 {
		t.Fatalf("the former receiver got %v, the new one %v", former.bodies, r.bodies)
	}
	page, err := w.Deliveries(t.Context(), 5, nil)
	if err != nil || len(page.Items) != 1 || page.Items[0].State != "given_up" || page.Items[0].Outcome == nil || page.Items[0].NextTryAt != nil {
		t.Errorf("listed as %+v %v", page.Items, err)
	}
	w.fail(t, "pairing")
	w.work(t)
	if len(r.bodies) != 1 {
		t.Fatalf("the new receiver got %v", r.bodies)
	}
	r.status = http.StatusInternalServerError
	w.now = w.now.Add(time.Second)
	w.fail(t, "import")
	w.work(t)
	w.now = w.now.Add(25 * time.Hour)
	w.work(t)
	if len(r.bodies) != 2 {
		t.Errorf("after a day the new receiver got %d messages", len(r.bodies))
	}
}

// TestWhatIsNotChosenAnyMoreIsNotSent, and messages of a month ago are forgotten, whatever they wait for.
func TestWhatIsNotChosenAnyMoreIsNotSent(t *testing.T) {
	r := listen(t)
	w := setup(t, r, settings.GrantRevoked)
	if err := w.store.AddAlert(t.Context(), settings.RunFailed, "9", map[string]string{}); err != nil {
		t.Fatal(err)
	}
	w.now = w.now.Add(time.Second)
	w.work(t)
	if len(r.bodies) != 0 {
		t.Errorf("sent %v", r.bodies)
	}
	if err := w.store.AddAlert(t.Context(), settings.RunFailed, "10", map[string]string{}); err != nil {
		t.Fatal(err)
	}
	w.now = w.now.AddDate(0, 0, 31)
	if err := w.store.CleanAlerts(t.Context(), 30); err != nil {
		t.Fatal(err)
	}
	page, err := w.Deliveries(t.Context(), 5, nil)
	if err != nil || len(page.Items) != 0 {
		t.Errorf("kept %+v %v", page.Items, err)
	}
}
