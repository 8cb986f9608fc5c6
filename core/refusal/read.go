package refusal

import (
	"net/http"
	"slices"
	"strings"
	"time"

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
	if r.Means == pool.ByStatus && r.Status == http.StatusForbidden && slices.ContainsFunc(s.codes, func(c string) bool { return strings.EqualFold(c, "model_not_found") }) {
		r.Means = pool.Model // OpenAI's "Project does not have access to model"; with a 404 there may be no such model
	}
	r.ResetAt = resetAt(a.Header, s, now, r.Meaning() == pool.Quota)
	switch r.Meaning() {
	case pool.Model:
		r.Model = a.Model
	case pool.Rate, pool.Denied, pool.Busy:
		if a.Model != "" && strings.Contains(s.message, a.Model) {
			r.Model = a.Model
		}
	}
	return r
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
