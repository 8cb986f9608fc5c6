package proxy

import (
	"bytes"
	"io"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hermes-tui/hermes-tui/core/tally"
	"github.com/hermes-tui/hermes-tui/internal/exposition"
)

// measures are what /metrics tells. Labels are ids of accounts, names of keys,
// paths of the API and statuses; names that a program could choose freely, its own
// and a model's, are cleaned, and beyond some they are "other".
type measures struct {
	failovers, refusals *exposition.Counter
	inFlight            atomic.Int64

	keys, clients, models labels

	mu      sync.Mutex // of what becomes series when somebody asks
	answers map[answered]*uint64
	seconds map[string]*exposition.Spread // by path
	tokens  map[tally.Use]*tally.Counts
}

// bounds are those of how long a request may take, in seconds.
var bounds = []float64{.005, .025, .1, .5, 1, 2.5, 5, 10, 30, 60, 300, 900}

// answered is what is told of a request's end.
type answered struct {
	key, path, account string
	status             int
}

func newMeasures() *measures {
	return &measures{
		keys:      labels{most: 256},
		clients:   labels{most: 64, foreign: true},
		models:    labels{most: 64, foreign: true},
		failovers: exposition.NewCounter("hermes_tui_proxy_failovers_total", "Times that another account was asked instead of this one.", "account"),
		refusals:  exposition.NewCounter("hermes_tui_proxy_refusals_total", "Answers of the model API that concern an account.", "account", "status"),
		answers:   map[answered]*uint64{},
		seconds:   map[string]*exposition.Spread{},
		tokens:    map[tally.Use]*tally.Counts{},
	}
}

// ServeHTTP is /metrics: what the proxy did, then what its process costs.
func (m *measures) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	m.failovers.Write(w)
	requests, byKey := m.ended()
	byKey.Write(w)
	m.refusals.Write(w)
	m.durations(w)
	exposition.Value(w, "hermes_tui_proxy_requests_in_flight", "Requests whose answer has not ended.", "gauge", float64(m.inFlight.Load()))
	requests.Write(w)
	m.told().Write(w)
	exposition.Process(w)
}

func (m *measures) answered(key, path, account string, status int, took time.Duration) {
	key = m.keys.of(key)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.end(answered{key, path, account, status})
	spread := m.seconds[path]
	if spread == nil {
		spread = exposition.NewSpread(bounds)
		m.seconds[path] = spread
	}
	spread.Observe(took.Seconds())
}

// end counts one more. The caller holds m.mu.
func (m *measures) end(a answered) {
	if have := m.answers[a]; have != nil {
		*have++
		return
	}
	one := uint64(1)
	m.answers[a] = &one
}

// durations is how long requests took, as series.
func (m *measures) durations(w io.Writer) {
	h := exposition.NewHistogram("hermes_tui_proxy_request_duration_seconds", "From a request's header to the end of its answer.", bounds, "path")
	var text bytes.Buffer // whoever reads may be slow
	m.mu.Lock()
	for path, spread := range m.seconds {
		h.Put(spread, path)
	}
	h.Write(&text)
	m.mu.Unlock()
	_, _ = text.WriteTo(w)
}

// ended is the requests as series.
func (m *measures) ended() (requests, byKey *exposition.Counter) {
	requests = exposition.NewCounter("hermes_tui_proxy_requests_total", "Requests that were answered, by who answered last.", "account", "path", "status")
	byKey = exposition.NewCounter("hermes_tui_proxy_key_requests_total", "Requests by the name of the local key that they showed.", "key", "status")
	m.mu.Lock()
	defer m.mu.Unlock()
	for a, n := range m.answers {
		requests.AddN(*n, a.account, a.path, strconv.Itoa(a.status))
		byKey.AddN(*n, a.key, strconv.Itoa(a.status))
	}
	return requests, byKey
}

// turnedAway counts a request that was not passed on; key is empty where it showed
// none that is known.
func (m *measures) turnedAway(key string, status int) {
	key = m.keys.of(key)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.end(answered{key: key, status: status})
}

// used counts the tokens that an answer told.
func (m *measures) used(by tally.Use, n tally.Counts) {
	if n.Tokens() == 0 {
		return
	}
	by.Program, by.Model = m.clients.of(by.Program), m.models.of(by.Model)
	m.mu.Lock()
	defer m.mu.Unlock()
	if have := m.tokens[by]; have != nil {
		*have = have.Plus(n)
		return
	}
	first := n
	m.tokens[by] = &first
}

// told is the tokens as series. The kinds do not overlap.
func (m *measures) told() *exposition.Counter {
	c := exposition.NewCounter("hermes_tui_tokens_total", "Tokens that answers told: read anew, out of the cache, into the cache, and written.", "account", "client", "model", "kind")
	m.mu.Lock()
	defer m.mu.Unlock()
	for by, n := range m.tokens {
		for kind, n := range map[string]uint64{"input": n.Input, "cache_read": n.CacheRead, "cache_write": n.CacheWrite, "output": n.Output} {
			if n > 0 {
				c.AddN(n, by.Account, by.Program, by.Model, kind)
			}
		}
	}
	return c
}

func (m *measures) refused(account string, status int) {
	m.refusals.Add(account, strconv.Itoa(status))
}

func (m *measures) failover(account string) { m.failovers.Add(account) }
