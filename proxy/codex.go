package proxy

import (
	"net/http"
	"time"

	"github.com/hermes-tui/hermes-tui/core/oauth"
)

// codexBackend is what OpenAI's Codex CLI asks of ChatGPT's backend, whose paths
// have no /v1 (openai/codex, codex-api). Its bodies are the program's business:
// the backend wants store:false and stream:true.
func codexBackend() wire {
	responses := []string{oauth.CodexResponses}
	return wire{
		prefix: "/codex", name: "Codex Responses", shape: openAIError, longest: time.Minute,
		endpoints: []endpoint{
			{http.MethodPost, "/responses", responses, false},
			{http.MethodPost, "/responses/compact", responses, false},
			{http.MethodGet, "/models", responses, false},
		},
		parameters: []string{"client_version"},
	}
}
