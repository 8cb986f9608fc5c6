package oauth

import (
	"context"
	"net/url"
	"strings"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/secret"
)

// Poll implements [Flow]. Granted and Terminal end the sign-in; after every
// other outcome the caller waits as [Pace] says and polls again until the code
// expires, because a poll spends nothing and an approval must not be lost to a
// bad moment of the network. Reason says why the wait is longer than usual.
//
// Terminal errors have the code authorization_denied, timeout (the code has
// expired), token_incomplete (approved, but without an access token) or
// token_exchange_failed. When ctx ends, the error's code is canceled.
func (m *MiniMax) Poll(ctx context.Context, code *DeviceCode) Answer {
	t := code.Target
	speak := speaker{t.Provider, t.ProviderName, secret.NewScrubber(code.verifier)}
	r := m.client.post(ctx, request{
		url: t.TokenURL, legacy: t.LegacyTokenURL, hosts: t.TokenHosts,
		form: url.Values{
			"grant_type":    {miniMaxPollGrant},
			"client_id":     {t.ClientID},
			"user_code":     {code.deviceCode.Reveal()},
			"code_verifier": {code.verifier.Reveal()},
		},
	})
	a := Answer{ClockSkew: r.skew(), RetryAfter: r.retryAfter()}
	switch {
	case r.delivery != answered:
		return pollLater(a, r, speak)
	case r.ok():
		if a = polled(a, r, speak); a.Err != nil && a.Err.Code == autherr.CodeAuthorizationDenied && over(code, r) {
			a.Err = speak.expired()
		}
		return a
	default:
		return pollRefused(a, r, speak)
	}
}

// nearEnd is how much earlier than announced a code may end at the provider.
const nearEnd = 5 * time.Second

// over reports whether an answer that says no more than "error" means that the
// code has ended: MiniMax has one word for that and for a person's no.
func over(code *DeviceCode, r *reply) bool {
	o, _ := parseObject(r.body)
	words := strings.ToLower(o.object("base_resp").text("status_msg") + o.text("error_description") + o.text("message"))
	if strings.Contains(words, "denied") {
		return false
	}
	return strings.Contains(words, "expire") || !code.ExpiresAt.IsZero() && r.exchange.Sent.After(code.ExpiresAt.Add(-nearEnd))
}

// polled reads a 2xx answer to a poll.
func polled(a Answer, r *reply, speak speaker) Answer {
	o, err := parseObject(r.body)
	if err != nil {
		if len(r.body) == 0 && r.err == nil {
			a.Outcome = Pending
			return a
		}
		return pollLater(a, r, speak)
	}
	if a.Tokens = grant(o, r, speak.provider); a.Tokens != nil {
		a.Outcome = Granted
		return a
	}
	switch status := strings.ToLower(firstText(o.text("status"), o.text("error"))); status {
	case "success":
		a.Outcome, a.Err = Terminal, speak.final(autherr.CodeTokenIncomplete,
			speak.name+" approved the sign-in but sent no access token", "sign in again")
	case "error", "access_denied":
		a.Outcome, a.Err = Terminal, speak.denied()
	case "expired_token":
		a.Outcome, a.Err = Terminal, speak.expired()
	default:
		return pending(a, speak, status)
	}
	return a
}

// pollRefused reads an answer to a poll that is not 2xx.
func pollRefused(a Answer, r *reply, speak speaker) Answer {
	said := parseProblem(r)
	switch {
	case r.refusal() && (said.code == "authorization_pending" || said.code == "slow_down"):
		return pending(a, speak, said.code)
	case transient(r), said.page && r.status != 404 && r.status != 405, !r.refusal():
		return pollLater(a, r, speak)
	case said.code == "access_denied", said.code == "authorization_declined":
		a.Err = speak.denied()
	case said.code == "expired_token":
		a.Err = speak.expired()
	default:
		a.Err = speak.fail(r, autherr.CodeTokenExchangeFailed)
		a.Err.Hint = "ask for a new code"
	}
	a.Outcome = Terminal
	return a
}

// pending says that the person has not approved yet.
func pending(a Answer, speak speaker, status string) Answer {
	a.Outcome = Pending
	if status == "slow_down" {
		a.SlowDown, a.Reason = true, speak.name+" asked to slow down"
	}
	return a
}

// pollLater says why nothing was learnt.
func pollLater(a Answer, r *reply, speak speaker) Answer {
	a.Outcome = outcomeOf(r)
	a.Err = speak.fail(r, autherr.CodeTokenExchangeFailed)
	a.Reason = speak.reason(r)
	return a
}

func (s speaker) denied() *autherr.Error {
	return s.final(autherr.CodeAuthorizationDenied, "the sign-in was denied on "+s.name+"'s page", "ask for a new code to try again")
}

func (s speaker) expired() *autherr.Error {
	return s.final(autherr.CodeTimeout, "the code has expired", "ask for a new code")
}

func (s speaker) final(code, message, hint string) *autherr.Error {
	return &autherr.Error{Kind: autherr.Failed, Provider: s.provider, Code: code, Message: message, Hint: hint}
}
