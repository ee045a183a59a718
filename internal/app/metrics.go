package app

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/hibiken/asynq"

	"github.com/qlobooks/qlobooks/internal/config"
	"github.com/qlobooks/qlobooks/internal/metrics"
	"github.com/qlobooks/qlobooks/internal/runs"
	"github.com/qlobooks/qlobooks/internal/store"
)

// joinMetrics makes what Prometheus may ask, of this process and of what all processes share.
func (a *App) joinMetrics() {
	a.inspector = asynq.NewInspector(a.Queue)
	a.Metrics = metrics.New(a.now, map[string]metrics.Reader{"outbox": a.outboxMetrics, "runs": a.runMetrics, "budget": a.budgetMetrics, "queues": a.queueMetrics,
		"records": a.recordMetrics, "work": a.workMetrics})
}

var laneNames = map[store.Lane]string{store.Person: "person", store.Live: "live", store.History: "history"}

// outboxMetrics count due documents; what is far behind is counted up to a bound only.
func (a *App) outboxMetrics(ctx context.Context) ([]metrics.Gauge, error) {
	const most = 10000 // of each flow
	due, err := a.Store.Due(ctx, a.Engine.Flows(), most)
	if err != nil {
		return nil, err
	}
	sums := map[store.Lane]int{}
	for q, n := range due {
		sums[q.Lane] += n
	}
	var list []metrics.Gauge
	for lane, name := range laneNames {
		list = append(list, metrics.Gauge{Name: "qlobooks_documents_due", Help: "Documents that wait for a worker, at most 10000 of each kind and lane.", Label: "lane", Kind: name, Value: float64(sums[lane])})
	}
	return list, nil
}

// recordMetrics count what lists show.
func (a *App) recordMetrics(ctx context.Context) ([]metrics.Gauge, error) {
	counts, err := a.Store.RecordStates(ctx)
	if err != nil {
		return nil, err
	}
	var list []metrics.Gauge
	for _, c := range counts {
		list = append(list, metrics.Gauge{Name: "qlobooks_records", Help: "Records by section and state.", Label: "section", Kind: c.Section, More: [2]string{"status", c.Status}, Value: float64(c.N)})
	}
	return list, nil
}

// workMetrics tell how far behind work is: the document that waits longest, the last look for changes,
// the last sign of a worker.
func (a *App) workMetrics(ctx context.Context) ([]metrics.Gauge, error) {
	oldest, err := a.Store.OldestDue(ctx)
	if err != nil {
		return nil, err
	}
	var list []metrics.Gauge
	for lane, name := range laneNames {
		list = append(list, metrics.Gauge{Name: "qlobooks_oldest_due_seconds", Help: "Since when the document that is due longest waits; 0 when none is due.", Label: "lane", Kind: name, Value: oldest[lane].Seconds()})
	}
	seen, err := a.workerSeen(ctx)
	if err != nil {
		return list, err
	}
	if seen != nil {
		list = append(list, metrics.Gauge{Name: "qlobooks_worker_seen_seconds", Help: "Since when nothing was heard of any worker.", Value: a.now().Sub(*seen).Seconds()})
	}
	all, err := a.Settings.Load(ctx)
	if err != nil {
		return list, err
	}
	on := metrics.Gauge{Name: "qlobooks_schedule_enabled", Help: "Whether work begins by itself."}
	if !all.Schedule.Enabled {
		return append(list, on), nil
	}
	on.Value = 1
	looked, err := a.lastLook(ctx)
	if err != nil {
		return append(list, on), err
	}
	return append(list, on, metrics.Gauge{Name: "qlobooks_detection_lag_seconds", Help: "How old a change in QloApps may be that nobody looked for yet, while the schedule is on.", Value: a.now().Sub(looked).Seconds()}), nil
}

// lastLook is when the last look for changes that ended began; when the schedule was switched on, if that
// was later or there was none.
func (a *App) lastLook(ctx context.Context) (time.Time, error) {
	since, err := a.Store.SettingsChangedAt(ctx, "schedule")
	if err != nil {
		return since, err
	}
	list, err := a.Store.Runs(ctx, store.RunQuery{Kind: runs.Tick, Statuses: []string{string(store.RunDone)}, Limit: 1})
	if err == nil && len(list) > 0 && list[0].CreatedAt.After(since) {
		since = list[0].CreatedAt
	}
	return since, err
}

func (a *App) runMetrics(ctx context.Context) ([]metrics.Gauge, error) {
	counts, err := a.Store.CountRuns(ctx)
	if err != nil {
		return nil, err
	}
	var list []metrics.Gauge
	for _, status := range []store.RunStatus{store.RunQueued, store.RunWaiting, store.RunRunning, store.RunDone, store.RunFailed, store.RunCanceled} {
		list = append(list, metrics.Gauge{Name: "qlobooks_runs", Help: "Runs by status.", Label: "status", Kind: string(status), Value: float64(counts[status])})
	}
	return list, nil
}

func (a *App) budgetMetrics(ctx context.Context) ([]metrics.Gauge, error) {
	budget, err := a.Connection.Budget(ctx)
	if err != nil {
		return nil, err
	}
	const left, used, limit = "qlobooks_zoho_calls_left", "qlobooks_zoho_calls_used", "qlobooks_zoho_calls_limit"
	day := func(name, help string, n int) metrics.Gauge {
		return metrics.Gauge{Name: name, Help: help, Label: "window", Kind: "day", Value: float64(n)}
	}
	minute := func(name, help string, n int) metrics.Gauge {
		return metrics.Gauge{Name: name, Help: help, Label: "window", Kind: "minute", Value: float64(n)}
	}
	return []metrics.Gauge{
		day(left, "Calls to Zoho Books that are left.", budget.Day.Left), minute(left, "Calls to Zoho Books that are left.", max(0, budget.Minute.Limit-budget.Minute.Used)),
		day(used, "Calls to Zoho Books made by QloBooks.", budget.Day.UsedByUs), minute(used, "Calls to Zoho Books made by QloBooks.", budget.Minute.Used),
		day(limit, "Calls to Zoho Books that are allowed.", budget.Day.Limit), minute(limit, "Calls to Zoho Books that are allowed.", budget.Minute.Limit),
	}, nil
}

// queueMetrics are Asynq's own numbers: doorbells, not documents.
func (a *App) queueMetrics(context.Context) ([]metrics.Gauge, error) {
	names, err := a.inspector.Queues()
	if err != nil {
		return nil, err
	}
	var list []metrics.Gauge
	for _, name := range names {
		info, err := a.inspector.GetQueueInfo(name)
		if err != nil {
			return list, err
		}
		for metric, n := range map[string]int{"qlobooks_queue_pending": info.Pending, "qlobooks_queue_active": info.Active, "qlobooks_queue_archived": info.Archived} {
			list = append(list, metrics.Gauge{Name: metric, Help: "Doorbells in Redis in this state.", Label: "queue", Kind: name, Value: float64(n)})
		}
	}
	return list, nil
}

// ServeMetrics answers GET /metrics at an address of its own until stop; "" and off = nowhere.
func (a *App) ServeMetrics(address string) (stop func(), err error) {
	if address == "" || address == config.NoMetrics {
		return func() {}, nil
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", a.Metrics.Handler())
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second, WriteTimeout: 30 * time.Second}
	go func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			slog.Error("metrics are no longer served", "error", err)
		}
	}()
	slog.Info("serving metrics", "address", listener.Addr().String())
	return func() { _ = server.Close() }, nil
}
