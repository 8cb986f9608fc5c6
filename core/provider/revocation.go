package provider

import "github.com/hermes-tui/hermes-tui/core/oauth"

// Revocation returns how a sign-in of this region is ended at its provider.
func (p Provider) Revocation(r Region) oauth.Revocation {
	return oauth.Revocation{Name: r.ProviderName, URL: r.RevokeURL, Issuer: r.Issuer, JSON: p.RevokesJSON, Headers: p.Device.Headers}
}

// Revocable reports whether a sign-in of this region may be ended from here:
// whether an issuer names an endpoint is known when it is asked.
func (r Region) Revocable() bool { return r.RevokeURL != "" || r.Issuer != "" }
