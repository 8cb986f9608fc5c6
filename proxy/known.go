package proxy

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/secret"
)

// known is the one door through which everything goes that a provider says:
// header, early hints, body and trailer. It takes out the tokens that this proxy
// has used, which a program must never see, and what a provider says to browsers.
// It is safe for concurrent use. That a token becomes known takes as long in a large
// pool as in a small one, and what is under way does not wait for it.
type known struct {
	learning sync.Mutex // before mu
	mu       sync.RWMutex
	accounts map[string]*tokens
	cutter   *secret.Cutter // of the tokens of all accounts
}

// tokens are those of one account of which an answer may tell: the latest generations.
type tokens struct {
	generations [][]secret.Secret       // the newest first, of each the access token first
	scrubber    func() *secret.Scrubber // for parts of them, too; it is large, and only a refusal needs it
}

// kept generations of an account's tokens: the one before is still on its way.
const keptGenerations = 2

// shortestToken is what a cutter looks for at least.
const shortestToken = 16

func newKnown() *known {
	return &known{accounts: map[string]*tokens{}, cutter: secret.NewCutter()}
}

// learn makes a token known before it is sent, and returns all of its account's.
func (k *known) learn(t *core.Token) *tokens {
	if have := k.of(t.Account); have.has(t) {
		return have
	}
	k.learning.Lock()
	defer k.learning.Unlock()
	have := k.of(t.Account)
	if have.has(t) { // another request was faster
		return have
	}
	all := [][]secret.Secret{t.Secrets()}
	if have != nil {
		all = append(all, have.generations...)
	}
	k.cutter.Learn(all[0]...)
	for _, old := range all[min(len(all), keptGenerations):] {
		k.cutter.Forget(old...)
	}
	all = all[:min(len(all), keptGenerations)]
	now := &tokens{all, sync.OnceValue(func() *secret.Scrubber { return secret.NewScrubber(slices.Concat(all...)...) })}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.accounts[t.Account] = now
	return now
}

// of are the tokens of an account; nil where none is known.
func (k *known) of(account string) *tokens {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.accounts[account]
}

func (t *tokens) has(one *core.Token) bool {
	return t != nil && slices.ContainsFunc(t.generations, func(g []secret.Secret) bool { return g[0] == one.Access })
}

// forget drops the tokens if nothing is under way whose answer could repeat one.
// A request counts as under way before it makes its token known.
func (k *known) forget(underWay func() bool) {
	k.learning.Lock()
	defer k.learning.Unlock()
	k.mu.Lock()
	defer k.mu.Unlock()
	if underWay() {
		return
	}
	k.accounts, k.cutter = map[string]*tokens{}, secret.NewCutter()
}

// text returns a sentence without the tokens, and without parts of those of the account
// that was asked.
func (k *known) text(s string, asked *tokens) string {
	k.mu.RLock()
	cutter := k.cutter
	k.mu.RUnlock()
	return asked.scrub().Scrub(cutter.Text(s))
}

// scrub is what knows them; of none it is nil, which cuts nothing.
func (t *tokens) scrub() *secret.Scrubber {
	if t == nil {
		return nil
	}
	return t.scrubber()
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
func (k *known) aside(h http.Header, asked *tokens) {
	k.header(h)
	for _, values := range h {
		for i, value := range values {
			if clean := k.text(value, asked); clean != value {
				values[i] = clean
			}
		}
	}
}

// clean makes an answer fit to be passed on. A short refusal is cleaned of parts
// of tokens too; a longer one, and what serves, of whole ones, as it streams.
// It is a copy: the trailer of the original comes with the end of its body.
func (k *known) clean(from *http.Response, asked *tokens) *http.Response {
	k.mu.RLock()
	cutter := k.cutter
	k.mu.RUnlock()
	res := new(http.Response)
	*res = *from
	res.Trailer = from.Trailer.Clone()
	if res.StatusCode >= http.StatusBadRequest {
		k.aside(res.Header, asked)
	} else {
		k.header(res.Header)
	}
	k.aside(res.Trailer, asked)
	res.Body = rejoined{cutter.Reader(from.Body), from.Body}
	if res.ContentLength >= 0 && int64(len(peek(res, maxRefusal))) != res.ContentLength {
		unmeasured(res)
	}
	if res.StatusCode >= http.StatusBadRequest {
		k.cleanRefusal(res, asked)
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
func (k *known) withTrailer(res, from *http.Response, asked *tokens) {
	if from.ProtoMajor == 1 && from.ContentLength >= 0 {
		return
	}
	res.Body = &trailed{res.Body, func() {
		trailer := from.Trailer.Clone()
		k.aside(trailer, asked)
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
func (k *known) cleanRefusal(res *http.Response, asked *tokens) {
	start := string(peek(res, maxRefusal))
	if clean := k.text(start, asked); clean != start {
		body := aheadOf(res)
		body.read = append([]byte(clean), body.read[len(start):]...)
		unmeasured(res)
	}
}

// words returns what a provider said as it is said on: of no token, known or not.
func (k *known) words(s string, limit int, asked *tokens) string {
	return asked.scrub().Words(k.text(s, asked), limit)
}
