package refusal

import (
	"bytes"
	"net/http"
	"regexp"
	"sync"

	"github.com/hermes-tui/hermes-tui/core/oauth"
)

// cloudflare is all that Cloudflare says to programs in place of a page.
var cloudflare = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^\s*error code: \d{3,4}\s*$`) })

// IsPage reports whether an answer is not the API's own: a web page, a bot
// challenge, a captive portal, or a word of a proxy on the way. It says something
// about the network, and nothing about the account that happened to be asked.
func IsPage(a Answer) bool {
	switch a.Status {
	case http.StatusProxyAuthRequired, http.StatusNetworkAuthenticationRequired:
		return true
	}
	if oauth.LooksLikePage(a.Header, a.Body) || cloudflare().Match(a.Body) {
		return true
	}
	// Every API refuses in JSON. A text beside a 403 is a firewall's.
	body := bytes.TrimSpace(a.Body)
	return a.Status == http.StatusForbidden && len(body) > 0 && body[0] != '{' && body[0] != '['
}
