package proxy

import (
	"context"
	"io"
	"maps"
	"net/http"
	"net/http/httptrace"
	"net/textproto"
	"slices"
	"strings"
	"sync"
)

// forward passes the request on and its answer back. An answer that breaks off is cut
// here, too, with [http.ErrAbortHandler]: a program must not take it for a whole one.
func (x *exchange) forward(r *http.Request) {
	defer func() {
		for _, lease := range x.leases {
			lease.Done()
		}
	}()
	res, announced := x.answer(r)
	if res == nil {
		return
	}
	err := x.copy(res)
	_ = res.Body.Close()
	if err != nil {
		x.server.options.Log.Debug("an answer broke off", "account", x.account, "error", err)
		panic(http.ErrAbortHandler)
	}
	if len(res.Trailer) > 0 {
		x.out.sendTrailer(res.Trailer, announced)
	}
}

// answer passes on the head of an answer, and returns how many fields it says come
// behind its body; nil where no provider has answered, which it tells then.
func (x *exchange) answer(r *http.Request) (res *http.Response, announced int) {
	res, err := x.fetch(r)
	x.hints.end()
	if err != nil {
		x.fail(&x.out, r, err)
		return nil, 0
	}
	if !x.passed {
		x.head(res)
	}
	return res, len(res.Trailer)
}

// head passes on all of an answer but its body.
func (x *exchange) head(res *http.Response) {
	x.route.wire.shorten(res.Header, x.server.options.Clock.Now())
	h := x.out.Header()
	maps.Copy(h, res.Header)
	if len(res.Trailer) > 0 {
		h["Trailer"] = []string{strings.Join(slices.Collect(maps.Keys(res.Trailer)), ", ")}
	}
	x.out.WriteHeader(res.StatusCode)
}

// passEarly passes on the head of a stream of which it is not known yet how it begins,
// and what has come of it. No other account can be asked from now on.
func (x *exchange) passEarly(res *http.Response, come []byte) {
	x.body.sent()
	x.hints.end()
	x.head(res)
	_, _ = x.out.Write(come) // whoever copies the body meets an error, too
	x.out.again = len(come)
	_ = x.out.FlushError()
}

// copy passes a body on. Of one that comes little by little all that is here is passed
// on at once, and the answer's head before any of it is.
func (x *exchange) copy(res *http.Response) error {
	w := &x.out
	live := x.stream || res.ContentLength < 0
	if live && !x.begun {
		if err := w.FlushError(); err != nil {
			return err
		}
	}
	through := x.buffers()
	buffer := through.get()
	defer through.put(buffer)
	for {
		n, err := res.Body.Read(*buffer)
		if n > 0 {
			if _, err := w.Write((*buffer)[:n]); err != nil {
				return err
			}
			if live {
				if err := w.FlushError(); err != nil {
					return err
				}
			}
		}
		switch err {
		case nil:
		case io.EOF:
			return nil
		default:
			return err
		}
	}
}

// sendTrailer passes on what stands behind a body. The flush keeps net/http from giving
// a short answer a length, behind which nothing can come.
func (w *writer) sendTrailer(trailer http.Header, announced int) {
	_ = w.FlushError()
	prefix := http.TrailerPrefix
	if len(trailer) == announced {
		prefix = ""
	}
	for name, values := range trailer {
		w.Header()[prefix+name] = values
	}
}

// hints passes on what a provider says before its answer (1xx), until there is one.
type hints struct {
	to   http.ResponseWriter
	mu   sync.Mutex
	over bool
}

// heard returns a context with which requests are sent whose hints are passed on.
func (h *hints) heard(ctx context.Context, to http.ResponseWriter) context.Context {
	h.to = to
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{Got1xxResponse: h.pass})
}

func (h *hints) pass(status int, fields textproto.MIMEHeader) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.over {
		return nil
	}
	to := h.to.Header()
	maps.Copy(to, http.Header(fields))
	h.to.WriteHeader(status)
	clear(to)
	return nil
}

func (h *hints) end() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.over = true
}
