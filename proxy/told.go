package proxy

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"

	"github.com/hermes-tui/hermes-tui/core/tally"
)

// told is what an answer tells of the tokens that it took. No text of it is kept.
type told struct {
	wire   *wire
	stream bool // of events, of which each may tell
	picker picker
	counts tally.Counts // tokens
	in     bool         // how many were read was told
	out    bool         // and to the end how many were written
	odd    bool         // something was told that is no number of tokens
}

// unknown reports whether the tokens of the answer are not known, or not all.
func (t *told) unknown() bool { return t == nil || !t.in || !t.out || t.odd }

// begin reads the beginning of a text that is too long to be kept; more of it comes
// by read, its end by end.
func (t *told) begin(text []byte) {
	if t != nil {
		t.picker.reset()
		t.picker.read(text)
	}
}

func (t *told) read(more []byte) {
	if t != nil {
		t.picker.read(more)
	}
}

// end looks at what was told in a text that is over.
func (t *told) end() {
	if t == nil {
		return
	}
	if p := &t.picker; p.usage.whole || p.inner.whole {
		t.wire.tells(t)
	}
	t.picker.reset()
}

// event looks at the data of an event. Most have nothing to tell.
func (t *told) event(data []byte) {
	if t != nil && bytes.Contains(data, []byte(`"usage"`)) {
		t.begin(data)
		t.end()
	}
}

// is reports whether the text that is being looked at calls itself one of kinds.
func (p *picker) is(kinds ...string) bool {
	for _, kind := range kinds {
		if p.kind.whole && string(p.kind.text) == `"`+kind+`"` {
			return true
		}
	}
	return false
}

// anthropicTells reads the Messages API. A stream tells at its beginning what was
// read, and with each message_delta, cumulatively, what was written until then
// (https://docs.anthropic.com/en/docs/build-with-claude/streaming); some providers
// tell only there what was read. What came out of the cache is not in input_tokens.
func anthropicTells(t *told) {
	from, begins := t.picker.usage.text, t.stream && t.picker.is("message_start")
	switch {
	case begins:
		from = t.picker.inner.text
	case t.stream && !t.picker.is("message_delta"):
		return
	}
	var u struct {
		Input      amount `json:"input_tokens"`
		CacheRead  amount `json:"cache_read_input_tokens"`
		CacheWrite amount `json:"cache_creation_input_tokens"`
		Output     amount `json:"output_tokens"`
	}
	err := json.Unmarshal(from, &u)
	t.odd = t.odd || err != nil || u.Input.odd || u.CacheRead.odd || u.CacheWrite.odd || u.Output.odd
	c := &t.counts
	c.Input, c.CacheRead, c.CacheWrite = max(c.Input, u.Input.n), max(c.CacheRead, u.CacheRead.n), max(c.CacheWrite, u.CacheWrite.n)
	c.Output = max(c.Output, u.Output.n)
	t.in, t.out = t.in || u.Input.told, t.out || u.Output.told && !begins
}

// openAITells reads Chat Completions, where the last chunk that has usage tells it,
// Responses, where the last event does, and embeddings, which write nothing. Tokens
// out of the cache are within what was read, and those of reasoning within what was
// written, except where the total says that they come on top, as xAI's does.
func openAITells(t *told) {
	from := t.picker.usage.text
	if t.stream && t.picker.inner.whole {
		if !t.picker.is("response.completed", "response.incomplete", "response.failed") {
			return
		}
		from = t.picker.inner.text
	}
	type read struct {
		Cached amount `json:"cached_tokens"`
	}
	type written struct {
		Reasoning amount `json:"reasoning_tokens"`
	}
	var u struct {
		Prompt            amount  `json:"prompt_tokens"`
		PromptDetails     read    `json:"prompt_tokens_details"`
		Completion        amount  `json:"completion_tokens"`
		CompletionDetails written `json:"completion_tokens_details"`
		Input             amount  `json:"input_tokens"`
		InputDetails      read    `json:"input_tokens_details"`
		Output            amount  `json:"output_tokens"`
		OutputDetails     written `json:"output_tokens_details"`
		Total             amount  `json:"total_tokens"`
	}
	err := json.Unmarshal(from, &u)
	in, out := u.Prompt.or(u.Input), u.Completion.or(u.Output)
	cached, reasoning := u.PromptDetails.Cached.or(u.InputDetails.Cached), u.CompletionDetails.Reasoning.or(u.OutputDetails.Reasoning)
	if reasoning.n > 0 && u.Total.told && u.Total.n == in.n+out.n+reasoning.n {
		out.n += reasoning.n
	}
	t.counts = tally.Counts{CacheRead: min(cached.n, in.n), Output: out.n, Reasoning: min(reasoning.n, out.n)}
	t.counts.Input = in.n - t.counts.CacheRead
	t.odd = err != nil || in.odd || out.odd || cached.odd || reasoning.odd
	t.in, t.out = in.told, out.told || in.told && u.Total.told && u.Total.n == in.n
}

// amount is a number of tokens, as far as it is one.
type amount struct {
	n    uint64
	told bool
	odd  bool // something else stood there
}

// mostTokens bounds what one answer is believed to have taken.
const mostTokens = 1e9

// UnmarshalJSON implements [json.Unmarshaler]. It fails for nothing: one value that
// is none leaves the others as they are.
func (a *amount) UnmarshalJSON(raw []byte) error {
	text := string(raw)
	if text == "null" {
		*a = amount{}
		return nil
	}
	if quoted, err := strconv.Unquote(text); err == nil {
		text = quoted
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || !(n >= 0 && n <= mostTokens) || n != math.Trunc(n) {
		*a = amount{odd: true}
		return nil
	}
	*a = amount{n: uint64(n), told: true}
	return nil
}

func (a amount) or(b amount) amount {
	if a.told || a.odd {
		return a
	}
	return b
}
