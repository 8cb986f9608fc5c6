package proxy

import (
	"net/http"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/pool"
	"github.com/hermes-tui/hermes-tui/core/refusal"
)

// maxRefusal is how much of an error's body is read.
const maxRefusal = 64 << 10

// read returns what an answer says of the account, the zero value where it
// serves. Providers refuse inside a 200, too.
func (x *exchange) read(res *http.Response, token *core.Token) core.Refusal {
	x.stream, x.begun = false, false
	kind := kindOf(res)
	a := refusal.Answer{Status: res.StatusCode, Header: res.Header, Model: x.model, Gen: token.Gen}
	switch {
	case res.StatusCode >= http.StatusBadRequest:
		a.Body, x.begun = peek(res, maxRefusal), true
	case x.route.own && x.route.method == http.MethodGet: // a file's content is nobody's word
	case kind == "text/event-stream", x.route.asks && unlabelled(kind), isJSON(kind) && isStream(res):
		x.stream = true
		if a.Body = x.begins(res); a.Body != nil {
			break
		}
		if x.passed || !isObject(aheadOf(res).read) { // else it is a JSON answer, whatever its header says
			x.watch(res, token)
			break
		}
		x.stream = false
		fallthrough
	case isJSON(kind):
		x.begun = true
		if start := peek(res, maxError); isError(start) {
			a.Body = start
			break
		} else if x.makes() {
			x.own(madeIn(start))
		}
		x.hear(res)
	}
	if a.Body == nil && res.StatusCode < http.StatusBadRequest {
		return core.Refusal{}
	}
	return x.accounts.ReadRefusal(token.Provider, a)
}

// watch looks for errors and for tokens in a stream that has begun well: they are passed on, and
// count for the account afterwards. That a token has ended is not one of them:
// the next request finds out, and refreshes it.
func (x *exchange) watch(res *http.Response, token *core.Token) {
	ctx, id, status, by, gen := res.Request.Context(), x.account, res.StatusCode, token.Provider, token.Gen // the token itself is not kept for as long
	stream := &watched{ReadCloser: res.Body, told: x.listen(true), found: func(data []byte) {
		said := x.accounts.ReadRefusal(by, refusal.Answer{Status: status, Header: http.Header{}, Body: data, Model: x.model, Gen: gen})
		if said.Verdict() != pool.Nothing && !said.RefusesToken() {
			x.refused(ctx, id, said)
		}
	}}
	if x.makes() {
		stream.created = x.own
	}
	res.Body = stream
}
