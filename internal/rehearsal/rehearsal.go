// Package rehearsal runs the whole product against the stand-in for Zoho Books and drives it
// over its own HTTP API, as a person with an API token would.
//
// The demo and the end-to-end tests are the same story told to different audiences.
package rehearsal

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/qlobooks/qlobooks/api/rest"
	"github.com/qlobooks/qlobooks/internal/access"
	"github.com/qlobooks/qlobooks/internal/app"
	"github.com/qlobooks/qlobooks/internal/await"
	"github.com/qlobooks/qlobooks/internal/config"
	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/sandbox/books"
	"github.com/qlobooks/qlobooks/internal/secret"
	"github.com/qlobooks/qlobooks/internal/store"
	"github.com/qlobooks/qlobooks/migrations"
	"github.com/qlobooks/qlobooks/worker/queue"
)

// Stage is a running product with its rehearsal books.
type Stage struct {
	App     *app.App
	Books   *books.Server
	Worker  *queue.Worker
	URL     string        // of the product
	Zoho    string        // origin of the stand-in
	Token   string        // an administrator's
	Hang    time.Duration // how long a wait may see nothing move; 0 = a minute
	db      *sql.DB       // for explanations
	stops   []func()
	stopped bool
}

// Options describe a stage. MySQL holds a QloApps installation.
type Options struct {
	MySQL, Redis string
	Listen       string // of the product; "" = a free port
	Books        books.Options
	Engine       engine.Options
	Prefix       string
	Origins      []string         // of further stand-ins that may be connected
	Zoho         string           // origin of a stand-in that runs elsewhere; "" = Books, in this process
	Every        time.Duration    // how often the outbox is looked at; 0 = as in earnest
	NoWorker     bool             // workers run elsewhere, in the environment that Environ gives
	Now          func() time.Time // nil = the real time; of the stand-in say so in Books
	CookieKey    secret.String    // QloApps'; "" = its employees cannot sign in
	AdminURL     string           // of QloApps' back office; "" = no links there
	HostClientID string           // of the host's own application, with the sandbox's secret; "" = none
	Hang         time.Duration    // how long a wait may see nothing move; 0 = a minute
	Key          []byte           // seals what is secret, 32 bytes; nil = one of its own
}

// Open migrates, starts everything and stops what was started when anything fails.
func Open(ctx context.Context, o Options) (s *Stage, err error) {
	s = &Stage{Hang: o.Hang}
	defer func() {
		if err != nil {
			s.Close()
		}
	}()
	if s.Zoho = o.Zoho; s.Zoho == "" {
		s.Books = books.New(o.Books)
		if s.Zoho, err = s.listen("127.0.0.1:0", s.Books); err != nil {
			return s, err
		}
	}
	if o.Listen == "" {
		o.Listen = "127.0.0.1:0"
	}
	listener, err := net.Listen("tcp", o.Listen)
	if err != nil {
		return s, fmt.Errorf("listen on %s: %w", o.Listen, err)
	}
	s.URL = "http://" + listener.Addr().String()
	if err := migrate(ctx, o.MySQL); err != nil {
		return s, err
	}
	if s.db, err = sql.Open("mysql", o.MySQL); err != nil {
		return s, err
	}
	s.stops = append(s.stops, func() { _ = s.db.Close() })
	key := o.Key
	if key == nil {
		key = make([]byte, 32)
		_, _ = rand.Read(key)
	}
	c := config.Config{MySQLDSN: secret.String(o.MySQL), RedisURL: secret.String(o.Redis), PublicURL: s.URL, SecretKey: secret.String(base64.StdEncoding.EncodeToString(key)),
		AllowedOrigins: append([]string{s.Zoho}, o.Origins...), Listen: listener.Addr().String(), LogLevel: "warn", LogFormat: "text", Prefix: o.Prefix, CookieKey: o.CookieKey, AdminURL: o.AdminURL}
	if c.ZohoClientID = o.HostClientID; o.HostClientID != "" {
		c.ZohoClientSecret = "sandbox-secret"
	}
	if err := c.Check(); err != nil {
		return s, err
	}
	if s.App, err = app.OpenAt(ctx, c, o.Now, o.Engine); err != nil {
		return s, err
	}
	s.stops = append(s.stops, s.App.Close)
	_, token, err := s.App.Tokens.Create(ctx, "Rehearsal", access.Admin, "rehearsal")
	if err != nil {
		return s, err
	}
	s.Token = token
	handler, err := s.App.API(ctx, "rehearsal")
	if err != nil {
		return s, err
	}
	serving, stop := context.WithCancel(context.WithoutCancel(ctx))
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = rest.Serve(serving, listener, handler, time.Second)
	}()
	s.stops = append(s.stops, func() { stop(); <-done })
	if o.NoWorker {
		return s, nil
	}
	s.Worker = s.App.Worker(2)
	s.Worker.Every = o.Every
	if err := s.Worker.Start(context.WithoutCancel(ctx), s.App.Queue); err != nil {
		return s, err
	}
	s.stops = append(s.stops, s.Worker.Stop)
	return s, nil
}

