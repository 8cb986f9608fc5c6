package refusal

import (
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/hermes-tui/hermes-tui/core/pool"
)

// Answer is what is known of an answer that did not serve.
type Answer struct {
	Status int         // HTTP status; that of the stream where the body is one of its events
	Header http.Header // may be nil
	Body   []byte      // its beginning, decoded; or the data of an event
	Model  string      // that the request named; may be empty
	Gen    uint64      // generation of the token that was used; 0 when not known
}

// Read returns what the answer says of the account, by the provider's own rules
// and by those that all have in common.
func Read(a Answer, rules []pool.Rule, now time.Time) pool.Refusal {
	r := pool.Refusal{Status: a.Status, Gen: a.Gen}
	if IsPage(a) {
		r.Means = pool.Nobody
		return r
	}
	s := parse(a.Body)
	r.Message = s.message
	if len(s.codes) > 0 {
		r.Code = s.codes[0]
	}
	if a.Status < 400 { // an error inside an answer that began well
		r.Status = s.status()
	}
	if s.moderated {
		r.Means = pool.Nobody
		return r
	}
	if code, means := match(s, append(slices.Clip(rules), common()...)); means != pool.ByStatus {
		r.Code, r.Means = code, means
	}
	if r.Means == pool.ByStatus {
		r.Means = s.ofModel(r.Status, a.Model)
	}
	r.ResetAt = resetAt(a.Header, s, now, r.Meaning() == pool.Quota)
	switch r.Meaning() {
	case pool.Model, pool.Absent:
		r.Model = a.Model
	case pool.Rate, pool.Denied, pool.Busy:
		if a.Model != "" && strings.Contains(s.message, a.Model) {
			r.Model = a.Model
		}
	}
	return r
}

// ofModel is what an answer means that is about the model which the request named:
// OpenAI's 403 "Project does not have access to model", and the 404 by which OpenAI,
// Anthropic ("model: NAME") and xAI say both that there is none and that there is none
// for this account.
func (s *said) ofModel(status int, model string) pool.Meaning {
	coded := slices.ContainsFunc(s.codes, func(c string) bool { return strings.EqualFold(c, "model_not_found") })
	switch {
	case status == http.StatusForbidden && coded:
		return pool.Model
	case status == http.StatusNotFound && (coded || names(s.message, model)):
		return pool.Absent
	default:
		return pool.ByStatus
	}
}

// names reports whether a sentence has a model's name as a word of its own: there are
// such as "o1".
func names(sentence, model string) bool {
	part := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '-' || r == '_' }
	for from := 0; model != ""; {
		i := strings.Index(sentence[from:], model)
		if i < 0 {
			return false
		}
		i += from
		before, _ := utf8.DecodeLastRuneInString(sentence[:i])
		after, _ := utf8.DecodeRuneInString(sentence[i+len(model):])
		if !part(before) && !part(after) {
			return true
		}
		_, size := utf8.DecodeRuneInString(sentence[i:])
		from = i + size
	}
	return false
}

// common are codes that many APIs share.
func common() []pool.Rule {
	return []pool.Rule{
		{Codes: []string{"usage_limit_reached"}, Means: pool.Quota},
		{Codes: []string{"rate_limit_exceeded"}, Means: pool.Rate},
		{Codes: []string{"overloaded_error", "server_is_overloaded", "slow_down"}, Means: pool.Busy},
		{Codes: []string{
			"context_length_exceeded", "cyber_policy", "content_policy_violation", "content_filter",
			"invalid_encrypted_content", "previous_response_not_found",
		}, Means: pool.Nobody},
	}
}

// match returns what the first of the rules that fits says, and the code that it
// fits, which is the first one where only the words do.
func match(s said, rules []pool.Rule) (string, pool.Meaning) {
	for _, rule := range rules {
		for _, code := range s.codes {
			if rule.HasCode(strings.ToLower(code)) {
				return code, rule.Means
			}
		}
	}
	first := ""
	if len(s.codes) > 0 {
		first = s.codes[0]
	}
	sentence := strings.ToLower(s.message)
	for _, rule := range rules {
		if rule.HasWords(sentence) {
			return first, rule.Means
		}
	}
	return first, pool.ByStatus
}
