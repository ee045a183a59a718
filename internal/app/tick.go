package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/qlobooks/qlobooks/internal/detect"
	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/flow"
	"github.com/qlobooks/qlobooks/internal/store"
)

// ticker is the detector, which also has the locked periods read when they are an hour old: what
// waits for a lock goes on although nothing else is to be done.
type ticker struct {
	*detect.Detector
	app *App
}

// Tick reads the locks, as far as there is a connection, finishes imported payments that were broken off, and looks for changes.
func (t ticker) Tick(ctx context.Context, run store.Run, move func(cursor string) error) (any, error) {
	if _, err := t.app.Connection.Locks(ctx); err != nil && !fault.Is(err, fault.Held) && !fault.Is(err, fault.Auth) {
		slog.WarnContext(ctx, "the locked periods could not be read", "error", err)
	}
	if err := t.app.Imports.Resume(ctx); err != nil {
		slog.WarnContext(ctx, "a payment whose import was broken off could not be finished", "error", err)
	}
	done, err := t.Detector.Tick(ctx, run, move)
	if err == nil {
		t.app.tickRevenue(ctx)
	}
	return done, err
}

// eraseAnonymized takes guests whom QloApps has anonymized since out of everything that is kept.
func (a *App) eraseAnonymized(ctx context.Context) error {
	ids, err := a.Hotel.Anonymized(ctx)
	if err != nil {
		return err
	}
	done, err := a.Store.Erased(ctx, ids)
	if err != nil {
		return err
	}
	var failed error
	for _, id := range ids {
		if !done[id] {
			failed = errors.Join(failed, a.erase(ctx, id))
		}
	}
	return errors.Join(failed, a.Store.EmptyLater(ctx))
}

func (a *App) erase(ctx context.Context, guest string) error {
	n, err := a.Store.Erase(ctx, guest)
	if err != nil {
		return err
	}
	return a.Store.AddEvent(ctx, store.Event{Actor: store.Itself, Action: "erased", Ref: store.Ref{Flow: flow.Customer, ID: guest}, Detail: fmt.Sprintf("Anonymized in QloApps: nothing that is kept here names the guest any more; the bodies of %d calls were emptied.", n)})
}

// Daily sets the counts right, should something else than QloBooks have changed what they count, and
// looks for changes.
func (t ticker) Daily(ctx context.Context, run store.Run, move func(cursor string) error) (any, error) {
	if wrong, err := t.app.Store.Recount(ctx); err != nil {
		slog.WarnContext(ctx, "the counts could not be checked", "error", err)
	} else if wrong > 0 {
		slog.WarnContext(ctx, "counts were wrong and have been set right", "counts", wrong)
	}
	done, err := t.Detector.Daily(ctx, run, move)
	if err == nil {
		t.app.proveStatuses(ctx)
	}
	return done, err
}

// proveStatuses holds what was sent, opened or made void against how it stands. Whatever is in its way is in nobody else's:
// it goes on from there the next day.
func (a *App) proveStatuses(ctx context.Context) {
	if err := a.Reconcile.Statuses(ctx); err != nil && !fault.Is(err, fault.Held) && !fault.Is(err, fault.Auth) {
		slog.WarnContext(ctx, "the statuses of what was sent could not be looked at; that is tried again with the next daily pass", "error", err)
	}
}
