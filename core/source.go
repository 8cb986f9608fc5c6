package core

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"

	"golang.org/x/oauth2"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/refusal"
)

// TokenSource returns a source of fresh tokens of one account for programs that
// use golang.org/x/oauth2. Every call of its Token makes the cheap check, so do
// not wrap it in oauth2.ReuseTokenSource, which would keep a token past a
// rotation by another process. ctx is used for every call.
func (c *Core) TokenSource(ctx context.Context, account string) oauth2.TokenSource {
	return source{c, ctx, account}
}

type source struct {
	core    *Core
	ctx     context.Context
	account string
}

// Token implements oauth2.TokenSource.
func (s source) Token() (*oauth2.Token, error) {
	t, err := s.core.Token(s.ctx, s.account, TokenOptions{})
	if err != nil {
		return nil, err
	}
	return &oauth2.Token{AccessToken: t.Access.Reveal(), TokenType: t.Type, Expiry: t.Expiry}, nil
}

// maxReplay is the largest request body that is kept for sending it again.
const maxReplay = 4 << 20

// Transport returns a round tripper that signs each request with a fresh token
// of the account: it removes the credentials that are on the request and sets
// the bearer. A request to a host that the account's tokens are not bound to, or
// one that is not encrypted (but for loopback), fails without being sent. A 401 renews the refused token once and sends the
// request again if its body can be had again or is at most 4 MiB. base nil
// means http.DefaultTransport.
func (c *Core) Transport(account string, base http.RoundTripper) http.RoundTripper {
	if base == nil {
		base = http.DefaultTransport
	}
	return &transport{c, account, base}
}

type transport struct {
	core    *Core
	account string
	base    http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (t *transport) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := rewindable(r)
	if err != nil {
		return nil, err
	}
	have, err := t.core.Token(r.Context(), t.account, TokenOptions{})
	if err != nil {
		closeBody(r)
		return nil, err
	}
	res, err := t.send(r, body, have)
	if err != nil || body == nil || !t.refused(res, have.Provider) {
		return res, err
	}
	next, err := t.core.Token(r.Context(), t.account, TokenOptions{Refused: have.Gen})
	if err != nil {
		if errors.Is(err, autherr.NeedsSignIn) {
			_ = res.Body.Close()
			return nil, err
		}
		return res, nil // the API's own answer says more
	}
	_ = res.Body.Close()
	return t.send(r, body, next)
}

// mostRefusal is how much of a refusal is looked at.
const mostRefusal = 8 << 10

// refused reports whether the answer says that the token is not good any more.
// What was read of the body is put back.
func (t *transport) refused(res *http.Response, provider string) bool {
	if res.StatusCode < http.StatusBadRequest {
		return false
	}
	begin, err := io.ReadAll(io.LimitReader(res.Body, mostRefusal))
	res.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(begin), res.Body), res.Body}
	return err == nil && t.core.ReadRefusal(provider, refusal.Answer{Status: res.StatusCode, Header: res.Header, Body: begin}).RefusesToken()
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
