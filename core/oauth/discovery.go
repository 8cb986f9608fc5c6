package oauth

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/secret"
)

// discover fills in the endpoints that t lacks from its issuer's metadata
// (OpenID Connect Discovery 1.0, then RFC 8414). What the issuer names has to be
// on t's list of hosts, from which the patterns go: the record that is sealed
// names the very hosts.
func (c *Client) discover(ctx context.Context, t Target) (Target, error) {
	if t.Issuer == "" || t.DeviceURL != "" && t.TokenURL != "" {
		return t, nil
	}
	speak := speaker{t.Provider, t.ProviderName, secret.NewScrubber()}
	metadata, err := c.metadata(ctx, t, speak)
	if err != nil {
		return t, err
	}
	if named := metadata.text("issuer"); named != "" && strings.TrimSuffix(named, "/") != strings.TrimSuffix(t.Issuer, "/") {
		return t, speak.final(autherr.CodeDiscoveryInvalid,
			"the metadata of "+secret.Clean(t.Issuer, 120)+" are those of another issuer, "+speak.known.Words(named, 120),
			"the issuer has to be written exactly as it names itself")
	}
	if t.DeviceURL == "" {
		if t.DeviceURL, err = endpoint(metadata, "device_authorization_endpoint", t, speak); err != nil {
			return t, err
		}
	}
	if t.TokenURL == "" {
		if t.TokenURL, err = endpoint(metadata, "token_endpoint", t, speak); err != nil {
			return t, err
		}
	}
	t.TokenHosts = exactHosts(t)
	return t, nil
}

// endpoint returns what the metadata name, if tokens may go there.
func endpoint(metadata object, field string, t Target, speak speaker) (string, error) {
	issuer, address := secret.Clean(t.Issuer, 120), metadata.text(field)
	if address == "" {
		return "", speak.final(autherr.CodeDiscoveryIncomplete,
			"the metadata of "+issuer+" name no "+field, "a provider without one cannot be signed in to here")
	}
	u, err := url.Parse(address)
	if err == nil {
		err = allowed(u, t.TokenHosts, !IsLoopback(t.Issuer))
	}
	if err != nil {
		return "", speak.final(autherr.CodeDiscoveryInvalid,
			"the "+field+" of "+issuer+" is not allowed: "+speak.words(err),
			"name the host in the provider's token_hosts if it is trusted")
	}
	return address, nil
}

// metadata reads the issuer's document from either of its two places.
func (c *Client) metadata(ctx context.Context, t Target, speak speaker) (object, error) {
	issuer, err := url.Parse(t.Issuer)
	if err != nil {
		return nil, speak.final(autherr.CodeDiscoveryFailed, "the issuer is not a URL", "")
	}
	path := strings.TrimSuffix(issuer.Path, "/")
	openID, oauth := *issuer, *issuer
	openID.Path = path + "/.well-known/openid-configuration"
	oauth.Path = "/.well-known/oauth-authorization-server" + path
	read := func(address url.URL) (*reply, object) {
		r := c.post(ctx, request{get: true, url: address.String(), hosts: t.TokenHosts})
		if !r.ok() {
			return r, nil
		}
		o, _ := parseObject(r.body)
		return r, o
	}
	r, o := read(openID)
	// Some servers have a page at every address, and some leave what is not
	// OpenID's out of its document.
	if absent := r.refusal() && r.status != http.StatusTooManyRequests; absent || r.ok() && !t.answeredBy(o) {
		if second, other := read(oauth); t.answeredBy(other) || absent {
			r, o = second, other
		}
	}
	if o == nil {
		return nil, speak.fail(r, autherr.CodeDiscoveryFailed)
	}
	return o, nil
}

// answeredBy reports whether metadata name the endpoints that t lacks.
func (t Target) answeredBy(o object) bool {
	return (t.DeviceURL != "" || o.text("device_authorization_endpoint") != "") && (t.TokenURL != "" || o.text("token_endpoint") != "")
}

// exactHosts returns t's token hosts with those that are in use in the place of
// patterns.
func exactHosts(t Target) []string {
	var exact []string
	for _, host := range t.TokenHosts {
		if !strings.HasPrefix(host, "*") {
			exact = append(exact, host)
		}
	}
	for _, address := range []string{t.DeviceURL, t.TokenURL} {
		if u, err := url.Parse(address); err == nil && !slices.Contains(exact, HostOf(u)) {
			exact = append(exact, HostOf(u))
		}
	}
	return exact
}
