package proxy

import (
	"io"
	"net/http"
	"strings"
	"sync"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/secret"
)

// known is the one door through which everything goes that a provider says:
// header, early hints, body and trailer. It takes out the tokens that this proxy
// has used, which a program must never see, and what a provider says to browsers.
// It is safe for concurrent use.
type known struct {
	mu       sync.RWMutex
	accounts map[string][]core.Token // the latest generations of each, the newest first
	cutter   *secret.Cutter
	scrubber *secret.Scrubber
}

// kept generations of an account's tokens: the one before is still on its way.
const keptGenerations = 2

// shortestToken is what a cutter looks for at least.
const shortestToken = 16

func newKnown() *known {
	return &known{accounts: map[string][]core.Token{}, cutter: secret.NewCutter(), scrubber: secret.NewScrubber()}
}

// learn makes a token known before it is sent.
func (k *known) learn(t *core.Token) {
	k.mu.RLock()
	knows := k.knows(t)
	k.mu.RUnlock()
	if knows {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.knows(t) { // another request was faster
		return
	}
	have := k.accounts[t.Account]
	k.accounts[t.Account] = append([]core.Token{*t}, have[:min(len(have), keptGenerations-1)]...)
	var all []secret.Secret
	for _, tokens := range k.accounts {
		for _, one := range tokens {
			all = append(all, one.Secrets()...)
		}
	}
	k.cutter, k.scrubber = secret.NewCutter(all...), secret.NewScrubber(all...)
}

// knows reports whether a token is known. It needs k.mu.
func (k *known) knows(t *core.Token) bool {
	have := k.accounts[t.Account]
	for i := range have { // each of them is large
		if have[i].Access == t.Access {
			return true
		}
	}
	return false
}

// forget drops the tokens if nothing is under way whose answer could repeat one.
// A request counts as under way before it makes its token known.
func (k *known) forget(underWay func() bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if underWay() {
		return
	}
	k.accounts, k.cutter, k.scrubber = map[string][]core.Token{}, secret.NewCutter(), secret.NewScrubber()
}

// text returns a sentence without the tokens, and without parts of them.
func (k *known) text(s string) string {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.scrubber.Scrub(s)
}

// header cleans the fields of an answer, of early hints or of a trailer.
func (k *known) header(h http.Header) {
	k.mu.RLock()
	cutter := k.cutter
	k.mu.RUnlock()
	dropNamed(h, h["Connection"])
	for name, values := range h {
		if endsHere(name) {
			delete(h, name)
			continue
		}
		if len(name) >= shortestToken { // few are; and to write one in small letters is a copy
			if lower := strings.ToLower(name); cutter.Text(lower) != lower {
				delete(h, name)
				continue
			}
		}
		for i, value := range values {
			if clean := cutter.Text(value); clean != value {
				values[i] = clean
			}
		}
	}
}

// aside cleans what stands beside an answer that serves, and what comes in its
// place: hints, trailers and the fields of a refusal. No program needs a token of
// anybody's there, so that parts of ours and odd spellings are taken out, too.
func (k *known) aside(h http.Header) {
	k.header(h)
	for _, values := range h {
		for i, value := range values {
			if clean := k.text(value); clean != value {
				values[i] = clean
			}
		}
	}
}

// clean makes an answer fit to be passed on. A short refusal is cleaned of parts
// of tokens too; a longer one, and what serves, of whole ones, as it streams.
// It is a copy: the trailer of the original comes with the end of its body.
func (k *known) clean(from *http.Response) *http.Response {
	k.mu.RLock()
	cutter := k.cutter
	k.mu.RUnlock()
	res := new(http.Response)
	*res = *from
	res.Trailer = from.Trailer.Clone()
	if res.StatusCode >= http.StatusBadRequest {
		k.aside(res.Header)
	} else {
		k.header(res.Header)
	}
	k.aside(res.Trailer)
	res.Body = rejoined{cutter.Reader(from.Body), from.Body}
	if res.ContentLength >= 0 && int64(len(peek(res, maxRefusal))) != res.ContentLength {
		unmeasured(res)
	}
	if res.StatusCode >= http.StatusBadRequest {
		k.cleanRefusal(res)
	}
	return res
}

// unmeasured takes an answer's length away where it may not be true any more.
func unmeasured(res *http.Response) {
	res.ContentLength = -1
	res.Header.Del("Content-Length")
}

// withTrailer makes an answer bring the clean trailer of the original it is a
// copy of. Over HTTP/1 there is none behind a body whose length was told.
func (k *known) withTrailer(res, from *http.Response) {
	if from.ProtoMajor == 1 && from.ContentLength >= 0 {
		return
	}
	res.Body = &trailed{res.Body, func() {
		trailer := from.Trailer.Clone()
		k.aside(trailer)
		res.Trailer = trailer
	}}
}

// trailed is a body behind which a trailer comes.
type trailed struct {
	io.ReadCloser
	ended func()
}

// Read implements [io.Reader].
func (t *trailed) Read(p []byte) (int, error) {
	n, err := t.ReadCloser.Read(p)
	if err == io.EOF { //nolint:errorlint // as readers return it
		t.ended()
	}
	return n, err
}

// cleanRefusal takes parts of tokens out of the beginning of an error.
func (k *known) cleanRefusal(res *http.Response) {
	start := string(peek(res, maxRefusal))
	if clean := k.text(start); clean != start {
		body := aheadOf(res)
		body.read = append([]byte(clean), body.read[len(start):]...)
		unmeasured(res)
	}
}

// words returns what a provider said as it is said on: of no token, known or not.
func (k *known) words(s string, limit int) string {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.scrubber.Words(s, limit)
}
