package sandbox

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// completion is what the model says to a request. It follows from the request alone,
// byte for byte, so that a test can compare.
type completion struct {
	message message
	pieces  []string // of the one block, as a stream sends them
}

// message is the answer of the Messages API.
type message struct {
	ID           string  `json:"id"`
	Type         string  `json:"type"` // "message"
	Role         string  `json:"role"` // "assistant"
	Model        string  `json:"model"`
	Content      []any   `json:"content"`
	StopReason   *string `json:"stop_reason"`
	StopSequence *string `json:"stop_sequence"`
	Usage        usage   `json:"usage"`
}

type usage struct {
	Input     int `json:"input_tokens"`
	CacheRead int `json:"cache_read_input_tokens,omitempty"`
	Output    int `json:"output_tokens"`
}

type textBlock struct {
	Type string `json:"type"` // "text"
	Text string `json:"text"`
}

type toolBlock struct {
	Type  string          `json:"type"` // "tool_use"
	ID    string          `json:"id"`
	Name  string          `json:"name"`
	Input json.RawMessage `json:"input"`
}

// complete makes the answer to a request whose body is given, of n pieces if n is
// not 0.
func complete(m messageRequest, body []byte, n int) completion {
	sum := sha256.Sum256(body)
	id := hex.EncodeToString(sum[:12])
	c := completion{message: message{
		ID: "msg_" + id, Type: "message", Role: "assistant", Model: m.Model, Usage: usage{Input: m.tokens()},
	}}
	stop := "end_turn"
	if name, input, ok := m.call(); ok {
		stop = "tool_use"
		c.message.Content = []any{toolBlock{Type: "tool_use", ID: "toolu_" + id, Name: name, Input: input}}
		c.pieces = halves(string(input))
	} else {
		c.pieces = m.say(n)
		if len(c.pieces) > m.MaxTokens {
			c.pieces, stop = c.pieces[:m.MaxTokens], "max_tokens"
		}
		c.message.Content = []any{textBlock{Type: "text", Text: strings.Join(c.pieces, "")}}
	}
	c.message.StopReason = &stop
	c.message.Usage.Output = len(c.pieces)
	return c
}

// say is the text, a word a piece: an echo of the last text or of the tool's
// result, or, if asked, n numbered words.
func (m messageRequest) say(n int) []string {
	if n > 0 {
		words := make([]string, n)
		for i := range words {
			words[i] = "word-" + strconv.Itoa(i+1) + " "
		}
		return words
	}
	last := m.said()
	text := "The sandbox read: " + last.prompt()
	if i := slices.IndexFunc(last, func(b block) bool { return b.Type == "tool_result" }); i >= 0 {
		text = "The tool answered: " + last[i].Content.text()
	}
	return strings.SplitAfter(text, " ")
}

// order is how a person tells the sandbox's model to use a tool.
var order = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?s)\bcall ([A-Za-z0-9_-]+)(?: with (\{.*\}))?`)
})

// call is the tool that is called, if one is: one that tool_choice demands, or
// that the last text names with "call NAME with {…}". Without an input a small
// one is made up that fits the schema.
func (m messageRequest) call() (name string, input json.RawMessage, ok bool) {
	last := m.said()
	if m.ToolChoice.Type == "none" || slices.ContainsFunc(last, func(b block) bool { return b.Type == "tool_result" }) {
		return "", nil, false
	}
	ordered := order().FindStringSubmatch(last.prompt())
	for i, t := range m.Tools {
		named := ordered != nil && ordered[1] == t.Name
		demanded := m.ToolChoice.Type == "tool" && m.ToolChoice.Name == t.Name || m.ToolChoice.Type == "any" && i == 0
		switch {
		case named && json.Valid([]byte(ordered[2])):
			return t.Name, json.RawMessage(ordered[2]), true
		case named || demanded:
			return t.Name, t.example(), true
		}
	}
	return "", nil, false
}

// example is an input with the required properties.
func (t tool) example() json.RawMessage {
	input := map[string]any{}
	for _, name := range t.Schema.Required {
		switch t.Schema.Properties[name].Type {
		case "integer", "number":
			input[name] = 1
		case "boolean":
			input[name] = true
		case "array":
			input[name] = []any{}
		case "object":
			input[name] = map[string]any{}
		default:
			input[name] = "sandbox"
		}
	}
	raw, err := json.Marshal(input) // sorted by name
	if err != nil {
		panic(err) // only plain values
	}
	return raw
}

// halves cuts a JSON text in two, as providers do where it suits them.
func halves(s string) []string {
	runes := []rune(s)
	middle := len(runes) / 2
	return []string{string(runes[:middle]), string(runes[middle:])}
}
