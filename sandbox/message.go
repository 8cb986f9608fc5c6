package sandbox

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
)

// messageRequest is what of a Messages request matters here. Whatever else a
// client sends is ignored, as newer clients send newer fields.
type messageRequest struct {
	Model      string          `json:"model"`
	MaxTokens  int             `json:"max_tokens"`
	Messages   []turn          `json:"messages"`
	System     json.RawMessage `json:"system"`
	Tools      []tool          `json:"tools"`
	ToolChoice struct {
		Type string `json:"type"` // auto, any, tool or none
		Name string `json:"name"`
	} `json:"tool_choice"`
	Stream bool `json:"stream"`
}

// turn is one message of the conversation.
type turn struct {
	Role    string  `json:"role"`
	Content content `json:"content"`
}

// block is one part of a message.
type block struct {
	Type      string          `json:"type"`
	Text      string          `json:"text"`
	ID        string          `json:"id"`          // of a tool_use
	Name      string          `json:"name"`        // of its tool
	Input     json.RawMessage `json:"input"`       // of its call
	ToolUseID string          `json:"tool_use_id"` // of a tool_result
	Content   content         `json:"content"`     // of a tool_result
}

// tool is one that the model may call. Schema is a JSON Schema of an object.
type tool struct {
	Name   string `json:"name"`
	Schema struct {
		Properties map[string]struct {
			Type string `json:"type"`
		} `json:"properties"`
		Required []string `json:"required"`
	} `json:"input_schema"`
}

// content is a list of blocks, for which a string may stand.
type content []block

// UnmarshalJSON reads both forms. Blocks inside of blocks that are no blocks
// themselves, such as the results of a provider's own tools, count as empty.
func (c *content) UnmarshalJSON(raw []byte) error {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		*c = content{{Type: "text", Text: text}}
		return nil
	}
	var list []block
	if err := json.Unmarshal(raw, &list); err != nil {
		return err
	}
	*c = list
	return nil
}

// text is all text of the blocks.
func (c content) text() string {
	var parts []string
	for _, b := range c {
		if b.Type == "text" {
			parts = append(parts, b.Text)
		}
	}
	return strings.Join(parts, "\n")
}

// prompt is the last text that a person wrote. Claude Code puts what it has to
// say itself before and after it, between tags.
func (c content) prompt() string {
	for _, b := range slices.Backward(c) {
		if b.Type == "text" && !strings.HasPrefix(b.Text, "<system-reminder>") {
			return b.Text
		}
	}
	return ""
}

// said is the user's last turn. Claude Code may send turns of the role system
// after it.
func (m messageRequest) said() content {
	for _, t := range slices.Backward(m.Messages) {
		if t.Role == "user" {
			return t.Content
		}
	}
	return nil // never: the first turn is the user's
}

// parseMessages reads and checks a request. needMax is false where the answer
// is no message, so that its length is not asked for.
func parseMessages(body []byte, needMax bool) (messageRequest, *apiError) {
	var m messageRequest
	if err := json.Unmarshal(body, &m); err != nil {
		return m, badParams("the body is no Messages request: " + bounded(err.Error()))
	}
	switch {
	case m.Model == "":
		return m, badParams("model: field required")
	case needMax && m.MaxTokens < 1:
		return m, badParams("max_tokens: must be at least 1")
	case len(m.Messages) == 0:
		return m, badParams("messages: at least one message is required")
	}
	if m.Messages[0].Role != "user" {
		return m, badParams("messages: the first one must be the user's")
	}
	return m, m.checkTurns()
}

// checkTurns holds the conversation to the rules of the Messages API: a tool's
// result answers a call of the turn before.
func (m messageRequest) checkTurns() *apiError {
	called := map[string]bool{}
	for _, t := range m.Messages {
		if t.Role != "user" && t.Role != "assistant" && t.Role != "system" {
			return badParams("messages: a role must be user or assistant")
		}
		if len(t.Content) == 0 {
			return badParams("messages: content must not be empty")
		}
		calls := map[string]bool{}
		for _, b := range t.Content {
			switch {
			case b.Type == "":
				return badParams("messages: a content block has no type")
			case b.Type == "tool_use":
				calls[b.ID] = true
			case b.Type == "tool_result" && !called[b.ToolUseID]:
				return badParams("messages: unexpected tool_use_id in a tool_result: " + bounded(b.ToolUseID))
			}
		}
		called = calls
	}
	return nil
}

// tokens is the sandbox's own idea of how long a request is: four bytes of JSON
// are a token.
func (m messageRequest) tokens() int {
	raw, err := json.Marshal([]any{m.System, m.Messages, m.Tools})
	if err != nil {
		panic(err) // it was parsed from JSON
	}
	return (len(raw) + 3) / 4
}

// refusedBetas are those with which MiniMax's tool use breaks; hermes-agent
// takes them out for MiniMax's address (agent/anthropic_adapter.py).
func refusedBetas() []string {
	return []string{"fine-grained-tool-streaming-2025-05-14", "context-1m-2025-08-07"}
}

// checkHeaders refuses what MiniMax's clients must not send. It does not ask for
// anthropic-version: MiniMax's own command line sends none (MiniMax-AI/cli).
func checkHeaders(h http.Header) *apiError {
	betas := strings.Join(h.Values("Anthropic-Beta"), ",")
	for _, beta := range refusedBetas() {
		if strings.Contains(betas, beta) {
			return badParams("anthropic-beta: " + beta + " breaks tool use here; leave it out")
		}
	}
	return nil
}
