package proxy

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/secret"
)

// most accounts that are asked for one request.
const most = 16

// noteTime bounds writing a refusal down, which goes on when the program has
// left.
const noteTime = 5 * time.Second

// RoundTrip implements [http.RoundTripper] for the reverse proxy: it sends the
// request with the token of one account after the other, until one answers it.
// Nothing of an answer has been passed on before it returns.
func (x *exchange) RoundTrip(r *http.Request) (*http.Response, error) {
	var last *http.Response
	var why *answer // said instead of last, where that would mislead
	for range most {
		lease, token, err := core.Ready(r.Context(), x.accounts, x.route.account, core.PickOptions{Model: x.model, Not: x.not}, core.TokenOptions{})
		if err != nil {
			return settle(last, why, err)
		}
		x.leases = append(x.leases, lease)
		discard(last)
		last, why, err = x.ask(r, lease, token)
		if why == nil && (err != nil || !x.passable(last)) {
			if err == nil && last.StatusCode < 300 {
				x.praise(r.Context(), lease)
			}
			return last, err
		}
		if err := r.Context().Err(); err != nil {
			discard(last)
			return nil, err
		}
		x.not = append(x.not, lease.Account.ID)
		x.server.metrics.failover(lease.Account.ID)
	}
	return settle(last, why, nil)
}

// passable reports whether another account may well serve what this one has
// refused.
func (x *exchange) passable(res *http.Response) bool {
	switch res.StatusCode {
	case http.StatusPaymentRequired, http.StatusTooManyRequests:
		return true
	case statusOverloaded:
		return x.named // the account's own limit, not the whole service's
	default:
		return false
	}
}

// settle answers when no account is left to ask. That all of them have to wait,
// and until when, says more than what the last of them got; anything else less.
func settle(last *http.Response, why *answer, err error) (*http.Response, error) {
	switch {
	case err != nil && (last == nil && why == nil || autherr.KindOf(err) == autherr.CoolingDown):
		discard(last)
		return nil, err
	case why != nil:
		discard(last)
		return nil, why
	default:
		return last, nil
	}
}

// keyRefused is the error of an API key that the API does not take.
var keyRefused = &autherr.Error{Code: autherr.CodeKeyRefused}

// ask sends the request with one account's token. A token that the API refuses
// is renewed, once, and the request sent again. An answer beside no error means
// that the account cannot serve and another one may.
func (x *exchange) ask(r *http.Request, lease *core.Lease, token core.Token) (*http.Response, *answer, error) {
	id := lease.Account.ID
	x.account = id
	res, err := x.send(r, token)
	if err != nil {
		return nil, nil, err
	}
	if res.StatusCode == http.StatusUnauthorized {
		refusal := readRefusal(res, peek(res, maxRefusal), x.model, token.Gen, x.server.options.Clock.Now())
		discard(res)
		if token, err = x.accounts.Token(r.Context(), id, core.TokenOptions{Refused: token.Gen, Hurry: lease.Others}); err != nil {
			if errors.Is(err, keyRefused) { // nothing is renewed, so that this answer is the last word
				x.note(r.Context(), id, refusal)
			}
			return x.noToken(err, lease.Others)
		}
		if res, err = x.send(r, token); err != nil {
			return nil, nil, err
		}
	}
	if !refused(res.StatusCode) {
		return res, nil, nil
	}
	refusal := readRefusal(res, peek(res, maxRefusal), x.model, token.Gen, x.server.options.Clock.Now())
	x.note(r.Context(), id, refusal)
	x.named = !refusal.ResetAt.IsZero()
	if res.StatusCode == http.StatusUnauthorized {
		return res, forbidden("the provider refuses this account's token, a new one too: " + secret.Clean(refusal.Message, 200) +
			"; sign in again with `hermes-tui login --account " + id + "`"), nil
	}
	return res, nil, nil
}

// noToken tells an account that has no new token to give, where another one of
// its pool may serve, from the last there is.
func (x *exchange) noToken(err error, others bool) (*http.Response, *answer, error) {
	if others || autherr.KindOf(err) == autherr.SignIn {
		return nil, explain(err), nil
	}
	return nil, nil, err
}

