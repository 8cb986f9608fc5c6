package proxy

import (
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
	"github.com/hermes-tui/hermes-tui/internal/glance"
)

// mostBusy is how many accounts are asked that say the whole API is overloaded:
// more would only add to the load. mostAbsent is how many are that know no such model:
// most of the time its name is wrong.
const mostBusy, mostAbsent = 3, 3

// noteTime bounds writing a refusal down, which goes on when the program has
// left.
const noteTime = 5 * time.Second

// outcome is what became of asking one account.
type outcome struct {
	answer *http.Response
	raw    *http.Response // that answer is a clean copy of
	asked  *tokens        // of the account that gave it
	refuse core.Refusal   // what the answer says of the account, where it did not serve
	why    *answer        // said instead of the answer, or where there is none
}

// lacking is an account that knew no such model as the request names.
type lacking struct {
	account string
	refuse  core.Refusal
}

// passable reports whether another account may well serve what this one did not.
func (o *outcome) passable() bool { return o.why != nil || o.refuse.Passable() }

// refused reports whether the answer says anything of the account.
func (o *outcome) refused() bool { return o.refuse != core.Refusal{} }

// fetch sends the request with the token of one account after the other, until one
// answers it. Nothing of an answer has been passed on before it returns.
func (x *exchange) fetch(r *http.Request) (*http.Response, error) {
	before, busy := &outcome{}, 0
	var absent []lacking
	until := x.began.Add(x.server.options.FailOver)
	for {
		lease, token, err := x.pick(r.Context())
		if err != nil {
			return x.giveUp(before, x.orphaned(err))
		}
		if x.isAway(token) && !x.server.options.Clock.Now().After(until) {
			x.not = append(x.not, lease.Account.ID)
			continue
		}
		sent := x.sent
		now, err := x.ask(r, lease, token)
		if left := r.Context().Err(); left != nil && !x.passed { // else it is an answer that breaks off
			x.left = x.sent > sent && unreached(err) == nil && now.why == nil && !now.refused()
			before.discard()
			now.discard()
			return nil, left
		}
		if why := unreached(err); why != nil {
			now, err = &outcome{why: why}, nil
			x.away = append(x.away, why.away)
		}
		if err != nil {
			return x.giveUp(before, err)
		}
		switch now.refuse.Meaning() {
		case pool.Busy:
			busy++
		case pool.Absent:
			absent = append(absent, lacking{lease.Account.ID, now.refuse})
		}
		if !now.passable() || busy == mostBusy || len(absent) == mostAbsent || x.server.options.Clock.Now().After(until) {
			before.discard()
			if now.served() {
				x.served = !now.refused() // else a 200 says that nothing was done
				lease.Keep()
				x.praise(r.Context(), lease)
				for _, one := range absent {
					x.refused(r.Context(), one.account, one.refuse.Lacks())
				}
			}
			return x.giveUp(now, nil)
		}
		before = before.or(now)
		x.not = append(x.not, lease.Account.ID)
		x.server.metrics.failover(lease.Account.ID)
	}
}

// pick returns the account that serves next, with a token of it.
func (x *exchange) pick(ctx context.Context) (*core.Lease, *core.Token, error) {
	asked := x.server.options.Clock.Now()
	lease, token, err := core.Ready(ctx, x.accounts, x.who(), core.PickOptions{
		Model: x.model, Not: x.not, APIs: x.route.apis, Of: x.thread.of, At: x.at,
	}, core.TokenOptions{At: x.at})
	x.at = glance.Mark{} // much may have changed when another account is asked
	x.waited += x.server.options.Clock.Now().Sub(asked)
	if err != nil {
		return nil, nil, err
	}
	x.leases = append(x.leases, lease)
	x.tellMoved(lease)
	return lease, &token, nil
}

