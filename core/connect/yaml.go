package connect

import (
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
			if _, isObject := inner.(object); isObject {
				n.Style = 0
			}
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
	return m, misread(err)
}

// nested is a setting below its path as indented lines.
func nested(path []string, value any, indent int) string {
	var b strings.Builder
	o, _ := below(path, value).(object)
	for line := range strings.Lines(yamlText(o)) {
		b.WriteString(strings.Repeat(" ", indent) + line)
	}
	return b.String()
}

// flowText is a value on one line, which stands in every place of a file.
func flowText(value any) string {
	switch v := value.(type) {
	case object:
		var words []string
		for _, p := range v {
			words = append(words, flowText(p.key)+": "+flowText(p.value))
		}
		return "{" + strings.Join(words, ", ") + "}"
	case []any:
		var words []string
		for _, inner := range v {
			words = append(words, flowText(inner))
		}
		return "[" + strings.Join(words, ", ") + "]"
	case string:
		if strings.ContainsAny(v, "{}[],") {
			return quoteJSON(v)
		}
	}
	text := strings.TrimSuffix(yamlText(object{{"v", value}}), "\n")
	if text = strings.TrimPrefix(text, "v: "); strings.Contains(text, "\n") {
		return quoteJSON(value.(string))
	}
	return text
}
