package oauth

import (
	"context"
	"net/http"
	"net/url"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/secret"
)

// Revocation says where and how a provider takes tokens back.
type Revocation struct {
	Name    string // of the provider, for sentences
	URL     string // revocation endpoint; empty: the issuer's metadata may name it
	Issuer  string // may be empty
	JSON    bool   // the provider takes an object in place of RFC 7009's form
	Headers map[string]string
}

// Revoke asks the provider to end a grant (RFC 7009, section 2.1): by its
// refresh token, which ends what was issued with it as well, else by its access
// token. It goes to hosts of the binding only, and is sent once. Nothing says
// nil but a 2xx; an error has the code host_not_allowed, unreachable,
// not_revocable (the provider has no such endpoint) or revocation_failed, and
// says nothing of the tokens.
func (c *Client) Revoke(ctx context.Context, how Revocation, b Binding, refresh, access secret.Secret) error {
	speak := speaker{b.Provider, how.Name, secret.NewScrubber(refresh, access)}
	address := how.URL
	if address == "" {
		var err error
		if address, err = c.revocationEndpoint(ctx, how, b, speak); err != nil {
			return err
		}
	}
	token, hint := refresh, "refresh_token"
	if token.IsZero() {
		token, hint = access, "access_token"
	}
	fields := map[string]string{"token": token.Reveal(), "token_type_hint": hint, "client_id": b.ClientID}
	req := request{url: address, hosts: b.TokenHosts, header: http.Header{}}
	if how.JSON {
		req.json = fields
	} else {
		req.form = url.Values{}
		for name, value := range fields {
			req.form.Set(name, value)
		}
	}
	for name, value := range how.Headers {
		req.header.Set(name, value)
	}
	if r := c.post(ctx, req); !r.ok() {
		return speak.fail(r, autherr.CodeRevocationFailed)
	}
	return nil
}

// revocationEndpoint is what the issuer's metadata name (RFC 8414, section 2).
func (c *Client) revocationEndpoint(ctx context.Context, how Revocation, b Binding, speak speaker) (string, error) {
	none := &autherr.Error{
		Provider: b.Provider, Code: autherr.CodeNotRevocable,
		Message: how.Name + " has no way to revoke a sign-in from here", Hint: "use the provider's account page",
	}
	if how.Issuer == "" {
		return "", none
	}
	// Both documents are fine that name the token endpoint, as every one does.
	t := Target{Binding: b, ProviderName: how.Name, Issuer: how.Issuer, DeviceURL: how.Issuer}
	metadata, err := c.metadata(ctx, t, speak)
	if err != nil {
		return "", err
	}
	if metadata.text("revocation_endpoint") == "" {
		return "", none
	}
	return endpoint(metadata, "revocation_endpoint", t, speak)
}