// Environ is the environment in which other processes join this stage.
func (s *Stage) Environ() []string {
	c := s.App.Config
	return []string{"QLOBOOKS_MYSQL_DSN=" + c.MySQLDSN.Reveal(), "QLOBOOKS_REDIS_URL=" + c.RedisURL.Reveal(), "QLOBOOKS_PUBLIC_URL=" + c.PublicURL,
		"QLOBOOKS_SECRET_KEY=" + c.SecretKey.Reveal(), "QLOBOOKS_ZOHO_ALLOWED_ORIGINS=" + strings.Join(c.AllowedOrigins, ","), "QLOBOOKS_QLOAPPS_PREFIX=" + c.Prefix,
		"QLOBOOKS_QLOAPPS_ADMIN_URL=" + c.AdminURL, "QLOBOOKS_LOG_LEVEL=warn"}
}

func (s *Stage) listen(address string, handler http.Handler) (string, error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return "", err
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = server.Serve(listener) }()
	s.stops = append(s.stops, func() { _ = server.Close() })
	return "http://" + listener.Addr().String(), nil
}

func migrate(ctx context.Context, dsn string) error {
	gorm, err := store.Open(dsn)
	if err != nil {
		return err
	}
	db, err := gorm.DB()
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = migrations.Up(ctx, db)
	return err
}

// Close stops everything, last started first.
func (s *Stage) Close() {
	if s.stopped {
		return
	}
	s.stopped = true
	for i := len(s.stops) - 1; i >= 0; i-- {
		s.stops[i]()
	}
}

// Call asks the product's API and reads the answer into out, which may be nil.
func (s *Stage) Call(ctx context.Context, method, path string, in, out any) error {
	_, err := s.CallFrom(ctx, method, path, "", in, out)
	return err
}

// CallFrom is Call for a change that was made from a version, "" = none; it gives the version that the
// answer names.
func (s *Stage) CallFrom(ctx context.Context, method, path, version string, in, out any) (string, error) {
	var body io.Reader
	if in != nil {
		b, err := json.Marshal(in)
		if err != nil {
			return "", err
		}
		body = bytes.NewReader(b)
	}
	ctx, cancel := context.WithTimeout(ctx, 2*cmp.Or(s.Hang, await.Hang)) // an answer that never comes is a hang too
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, s.URL+"/api/v1"+path, body)
	if err != nil {
		return "", err
	}
	req.Header.Set("Authorization", "Bearer "+s.Token)
	req.Header.Set("Accept", "application/json")
	if version != "" {
		req.Header.Set("If-Match", version)
	}
	if in != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		return "", err
	}
	if resp.StatusCode >= 300 {
		return "", fmt.Errorf("%s %s: %d %s", method, path, resp.StatusCode, answer)
	}
	if out == nil || len(answer) == 0 {
		return resp.Header.Get("ETag"), nil
	}
	return resp.Header.Get("ETag"), json.Unmarshal(answer, out)
}

// Connect enters the stand-in as a custom data center, and goes through its consent.
func (s *Stage) Connect(ctx context.Context) error {
	err := s.Call(ctx, http.MethodPut, "/connection", map[string]any{"data_center": "custom", "token_domain": s.Zoho, "api_domain": s.Zoho, "dashboard_domain": s.Zoho,
		"use_own_application": true, "client_id": "sandbox-client", "client_secret": "sandbox-secret", "organization_id": nil}, nil)
	if err != nil {
		return err
	}
	return s.Authorize(ctx)
}

// Authorize goes through the stand-in's consent with the application that was entered.
func (s *Stage) Authorize(ctx context.Context) error {
	var grant struct {
		URL string `json:"authorization_url"`
	}
	if err := s.Call(ctx, http.MethodPost, "/connection/authorize", nil, &grant); err != nil {
		return err
	}
	u, err := url.Parse(grant.URL)
	if err != nil {
		return err
	}
	q := u.Query()
	q.Set("approve", "1")
	u.RawQuery = q.Encode()
	// The consent redirects to our callback, which answers with the connection.
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return err
	}
	req.Header.Set("Accept", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	if resp.StatusCode != http.StatusOK || !strings.Contains(string(body), `"status":"connected"`) {
		return fmt.Errorf("the consent ended with %d %s", resp.StatusCode, body)
	}
	return nil
}

// Run is what the API says of a run.
type Run struct {
	ID, Kind, Status                              string
	Total, Done, Failed, Held, Unchanged, Skipped int
	CallsUsed                                     int `json:"calls_used"`
	Result                                        json.RawMessage
	Sentence                                      string
	Error                                         *struct{ Code, Detail string }
}

// Start posts to an address that answers with a run, and waits until that has ended.
func (s *Stage) Start(ctx context.Context, path string, in any) (Run, error) {
	var run Run
	if err := s.Call(ctx, http.MethodPost, path, in, &run); err != nil {
		return run, err
	}
	return s.Wait(ctx, run.ID)
}

