package connect

import (
	"slices"

	"github.com/hermes-tui/hermes-tui/core/autherr"
)

// Format is the language of a configuration file.
type Format string

// The formats.
const (
	JSON     Format = "json" // with comments and trailing commas where the program takes them
	Plain    Format = "plain json, without comments"
	JSON5    Format = "json5" // with unquoted names and single quotes, too
	YAML     Format = "yaml"
	YAMLList Format = "a list in yaml"
	TOML     Format = "toml"
	Shell    Format = "sh" // lines for a shell; there is no file to write
)

// The names of the forms.
const (
	Helper      = "helper"      // the program runs a command for each token
	Proxy       = "proxy"       // the program talks to `hermes-tui serve`
	Environment = "environment" // variables for any program
	PowerShell  = "powershell"  // the same for PowerShell
	Cmd         = "cmd"         // the same for cmd.exe
)

// Form is one way to connect a program.
type Form struct {
	Name   string // [Helper], [Proxy] or [Environment]
	Format Format
	// Since is the day of the program's first release that understands the form,
	// as its version says it ("2026.8.15"); empty: all do.
	Since string
	// Wants are what the program has to say when it is asked what it read.
	Wants []Want
	// Notes are sentences: what else has to be done, and what to know.
	Notes []string

	settings []setting
	items    []item
	lines    []string // of a shell
	// drops are settings that go before ours; they are taken out.
	drops [][]string
	// short are mappings that may be written as a single value.
	short [][]string
	// listed are values that have to be in a list where there is that list.
	listed []setting
}

// Want is a value that a program has to name: under a path of the JSON that it
// prints, or, without a path, as a word anywhere.
type Want struct {
	Path  []string
	Value string
}

// Snippet returns the settings as they stand in the program's file, ending with
// a newline.
func (f Form) Snippet() string {
	switch f.Format {
	case JSON, Plain, JSON5:
		return jsonText(tree(f.settings))
	case YAML:
		return yamlText(f.tree())
	case YAMLList:
		return itemText(f.items[0].value, 0)
	case TOML:
		return tomlText(tree(f.settings))
	default:
		return shellText(f.lines)
	}
}

// sets reports whether the form has a value for a path.
func (f Form) sets(path []string) bool {
	return slices.ContainsFunc(f.settings, func(s setting) bool { return slices.Equal(s.path, path) })
}

// tree is the form's settings as one mapping, with the lists that it adds to.
func (f Form) tree() object {
	root := tree(f.settings)
	for _, it := range f.items {
		root = root.with(it.listPath(), []any{it.value})
	}
	return root
}

// put sets a value in decoded settings.
func put(m map[string]any, path []string, value any) map[string]any {
	if m == nil {
		m = map[string]any{}
	}
	if len(path) == 1 {
		m[path[0]] = value
		return m
	}
	inner, _ := m[path[0]].(map[string]any)
	m[path[0]] = put(inner, path[1:], value)
	return m
}

// normal makes numbers of all decoders comparable.
func normal(value any) any {
	switch v := value.(type) {
	case map[string]any:
		m := make(map[string]any, len(v))
		for key, inner := range v {
			m[key] = normal(inner)
		}
		return m
	case []any:
		list := make([]any, len(v))
		for i := range v {
			list[i] = normal(v[i])
		}
		return list
	case int:
		return float64(v)
	case int64:
		return float64(v)
	default:
		return v
	}
}

func unsafe(why string, err error) error {
	if err != nil {
		why += ": " + err.Error()
	}
	return &autherr.Error{
		Kind: autherr.Usage, Code: autherr.CodeUsage, Message: why,
		Hint: "add the lines by hand; nothing was changed", Err: err,
	}
}

func dotted(path []string) string {
	text := path[0]
	for _, key := range path[1:] {
		text += "." + key
	}
	return text
}
