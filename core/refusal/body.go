package refusal

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"github.com/hermes-tui/hermes-tui/internal/mark"
)

// said is what the body of an error says, whatever its shape.
type said struct {
	codes     []string // the most telling one first
	message   string
	number    int         // HTTP status that the body names; 0 when none
	reset     []any       // candidates for when the account serves again
	in        []any       // the same, in seconds from now
	moderated bool        // what the request says was refused, and not who sent it
	header    http.Header // fields of an answer that stand in the body
}

// deepest is how far errors are looked for inside another, and widest how many of a
// list.
const deepest, widest = 4, 8

// parse reads an error body in the shapes that providers use: Anthropic's and
// OpenAI's {"error":{…}}, OAuth's {"error":"…","error_description":"…"} (RFC
// 6750), xAI's {"code":"…","error":"sentence"}, Codex's {"detail":…}, MiniMax's
// {"base_resp":{…}}, and a failed response's {"response":{"error":{…}}}; in a list,
// or inside each other, as gateways pass on what others told them. Others say
// nothing.
func parse(body []byte) said {
	var s said
	var whole any
	if json.Unmarshal(mark.Trim(body), &whole) != nil {
		return s
	}
	s.whole(whole, deepest)
	if n := numbered().FindStringSubmatch(s.message); n != nil {
		s.code(n[1])
	}
	return s
}

// whole reads what is not inside an error.
func (s *said) whole(v any, depth int) {
	if list, ok := v.([]any); ok && depth > 0 {
		for _, one := range list[:min(len(list), widest)] {
			s.whole(one, depth-1)
		}
		return
	}
	top, ok := v.(map[string]any)
	if !ok {
		return
	}
	if inner, ok := top["response"].(map[string]any); ok && inner["error"] != nil {
		top = inner
	}
	s.sentence(top, "message", "error_description")
	for _, name := range []string{"error", "errors", "detail"} {
		s.inside(top[name], name == "error", depth)
	}
	s.code(text(top, "code"))
	if _, known := kinds[strings.ToLower(text(top, "type"))]; known { // else it is that of the event
		s.code(text(top, "type"))
	}
	if base, ok := top["base_resp"].(map[string]any); ok {
		s.sentence(base, "status_msg")
		if code := text(base, "status_code"); code != "0" {
			s.code(code)
		}
	}
	s.times(top)
}

// inside reads an error: an object, a text, or a list of such. A text may be another
// answer, and where mayBeCode, a code.
func (s *said) inside(v any, mayBeCode bool, depth int) {
	if depth == 0 {
		return
	}
	switch v := v.(type) {
	case map[string]any:
		s.object(v, depth-1)
	case []any:
		for _, one := range v[:min(len(v), widest)] {
			s.inside(one, mayBeCode, depth-1)
		}
	case string:
		switch {
		case s.quoted(v, depth):
		case mayBeCode && wordOfCode().MatchString(v):
			s.code(v)
		default:
			s.say(v)
		}
	}
}

// quoted reads a text that is an answer in JSON, and reports whether it is one.
func (s *said) quoted(text string, depth int) bool {
	text = strings.TrimSpace(text)
	var whole any
	if depth == 0 || text == "" || text[0] != '{' && text[0] != '[' || json.Unmarshal([]byte(text), &whole) != nil {
		return false
	}
	s.whole(whole, depth-1)
	return true
}

// wordOfCode is what a machine-readable code looks like; a sentence is none.
var wordOfCode = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.:-]{0,79}$`) })

// numbered is a sentence that ends with its code, as MiniMax's do: "usage limit
// exceeded (2056)" (MiniMax-AI/MiniMax-M2.7 #36).
var numbered = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\((\d{3,6})\)\s*\.?\s*$`) })

