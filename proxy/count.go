package proxy

import (
	"io"
	"net/http"
	"strings"

	"github.com/hermes-tui/hermes-tui/core/clientkey"
	"github.com/hermes-tui/hermes-tui/core/tally"
)

// listen has what an answer tells of its tokens noted, if it is a model's, and
// returns where.
func (x *exchange) listen(stream bool) *told {
	x.told = nil
	if x.route.asks {
		x.told = &told{wire: x.route.wire, stream: stream}
	}
	return x.told
}

// heard is a JSON answer that is passed on while what it tells of its tokens is
// looked for.
type heard struct {
	io.ReadCloser
	told *told
}

// Read implements [io.Reader].
func (o *heard) Read(p []byte) (int, error) {
	n, err := o.ReadCloser.Read(p)
	o.told.read(p[:n])
	return n, err
}

// hear listens to a JSON answer.
func (x *exchange) hear(res *http.Response) {
	if told := x.listen(false); told != nil {
		res.Body = &heard{res.Body, told}
	}
}

// count counts the request, when its answer of so many bytes has ended, for the account that served
// it. Requests that ask no model, such as for a list of models, count nowhere.
func (x *exchange) count(answered int64) {
	if !x.served || !x.route.asks {
		n := tally.Counts{}
		if x.left {
			n = tally.Counts{Requests: 1, Unknown: 1}
		}
		x.charge(n, answered)
		return
	}
	n := tally.Counts{Requests: 1}.Plus(tally.Wait(x.waited))
	if x.told != nil {
		x.told.end()
		n = n.Plus(x.told.counts)
	}
	if x.told.unknown() {
		n.Unknown = 1
	}
	x.used(x.account, n)
	x.charge(n, answered)
}

// used counts what the program has used of an account.
func (x *exchange) used(account string, n tally.Counts) {
	by := tally.Use{Account: account, Program: x.program, Model: x.model}
	x.accounts.Served(by, n)
	x.server.metrics.used(by, n)
}

// programOf is the name of the program that sends a request: that of its key, and
// where all programs share that, what it calls itself. It is empty where that is not
// known.
func (s *Server) programOf(r *http.Request, key clientkey.Key) string {
	switch {
	case s.options.Program != "":
		return s.options.Program
	case key.Name != clientkey.Default:
		return key.Name
	default:
		return product(r.Header.Get("User-Agent"))
	}
}

// mostProduct is the longest name of a program that is taken from its header.
const mostProduct = 40

// product is the first product of a User-Agent (RFC 9110, section 10.1.5), without
// its version; empty where it is none.
func product(agent string) string {
	end := strings.IndexFunc(agent, func(r rune) bool { return !isNameRune(r) && !strings.ContainsRune(".+", r) })
	if end < 0 {
		end = len(agent)
	}
	if end > mostProduct || end < len(agent) && agent[end] != '/' && agent[end] != ' ' {
		return ""
	}
	return agent[:end]
}
