package sandbox

import (
	"encoding/json"
	"strings"
)

// chatRequest is what of a Chat Completions request matters here
// (https://platform.openai.com/docs/api-reference/chat/create).
type chatRequest struct {
	Model    string        `json:"model"`
	Messages []chatMessage `json:"messages"`
	Tools    []struct {
		Function struct {
			Name       string          `json:"name"`
			Parameters json.RawMessage `json:"parameters"`
		} `json:"function"`
	} `json:"tools"`
	ToolChoice    json.RawMessage `json:"tool_choice"`
	Stream        bool            `json:"stream"`
	StreamOptions struct {
		IncludeUsage bool `json:"include_usage"`
	} `json:"stream_options"`
	MaxTokens           int `json:"max_tokens"`
	MaxCompletionTokens int `json:"max_completion_tokens"`
}

type chatMessage struct {
	Role       string          `json:"role"`
	Content    json.RawMessage `json:"content"`
	ToolCallID string          `json:"tool_call_id"`
	ToolCalls  []struct {
		ID       string `json:"id"`
		Function struct {
			Name      string `json:"name"`
			Arguments string `json:"arguments"`
		} `json:"function"`
	} `json:"tool_calls"`
}

// textOf is the text of a content, which is a string or a list of parts.
func textOf(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	var parts []struct {
		Text string `json:"text"`
	}
	_ = json.Unmarshal(raw, &parts) // parts without text, such as pictures, count as empty
	var texts []string
	for _, p := range parts {
		if p.Text != "" {
			texts = append(texts, p.Text)
		}
	}
	return strings.Join(texts, "\n")
}

// newTool is a tool whose parameters are a JSON Schema of an object.
func newTool(name string, parameters json.RawMessage) tool {
	t := tool{Name: name}
	_ = json.Unmarshal(parameters, &t.Schema) // what it cannot read of a schema, it makes nothing up for
	return t
}

// choose reads tool_choice: a word, or an object that names a function.
func (m *messageRequest) choose(raw json.RawMessage) {
	var word string
	if json.Unmarshal(raw, &word) == nil {
		m.ToolChoice.Type = map[string]string{"none": "none", "required": "any"}[word]
		return
	}
	var named struct {
		Name     string `json:"name"`
		Function struct {
			Name string `json:"name"`
		} `json:"function"`
	}
	if json.Unmarshal(raw, &named) == nil && named.Name+named.Function.Name != "" {
		m.ToolChoice.Type, m.ToolChoice.Name = "tool", named.Name+named.Function.Name
	}
}

// read checks the conversation, and says it in the sandbox's own words.
func (c chatRequest) read(d dialect) (m messageRequest, bad *trouble) {
	fail := func(message string) (messageRequest, *trouble) {
		t := d.bad(message)
		return m, &t
	}
	m.Model, m.Stream, m.MaxTokens = c.Model, c.Stream, max(c.MaxTokens, c.MaxCompletionTokens)
	m.choose(c.ToolChoice)
	for _, t := range c.Tools {
		m.Tools = append(m.Tools, newTool(t.Function.Name, t.Function.Parameters))
	}
	if len(c.Messages) == 0 {
		return fail("Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.")
	}
	called := map[string]bool{}
	for _, said := range c.Messages {
		switch said.Role {
		case "system", "developer":
			m.Messages = append(m.Messages, turn{"system", content{{Type: "text", Text: textOf(said.Content)}}})
		case "user":
			m.Messages = append(m.Messages, turn{"user", content{{Type: "text", Text: textOf(said.Content)}}})
		case "assistant":
			for _, call := range said.ToolCalls {
				called[call.ID] = true
			}
			m.Messages = append(m.Messages, turn{"assistant", content{{Type: "text", Text: textOf(said.Content)}}})
		case "tool":
			if !called[said.ToolCallID] {
				return fail("Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.") //nolint:misspell // as OpenAI spells it
			}
			m.Messages = append(m.Messages, toolResult(said.ToolCallID, textOf(said.Content)))
		default:
			return fail("Invalid value: '" + bounded(said.Role) + "'. Supported values are: 'system', 'assistant', 'user', 'function', 'tool', and 'developer'.")
		}
	}
	return m, nil
}