// note writes down what the API said of the account, even when the program has
// left meanwhile.
func (x *exchange) note(ctx context.Context, id string, refusal core.Refusal) {
	x.server.metrics.refused(id, refusal.Status)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), noteTime)
	defer cancel()
	if err := x.accounts.Refused(ctx, id, refusal); err != nil {
		x.server.options.Log.Warn("could not write down that a request was refused", "account", id, "status", refusal.Status, "error", err)
	}
}

// praise notes that the account serves. It costs nothing unless it had to rest
// before.
func (x *exchange) praise(ctx context.Context, lease *core.Lease) {
	if lease.Account.Limits.IsZero() {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), noteTime)
	defer cancel()
	if err := lease.Served(ctx); err != nil {
		x.server.options.Log.Warn("could not write down that an account serves again", "account", lease.Account.ID, "error", err)
	}
}

// send signs the request and sends it, to the host that the token is bound to
// and to no other.
func (x *exchange) send(r *http.Request, token core.Token) (*http.Response, error) {
	to, err := x.target(r, token)
	if err != nil {
		return nil, err
	}
	out := r.WithContext(r.Context())
	if x.sent++; x.sent > 1 {
		out.Header = r.Header.Clone() // the transport may still hold the one of before
	}
	out.URL, out.Host = to, ""
	for name, values := range token.Header {
		out.Header[name] = values
	}
	out.Header.Set("Authorization", "Bearer "+token.Access.Reveal())
	filterBetas(out.Header, brokenBetas(token.Provider))
	out.ContentLength, out.TransferEncoding = int64(len(x.body)), nil
	out.Body, out.GetBody = http.NoBody, nil
	if len(x.body) > 0 {
		again := func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(x.body)), nil }
		out.Body, _ = again()
		out.GetBody = again
	}
	res, err := x.server.transport.RoundTrip(out)
	if err != nil {
		return nil, err
	}
	if res.StatusCode >= 300 && res.StatusCode < 400 && res.StatusCode != http.StatusNotModified {
		discard(res)
		return nil, unavailable(http.StatusBadGateway, "the provider sends the request elsewhere, and tokens are not taken there")
	}
	if res.StatusCode >= 400 {
		hush(res, token.Access)
	}
	return res, nil
}

// target is where the request goes: the base URL that was sealed with the token.
func (x *exchange) target(r *http.Request, token core.Token) (*url.URL, error) {
	if token.API != x.route.wire.api {
		return nil, notFound("this account speaks " + token.API + ", not " + x.route.wire.api)
	}
	to, err := url.Parse(token.BaseURL)
	if err != nil || !slices.Contains(token.Hosts, to.Host) ||
		(to.Scheme != "https" && (to.Scheme != "http" || !IsLoopback(to.Hostname()))) {
		return nil, &autherr.Error{
			Kind: autherr.Usage, Provider: token.Provider, Code: autherr.CodeHostNotAllowed,
			Message: fmt.Sprintf("this account's token does not go to %s", secret.Clean(token.BaseURL, 100)),
			Hint:    "sign in again with `hermes-tui login --account " + token.Account + "`",
		}
	}
	to.Path += x.route.path
	to.RawQuery = r.URL.RawQuery
	return to, nil
}

// hush takes the token out of an error in which the provider repeats it: no
// program ever sees one.
func hush(res *http.Response, token secret.Secret) {
	start := peek(res, maxRefusal)
	clean := secret.NewScrubber(token).Scrub(string(start))
	if clean == string(start) {
		return
	}
	rest := res.Body
	_, _ = io.CopyN(io.Discard, rest, int64(len(start)))
	res.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(strings.NewReader(clean), rest), rest}
	res.ContentLength = -1
	res.Header.Del("Content-Length")
}

// discard lets go of an answer that is not passed on; a short one is read to its
// end, so that its connection can be used again.
func discard(res *http.Response) {
	if res == nil {
		return
	}
	_, _ = io.CopyN(io.Discard, res.Body, maxRefusal)
	_ = res.Body.Close()
}
