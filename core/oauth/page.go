package oauth

import (
	"net/url"
	"slices"
	"strings"

	"github.com/hermes-tui/hermes-tui/core/secret"
)

const maxPageURL = 2048

// page is an approval page as a server named it.
type page struct {
	uri      string // cleaned, to be shown
	trusted  bool   // may be opened, copied and drawn
	complete bool   // carries the user code
}

// newPage judges the page that t's provider named for userCode.
func newPage(t Target, raw, userCode string) page {
	raw = strings.TrimSpace(raw)
	p := page{uri: secret.Clean(raw, maxPageURL)}
	if secret.Shaped(t.without(raw)) {
		p.uri = secret.Words(raw, maxPageURL)
	}
	u, err := url.Parse(raw)
	if err != nil {
		return p
	}
	p.complete = slices.Contains(u.Query()["user_code"], userCode)
	p.trusted = p.uri == raw && isASCII(raw) && trustedPage(u, t)
	return p
}

// without returns an address without what the provider's own ones have in common
// with it, such as a tenant's id in the path.
func (t Target) without(address string) string {
	for _, own := range []string{t.DeviceURL, t.TokenURL, t.Issuer} {
		u, err := url.Parse(own)
		if err != nil {
			continue
		}
		for part := range strings.SplitSeq(u.Host+u.Path, "/") {
			if secret.Shaped(part) {
				address = strings.ReplaceAll(address, part, "")
			}
		}
	}
	return address
}

// readUserCode returns the code that a person has to type, false when it has the
// shape of a secret.
func readUserCode(said string) (string, bool) {
	return secret.Clean(said, 64), !secret.Shaped(said)
}

// isASCII reports whether s has nothing but the printable characters of which a
// URL consists (RFC 3986): no space, and no letter that looks like another.
func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' })
}

// trustedPage reports whether u is https with its host on the list or below a
// host on it. Plain http is trusted on loopback, where the provider itself is
// on loopback.
func trustedPage(u *url.URL, t Target) bool {
	if u.User != nil || u.Opaque != "" || u.Host == "" {
		return false
	}
	if u.Scheme == "http" {
		return isLoopback(u.Hostname()) && IsLoopback(t.DeviceURL)
	}
	host := HostOf(u)
	return u.Scheme == "https" && slices.ContainsFunc(t.PageHosts, func(allowed string) bool {
		return host == allowed || strings.HasSuffix(host, "."+allowed)
	})
}
