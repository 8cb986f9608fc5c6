package oauth

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"github.com/hermes-tui/hermes-tui/core/secret"
)

// allowed returns an error unless a form with secrets may go to u: https, and
// its host on the list. Plain http is for loopback only, and not even that when
// secure is set.
func allowed(u *url.URL, hosts []string, secure bool) error {
	switch {
	case u.User != nil || u.Opaque != "" || u.Host == "":
		return fmt.Errorf("%s is not a plain address", secret.Words(u.Redacted(), 120))
	case u.Scheme == "https":
	case u.Scheme == "http" && isLoopback(u.Hostname()) && !secure:
	default:
		return fmt.Errorf("%s would be sent unencrypted", secret.Words(u.Host, 80))
	}
	if !HostListed(hosts, HostOf(u)) {
		return fmt.Errorf("%s is not a host of this account", secret.Words(u.Host, 80))
	}
	return nil
}

// Allowed reports whether a bearer may go to u: https, or http on loopback, with
// its host on the list.
func Allowed(u *url.URL, hosts []string) bool { return allowed(u, hosts, false) == nil }

// HostOf returns the host of u as it stands in the lists of a [Binding]: in
// lower case, with the port unless it is the scheme's own.
func HostOf(u *url.URL) string {
	host, port := strings.ToLower(u.Hostname()), u.Port()
	if port == "" || u.Scheme == "https" && port == "443" || u.Scheme == "http" && port == "80" {
		if strings.Contains(host, ":") {
			return "[" + host + "]"
		}
		return host
	}
	return net.JoinHostPort(host, port)
}

// HostListed reports whether host, as [HostOf] returns it, is on the list. An
// entry "*.x.ai" stands for every host below x.ai, and not for x.ai itself.
func HostListed(hosts []string, host string) bool {
	return slices.ContainsFunc(hosts, func(entry string) bool {
		below, ok := strings.CutPrefix(entry, "*")
		return entry == host || ok && strings.HasPrefix(below, ".") && strings.HasSuffix(host, below)
	})
}

// isLoopback reports whether host (without a port) is this machine.
func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}

// IsLoopback reports whether address is a URL whose host is this machine.
func IsLoopback(address string) bool {
	u, err := url.Parse(address)
	return err == nil && isLoopback(u.Hostname())
}

// ResourceBase returns the base URL that a server's resource_url stands for,
// without a trailing slash. It is false unless the URL is https on a host that
// may receive this binding's access token (or http on loopback), and has the
// path at which the binding's API is served: what a server says moves no token
// elsewhere.
func (b Binding) ResourceBase(resourceURL string) (string, bool) {
	u, err := url.Parse(strings.TrimSpace(resourceURL))
	if err != nil || u.RawQuery != "" || u.Fragment != "" || allowed(u, b.APIHosts, false) != nil {
		return "", false
	}
	base := strings.TrimSuffix(u.String(), "/")
	if base != b.BaseURL && secret.Shaped(base) {
		return "", false
	}
	if b.API == AnthropicMessages {
		base = strings.TrimSuffix(base, "/v1")
		if !strings.HasSuffix(base, "/anthropic") {
			return "", false
		}
	}
	return base, true
}

// Wire is one format in which models are asked, and where.
type Wire struct {
	API     string `json:"api"`      // one of the constants below
	BaseURL string `json:"base_url"` // no trailing slash
}

// What a model API speaks, the values of [Binding.API], named as hermes-agent
// names its api_mode.
const (
	AnthropicMessages = "anthropic_messages" // POST {base}/v1/messages
	ChatCompletions   = "chat_completions"   // POST {base}/chat/completions
	CodexResponses    = "codex_responses"    // POST {base}/responses
)
