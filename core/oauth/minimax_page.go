package oauth

import (
	"net/url"
	"strings"
)

// stalePages are hosts that MiniMax named for its approval page although only
// the host beside them serves it: www answers with the marketing home page
// (NousResearch/hermes-agent #19337).
var stalePages = map[string]string{
	"www.minimax.io":   "platform.minimax.io",
	"www.minimaxi.com": "platform.minimaxi.com",
	"www.minimaxi.io":  "platform.minimaxi.io",
	"www.minimax.cn":   "platform.minimax.cn",
}

// repairPage replaces a stale host of MiniMax's approval page and leaves every
// other character, and every other address, as it is.
func repairPage(raw string) string {
	u, err := url.Parse(raw)
	if err != nil || u.User != nil || !strings.HasPrefix(u.Path, "/oauth-authorize") {
		return raw
	}
	fresh, stale := stalePages[strings.ToLower(u.Hostname())]
	if !stale {
		return raw
	}
	from := strings.Index(raw, "//") + len("//")
	return raw[:from] + fresh + raw[from+len(u.Hostname()):]
}
