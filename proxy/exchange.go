package proxy

import (
	"context"
	"errors"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/budget"
	"github.com/hermes-tui/hermes-tui/internal/glance"
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
	out      writer              // to the program
	hints    hints               // that come before the answer
	guest    guest               // as which it is under way
	began    time.Time           // when it was let in
	at       glance.Mark         // the moment of its first look at the files; zero: there is none that still counts

	not     []string               // accounts that cannot serve it
	away    []string               // hosts that cannot be reached
	leases  []*core.Lease          // given back when the answer has ended
	account string                 // that was asked last
	asked   atomic.Pointer[tokens] // of that account, from before anything is sent; hints come beside it
	sent    int                    // how often it was sent
	raw     *http.Response         // the latest answer as it came
	served  bool                   // the account has answered
	stream  bool                   // by a stream
	begun   bool                   // some of the answer's body is here
	passed  bool                   // the answer's head is, because its stream said nothing for too long
	told    *told                  // what its answer tells of tokens; nil: nothing is known of them
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
