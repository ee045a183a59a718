package rest_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/qlobooks/qlobooks/api/rest"
	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/access"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/settings"
)

// world is everything behind the API, in memory. It keeps what the API asked of it.
type world struct {
	mu     sync.Mutex
	err    error // what every service answers when set
	panics bool
	asked  []string
	by     string
	query  wire.RecordQuery
	sel    wire.SyncRequest
	conn   wire.ConnectionInput
	back   wire.CallbackAnswer
	rows   []wire.MappingRow
	body   string
	name   string // of a record in a file
	wish   access.TokenWish
	hook   string     // the webhook's address, "" = any
	looks  int        // at credentials
	runs   []wire.Run // Get gives the first and drops it while others are left

	tries   []access.SignInTry
	changes *changes
}

func (w *world) ask(what string, by ...string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.panics {
		panic("a secret inside")
	}
	w.asked = append(w.asked, what)
	w.by = strings.Join(by, "")
	return w.err
}

var aRun = wire.Run{ID: "7", Kind: "sync", Status: "running", CreatedAt: wire.At(time.Date(2026, 3, 1, 10, 0, 0, 0, time.FixedZone("", 3600)))}

type tokens struct{ *world }

func (t tokens) Authenticate(_ context.Context, secret string) (access.Caller, error) {
	t.mu.Lock()
	t.looks++
	t.mu.Unlock()
	role := access.Role(strings.TrimPrefix(secret, "qlb_"))
	if !role.Valid() {
		return access.Caller{}, fault.New(fault.Forbidden, "invalid_token", "The API token is not valid.")
	}
	return access.Caller{Kind: access.ByToken, ID: secret, Name: "the " + string(role), Role: role}, nil
}

func (t tokens) List(context.Context) ([]access.Token, error) {
	return []access.Token{{ID: "1", Name: "n", Role: access.Admin, Prefix: "qlb_abc", CreatedAt: aRun.CreatedAt.Time}}, t.ask("tokens")
}

func (t tokens) Make(_ context.Context, wish access.TokenWish) (access.Token, string, error) {
	t.wish = wish
	return access.Token{ID: "2", Name: wish.Name, Role: wish.Role, ExpiresAt: wish.ExpiresAt, Employee: wish.Employee}, "qlb_secret", t.ask("create "+wish.Name, wish.By)
}

func (t tokens) TakeOver(_ context.Context, id string, by access.Caller) error {
	return t.ask("take over "+id, by.Name)
}

func (t tokens) Delete(_ context.Context, id, by string) error { return t.ask("delete "+id, by) }

type choices struct{ *world }

func (c choices) Load(context.Context) (settings.All, error) {
	all, secret, hook := settings.Default(), "hook-secret", "https://hooks.example.com/hook/SECRETPATH-1234?k=SECRETPATH"
	if c.hook != "" {
		hook = c.hook
	}
	all.Alerts.WebhookSecret, all.Alerts.WebhookURL = &secret, &hook
	return all, c.ask("settings")
}

func (c choices) Put(_ context.Context, section string, body []byte, _, by string) error {
	c.body = string(body)
	return c.ask("put "+section, by)
}

type connection struct{ *world }

func (c connection) Get(context.Context) (wire.Connection, error) {
	return wire.Connection{Status: "connected"}, c.ask("connection")
}

func (c connection) Put(_ context.Context, in wire.ConnectionInput, _, by string) (wire.Connection, error) {
	c.conn = in
	return wire.Connection{}, c.ask("put connection", by)
}

func (c connection) Authorize(_ context.Context, session, by string) (wire.Authorization, error) {
	return wire.Authorization{AuthorizationURL: "https://accounts.zoho.eu/oauth/v2/auth"}, c.ask("authorize"+session, by)
}

func (c connection) Callback(_ context.Context, a wire.CallbackAnswer) error {
	c.back = a
	return c.ask("callback")
}

