package proxy

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"

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
)

// reserve has a request of a key with limits wait for its turn, or says that they
// are used up. worst is the most tokens that it may come to.
func (s *Server) reserve(ctx context.Context, key clientkey.Key, to route, body []byte) (held *budget.Reservation, worst uint64, why *answer) {
	if len(key.Limits) == 0 || !to.asks {
		return nil, 0, nil
	}
	worst, ok := worstOf(body)
	if !ok {
		return nil, 0, notAllowed("the key " + key.Name + " has limits, and what this request comes to cannot be counted; send it without compression, and not in the background")
	}
	held, err := s.options.Accounts.Reserve(ctx, key, worst)
	if cause := context.Cause(ctx); err != nil && cause != nil {
		err = cause
	}
	switch {
	case errors.Is(err, context.Canceled):
		return nil, 0, &answer{status: statusLeft, kind: "api_error", message: "the program has left"}
	case err != nil:
		return nil, 0, explain(err)
	}
	return held, worst, nil
}

// worstOf is the most tokens that a request can come to, of which each has a byte at
// the least; what is given by an address is not known. ok is false for what cannot be
// read, and for what is answered in the background, to another request.
func worstOf(body []byte) (tokens uint64, ok bool) {
	if !bytes.HasPrefix(blank(body), []byte("{")) {
		return 0, false
	}
	var output *uint64
	times, stored, background := uint64(1), false, false
	members(body, func(name, value []byte) bool {
		var n *uint64
		number := json.Unmarshal(value, &n) == nil && n != nil
		switch {
		case is(name, "max_tokens", "max_completion_tokens", "max_output_tokens") && number:
			if output == nil || *n > *output { // providers differ in which they take
				output = n
			}
		case is(name, "n", "best_of") && number:
			times = max(times, *n)
		case is(name, "background"):
			background = background || !bytes.Equal(value, []byte("false")) && !bytes.Equal(value, []byte("null"))
		case is(name, "previous_response_id", "conversation"):
			stored = stored || !bytes.Equal(value, []byte("null"))
		}
		return true
	})
	most := uint64(mostOutput)
	if output != nil {
		most = *output
	}
	if stored || most > unbounded || times > 1<<10 {
		return unbounded, !background
	}
	return uint64(len(body)) + most*times, !background
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
// counts by its length and that of the request, a byte for a token.
func (x *exchange) charge(n tally.Counts, answered int64) {
	if x.held == nil {
		return
	}
	tokens := n.Tokens()
	if n.Unknown > 0 {
		tokens = max(tokens, uint64(x.body.size)+uint64(max(answered, 0)))
		if x.worst == unbounded { // it goes on with what its account has stored
			tokens = max(tokens, mostOutput)
		}
	}
	if err := x.held.Charge(n.Requests, tokens); err != nil {
		x.server.options.Log.Warn("what a key has used could not be written down; it is with its next request", "key", x.key, "error", err)
	}
}
