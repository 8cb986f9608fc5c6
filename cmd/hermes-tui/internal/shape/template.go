// Package shape puts what --json prints into the form that a person asked for: a line
// for each row by a template, or whatever a jq expression makes of it.
//
// The templates are fields in braces and nothing more. Those of text/template, which
// gh has, would make every start slower and the program larger by a seventh: they can
// call any method, so that the linker has to keep all of them.
package shape

import (
	"fmt"
	"reflect"
	"strings"
	"time"
)

// Template is a line for each row: "{label} {state|words}".
type Template struct{ parts []part }

// part is text, or a field.
type part struct {
	text string
	path []string // names, the outer one first; nil: text
	how  string   // what is done with the value
}

// helpers are what can be done with a value.
var helpers = [...]string{"ago", "words", "json"}

// Parse reads a template. A brace of its own is written twice; \n, \t and \\ stand for
// a new line, a tab and a backslash.
func Parse(text string) (*Template, error) {
	t := &Template{}
	var plain strings.Builder
	flush := func() {
		if plain.Len() > 0 {
			t.parts = append(t.parts, part{text: plain.String()})
			plain.Reset()
		}
	}
	for len(text) > 0 {
		switch {
		case strings.HasPrefix(text, "{{"), strings.HasPrefix(text, "}}"):
			plain.WriteByte(text[0])
			text = text[2:]
		case text[0] == '{':
			inside, rest, closed := strings.Cut(text[1:], "}")
			if !closed {
				return nil, fmt.Errorf("%q has no closing brace", text)
			}
			field, err := parseField(inside)
			if err != nil {
				return nil, err
			}
			flush()
			t.parts = append(t.parts, field)
			text = rest
		case text[0] == '}':
			return nil, fmt.Errorf("a closing brace stands alone; write }} for one")
		case text[0] == '\\' && len(text) > 1 && strings.IndexByte(`nt\`, text[1]) >= 0:
			plain.WriteByte(map[byte]byte{'n': '\n', 't': '\t', '\\': '\\'}[text[1]])
			text = text[2:]
		default:
			plain.WriteByte(text[0])
			text = text[1:]
		}
	}
	flush()
	return t, nil
}

// parseField reads what stands between braces: "plan.resets_at|ago".
func parseField(inside string) (part, error) {
	name, how, helped := strings.Cut(strings.TrimSpace(inside), "|")
	p := part{path: strings.Split(strings.TrimPrefix(strings.TrimSpace(name), "."), "."), how: strings.TrimSpace(how)}
	for _, step := range p.path {
		if step == "" || strings.ContainsAny(step, " \t{") {
			return p, fmt.Errorf("{%s} names no field", inside)
		}
	}
	if helped {
		for _, helper := range helpers {
			if p.how == helper {
				return p, nil
			}
		}
		return p, fmt.Errorf("{%s}: there is no %q; use %s", inside, p.how, strings.Join(helpers[:], ", "))
	}
	return p, nil
}

// Check says which field rows of a type do not have.
func (t *Template) Check(row reflect.Type) error {
	for _, p := range t.parts {
		if p.path == nil {
			continue
		}
		if err := check(row, p.path); err != nil {
			return err
		}
	}
	return nil
}

// follow is the value at the end of a path; in a list, that of each of its values.
func follow(value any, path []string) any {
	if len(path) == 0 {
		return value
	}
	switch v := value.(type) {
	case map[string]any:
		return follow(v[path[0]], path[1:])
	case []any:
		all := make([]any, len(v))
		for i, one := range v {
			all[i] = follow(one, path)
		}
		return all
	default:
		return nil
	}
}

// Line is the row as the template says. What is null or not there is empty.
func (t *Template) Line(row any, now time.Time) string {
	var line strings.Builder
	for _, p := range t.parts {
		if p.path == nil {
			line.WriteString(p.text)
			continue
		}
		line.WriteString(p.show(follow(row, p.path), now))
	}
	return line.String()
}
