package proxy

import (
	"context"
	"errors"
	"net/http"
	"net/http/httputil"
	"time"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/budget"
)

// exchange is one request of a program and its answer.
type exchange struct {
	server   *Server
	accounts Accounts
	route    route
	body     *upload // nil: it was not read
	model    string
	thread   thread
	client   string              // id of the key that the program showed
	key      string              // and its name
	held     *budget.Reservation // nil: its key has no limits
	worst    uint64              // tokens that it may come to, where its key has limits
	left     bool                // its program has left before the answer began, which an account may well have made
	program  string              // as it is counted
	waited   time.Duration       // here, for its turn or for a token
	leave    func()              // it is under way no more; nil: it is not under way yet

	not     []string       // accounts that cannot serve it
	away    []string       // hosts that cannot be reached
	leases  []*core.Lease  // given back when the answer has ended
	account string         // that was asked last
	sent    int            // how often it was sent
	raw     *http.Response // the latest answer as it came
	served  bool           // the account has answered
	stream  bool           // by a stream
	told    *told          // what its answer tells of tokens; nil: nothing is known of them
}

// serve passes the request on and its answer back.
func (x *exchange) serve(w http.ResponseWriter, r *http.Request) {
	defer func() {
		for _, lease := range x.leases {
			lease.Done()
		}
	}()
	reverse := httputil.ReverseProxy{
		Rewrite:      x.rewrite,
		Transport:    x,
		BufferPool:   x,
		ErrorLog:     x.server.quiet,
		ErrorHandler: x.fail,
	}
	reverse.ServeHTTP(w, r)
}

// rewrite cleans the copy of the request that is sent. Where it goes, and with
// which token, is decided for each try anew.
func (x *exchange) rewrite(r *httputil.ProxyRequest) {
	r.Out.URL.RawQuery = query(r.In.URL.RawQuery, x.route.wire.parameters)
	cleanRequest(r.Out.Header)
}

// statusLeft is logged for a program that hung up before it got an answer, as
// nginx does.
const statusLeft = 499

// fail answers when no provider did.
func (x *exchange) fail(w http.ResponseWriter, r *http.Request, err error) {
	if why, cut := context.Cause(r.Context()).(*answer); cut { //nolint:errorlint // as it was given
		x.server.say(w, why, x.route.wire, x.route.path)
		return
	}
	if errors.Is(err, context.Canceled) && r.Context().Err() != nil {
		w.WriteHeader(statusLeft)
		return
	}
	a := explain(err)
	if a.status >= 500 {
		x.server.options.Log.Warn("a request could not be served", "account", x.account, "error", a.message)
	}
	x.server.say(w, a, x.route.wire, x.route.path)
}
