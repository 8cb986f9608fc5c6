package proxy

import (
	"net/http"
	"slices"
	"strings"
)

// sentOn returns the fields of a request that are the provider's business, with room for
// those of an account. What stays here is the local key, cookies, what concerns the
// connection to the program alone (RFC 9110, section 7.6.1), and what would let the
// transport change the answer's bytes.
func sentOn(from http.Header) http.Header {
	h := make(http.Header, len(from)+2)
	for name, values := range from {
		if !staysHere(name) && !ofConnection(name) {
			h[name] = values
		}
	}
	dropNamed(h, from["Connection"])
	// Errors are read here, and a compressed stream would come in lumps.
	h["Accept-Encoding"] = []string{"identity"}
	if _, said := h["User-Agent"]; !said {
		h["User-Agent"] = nil // else the transport's own would be sent
	}
	return h
}

// staysHere reports whether a field of a request is meant for this proxy. Its whole
// body is here already, so that there is nothing left to expect.
func staysHere(name string) bool {
	switch name {
	case "Authorization", "X-Api-Key", "Api-Key", "Cookie", "Referer", "Sec-Fetch-Site", "Chatgpt-Account-Id",
		"Expect", "Http2-Settings", "Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto":
		return true
	}
	return false
}

// ofConnection reports whether a field concerns one connection, and not what is said
// over it.
func ofConnection(name string) bool {
	switch name {
	case "Connection", "Proxy-Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Te", "Trailer", "Transfer-Encoding", "Upgrade":
		return true
	}
	return false
}

// dropNamed takes away the fields that Connection names.
func dropNamed(h http.Header, connection []string) {
	for _, names := range connection {
		for name := range strings.SplitSeq(names, ",") {
			h.Del(strings.TrimSpace(name))
		}
	}
}

// endsHere reports whether a field of an answer is what a provider says of its
// connection, to browsers, or about its own host and not about the proxy's.
func endsHere(name string) bool {
	switch name {
	case "Set-Cookie", "Alt-Svc", "Strict-Transport-Security":
		return true
	}
	return ofConnection(name) || strings.HasPrefix(name, "Access-Control-")
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
