package proxy

import (
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// metrics are what /metrics tells. Labels are ids of accounts, paths of the API
// and statuses, nothing that a program or a provider could choose freely.
type metrics struct {
	registry  *prometheus.Registry
	requests  *prometheus.CounterVec
	seconds   *prometheus.HistogramVec
	inFlight  prometheus.Gauge
	refusals  *prometheus.CounterVec
	failovers *prometheus.CounterVec
}

func newMetrics() *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "hermes_tui_proxy_requests_total", Help: "Requests that were answered, by who answered last.",
		}, []string{"path", "account", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "hermes_tui_proxy_request_duration_seconds", Help: "From a request's header to the end of its answer.",
			Buckets: []float64{.005, .025, .1, .5, 1, 2.5, 5, 10, 30, 60, 300, 900},
		}, []string{"path"}),
		inFlight: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "hermes_tui_proxy_requests_in_flight", Help: "Requests whose answer has not ended.",
		}),
		refusals: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "hermes_tui_proxy_refusals_total", Help: "Answers of the model API that concern an account.",
		}, []string{"account", "status"}),
		failovers: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "hermes_tui_proxy_failovers_total", Help: "Times that another account was asked instead of this one.",
		}, []string{"account"}),
	}
	m.registry.MustRegister(m.requests, m.seconds, m.inFlight, m.refusals, m.failovers,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{Registry: m.registry})
}

func (m *metrics) answered(path, account string, status int, took time.Duration) {
	m.requests.WithLabelValues(path, account, strconv.Itoa(status)).Inc()
	m.seconds.WithLabelValues(path).Observe(took.Seconds())
}

// turnedAway counts a request that was not passed on.
func (m *metrics) turnedAway(status int) {
	m.requests.WithLabelValues("", "", strconv.Itoa(status)).Inc()
}

func (m *metrics) refused(account string, status int) {
	m.refusals.WithLabelValues(account, strconv.Itoa(status)).Inc()
}

func (m *metrics) failover(account string) { m.failovers.WithLabelValues(account).Inc() }
