package proxy

import (
	"bytes"
	"context"
	"encoding/json"

	"github.com/hermes-tui/hermes-tui/core/budget"
	"github.com/hermes-tui/hermes-tui/core/clientkey"
	"github.com/hermes-tui/hermes-tui/core/tally"
)

const (
	// mostOutput is what an answer may come to that names no bound of its own.
	mostOutput = 128 << 10
	// unbounded is what a request may come to of which nothing can be said: it goes
	// alone.
	unbounded = 1 << 50
	// bytesPerToken is fewer than a token has in any language: what tells no tokens
	// counts as more than it was.
	bytesPerToken = 3
)

// reserve has a request of a key with limits wait for its turn, or says that they
// are used up.
func (s *Server) reserve(ctx context.Context, key clientkey.Key, to route, body []byte) (*budget.Reservation, *answer) {
	if len(key.Limits) == 0 || !to.asks {
		return nil, nil
	}
	worst, background := worstOf(body)
	if background {
		return nil, notAllowed("the key " + key.Name + " has limits, and what is answered in the background cannot be counted; send the request without background")
	}
	held, err := s.options.Accounts.Reserve(ctx, key, worst)
	if err != nil {
		return nil, explain(err)
	}
	return held, nil
}

// worstOf is the most tokens that a request can come to: a token has a byte at the
// least. background says that its answer comes later, to another request.
func worstOf(body []byte) (tokens uint64, background bool) {
	if !bytes.HasPrefix(blank(body), []byte("{")) { // compressed, or a form
		return unbounded, false
	}
	output, times, stored := uint64(mostOutput), uint64(1), false
	members(body, func(name, value []byte) bool {
		var n uint64
		number := json.Unmarshal(value, &n) == nil
		switch {
		case is(name, "max_tokens", "max_completion_tokens", "max_output_tokens") && number:
			output = n
		case is(name, "n", "best_of") && number:
			times = max(times, n)
		case is(name, "background"):
			background = background || bytes.Equal(value, []byte("true"))
		case is(name, "previous_response_id", "conversation"):
			stored = stored || !bytes.Equal(value, []byte("null"))
		}
		return true
	})
	if stored || output > unbounded || times > 1<<10 {
		return unbounded, background
	}
	return uint64(len(body)) + output*times, background
}

// is reports whether a name is one of these, as providers read it.
func is(name []byte, names ...string) bool {
	for _, one := range names {
		if bytes.EqualFold(name, []byte(one)) {
			return true
		}
	}
	return false
}

// charge charges the key what its request has used. An answer that tells no tokens
// counts by its length and that of the request.
func (x *exchange) charge(n tally.Counts, answered int64) {
	if x.held == nil {
		return
	}
	tokens := n.Input + n.CacheRead + n.CacheWrite + n.Output
	if n.Unknown > 0 {
		tokens = max(tokens, (uint64(len(x.body))+uint64(max(answered, 0)))/bytesPerToken+1)
	}
	if err := x.held.Settle(n.Requests, tokens); err != nil {
		x.server.options.Log.Warn("what a key has used could not be written down; it is with its next request", "key", x.key, "error", err)
	}
}