func (c connection) Refresh(_ context.Context, by string) (wire.Connection, error) {
	return wire.Connection{}, c.ask("refresh", by)
}
func (c connection) Disconnect(_ context.Context, by string) error { return c.ask("disconnect", by) }
func (c connection) Organizations(_ context.Context, ask bool) ([]wire.Organization, error) {
	return nil, c.ask("organizations " + strconv.FormatBool(ask))
}
func (c connection) Test(context.Context) ([]wire.Check, error) { return nil, c.ask("test") }
func (c connection) Budget(context.Context) (wire.Budget, error) {
	return wire.Budget{}, c.ask("budget")
}

type setup struct{ *world }

func (s setup) Start(_ context.Context, _ wire.SetupRequest, by string) (wire.Run, error) {
	return aRun, s.ask("setup", by)
}

type records struct{ *world }

// List pages through records 1 to 5 in the order asked.
func (r records) List(_ context.Context, section string, q wire.RecordQuery) (wire.RecordPage, error) {
	r.query = q
	var page wire.RecordPage
	for n := 1; n <= 5; n++ {
		id := strconv.Itoa(n)
		if q.Descending {
			id = strconv.Itoa(6 - n)
		}
		if a := q.After; a != nil && (q.Descending && id >= a.ID || !q.Descending && id <= a.ID) {
			continue
		}
		if len(page.Items) == q.Limit {
			page.Next = &wire.Position{ID: page.Items[len(page.Items)-1].SourceID}
			break
		}
		page.Items = append(page.Items, wire.Record{SourceID: id, Fields: map[string]wire.Field{"total": wire.One("1.00", "")}})
	}
	return page, r.ask("list " + section)
}

func (r records) Each(_ context.Context, section string, q wire.RecordQuery, take func(wire.Record) error) error {
	r.query = q
	names := []string{"LARK1", "=SUM(A1)"}
	if r.name != "" {
		names = []string{r.name}
	}
	if q.Q == "nobody" {
		names = nil
	}
	for _, name := range names {
		if err := take(wire.Record{SourceID: "1", Name: name, Status: "synced", Phase: "payment_sync", Fields: map[string]wire.Field{"total": wire.One("-1.00", ""), "zoho_invoice_number": wire.Many(wire.FieldText{Text: "#A1"}, wire.FieldText{Text: "#A2"})}}); err != nil {
			return err
		}
	}
	return r.ask("file " + section)
}

func (r records) Get(_ context.Context, section, id string) (wire.RecordDetail, error) {
	return wire.RecordDetail{Record: wire.Record{SourceID: id}}, r.ask("get " + section + " " + id)
}

func (r records) Initialize(_ context.Context, section, by string) (wire.Run, error) {
	return aRun, r.ask("initialize "+section, by)
}

func (r records) Sync(_ context.Context, section string, sel wire.SyncRequest, by string) (wire.Run, error) {
	r.sel = sel
	return aRun, r.ask("sync "+section, by)
}

func (r records) SyncOne(_ context.Context, section, id string, confirm bool, by string) (wire.Run, error) {
	return aRun, r.ask("sync one "+section+" "+id+" "+strconv.FormatBool(confirm), by)
}

func (r records) Preview(_ context.Context, section string, sel wire.SyncRequest, by string) (wire.Run, error) {
	return aRun, r.ask("preview "+section+" "+strings.Join(sel.IDs, ","), by)
}

func (r records) PreviewOne(_ context.Context, section, id, by string) (wire.Run, error) {
	return aRun, r.ask("preview one "+section+" "+id, by)
}

func (r records) Retry(_ context.Context, section, id string, _ bool, by string) (wire.Run, error) {
	return aRun, r.ask("retry "+section+" "+id, by)
}

func (r records) Skip(_ context.Context, section, id, reason, by string) (wire.RecordDetail, error) {
	return wire.RecordDetail{}, r.ask("skip "+section+" "+id+" "+reason, by)
}

func (r records) Unskip(_ context.Context, section, id, by string) (wire.RecordDetail, error) {
	return wire.RecordDetail{}, r.ask("unskip "+section+" "+id, by)
}

