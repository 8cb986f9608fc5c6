package proxy

import (
	"context"
	"errors"
	"log"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/hermes-tui/hermes-tui/core/clock"
	"github.com/hermes-tui/hermes-tui/internal/glance"
)

// Options describe a proxy. Those without a word on a default are needed.
type Options struct {
	Accounts Accounts
	// Keys are the local keys, of which a program has to show one.
	Keys Keys
	// Default is whose accounts serve paths that name none; empty for the only
	// pool there is.
	Default string
	// Transport is the way to the providers; it is copied. nil: the usual one.
	Transport *http.Transport
	Clock     clock.Clock
	Log       *slog.Logger

	// Passed is called for each request that is passed on; nil: nobody counts them.
	Passed func()

	// Program is the one program that all requests are of; empty where each says by its
	// key whose it is.
	Program string
	// Broker hands out access tokens at /broker/credentials, to keys that are for
	// tokens.
	Broker bool
	// Each says that every request is one of its own where programs have to be
	// confirmed: of the program whose connection it comes over. Without it all are
	// of the one program that the accounts were opened for.
	Each bool
	// Confined keeps paths that name an account to those of Default.
	Confined bool

	MaxBody       int64         // bytes of a request's body; default 32 MiB, as Anthropic's API
	MaxBodies     int64         // bytes of the bodies of all requests together; default 256 MiB
	HeaderTimeout time.Duration // for a request's header to arrive; default 10 s
	BodyTimeout   time.Duration // for a request to arrive whole; default 2 min
	Stall         time.Duration // how long a program may not read its answer; default 5 min
	Connect       time.Duration // for a connection to a provider, and as long for its TLS; default 10 s
	FailOver      time.Duration // from the first try on in which another account is asked; default 60 s
	Drain         time.Duration // how long answers may go on when the proxy ends; default 30 s
}

// maxHeader bounds the header of a request.
const maxHeader = 64 << 10

// Server is a proxy. It is safe for concurrent use.
type Server struct {
	options   Options
	wires     []wire
	transport http.RoundTripper
	metrics   *measures
	whole     *buffers // for answers that come in one piece
	streams   *buffers // for those that stay open
	quiet     *log.Logger
	known     *known
	bodies    allowance
	owners    *owners
	guests    guests
	broker    broker
	places    places
}

// New returns a proxy; nothing is opened yet.
func New(o Options) *Server {
	o.MaxBody = or(o.MaxBody, 32<<20)
	o.MaxBodies = or(o.MaxBodies, 256<<20)
	o.HeaderTimeout = or(o.HeaderTimeout, 10*time.Second)
	o.BodyTimeout = or(o.BodyTimeout, 2*time.Minute)
	o.Stall = or(o.Stall, 5*time.Minute)
	o.Connect = or(o.Connect, 10*time.Second)
	o.FailOver = or(o.FailOver, time.Minute)
	o.Drain = or(o.Drain, 30*time.Second)
	s := &Server{options: o, wires: wires(), transport: newTransport(o.Transport, o.Connect), metrics: newMeasures(), whole: newBuffers(32 << 10), streams: newBuffers(4 << 10), known: newKnown(), owners: newOwners()}
	s.bodies.most = o.MaxBodies
	s.quiet = slog.NewLogLogger(o.Log.Handler(), slog.LevelDebug)
	return s
}

func or[T comparable](value, byDefault T) T {
	var zero T
	if value == zero {
		return byDefault
	}
	return value
}

// Serve answers on the listeners until ctx is done. Then no request is taken any
// more, those under way may end within [Options.Drain], and Serve returns nil.
func (s *Server) Serve(ctx context.Context, listeners ...net.Listener) error {
	server := &http.Server{
		Handler:           s,
		ReadHeaderTimeout: s.options.HeaderTimeout,
		ReadTimeout:       s.options.BodyTimeout, // also of a body that nobody wants: it is read before the next request
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          s.quiet,
		BaseContext:       named,
		ConnContext:       withPeer,

		DisableGeneralOptionsHandler: true,
	}
	ended := make(chan error, len(listeners))
	for _, l := range listeners {
		go func() { ended <- server.Serve(l) }()
	}
	watched, unwatch := context.WithCancel(context.WithoutCancel(ctx)) // also while answers end
	defer unwatch()
	go s.watchKeys(watched)
	select {
	case err := <-ended:
		_ = server.Close()
		return err
	case <-ctx.Done():
	}
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.options.Drain)
	defer cancel()
	if err := server.Shutdown(drain); errors.Is(err, context.DeadlineExceeded) {
		s.options.Log.Warn("answers that had not ended were cut")
		_ = server.Close()
	}
	return nil
}