// object reads an error that is an object.
func (s *said) object(e map[string]any, depth int) {
	for _, name := range []string{"error", "errors", "detail"} { // what is inside tells more, so that its codes go first
		if _, sentence := e[name].(string); !sentence || name == "error" {
			s.inside(e[name], name == "error", depth)
		}
	}
	if message := text(e, "message", "detail"); !s.quoted(message, depth) {
		s.say(message)
	}
	s.code(text(e, "code"))
	s.code(text(e, "type"))
	for _, name := range []string{"http_code", "status_code", "status", "code"} {
		if n, err := strconv.Atoi(text(e, name)); err == nil && n >= 400 && n < 600 && s.number == 0 {
			s.number = n
		}
	}
	if meta, ok := e["metadata"].(map[string]any); ok { // OpenRouter's: of its moderation, and the fields of its answer
		_, moderated := meta["reasons"]
		s.moderated = s.moderated || moderated
		s.fields(meta["headers"])
	}
	if details, ok := e["details"].([]any); ok { // Google's
		for _, one := range details[:min(len(details), widest)] {
			if one, ok := one.(map[string]any); ok && one["retryDelay"] != nil {
				s.in = append(s.in, one["retryDelay"])
			}
		}
	}
	s.times(e)
}

// fields keeps the fields of an answer that stand in its body.
func (s *said) fields(v any) {
	named, _ := v.(map[string]any)
	for name := range named {
		if value := text(named, name); value != "" {
			if s.header == nil {
				s.header = http.Header{}
			}
			s.header.Set(name, value)
		}
	}
}

func (s *said) code(code string) {
	if code != "" {
		s.codes = append(s.codes, code)
	}
}

// say keeps the provider's words; those that are found later say more.
func (s *said) say(message string) {
	if message != "" {
		s.message = message
	}
}

// sentence takes the first of the members that is a text, unless there are words
// already.
func (s *said) sentence(o map[string]any, names ...string) {
	if s.message == "" {
		s.message = text(o, names...)
	}
}

func (s *said) times(o map[string]any) {
	for _, name := range []string{"reset_at", "resets_at", "retry_until"} {
		if v, ok := o[name]; ok {
			s.reset = append(s.reset, v)
		}
	}
	for _, name := range []string{"resets_in_seconds", "retry_after"} {
		if v, ok := o[name]; ok {
			s.in = append(s.in, v)
		}
	}
}

// text returns the first of the members that is a text or a number.
func text(o map[string]any, names ...string) string {
	for _, name := range names {
		switch v := o[name].(type) {
		case string:
			if v != "" {
				return v
			}
		case float64:
			return strconv.FormatFloat(v, 'f', -1, 64)
		}
	}
	return ""
}

// kinds are the statuses of Anthropic's error types
// (https://docs.anthropic.com/en/api/errors) and of OpenAI's codes, which an event
// of a stream names alone.
var kinds = map[string]int{
	"invalid_request_error": http.StatusBadRequest,
	"authentication_error":  http.StatusUnauthorized,
	"billing_error":         http.StatusPaymentRequired,
	"permission_error":      http.StatusForbidden,
	"not_found_error":       http.StatusNotFound,
	"request_too_large":     http.StatusRequestEntityTooLarge,
	"rate_limit_error":      http.StatusTooManyRequests,
	"api_error":             http.StatusInternalServerError,
	"timeout_error":         http.StatusGatewayTimeout,
	"overloaded_error":      529,

	"usage_limit_reached":  http.StatusTooManyRequests,
	"usage_not_included":   http.StatusTooManyRequests,
	"rate_limit_exceeded":  http.StatusTooManyRequests,
	"insufficient_quota":   http.StatusTooManyRequests,
	"model_not_found":      http.StatusNotFound,
	"server_is_overloaded": http.StatusServiceUnavailable,
	"slow_down":            http.StatusServiceUnavailable,
}

// status is the HTTP status that an error inside a stream would have had.
func (s *said) status() int {
	if s.number != 0 {
		return s.number
	}
	for _, code := range s.codes {
		if status, ok := kinds[strings.ToLower(code)]; ok {
			return status
		}
	}
	return http.StatusInternalServerError
}
