package sandbox

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"time"
)

// exchange is one request under way and the way to its answer.
type exchange struct {
	s     *Server
	w     http.ResponseWriter
	r     *http.Request
	event Event
	use   Use  // what the answer takes, once it is served
	ansi  bool // the fault "ansi": decorate texts
}

// begin counts a request that has been read.
func (s *Server) begin(w http.ResponseWriter, r *http.Request, k Kind) *exchange {
	return beginOf(s, w, r, k, "")
}

// beginOf is begin for a request that concerns a grant, where one is known.
func beginOf(s *Server, w http.ResponseWriter, r *http.Request, k Kind, grant string) *exchange {
	x := &exchange{s: s, w: w, r: r, event: Event{Kind: k, Grant: grant}}
	x.record(Received, 0)
	return x
}

// record says what became of the request.
func (x *exchange) record(o Outcome, status int) {
	x.event.Time, x.event.Outcome, x.event.Status = x.s.opts.Now(), o, status
	if o == Served { // before a hook hears of it
		x.s.tally.serve(x.use)
	}
	x.s.tally.record(x.event)
}

// refuse sends an error answer.
func (x *exchange) refuse(why *refusal) {
	x.refuseAs(why.outcome(), why)
}

func (x *exchange) refuseAs(outcome Outcome, why *refusal) {
	x.event.Code = why.code
	body := why.body()
	body.Description = x.text(body.Description)
	body.BaseResp.Message = x.text(body.BaseResp.Message)
	x.waitNote(why.status)
	x.answer(outcome, why.status, body)
}

// waitNote says with a 429 when to ask again.
func (x *exchange) waitNote(status int) {
	if status == http.StatusTooManyRequests {
		x.w.Header().Set("Retry-After", strconv.Itoa(int(x.s.opts.RetryAfter/time.Second)))
	}
}

// fail answers an error of our own.
func (x *exchange) fail(err error) {
	x.s.opts.Logger.Error("sandbox request failed", "error", err)
	x.refuseAs(Failed, &refusal{http.StatusInternalServerError, "server_error", "the sandbox failed"})
}

// stops answers what went wrong, if anything did, in the shape that refuse has. It
// reports whether that is so.
func (x *exchange) stops(err error, bad *refusal, refuse func(*refusal)) bool {
	switch {
	case err != nil:
		x.fail(err)
	case bad != nil:
		refuse(bad)
	}
	return err != nil || bad != nil
}

// answer sends JSON.
func (x *exchange) answer(outcome Outcome, status int, body any) {
	var raw bytes.Buffer
	encoder := json.NewEncoder(&raw)
	encoder.SetEscapeHTML(false) // or no URL could be read from an answer by eye or grep
	if err := encoder.Encode(body); err != nil {
		panic(err) // only plain structs come here
	}
	x.send(outcome, status, "application/json; charset=utf-8", raw.Bytes())
}

// send is the last step: it records, and then answers, so that who has the
// answer finds it counted.
func (x *exchange) send(outcome Outcome, status int, contentType string, body []byte) {
	x.record(outcome, status)
	h := x.w.Header()
	h.Set("Content-Type", contentType)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	x.w.WriteHeader(status)
	_, _ = x.w.Write(body) // a client that has left is none of our errors
}

// redirect sends 307, which keeps method and body, or 303, which does not.
func (x *exchange) redirect(outcome Outcome, status int, location string) {
	x.record(outcome, status)
	x.w.Header().Set("Location", location)
	x.w.WriteHeader(status)
}

// text is a text for people, decorated when the fault "ansi" is on: a colour, a
// cleared screen, a window title, a carriage return and a C1 introducer.
func (x *exchange) text(s string) string {
	if !x.ansi {
		return s
	}
	return "\x1b[31m\x1b[2J\x1b]0;sandbox\a" + s + "\r\u009b1m\x1b[0m\u202e"
}
