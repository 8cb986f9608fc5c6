package oauth

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/secret"
)

// Exchange describes a provider whose sign-in brings a token that lives for long
// and that its API does not take: it is exchanged for one that lives for minutes,
// again and again, and is never spent. GitHub Copilot is one. It is asked for with
// GET at [Binding.ExchangeURL]; the answer is a JSON object. Fields of it are named
// with a dot before what stands in an inner object.
type Exchange struct {
	Header      string            `toml:"header"`       // carries the sign-in's token; empty: Authorization
	Scheme      string            `toml:"scheme"`       // stands before the token there, such as "token"; empty: Bearer in Authorization, else nothing
	Token       string            `toml:"token"`        // field with the token for the API; empty: token
	Expiry      string            `toml:"expiry"`       // field that says when that ends; empty: expires_at
	Base        string            `toml:"base"`         // field with the base URL of the model API; empty: it names none
	Headers     map[string]string `toml:"headers"`      // further headers
	NotIncluded []string          `toml:"not_included"` // codes that mean that the plan does not include the API, in lower case
}

// Exchanged is the [Flow] of such a provider. The sign-in is RFC 8628's. Its token
// is the account's grant, in the place of a refresh token; the one that it is
// exchanged for is the access token.
type Exchanged struct {
	*Device
	exchange Exchange
}

// NewExchanged returns the flow.
func NewExchanged(client *Client, rules DeviceRules, e Exchange) *Exchanged {
	return &Exchanged{NewDevice(client, rules), e}
}

// Poll implements [Flow]. An approved sign-in whose token could not be exchanged yet
// is kept in code, and exchanged at the next poll. Terminal errors are those of
// [Device.Poll], and token_exchange_failed or the provider's own code.
func (x *Exchanged) Poll(ctx context.Context, code *DeviceCode) Answer {
	if code.approved == nil {
		a := x.Device.Poll(ctx, code)
		if a.Outcome != Granted {
			return a
		}
		code.approved = &approval{code: a.Tokens.Access}
	}
	grant, t := code.approved.code, code.Target
	speak := speaker{t.Provider, t.ProviderName, secret.NewScrubber(code.deviceCode, code.verifier, grant)}
	r := x.ask(ctx, t.Binding, grant)
	if r.delivery != answered || transient(r) || r.retryAfter() > 0 || r.walled() || parseProblem(r).page || r.ok() && r.err != nil {
		return pollLater(Answer{ClockSkew: r.skew(), RetryAfter: r.retryAfter()}, r, speak)
	}
	a := x.traded(r, speak, grant)
	if a.Outcome == Granted {
		a.Tokens.Refresh = grant
		return a
	}
	if a.Outcome = Terminal; a.Err.Code == autherr.CodeRefreshFailed {
		a.Err.Code = autherr.CodeTokenExchangeFailed
	}
	if stays := "nothing was saved; the sign-in that was approved stays at " + t.ProviderName + " until it is ended there"; a.Err.Hint == "" {
		a.Err.Hint = stays
	} else {
		a.Err.Hint += "; " + stays
	}
	return a
}

// Refresh implements [Flow]: it exchanges the grant, which stays as it is. No answer
// has spent it, so that it is NotSent or NotSpent whatever became of a request.
// Terminal is a 401 with a JSON object in the provider's own words, and a 4xx with a terminal code.
func (x *Exchanged) Refresh(ctx context.Context, b Binding, grant secret.Secret, beside ...secret.Secret) Answer {
	if grant.IsZero() {
		return noRefreshToken(b)
	}
	held := append(beside, grant)
	return x.traded(x.ask(ctx, b, grant), speaker{b.Provider, x.rules.Name, secret.NewScrubber(held...)}, held...)
}

// ask sends the grant.
func (x *Exchanged) ask(ctx context.Context, b Binding, grant secret.Secret) *reply {
	header := http.Header{}
	for name, value := range x.exchange.Headers {
		header.Set(name, value)
	}
	name, scheme := x.exchange.Header, x.exchange.Scheme
	if name == "" {
		name, scheme = "Authorization", cmp.Or(scheme, "Bearer")
	}
	header.Set(name, strings.TrimSpace(scheme+" "+grant.Reveal()))
	return x.client.post(ctx, request{url: b.ExchangeURL, hosts: b.TokenHosts, get: true, header: header})
}

// traded reads the answer.
func (x *Exchanged) traded(r *reply, speak speaker, held ...secret.Secret) Answer {
	a := answerTo(r)
	if a.Outcome != NotSent {
		a.Outcome = NotSpent
	}
	if r.ok() {
		if a.Tokens = x.token(r, speak, held...); a.Tokens != nil {
			a.Outcome = Granted
			return a
		}
	}
	a.Err = speak.fail(r, autherr.CodeRefreshFailed)
	if !r.refusal() || transient(r) || r.walled() {
		return a
	}
	said := parseProblem(r)
	if said.code != "" {
		a.Err.Code = speak.known.Words(said.code, 64)
	}
	_, dead := said.names(x.rules.Terminal)
	switch {
	case said.page:
	case dead, r.status == http.StatusUnauthorized && said.object && said.text+said.code != "":
		a.dead()
	case slices.Contains(x.exchange.NotIncluded, said.code):
		a.Outcome = NotIncluded
		a.Err.Hint = "signing in again cannot help; the account's own page at " + speak.name + " says what its plan includes"
	}
	return a
}

// token reads the token for the API, nil where there is none.
func (x *Exchanged) token(r *reply, speak speaker, held ...secret.Secret) *Tokens {
	o, err := parseObject(r.body)
	if err != nil {
		return nil
	}
	usual := object{
		"access_token": o.at(cmp.Or(x.exchange.Token, "token")),
		"expires_at":   o.at(cmp.Or(x.exchange.Expiry, "expires_at")),
	}
	if x.exchange.Base != "" {
		usual["resource_url"] = o.at(x.exchange.Base)
	}
	return x.grant(usual, r, "", speak, held...)
}
