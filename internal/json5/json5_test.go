package json5

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/tailscale/hujson"
)

func TestParse_ReadsWhatTheSpecificationShows(t *testing.T) {
	n, err := Parse([]byte(`// comments
{
  unquoted: 'and you can quote me on that',
  singleQuotes: 'I can use "double quotes" here',
  lineBreaks: "Look, Mom! \
No \\n's!",
  hexadecimal: 0xdecaf,
  leadingDecimalPoint: .8675309, andTrailing: 8675309.,
  positiveSign: +1, negative: -0x10, big: 1e3,
  trailingComma: 'in objects', andIn: ['arrays',],
  "backwardsCompatible": "with JSON", escapes: "\x41é\v\0\'😀", /* end */
  $dollar_ü1: null, yes: true,
}
`))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"unquoted": "and you can quote me on that", "singleQuotes": `I can use "double quotes" here`,
		"lineBreaks": `Look, Mom! No \n's!`, "hexadecimal": float64(0xdecaf), "leadingDecimalPoint": .8675309, "andTrailing": 8675309.0,
		"positiveSign": 1.0, "negative": -16.0, "big": 1000.0, "trailingComma": "in objects", "andIn": []any{"arrays"},
		"backwardsCompatible": "with JSON", "escapes": "A\u00e9\v\x00'\U0001f600", "$dollar_ü1": nil, "yes": true,
	}
	if got := n.Any(); !reflect.DeepEqual(got, any(want)) {
		t.Errorf("got %#v", got)
	}
}

func TestParse_RefusesAndNamesTheLine(t *testing.T) {
	for text, want := range map[string]string{
		"":                        "line 1: a value is missing",
		"{a: 1":                   "line 1: a comma is missing",
		"{\n'a' 1}":               "line 2: a colon is missing",
		"{a: 1 b: 2}":             "a comma is missing",
		"[1,,2]":                  "a value is missing",
		"{,}":                     "a name is missing",
		"[01]":                    "it is not a number",
		"[1_000]":                 "a comma is missing",
		"['a\n']":                 "goes over the end of its line",
		`["a`:                     "a text does not end",
		`["\x4"]`:                 "an escape is wrong",
		`["\01"]`:                 "an escape is wrong",
		"[] /* no end":            "a comment does not end",
		"[] []":                   "something stands behind the end",
		strings.Repeat("[", 5000): "nested too deeply",
		"[undefined]":             "a value is missing",
	} {
		if n, err := Parse([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.20q: %v, %v", text, n, err)
		}
	}
}

// FuzzParse: whatever it reads, every value stands where it says, and what is
// JSON with comments is what hujson reads.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{"{a: 'b', // c\n}", `{"a": [1, {"b": null}]} /* x */`, "[0x1F, .5, +1., -Infinity, NaN]", `["\u00e9\
"]`, "\ufeff{}", `{"a":1,"a":2}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		n, err := Parse(text)
		standard, notJSON := hujson.Standardize(bytes.Clone(text))
		var want any
		if notJSON == nil {
			notJSON = json.Unmarshal(standard, &want)
		}
		if err != nil {
			if notJSON == nil && depth(want) < deepest {
				t.Fatalf("%q is JSON: %v", text, err)
			}
			return
		}
		stands(t, text, n)
		if notJSON == nil && bytes.IndexByte(text, 0xff) < 0 && json.Valid(standard) && !reflect.DeepEqual(n.Any(), want) && !strings.ContainsRune(string(standard), '\ufffd') {
			again, _ := json.Marshal(n.Any())
			other, _ := json.Marshal(want)
			if !bytes.Equal(again, other) {
				t.Fatalf("%q: got %s, want %s", text, again, other)
			}
		}
	})
}

func depth(v any) int {
	deep := 0
	switch v := v.(type) {
	case map[string]any:
		for _, inner := range v {
			deep = max(deep, depth(inner))
		}
	case []any:
		for _, inner := range v {
			deep = max(deep, depth(inner))
		}
	}
	return deep + 1
}

// stands checks that every part of a value can be read alone and is the same.
func stands(t *testing.T, text []byte, n *Node) {
	t.Helper()
	alone, err := Parse(text[n.Start:n.End])
	if err != nil || !reflect.DeepEqual(alone.Any(), n.Any()) {
		t.Fatalf("%q alone: %v", text[n.Start:n.End], err)
	}
	for _, item := range n.Items {
		if item.Comma >= 0 && text[item.Comma] != ',' {
			t.Fatalf("no comma at %d in %q", item.Comma, text)
		}
		stands(t, text, item.Value)
	}
}
