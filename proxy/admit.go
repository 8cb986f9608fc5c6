package proxy

import "net/http"

// proxy serves a request for a model API. An answer may take hours, and what is on
// the stack meanwhile stays there: what is done before and after has calls of its own.
func (s *Server) proxy(w http.ResponseWriter, r *http.Request) {
	x := &exchange{server: s, accounts: s.options.Accounts}
	defer x.end()
	r, why := x.admit(w, r)
	if why != nil {
		s.turnAway(w, r, x.key, why)
		return
	}
	x.pass(w, r)
}

// admit looks who asks for what, and reads the body. It returns the request that is
// to be passed on, or why none is.
func (x *exchange) admit(w http.ResponseWriter, r *http.Request) (*http.Request, *answer) {
	s := x.server
	key, why := s.authenticate(r.Context(), r.Header)
	if why != nil {
		return r, why
	}
	x.client, x.key = key.ID, key.Name
	if why := s.wireOf(r.URL.Path).noUpgrade(r); why != nil {
		return r, why
	}
	to, why := s.find(r)
	if why == nil {
		why = s.confine(&to, key)
	}
	if why != nil {
		return r, why
	}
	x.route = to
	if x.body, why = s.readBody(w, r); why != nil {
		return r, why
	}
	body := x.body.bytes
	if why := confineModel(key, to, body); why != nil {
		return r, why
	}
	if x.thread, why = s.goesOn(r, to, body, key.ID); why != nil {
		return r, why
	}
	ctx, leave := s.guests.enter(r.Context(), key)
	x.leave = leave
	r = s.visited(r.WithContext(ctx))
	let := s.options.Clock.Now()
	if x.held, x.worst, why = s.reserve(ctx, key, to, body); why != nil {
		return r, why
	}
	x.waited = s.options.Clock.Now().Sub(let)
	x.model, x.program = modelOf(body), s.programOf(r, key)
	return r, nil
}

// pass passes the request on and its answer back, and counts it.
func (x *exchange) pass(w http.ResponseWriter, r *http.Request) {
	s := x.server
	out := newWriter(w, s.options.Clock, s.options.Stall, s.known.aside)
	began := s.options.Clock.Now()
	s.metrics.inFlight.Add(1)
	if s.options.Passed != nil {
		s.options.Passed()
	}
	defer func() { // also when the answer is cut, which is a panic
		s.metrics.inFlight.Add(-1)
		x.count(out.bytes)
		now := s.options.Clock.Now()
		s.log(r, x, out, now, now.Sub(began))
	}()
	x.serve(out, r)
}

// end gives back what the request has held.
func (x *exchange) end() {
	if x.leave != nil {
		x.leave()
	}
	if x.body != nil {
		x.body.giveBack()
	}
}
