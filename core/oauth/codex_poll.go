package oauth

import (
	"context"
	"net/http"
	"net/url"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/secret"
)

// approval is what an approved device login is worth: an authorization code,
// and the verifier that the server made for it; or a grant that is exchanged, and
// no verifier.
type approval struct{ code, verifier secret.Secret }

// Poll implements [Flow]. 403 and 404 mean that nobody has approved yet. Once
// somebody has, the approval is kept in code, so that a bad moment of the
// network does not lose it. Terminal errors have the code
// device_code_poll_error, device_code_incomplete_exchange,
// token_exchange_failed or token_exchange_no_access_token.
func (c *Codex) Poll(ctx context.Context, code *DeviceCode) Answer {
	speak := speaker{code.Target.Provider, code.Target.ProviderName, secret.NewScrubber(code.deviceCode)}
	if code.approved == nil {
		if a := c.pollApproval(ctx, code, speak); code.approved == nil {
			return a
		}
	}
	speak.known.Add(code.approved.code, code.approved.verifier)
	return c.redeem(ctx, code, speak)
}

// pollApproval asks once whether the code was approved.
func (c *Codex) pollApproval(ctx context.Context, code *DeviceCode, speak speaker) Answer {
	t := code.Target
	r := c.client.post(ctx, request{url: codexBase(t) + codexPoll, hosts: t.TokenHosts, json: map[string]string{
		"device_auth_id": code.deviceCode.Reveal(), "user_code": code.UserCode,
	}})
	a := Answer{ClockSkew: r.skew(), RetryAfter: r.retryAfter()}
	switch {
	case r.delivery != answered, transient(r), r.ok() && r.err != nil:
		return pollLater(a, r, speak)
	case r.status == http.StatusForbidden, r.status == http.StatusNotFound:
		return pending(a, speak, parseProblem(r).code)
	case !r.ok():
		a.Outcome, a.Err = Terminal, speak.fail(r, "device_code_poll_error")
		a.Err.Hint = "ask for a new code"
		return a
	}
	o, err := parseObject(r.body)
	grant := approval{secret.New(o.token("authorization_code")), secret.New(o.token("code_verifier"))}
	if err != nil || grant.code.IsZero() || grant.verifier.IsZero() {
		a.Outcome, a.Err = Terminal, speak.final("device_code_incomplete_exchange", speak.name+"'s approval lacks its code", "ask for a new code")
		return a
	}
	code.approved = &grant
	return a
}

// redeem exchanges the approval for tokens.
func (c *Codex) redeem(ctx context.Context, code *DeviceCode, speak speaker) Answer {
	t := code.Target
	r := c.client.post(ctx, c.request(t.Binding, t.TokenURL, url.Values{
		"grant_type":    {"authorization_code"},
		"code":          {code.approved.code.Reveal()},
		"redirect_uri":  {codexBase(t) + codexCallback},
		"client_id":     {t.ClientID},
		"code_verifier": {code.approved.verifier.Reveal()},
	}))
	a := Answer{ClockSkew: r.skew(), RetryAfter: r.retryAfter()}
	if !r.ok() {
		if r.delivery != answered || transient(r) || parseProblem(r).page {
			return pollLater(a, r, speak)
		}
		a.Outcome, a.Err = Terminal, speak.fail(r, autherr.CodeTokenExchangeFailed)
		a.Err.Hint = "ask for a new code"
		return a
	}
	o, err := parseObject(r.body)
	if err == nil {
		if a.Tokens = c.grant(o, r, t.Scope, speak); a.Tokens != nil {
			a.Outcome = Granted
			return a
		}
	}
	a.Outcome, a.Err = Terminal, speak.final("token_exchange_no_access_token", speak.name+" approved the sign-in but sent no access token", "sign in again")
	return a
}
