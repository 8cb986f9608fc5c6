package serve

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/refusal"
)

// maxReplay is the largest request body that is kept for sending it again.
const maxReplay = 4 << 20

// Transport returns a round tripper that signs each request with a fresh token
// of the account: it removes the credentials that are on the request and sets
// the bearer. A request to a host that the account's tokens are not bound to, or
// one that is not encrypted (but for loopback), fails without being sent. A 401 refreshes the refused token once and sends the
// request again if its body can be had again or is at most 4 MiB. base nil
// means http.DefaultTransport.
func (sv *Serving) Transport(account string, base http.RoundTripper) http.RoundTripper {
	if base == nil {
		base = http.DefaultTransport
	}
	return &transport{serving: sv, base: base, take: func(ctx context.Context) (*Lease, Token, error) {
		token, err := sv.Token(ctx, account, TokenOptions{})
		return nil, token, err
	}}
}

// PoolTransport is [Serving.Transport] for whichever account of a pool serves next,
// or for the one account that name means: an account that is cooling down or has
// no token to give is passed over, and an answer that concerns the account is
// noted, so that the next request goes to another. The answer itself is the
// caller's: nothing is asked twice.
func (sv *Serving) PoolTransport(name string, base http.RoundTripper) http.RoundTripper {
	if base == nil {
		base = http.DefaultTransport
	}
	return &transport{serving: sv, base: base, take: func(ctx context.Context) (*Lease, Token, error) {
		return Ready(ctx, sv, name, PickOptions{}, TokenOptions{})
	}}
}

type transport struct {
	serving *Serving
	base    http.RoundTripper
	// take returns a token of the account that is asked; the lease is nil where
	// there is no choice.
	take func(context.Context) (*Lease, Token, error)
}

// RoundTrip implements http.RoundTripper.
func (t *transport) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := rewindable(r)
	if err != nil {
		return nil, err
	}
	lease, have, err := t.take(r.Context())
	if err != nil {
		closeBody(r)
		return nil, err
	}
	res, used, err := t.ask(r, body, have)
	if lease == nil {
		return res, err
	}
	if err != nil {
		lease.Done()
		return nil, err
	}
	t.note(r.Context(), lease, used, res)
	res.Body = &leased{res.Body, lease}
	return res, nil
}

// ask sends the request, and once more with a refreshed token where the API takes
// the first one no more. It returns the token that was used last.
func (t *transport) ask(r *http.Request, body func() (io.ReadCloser, error), have Token) (*http.Response, Token, error) {
	res, err := t.send(r, body, have)
	if err != nil || body == nil || !t.read(res, have).RefusesToken() {
		return res, have, err
	}
	next, err := t.serving.Token(r.Context(), have.Account, TokenOptions{Refused: have.Gen})
	if err != nil {
		if errors.Is(err, autherr.NeedsSignIn) {
			_ = res.Body.Close()
			return nil, have, err
		}
		return res, have, nil // the API's own answer says more
	}
	_ = res.Body.Close()
	res, err = t.send(r, body, next)
	return res, next, err
}

// note writes down what an answer means for the account. That it cannot be
// written is no reason to keep the answer from the caller.
func (t *transport) note(ctx context.Context, lease *Lease, used Token, res *http.Response) {
	if res.StatusCode < http.StatusBadRequest {
		_ = lease.Served(ctx)
		return
	}
	_ = t.serving.Refused(ctx, lease.Account.ID, t.read(res, used))
}

// leased ends the lease with the answer.
type leased struct {
	io.ReadCloser
	lease *Lease
}

func (l *leased) Close() error {
	l.lease.Done()
	return l.ReadCloser.Close()
}

// mostRefusal is how much of a refusal is looked at.
const mostRefusal = 8 << 10

// read is what an answer says of the account; of one that serves, nothing. What
// was read of the body is put back.
func (t *transport) read(res *http.Response, used Token) Refusal {
	if res.StatusCode < http.StatusBadRequest {
		return Refusal{}
	}
	begin, err := io.ReadAll(io.LimitReader(res.Body, mostRefusal))
	res.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(begin), res.Body), res.Body}
	if err != nil {
		return Refusal{}
	}
	return t.serving.ReadRefusal(used.Provider, refusal.Answer{Status: res.StatusCode, Header: res.Header, Body: begin, Gen: used.Gen})
}

// send signs a copy of the request; the original is never changed.
func (t *transport) send(r *http.Request, body func() (io.ReadCloser, error), with Token) (*http.Response, error) {
	out := r.Clone(r.Context())
	if err := with.Sign(out); err != nil {
		closeBody(r)
		return nil, err
	}
	if body != nil {
		fresh, err := body()
		if err != nil {
			return nil, err
		}
		out.Body = fresh
	}
	return t.base.RoundTrip(out)
}

// rewindable returns a function that gives the body again and again, nil when
// it is too large to keep.
func rewindable(r *http.Request) (func() (io.ReadCloser, error), error) {
	switch {
	case r.Body == nil || r.Body == http.NoBody:
		return func() (io.ReadCloser, error) { return http.NoBody, nil }, nil
	case r.GetBody != nil:
		closeBody(r)
		return r.GetBody, nil
	case r.ContentLength > maxReplay || r.ContentLength < 0:
		return nil, nil
	}
	data, err := io.ReadAll(io.LimitReader(r.Body, maxReplay+1))
	closeBody(r)
	if err != nil {
		return nil, err
	}
	return func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil }, nil
}

func closeBody(r *http.Request) {
	if r.Body != nil {
		_ = r.Body.Close()
	}
}
