package connect

import (
	"bytes"
	"regexp"
	"strings"
	"sync"

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

// tomlValue is a value as it stands behind an equals sign.
func tomlValue(value any) string {
	return strings.TrimSuffix(strings.TrimPrefix(tomlLine("k", value), "k = "), "\n")
}

var bareKey = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z0-9_-]+$`) })

func tomlPath(path []string) string {
	words := make([]string, len(path))
	for i, key := range path {
		words[i] = key
		if !bareKey().MatchString(key) {
			words[i] = quoteJSON(key)
		}
	}
	return strings.Join(words, ".")
}
