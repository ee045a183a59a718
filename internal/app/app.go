// Package app joins the concrete pieces: the API, the worker, the demo and the end-to-end tests
// all run what Open gives them.
package app

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"
	"gorm.io/gorm"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/access"
	"github.com/qlobooks/qlobooks/internal/config"
	"github.com/qlobooks/qlobooks/internal/connection"
	"github.com/qlobooks/qlobooks/internal/crash/point"
	"github.com/qlobooks/qlobooks/internal/detect"
	"github.com/qlobooks/qlobooks/internal/engine"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/flow"
	"github.com/qlobooks/qlobooks/internal/lately"
	"github.com/qlobooks/qlobooks/internal/limit"
	"github.com/qlobooks/qlobooks/internal/mapping"
	"github.com/qlobooks/qlobooks/internal/metrics"
	"github.com/qlobooks/qlobooks/internal/pairing"
	"github.com/qlobooks/qlobooks/internal/paymentimport"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/reconcile"
	"github.com/qlobooks/qlobooks/internal/records"
	"github.com/qlobooks/qlobooks/internal/revenue"
	"github.com/qlobooks/qlobooks/internal/runs"
	"github.com/qlobooks/qlobooks/internal/schedule"
	"github.com/qlobooks/qlobooks/internal/secret"
	"github.com/qlobooks/qlobooks/internal/settings"
	"github.com/qlobooks/qlobooks/internal/store"
	"github.com/qlobooks/qlobooks/internal/undo"
	"github.com/qlobooks/qlobooks/internal/zoho"
	"github.com/qlobooks/qlobooks/migrations"
)

// App is one process's set of pieces over one database and one Redis.
type App struct {
	Config     config.Config
	Store      *store.Store
	Hotel      *qloapps.Reader
	Settings   *settings.Store
	Tokens     *access.Tokens
	Sessions   *access.Sessions // nil while QloApps' cookie key is not known
	Connection *connection.Service
	Mapping    *mapping.Service
	Engine     *engine.Engine
	Runner     *runs.Runner
	Undo       *undo.Service
	Detector   *detect.Detector
	Schedule   *schedule.Schedule
	Pairing    *pairing.Service
	Reconcile  *reconcile.Service
	Imports    *paymentimport.Service
	Revenue    *revenue.Service
	Queue      asynq.RedisConnOpt
	Metrics    *metrics.Set

	redis    redis.UniversalClient
	database *gorm.DB
	hotelDB  *gorm.DB
	writer   *qloapps.PaymentWriter
	now      func() time.Time

	mu       sync.Mutex
	limiters map[string]*limit.Limiter
	kept     records.KeptMonths
	mappings lately.Answers[wire.MappingPage] // as the first pages of a large hotel show them
	limits   limit.Options                    // of every limiter
	first    records.Overview                 // the first page, once there is an API

	inspector *asynq.Inspector
	process   string // a name of its own among all processes
	looked    *readiness
}

// ErrBehind says that the schema lacks migrations.
var ErrBehind = fmt.Errorf("the database schema is behind: run «go run ./api migrate» (or the image's migrate command) first")

// Open connects to everything, checks that the schema is up to date, and joins the pieces. Each
// problem names its cause and cure.
func Open(ctx context.Context, c config.Config) (*App, error) {
	return OpenAt(ctx, c, point.Clock(), engine.Options{})
}

// OpenAt is Open with a clock of its own and engine options, for tests; without a clock (nil) time
// is the database's, and Redis' for the limiter.
func OpenAt(ctx context.Context, c config.Config, now func() time.Time, opts engine.Options) (*App, error) {
	a := closed(c, now)
	if err := a.open(ctx, opts); err != nil {
		a.Close()
		return nil, err
	}
	return a, nil
}

// closed is an App that is connected to nothing yet.
func closed(c config.Config, now func() time.Time) *App {
	a := &App{Config: c, now: now, limiters: map[string]*limit.Limiter{}, process: uuid.NewString()}
	a.mappings.Stale = dayOld
	a.looked = &readiness{App: a}
	a.limits.Remembered = func(ctx context.Context, since, day time.Time) (limit.Log, error) {
		log, err := a.Store.RecentCalls(ctx, since, day)
		return limit.Log{Recent: log.Recent, Today: log.Today, Limit: log.DayLimit, Left: log.DayLeft}, err
	}
	a.limits.LogNow = func() time.Time { return a.Store.Now() }
	if now != nil {
		a.limits.Now, a.limits.Sleep = now, sleepBy(now)
	}
	return a
}

