package oauth

import (
	"context"
	"errors"
	"net/url"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/secret"
)

// Refresh implements [Flow] (RFC 6749 section 6). Its outcomes are those of
// [MiniMax.Refresh], except that a 2xx without a token is Doubtful whenever it is
// a JSON object: there is no "status" that could say more.
func (d *Device) Refresh(ctx context.Context, b Binding, refresh secret.Secret, beside ...secret.Secret) Answer {
	speak := speaker{b.Provider, d.rules.Name, secret.NewScrubber(append(beside, refresh)...)}
	if refresh.IsZero() {
		return noRefreshToken(b)
	}
	b, err := d.located(ctx, b)
	if err != nil {
		a := Answer{Outcome: NotSent}
		errors.As(err, &a.Err)
		return a
	}
	req := d.request(b, b.TokenURL, url.Values{"grant_type": {"refresh_token"}, "client_id": {b.ClientID}})
	if name := d.quirks.refreshHeader; name != "" {
		req.header.Set(name, refresh.Reveal())
	} else {
		req.form.Set("refresh_token", refresh.Reveal())
	}
	r := d.client.post(ctx, req)
	if r.ok() {
		return d.refreshed(r, b.Scope, speak, append(beside, refresh)...)
	}
	a := refreshRefused(r, speak, d.rules.Terminal)
	name(a.Err, d.quirks.failed)
	if d.quirks.refused != nil && r.delivery == answered {
		d.quirks.refused(&a, r, speak)
	}
	return a
}

// located fills in a token endpoint that the binding lacks. What the issuer names
// has to be on the binding's list of hosts.
func (d *Device) located(ctx context.Context, b Binding) (Binding, error) {
	if b.TokenURL != "" {
		return b, nil
	}
	// The metadata are asked for the token endpoint only.
	t, err := d.client.discover(ctx, Target{Binding: b, ProviderName: d.rules.Name, Issuer: d.rules.Issuer, DeviceURL: d.rules.Issuer})
	return t.Binding, err
}

// refreshed reads a 2xx answer to a refresh.
func (d *Device) refreshed(r *reply, scope string, speak speaker, held ...secret.Secret) Answer {
	a := answerTo(r)
	o, err := parseObject(r.body)
	if err == nil {
		if a.Tokens = d.grant(o, r, scope, speak, held...); a.Tokens != nil {
			a.Outcome = Granted
			return a
		}
	}
	a.Err = speak.fail(r, autherr.CodeRefreshFailed)
	a.Outcome, a.Err.Kind = Unknown, autherr.Network
	if err != nil {
		name(a.Err, d.quirks.unreadable)
		return a
	}
	name(a.Err, d.quirks.missing)
	a.Outcome, a.Err.Kind = Doubtful, autherr.Failed
	a.Err.Message = speak.name + " sent no new token"
	said := problem{secrets: o.secrets(), text: firstText(o.text("error_description"), o.object("error").text("message"), o.text("message"), o.text("error"))}
	if words := said.sentence(speak.known); words != "" {
		a.Err.Message += ": " + words
	}
	return a
}

// name gives a failure without a code of the provider's own the one that this
// provider's is known by.
func name(e *autherr.Error, code string) {
	if code != "" && e.Code == autherr.CodeRefreshFailed {
		e.Code = code
	}
}