// Forget drops the tokens that the proxy keeps in order to take them out of
// answers, unless an answer is under way that could repeat one.
func (s *Server) Forget() {
	s.known.forget(func() bool { return s.metrics.inFlight.Load() != 0 })
}

// ServeHTTP implements [http.Handler].
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	why := stranger(r)
	if why == nil {
		why = guard(r)
	}
	if why != nil {
		s.turnAway(w, r, "", why)
		return
	}
	switch r.URL.Path {
	case "/healthz":
		s.healthz(w, r)
	case "/metrics":
		s.tellMetrics(w, r)
	case brokerPath:
		if s.options.Broker {
			s.credentials(w, r)
			return
		}
		s.proxy(w, r) // which knows no such path
	default:
		s.proxy(w, r)
	}
}

// healthz says that the proxy is there, and nothing else: it needs no key.
func (s *Server) healthz(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write([]byte(`{"status":"ok"}` + "\n"))
}

// tellMetrics tells Prometheus how things stand.
func (s *Server) tellMetrics(w http.ResponseWriter, r *http.Request) {
	key, why := s.authenticate(r.Context(), r.Header, glance.Mark{})
	if why == nil {
		why = mayHaveMetrics(key)
	}
	if why != nil {
		s.turnAway(w, r, key.Name, why)
		return
	}
	s.metrics.ServeHTTP(w, r)
	plansUsed(s.options.Accounts.Plans(), s.options.Clock.Now()).Write(w)
}

// say sends an answer of our own in the shape of a wire format.
func (s *Server) say(w http.ResponseWriter, a *answer, in *wire, path string) {
	said := *a
	said.at = s.options.Clock.Now()
	if said.code == "keystore_locked" && strings.HasSuffix(path, "/responses") {
		said.status = http.StatusBadRequest // Codex asks thirty times after a 503
	}
	said.write(w, in)
}

// turnAway answers a request that is not passed on, of the key that has this name.
func (s *Server) turnAway(w http.ResponseWriter, r *http.Request, key string, why *answer) {
	s.options.Log.Info("turned away", "method", method(r), "status", why.status, "key", key, "reason", why.message)
	s.metrics.turnedAway(key, why.status)
	s.say(w, why, s.wireOf(r.URL.Path), r.URL.Path)
}

// log writes the line of a request that was passed on. It has neither header
// nor query, and no text that the provider or the program chose but the model's
// name.
func (s *Server) log(ctx context.Context, x *exchange, now time.Time, took time.Duration) {
	s.metrics.answered(x.key, x.route.path, x.account, x.out.status, took)
	to := s.options.Log.Handler()
	if !to.Enabled(ctx, slog.LevelInfo) {
		return
	}
	line := slog.NewRecord(now, slog.LevelInfo, "request", 0) // to look for the caller's line would cost as much as to write
	line.AddAttrs(
		slog.String("method", x.route.method), slog.String("path", x.route.shown),
		slog.Int("status", x.out.status), slog.Duration("took", took), slog.Int64("bytes", x.out.bytes),
		slog.String("account", x.account), slog.Int("sent", x.sent), slog.String("model", x.model), slog.String("key", x.key))
	_ = to.Handle(ctx, line)
}

// method is a request's method where it is an ordinary one: it goes into a log.
func method(r *http.Request) string {
	switch r.Method {
	case http.MethodGet, http.MethodPost, http.MethodHead, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions, http.MethodConnect:
		return r.Method
	default:
		return "other"
	}
}