type documents struct{ *world }

func (d documents) Get(_ context.Context, flow, id string) (wire.Document, error) {
	return wire.Document{Flow: flow, SourceID: id}, d.ask("document " + flow + " " + id)
}

func (d documents) Sync(_ context.Context, flow, id string, _ bool, by string) (wire.Run, error) {
	return aRun, d.ask("sync document "+flow+" "+id, by)
}

func (d documents) Preview(_ context.Context, flow, id, by string) (wire.Run, error) {
	return aRun, d.ask("preview document "+flow+" "+id, by)
}

func (d documents) Retry(_ context.Context, flow, id string, _ bool, by string) (wire.Run, error) {
	return aRun, d.ask("retry document "+flow+" "+id, by)
}

func (d documents) Skip(_ context.Context, flow, id, _, by string) (wire.Document, error) {
	return wire.Document{}, d.ask("skip document "+flow+" "+id, by)
}

func (d documents) MarkSent(ctx context.Context, flow, id, by string) (wire.Run, error) {
	return d.Sync(ctx, flow, id, true, by)
}

func (r records) MarkSent(ctx context.Context, sel wire.SyncRequest, by string) (wire.Run, error) {
	return r.Sync(ctx, wire.Orders, sel, by)
}

func (r records) Drafts(context.Context, wire.SyncRequest) (wire.DraftCount, error) {
	return wire.DraftCount{Orders: 1, Documents: 2}, nil
}

func (d documents) Release(ctx context.Context, flow, id, _, by string) (wire.Run, error) {
	return d.Sync(ctx, flow, id, true, by)
}

func (d documents) Unskip(_ context.Context, flow, id, by string) (wire.Document, error) {
	return wire.Document{}, d.ask("unskip document "+flow+" "+id, by)
}

type runs struct{ *world }

func (r runs) List(context.Context, wire.RunQuery) (wire.RunPage, error) {
	return wire.RunPage{}, r.ask("runs")
}

func (r runs) Get(_ context.Context, id string) (wire.Run, error) {
	err := r.ask("run " + id)
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.runs) == 0 {
		return aRun, err
	}
	now := r.runs[0]
	if len(r.runs) > 1 {
		r.runs = r.runs[1:]
	}
	return now, err
}

func (r runs) RunRecords(_ context.Context, id, outcome string, _ int, _ *wire.Position) (wire.RunRecordPage, error) {
	return wire.RunRecordPage{}, r.ask("records of run " + id + " " + outcome)
}

type undos struct{ *world }

func (u undos) Preview(_ context.Context, id string, _ int, _ *wire.Position) (wire.UndoPreview, error) {
	return wire.UndoPreview{}, u.ask("preview of undoing " + id)
}

func (u undos) Start(_ context.Context, id string, in wire.UndoRequest, by string) (wire.Run, error) {
	return aRun, u.ask("undo "+id+" "+in.Reason+" "+string(in.Confirm), by)
}

func (r runs) Cancel(_ context.Context, id, by string) (wire.Run, error) {
	return aRun, r.ask("cancel "+id, by)
}

func (r runs) Release(_ context.Context, id, reason, by string) (wire.Run, error) {
	return aRun, r.ask("release "+id+" "+reason, by)
}

type schedule struct{ *world }

func (s schedule) Get(context.Context) (wire.Schedule, error) {
	return wire.Schedule{IntervalMinutes: 5}, s.ask("schedule")
}

func (s schedule) Run(_ context.Context, kind, by string) (wire.Run, error) {
	return aRun, s.ask("run "+kind, by)
}

func (s schedule) Switch(_ context.Context, on bool, by string) (wire.Schedule, error) {
	return wire.Schedule{Enabled: on}, s.ask("switch "+strconv.FormatBool(on), by)
}

type mappings struct{ *world }

func (m mappings) Get(_ context.Context, kind string) (wire.MappingPage, error) {
	return wire.MappingPage{}, m.ask("mapping " + kind)
}

