package provider

import (
	"slices"
	"strings"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/oauth"
)

// Target returns where a new sign-in goes. The lists in it are copies.
func Target(p Provider, r Region) oauth.Target {
	return oauth.Target{
		Binding: oauth.Binding{
			Provider: p.ID, Region: r.ID, ClientID: p.ClientID, Scope: p.Scope,
			TokenURL: r.TokenURL, LegacyTokenURL: r.LegacyToken,
			TokenHosts: slices.Clone(r.TokenHosts),
			APIHosts:   slices.Clone(r.APIHosts),
			BaseURL:    r.BaseURL, API: p.API, Also: slices.Clone(r.Also), ExchangeURL: r.ExchangeURL, PlanURL: r.PlanURL,
		},
		ProviderName: r.ProviderName,
		Issuer:       r.Issuer, DeviceURL: r.DeviceURL, LegacyDevice: r.LegacyDevice,
		PageHosts:   slices.Clone(r.PageHosts),
		MinInterval: p.Poll, DefaultPolled: p.Poll,
	}
}

// Check returns an error with code host_not_allowed unless b's hosts are those
// that the table has for its provider and region: an account that was signed in
// under another configuration is refused before anything is sent.
func (t Table) Check(b oauth.Binding) error {
	p, r, err := t.Region(b.Provider, b.Region)
	if key := b.TokenURL == "" && len(b.TokenHosts) == 0; key && (err != nil || p.KeysOnly) {
		return nil // such a key is bound to the host that was sealed with it, and to no table
	}
	if err != nil {
		return err
	}
	for _, list := range []struct{ bound, configured []string }{
		{b.TokenHosts, r.TokenHosts},
		{b.APIHosts, r.APIHosts},
	} {
		for _, host := range list.bound {
			if oauth.HostListed(list.configured, host) {
				continue
			}
			return &autherr.Error{
				Kind: autherr.Usage, Provider: p.ID, Code: autherr.CodeHostNotAllowed,
				Message: "the account is bound to " + quoted(host) + ", the configuration says " + strings.Join(list.configured, ", "),
				Hint:    "restore the configuration it was signed in with, or sign in to a new account",
			}
		}
	}
	return nil
}
