package app

import (
	"context"
	"errors"
	"fmt"

	"github.com/qlobooks/qlobooks/api/rest/wire"
	"github.com/qlobooks/qlobooks/internal/connection"
	"github.com/qlobooks/qlobooks/internal/pairing"
	"github.com/qlobooks/qlobooks/internal/paymentimport"
	"github.com/qlobooks/qlobooks/internal/qloapps"
	"github.com/qlobooks/qlobooks/internal/reconcile"
	"github.com/qlobooks/qlobooks/internal/records"
	"github.com/qlobooks/qlobooks/internal/runs"
	"github.com/qlobooks/qlobooks/internal/settings"
	"github.com/qlobooks/qlobooks/internal/store"
	"github.com/qlobooks/qlobooks/internal/zoho"
)

// joinBooks makes the pieces that read what stands in Zoho Books.
func (a *App) joinBooks() (err error) {
	if a.writer, err = qloapps.OpenPaymentWriter(a.Config.MySQLDSN.Reveal(), a.Hotel); err != nil {
		return plain(err)
	}
	a.Imports = &paymentimport.Service{Store: a.Store, Hotel: a.Hotel, Writer: a.writer, Books: a.Connection.Client, URL: a.zohoURL, Digits: a.digits, Shown: a.knownDigits, Locks: a.Connection.Locks,
		Settings: func(ctx context.Context) (settings.Payments, error) {
			all, err := a.Settings.Load(ctx)
			return all.Payments, err
		},
		Linked: func(ctx context.Context, refs []store.Ref) error { return a.Reconcile.Look(ctx, refs) },
		Relist: func(ctx context.Context, orders []string) error { return a.Detector.Refresh(ctx, wire.Orders, orders) },
		Start: func(ctx context.Context, in wire.ImportRequest, by string) (wire.Run, error) {
			return a.startRun(ctx, runs.Import, "", in, by)
		}}
	a.Detector.Import = func(ctx context.Context, _ store.Run) error {
		if _, err := a.Connection.Client(ctx); err != nil {
			return err // a run every few minutes that can only fail tells nobody anything
		}
		_, err := a.Imports.StartImport(ctx, "new", store.Itself)
		return err
	}
	a.Pairing = &pairing.Service{Store: a.Store, Engine: a.Engine, Hotel: a.Hotel, Books: a.Connection.Client, Base: a.baseCurrency, Early: a.earlyCurrency}
	a.Reconcile = &reconcile.Service{Store: a.Store, Engine: a.Engine, Hotel: a.Hotel, Books: a.Connection.Client, URL: a.zohoURL, Digits: a.knownDigits, Zone: a.zone,
		Start: func(ctx context.Context, days wire.DayRange, by string) (wire.Run, error) {
			return a.startRun(ctx, runs.Reconcile, "", days, by)
		}}
	a.Runner.Tasks[runs.Pairing] = a.Pairing.LoadContacts
	a.Runner.Tasks[runs.Import] = a.imported
	a.Runner.Tasks[runs.Reconcile] = a.reconciled
	for kind, task := range a.Runner.Tasks {
		a.Runner.Tasks[kind] = a.counted(task)
	}
	return nil
}

// imported runs an import. What waited to be seen in Zoho Books is looked at again.
func (a *App) imported(ctx context.Context, run store.Run) (int, any, error) {
	total, result, err := a.Imports.Run(ctx, run)
	if _, freed := a.Store.FreeIssue(context.WithoutCancel(ctx), []string{"import_unknown"}, store.Live); err == nil {
		err = freed
	}
	return total, result, err
}

// customers answers for the pairing of customers.
func (a *App) customers() pairing.Customers {
	return pairing.Customers{Service: a.Pairing, URL: a.zohoURL, Start: func(ctx context.Context, by string) (wire.Run, error) {
		return a.startRun(ctx, runs.Pairing, "customers", struct{}{}, by)
	}}
}

