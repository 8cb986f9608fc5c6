package proxy

import (
	"net/http"
	"slices"
	"strings"
)

// cleanRequest takes away what is none of the provider's business: the local
// key, cookies, and what would let the transport change the answer's bytes.
// Other hop-by-hop fields and X-Forwarded-For are the reverse proxy's to remove;
// it would put Upgrade back, for a connection that is no model API any more.
func cleanRequest(h http.Header) {
	for _, name := range []string{"Authorization", "X-Api-Key", "Api-Key", "Cookie", "Referer", "Sec-Fetch-Site", "Chatgpt-Account-Id"} {
		delete(h, name)
	}
	// The reverse proxy takes the other fields of this connection away, and puts
	// these two back; the whole body is here already, so that there is nothing
	// left to expect.
	for _, name := range []string{"Connection", "Upgrade", "Te", "Expect", "Http2-Settings"} {
		delete(h, name)
	}
	// Errors are read here, and a compressed stream would come in lumps.
	h["Accept-Encoding"] = []string{"identity"}
}

// cleanAnswer takes away what a provider says to browsers, or about its own
// host and not about the proxy's.
func cleanAnswer(h http.Header) {
	for _, name := range []string{"Set-Cookie", "Alt-Svc", "Strict-Transport-Security"} {
		delete(h, name)
	}
	for name := range h {
		if strings.HasPrefix(name, "Access-Control-") {
			delete(h, name)
		}
	}
}

// brokenBetas are the values of anthropic-beta that a provider breaks on.
// MiniMax mishandles tool use under these; hermes-agent leaves them out when it
// speaks to MiniMax, which it does not know behind a loopback address.
func brokenBetas(provider string) []string {
	if provider == "minimax-oauth" {
		return []string{"fine-grained-tool-streaming-2025-05-14", "context-1m-2025-08-07"}
	}
	return nil
}

// filterBetas takes values out of anthropic-beta, which may stand in several
// fields. The rest stays as it was sent.
func filterBetas(h http.Header, broken []string) {
	sent := h["Anthropic-Beta"]
	if len(sent) == 0 || len(broken) == 0 {
		return
	}
	var kept []string
	for _, field := range sent {
		for _, beta := range strings.Split(field, ",") {
			if beta = strings.TrimSpace(beta); beta != "" && !slices.Contains(broken, beta) {
				kept = append(kept, beta)
			}
		}
	}
	if kept == nil {
		delete(h, "Anthropic-Beta")
		return
	}
	h["Anthropic-Beta"] = []string{strings.Join(kept, ",")}
}
