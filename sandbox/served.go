package sandbox

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"sort"
	"strconv"
)

// Use is what an account has had of a model, as its answers told it.
type Use struct {
	Account   string `json:"account"` // id of the grant, or name of the key
	Model     string `json:"model"`
	Requests  int    `json:"requests"`   // answered to the end
	Untold    int    `json:"untold"`     // of them, whose answer told no tokens
	Input     int    `json:"input"`      // tokens that were read, without those out of the cache
	CacheRead int    `json:"cache_read"` // tokens out of it
	Output    int    `json:"output"`     // tokens that were written
}

// uses says what an answer will have taken, once it is served.
func (x *exchange) uses(model string, u usage, told bool) {
	x.use = Use{Account: x.event.Grant, Model: model, Requests: 1}
	if told {
		x.use.Input, x.use.CacheRead, x.use.Output = u.Input, u.CacheRead, u.Output
	} else {
		x.use.Untold = 1
	}
}

// serve counts an answer that was served.
func (t *tally) serve(u Use) {
	if u.Requests == 0 { // not a model's
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	of := [2]string{u.Account, u.Model}
	sum := t.uses[of]
	sum.Account, sum.Model = u.Account, u.Model
	sum.Requests, sum.Untold = sum.Requests+u.Requests, sum.Untold+u.Untold
	sum.Input, sum.CacheRead, sum.Output = sum.Input+u.Input, sum.CacheRead+u.CacheRead, sum.Output+u.Output
	t.uses[of] = sum
}

// Uses returns what each account has had of each model, by their names.
func (s *Server) Uses() []Use {
	s.tally.mu.Lock()
	defer s.tally.mu.Unlock()
	list := slices.Collect(maps.Values(s.tally.uses))
	sort.Slice(list, func(i, j int) bool {
		a, b := list[i], list[j]
		return cmp.Or(cmp.Compare(a.Account, b.Account), cmp.Compare(a.Model, b.Model)) < 0
	})
	return list
}

// headerCached asks for an answer that tells so many of the tokens that were read as
// out of the cache.
const headerCached = "Sandbox-Cached"

// cached takes tokens out of the cache, as the header asks.
func (u *usage) cached(h http.Header) {
	if n, err := strconv.Atoi(h.Get(headerCached)); err == nil && n > 0 {
		u.CacheRead = min(n, u.Input)
		u.Input -= u.CacheRead
	}
}

// read is all tokens that were read.
func (u usage) read() int { return u.Input + u.CacheRead }
