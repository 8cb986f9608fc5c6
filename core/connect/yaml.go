package connect

import (
	"errors"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// yamlText is an object as YAML, indented by two spaces.
func yamlText(o object) string {
	var b strings.Builder
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	_ = e.Encode(yamlNode(o))
	_ = e.Close()
	return b.String()
}

func yamlNode(value any) *yaml.Node {
	switch v := value.(type) {
	case object:
		n := &yaml.Node{Kind: yaml.MappingNode}
		for _, p := range v {
			n.Content = append(n.Content, yamlNode(p.key), yamlNode(p.value))
		}
		return n
	case []any:
		n := &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle}
		for _, inner := range v {
			n.Content = append(n.Content, yamlNode(inner))
		}
		return n
	default:
		n := &yaml.Node{}
		_ = n.Encode(v)
		return n
	}
}

func readYAML(text []byte) (map[string]any, error) {
	m := map[string]any{}
	err := yaml.Unmarshal(text, &m)
	return m, err
}

// setYAML writes one setting into the lines of the file: in the place of the
// one that stands there, or at the end of the mapping that it belongs to.
func setYAML(text []byte, s setting) ([]byte, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return nil, err
	}
	if strings.TrimSpace(string(text)) == "{}" {
		return []byte(yamlText(object(nil).with(s.path, s.value))), nil
	}
	lines := splitLines(string(text))
	if len(doc.Content) == 0 { // nothing but comments
		return join(append(lines, nested(s.path, s.value, 0)...)), nil
	}
	in, indent, from, to := doc.Content[0], 0, 0, len(lines)
	for depth, key := range s.path {
		if in.Kind != yaml.MappingNode || in.Style&yaml.FlowStyle != 0 {
			return nil, errors.New("it is not written as a mapping over several lines")
		}
		if len(in.Content) > 0 {
			indent = in.Content[0].Column - 1
		}
		name, value := member(in, key)
		if name == nil {
			return join(insertAt(lines, to, nested(s.path[depth:], s.value, indent))), nil
		}
		from = name.Line - 1
		to = blockEnd(lines, from, indent)
		empty := value.Kind == yaml.ScalarNode && value.Tag == "!!null" || value.Kind == yaml.MappingNode && len(value.Content) == 0
		if depth == len(s.path)-1 || empty {
			if value.Anchor != "" || value.Kind == yaml.AliasNode {
				return nil, errors.New("it is shared with another setting")
			}
			return join(slices.Replace(lines, from, to, nested(s.path[depth:], s.value, indent)...)), nil
		}
		in = value
	}
	return nil, errors.New("it names no setting")
}

func member(in *yaml.Node, key string) (name, value *yaml.Node) {
	for i := 0; i+1 < len(in.Content); i += 2 {
		if in.Content[i].Value == key {
			return in.Content[i], in.Content[i+1]
		}
	}
	return nil, nil
}

// blockEnd returns the line behind the member that begins at from: the first
// one that is not deeper than it, not counting blank lines and comments at the
// end, which belong to what follows.
func blockEnd(lines []string, from, indent int) int {
	end := from + 1
	for i := from + 1; i < len(lines); i++ {
		text := strings.TrimLeft(lines[i], " ")
		deep := len(lines[i]) - len(text)
		if text == "" || strings.HasPrefix(text, "#") && deep <= indent {
			continue
		}
		item := deep == indent && strings.HasPrefix(text, "- ") // a list may stand at its key's column
		if deep <= indent && !item {
			break
		}
		end = i + 1
	}
	return end
}

// nested is a setting below its path as lines, indented.
func nested(path []string, value any, indent int) []string {
	lines := splitLines(yamlText(object(nil).with(path, value)))
	for i := range lines {
		lines[i] = strings.Repeat(" ", indent) + lines[i]
	}
	return lines
}

func insertAt(lines []string, at int, more []string) []string {
	for at > 0 && strings.TrimSpace(lines[at-1]) == "" {
		at--
	}
	return slices.Insert(lines, at, more...)
}

func splitLines(text string) []string {
	return strings.Split(strings.TrimRight(text, "\n"), "\n")
}

func join(lines []string) []byte { return []byte(strings.Join(lines, "\n") + "\n") }