func (a *App) open(ctx context.Context, opts engine.Options) error {
	var err error
	if a.database, err = store.OpenLimited(a.Config.MySQLDSN.Reveal(), a.Config.Longest); err != nil {
		return fmt.Errorf("QLOBOOKS_MYSQL_DSN: %w; check host, user, password and schema", err)
	}
	dsn, err := a.endingDSN(ctx)
	if err != nil {
		return err
	}
	if a.hotelDB, err = qloapps.Connect(dsn); err != nil {
		return plain(err)
	}
	if a.Hotel, err = qloapps.Open(ctx, a.hotelDB, a.Config.Prefix); err != nil {
		return plain(err)
	}
	if err := a.upToDate(ctx); err != nil {
		return err
	}
	if err := a.openRedis(ctx); err != nil {
		return err
	}
	ring, err := a.ring()
	if err != nil {
		return err
	}
	a.join(ring, opts)
	return a.joinBooks()
}

// endingDSN is the address of QloApps' database whose statements end like those on our own tables, so
// that nobody can keep the hotel's server busy by asking for much and going away.
func (a *App) endingDSN(ctx context.Context) (string, error) {
	dsn := a.Config.MySQLDSN.Reveal()
	if a.Config.Longest <= 0 {
		return dsn, nil
	}
	var version string
	if err := a.database.WithContext(ctx).Raw("SELECT VERSION()").Scan(&version).Error; err != nil {
		return "", fmt.Errorf("QLOBOOKS_MYSQL_DSN: %w", err)
	}
	return store.LimitedDSN(dsn, version, a.Config.Longest)
}

// ring has the keys of the environment.
func (a *App) ring() (*secret.Ring, error) {
	var older []secret.String
	if a.Config.SecretKeyOld != "" {
		older = append(older, a.Config.SecretKeyOld)
	}
	ring, err := secret.NewRing(a.Config.SecretKey, older...)
	if err != nil {
		return nil, fmt.Errorf("QLOBOOKS_SECRET_KEY: %w", err)
	}
	return ring, nil
}

// CheckHotel finds out whether the database holds a QloApps installation, without changing it.
func CheckHotel(ctx context.Context, c config.Config) error {
	_, err := HotelPrefix(ctx, c)
	return err
}

// HotelPrefix is the prefix of the tables of the QloApps installation that the database holds.
func HotelPrefix(ctx context.Context, c config.Config) (string, error) {
	db, err := qloapps.Connect(c.MySQLDSN.Reveal())
	if err != nil {
		return "", plain(err)
	}
	if pool, err := db.DB(); err == nil {
		defer pool.Close()
	}
	hotel, err := qloapps.Open(ctx, db, c.Prefix)
	if err != nil {
		return "", plain(err)
	}
	return hotel.Prefix(), nil
}

// plain shows a fault as cause and cure.
func plain(err error) error {
	f := fault.Of(err)
	if f.Cause != nil {
		return fmt.Errorf("%s %s (%w)", f.Detail, f.Action, f.Cause)
	}
	return fmt.Errorf("%s %s", f.Detail, f.Action)
}

func (a *App) upToDate(ctx context.Context) error {
	db, err := a.database.DB()
	if err != nil {
		return err
	}
	behind, err := migrations.Pending(ctx, db)
	if errors.Is(err, migrations.ErrAhead) {
		return err
	}
	if err != nil {
		return fmt.Errorf("read schema version: %w", err)
	}
	if behind > 0 {
		return fmt.Errorf("%w (%d to run)", ErrBehind, behind)
	}
	return nil
}

func (a *App) openRedis(ctx context.Context) error {
	var err error
	if a.Queue, err = a.Config.Redis(); err != nil {
		return fmt.Errorf("QLOBOOKS_REDIS_URL cannot be read: %w", err)
	}
	client, ok := a.Queue.MakeRedisClient().(redis.UniversalClient)
	if !ok {
		return fmt.Errorf("QLOBOOKS_REDIS_URL names a kind of Redis that is not supported")
	}
	a.redis = client
	return a.pingRedis(ctx)
}

func (a *App) pingRedis(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	if err := a.redis.Ping(ctx).Err(); err != nil {
		return fmt.Errorf("Redis does not answer: %w; check QLOBOOKS_REDIS_URL and that Redis is running", err)
	}
	return nil
}

