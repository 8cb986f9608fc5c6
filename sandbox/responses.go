package sandbox

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// responsesRequest is what of a Responses request matters here
// (https://platform.openai.com/docs/api-reference/responses/create).
type responsesRequest struct {
	Model        string          `json:"model"`
	Input        json.RawMessage `json:"input"`
	Instructions string          `json:"instructions"`
	Previous     string          `json:"previous_response_id"`
	Tools        []struct {
		Type       string          `json:"type"`
		Name       string          `json:"name"`
		Parameters json.RawMessage `json:"parameters"`
	} `json:"tools"`
	ToolChoice json.RawMessage `json:"tool_choice"`
	Include    []string        `json:"include"`
	Store      *bool           `json:"store"`
	Stream     bool            `json:"stream"`
	MaxTokens  int             `json:"max_output_tokens"`
	Metadata   json.RawMessage `json:"metadata"`
}

// stores reports whether the answer is kept, which it is unless told otherwise.
func (r responsesRequest) stores() bool { return r.Store == nil || *r.Store }

// item is one of an input: a message, a call, what a tool answered, reasoning.
type item struct {
	Type      string          `json:"type"`
	Role      string          `json:"role"`
	Content   json.RawMessage `json:"content"`
	CallID    string          `json:"call_id"`
	Output    json.RawMessage `json:"output"`
	Encrypted string          `json:"encrypted_content"`
}

// items are those of an input, for which a string may stand.
func (r responsesRequest) items() ([]item, error) {
	var text string
	if json.Unmarshal(r.Input, &text) == nil {
		return []item{{Type: "message", Role: "user", Content: r.Input}}, nil
	}
	var list []item
	return list, json.Unmarshal(r.Input, &list)
}

// read checks the conversation, whose beginning may be that of a stored answer,
// and says it in the sandbox's own words.
func (q *asked) read(r responsesRequest) (m messageRequest, bad *trouble) {
	fail := func(t trouble) (messageRequest, *trouble) { return m, &t }
	if bad := q.codexWants(r); bad != nil {
		return m, bad
	}
	if r.Previous != "" {
		before, ok := q.f.stored.response(q.account, r.Previous)
		if !ok || q.speaks == openRouterDialect { // which keeps nothing
			return fail(q.speaks.noPrevious(r.Previous))
		}
		m.Messages = slices.Clone(before.turns)
	}
	m.Model, m.Stream, m.MaxTokens = r.Model, r.Stream, r.MaxTokens
	m.choose(r.ToolChoice)
	for _, t := range r.Tools {
		if t.Type == "function" {
			m.Tools = append(m.Tools, newTool(t.Name, t.Parameters))
		}
	}
	items, err := r.items()
	if err != nil || len(items) == 0 && r.Previous == "" {
		return fail(q.speaks.bad("Missing required parameter: 'input'."))
	}
	for _, i := range items {
		if t, ok := q.turnOf(i, m.Messages); !ok {
			return fail(foreignReasoning())
		} else if t.Role == "" {
			return fail(q.speaks.bad("No tool call found for function call output with call_id " + bounded(i.CallID) + "."))
		} else {
			m.Messages = append(m.Messages, t)
		}
	}
	return m, nil
}

// turnOf is one item of the conversation. It has no role where nobody has asked
// for what a tool answers, and is not ok where another account has encrypted it.
func (q *asked) turnOf(i item, before []turn) (t turn, ok bool) {
	if i.Encrypted != "" && !strings.HasPrefix(i.Encrypted, q.seal()) {
		return turn{}, false
	}
	switch i.Type {
	case "function_call", "custom_tool_call":
		return turn{"assistant", content{{Type: "tool_use", ID: i.CallID}}}, true
	case "function_call_output", "custom_tool_call_output":
		called := slices.ContainsFunc(before, func(t turn) bool {
			return slices.ContainsFunc(t.Content, func(b block) bool { return b.Type == "tool_use" && b.ID == i.CallID })
		})
		if !called {
			return turn{}, true
		}
		return toolResult(i.CallID, textOf(i.Output)), true
	case "message", "":
		role := i.Role
		if role != "user" && role != "assistant" {
			role = "system"
		}
		return turn{role, content{{Type: "text", Text: textOf(i.Content)}}}, true
	default:
		return turn{"system", content{{Type: "text"}}}, true
	}
}

// seal is how what the account's model has encrypted begins.
func (q *asked) seal() string { return "sandbox-sealed-" + q.account + "-" }

// codexWants holds a request to what ChatGPT's backend takes (openai/codex #26173,
// leookun/cursor-byok #14, lidge-jun/opencodex openai-responses.ts).
func (q *asked) codexWants(r responsesRequest) *trouble {
	var t trouble
	switch {
	case q.at != codexDialect:
		return nil
	case r.Instructions == "":
		t = q.speaks.bad("Instructions are required")
	case r.stores():
		t = q.speaks.bad("Store must be set to false")
	case !r.Stream:
		t = q.speaks.bad("Stream must be set to true")
	case r.MaxTokens != 0:
		t = q.speaks.bad("Unsupported parameter: max_output_tokens")
	case len(r.Metadata) > 0:
		t = q.speaks.bad("Unsupported parameter: metadata")
	case r.Previous != "":
		t = q.speaks.bad("Unsupported parameter: previous_response_id")
	default:
		return nil
	}
	return &t
}

// noPrevious says that the account has not made an answer of this name.
func (d dialect) noPrevious(id string) trouble {
	if d == openRouterDialect {
		return d.bad("previous_response_id is not supported: the API is stateless")
	}
	return trouble{status: http.StatusBadRequest, code: "previous_response_not_found", body: fields{"error": fields{
		"message": "Previous response with id '" + bounded(id) + "' not found.", "type": "invalid_request_error",
		"param": "previous_response_id", "code": "previous_response_not_found",
	}}}
}

// respond answers POST /v1/responses, and Codex's.
func (q *asked) respond() {
	var r responsesRequest
	fault, ok := q.begins(&r)
	if !ok {
		return
	}
	m, bad := q.read(r)
	if bad == nil {
		bad = q.speaks.checkModel(r.Model)
	}
	if bad != nil {
		q.fails(Refused, *bad)
		return
	}
	said, ok := q.completes(m)
	if !ok {
		return
	}
	made := q.responseOf(said, r)
	if r.stores() && q.speaks != openRouterDialect && fault == "" {
		q.f.stored.keep(q.account, storedResponse{"resp_" + said.id, append(m.Messages, said.turn()), made})
	}
	q.tells()
	if !r.Stream {
		q.whole(fault, made)
		return
	}
	events := said.responseEvents(made)
	at, last := q.broken(fault, len(events), true)
	q.sendEvents(events, q.pause, at, last, fault)
}

// turn is the answer as a part of the conversation that goes on.
func (c saidCompletion) turn() turn {
	if _, ok := c.calls(); ok {
		return turn{"assistant", content{{Type: "tool_use", ID: "call_" + c.id}}}
	}
	return turn{"assistant", content{{Type: "text", Text: c.text()}}}
}

// compact answers POST /v1/responses/compact: the conversation as one item that
// only this account can read.
func (q *asked) compact() {
	var r responsesRequest
	fault, ok := q.begins(&r)
	if !ok {
		return
	}
	q.uses(r.Model, usage{}, false)
	q.whole(fault, fields{"id": "resp_compact", "object": "response.compaction", "output": []fields{
		{"type": "compaction", "encrypted_content": q.seal() + fmt.Sprint(len(q.body))},
	}})
}
