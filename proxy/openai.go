package proxy

import (
	"math"
	"net/http"
	"time"

	"github.com/hermes-tui/hermes-tui/core/oauth"
)

// openAI is Chat Completions and Responses, as OpenAI's API and those after it
// have them (https://platform.openai.com/docs/api-reference). A stored response is
// asked for of the account that made it; what else one account alone has is served
// below /account/ only.
func openAI() wire {
	chat, responses := []string{oauth.ChatCompletions}, []string{oauth.CodexResponses}
	either := []string{oauth.ChatCompletions, oauth.CodexResponses}
	return wire{
		prefix: "/openai/v1", name: "OpenAI Chat Completions and Responses", shape: openAIError, longest: time.Minute,
		endpoints: []endpoint{
			{http.MethodPost, "/chat/completions", chat, false},
			{http.MethodPost, "/responses", responses, false},
			{http.MethodPost, "/responses/compact", responses, false},
			{http.MethodGet, "/responses/{id}", responses, false},
			{http.MethodDelete, "/responses/{id}", responses, false},
			{http.MethodPost, "/responses/{id}/cancel", responses, false},
			{http.MethodGet, "/responses/{id}/input_items", responses, false},
			{http.MethodPost, "/completions", chat, false},
			{http.MethodPost, "/embeddings", chat, false},
			{http.MethodGet, "/models", either, false},
			{http.MethodPost, "/files", either, true},
			{http.MethodGet, "/files", either, true},
			{http.MethodGet, "/files/{id}", either, true},
			{http.MethodDelete, "/files/{id}", either, true},
			{http.MethodGet, "/files/{id}/content", either, true},
			{http.MethodPost, "/batches", either, true},
			{http.MethodGet, "/batches", either, true},
			{http.MethodGet, "/batches/{id}", either, true},
			{http.MethodPost, "/batches/{id}/cancel", either, true},
			{http.MethodPost, "/conversations", responses, true},
			{http.MethodGet, "/conversations/{id}", responses, true},
			{http.MethodDelete, "/conversations/{id}", responses, true},
			{http.MethodPost, "/vector_stores", either, true},
			{http.MethodGet, "/vector_stores", either, true},
			{http.MethodGet, "/vector_stores/{id}", either, true},
			{http.MethodDelete, "/vector_stores/{id}", either, true},
			{http.MethodPost, "/vector_stores/{id}/search", either, true},
			{http.MethodPost, "/vector_stores/{id}/files", either, true},
			{http.MethodGet, "/vector_stores/{id}/files", either, true},
			{http.MethodDelete, "/vector_stores/{id}/files/{id}", either, true},
		},
		parameters: []string{"client_version", "limit", "order", "after", "before", "purpose", "include", "include[]", "stream", "starting_after"},
	}
}

// openAIError is https://platform.openai.com/docs/guides/error-codes. Codex and
// its like say when a usage limit ends by the two fields of type
// usage_limit_reached (openai/codex, codex-api/src/api_bridge.rs).
func openAIError(a *answer) any {
	type sentence struct {
		Message  string `json:"message"`
		Type     string `json:"type"`
		Param    *any   `json:"param"`
		Code     string `json:"code"`
		ResetsAt int64  `json:"resets_at,omitempty"`
		ResetsIn int64  `json:"resets_in_seconds,omitempty"`
	}
	body := sentence{Message: a.message, Type: a.kind, Code: a.code}
	if body.Code == "" {
		body.Code = openAICode(a.status)
	}
	if a.status == http.StatusTooManyRequests {
		body.Type = body.Code
		if a.wait > 0 {
			body.ResetsIn = int64(math.Ceil(a.wait.Seconds()))
			body.ResetsAt = a.at.Add(time.Duration(body.ResetsIn) * time.Second).Unix()
		}
	}
	return struct {
		Error sentence `json:"error"`
	}{body}
}

// openAICode is the code of an error that has none of its own.
func openAICode(status int) string {
	switch status {
	case http.StatusUnauthorized:
		return "invalid_api_key"
	case http.StatusForbidden:
		return "not_allowed"
	case http.StatusNotFound, http.StatusMethodNotAllowed:
		return "unknown_path"
	case http.StatusRequestEntityTooLarge:
		return "request_too_large"
	case http.StatusTooManyRequests:
		return "usage_limit_reached"
	case http.StatusBadGateway, http.StatusGatewayTimeout:
		return "provider_unreachable"
	case http.StatusServiceUnavailable:
		return "unavailable"
	default:
		return "invalid_request"
	}
}
