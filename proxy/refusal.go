package proxy

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/hermes-tui/hermes-tui/core"
)

// maxRefusal is how much of an error's body is read.
const maxRefusal = 64 << 10

// refused reports whether a status may concern the account and not the request.
func refused(status int) bool {
	switch status {
	case http.StatusUnauthorized, http.StatusPaymentRequired, http.StatusForbidden, http.StatusTooManyRequests, statusOverloaded:
		return true
	default:
		return false
	}
}

// statusOverloaded is Anthropic's own: the API is overloaded.
const statusOverloaded = 529

// readRefusal reads what an answer says of the account.
func readRefusal(res *http.Response, body []byte, model string, gen uint64, now time.Time) core.Refusal {
	said := parseRefusal(body)
	r := core.Refusal{Status: res.StatusCode, Code: said.code, Message: said.message, Gen: gen}
	r.ResetAt = resetAt(res.Header, said, now)
	if model != "" && strings.Contains(said.message, model) {
		r.Model = model
	}
	return r
}

// said is what the body of an error says, whatever its shape.
type said struct {
	code    string
	message string
	reset   []any // candidates for when the account serves again
}

// parseRefusal reads an error body in the shapes that providers use: Anthropic's
// and OpenAI's {"error":{…}}, OAuth's {"error":"…","error_description":"…"}
// (RFC 6750), and MiniMax's {"base_resp":{…}}. Others say nothing.
func parseRefusal(body []byte) said {
	var top map[string]any
	if json.Unmarshal(body, &top) != nil {
		return said{}
	}
	s := said{message: text(top, "message", "error_description")}
	switch e := top["error"].(type) {
	case map[string]any:
		s.code = text(e, "code")
		if s.code == "" {
			s.code = text(e, "type")
		}
		if m := text(e, "message"); m != "" {
			s.message = m
		}
		s.reset = resets(e)
	case string:
		s.code = e
	}
	if base, ok := top["base_resp"].(map[string]any); ok && s.message == "" {
		s.message = text(base, "status_msg")
	}
	s.reset = append(s.reset, resets(top)...)
	return s
}

// text returns the first of the members that is a text.
func text(o map[string]any, names ...string) string {
	for _, name := range names {
		if t, ok := o[name].(string); ok && t != "" {
			return t
		}
	}
	return ""
}

func resets(o map[string]any) (found []any) {
	for _, name := range []string{"reset_at", "resets_at", "retry_until"} {
		if v, ok := o[name]; ok {
			found = append(found, v)
		}
	}
	return found
}
