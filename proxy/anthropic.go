package proxy

import "github.com/hermes-tui/hermes-tui/core/oauth"

// anthropicMessages is the Messages API
// (https://docs.anthropic.com/en/api/messages). Its parameters are those of
// listing models, and the one that Claude Code sends with each message.
func anthropicMessages() wire {
	apis := []string{oauth.AnthropicMessages}
	return wire{
		prefix: "/anthropic", name: "Anthropic Messages", shape: anthropicError, tells: anthropicTells,
		endpoints:  append(asking(serving(apis, "POST /v1/messages")), serving(apis, "POST /v1/messages/count_tokens", "GET /v1/models")...),
		parameters: []string{"beta", "limit", "after_id", "before_id"},
	}
}

// anthropicError is https://docs.anthropic.com/en/api/errors.
func anthropicError(a *answer) any {
	type sentence struct {
		Type    string `json:"type"`
		Message string `json:"message"`
	}
	return struct {
		Type  string   `json:"type"`
		Error sentence `json:"error"`
	}{"error", sentence{a.kind, a.message}}
}
