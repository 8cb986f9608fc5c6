package connect

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"

	"github.com/tailscale/hujson"

	"github.com/hermes-tui/hermes-tui/internal/json5"
)

// readJSON takes comments and trailing commas, which the programs take.
func readJSON(text []byte) (map[string]any, error) {
	standard, err := hujson.Standardize(bytes.Clone(text))
	if err != nil {
		return nil, misread(err)
	}
	var m map[string]any
	if err := json.Unmarshal(standard, &m); err != nil || m == nil {
		return nil, errNoObject
	}
	return m, nil
}

// readPlain takes what JSON.parse takes, which some programs use: they ignore a
// file with a comment or a trailing comma as a whole.
func readPlain(text []byte) (map[string]any, error) {
	var value any
	if err := json.Unmarshal(text, &value); err != nil {
		return nil, err
	}
	if m, ok := value.(map[string]any); ok {
		return m, nil
	}
	return nil, errNoObject
}

func readJSON5(text []byte) (map[string]any, error) {
	n, err := json5.Parse(text)
	if err != nil {
		return nil, err
	}
	if n.Kind != json5.Object {
		return nil, errNoObject
	}
	return n.Any().(map[string]any), nil
}

var errNoObject = errors.New("it is not an object")

// setJSON changes one member where it stands, or adds it as the last of its
// object.
func setJSON(text []byte, s setting) ([]byte, error) {
	n, err := json5.Parse(text)
	if err != nil {
		return nil, err
	}
	indent, _ := indentOf(text, n.Start)
	below := func(rest []string) any {
		if len(rest) == 0 {
			return s.value
		}
		return object(nil).with(rest, s.value)
	}
	for depth, key := range s.path {
		if depth > 0 && string(text[n.Start:n.End]) == "null" { // as if nothing stood there
			var b bytes.Buffer
			writeJSON(&b, below(s.path[depth:]), indent)
			return splice(text, n.Start, n.End, b.String()), nil
		}
		if n.Kind != json5.Object {
			return nil, errNoObject
		}
		i := n.Find(key)
		if i < 0 {
			return addItem(text, n, quoteJSON(key)+": ", below(s.path[depth+1:]), indent), nil
		}
		indent = memberIndent(text, n, indent)
		n = n.Items[i].Value
	}
	var b bytes.Buffer
	writeJSON(&b, s.value, indent)
	return splice(text, n.Start, n.End, b.String()), nil
}

// appendJSON adds an item at the end of a list.
func appendJSON(text []byte, path []string, value any) ([]byte, error) {
	n, err := json5.Parse(text)
	if err != nil {
		return nil, err
	}
	indent := ""
	for _, key := range path {
		indent = memberIndent(text, n, indent)
		i := n.Find(key)
		if i < 0 {
			return nil, errNoObject
		}
		n = n.Items[i].Value
	}
	return addItem(text, n, "", value, indent), nil
}

// memberIndent is how deep the members of an object stand.
func memberIndent(text []byte, n *json5.Node, outer string) string {
	if len(n.Items) > 0 {
		if indent, alone := indentOf(text, n.Items[0].Start); alone {
			return indent
		}
	}
	return outer + "  "
}

// addItem adds an item behind the others: on a line of its own, or on the line
// of the others where all stand on one. A comment behind the item before stays
// there.
func addItem(text []byte, n *json5.Node, name string, value any, outer string) []byte {
	closing := n.End - 1
	oneLine := n.Kind == json5.Array && !bytes.ContainsRune(text[n.Start:n.End], '\n')
	indent := memberIndent(text, n, outer)
	var b bytes.Buffer
	writeJSON(&b, value, indent)
	item := name + b.String()
	if len(n.Items) == 0 {
		if oneLine {
			return splice(text, closing, closing, item)
		}
		if blank(text[n.Start+1 : closing]) {
			return splice(text, n.Start+1, closing, "\n"+indent+item+"\n"+outer)
		}
		return splice(text, closing, closing, "\n"+indent+item+"\n"+outer)
	}
	last := n.Items[len(n.Items)-1]
	behind, comma := last.Value.End, ","
	if last.Comma >= 0 {
		behind, comma, item = last.Comma+1, "", item+","
	}
	if oneLine {
		return splice(splice(text, behind, behind, " "+item), behind, behind, comma)
	}
	tail := "\n" + outer
	var at int
	if start := lineStart(text, closing); start > behind && blank(text[start:closing]) {
		at, tail = start-1, ""
		if at > behind && text[at-1] == '\r' {
			at--
		}
	} else {
		at = behind + len(bytes.TrimRight(text[behind:closing], " \t"))
	}
	return splice(splice(text, at, at, "\n"+indent+item+tail), behind, behind, comma)
}

// removeJSON takes a member out, with its line where it stands alone on it.
func removeJSON(text []byte, path []string) ([]byte, error) {
	n, err := json5.Parse(text)
	if err != nil {
		return nil, err
	}
	for depth, key := range path {
		i := n.Find(key)
		if i < 0 {
			return nil, errNoObject
		}
		if depth == len(path)-1 {
			return removeItem(text, n, i), nil
		}
		n = n.Items[i].Value
	}
	return text, nil
}

func removeItem(text []byte, n *json5.Node, i int) []byte {
	item := n.Items[i]
	from, to := item.Start, item.Value.End
	if item.Comma >= 0 {
		to = item.Comma + 1
	}
	rest := strings.TrimSpace(string(text[to:lineEnd(text, to)]))
	if _, alone := indentOf(text, from); alone && (rest == "" || strings.HasPrefix(rest, "//")) {
		from, to = lineStart(text, from), lineEnd(text, to)
	} else if rest != "" {
		to += len(text[to:]) - len(bytes.TrimLeft(text[to:], " \t"))
	}
	out := splice(text, from, to, "")
	if item.Comma < 0 && i > 0 { // it was the last one, without a comma: so is the one before it
		comma := n.Items[i-1].Comma
		out = splice(out, comma, comma+1, "")
	}
	return out
}
