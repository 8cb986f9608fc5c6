package connect

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/hermes-tui/hermes-tui/core/autherr"
)

func form(format Format, settings ...setting) Form { return Form{Format: format, settings: settings} }

func TestForm_ApplyKeepsEverythingElse(t *testing.T) {
	provider := at(object{{"base_url", "https://x"}, {"count", 5}}, "providers", "ours")
	for _, c := range []struct {
		name         string
		f            Form
		before, want string
	}{
		{"an empty file", form(YAML, provider), "", "providers:\n  ours:\n    base_url: https://x\n    count: 5\n"},
		{"yaml: beside others, comments kept", form(YAML, provider),
			"# mine\nproviders: # two\n  a:\n    k: 1 # one\n\n  # the second\n  b:\n    k: 2\n\n# last\nmodel:\n  x: y\n",
			"# mine\nproviders: # two\n  a:\n    k: 1 # one\n\n  # the second\n  b:\n    k: 2\n  ours:\n    base_url: https://x\n    count: 5\n\n# last\nmodel:\n  x: y\n"},
		{"yaml: replaced", form(YAML, provider),
			"providers:\n    ours:\n        base_url: old\n        text: |\n            a\n            b\n    z: 1\n",
			"providers:\n    ours:\n      base_url: https://x\n      count: 5\n    z: 1\n"},
		{"yaml: an empty mapping", form(YAML, provider), "providers: {}\nz: 1\n", "providers:\n  ours:\n    base_url: https://x\n    count: 5\nz: 1\n"},
		{"yaml: only comments", form(YAML, at("v", "k")), "# nothing\n", "# nothing\nk: v\n"},
		{"yaml: a list at its key's column", form(YAML, at("v", "b")), "a:\n- 1\n- 2\nb: w\n", "a:\n- 1\n- 2\nb: v\n"},
		{"json: beside others, comments kept", form(JSON, provider),
			"{\n    // mine\n    \"a\": 1,\n    \"providers\": {\n        \"b\": {} // there\n    }\n}\n",
			"{\n    // mine\n    \"a\": 1,\n    \"providers\": {\n        \"b\": {}, // there\n        \"ours\": {\n          \"base_url\": \"https://x\",\n          \"count\": 5\n        }\n    }\n}\n"},
		{"json: an empty object", form(JSON, at("v", "k", "l")), "{}", "{\n  \"k\": {\n    \"l\": \"v\"\n  }\n}"},
		{"json: replaced where it stands", form(JSON, at("v", "k")), `{"k": "w", "z": [1,2]}`, `{"k": "v", "z": [1,2]}`},
		{"toml: at its place", form(TOML, at("v", "model"), at("w", "t", "k"), at(object{{"a", 1}}, "new")),
			"# mine\nmodel = \"old\" # why\nother = 1\n\n[t] # a table\nk = \"old\"\nz = 2\n",
			"# mine\nmodel = \"v\" # why\nother = 1\n\n[t] # a table\nk = \"w\"\nz = 2\n\n[new]\na = 1\n"},
		{"toml: before the first table", form(TOML, at("v", "model")), "a = 1\n\n[t]\nb = 2\n", "a = 1\nmodel = \"v\"\n\n[t]\nb = 2\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := c.f.Apply([]byte(c.before))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, string(got)); diff != "" {
				t.Error(diff)
			}
			again, err := c.f.Apply(got)
			if err != nil || string(again) != string(got) {
				t.Errorf("applied again it is not the same: %v\n%s", err, again)
			}
		})
	}
}

func TestForm_ApplyRefusesWhatItCannotKeep(t *testing.T) {
	for _, c := range []struct {
		name string
		f    Form
		text string
	}{
		{"yaml: below a text", form(YAML, at("v", "a", "k")), "a: text\n"},
		{"yaml: shared by an anchor", form(YAML, at("v", "a")), "a: &x\n  b: 1\nc: *x\n"},
		{"yaml: not yaml", form(YAML, at("v", "a")), "a: [\n"},
		{"yaml: a list", form(YAML, at("v", "a")), "- 1\n"},
		{"json: a list", form(JSON, at("v", "a")), "[1]"},
		{"json: unquoted keys", form(JSON, at("v", "a")), "{a: 1}"},
		{"json: below a text", form(JSON, at("v", "a", "k")), `{"a": "text"}`},
		{"toml: an inline table", form(TOML, at("v", "a", "k")), "a = {k = \"w\"}\n"},
		{"toml: below a text", form(TOML, at("v", "a", "k")), "a = \"text\"\n"},
		{"utf-16", form(JSON, at("v", "k")), "\xff\xfe{\x00}\x00"},
		{"binary", form(TOML, at("v", "k")), "\x00\x01\xff"},
		{"no file", form(Shell), "x"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := c.f.Apply([]byte(c.text))
			if autherr.KindOf(err) != autherr.Usage || got != nil {
				t.Errorf("got %q, %v", got, err)
			}
		})
	}
}

