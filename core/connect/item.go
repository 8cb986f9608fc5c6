package connect

import (
	"bytes"
	"errors"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// item is an object in a list of a file, known by one of its members. It takes the
// place of the one of that name, or goes into the list.
type item struct {
	path  []string // of the list; none: the file is the list
	key   string   // the member that is its name
	value object
	first bool // a new one goes before the others
}

// name is what an item is called.
func (it item) name() any {
	for _, p := range it.value {
		if p.key == it.key {
			return p.value
		}
	}
	return nil
}

// listPath is where a list stands in the settings as they are read.
func (it item) listPath() []string {
	if len(it.path) == 0 {
		return []string{wholeList}
	}
	return it.path
}

// wholeList is the name under which the list is read that a file is.
const wholeList = "-"

// plan is what has to be done to a file that has these settings, nil where nothing.
func (it item) plan(have map[string]any) *change {
	step := &change{setting: at(it.value, it.listPath()...), item: &it, replace: true}
	old, there := get(have, it.listPath())
	if !there || old == nil {
		return &change{setting: at([]any{it.value}, it.listPath()...)}
	}
	list, ok := old.([]any)
	if !ok {
		step.at = -1
		return step // which says why not
	}
	step.at = slices.IndexFunc(list, func(one any) bool {
		m, _ := one.(map[string]any)
		return m != nil && m[it.key] == it.name()
	})
	switch {
	case step.at >= 0 && same(list[step.at], it.value):
		return nil
	case step.at >= 0:
	case it.first:
		step.at, step.replace = 0, false
	default:
		step.at, step.replace = len(list), false
	}
	return step
}

// setItem puts an item into a list of lines, at a place or in the place of another
// one.
func setItem(text []byte, c change) ([]byte, error) {
	f, list, err := listOf(text, c.item.path)
	if err != nil {
		return nil, err
	}
	if list.Kind != yaml.SequenceNode {
		return nil, errors.New("it is not a list")
	}
	if list.Anchor != "" || slices.ContainsFunc(list.Content, func(n *yaml.Node) bool { return n.Anchor != "" || n.Kind == yaml.AliasNode }) {
		return nil, errShared
	}
	if list.Style&yaml.FlowStyle != 0 && len(list.Content) == 0 {
		return f.replaceFlow(list, []any{c.item.value})
	}
	if list.Style&yaml.FlowStyle != 0 {
		return nil, errors.New("it is written on one line")
	}
	indent := list.Column - 1
	text = f.text
	lines := itemText(c.item.value, indent)
	if c.at == len(list.Content) {
		_, end := f.item(list.Content[c.at-1], indent)
		if end > 0 && text[end-1] != '\n' {
			lines = "\n" + strings.TrimSuffix(lines, "\n")
		}
		return splice(text, end, end, lines), nil
	}
	start, end := f.item(list.Content[c.at], indent)
	if c.replace {
		return splice(text, start, end, lines), nil
	}
	for above := start; above > 0; { // what is said of the item before which it goes stays there
		above = lineStart(text, above-1)
		line := bytes.TrimLeft(text[above:start], " ")
		if len(line) == 0 || line[0] != '#' || len(text[above:])-len(bytes.TrimLeft(text[above:], " ")) != indent {
			break
		}
		start = above
	}
	return splice(text, start, start, lines), nil
}

// listOf finds a list in a file.
func listOf(text []byte, path []string) (yamlFile, *yaml.Node, error) {
	f := linesOf(text)
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return f, nil, misread(err)
	}
	if len(doc.Content) == 0 {
		return f, nil, errNoObject
	}
	n := doc.Content[0]
	for _, key := range path {
		if n.Kind != yaml.MappingNode {
			return f, nil, errNoObject
		}
		if _, n = member(n, key); n == nil {
			return f, nil, errNoObject
		}
	}
	return f, n, nil
}

// item is where an item of a list stands: from the line of its dash to before the
// first line that is not deeper, blank lines and comments there not counted.
func (f yamlFile) item(n *yaml.Node, indent int) (start, end int) {
	line := min(n.Line, len(f.lines)) // YAML knows further line breaks
	for ; line > 1; line-- {          // the dash may stand on a line of its own
		if text := f.text[f.lines[line-1]:]; len(text) > indent && text[indent] == '-' {
			break
		}
	}
	start = f.lines[line-1]
	end = lineEnd(f.text, start)
	for i := line; i < len(f.lines); i++ {
		whole := f.text[f.lines[i]:lineEnd(f.text, f.lines[i])]
		text := bytes.TrimLeft(whole, " ")
		deep := len(whole) - len(text)
		if blank(text) || text[0] == '#' && deep <= indent {
			continue
		}
		if deep <= indent {
			break
		}
		end = f.lines[i] + len(whole)
	}
	return start, end
}

// itemText is an item as lines.
func itemText(value object, indent int) string {
	var b strings.Builder
	lead := "- "
	for line := range strings.Lines(yamlText(value)) {
		b.WriteString(strings.Repeat(" ", indent) + lead + line)
		lead = "  "
	}
	return b.String()
}

// readYAMLList reads a file that is a list. One with nothing but comments is none.
func readYAMLList(text []byte) (map[string]any, error) {
	var list []any
	if err := yaml.Unmarshal(text, &list); err != nil {
		return nil, misread(err)
	}
	if list == nil {
		return map[string]any{}, nil
	}
	return map[string]any{wholeList: list}, nil
}

// startList puts the first item into a file that is a list and has none.
func startList(text []byte, s setting) ([]byte, error) {
	list, ok := s.value.([]any)
	if !ok || len(list) != 1 {
		return nil, errNoObject
	}
	first, ok := list[0].(object)
	if !ok {
		return nil, errNoObject
	}
	return linesOf(text).addLines(len(text), itemText(first, 0)), nil
}
