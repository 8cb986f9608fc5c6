package oauth

import (
	"net/netip"
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
	p.trusted = p.uri == raw && isASCII(raw) && plainHost(raw, u) && trustedPage(u, t)
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

// plainHost reports whether what stands between the slashes of raw is a host
// name by the letter (RFC 1123 section 2.1: labels of letters, digits and
// hyphens, which punycode is, too) or an IP address, and perhaps a port. Programs
// read anything else in more than one way: `evil.example".minimax.io` is a name
// below minimax.io to one and the end of an argument to another.
func plainHost(raw string, u *url.URL) bool {
	_, rest, found := strings.Cut(raw, "//")
	end := strings.IndexAny(rest, "/?#")
	if end < 0 {
		end = len(rest)
	}
	if !found || rest[:end] != u.Host || strings.Contains(raw, `\`) {
		return false
	}
	host, port := u.Hostname(), u.Port()
	if strings.HasSuffix(u.Host, ":") || strings.TrimLeft(port, "0123456789") != "" {
		return false
	}
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip.Zone() == ""
	}
	return len(host) <= 253 && !slices.ContainsFunc(strings.Split(host, "."), func(label string) bool {
		return label == "" || len(label) > 63 || strings.Trim(label, "-") != label ||
			strings.ContainsFunc(label, func(r rune) bool { return !isLDH(r) })
	})
}

func isLDH(r rune) bool { return r == '-' || '0' <= r && r <= '9' || 'a' <= r|0x20 && r|0x20 <= 'z' }

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
