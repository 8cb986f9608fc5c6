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
	var u struct{ Input, CacheRead, CacheWrite, Output amount }
	t.odd = t.odd || !numbers(from, func(name []byte) *amount {
		switch string(name) {
		case "input_tokens":
			return &u.Input
		case "cache_read_input_tokens":
			return &u.CacheRead
		case "cache_creation_input_tokens":
			return &u.CacheWrite
		case "output_tokens":
			return &u.Output
		}
		return nil
	})
	t.odd = t.odd || u.Input.odd || u.CacheRead.odd || u.CacheWrite.odd || u.Output.odd
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
	var u struct {
		Prompt, PromptCached, Completion, CompletionReasoning amount // of Chat Completions
		Input, InputCached, Output, OutputReasoning           amount // of Responses
		Total                                                 amount
	}
	whole := numbers(from, func(name []byte) *amount {
		switch string(name) {
		case "prompt_tokens":
			return &u.Prompt
		case "prompt_tokens_details.cached_tokens":
			return &u.PromptCached
		case "completion_tokens":
			return &u.Completion
		case "completion_tokens_details.reasoning_tokens":
			return &u.CompletionReasoning
		case "input_tokens":
			return &u.Input
		case "input_tokens_details.cached_tokens":
			return &u.InputCached
		case "output_tokens":
			return &u.Output
		case "output_tokens_details.reasoning_tokens":
			return &u.OutputReasoning
		case "total_tokens":
			return &u.Total
		}
		return nil
	})
	in, out := u.Prompt.or(u.Input), u.Completion.or(u.Output)
	cached, reasoning := u.PromptCached.or(u.InputCached), u.CompletionReasoning.or(u.OutputReasoning)
	if reasoning.n > 0 && u.Total.told && u.Total.n == in.n+out.n+reasoning.n {
		out.n += reasoning.n
	}
	t.counts = tally.Counts{CacheRead: min(cached.n, in.n), Output: out.n, Reasoning: min(reasoning.n, out.n)}
	t.counts.Input = in.n - t.counts.CacheRead
	t.odd = !whole || in.odd || out.odd || cached.odd || reasoning.odd
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

// numbers reads an object of numbers into where to says, by their names, and those of
// an object within as "outer.inner"; nil is for nobody. It reports whether the text is
// one, and nothing else stands where an object is to be.
func numbers(text []byte, to func(name []byte) *amount) bool {
	if !validNumbers(text) {
		return false
	}
	plain, path := true, make([]byte, 0, 64)
	members(text, func(name, value []byte) bool {
		take(to(name), value)
		if value[0] != '{' {
			plain = plain && (!bytes.HasSuffix(name, []byte("_details")) || bytes.Equal(value, []byte("null")))
			return true
		}
		members(value, func(inner, value []byte) bool {
			path = append(append(append(path[:0], name...), '.'), inner...)
			take(to(path), value)
			return true
		})
		return true
	})
	return plain
}

// validNumbers is json.Valid, at a fraction of its cost where nothing stands in the
// object but numbers of tokens.
func validNumbers(text []byte) bool {
	return members(text, func(name, value []byte) bool {
		_, number := digits(value)
		return bytes.IndexByte(name, '\\') < 0 && number
	}) || json.Valid(text)
}

func take(to *amount, value []byte) {
	if to != nil {
		*to = amountOf(value)
	}
}

// amountOf reads a value as it is spelt. Some providers put numbers into quotes.
func amountOf(value []byte) amount {
	if n, ok := digits(value); ok {
		return amount{n: n, told: true}
	}
	text := string(value)
	if text == "null" {
		return amount{}
	}
	if quoted, err := strconv.Unquote(text); text[0] == '"' && err == nil {
		text = quoted
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || !(n >= 0 && n <= mostTokens) || n != math.Trunc(n) {
		return amount{odd: true}
	}
	return amount{n: uint64(n), told: true}
}

// digits reads what most numbers of tokens are: a few digits.
func digits(text []byte) (n uint64, ok bool) {
	for _, c := range text {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = 10*n + uint64(c-'0')
	}
	return n, len(text) > 0 && len(text) < 9 && (text[0] != '0' || len(text) == 1)
}

func (a amount) or(b amount) amount {
	if a.told || a.odd {
		return a
	}
	return b
}