// isAway reports whether the account's host could not be reached a moment ago.
func (x *exchange) isAway(token *core.Token) bool {
	if len(x.away) == 0 {
		return false
	}
	to, err := x.server.places.at(token.At(x.route.apis))
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
// is refreshed, once, and the request sent again. It returns no nil, also beside an
// error.
func (x *exchange) ask(r *http.Request, lease *core.Lease, token *core.Token) (*outcome, error) {
	id, now := lease.Account.ID, &outcome{}
	x.account = id
	if err := x.try(r, token, now); err != nil {
		return &outcome{}, err
	}
	if now.refuse.RefusesToken() {
		now.discard()
		another, err := x.another(r.Context(), lease, token.Gen)
		if err != nil {
			if errors.Is(err, keyRefused) { // nothing is refreshed, so that this answer is the last word
				x.refused(r.Context(), id, now.refuse)
			}
			return noToken(err, lease.Others)
		}
		if err := x.try(r, another, now); err != nil {
			return &outcome{}, err
		}
	}
	switch {
	case now.refuse.Verdict() != pool.Nothing:
		x.refused(r.Context(), id, now.refuse)
	case now.refuse.Passable() && now.refuse.Meaning() != pool.Absent: // it passes by itself
		x.used(id, tally.Counts{Refused: 1})
	}
	if now.refuse.RefusesToken() {
		now.why = x.forbidden(id, now.refuse)
	}
	return now, nil
}

// try sends the request with a token, and reads what the answer says.
func (x *exchange) try(r *http.Request, token *core.Token, now *outcome) (err error) {
	if now.answer, err = x.send(r, token); err != nil {
		return err
	}
	now.raw, now.asked = x.raw, x.asked.Load()
	now.refuse = x.read(now.answer, token)
	return nil
}

// another returns a newer token of an account than that which its API refused.
func (x *exchange) another(ctx context.Context, lease *core.Lease, refused uint64) (*core.Token, error) {
	asked := x.server.options.Clock.Now()
	token, err := x.accounts.Token(ctx, lease.Account.ID, core.TokenOptions{Refused: refused, Hurry: lease.Others})
	x.waited += x.server.options.Clock.Now().Sub(asked)
	return &token, err
}

// forbidden is said in place of a 401, after which clients ask again for minutes
// (Claude Code eleven times); a 403 is shown at once.
func (x *exchange) forbidden(id string, refusal core.Refusal) *answer {
	message := "the provider refuses this account's token, a new one too"
	if said := x.server.known.words(refusal.Message, 200, x.asked.Load()); said != "" {
		message += ": " + said
	}
	return forbidden(message + "; sign in again with `hermes-tui login --account " + id + "`").coded("account_sign_in")
}

// noToken tells an account that has no new token to give, where another one of
// its pool may serve, from the last there is.
func noToken(err error, others bool) (*outcome, error) {
	if others || autherr.KindOf(err) == autherr.SignIn {
		return &outcome{why: explain(err)}, nil
	}
	return &outcome{}, err
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
	if !lease.Account.Rested {
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
func (x *exchange) send(r *http.Request, token *core.Token) (*http.Response, error) {
	to, err := x.target(r, token)
	if err != nil {
		return nil, err
	}
	asked := x.server.known.learn(token)
	x.asked.Store(asked)
	out := r.WithContext(r.Context())
	x.sent++
	out.URL, out.Host, out.Header = to, "", sentOn(r.Header) // another account may be asked next, with nothing of this one
	if err := token.Sign(out); err != nil {
		return nil, err
	}
	filterBetas(out.Header, brokenBetas(token.Provider))
	out.Close = false
	out.ContentLength, out.TransferEncoding, out.Trailer = int64(x.body.size), nil, nil // the body is here whole
	out.Body, out.GetBody = http.NoBody, nil
	if x.body.size > 0 {
		out.Body = x.body.open()
		out.GetBody = func() (io.ReadCloser, error) { return x.body.open(), nil }
	}
	res, err := x.server.transport.RoundTrip(out)
	if err != nil {
		why := unreachable(err, to.Hostname())
		if neverLeft(err) {
			why.away = to.Host
		}
		return nil, why
	}
	if res.StatusCode == http.StatusSwitchingProtocols {
		discard(res)
		return nil, unavailable(http.StatusBadGateway, "the provider changes the protocol, for which nobody has asked")
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
	res = x.server.known.clean(res, asked)
	if res.StatusCode < 300 && kindOf(res) == "text/html" {
		discard(res)
		return nil, unavailable(http.StatusBadGateway, "a web page came in place of the provider's answer: does this network want a sign-in of its own, or is there a firewall?")
	}
	x.accounts.Told(token.Account, res.Header)
	return res, nil
}

// target is where the request goes: below the base URL that was sealed with the
// token.
func (x *exchange) target(r *http.Request, token *core.Token) (*url.URL, error) {
	base := token.At(x.route.apis)
	if base == "" {
		return nil, notFound("this account speaks " + token.API + ", not " + strings.Join(x.route.apis, " or ")).coded("model_not_found")
	}
	to, err := x.server.places.at(base)
	if err != nil {
		return nil, forbidden("this account has no address that can be read; sign in again with `hermes-tui login --account " + token.Account + "`")
	}
	to.Path += x.route.at
	to.RawQuery = query(r.URL.RawQuery, x.route.wire.parameters)
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
