package connect

import (
	"fmt"
	"reflect"

	"github.com/hermes-tui/hermes-tui/core/autherr"
)

// Format is the language of a configuration file.
type Format string

// The formats.
const (
	JSON  Format = "json" // with comments and trailing commas where the program takes them
	YAML  Format = "yaml"
	TOML  Format = "toml"
	Shell Format = "sh" // lines for a shell; there is no file to write
)

// The names of the forms.
const (
	Helper      = "helper"      // the program runs a command for each token
	Proxy       = "proxy"       // the program talks to `hermes-tui serve`
	Environment = "environment" // variables for any program
)

// Form is one way to connect a program.
type Form struct {
	Name   string   // [Helper], [Proxy] or [Environment]
	File   []string // the file below the home folder; empty: none
	Format Format
	// Folder is an environment variable that moves the file's folder.
	Folder string
	// Notes are sentences: what else has to be done, and what to know.
	Notes []string

	settings []setting
	lines    []string // of a shell
}

// Snippet returns the settings as they stand in the program's file, ending with
// a newline.
func (f Form) Snippet() string {
	switch f.Format {
	case JSON:
		return jsonText(tree(f.settings))
	case YAML:
		return yamlText(tree(f.settings))
	case TOML:
		return tomlText(tree(f.settings))
	default:
		return shellText(f.lines)
	}
}

// Apply returns the file's text with the settings in it. Everything else stays
// as it is, comments and order included; to make sure, the result is read again
// and compared. What cannot be changed safely is a usage error, and the person
// adds the snippet by hand. An empty text is a file that does not exist yet.
func (f Form) Apply(text []byte) ([]byte, error) {
	if len(text) == 0 {
		return []byte(f.Snippet()), nil
	}
	language, ok := languages[f.Format]
	if !ok {
		return nil, unsafe("there is no file to write for it", nil)
	}
	before, err := language.read(text)
	if err != nil {
		return nil, unsafe("the file cannot be read as "+string(f.Format), err)
	}
	next := append([]byte(nil), text...)
	for _, s := range f.settings {
		if next, err = language.set(next, s); err != nil {
			return nil, unsafe(fmt.Sprintf("the setting %q cannot be changed in it safely", dotted(s.path)), err)
		}
		before = put(before, s.path, plain(s.value))
	}
	after, err := language.read(next)
	if err != nil || !reflect.DeepEqual(normal(before), normal(after)) {
		return nil, unsafe("the change would touch other settings of the file", err)
	}
	return next, nil
}

// language reads and edits a format.
type language struct {
	// read returns the text as maps, lists and scalars.
	read func([]byte) (map[string]any, error)
	// set returns the text with one setting in it.
	set func([]byte, setting) ([]byte, error)
}

var languages = map[Format]language{
	JSON: {readJSON, setJSON},
	YAML: {readYAML, setYAML},
	TOML: {readTOML, setTOML},
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
