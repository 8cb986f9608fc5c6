package shape

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"
)

type row struct {
	Label string `json:"label"`
	State string `json:"state"`
	Plan  *struct {
		Used float64 `json:"used_percent"`
	} `json:"plan"`
	At   *time.Time `json:"at"`
	Tags []string   `json:"tags"`
	Wins []struct {
		Used *float64 `json:"used"`
	} `json:"wins"`
	More  map[string]string `json:"more"`
	Extra string            `json:"extra,omitempty"`
	inner
}

type inner struct {
	Requests int `json:"requests"`
}

func TestTemplate(t *testing.T) {
	now := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	var value any
	if err := json.Unmarshal([]byte(`{"label":"work","state":"needs_sign_in","plan":{"used_percent":62.5},"at":"2026-11-30T11:57:00Z","tags":["a","b"],"more":{"x":"y"},"requests":7,"wins":[{"used":1},{"used":null}],"null":null}`), &value); err != nil {
		t.Fatal(err)
	}
	for template, want := range map[string]string{
		"":                             "",
		"{label} {state|words}":        "work needs sign-in",
		`{label}\t{requests}\n\\{x`:    "error",
		`{label}\t{requests}\n\\`:      "work\t7\n\\",
		"{{{label}}}":                  "{work}",
		"{ .plan.used_percent } %":     "62.5 %",
		"{at|ago} {at}":                "3m ago 2026-11-30T11:57:00Z",
		"{state | ago}":                "needs_sign_in",
		"{tags} {tags|json}":           `a, b ["a","b"]`,
		"{more} {more.x} [{extra}]":    `{"x":"y"} y []`,
		"{wins.used}|{wins.used|json}": "1, |[1,null]",
		"{plan}":                       `{"used_percent":62.5}`,
		"{}":                           "error", "{label|shout}": "error", "a } b": "error", "{a b}": "error", "{.}": "error", "{label.}": "error",
		"{labels}":  "there is no field \"labels\"; there are at, extra, label, more, plan, requests, state, tags, wins",
		"{label.x}": "there is nothing in a field", "{plan.used}": "there is no field \"used\"",
	} {
		parsed, err := Parse(template)
		if err == nil {
			err = parsed.Check(reflect.TypeFor[row]())
		}
		switch {
		case err != nil && want != "error" && !strings.HasPrefix(err.Error(), want):
			t.Errorf("%q: %v", template, err)
		case err == nil && parsed.Line(value, now) != want:
			t.Errorf("%q is %q, not %q", template, parsed.Line(value, now), want)
		}
	}
}

// FuzzTemplate: every text is a template or an error, and a template shows every row.
func FuzzTemplate(f *testing.F) {
	for _, text := range []string{"{label}", "{{", `\t\`, "{a|ago}", "}{", "{a.b.c|json}"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		parsed, err := Parse(text)
		if err != nil {
			return
		}
		_ = parsed.Check(reflect.TypeFor[row]())
		parsed.Line(map[string]any{"label": []any{map[string]any{}}, "a": "x"}, time.Time{})
		if !strings.ContainsAny(text, `{}\`) && parsed.Line(nil, time.Time{}) != text {
			t.Errorf("%q became %q", text, parsed.Line(nil, time.Time{}))
		}
	})
}
