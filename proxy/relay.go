package proxy

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/pool"
	"github.com/hermes-tui/hermes-tui/core/tally"
)

// mostBusy is how many accounts are asked that say the whole API is overloaded:
// more would only add to the load.
const mostBusy = 3

// noteTime bounds writing a refusal down, which goes on when the program has
// left.
const noteTime = 5 * time.Second

// outcome is what became of asking one account.
type outcome struct {
	answer *http.Response
	raw    *http.Response // that answer is a clean copy of
	refuse core.Refusal   // what the answer says of the account, where it did not serve
	why    *answer        // said instead of the answer, or where there is none
}

// passable reports whether another account may well serve what this one did not.
func (o outcome) passable() bool { return o.why != nil || o.refuse.Passable() }

// RoundTrip implements [http.RoundTripper] for the reverse proxy: it sends the
// request with the token of one account after the other, until one answers it.
// Nothing of an answer has been passed on before it returns.
func (x *exchange) RoundTrip(r *http.Request) (*http.Response, error) {
	var before outcome
	busy := 0
	until := x.server.options.Clock.Now().Add(x.server.options.FailOver)
	for {
		asked := x.server.options.Clock.Now()
		lease, token, err := core.Ready(r.Context(), x.accounts, x.who(), core.PickOptions{
			Model: x.model, Not: x.not, APIs: x.route.apis, Of: x.thread.of,
		}, core.TokenOptions{})
		x.waited += x.server.options.Clock.Now().Sub(asked)
		if err != nil {
			return x.giveUp(before, x.orphaned(err))
		}
		x.leases = append(x.leases, lease)
		x.tellMoved(lease)
		if x.isAway(token) && !x.server.options.Clock.Now().After(until) {
			x.not = append(x.not, lease.Account.ID)
			continue
		}
		sent := x.sent
		now, err := x.ask(r, lease, token)
		if left := r.Context().Err(); left != nil {
			x.left = x.sent > sent && unreached(err) == nil && now.why == nil && now.refuse == core.Refusal{}
			before.discard()
			now.discard()
			return nil, left
		}
		if why := unreached(err); why != nil {
			now, err = outcome{why: why}, nil
			x.away = append(x.away, why.away)
		}
		if err != nil {
			return x.giveUp(before, err)
		}
		if now.refuse.Meaning() == pool.Busy {
			busy++
		}
		if !now.passable() || busy == mostBusy || x.server.options.Clock.Now().After(until) {
			before.discard()
			if now.served() {
				x.served = now.refuse == core.Refusal{} // else a 200 says that nothing was done
				lease.Keep()
				x.praise(r.Context(), lease)
			}
			return x.giveUp(now, nil)
		}
		before = before.or(now)
		x.not = append(x.not, lease.Account.ID)
		x.server.metrics.failover(lease.Account.ID)
	}
}

// isAway reports whether the account's host could not be reached a moment ago.
func (x *exchange) isAway(token core.Token) bool {
	if len(x.away) == 0 {
		return false
	}
	to, err := url.Parse(token.At(x.route.apis))
	return err == nil && slices.Contains(x.away, to.Host)
}

// unreached is what is said of a host to which no connection came about, nil when
// that is not what went wrong. No account is to blame.
func unreached(err error) *answer {
	if err == nil {
		return nil
	}
	var why *answer
	if errors.As(err, &why) && why.away != "" {
		return why
	}
	return nil
}

// keyRefused is the error of an API key that the API does not take.
var keyRefused = &autherr.Error{Code: autherr.CodeKeyRefused}

// ask sends the request with one account's token. A token that the API refuses
// is refreshed, once, and the request sent again.
func (x *exchange) ask(r *http.Request, lease *core.Lease, token core.Token) (outcome, error) {
	id := lease.Account.ID
	x.account = id
	res, err := x.send(r, token)
	if err != nil {
		return outcome{}, err
	}
	refusal := x.read(res, token)
	if refusal.RefusesToken() {
		discard(res)
		asked := x.server.options.Clock.Now()
		token, err = x.accounts.Token(r.Context(), id, core.TokenOptions{Refused: token.Gen, Hurry: lease.Others})
		x.waited += x.server.options.Clock.Now().Sub(asked)
		if err != nil {
			if errors.Is(err, keyRefused) { // nothing is refreshed, so that this answer is the last word
				x.refused(r.Context(), id, refusal)
			}
			return noToken(err, lease.Others)
		}
		if res, err = x.send(r, token); err != nil {
			return outcome{}, err
		}
		refusal = x.read(res, token)
	}
	switch {
	case refusal.Verdict() != pool.Nothing:
		x.refused(r.Context(), id, refusal)
	case refusal.Passable(): // it passes by itself
		x.used(id, tally.Counts{Refused: 1})
	}
	if refusal.RefusesToken() {
		return outcome{res, x.raw, refusal, x.forbidden(id, refusal)}, nil
	}
	return outcome{answer: res, raw: x.raw, refuse: refusal}, nil
}

