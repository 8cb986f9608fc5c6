package connect

import (
	"bytes"
	"errors"
	"strings"

	"go.yaml.in/yaml/v3"
)

// span is where a value stands that is written as one word, in quotes or in
// brackets.
func (f yamlFile) span(n *yaml.Node) (start, end int, err error) {
	start = f.offset(n)
	rest := f.text[start:]
	if n.Kind == yaml.AliasNode || n.Anchor != "" || n.Style&yaml.TaggedStyle != 0 {
		return 0, 0, errShared
	}
	switch {
	case n.Kind != yaml.ScalarNode:
		if n.Style&yaml.FlowStyle == 0 {
			return 0, 0, errors.New("it goes over several lines")
		}
		end = flowEnd(rest)
	case n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0:
		end = quoteEnd(rest)
	case n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 || !bytes.HasPrefix(rest, []byte(n.Value)):
		return 0, 0, errors.New("it goes over several lines")
	default:
		end = len(n.Value)
	}
	if end < 0 {
		return 0, 0, errors.New("its end was not found")
	}
	return start, start + end, nil
}

// addFlow puts a member at the beginning of a mapping in braces.
func (f yamlFile) addFlow(in *yaml.Node, key string, value any) ([]byte, error) {
	start, _, err := f.span(in)
	if err != nil {
		return nil, err
	}
	if f.text[start] != '{' {
		return nil, errNoObject
	}
	word := flowText(key) + ": " + flowText(value)
	if len(in.Content) > 0 {
		word += ", "
	}
	return splice(f.text, start+1, start+1, word), nil
}

func (f yamlFile) replaceFlow(value *yaml.Node, next any) ([]byte, error) {
	start, end, err := f.span(value)
	if err != nil {
		return nil, err
	}
	if start == end {
		return nil, errors.New("it has no value there")
	}
	return splice(f.text, start, end, flowText(next)), nil
}

func (f yamlFile) removeFlow(name, value *yaml.Node) ([]byte, error) {
	start, _, err := f.span(name)
	if err != nil {
		return nil, err
	}
	_, end, err := f.span(value)
	if err != nil {
		return nil, err
	}
	rest := bytes.TrimLeft(f.text[end:], " ")
	if bytes.HasPrefix(rest, []byte(",")) {
		end = len(f.text) - len(bytes.TrimLeft(rest[1:], " "))
	} else if before := bytes.TrimRight(f.text[:start], " "); bytes.HasSuffix(before, []byte(",")) {
		start = len(before) - 1
	}
	return splice(f.text, start, end, ""), nil
}

// quoteEnd is the length of the text in quotes that begins here; -1 if it does
// not end.
func quoteEnd(text []byte) int {
	quote := text[0]
	for i := 1; i < len(text); i++ {
		switch {
		case text[i] == '\\' && quote == '"':
			i++
		case text[i] == quote && quote == '\'' && i+1 < len(text) && text[i+1] == quote:
			i++
		case text[i] == quote:
			return i + 1
		}
	}
	return -1
}

// flowEnd is the length of the list or mapping in brackets that begins here; -1
// if it does not end.
func flowEnd(text []byte) int {
	depth := 0
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '{' || c == '[':
			depth++
		case c == '}' || c == ']':
			if depth--; depth == 0 {
				return i + 1
			}
		case (c == '"' || c == '\'') && strings.IndexByte(" \t\n{[,:", text[max(i-1, 0)]) >= 0:
			end := quoteEnd(text[i:])
			if end < 0 {
				return -1
			}
			i += end - 1
		case c == '#' && strings.IndexByte(" \t\n", text[max(i-1, 0)]) >= 0:
			i = lineEnd(text, i) - 1
		}
	}
	return -1
}
