package secret

import (
	"regexp"
	"strings"
	"sync"

	"github.com/hermes-tui/hermes-tui/internal/order"
)

// requestID is a request id behind its name, as providers write it into a
// sentence or beside one: "(request id: 3f2b8c1a-…)", `"request_id":"req_011…"`,
// "x-request-id=…", "cf-ray: …". Without the name nothing tells it from a token.
// An id is a UUID, or has the form of Anthropic's and OpenAI's ("req_…") or of
// Cloudflare's rays.
var requestID = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)\b(?:request[ _-]?id|cf-ray)["']?\s?[:=]?\s?["']?(` +
		`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|req_[0-9a-z]{8,32}|[0-9a-f]{16}-[a-z]{3})(?:["'\s.,;:)\]}]|$)`)
})

// harmless returns what has the shape of a secret, or a part of one, and is none,
// in the order of the text: times and request ids.
func harmless(text string) []span {
	var all []span
	if strings.Contains(text, ":") {
		for _, m := range moment().FindAllStringIndex(text, -1) {
			all = append(all, span{m[0], m[1]})
		}
	}
	if lower := strings.ToLower(text); !strings.Contains(lower, "request") && !strings.Contains(lower, "cf-ray") {
		return all
	}
	for _, m := range requestID().FindAllStringSubmatchIndex(text, -1) {
		all = append(all, span{m[2], m[3]})
	}
	order.By(all, func(a, b span) int { return a.from - b.from })
	return all
}