// TestForm_RefusalsQuoteNothing: what stands in a file that is refused may be a
// secret.
func TestForm_RefusalsQuoteNothing(t *testing.T) {
	const secret = "sk-other-vendor-0001"
	for format, texts := range map[Format][]string{
		YAML:  {"S", "a: S\n b: 2\n", "a: *S\n", "a: !!int S\n", "S: 1\nS: 2\n", "a: \"S\\q\"\n", "<<: S\n", "a: S\n\tb: 1\n"},
		TOML:  {"S", "a = S\n", "a = 'S\n", "a = 1\na = 'S'\n", "a = \"S\\q\"\n", "a = 1S\n", "a = trueS\n", "[S\n"},
		JSON:  {"S", `{"a": S}`, "{\"a\": \"S\n\"}", `{"a": 1S}`, `{"a": 'S'}`, `{"a": "S" "S"}`},
		Plain: {"S", `"S"`, `{"a": S}`, "{\"a\": \"S\n\"}", `{"a": 1S}`, `{"a": trueS}`},
		JSON5: {"S", `{"a": S}`, "{\"a\": \"S\n\"}", `{a: '\u00S'}`, `{a: 'S' 'S'}`},
	} {
		for _, text := range texts {
			got, err := form(format, at("v", "b", "c")).Apply([]byte(strings.ReplaceAll(text, "S", secret)))
			if err == nil || strings.Contains(err.Error(), "sk") {
				t.Errorf("%s, %q: %q, %v", format, text, got, err)
			}
		}
	}
}

// anyValue draws a mapping as a person may have in a file.
func anyValue(depth int) *rapid.Generator[any] {
	return rapid.Custom(func(t *rapid.T) any {
		kinds := []string{"text", "number", "list"}
		if depth > 0 {
			kinds = append(kinds, "object", "object")
		}
		switch rapid.SampledFrom(kinds).Draw(t, "kind") {
		case "text":
			return rapid.StringMatching(`[a-z #:"'{}\[\]|-]{0,12}`).Draw(t, "text")
		case "number":
			return rapid.IntRange(0, 9).Draw(t, "number")
		case "list":
			return []any{"x", 1}
		default:
			return anyObject(depth-1).Draw(t, "object")
		}
	})
}

func anyObject(depth int) *rapid.Generator[object] {
	return rapid.Custom(func(t *rapid.T) object {
		var o object
		for _, key := range rapid.SliceOfNDistinct(rapid.StringMatching(`[a-e]`), 0, 4, rapid.ID).Draw(t, "keys") {
			o = append(o, pair{key, anyValue(depth).Draw(t, "value")})
		}
		return o
	})
}

// Whatever stands in a file that is written the usual way, a setting under new
// names goes into it, and Apply itself proves that nothing else changed.
func TestForm_ApplyTakesAnyUsualFile(t *testing.T) {
	for _, format := range []Format{JSON, YAML, TOML} {
		t.Run(string(format), func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				have := anyObject(2).Draw(t, "file")
				f := form(format,
					at("v", "top"),
					at(object{{"a", "b"}, {"n", 1}}, "outer", "inner"),
					at("changed", "top"),
				)
				text := map[Format]func(object) string{JSON: jsonText, YAML: yamlText, TOML: tomlText}[format](have)
				if strings.TrimSpace(text) == "" {
					return
				}
				got, err := f.Apply([]byte(text))
				if err != nil {
					t.Fatalf("%v\n%s", err, text)
				}
				again, err := f.Apply(got)
				if err != nil || string(again) != string(got) {
					t.Fatalf("not the same again: %v\n%s\n%s", err, got, again)
				}
			})
		})
	}
}

// Whatever list stands in a file, an item goes into it, replaces itself, and Apply
// itself proves that nothing else changed.
func FuzzApply_Items(f *testing.F) {
	f.Add([]byte("a: 1\nmodels:\n  # c\n  - name: x\n    k: |\n      - name: ours\n\n  -\n    name: ours\n# d\nb: 2\n"), true)
	f.Add([]byte("models:\n- name: x\n- {name: ours}\n"), false)
	f.Add([]byte("- name: x\r\n- name: y"), true)
	f.Add([]byte("models: []"), true)
	f.Fuzz(func(t *testing.T, text []byte, first bool) {
		for _, format := range []Format{YAML, YAMLList} {
			it := item{key: "name", first: first, value: object{{"name", "ours"}, {"k", "v: w"}}}
			if format == YAML {
				it.path = []string{"models"}
			}
			form := Form{Format: format, items: []item{it}}
			got, err := form.Apply(text)
			if err != nil {
				continue
			}
			if again, err := form.Apply(got); err != nil || string(again) != string(got) {
				t.Fatalf("%s, %q: applied again it is %q, %v, before %q", format, text, again, err, got)
			}
			have, err := readAs(format, got)
			list, _ := get(have, it.listPath())
			if all, _ := list.([]any); err != nil || it.plan(have) != nil || len(all) == 0 {
				t.Fatalf("%s: %q became %q, %v", format, text, got, err)
			}
		}
	})
}

func FuzzApply(f *testing.F) {
	f.Add([]byte("a:\n  b: 1\n"))
	f.Add([]byte(`{"a": {"b": 1}} // c`))
	f.Add([]byte("[a]\nb = 1\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		for format, language := range languages {
			if format == YAMLList {
				continue // it has no names
			}
			got, err := form(format, at("v", "a", "b"), at(object{{"x", 1}}, "c")).Apply(text)
			if err != nil {
				continue
			}
			m, err := language.read(got)
			if err != nil {
				t.Fatalf("%s: %v\n%q -> %q", format, err, text, got)
			}
			if a, _ := m["a"].(map[string]any); a["b"] != "v" {
				t.Fatalf("%s: not set: %q -> %q", format, text, got)
			}
		}
	})
}