// forbidden is said in place of a 401, after which clients ask again for minutes
// (Claude Code eleven times); a 403 is shown at once.
func (x *exchange) forbidden(id string, refusal core.Refusal) *answer {
	message := "the provider refuses this account's token, a new one too"
	if said := x.server.known.words(refusal.Message, 200); said != "" {
		message += ": " + said
	}
	return forbidden(message + "; sign in again with `hermes-tui login --account " + id + "`").coded("account_sign_in")
}

// noToken tells an account that has no new token to give, where another one of
// its pool may serve, from the last there is.
func noToken(err error, others bool) (outcome, error) {
	if others || autherr.KindOf(err) == autherr.SignIn {
		return outcome{why: explain(err)}, nil
	}
	return outcome{}, err
}

// refused writes down what the API said of the account, even when the program has
// left meanwhile.
func (x *exchange) refused(ctx context.Context, id string, refusal core.Refusal) {
	x.server.metrics.refused(id, refusal.Status)
	x.used(id, tally.Counts{Refused: 1})
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
// and to no other. What comes back is clean of our tokens.
func (x *exchange) send(r *http.Request, token core.Token) (*http.Response, error) {
	to, err := x.target(r, token)
	if err != nil {
		return nil, err
	}
	x.server.known.learn(token)
	out := r.WithContext(r.Context())
	x.sent++
	out.Header = r.Header.Clone() // another account may be asked next, with nothing of this one
	out.URL, out.Host = to, ""
	if err := token.Sign(out); err != nil {
		return nil, err
	}
	filterBetas(out.Header, brokenBetas(token.Provider))
	out.ContentLength, out.TransferEncoding, out.Trailer = int64(len(x.body)), nil, nil // the body is here whole
	out.Body, out.GetBody = http.NoBody, nil
	if len(x.body) > 0 {
		again := func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(x.body)), nil }
		out.Body, _ = again()
		out.GetBody = again
	}
	res, err := x.server.transport.RoundTrip(out)
	if err != nil {
		why := unreachable(err, to.Hostname())
		if neverLeft(err) {
			why.away = to.Host
		}
		return nil, why
	}
	if res.StatusCode >= 300 && res.StatusCode < 400 && res.StatusCode != http.StatusNotModified {
		discard(res)
		return nil, unavailable(http.StatusBadGateway, "the provider sends the request elsewhere, and tokens are not taken there")
	}
	if err := decode(res); err != nil {
		discard(res)
		return nil, unavailable(http.StatusBadGateway, "the provider compressed its answer in a way that cannot be read here")
	}
	x.raw = res
	res = x.server.known.clean(res)
	if res.StatusCode < 300 && kindOf(res) == "text/html" {
		discard(res)
		return nil, unavailable(http.StatusBadGateway, "a web page came in place of the provider's answer: does this network want a sign-in of its own, or is there a firewall?")
	}
	x.accounts.Told(token.Account, res.Header)
	return res, nil
}

// target is where the request goes: below the base URL that was sealed with the
// token.
func (x *exchange) target(r *http.Request, token core.Token) (*url.URL, error) {
	base := token.At(x.route.apis)
	if base == "" {
		return nil, notFound("this account speaks " + token.API + ", not " + strings.Join(x.route.apis, " or ")).coded("model_not_found")
	}
	to, err := url.Parse(base)
	if err != nil {
		return nil, forbidden("this account has no address that can be read; sign in again with `hermes-tui login --account " + token.Account + "`")
	}
	to.Path += x.route.at
	to.RawQuery = r.URL.RawQuery
	return to, nil
}

// discard lets go of an answer that is not passed on; a short one is read to its
// end, so that its connection can be used again.
func discard(res *http.Response) {
	if res == nil {
		return
	}
	if res.StatusCode >= http.StatusBadRequest { // a stream may never end
		_, _ = io.CopyN(io.Discard, res.Body, maxRefusal)
	}
	_ = res.Body.Close()
}
