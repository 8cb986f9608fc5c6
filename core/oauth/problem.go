package oauth

import (
	"slices"
	"strings"

	"github.com/hermes-tui/hermes-tui/core/secret"
)

// longestProblem bounds a provider's words in a message.
const longestProblem = 400

// problem is what the body of an unsuccessful answer says.
type problem struct {
	code    string          // the provider's error code in lower case, empty when it names none
	text    string          // its words; neither scrubbed nor cleaned
	page    bool            // the body is a web page, not an answer of the provider
	object  bool            // the body is a JSON object
	secrets []secret.Secret // that stand in the body
}

// wordOfCode reports whether s looks like a machine-readable code; a sentence is
// none. It is no regular expression: one that counts to 64 costs every program
// that starts 60 kB.
func wordOfCode(s string) bool {
	if s == "" || len(s) > 64 || !letter(s[0]) {
		return false
	}
	for i := range len(s) {
		if c := s[i]; !letter(c) && (c < '0' || c > '9') && !strings.ContainsRune("_.:-", rune(c)) {
			return false
		}
	}
	return true
}

func letter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

// parseProblem reads an error body in the shapes that are in use: OAuth's
// {"error", "error_description"} (RFC 6749 section 5.2), a nested {"error":
// {"code" or "type", "message"}}, a plain {"code", "message"}, MiniMax's
// {"base_resp": {"status_msg"}}, GitHub's {"error_details": {"notification_id",
// "message"}}, and any other text.
func parseProblem(r *reply) problem {
	o, err := parseObject(r.body)
	if err != nil {
		if looksLikePage(r) {
			return problem{page: true}
		}
		return problem{text: r.clip(string(r.body))}
	}
	inner, details := o.object("error"), o.object("error_details")
	p := problem{object: true, secrets: o.secrets(), text: firstText(
		o.text("error_description"), inner.text("message"), details.text("message"),
		o.object("base_resp").text("status_msg"), o.text("message"),
	)}
	for _, candidate := range []string{
		o.text("error"), inner.text("code"), inner.text("type"), o.text("error_code"), o.text("code"), details.text("notification_id"),
	} {
		if wordOfCode(candidate) && !secret.Shaped(candidate) {
			p.code = strings.ToLower(candidate)
			break
		}
	}
	if p.text == "" && !wordOfCode(o.text("error")) {
		p.text = o.text("error")
	}
	if p.text == "" && p.code == "" {
		p.text = r.clip(string(r.body))
	}
	return p
}

// clip marks a body of which only the beginning was read.
func (r *reply) clip(text string) string {
	if r.clipped {
		return text + truncated
	}
	return text
}

// names returns which of codes the problem is: its own code, or, when it has
// none, the first that stands as a word of its own in its text. A web page has
// neither.
func (p problem) names(codes []string) (string, bool) {
	if p.code != "" {
		return p.code, slices.Contains(codes, p.code)
	}
	words := strings.FieldsFunc(strings.ToLower(p.text), func(r rune) bool {
		return r != '_' && (r < 'a' || r > 'z') && (r < '0' || r > '9')
	})
	for _, code := range codes {
		if slices.Contains(words, code) {
			return code, true
		}
	}
	return "", false
}

// sentence returns the problem in words: without secrets, cleaned and bounded.
func (p problem) sentence(known *secret.Scrubber) string {
	if p.page {
		return "a web page instead of an answer"
	}
	known = known.With(p.secrets...)
	text := boundText(known.Words(p.text, len(p.text)+1))
	code := known.Words(p.code, 64)
	switch {
	case text == "":
		return code
	case code == "" || strings.Contains(strings.ToLower(text), code):
		return text
	default:
		return code + ": " + text
	}
}

// boundText cuts a provider's words, which are clean, and says so.
func boundText(whole string) string {
	short := secret.Clean(whole, longestProblem)
	if short != whole {
		return strings.TrimSuffix(short, "…") + truncated
	}
	return strings.TrimRight(whole, ". ")
}

func firstText(candidates ...string) string {
	for _, s := range candidates {
		if strings.TrimSpace(s) != "" {
			return s
		}
	}
	return ""
}
