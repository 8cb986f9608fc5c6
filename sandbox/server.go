package sandbox

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
)

// Server is the sandbox. It is safe for concurrent use. It serves either by
// itself ([Server.Listen]) or inside another server ([Server.Handler]).
type Server struct {
	opts    Options
	portal  *portal
	faults  *faultQueue
	tally   *tally
	pages   *pages
	handler http.Handler

	requests  atomic.Int64  // to the model endpoint, for their ids
	closing   chan struct{} // closed by Close: requests that hang end
	closeOnce sync.Once

	mu   sync.Mutex
	http *http.Server
	url  string
}

// New makes a sandbox. It serves nothing yet.
func New(opts Options) *Server {
	opts = opts.withDefaults()
	s := &Server{
		opts:    opts,
		portal:  newPortal(opts),
		faults:  &faultQueue{},
		tally:   newTally(opts.Logger, opts.OnEvent),
		pages:   newPages(),
		closing: make(chan struct{}),
	}
	s.SetFaults(opts.Faults...)
	s.handler = s.routes()
	return s
}

// routes is every path that is served, behind the guard.
func (s *Server) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/oauth2/device/code", s.form(KindCode, (*exchange).deviceCode))
	mux.HandleFunc("/oauth2/token", s.form(KindToken, (*exchange).token))
	mux.HandleFunc("/oauth2/revoke", s.form(KindRevoke, (*exchange).revocation))
	mux.HandleFunc("/oauth/code", s.legacy("/oauth2/device/code"))
	mux.HandleFunc("/oauth/token", sharedToken(s))
	mux.HandleFunc("POST /oauth/revoke", object(s, KindRevoke, (*exchange).revocation))
	mux.HandleFunc("POST /api/accounts/deviceauth/usercode", object(s, KindCode, codexCode))
	mux.HandleFunc("POST /api/accounts/deviceauth/token", object(s, KindPoll, codexPoll))
	mux.HandleFunc("/api/oauth/device/code", s.form(KindCode, (*exchange).deviceCode))
	mux.HandleFunc("/api/oauth/device_authorization", s.form(KindCode, (*exchange).deviceCode))
	mux.HandleFunc("/api/oauth/token", s.form(KindToken, (*exchange).token))
	mux.HandleFunc("/login/device/code", s.form(KindCode, (*exchange).deviceCode))
	mux.HandleFunc("/login/oauth/access_token", s.form(KindToken, (*exchange).token))
	mux.HandleFunc("GET /copilot_internal/v2/token", func(w http.ResponseWriter, r *http.Request) { trade(s, w, r) })
	for _, page := range approvalPages() {
		mux.HandleFunc("GET "+page, s.showApproval)
	}
	mux.HandleFunc("POST /oauth-authorize", s.decide)
	mux.HandleFunc("POST /grants/{id}", s.changeGrant)
	mux.HandleFunc("GET /style.css", s.style)
	mux.HandleFunc("GET /{$}", s.showOverview)
	mux.HandleFunc("GET /stats", s.showStats)
	mux.HandleFunc("GET /v1/token_plan/remains", s.showPlan)
	mux.HandleFunc("GET /v1/api/openplatform/coding_plan/remains", s.showPlan)
	mux.HandleFunc("GET /account/query_balance", showBalance(s))
	mux.HandleFunc("GET /coding/v1/usages", showPlanAs(s, kimiPlan))
	mux.HandleFunc("GET /api/oauth/account", showPlanAs(s, nousPlan))
	mux.HandleFunc("GET /v1/billing", showBill(s))
	mux.HandleFunc("GET /backend-api/wham/usage", showPlanAs(s, codexPlan))
	mux.HandleFunc("POST /backend-api/wham/rate-limit-reset-credits/consume", redeem(s))
	s.modelRoutes(mux)
	(&formats{s: s, stored: newStored()}).routes(mux)
	mux.HandleFunc("GET /.well-known/openid-configuration", discovery(s))
	mux.HandleFunc("/", s.notFound)
	return s.guard(mux)
}

func (s *Server) notFound(w http.ResponseWriter, r *http.Request) {
	x := s.begin(w, r, KindPage)
	x.refuse(&refusal{http.StatusNotFound, "not_found", "the sandbox has nothing at this address with this method"})
}

// Handler returns the sandbox as a handler for another server, such as
// httptest's. It takes its own address from the Host header.
func (s *Server) Handler() http.Handler { return s.handler }

// Listen starts to serve in the background, on addr or, if it is empty, on
// Options.Listen. It returns an error if the address is not a loopback one, if
// it cannot be had, or if the server listens or was closed already.
func (s *Server) Listen(addr string) error {
	if addr == "" {
		addr = s.opts.Listen
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.http != nil {
		return errors.New("the sandbox listens already")
	}
	select {
	case <-s.closing:
		return errors.New("the sandbox was closed")
	default:
	}
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return fmt.Errorf("the sandbox's address: %w", err)
	}
	if !isLoopback(host) {
		return fmt.Errorf("the sandbox listens on loopback only, not on %q: use 127.0.0.1, [::1] or localhost", addr)
	}
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return fmt.Errorf("the sandbox cannot listen: %w", err)
	}
	s.url = "http://" + listener.Addr().String()
	s.http = &http.Server{
		Handler:           s.handler,
		ReadHeaderTimeout: 5 * time.Second, // bodies have their own limit, see readForm
		WriteTimeout:      2 * time.Minute,
		IdleTimeout:       30 * time.Second,
		MaxHeaderBytes:    64 << 10, // the fault big-token makes tokens of 20 kB
		ErrorLog:          slog.NewLogLogger(s.opts.Logger.Handler(), slog.LevelDebug),
	}
	go s.serve(s.http, listener)
	return nil
}

func (s *Server) serve(server *http.Server, listener net.Listener) {
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		s.opts.Logger.Error("the sandbox stopped", "error", err)
	}
}

// URL returns the address on which the sandbox listens, such as
// "http://127.0.0.1:40123", and "" before Listen.
func (s *Server) URL() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.url
}

// Close ends requests that hang, lets the others finish until ctx is done, and
// then cuts them. It may be called more than once, also when Listen was not.
func (s *Server) Close(ctx context.Context) error {
	s.closeOnce.Do(func() { close(s.closing) })
	s.mu.Lock()
	server := s.http
	s.mu.Unlock()
	if server == nil {
		return nil
	}
	if err := server.Shutdown(ctx); err != nil {
		return errors.Join(err, server.Close())
	}
	return nil
}

// isLoopback reports whether a host name means this machine only. It asks no
// resolver.
func isLoopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback() && ip.Zone() == ""
}
