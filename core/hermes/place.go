package hermes

import (
	"net/url"
	"slices"
	"strings"

	"github.com/hermes-tui/hermes-tui/core/oauth"
	"github.com/hermes-tui/hermes-tui/core/provider"
)

// place finds the region that a grant belongs to: by the address of the
// authorization server that issued it, else by what the row says, else by the
// address of the model API. A server that is not on the provider's list is a
// reason to leave the grant alone: its tokens are worth nothing elsewhere, and
// sending them to another server would end it. So is a model API at an unknown
// host where nothing else tells: the regions of a provider are different
// companies, and the refresh token would go to the first of them.
func place(p provider.Provider, row Row) (provider.Region, string) {
	if row.PortalURL != "" {
		host := hostOf(portal(row.PortalURL))
		if r, ok := where(p, func(r provider.Region) bool { return oauth.HostListed(r.TokenHosts, host) }); ok {
			return r, ""
		}
		return provider.Region{}, "it was signed in at " + shown(host) + ", which is not one of " + p.Name + "'s hosts"
	}
	if row.Region != "" {
		if r, ok := where(p, func(r provider.Region) bool { return r.ID == row.Region }); ok {
			return r, ""
		}
		return provider.Region{}, p.Name + " has no region " + shown(row.Region)
	}
	if row.BaseURL == "" {
		return p.Regions[0], ""
	}
	host := hostOf(row.BaseURL)
	if r, ok := where(p, func(r provider.Region) bool { return oauth.HostListed(r.APIHosts, host) }); ok {
		return r, ""
	}
	return provider.Region{}, "it is used at " + shown(host) + ", which is not one of " + p.Name + "'s hosts, and nothing else says where it was signed in"
}

// portal is the address of the authorization server of today: hermes-agent moves
// these two itself when it loads its file (auth_nous.py).
func portal(address string) string {
	switch strings.TrimRight(address, "/") {
	case "https://api.nousresearch.com", "http://portal.nousresearch.com":
		return "https://portal.nousresearch.com"
	}
	return address
}

func where(p provider.Provider, match func(provider.Region) bool) (provider.Region, bool) {
	i := slices.IndexFunc(p.Regions, match)
	if i < 0 {
		return provider.Region{}, false
	}
	return p.Regions[i], true
}

// hostOf is the host of an address as it stands in the provider table, or the
// text itself where it is no address.
func hostOf(address string) string {
	if !strings.Contains(address, "://") {
		address = "https://" + address // Qwen's resource_url has no scheme
	}
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return address
	}
	return oauth.HostOf(u)
}
