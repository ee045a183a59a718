// Package metrics counts for Prometheus what people who run QloBooks want to watch.
//
// Labels are our own words only: lanes, states, results, routes. Nothing of a guest, a hotel or
// an employee is ever a label. What stands in the database or in Redis is read when somebody
// asks, and is the same on every process; what a process did itself is counted there.
package metrics

import (
	"context"
	"log/slog"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

const (
	patience = 5 * time.Second  // for everything that is read at one scrape
	fresh    = 10 * time.Second // in which another scrape gets the same numbers
)

// Gauge is one number that is read when somebody asks.
type Gauge struct {
	Name, Help  string
	Label, Kind string    // one label, "" for none
	More        [2]string // a second label and its value, "" for none
	Value       float64
}

// Reader gives the shared numbers; one that cannot be had is left out.
type Reader func(ctx context.Context) ([]Gauge, error)

// Set are the metrics of one process.
type Set struct {
	registry *prometheus.Registry
	calls    *prometheus.CounterVec
	answers  *prometheus.HistogramVec
	requests *prometheus.HistogramVec
}

// New makes a set. Each reader is one source: when it fails, the others still answer.
func New(now func() time.Time, readers map[string]Reader) *Set {
	s := &Set{
		registry: prometheus.NewRegistry(),
		calls: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "qlobooks_zoho_calls_total",
			Help: "Calls to Zoho Books by this process, by result: ok, refused, limited, failed, no_answer."}, []string{"result"}),
		answers: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "qlobooks_zoho_call_duration_seconds",
			Help: "How long Zoho Books took to answer calls of this process.", Buckets: []float64{.1, .25, .5, 1, 2, 4, 8, 16, 20}}, []string{"method", "result"}),
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "qlobooks_http_request_duration_seconds",
			Help: "Requests answered by this process, without streams.", Buckets: []float64{.01, .05, .1, .25, .5, 1, 2.5, 10}}, []string{"method", "route", "status"}),
	}
	s.registry.MustRegister(s.calls, s.answers, s.requests, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		&shared{readers: readers, now: now})
	return s
}

// Handler answers a scrape.
func (s *Set) Handler() http.Handler {
	return promhttp.HandlerFor(s.registry, promhttp.HandlerOpts{MaxRequestsInFlight: 4, Timeout: 2 * patience})
}

// Call counts one call to Zoho by the status of its answer, 0 for none, and how long that took.
func (s *Set) Call(method string, status int, failed bool, took time.Duration) {
	s.calls.WithLabelValues(result(status, failed)).Inc()
	s.answers.WithLabelValues(method, result(status, failed)).Observe(took.Seconds())
}

func result(status int, failed bool) string {
	switch {
	case status == 0:
		return "no_answer"
	case status == http.StatusTooManyRequests:
		return "limited"
	case status >= 500:
		return "failed"
	case status >= 400 || failed:
		return "refused"
	default:
		return "ok"
	}
}

// Request counts one answered request. route is the pattern and never the address itself.
func (s *Set) Request(method, route string, status int, took time.Duration) {
	if !methods[method] {
		method = "other" // a stranger may invent methods, and each would be kept for ever
	}
	s.requests.WithLabelValues(method, route, strconv.Itoa(status)).Observe(took.Seconds())
}

var methods = map[string]bool{"GET": true, "HEAD": true, "POST": true, "PUT": true, "DELETE": true, "OPTIONS": true, "PATCH": true}

// shared collects what the readers give. Its metrics are not known beforehand.
type shared struct {
	readers map[string]Reader
	now     func() time.Time

	mu   sync.Mutex
	last []Gauge
	at   time.Time
}

// Describe sends nothing: an unchecked collector.
func (c *shared) Describe(chan<- *prometheus.Desc) {}

func (c *shared) Collect(out chan<- prometheus.Metric) {
	for _, g := range c.read() {
		var names, values []string
		if g.Label != "" {
			names, values = []string{g.Label}, []string{g.Kind}
		}
		if g.More[0] != "" {
			names, values = append(names, g.More[0]), append(values, g.More[1])
		}
		m, err := prometheus.NewConstMetric(prometheus.NewDesc(g.Name, g.Help, names, nil), prometheus.GaugeValue, g.Value, values...)
		if err != nil {
			slog.Warn("a metric cannot be shown", "metric", g.Name, "error", err)
			continue
		}
		out <- m
	}
}

// read asks the readers, but not more often than their answers are fresh: a scrape costs
// queries, and anybody who reaches the address may ask.
func (c *shared) read() []Gauge {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.last != nil && c.now().Sub(c.at) < fresh {
		return c.last
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	list := []Gauge{}
	for name, read := range c.readers {
		up := 1.0
		gauges, err := read(ctx)
		if err != nil {
			slog.DebugContext(ctx, "metrics cannot be read", "source", name, "error", err)
			up = 0
		}
		list = append(list, gauges...)
		list = append(list, Gauge{Name: "qlobooks_source_up", Help: "Whether the numbers of a source could be read.", Label: "source", Kind: name, Value: up})
	}
	c.last, c.at = list, c.now()
	return list
}
