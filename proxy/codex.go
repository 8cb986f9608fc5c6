package proxy

import (
	"time"

	"github.com/hermes-tui/hermes-tui/core/oauth"
)

// codexBackend is what OpenAI's Codex CLI asks of ChatGPT's backend, whose paths
// have no /v1 (openai/codex, codex-api). Its bodies are the program's business:
// the backend wants store:false and stream:true.
func codexBackend() wire {
	responses := []string{oauth.CodexResponses}
	return wire{
		prefix: "/codex", name: "Codex Responses", shape: openAIError, tells: openAITells, openAI: true, longest: time.Minute,
		endpoints:  append(asking(serving(responses, "POST /responses", "POST /responses/compact")), serving(responses, "GET /models")...),
		parameters: []string{"client_version"},
	}
}