func toolResult(id, text string) turn {
	return turn{"user", content{{Type: "tool_result", ToolUseID: id, Content: content{{Type: "text", Text: text}}}}}
}

// chat answers POST /v1/chat/completions.
func (q *asked) chat() {
	var c chatRequest
	fault, ok := q.begins(&c)
	if !ok {
		return
	}
	m, bad := c.read(q.speaks)
	if bad == nil {
		bad = q.speaks.checkModel(c.Model)
	}
	if bad != nil {
		q.fails(Refused, *bad)
		return
	}
	said, ok := q.completes(m)
	if ok {
		q.tells()
	}
	switch {
	case !ok:
	case c.Stream:
		q.uses(c.Model, said.message.Usage, c.StreamOptions.IncludeUsage)
		events := said.chunks(c.StreamOptions.IncludeUsage)
		at, last := q.broken(fault, len(events), false)
		q.sendEvents(events, q.pause, at, last, fault)
	default:
		q.whole(fault, said.chatCompletion())
	}
}

// checkModel refuses a model that nobody has: one whose name says so.
func (d dialect) checkModel(model string) *trouble {
	var t trouble
	switch {
	case model == "":
		t = d.bad("you must provide a model parameter")
	case strings.HasPrefix(model, "no-such-"):
		t = d.noModel(model)
	default:
		return nil
	}
	return &t
}

// finish is why the answer ends, in Chat Completions' word.
func (c saidCompletion) finish() string {
	return map[string]string{"end_turn": "stop", "tool_use": "tool_calls", "max_tokens": "length"}[*c.message.StopReason]
}

func (c saidCompletion) chatUsage() fields {
	u := c.message.Usage
	return fields{
		"prompt_tokens": u.read(), "completion_tokens": u.Output, "total_tokens": u.read() + u.Output,
		"prompt_tokens_details": fields{"cached_tokens": u.CacheRead}, "completion_tokens_details": fields{"reasoning_tokens": 0},
	}
}

// chatCompletion is the whole answer.
func (c saidCompletion) chatCompletion() fields {
	message := fields{"role": "assistant", "content": c.text(), "refusal": nil}
	if call, ok := c.calls(); ok {
		message["content"] = nil
		message["tool_calls"] = []fields{{"id": "call_" + c.id, "type": "function", "function": fields{"name": call.Name, "arguments": string(call.Input)}}}
	}
	return fields{
		"id": "chatcmpl-" + c.id, "object": "chat.completion", "created": c.made, "model": c.model,
		"choices": []fields{{"index": 0, "message": message, "logprobs": nil, "finish_reason": c.finish()}},
		"usage":   c.chatUsage(),
	}
}

// chunks is the whole stream.
func (c saidCompletion) chunks(usage bool) (events []sseEvent) {
	chunk := func(choices []fields) fields {
		return fields{"id": "chatcmpl-" + c.id, "object": "chat.completion.chunk", "created": c.made, "model": c.model, "choices": choices}
	}
	add := func(delta fields, finish any) {
		events = append(events, sseEvent{"", chunk([]fields{{"index": 0, "delta": delta, "logprobs": nil, "finish_reason": finish}})})
	}
	call, calls := c.calls()
	add(fields{"role": "assistant", "content": ""}, nil)
	if calls {
		add(fields{"tool_calls": []fields{{"index": 0, "id": "call_" + c.id, "type": "function", "function": fields{"name": call.Name, "arguments": ""}}}}, nil)
	}
	for _, piece := range c.pieces {
		if calls {
			add(fields{"tool_calls": []fields{{"index": 0, "function": fields{"arguments": piece}}}}, nil)
			continue
		}
		add(fields{"content": piece}, nil)
	}
	add(fields{}, c.finish())
	if usage {
		last := chunk([]fields{})
		last["usage"] = c.chatUsage()
		events = append(events, sseEvent{"", last})
	}
	return append(events, sseEvent{"", plain("[DONE]")})
}
