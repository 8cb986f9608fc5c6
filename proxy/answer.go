package proxy

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/expiry"
)

// answer is what the proxy itself says instead of the model API. It has the
// shape of the API's own errors, so that every client shows its sentence.
type answer struct {
	status  int
	kind    string // Anthropic's error type
	code    string // OpenAI's error code, where it is not the status's own
	message string
	header  http.Header   // further fields, may be nil
	wait    time.Duration // until an account serves again; 0: not known
	at      time.Time     // from when on
	away    string        // host to which no connection came about, so that nothing was sent
}

// Error implements error.
func (a *answer) Error() string { return a.message }

// write sends the answer in the shape of a wire format.
func (a *answer) write(w http.ResponseWriter, in *wire) {
	body, err := json.Marshal(in.shape(a))
	if err != nil {
		http.Error(w, "", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	for name, values := range a.header {
		h[name] = values
	}
	h.Set("Content-Type", "application/json")
	h.Set("Content-Length", strconv.Itoa(len(body)+1))
	h.Set("Cache-Control", "no-store")
	if a.status != http.StatusTooManyRequests && a.status < 500 {
		h.Set("X-Should-Retry", "false") // the SDKs heed it: asking again does not help
	}
	in.shorten(h, a.at)
	w.WriteHeader(a.status)
	_, _ = w.Write(append(body, '\n'))
}

// shorten takes away a wait that clients of this format would sit out without a
// word, for hours: they are told not to come back by themselves.
func (w *wire) shorten(h http.Header, now time.Time) {
	if w.longest == 0 {
		return
	}
	if expiry.Wait(h, now) > w.longest {
		h.Del("Retry-After")
		h.Del("Retry-After-Ms")
		h.Set("X-Should-Retry", "false")
	}
}

// coded returns the answer with a code of its own.
func (a *answer) coded(code string) *answer {
	a.code = code
	return a
}

func badRequest(message string) *answer {
	return &answer{status: http.StatusBadRequest, kind: "invalid_request_error", message: message}
}

func unauthenticated(message string) *answer {
	return &answer{status: http.StatusUnauthorized, kind: "authentication_error", message: message}
}

func forbidden(message string) *answer {
	return &answer{status: http.StatusForbidden, kind: "permission_error", message: message}
}

func notFound(message string) *answer {
	return &answer{status: http.StatusNotFound, kind: "not_found_error", message: message}
}

func unavailable(status int, message string) *answer {
	return &answer{status: status, kind: "api_error", message: message}
}

// explain turns an error into the answer that makes a program show it.
//
// An account that has to sign in again is a 403, not a 401: clients ask again
// for minutes after a 401 (Claude Code eleven times), while a 403 is shown at
// once.
func explain(err error) *answer {
	var a *answer
	if errors.As(err, &a) {
		return a
	}
	var ours *autherr.Error
	if !errors.As(err, &ours) {
		return unreachable(err, "")
	}
	message := ours.Error()
	if ours.Hint != "" {
		message += "; " + ours.Hint
	}
	switch {
	case ours.Kind == autherr.CoolingDown:
		a := &answer{status: http.StatusTooManyRequests, kind: "rate_limit_error", message: message, wait: ours.RetryAfter}
		if ours.RetryAfter > 0 {
			a.header = http.Header{"Retry-After": {wholeSeconds(ours.RetryAfter)}}
		} else {
			a.header = http.Header{"Retry-After": {"5"}} // nobody knows; a client that is told nothing asks at once
		}
		return a
	case ours.Kind == autherr.SignIn:
		return forbidden(message).coded("account_sign_in")
	case ours.Kind == autherr.Keystore:
		return unavailable(http.StatusServiceUnavailable, message).coded("keystore_locked")
	case ours.Kind == autherr.Network:
		return unavailable(http.StatusBadGateway, message)
	case ours.Code == autherr.CodeNotConfirmed:
		return forbidden(message).coded(ours.Code)
	case ours.Code == autherr.CodeNoSuchAccount: // its own words name those that there are
		return notFound("there is no such account; `hermes-tui list` shows which there are")
	case ours.Code == autherr.CodeAPINotServed:
		return notFound(message).coded("model_not_found") // what Codex shows at once, without asking again
	case ours.Code == autherr.CodeHostNotAllowed:
		return forbidden(message)
	case ours.Kind == autherr.Usage:
		return badRequest(message)
	default:
		return unavailable(http.StatusInternalServerError, message)
	}
}
