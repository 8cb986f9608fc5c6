package connect

import (
	"bytes"
	"errors"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// yamlFile is a text and what stands where in it.
type yamlFile struct {
	text  []byte
	lines []int // where each line begins
}

// linesOf finds out where the lines of a text begin.
func linesOf(text []byte) yamlFile {
	f := yamlFile{text: text, lines: []int{0}}
	for i, c := range text {
		if c == '\n' {
			f.lines = append(f.lines, i+1)
		}
	}
	return f
}

// parseYAML returns the mapping that a file is; nil where there is nothing but
// comments.
func parseYAML(text []byte) (yamlFile, *yaml.Node, error) {
	f := linesOf(text)
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return f, nil, err
	}
	if len(doc.Content) == 0 || isNull(doc.Content[0]) {
		return f, nil, nil
	}
	if doc.Content[0].Kind != yaml.MappingNode {
		return f, nil, errNoObject
	}
	return f, doc.Content[0], nil
}

var errShared = errors.New("it is shared with another setting, or marked")

// setYAML writes one setting into the file: in the place of the value that
// stands there, or at the end of the mapping that it belongs to.
func setYAML(text []byte, s setting) ([]byte, error) {
	f, in, err := parseYAML(text)
	if err != nil {
		return nil, err
	}
	if in == nil {
		return f.addLines(len(text), nested(s.path, s.value, 0)), nil
	}
	if len(in.Content) == 0 { // {}
		start, end, err := f.span(in)
		if err != nil {
			return nil, err
		}
		return splice(text, start, end, strings.TrimSuffix(nested(s.path, s.value, 0), "\n")), nil
	}
	to := len(text) // where the mapping ends
	for depth, key := range s.path {
		rest := s.path[depth+1:]
		if in.Kind != yaml.MappingNode {
			return nil, errNoObject
		}
		if in.Anchor != "" {
			return nil, errShared
		}
		flow := in.Style&yaml.FlowStyle != 0
		name, value := member(in, key)
		switch {
		case name == nil && flow:
			return f.addFlow(in, key, below(rest, s.value))
		case name == nil:
			return f.addLines(to, nested(s.path[depth:], s.value, in.Content[0].Column-1)), nil
		case len(rest) == 0 || isNull(value) || value.Kind == yaml.MappingNode && len(value.Content) == 0:
			if flow {
				return f.replaceFlow(value, below(rest, s.value))
			}
			return f.replace(name, value, below(rest, s.value))
		}
		if !flow {
			to = f.blockEnd(name)
		}
		in = value
	}
	return nil, errors.New("it names no setting")
}

// below is a value with the keys that it stands under.
func below(path []string, value any) any {
	if len(path) == 0 {
		return value
	}
	return object(nil).with(path, value)
}

// removeYAML takes a member of a mapping out.
func removeYAML(text []byte, path []string) ([]byte, error) {
	f, in, err := parseYAML(text)
	if err != nil {
		return nil, err
	}
	for depth, key := range path {
		if in == nil || in.Kind != yaml.MappingNode {
			return nil, errNoObject
		}
		name, value := member(in, key)
		if name == nil {
			return nil, errNoObject
		}
		if depth < len(path)-1 {
			in = value
			continue
		}
		if in.Anchor != "" || value.Anchor != "" {
			return nil, errShared
		}
		if in.Style&yaml.FlowStyle != 0 {
			return f.removeFlow(name, value)
		}
		from := f.offset(name)
		return splice(text, lineStart(text, from), f.blockEnd(name), ""), nil
	}
	return text, nil
}

// replace puts a value in the place of another one in a block. A comment behind
// the old value stays.
func (f yamlFile) replace(name, value *yaml.Node, next any) ([]byte, error) {
	if value.Anchor != "" || value.Kind == yaml.AliasNode || name.Anchor != "" {
		return nil, errShared
	}
	start, end, err := f.span(value)
	if isNull(value) && (err != nil || value.Value == "") {
		if _, end, err = f.span(name); err != nil {
			return nil, err
		}
		end += bytes.IndexByte(f.text[end:], ':') + 1
		start = end
	}
	indent := name.Column - 1
	o, isObject := next.(object)
	inBlock := value.Kind != yaml.ScalarNode && value.Style&yaml.FlowStyle == 0
	switch {
	case inBlock && !isObject:
		return nil, errors.New("it is not a single value")
	case inBlock: // the lines behind that of the name
		from := lineEnd(f.text, f.offset(name))
		return splice(f.text, from, f.blockEnd(name), nested(nil, o, indent+2)), nil
	case err != nil:
		return nil, err
	case !isObject:
		word := flowText(next)
		if start > 0 && f.text[start-1] == ':' {
			word = " " + word
		}
		return splice(f.text, start, end, word), nil
	default:
		more := nested(nil, o, indent+2)
		at := lineEnd(f.text, end)
		if at == len(f.text) && !bytes.HasSuffix(f.text, []byte("\n")) {
			more = "\n" + more
		}
		if start > 0 && f.text[start-1] == ' ' && blank(f.text[end:at]) {
			start--
		}
		return splice(splice(f.text, at, at, more), start, end, ""), nil
	}
}

// addLines puts lines at the end of a mapping, before the blank lines there.
func (f yamlFile) addLines(at int, more string) []byte {
	at = len(bytes.TrimRight(f.text[:at], " \t\r\n"))
	if at == 0 {
		return splice(f.text, 0, len(f.text), more)
	}
	if at = lineEnd(f.text, at); f.text[at-1] != '\n' {
		more = "\n" + strings.TrimSuffix(more, "\n")
	}
	return splice(f.text, at, at, more)
}

// blockEnd is where the member that begins at name ends: before the first line
// that is not deeper than it, not counting blank lines and comments at the end,
// which belong to what follows.
func (f yamlFile) blockEnd(name *yaml.Node) int {
	indent := name.Column - 1
	end := lineEnd(f.text, f.offset(name))
	for i := name.Line; i < len(f.lines); i++ {
		line := f.text[f.lines[i]:lineEnd(f.text, f.lines[i])]
		text := bytes.TrimLeft(line, " ")
		deep := len(line) - len(text)
		if blank(text) || text[0] == '#' && deep <= indent {
			continue
		}
		item := deep == indent && (bytes.HasPrefix(text, []byte("- ")) || string(bytes.TrimSpace(text)) == "-") // a list may stand at its key's column
		if deep <= indent && !item {
			break
		}
		end = f.lines[i] + len(line)
	}
	return end
}

// offset is where a node begins.
func (f yamlFile) offset(n *yaml.Node) int {
	if n.Line < 1 || n.Line > len(f.lines) {
		return 0
	}
	at := f.lines[n.Line-1]
	for range n.Column - 1 {
		_, size := utf8.DecodeRune(f.text[at:])
		at += size
	}
	return at
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Tag == "!!null" }

func member(in *yaml.Node, key string) (name, value *yaml.Node) {
	for i := 0; i+1 < len(in.Content); i += 2 {
		if in.Content[i].Value == key {
			return in.Content[i], in.Content[i+1]
		}
	}
	return nil, nil
}
