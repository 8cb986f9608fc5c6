package connect

import (
	"bytes"
	"errors"
	"regexp"
	"strings"

	"github.com/BurntSushi/toml"
)

// tomlText is an object as TOML, its own values before its tables.
func tomlText(o object) string {
	var b strings.Builder
	writeTOML(&b, nil, o)
	return strings.TrimPrefix(b.String(), "\n")
}

func writeTOML(b *strings.Builder, path []string, o object) {
	var tables object
	header := len(path) > 0
	for _, p := range o {
		if inner, ok := p.value.(object); ok {
			tables = append(tables, pair{p.key, inner})
			continue
		}
		if header {
			b.WriteString("\n[" + tomlPath(path) + "]\n")
			header = false
		}
		b.WriteString(tomlLine(p.key, p.value))
	}
	for _, t := range tables {
		writeTOML(b, append(append([]string{}, path...), t.key), t.value.(object))
	}
}

// tomlLine is "key = value" with a newline.
func tomlLine(key string, value any) string {
	var b bytes.Buffer
	_ = toml.NewEncoder(&b).Encode(map[string]any{key: plain(value)})
	return b.String()
}

var bareKey = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

func tomlPath(path []string) string {
	words := make([]string, len(path))
	for i, key := range path {
		words[i] = key
		if !bareKey.MatchString(key) {
			words[i] = quoteJSON(key)
		}
	}
	return strings.Join(words, ".")
}

func readTOML(text []byte) (map[string]any, error) {
	m := map[string]any{}
	err := toml.Unmarshal(text, &m)
	return m, err
}

// setTOML changes one line where it stands, or adds it at the end of its table.
// It knows tables with a header of their own; a setting that stands in any
// other spelling (an inline table, a dotted key) is refused.
func setTOML(text []byte, s setting) ([]byte, error) {
	if inner, ok := s.value.(object); ok {
		for _, p := range inner {
			var err error
			if text, err = setTOML(text, setting{append(append([]string{}, s.path...), p.key), p.value}); err != nil {
				return nil, err
			}
		}
		return text, nil
	}
	table, key := s.path[:len(s.path)-1], s.path[len(s.path)-1]
	lines := strings.SplitAfter(string(text), "\n")
	from, to, found := tomlSection(lines, tomlPath(table))
	line := tomlLine(key, s.value)
	if !found {
		return appendTable(text, tomlPath(table), line), nil
	}
	spelled := regexp.MustCompile(`^\s*` + regexp.QuoteMeta(tomlPath([]string{key})) + `\s*=`)
	for i := from; i < to; i++ {
		if !spelled.MatchString(lines[i]) {
			continue
		}
		if strings.Contains(lines[i], `"""`) || strings.Contains(lines[i], `'''`) {
			return nil, errors.New("its value goes over several lines")
		}
		lines[i] = line
		return []byte(strings.Join(lines, "")), nil
	}
	for to > from && strings.TrimSpace(lines[to-1]) == "" {
		to--
	}
	if to > 0 && !strings.HasSuffix(lines[to-1], "\n") {
		lines[to-1] += "\n"
	}
	out := append(append(append([]string{}, lines[:to]...), line), lines[to:]...)
	return []byte(strings.Join(out, "")), nil
}

// tomlSection returns the lines of a table, without its header.
func tomlSection(lines []string, table string) (from, to int, found bool) {
	header := regexp.MustCompile(`^\s*\[\[?\s*([^\]]+?)\s*\]\]?`)
	from, found = 0, table == ""
	for i, line := range lines {
		m := header.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		if found {
			return from, i, true
		}
		if m[1] == table {
			from, found = i+1, true
		}
	}
	return from, len(lines), found
}

func appendTable(text []byte, table, line string) []byte {
	out := strings.TrimRight(string(text), "\n") + "\n\n[" + table + "]\n" + line
	return []byte(strings.TrimPrefix(out, "\n\n"))
}