func (m mappings) Put(_ context.Context, kind string, rows []wire.MappingRow, _, by string) (wire.MappingPage, error) {
	m.rows = rows
	return wire.MappingPage{}, m.ask("put mapping "+kind, by)
}

func (m mappings) SendAgain(_ context.Context, kind, source, zoho, by string) (wire.Run, error) {
	return aRun, m.ask("send again "+kind+" "+source+" "+zoho, by)
}

func (m mappings) Refresh(_ context.Context, kinds []string, by string) (wire.Run, error) {
	return aRun, m.ask("refresh mappings "+strings.Join(kinds, " "), by)
}

type overview struct{ *world }

func (o overview) Get(context.Context) (wire.Overview, error) {
	return wire.Overview{}, o.ask("overview")
}

type issues struct{ *world }

func (i issues) List(context.Context) ([]wire.IssueGroup, error) { return nil, i.ask("issues") }
func (i issues) Handle(_ context.Context, code, reason, by string) (wire.IssueGroup, error) {
	return wire.IssueGroup{Code: code}, i.ask("handle " + code + " " + reason + " " + by)
}

func (i issues) Imports(_ context.Context, code string) (bool, error) {
	return code == "import_left", nil
}

func (i issues) Retry(_ context.Context, code string, _ bool, by string) (wire.Run, error) {
	return aRun, i.ask("retry issue "+code, by)
}

type signIns struct{ *world }

func (s signIns) Note(_ context.Context, try access.SignInTry) error {
	s.tries = append(s.tries, try)
	return nil
}

func (s signIns) Profiles(context.Context) ([]wire.Profile, error) { return nil, s.ask("profiles") }

func (s signIns) List(_ context.Context, employee string, _ int, _ *wire.Position) (wire.SignInPage, error) {
	return wire.SignInPage{}, s.ask("sign-ins of " + employee)
}

func services(w *world) rest.Services {
	return rest.Services{
		SignIns: signIns{w}, Profiles: signIns{w},

		Tokens: tokens{w}, Sessions: sessions{w}, Changes: w.changes, Settings: choices{w}, Connection: connection{w}, Schedule: schedule{w}, Setup: setup{w}, Records: records{w},
		Documents: documents{w}, Runs: runs{w}, Undo: undos{w}, Mappings: mappings{w}, Overview: overview{w}, Issues: issues{w},
		Ties: ties{w}, Pairing: customers{w}, Reconciliation: comparison{w}, Periods: months{w}, Ledger: guests{w}, Imports: imports{w}, Logs: logs{w}, Tools: tools{w}, Alerts: messages{w},
	}
}

// setupAPI gives the API over a new world, without a rate limit unless change sets one.
func setupAPI(change func(*rest.Options)) (http.Handler, *world) {
	w := &world{changes: &changes{events: make(chan wire.Event, 8)}}
	opt := rest.Options{PublicURL: "https://books.example.com", RatePerSecond: -1, Log: slog.New(slog.NewTextHandler(io.Discard, nil))}
	if change != nil {
		change(&opt)
	}
	return rest.New(services(w), opt), w
}

// withMetrics adds a page of metrics.
func withMetrics(o *rest.Options) {
	o.Metrics = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "numbers") })
}

type answer struct {
	*httptest.ResponseRecorder
	problem wire.Problem
}

// call sends one request as a role ("" = nobody); headers are pairs.
func call(t *testing.T, api http.Handler, role, method, path, body string, headers ...string) answer {
	t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if role != "" {
		r.Header.Set("Authorization", "Bearer qlb_"+role)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	got := answer{ResponseRecorder: httptest.NewRecorder()}
	api.ServeHTTP(got, r)
	if got.Header().Get("Content-Type") == "application/problem+json" {
		if err := json.Unmarshal(got.Body.Bytes(), &got.problem); err != nil {
			t.Fatalf("problem is no JSON: %v", err)
		}
	}
	return got
}
