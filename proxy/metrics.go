package proxy

import (
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hermes-tui/hermes-tui/internal/exposition"
)

// measures are what /metrics tells. Labels are ids of accounts, names of keys,
// paths of the API and statuses, nothing that a program or a provider could choose
// freely.
type measures struct {
	failovers, refusals, requests, byKey *exposition.Counter
	seconds                              *exposition.Histogram
	inFlight                             atomic.Int64

	mu    sync.Mutex
	named map[string]bool // the names of keys that have a series
}

func newMeasures() *measures {
	return &measures{
		named:     map[string]bool{},
		byKey:     exposition.NewCounter("hermes_tui_proxy_key_requests_total", "Requests by the name of the local key that they showed.", "key", "status"),
		failovers: exposition.NewCounter("hermes_tui_proxy_failovers_total", "Times that another account was asked instead of this one.", "account"),
		refusals:  exposition.NewCounter("hermes_tui_proxy_refusals_total", "Answers of the model API that concern an account.", "account", "status"),
		requests:  exposition.NewCounter("hermes_tui_proxy_requests_total", "Requests that were answered, by who answered last.", "account", "path", "status"),
		seconds: exposition.NewHistogram("hermes_tui_proxy_request_duration_seconds", "From a request's header to the end of its answer.",
			[]float64{.005, .025, .1, .5, 1, 2.5, 5, 10, 30, 60, 300, 900}, "path"),
	}
}

// ServeHTTP is /metrics: what the proxy did, then what its process costs.
func (m *measures) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	m.failovers.Write(w)
	m.byKey.Write(w)
	m.refusals.Write(w)
	m.seconds.Write(w)
	exposition.Value(w, "hermes_tui_proxy_requests_in_flight", "Requests whose answer has not ended.", "gauge", float64(m.inFlight.Load()))
	m.requests.Write(w)
	exposition.Process(w)
}

func (m *measures) answered(key, path, account string, status int, took time.Duration) {
	m.byKey.Add(m.series(key), strconv.Itoa(status))
	m.requests.Add(account, path, strconv.Itoa(status))
	m.seconds.Observe(took.Seconds(), path)
}

// turnedAway counts a request that was not passed on; key is empty where it showed
// none that is known.
func (m *measures) turnedAway(key string, status int) {
	m.requests.Add("", "", strconv.Itoa(status))
	m.byKey.Add(m.series(key), strconv.Itoa(status))
}

// mostNamed is how many keys have series of their own: those that are made and
// revoked meanwhile must not grow them for ever.
const mostNamed = 256

// series is the name under which a key is counted.
func (m *measures) series(key string) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.named[key] && len(m.named) >= mostNamed {
		return "other"
	}
	m.named[key] = true
	return key
}

func (m *measures) refused(account string, status int) {
	m.refusals.Add(account, strconv.Itoa(status))
}

func (m *measures) failover(account string) { m.failovers.Add(account) }