// join makes the pieces and ties them together.
func (a *App) join(ring *secret.Ring, opts engine.Options) {
	a.Store = store.New(a.database, a.now)
	a.now = a.Store.Now
	a.Settings = &settings.Store{DB: a.database, Now: a.now, Ring: ring, PrivateWebhooks: a.Config.WebhookPrivate, Contradicts: a.contradicts, Changed: a.settingsChanged}
	a.joinAccess()
	a.joinMetrics()
	a.Connection = &connection.Service{
		DB: a.database, Ring: ring, Now: a.now, PublicURL: a.Config.PublicURL, AllowedOrigins: a.Config.AllowedOrigins,
		HostClientID: a.Config.ZohoClientID, HostSecret: a.Config.ZohoClientSecret, HTTP: zoho.NewHTTPClient(), Limiter: a.limiter, Recorder: recorder{a.Store, a.Metrics, a},
		Linked: a.Store.AnyLinked, Idle: a.Store.NothingActive, Connected: a.connected, LocksChanged: a.locksChanged, KeyFieldsStand: a.keyFieldsStand, Journals: a.journals,
		TokenMay: func(ctx context.Context, begun string) (bool, error) { return a.Tokens.May(ctx, begun, access.Admin) },
	}
	a.Mapping = &mapping.Service{DB: a.database, Now: a.now, Hotel: a.Hotel, Start: a.startRefresh, Free: a.mappingSaved, SaveDefault: a.defaultChosen, Audit: a.audit, Country: a.country, Modes: a.ownModes, Again: a.sendAgain}
	a.Connection.SettingGone, a.Connection.Moved = a.settingGone, a.moved
	opts.Relock = a.Connection.LocksAsked
	opts.Retable, opts.Rounds, opts.TaxOnTop = a.retable, a.Connection.RoundsTaxes, a.Connection.ExclusiveMet
	opts.Reach = a.reach
	opts.Before = func(ctx context.Context, refs []store.Ref) error { return a.Detector.FirstLook(ctx, refs) }
	opts.Posted = func(ctx context.Context, w engine.Wanted) error { return a.Reconcile.Posted(ctx, w) }
	a.Engine = engine.New(a.Store, a.rules, opts)
	flow.Register(a.Engine, a.Hotel, a.Connection.Client, func(ctx context.Context, ids []string) (map[string]bool, error) { return a.Imports.Seen(ctx, ids) })
	a.Revenue = &revenue.Service{Store: a.Store, Hotel: a.Hotel, Settings: a.Settings.Load, Rules: a.rules}
	flow.RegisterRevenue(a.Engine, a.Revenue.Journals, a.Connection.Client)
	a.Detector = &detect.Detector{Store: a.Store, Hotel: a.Hotel, Settings: a.Settings.Load, Documents: a.documents, Flows: a.flows}
	a.Schedule = &schedule.Schedule{Store: a.Store, Settings: a.Settings, Zone: a.zone, Show: records.ShowRun}
	a.Runner = &runs.Runner{Store: a.Store, Page: a.Hotel.LookPage, Detect: ticker{a.Detector, a}, Exceeds: a.exceeds, Tasks: map[string]runs.Task{runs.Setup: a.setUp, runs.MappingRefresh: a.refreshMappings},
		Engine: a.Engine, Empty: a.leftOut, Takes: a.foreseen}
	a.Undo = &undo.Service{Store: a.Store, Locks: a.Connection.Locks, Organization: a.home, Section: a.Engine.Section, URL: a.zohoURL, Show: func(ctx context.Context, run store.Run) (wire.Run, error) {
		return records.Runs{Store: a.Store, Ends: records.Ends{Now: a.now, Takes: a.takes}, Zone: a.zone}.Get(ctx, strconv.FormatUint(run.ID, 10))
	}}
	a.Runner.Undone = a.Undo.Plan
}

// limiter is the one of an organization, with the rates that are set now.
func (a *App) limiter(organization string) *limit.Limiter {
	a.mu.Lock()
	defer a.mu.Unlock()
	l := a.limiters[organization]
	if l == nil {
		l = limit.New(a.redis, organization, a.limits)
		a.limiters[organization] = l
	}
	return l
}

// sleepBy waits by a clock that does not go as the process' own does.
func sleepBy(now func() time.Time) func(ctx context.Context, d time.Duration) error {
	return func(ctx context.Context, d time.Duration) error {
		tick := time.NewTicker(5 * time.Millisecond)
		defer tick.Stop()
		for until := now().Add(d); now().Before(until); {
			select {
			case <-tick.C:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		return nil
	}
}

// SQL is the handle for migrations and health checks.
func (a *App) SQL() (*sql.DB, error) { return a.database.DB() }

// Redis is the handle for health checks.
func (a *App) Redis() redis.UniversalClient { return a.redis }

// Close ends all connections.
func (a *App) Close() {
	for _, db := range []*gorm.DB{a.database, a.hotelDB} {
		if db == nil {
			continue
		}
		if pool, err := db.DB(); err == nil {
			_ = pool.Close()
		}
	}
	if a.inspector != nil {
		_ = a.inspector.Close()
	}
	if a.writer != nil {
		_ = a.writer.Close()
	}
	if a.redis != nil {
		if err := a.redis.Close(); err != nil {
			slog.Debug("closing Redis", "error", err)
		}
	}
}
