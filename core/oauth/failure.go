package oauth

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/secret"
)

// speaker puts what happened to a request into words: who was asked, and which
// secrets must not be in what is said.
type speaker struct {
	provider string // id
	name     string // "MiniMax"
	known    *secret.Scrubber
}

// fail returns an error about r with this code, or with the one for what kept
// the answer away: the caller gave up, a host is not allowed, or nothing was
// heard.
func (s speaker) fail(r *reply, code string) *autherr.Error {
	e := &autherr.Error{
		Kind: autherr.Failed, Provider: s.provider, Code: code,
		Message: s.happened(r), RetryAfter: r.retryAfter(),
	}
	switch {
	case r.err == nil:
	case errors.Is(r.err, context.DeadlineExceeded):
		e.Err = context.DeadlineExceeded
	default:
		e.Err = secondhand{s.words(r.err)}
	}
	switch {
	case errors.Is(r.err, context.Canceled):
		e.Code, e.Err = autherr.CodeCanceled, context.Canceled
	case errors.Is(r.err, errHost):
		e.Code = autherr.CodeHostNotAllowed
		e.Hint = "nothing was sent there; `hermes-tui doctor` looks at what stands between here and the provider"
		if r.delivery == undelivered {
			e.Kind = autherr.Usage
		}
	case r.delivery != answered:
		e.Kind, e.Code = autherr.Network, autherr.CodeUnreachable
		e.Hint = "check the network connection and try again"
	case transient(r):
		e.Kind = autherr.Network
		e.Hint = "try again later"
	case r.refusal() && r.walled():
		e.Kind = autherr.Network
		e.Hint = "try again later, or from another network"
	default:
		e.Hint = r.cure()
	}
	return e
}

// cure says what can be done about an answer that waiting does not change.
func (r *reply) cure() string {
	switch {
	case r.ok(), r.status/100 == 3, parseProblem(r).page:
		return "something else may answer in the provider's place: does this network want a sign-in of its own, or is there a proxy?"
	case r.status == http.StatusUnauthorized:
		return "the provider does not take this program for a client of its own: is there a newer version?"
	case r.status == http.StatusForbidden:
		return "the provider does not serve this account, or this network: its own page for the account may say why"
	case r.status == http.StatusNotFound, r.status == http.StatusMethodNotAllowed, r.status == http.StatusGone:
		return "the provider has no such address any more: is there a newer version, or a wrong address in the configuration?"
	default:
		return "the provider does not take the request as it is: is there a newer version?"
	}
}

// walled reports an answer of a firewall in the provider's place, which says so
// in a header (Vercel's, Cloudflare's).
func (r *reply) walled() bool { return r.delivery == answered && mitigated(r.header) }

func mitigated(h http.Header) bool {
	return h.Get("X-Vercel-Mitigated") != "" || h.Get("Cf-Mitigated") != ""
}

// happened returns what happened to the request: lower case, no final period,
// unless it begins with the provider's name.
func (s speaker) happened(r *reply) string {
	host := secret.Clean(r.host, 80)
	switch {
	case errors.Is(r.err, context.Canceled):
		return "canceled"
	case errors.Is(r.err, errHost):
		return s.words(r.err)
	case errors.Is(r.err, context.DeadlineExceeded):
		return fmt.Sprintf("%s (%s) did not answer in time", s.name, host)
	case r.delivery == undelivered, r.delivery == deflected:
		return fmt.Sprintf("%s (%s) could not be reached: %s", s.name, host, s.why(r.err))
	case r.delivery == lost:
		return fmt.Sprintf("the connection to %s (%s) was lost: %s", s.name, host, s.why(r.err))
	case r.ok():
		return s.name + " sent an answer that cannot be read"
	}
	if r.walled() {
		return fmt.Sprintf("a firewall in front of %s (%s) stopped the request (%d)", s.name, host, r.status)
	}
	if said := parseProblem(r).sentence(s.known); said != "" {
		return fmt.Sprintf("%s answered %d: %s", s.name, r.status, said)
	}
	return fmt.Sprintf("%s answered %d %s", s.name, r.status, http.StatusText(r.status))
}

// why returns the part of a network error that a person can use.
func (s speaker) why(err error) string {
	var dns *net.DNSError
	var op *net.OpError
	var unknown x509.UnknownAuthorityError
	switch {
	case errors.As(err, &unknown):
		return "its certificate is signed by an authority that this machine does not know"
	case errors.As(err, &dns) && dns.IsNotFound:
		return "its name is not known here"
	case errors.As(err, &op) && op.Err != nil:
		return s.words(op.Err)
	default:
		return s.words(err)
	}
}

func (s speaker) words(err error) string {
	return s.known.Words(err.Error(), 200)
}

// transient reports an answer that says nothing about the grant: the provider,
// or something before it, is busy or broken.
func transient(r *reply) bool {
	switch r.status {
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests:
		return true
	default:
		return r.status >= 500
	}
}

// secondhand is an error of which only the cleaned words are kept: the original
// may hold anything.
type secondhand struct{ words string }

// Error implements error.
func (e secondhand) Error() string { return e.words }
