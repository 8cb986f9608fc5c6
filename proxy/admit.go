package proxy

import (
	"context"
	"net/http"

	"github.com/hermes-tui/hermes-tui/internal/glance"
)

// proxy serves a request for a model API. An answer may take hours, and what is on
// the stack meanwhile stays there: what is done before and after has calls of its own.
func (s *Server) proxy(w http.ResponseWriter, r *http.Request) {
	x := &exchange{server: s, accounts: s.options.Accounts}
	defer x.end()
	ctx, why := x.admit(w, r)
	if why != nil {
		s.turnAway(w, r, x.key, why)
		return
	}
	x.pass(ctx, w, r)
}

// admit looks who asks for what, and reads the body. It returns the context in which
// the request is to be passed on, or why it is not.
func (x *exchange) admit(w http.ResponseWriter, r *http.Request) (context.Context, *answer) {
	s := x.server
	x.at = x.accounts.Moment()
	key, why := s.authenticate(r.Context(), r.Header, x.at)
	if why != nil {
		return nil, why
	}
	x.client, x.key = key.ID, key.Name
	if len(r.Header["Upgrade"]) > 0 {
		if why := s.wireOf(r.URL.Path).noUpgrade(r); why != nil {
			return nil, why
		}
	}
	to, why := s.find(r)
	if why == nil {
		why = s.confine(&to, key)
	}
	if why != nil {
		return nil, why
	}
	x.route = to
	if x.body, why = s.readBody(w, r); why != nil {
		return nil, why
	}
	body := x.body.bytes
	if why := confineModel(key, to, body); why != nil {
		return nil, why
	}
	if x.thread, why = s.goesOn(r, to, body, key.ID); why != nil {
		return nil, why
	}
	ctx := s.visited(s.guests.enter(r.Context(), &x.guest, key))
	if len(key.Limits) > 0 {
		asked := s.options.Clock.Now()
		if x.held, x.worst, why = s.reserve(ctx, key, to, body); why != nil {
			return nil, why
		}
		x.waited, x.at = s.options.Clock.Now().Sub(asked), glance.Mark{}
	}
	x.model, x.program = modelOf(body), s.programOf(r, key)
	return ctx, nil
}

// pass passes the request on and its answer back, and counts it.
func (x *exchange) pass(ctx context.Context, w http.ResponseWriter, r *http.Request) {
	s := x.server
	x.out = *newWriter(w, s.options.Clock, s.options.Stall, func(h http.Header) { s.known.aside(h, x.asked.Load()) })
	x.began = s.options.Clock.Now()
	s.metrics.inFlight.Add(1)
	if s.options.Passed != nil {
		s.options.Passed()
	}
	defer func() { // also when the answer is cut, which is a panic
		s.metrics.inFlight.Add(-1)
		x.count(x.out.bytes)
		now := s.options.Clock.Now()
		s.log(ctx, x, now, now.Sub(x.began))
	}()
	x.forward(r.WithContext(x.hints.heard(ctx, &x.out)))
}

// end gives back what the request has held.
func (x *exchange) end() {
	x.server.guests.end(&x.guest, nil)
	if x.body != nil {
		x.body.giveBack()
	}
}
