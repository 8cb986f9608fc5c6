package refusal

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync"
)

// said is what the body of an error says, whatever its shape.
type said struct {
	codes     []string // the most telling one first
	message   string
	number    int   // HTTP status that the body names; 0 when none
	reset     []any // candidates for when the account serves again
	in        []any // the same, in seconds from now
	moderated bool  // what the request says was refused, and not who sent it
}

// parse reads an error body in the shapes that providers use: Anthropic's and
// OpenAI's {"error":{…}}, OAuth's {"error":"…","error_description":"…"} (RFC
// 6750), xAI's {"code":"…","error":"sentence"}, Codex's {"detail":…}, MiniMax's
// {"base_resp":{…}}, and a failed response's {"response":{"error":{…}}}. Others
// say nothing.
func parse(body []byte) said {
	var s said
	var top map[string]any
	if json.Unmarshal(body, &top) != nil {
		return s
	}
	if inner, ok := top["response"].(map[string]any); ok && inner["error"] != nil {
		top = inner
	}
	s.sentence(top, "message", "error_description")
	switch e := top["error"].(type) {
	case map[string]any:
		s.object(e)
	case string:
		if wordOfCode().MatchString(e) {
			s.code(e)
		} else {
			s.say(e)
		}
	}
	switch d := top["detail"].(type) {
	case map[string]any:
		s.object(d)
	case string:
		s.say(d)
	}
	s.code(text(top, "code"))
	if base, ok := top["base_resp"].(map[string]any); ok {
		s.sentence(base, "status_msg")
		if code := text(base, "status_code"); code != "0" {
			s.code(code)
		}
	}
	if n := numbered().FindStringSubmatch(s.message); n != nil {
		s.code(n[1])
	}
	s.times(top)
	return s
}

// wordOfCode is what a machine-readable code looks like; a sentence is none.
var wordOfCode = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.:-]{0,79}$`) })

// numbered is a sentence that ends with its code, as MiniMax's do: "usage limit
// exceeded (2056)" (MiniMax-AI/MiniMax-M2.7 #36).
var numbered = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\((\d{3,6})\)\s*\.?\s*$`) })

// object reads an error that is an object.
func (s *said) object(e map[string]any) {
	s.say(text(e, "message", "detail"))
	s.code(text(e, "code"))
	s.code(text(e, "type"))
	for _, name := range []string{"http_code", "status_code", "status", "code"} {
		if n, err := strconv.Atoi(text(e, name)); err == nil && n >= 400 && n < 600 && s.number == 0 {
			s.number = n
		}
	}
	if meta, ok := e["metadata"].(map[string]any); ok { // OpenRouter's, of its moderation
		_, s.moderated = meta["reasons"]
	}
	s.times(e)
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
