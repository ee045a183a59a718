package app

import (
	"context"
	"errors"
	"fmt"

	"github.com/qlobooks/qlobooks/api/rest"
	"github.com/qlobooks/qlobooks/frontend"
	"github.com/qlobooks/qlobooks/internal/alert"
	"github.com/qlobooks/qlobooks/internal/live"
	"github.com/qlobooks/qlobooks/internal/records"
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
	if err := a.paceNow(ctx); err != nil {
		return nil, err
	}
	ends := records.Ends{Now: a.now, Takes: a.takes}
	desk := &records.Desk{Store: a.Store, Engine: a.Engine, Links: a.Links, Retrying: a.retrying, Imported: a.Imports}
	options := rest.Options{PublicURL: a.Config.PublicURL, CORSOrigins: a.Config.CORSOrigins, TrustedProxies: a.Config.Proxies, Version: version, Ready: a.ready,
		Metrics: a.Metrics.Handler(), Observe: a.Metrics.Request, Audit: a.noted}
	if frontend.Built() {
		options.SPA = frontend.FS()
	}
	return rest.New(rest.Services{
		Tokens: a.Tokens, Sessions: a.sessions(), Changes: &live.Hub{Store: a.Store, Show: ends.Show}, Settings: a.Settings, Connection: auditedConnection{a.Connection, a.Store}, Schedule: a.Schedule, Setup: a, Records: desk, Documents: records.Documents{Desk: desk},
		Runs: records.Runs{Store: a.Store, Ends: ends, Zone: a.zone}, Mappings: a.Mapping, Overview: a.overview(desk, ends), Issues: a.issues(desk),
		Ties: records.LinkDesk{Desk: desk, Linker: a.Pairing}, Pairing: a.customers(), Reconciliation: a.Reconcile, Imports: a.Imports,
		Logs: records.Logs{Store: a.Store}, Tools: records.Tools{Store: a.Store, Organization: a.organization},
	}, options), nil
}

// Worker takes work off the queues; concurrency is batches at once in each lane.
func (a *App) Worker(concurrency int) *queue.Worker {
	alerts := &alert.Service{Store: a.Store, Settings: a.Settings, Connection: a.Connection.Get, Budget: a.Connection.Budget, PublicURL: a.Config.PublicURL, HTTP: alert.NewClient(a.Config.WebhookPrivate)}
	return &queue.Worker{Engine: a.Engine, Runner: a.Runner, Store: a.Store, Schedule: a.Schedule, Concurrency: concurrency, Spent: a.spent, Hourly: a.cleanLogs, Alerts: func(ctx context.Context) error {
		return errors.Join(a.Store.Beat(ctx, a.process, store.WorkerBeat), a.dayOpened(ctx), alerts.Work(ctx))
	}}
}
