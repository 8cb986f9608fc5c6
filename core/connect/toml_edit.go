package connect

import (
	"bytes"
	"errors"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
	"github.com/pelletier/go-toml/v2/unstable"
)

func readTOML(text []byte) (map[string]any, error) {
	m := map[string]any{}
	err := toml.Unmarshal(text, &m)
	return m, misread(err)
}

// tomlEntry is a table's header, or a key with its value.
type tomlEntry struct {
	path       []string // from the root
	start, end int      // of all of it
	value      int      // where the value begins; 0 for a header
	kind       unstable.Kind
	list       bool // it is an item of an array of tables, or stands below one
}

// parseTOML returns what stands where. BurntSushi's decoder does not say that.
func parseTOML(text []byte) ([]tomlEntry, error) {
	var entries []tomlEntry
	var table []string
	list := false
	p := unstable.Parser{}
	p.Reset(text)
	for p.NextExpression() {
		n := p.Expression()
		e := tomlEntry{kind: n.Kind}
		keys, last := []string{}, unstable.Range{}
		for it := n.Key(); it.Next(); {
			if keys = append(keys, string(it.Node().Data)); len(keys) == 1 {
				e.start = int(it.Node().Raw.Offset)
			}
			last = it.Node().Raw
		}
		switch n.Kind {
		case unstable.KeyValue:
			e.path = append(slices.Clone(table), keys...)
			e.end = int(n.Raw.Offset + n.Raw.Length)
			at := int(last.Offset + last.Length)
			at += bytes.IndexByte(text[at:], '=') + 1
			e.value = at + len(text[at:]) - len(bytes.TrimLeft(text[at:], " \t"))
			e.kind = n.Value().Kind
		case unstable.Table, unstable.ArrayTable:
			table, list = keys, n.Kind == unstable.ArrayTable || underList(entries, keys)
			e.path, e.end = keys, lineEnd(text, e.start)
		default:
			continue
		}
		e.list = list
		entries = append(entries, e)
	}
	return entries, p.Error()
}

// underList reports whether a table stands below an array of tables.
func underList(entries []tomlEntry, path []string) bool {
	return slices.ContainsFunc(entries, func(e tomlEntry) bool {
		return e.kind == unstable.ArrayTable && len(e.path) < len(path) && slices.Equal(e.path, path[:len(e.path)])
	})
}

// setTOML changes a value where it stands, or adds it: to the inline table or
// the table that it belongs to, or in a new table at the end.
func setTOML(text []byte, s setting) ([]byte, error) {
	entries, err := parseTOML(text)
	if err != nil {
		return nil, err
	}
	table, key := s.path[:len(s.path)-1], s.path[len(s.path)-1]
	line := tomlLine(key, s.value)
	at, here := -1, len(table) == 0 // where the last line of the table ends
	for _, e := range entries {
		header := e.value == 0
		switch {
		case header:
			if here = !e.list && slices.Equal(e.path, table); here {
				at = e.end
			}
		case e.list:
		case slices.Equal(e.path, s.path):
			return splice(text, e.value, e.end, tomlValue(s.value)), nil
		case len(e.path) < len(s.path) && slices.Equal(e.path, s.path[:len(e.path)]):
			return addInline(text, e, s.path[len(e.path):], s.value)
		case here:
			at = lineEnd(text, e.end)
		}
	}
	switch {
	case at < 0 && len(table) > 0:
		return appendTable(text, tomlPath(table), line), nil
	case at < 0:
		if at = beforeTables(text, entries); at < len(text) {
			line += "\n"
		}
	}
	if at > 0 && text[at-1] != '\n' {
		line = "\n" + strings.TrimSuffix(line, "\n")
	}
	return splice(text, at, at, line), nil
}

// removeTOML takes a value out, or a table with all that stands in it and below it.
// Comments of their own stay.
func removeTOML(text []byte, path []string) ([]byte, error) {
	entries, err := parseTOML(text)
	if err != nil {
		return nil, err
	}
	found := false
	for _, e := range slices.Backward(entries) { // what stands before stays where it is
		if e.list || len(e.path) < len(path) || !slices.Equal(e.path[:len(path)], path) {
			continue
		}
		from, to := lineStart(text, e.start), lineEnd(text, e.end)
		if e.value == 0 {
			to = e.end
		}
		text, found = splice(text, from, to, ""), true
	}
	if !found {
		return nil, errors.New("it stands within another value")
	}
	return text, nil
}

// addInline adds a member at the beginning of an inline table.
func addInline(text []byte, e tomlEntry, path []string, value any) ([]byte, error) {
	if e.kind != unstable.InlineTable {
		return nil, errors.New("it is not a table")
	}
	word := " " + tomlPath(path) + " = " + tomlValue(value)
	if blank(text[e.value+1 : e.end-1]) {
		return splice(text, e.value+1, e.end-1, word+" "), nil
	}
	return splice(text, e.value+1, e.value+1, word+","), nil
}

// beforeTables is where a key of the root goes when there is none yet: before
// the first table, and the comment that belongs to it.
func beforeTables(text []byte, entries []tomlEntry) int {
	if len(entries) == 0 {
		return len(text)
	}
	at := lineStart(text, entries[0].start)
	for at > 0 {
		above := lineStart(text, at-1)
		if !bytes.HasPrefix(bytes.TrimSpace(text[above:at]), []byte("#")) {
			break
		}
		at = above
	}
	return at
}

func appendTable(text []byte, table, line string) []byte {
	end := len(bytes.TrimRight(text, "\r\n"))
	more := "\n\n[" + table + "]\n" + line
	if end == 0 {
		more = strings.TrimLeft(more, "\n")
	}
	return splice(text, end, len(text), more)
}