// Wait asks for a run until it has ended, or nothing moves any more.
func (s *Stage) Wait(ctx context.Context, id string) (Run, error) {
	var run Run
	// Asking the API each time would be an eighth of all that the database does in tests.
	err := await.Bounds{Hang: s.Hang, Moved: s.Moved}.For(ctx, func() (bool, error) {
		err := s.db.QueryRowContext(ctx, "SELECT status FROM qlobooks_runs WHERE id = ?", id).Scan(&run.Status)
		return run.over(), err
	})
	if err == nil || ctx.Err() == nil {
		err = errors.Join(err, s.Call(ctx, http.MethodGet, "/runs/"+id, nil, &run))
	}
	switch {
	case err != nil:
		return run, fmt.Errorf("run %s is still %s (%d of %d): %w", id, run.Status, run.Done+run.Failed+run.Held+run.Unchanged+run.Skipped, run.Total, err)
	case run.Status != "done":
		return run, fmt.Errorf("run %s %s: %+v", id, run.Status, run.Error)
	}
	return run, nil
}

func (r Run) over() bool { return r.Status == "done" || r.Status == "failed" || r.Status == "canceled" }

// Sections are all sections, masters first.
var Sections = []string{"hotels", "room-types", "service-products", "customers", "currencies", "orders"}

// SetUp creates the key field, taxes and currencies, switches several currencies on and accepts
// what the mapping suggests exactly; money goes to the named account.
func (s *Stage) SetUp(ctx context.Context, account string) error {
	if _, err := s.Start(ctx, "/setup", map[string]any{"create_taxes": true, "create_currencies": true}); err != nil {
		return err
	}
	if err := s.Set(ctx, "currencies", "multi_currency", true); err != nil {
		return err
	}
	for _, kind := range []string{"taxes", "deposit-accounts", "payment-modes", "accounts"} {
		if err := s.acceptMapping(ctx, kind, account); err != nil {
			return err
		}
	}
	return nil
}

// Set changes one field of a settings section.
func (s *Stage) Set(ctx context.Context, section, field string, value any) error {
	var all map[string]any
	if err := s.Call(ctx, http.MethodGet, "/settings/"+section, nil, &all); err != nil {
		return err
	}
	all[field] = value
	return s.Call(ctx, http.MethodPut, "/settings/"+section, all, nil)
}

func (s *Stage) acceptMapping(ctx context.Context, kind, account string) error {
	var page struct {
		Items []struct {
			SourceID  string  `json:"source_id"`
			Suggested *string `json:"suggested_zoho_id"`
			Exact     *string `json:"confidence"`
		}
		Choices []struct {
			ID   string `json:"zoho_id"`
			Name string `json:"zoho_name"`
		}
	}
	if err := s.Call(ctx, http.MethodGet, "/mappings/"+kind, nil, &page); err != nil {
		return err
	}
	named := map[string]string{}
	for _, c := range page.Choices {
		named[c.Name] = c.ID
	}
	rows := []map[string]any{}
	for _, item := range page.Items {
		switch {
		case item.Suggested != nil && item.Exact != nil && *item.Exact == "exact":
			rows = append(rows, map[string]any{"source_id": item.SourceID, "zoho_id": *item.Suggested})
		case item.SourceID == "default" && kind == "deposit-accounts":
			rows = append(rows, map[string]any{"source_id": item.SourceID, "zoho_id": named[account]})
		case item.SourceID == "default" && kind == "payment-modes" && len(page.Choices) > 0:
			rows = append(rows, map[string]any{"source_id": item.SourceID, "zoho_id": cmp.Or(named["Others"], page.Choices[0].ID)})
		case item.SourceID == "default" && kind == "accounts":
			rows = append(rows, map[string]any{"source_id": item.SourceID, "zoho_id": named["Room revenue"]})
		}
	}
	return s.Call(ctx, http.MethodPut, "/mappings/"+kind, map[string]any{"items": rows}, nil)
}

// Initialize lists every section.
func (s *Stage) Initialize(ctx context.Context) error {
	for _, section := range Sections {
		if _, err := s.Start(ctx, "/records/"+section+"/initialize", nil); err != nil {
			return err
		}
	}
	return nil
}

// SyncAll initializes and synchronizes every section, waits until nothing is due any more, and tells what each run did.
func (s *Stage) SyncAll(ctx context.Context) (map[string]Run, error) {
	done := map[string]Run{}
	if err := s.Initialize(ctx); err != nil {
		return done, err
	}
	for _, section := range Sections {
		run, err := s.Start(ctx, "/records/"+section+"/sync", map[string]any{"all": true, "confirm": true})
		done[section] = run
		if err != nil {
			return done, err
		}
	}
	return done, s.Settled(ctx)
}

// Settled waits until nothing is due any more: what a run changed may have woken others than its own.
func (s *Stage) Settled(ctx context.Context) error {
	return await.Bounds{Hang: s.Hang, Moved: s.Moved}.For(ctx, func() (bool, error) {
		due, err := s.Due(ctx)
		return due == 0, err
	})
}
