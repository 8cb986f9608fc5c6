package proxy

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// pick reads a text in pieces of size bytes.
func pick(text string, size int) *picker {
	p := &picker{}
	for b := []byte(text); len(b) > 0; {
		n := min(size, len(b))
		p.read(b[:n])
		b = b[n:]
	}
	return p
}

func (p picked) String() string {
	if !p.whole {
		return "-"
	}
	return string(p.text)
}

func TestPicker(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ text, kind, usage, inner string }{
		"an answer":               {`{"type":"message","usage":{"a":1}}`, `"message"`, `{"a":1}`, "-"},
		"within":                  {`{"response":{"usage":{"a":[1,{"b":"}"}]}},"type":"x"}`, `"x"`, "-", `{"a":[1,{"b":"}"}]}`},
		"within the message":      {`{"message":{"id":"m","usage":{"a":1},"x":2}}`, "-", "-", `{"a":1}`},
		"blanks":                  {"{ \"usage\" :\n { \"a\" : 1 } , \"type\" : \"t\" }", `"t"`, `{ "a" : 1 }`, "-"},
		"in a text":               {`{"text":"\"usage\":{\"a\":1}","usage2":{"a":2}}`, "-", "-", "-"},
		"in the name of a member": {`{"a\"usage":{"a":1},"\\":1}`, "-", "-", "-"},
		"in tool arguments":       {`{"content":[{"input":{"usage":{"a":1},"type":"x"}}],"usage":{"a":2}}`, "-", `{"a":2}`, "-"},
		"deeper":                  {`{"message":{"content":{"usage":{"a":1}}},"metadata":{"usage":{"a":1}}}`, "-", "-", "-"},
		"in a list":               {`{"response":[{"usage":{"a":1}}],"x":[{"y":1}]}`, "-", "-", "-"},
		"the later one":           {`{"usage":{"a":1},"usage":{"a":2}}`, "-", `{"a":2}`, "-"},
		"null":                    {`{"usage":null,"type":null}`, "-", "-", "-"},
		"no object":               {`{"usage":[1],"response":{"usage":"{}"}}`, "-", "-", "-"},
		"backslashes":             {`{"x":"\\","y":"\\\"","type":"a\\","usage":{"k":"\\\\\"}"}}`, `"a\\"`, `{"k":"\\\\\"}"}`, "-"},
		"cut within":              {`{"usage":{"a":1`, "-", "-", "-"},
		"cut behind":              {`{"usage":{"a":1},"content":"and th`, "-", `{"a":1}`, "-"},
		"too large":               {`{"usage":{"a":"` + strings.Repeat("x", mostPicked) + `"},"type":"t"}`, `"t"`, "-", "-"},
		"two texts":               {`{"type":"a"}{"type":"b","usage":{}}`, `"a"`, "-", "-"},
		"a list":                  {`[{"usage":{"a":1}}]`, "-", "-", "-"},
		"no JSON":                 {`}}]]"usage":{"a":1}`, "-", "-", "-"},
		"a comma too much":        {`{"usage",:{"a":1}}`, "-", `{"a":1}`, "-"},
		"nothing":                 {"", "-", "-", "-"},
	} {
		for _, size := range []int{1, 2, 3, 7, 1 << 20} {
			p := pick(c.text, size)
			if p.kind.String() != c.kind || p.usage.String() != c.usage || p.inner.String() != c.inner {
				t.Errorf("%s, by %d: %s, %s, %s", name, size, p.kind, p.usage, p.inner)
			}
		}
	}
}

// Whatever JSON it is, in whatever pieces it comes: what is picked out is what
// encoding/json finds there.
func TestPicker_FindsWhatADecoderFinds(t *testing.T) {
	t.Parallel()
	names := []string{"usage", "message", "response", "type", "content", "usag", "usage2", `a"usage`, `\`, "", "ü"}
	var value func(depth int) *rapid.Generator[any]
	value = func(depth int) *rapid.Generator[any] {
		leaf := rapid.OneOf(rapid.Just[any](nil), rapid.Map(rapid.String(), func(s string) any { return s }),
			rapid.Map(rapid.SampledFrom(names), func(s string) any { return `"` + s + `":{"x":1}\` }), rapid.Map(rapid.Int32(), func(n int32) any { return n }))
		if depth == 0 {
			return leaf
		}
		object := rapid.Map(rapid.MapOfN(rapid.SampledFrom(names), value(depth-1), 0, 6), func(m map[string]any) any { return m })
		return rapid.OneOf(leaf, object, object, rapid.Map(rapid.SliceOfN(value(depth-1), 0, 3), func(l []any) any { return l }))
	}
	rapid.Check(t, func(t *rapid.T) {
		root := rapid.MapOfN(rapid.SampledFrom(names), value(3), 0, 8).Draw(t, "root")
		text, err := json.Marshal(root)
		if err != nil {
			t.Fatal(err)
		}
		if rapid.Bool().Draw(t, "indented") {
			var b bytes.Buffer
			_ = json.Indent(&b, text, "", " ")
			text = b.Bytes()
		}
		p := pick(string(text), rapid.IntRange(1, 40).Draw(t, "size"))
		same := func(what string, got picked, want any) {
			var have any
			if got.whole {
				if err := json.Unmarshal(got.text, &have); err != nil {
					t.Fatalf("%s: %q in %s", what, got.text, text)
				}
			}
			a, _ := json.Marshal(have)
			b, _ := json.Marshal(want)
			if string(a) != string(b) {
				t.Errorf("%s: %s, want %s in %s", what, a, b, text)
			}
		}
		object := func(v any) any {
			o, _ := v.(map[string]any)
			if o == nil {
				return nil
			}
			return o
		}
		same("usage", p.usage, object(root["usage"]))
		if s, ok := root["type"].(string); ok {
			same("type", p.kind, s)
		}
		a, _ := root["message"].(map[string]any)
		b, _ := root["response"].(map[string]any)
		if object(a["usage"]) == nil || object(b["usage"]) == nil { // of both the later one, and a map has no order
			want := object(a["usage"])
			if want == nil {
				want = object(b["usage"])
			}
			same("inner", p.inner, want)
		}
	})
}

// FuzzPicker: whatever comes, nothing panics, little is kept, and it is the same in
// whatever pieces it comes.
func FuzzPicker(f *testing.F) {
	f.Add([]byte(`{"type":"message_start","message":{"usage":{"input_tokens":3}}}`), 5)
	f.Add([]byte(`{"usage":{"a":"\\\""},"response":{"usage":[{}]}}`), 1)
	f.Add([]byte(`]}{"usage":{{{{`), 2)
	f.Fuzz(func(t *testing.T, text []byte, size int) {
		whole, parts := pick(string(text), len(text)+1), pick(string(text), max(1, size))
		for i, pair := range [][2]picked{{whole.kind, parts.kind}, {whole.usage, parts.usage}, {whole.inner, parts.inner}} {
			if pair[0].String() != pair[1].String() || len(pair[0].text) > mostPicked {
				t.Errorf("%d: %q and in parts %q", i, pair[0], pair[1])
			}
		}
		for _, tells := range []func(*told){anthropicTells, openAITells} {
			for _, stream := range []bool{false, true} {
				x := &told{wire: &wire{tells: tells}, stream: stream}
				x.begin(text)
				x.end()
				for _, n := range []uint64{x.counts.Input, x.counts.CacheRead, x.counts.CacheWrite, x.counts.Output, x.counts.Reasoning} {
					if n > 2*mostTokens {
						t.Errorf("%+v", x.counts)
					}
				}
			}
		}
	})
}
