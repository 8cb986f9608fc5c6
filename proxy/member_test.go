package proxy

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestMembers(t *testing.T) {
	for text, want := range map[string]string{
		`{"a":1,"b":"x\"y","c":{"d":[1,"}"]},"e":null}`: `a=1 b="x\"y" c={"d":[1,"}"]} e=null `,
		" {\n\"a\" : [ ] , \"b\\\\\" : \"\\\\\" }":      `a=[ ] b\="\\" `,
		`{"a":"x","b":"unfini`:                          `a="x" `,
		`{"a":{"b":1}`:                                  `a={"b":1} `,
		`{"a":1,"b":{"c":[2,"x`:                         `a=1 b={"c":[2,"x `,
		`{"a":1`:                                        ``,
		`[1]`:                                           ``,
		`{}`:                                            ``,
		``:                                              ``,
	} {
		var got strings.Builder
		members([]byte(text), func(name, value []byte) bool {
			got.WriteString(string(name) + "=" + string(value) + " ")
			return true
		})
		if got.String() != want {
			t.Errorf("%q: %q, want %q", text, got.String(), want)
		}
	}
}

// FuzzMembers: of every JSON object the members are those that encoding/json
// reads, and nothing else is an end of anything.
func FuzzMembers(f *testing.F) {
	f.Add([]byte(`{"model":"m","prompt_cache_key":"a\\","input":[{"x":"\"}"}],"n":-1.5e3}`))
	f.Add([]byte(`{"a":"\\\"","a":{}} `))
	f.Add([]byte(`{"a`))
	f.Add([]byte(`{"\u0061\"":1,"\ud800":2}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		got := map[string]json.RawMessage{}
		members(text, func(name, value []byte) bool {
			var plain string // encoding/json puts U+FFFD in place of what is no UTF-8
			quoted, _ := json.Marshal(string(name))
			if json.Unmarshal(quoted, &plain) == nil {
				got[plain] = value
			}
			return true
		})
		var want map[string]json.RawMessage
		if json.Unmarshal(text, &want) != nil {
			return
		}
		for name, value := range want {
			if string(got[name]) != string(value) {
				t.Errorf("%q: %q is %q, want %q", text, name, got[name], value)
			}
		}
		if len(got) != len(want) {
			t.Errorf("%q: %d members, want %d", text, len(got), len(want))
		}
	})
}