// startRun queues a run that is not about chosen records, and writes down who asked for it.
func (a *App) startRun(ctx context.Context, kind, section string, request any, by string) (wire.Run, error) {
	run, err := a.Store.StartRun(ctx, kind, section, request, by)
	if err == nil {
		err = a.Store.AddEvent(ctx, store.Event{Actor: by, Action: kind, Detail: fmt.Sprintf("Run %d", run.ID)})
	}
	return records.ShowRun(run), err
}

// counted names the run in every call it makes, and tells afterwards how many these were.
func (a *App) counted(task runs.Task) runs.Task {
	return func(ctx context.Context, run store.Run) (int, any, error) {
		ref := fmt.Sprintf("run:%d", run.ID)
		total, result, err := task(zoho.WithRef(ctx, ref), run)
		if countErr := a.Store.CountCalls(context.WithoutCancel(ctx), run.ID, ref); err == nil {
			err = countErr
		}
		return total, result, err
	}
}

// earlyCurrency is the currency of contacts made before any document needs one; "" while that is Zoho's
// base currency, or nobody knows which that is.
func (a *App) earlyCurrency(ctx context.Context) (string, error) {
	all, err := a.Settings.Load(ctx)
	iso := all.Currencies.DefaultCurrency
	if err != nil || iso == nil {
		return "", err
	}
	if base, err := a.baseCurrency(ctx); err != nil || base == "" || base == *iso {
		return "", nil
	}
	return *iso, nil
}

// baseCurrency is the organization's, as it was known last: it asks nobody, as pages show it.
func (a *App) baseCurrency(ctx context.Context) (string, error) {
	known, err := a.Connection.Known(ctx)
	return known.Base, err
}

// digits is how many decimals each currency has in Zoho Books, learned anew when that is old; two where that is not known.
func (a *App) digits(ctx context.Context) (func(iso string) int32, error) {
	organization, _, err := a.Connection.Organization(ctx)
	return digitsIn(organization), err
}

// knownDigits is digits as they were known last: it asks nobody, as pages show them.
func (a *App) knownDigits(ctx context.Context) (func(iso string) int32, error) {
	known, err := a.Connection.Known(ctx)
	return digitsIn(known), err
}

func digitsIn(organization connection.Learned) func(iso string) int32 {
	return func(iso string) int32 {
		if c, known := organization.Currencies[iso]; known {
			return c.Precision
		}
		return 2
	}
}

// organization is the id of the organization that is connected, or was last.
func (a *App) organization(ctx context.Context) (string, error) {
	c, err := a.Connection.Get(ctx)
	if err != nil || c.OrganizationID == nil {
		return "", err
	}
	return *c.OrganizationID, nil
}

// home is organization, to which mappings and links belong from now on at the latest.
func (a *App) home(ctx context.Context) (string, error) {
	if err := a.moved(ctx); err != nil {
		return "", err
	}
	return a.organization(ctx)
}

// cleanLogs keeps calls, runs and what came to nothing as long as the settings say, and alerts for a month;
// last it forgets the guests whom QloApps has anonymized. What cannot be done keeps
// nothing else from being done.
func (a *App) cleanLogs(ctx context.Context) error {
	all, err := a.Settings.Load(ctx)
	if err != nil {
		return err
	}
	_, _, calls := a.Store.CleanLogs(ctx, all.Logs.BodyDays, all.Logs.LineDays)
	_, runs := a.Store.CleanRuns(ctx, all.Logs.BodyDays, all.Logs.LineDays)
	const alertDays = 30 // nothing is told of what happened more than a day ago
	return errors.Join(calls, runs, a.Store.CleanEvents(ctx, all.Logs.LineDays), a.Store.Fold(ctx), a.Store.ForgetBeats(ctx), a.Store.CleanAlerts(ctx, alertDays), a.signIns().Clean(ctx, all.Logs.LineDays), a.eraseAnonymized(ctx))
}

func (a *App) zohoURL(ctx context.Context) (func(flow, zohoID string) string, error) {
	links, err := a.Links(ctx)
	return links.Zoho, err
}
