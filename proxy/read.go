package proxy

import (
	"net/http"
	"strings"

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
	a := refusal.Answer{Status: res.StatusCode, Header: res.Header, Model: x.model, Gen: token.Gen}
	switch {
	case res.StatusCode >= http.StatusBadRequest:
		a.Body, x.begun = peek(res, maxRefusal), true
	case x.route.own && x.route.method == http.MethodGet: // a file's content is nobody's word
	case kindOf(res) == "text/event-stream", x.route.asks && unlabelled(kindOf(res)):
		x.stream = true
		a.Body = x.begins(res)
		if a.Body == nil {
			x.watch(res, token)
			return core.Refusal{}
		}
	case kindOf(res) == "application/json", strings.HasSuffix(kindOf(res), "+json"):
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

// unlabelled reports whether an answer does not say what it is: a gateway has lost it.
// From a model it is a stream, most of the time.
func unlabelled(kind string) bool {
	return kind == "" || kind == "text/plain" || kind == "application/octet-stream"
}

// kindOf is the media type of an answer, without its parameters.
func kindOf(res *http.Response) string {
	kind, _, _ := strings.Cut(res.Header.Get("Content-Type"), ";")
	return strings.ToLower(strings.TrimSpace(kind))
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
