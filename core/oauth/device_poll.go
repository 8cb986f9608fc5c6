package oauth

import (
	"context"
	"net/url"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/expiry"
	"github.com/hermes-tui/hermes-tui/core/secret"
)

// Poll implements [Flow] (RFC 8628 section 3.4 and 3.5). Granted and Terminal
// end the sign-in; after every other outcome the caller waits as [Pace] says and
// polls again. Terminal errors have the code authorization_denied, timeout (the
// code has expired), token_incomplete or token_exchange_failed.
func (d *Device) Poll(ctx context.Context, code *DeviceCode) Answer {
	t := code.Target
	speak := speaker{t.Provider, t.ProviderName, secret.NewScrubber(code.verifier, code.deviceCode)}
	form := url.Values{
		"grant_type":  {deviceGrant},
		"client_id":   {t.ClientID},
		"device_code": {code.deviceCode.Reveal()},
	}
	if !code.verifier.IsZero() {
		form.Set("code_verifier", code.verifier.Reveal())
	}
	r := d.client.post(ctx, d.request(t.Binding, t.TokenURL, form))
	a := Answer{ClockSkew: r.skew(), RetryAfter: r.retryAfter()}
	switch {
	case r.delivery != answered:
		return pollLater(a, r, speak)
	case r.ok():
		return d.polled(a, r, t.Scope, speak)
	default:
		return pollRefused(a, r, speak)
	}
}

// polled reads a 2xx answer to a poll. Some servers answer 200 to what the RFC
// wants a 400 for.
func (d *Device) polled(a Answer, r *reply, scope string, speak speaker) Answer {
	o, err := parseObject(r.body)
	if err != nil {
		return pollLater(a, r, speak)
	}
	if a.Tokens = d.grant(o, r, scope, speak); a.Tokens != nil {
		a.Outcome = Granted
		switch unfit := a.Tokens.Unfit; {
		case unfit != nil:
			a.Outcome, a.Tokens, a.Err = Terminal, nil, unfit
		case d.quirks.wholePair && a.Tokens.Refresh.IsZero():
			a.Outcome, a.Tokens = Terminal, nil
			a.Err = speak.final(autherr.CodeTokenIncomplete, speak.name+" approved the sign-in but sent no refresh token", "sign in again")
		}
		return a
	}
	a.Outcome = Terminal
	switch said := parseProblem(r); said.code {
	case "authorization_pending", "slow_down":
		return pending(a, speak, said.code)
	case "access_denied", "authorization_declined":
		a.Err = speak.denied()
	case "expired_token":
		a.Err = speak.expired()
	case "":
		a.Err = speak.final(autherr.CodeTokenIncomplete, speak.name+" approved the sign-in but sent no access token", "sign in again")
	default:
		a.Err = speak.final(autherr.CodeTokenExchangeFailed, speak.name+" answered: "+said.sentence(speak.known), "ask for a new code")
	}
	return a
}

// grant reads the tokens of a 2xx answer. An expiry that the answer does not
// name is the one in the token, where it is a JWT; a token that names none
// either is one whose end is not known.
func (d *Device) grant(o object, r *reply, scope string, speak speaker, held ...secret.Secret) *Tokens {
	t := grant(o, r, speak.provider, held...)
	if t == nil {
		return nil
	}
	if expiryField(o) == nil {
		t.ExpiryErr = nil
		if at, err := expiry.FromJWT(t.Access, r.exchange); err == nil {
			t.ExpiresAt = at
			if err := r.exchange.Ahead(at, at.Format(time.RFC3339)); err != nil {
				t.ExpiresAt, t.ExpiryErr = time.Time{}, oddExpiry(speak.provider, err, secret.Clean)
			}
		}
	}
	if d.quirks.granted != nil {
		d.quirks.granted(t, scope, r, speak)
	}
	return t
}
