package oauth

import (
	"encoding/json"
	"errors"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/expiry"
	"github.com/hermes-tui/hermes-tui/core/secret"
)

const longestNote = 500

// grant reads the tokens of a 2xx answer, whatever else it says. It is nil
// without an access token. An expiry that cannot be read, or is missing, sets
// ExpiryErr and discards nothing.
func grant(o object, r *reply, provider string, held ...secret.Secret) *Tokens {
	access := o.token("access_token")
	if access == "" {
		return nil
	}
	t := &Tokens{
		Access:      secret.New(access),
		Refresh:     secret.New(o.token("refresh_token")),
		Type:        "Bearer",
		ResourceURL: firstText(o.text("resource_url"), o.text("inference_base_url")),
		ObtainedAt:  r.exchange.Sent.UTC(),
	}
	identity := secret.New(o.token("id_token"))
	t.ID = identity
	known := secret.NewScrubber(append(held, t.Access, t.Refresh, identity)...)
	clean := known.Words
	if kind := clean(o.text("token_type"), 40); kind != "" {
		t.Type = kind
	}
	if scope := o.text("scope"); clean(scope, 500) == secret.Clean(scope, 500) {
		t.Scope = secret.Clean(scope, 500)
	}
	t.Notification = clean(o.text("notification_message"), longestNote)
	t.Identity = identityOf(known, identity, t.Access)

	field := expiryField(o)
	at, err := expiry.Parse(field, r.exchange)
	if err == nil {
		err = r.exchange.Ahead(at, field)
	}
	if err != nil {
		t.ExpiryErr = oddExpiry(provider, err, clean)
		return t
	}
	t.ExpiresAt = at
	return t
}

// oddExpiry is an error about an expiry whose value, like everything that a
// server sends, might be a token.
func oddExpiry(provider string, err error, clean func(string, int) string) error {
	var odd *expiry.Error
	if errors.As(err, &odd) {
		err = &expiry.Error{Value: clean(odd.Value, 40), Why: odd.Why}
	}
	return &autherr.Error{
		Kind: autherr.Failed, Provider: provider, Code: autherr.CodeInvalidExpiry,
		Message: clean(err.Error(), 160), Err: err,
	}
}

// expiryField returns MiniMax's expired_in, else what RFC 6749 and others call
// it.
func expiryField(o object) json.RawMessage {
	for _, name := range []string{"expired_in", "expires_in", "expires_at"} {
		if o.has(name) {
			return o[name]
		}
	}
	return nil
}
