package app

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/qlobooks/qlobooks/api/rest"
	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/frontend"
	"github.com/qlobooks/qlobooks/internal/alert"
	"github.com/qlobooks/qlobooks/internal/limit"
	"github.com/qlobooks/qlobooks/internal/live"
	"github.com/qlobooks/qlobooks/internal/records"
	"github.com/qlobooks/qlobooks/internal/revenue"
	"github.com/qlobooks/qlobooks/internal/store"
	"github.com/qlobooks/qlobooks/worker/queue"

	"github.com/labstack/echo/v4"
)

// API gives the whole HTTP surface over the pieces. It refuses while nobody could sign in.
func (a *App) API(ctx context.Context, version string) (*echo.Echo, error) {
	tokens, err := a.Tokens.Count(ctx)
	if err != nil {
		return nil, err
	}
	if tokens == 0 && a.Sessions == nil {
		return nil, fmt.Errorf("nobody could sign in: set QLOBOOKS_QLOAPPS_COOKIE_KEY to QloApps' _COOKIE_KEY_ so that its employees can, " +
			"or make a token first with «go run ./api token create --name Admin --role admin»")
	}
	if _, err := a.paceNow(ctx); err != nil {
		return nil, err
	}
	ends := records.Ends{Now: a.now, Takes: a.takes}
	desk := &records.Desk{Store: a.Store, Engine: a.Engine, Links: a.Links, Retrying: a.retrying, Imported: a.Imports}
	a.first = a.overview(desk, ends)
	options := rest.Options{PublicURL: a.Config.PublicURL, CORSOrigins: a.Config.CORSOrigins, TrustedProxies: a.Config.Proxies, Version: version, Ready: a.ready,
		Metrics: a.Metrics.Handler(), Observe: a.Metrics.Request, Audit: a.noted}
	if frontend.Built() {
		options.SPA = frontend.FS()
	}
	api := rest.New(rest.Services{
		SignIns: a.signIns(), Profiles: a,

		Tokens: a.Tokens, Sessions: a.sessions(), Changes: &live.Hub{Store: a.Store, Show: ends.Show}, Settings: a.Settings, Connection: auditedConnection{a.Connection, a.Store}, Schedule: a.Schedule, Setup: a, Records: desk, Documents: records.Documents{Desk: desk},
		Runs: records.Runs{Store: a.Store, Ends: ends, Zone: a.zone}, Undo: a.Undo, Mappings: a.Mapping, Overview: a.first, Issues: a.issues(desk),
		Ties: records.LinkDesk{Desk: desk, Linker: a.Pairing}, Pairing: a.customers(), Reconciliation: a.Reconcile, Periods: records.Periods{Service: a.Reconcile, Months: a.months()}, Ledger: &revenue.Desk{Service: a.Revenue, Base: a.base, URL: a.zohoURL}, Imports: a.Imports,
		Logs: records.Logs{Store: a.Store}, Tools: records.Tools{Store: a.Store, Organization: a.home, MappingsForgotten: a.defaultsForgotten}, Alerts: a.alerts(),
	}, options)
	api.Pre(func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			c.SetRequest(c.Request().WithContext(limit.Within(c.Request().Context(), turns)))
			return next(c)
		}
	})
	return api, nil
}

// turns is how long the calls to Zoho Books of one request may wait for their turns: whoever asked is told in time,
// before the server or the asker gives up.
const turns = 20 * time.Second

// Worker takes work off the queues; concurrency is batches at once in each lane.
func (a *App) Worker(concurrency int) *queue.Worker {
	alerts := a.alerts()
	return &queue.Worker{Engine: a.Engine, Runner: a.Runner, Store: a.Store, Schedule: a.Schedule, Concurrency: concurrency, Spent: a.spent, Hourly: a.cleanLogs,
		Lives:  func(ctx context.Context) error { return a.Store.Beat(ctx, a.process, store.WorkerBeat) },
		Alerts: alerts.Work, Woken: a.woken, Watch: a.Reconcile.Watch}
}

// alerts joins what tells people and third-party tools.
func (a *App) alerts() *alert.Service {
	health := records.Health{Store: a.Store, Schedule: a.Schedule.Get, Checks: a.ready, Seen: a.workerSeen, Budget: a.Connection.Budget}
	return &alert.Service{Store: a.Store, Settings: a.Settings, Connection: a.Connection.Get, Budget: a.Connection.Budget, PublicURL: a.Config.PublicURL, HTTP: alert.NewClient(a.Config.WebhookPrivate),
		Health: func(ctx context.Context) (wire.OverviewHealth, error) {
			open, err := a.Store.Runs(ctx, store.RunQuery{Statuses: []string{string(store.RunQueued), string(store.RunWaiting)}, Limit: 200})
			if err != nil {
				return wire.OverviewHealth{}, err
			}
			return health.Get(ctx, open)
		},
		Differences: func(ctx context.Context, days wire.DayRange) (int, error) {
			found, err := a.Reconcile.Get(ctx, wire.ReconciliationQuery{DayRange: days})
			return len(found.Differences), err
		},
		Audit: func(ctx context.Context, by, what string) error {
			return a.Store.AddEvent(ctx, store.Event{Actor: by, Action: "alert", Detail: what})
		}}
}

// standIn is how often the API looks whether somebody else tells what needs people.
const standIn = 15 * time.Second

// TellWhileSilent does what workers do about alerts while no worker is heard of, until ctx ends: nobody
// else could tell that.
func (a *App) TellWhileSilent(ctx context.Context) {
	alerts := a.alerts()
	tick := time.NewTicker(standIn)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if err := a.tellIfSilent(ctx, alerts); err != nil && ctx.Err() == nil {
			slog.DebugContext(ctx, "cannot tell what needs people; trying on", "error", err)
		}
	}
}

func (a *App) tellIfSilent(ctx context.Context, alerts *alert.Service) error {
	age, ever, err := a.Store.LastBeat(ctx, store.WorkerBeat)
	if err != nil || ever && age <= store.Silence {
		return err
	}
	return alerts.Work(ctx)
}
