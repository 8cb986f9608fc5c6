package proxy

import (
	"math"
	"net/http"
	"slices"
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
		prefix: "/openai/v1", name: "OpenAI Chat Completions and Responses", shape: openAIError, tells: openAITells, openAI: true, longest: time.Minute,
		endpoints: slices.Concat(
			asking(serving(chat, "POST /chat/completions")),
			asking(serving(responses, "POST /responses", "POST /responses/compact")),
			serving(responses, "GET /responses/{id}", "DELETE /responses/{id}", "POST /responses/{id}/cancel", "GET /responses/{id}/input_items"),
			asking(serving(chat, "POST /completions", "POST /embeddings")),
			serving(either, "GET /models"),
			ofOneAccount(serving(either, "POST /files", "GET /files", "GET /files/{id}", "DELETE /files/{id}", "GET /files/{id}/content",
				"POST /batches", "GET /batches", "GET /batches/{id}", "POST /batches/{id}/cancel")),
			ofOneAccount(serving(responses, "POST /conversations", "GET /conversations/{id}", "DELETE /conversations/{id}")),
			ofOneAccount(serving(either, "POST /vector_stores", "GET /vector_stores", "GET /vector_stores/{id}", "DELETE /vector_stores/{id}",
				"POST /vector_stores/{id}/search", "POST /vector_stores/{id}/files", "GET /vector_stores/{id}/files",
				"DELETE /vector_stores/{id}/files/{id}")),
		),
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
