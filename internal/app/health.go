package app

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/connection"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/store"
	"github.com/qlobooks/qlobooks/migrations"
)

const (
	readyFor  = 2 * time.Second // how long an answer holds, as anybody may ask
	readyWait = 4 * time.Second
)

// readiness asks everything that the product needs. A ping is not a check: the database and Redis are
// written to, and what is stored is opened.
type readiness struct {
	*App
	mu    sync.Mutex
	asked time.Time
	last  map[string]wire.HealthCheck
}

// ready is what /readyz and the overview show; they share one look.
func (a *App) ready(ctx context.Context) map[string]wire.HealthCheck { return a.looked.now(ctx) }

// workerSeen is when a worker was last alive; nil when none ever was.
func (a *App) workerSeen(ctx context.Context) (*time.Time, error) {
	age, ever, err := a.Store.LastBeat(ctx, store.WorkerBeat)
	if err != nil || !ever {
		return nil, err
	}
	at := a.now().Add(-age)
	return &at, nil
}

// now gives the state of each dependency. One question at a time, and its answer for whoever asks
// within two seconds.
func (r *readiness) now(ctx context.Context) map[string]wire.HealthCheck {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.last != nil && time.Since(r.asked) < readyFor {
		return r.last
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), readyWait)
	defer cancel()
	r.last, r.asked = r.Checks(ctx), time.Now()
	return r.last
}

// Checks are the state of everything that the product needs, by name.
func (a *App) Checks(ctx context.Context) map[string]wire.HealthCheck {
	var mu sync.Mutex
	all := map[string]wire.HealthCheck{}
	var done sync.WaitGroup
	for name, check := range map[string]func(context.Context) wire.HealthCheck{
		"database": a.databaseWrites, "schema": a.schemaIs, "redis": a.redisWrites, "secret_key": a.keyOpens, "worker": a.workerLives, "grant": a.grantHolds,
	} {
		done.Go(func() {
			found := check(ctx)
			mu.Lock()
			defer mu.Unlock()
			all[name] = found
		})
	}
	done.Wait()
	return all
}

func vital(err error, right, wrong string) wire.HealthCheck {
	if err != nil {
		return wire.HealthCheck{Vital: true, Detail: wrong}
	}
	return wire.HealthCheck{Vital: true, OK: true, Detail: right}
}

func (a *App) databaseWrites(ctx context.Context) wire.HealthCheck {
	return vital(a.Store.Beat(ctx, a.process, store.CheckBeat), "takes what is written", "does not answer, or takes no writes: see whether it is read-only, full, or out of connections")
}

func (a *App) schemaIs(ctx context.Context) wire.HealthCheck {
	db, err := a.SQL()
	behind := 0
	if err == nil {
		behind, err = migrations.Pending(ctx, db)
	}
	if err == nil && behind > 0 {
		return wire.HealthCheck{Vital: true, Detail: fmt.Sprintf("%d migrations are missing: run migrate", behind)}
	}
	return vital(err, "is up to date", "could not be read")
}

func (a *App) redisWrites(ctx context.Context) wire.HealthCheck {
	err := a.redis.Set(ctx, "qlobooks:ready:"+a.process, "1", time.Minute).Err()
	return vital(err, "takes what is written", "does not answer, or takes no writes: see whether it is full, or a replica")
}

func (a *App) keyOpens(ctx context.Context) wire.HealthCheck {
	err := a.Connection.Opens(ctx)
	if err == nil {
		err = a.Settings.Opens(ctx)
	}
	wrong := "what is stored could not be read"
	if f := fault.Of(err); f != nil && f.Code == "key_wrong" {
		wrong = "key_wrong: " + f.Detail
	}
	return vital(err, "opens what is stored", wrong)
}

func (a *App) workerLives(ctx context.Context) wire.HealthCheck {
	age, ever, err := a.Store.LastBeat(ctx, store.WorkerBeat)
	switch {
	case err != nil:
		return wire.HealthCheck{Detail: "is not known, as the database does not answer"}
	case !ever:
		return wire.HealthCheck{Detail: "no worker ever ran: start one, nothing is sent without"}
	}
	seconds := int(age / time.Second)
	if age > store.Silence {
		return wire.HealthCheck{Detail: "no worker was seen lately: nothing is sent until one runs", AgeS: &seconds}
	}
	return wire.HealthCheck{OK: true, Detail: "was seen", AgeS: &seconds}
}

func (a *App) grantHolds(ctx context.Context) wire.HealthCheck {
	conn, err := a.Connection.Get(ctx)
	switch {
	case err != nil:
		return wire.HealthCheck{Detail: "is not known, as the database does not answer"}
	case conn.Status == string(connection.Connected):
		return wire.HealthCheck{OK: true, Detail: "connected to Zoho Books"}
	default:
		return wire.HealthCheck{Detail: "not connected to Zoho Books (" + conn.Status + ")"}
	}
}
