package exposition

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
)

// family is a metric's series by their labels, as these are written.
type family[T any] struct {
	name, help, kind string
	labels           []string

	mu     sync.Mutex
	series map[string]T
}

// change calls set with the series of these label values, the zero value where
// it is new, and keeps what it returns.
func (f *family[T]) change(values []string, set func(T) T) {
	key := pairs(f.labels, values)
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.series == nil {
		f.series = map[string]T{}
	}
	f.series[key] = set(f.series[key])
}

// write prints the head and each series; a metric that has none is left out.
func (f *family[T]) write(w io.Writer, one func(w io.Writer, labels string, series T)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.series) == 0 {
		return
	}
	head(w, f.name, f.help, f.kind)
	for _, key := range slices.SortedFunc(maps.Keys(f.series), cmp.Compare[string]) {
		one(w, key, f.series[key])
	}
}

func head(w io.Writer, name, help, kind string) {
	fmt.Fprintf(w, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, kind)
}

// Value prints a metric that has one series without labels; kind is "gauge" or
// "counter".
func Value(w io.Writer, name, help, kind string, value float64) {
	head(w, name, help, kind)
	fmt.Fprintf(w, "%s %s\n", name, number(value))
}

// pairs is name="value",…; a value that is missing is empty.
func pairs(names, values []string) string {
	var text strings.Builder
	text.Grow(96)
	for i, name := range names {
		value := ""
		if i < len(values) {
			value = values[i]
		}
		if i > 0 {
			text.WriteByte(',')
		}
		text.WriteString(name)
		text.WriteString(`="`)
		text.WriteString(escaped(strings.ToValidUTF8(value, "\uFFFD")))
		text.WriteByte('"')
	}
	return text.String()
}

// escaped is a label's value as it is written. Most have nothing to escape, and
// a replacer costs more than the request that is counted.
func escaped(value string) string {
	if !strings.ContainsAny(value, "\\\n\"") {
		return value
	}
	return strings.NewReplacer(`\`, `\\`, "\n", `\n`, `"`, `\"`).Replace(value)
}

// braced is the labels of a series; none need no braces.
func braced(labels string) string {
	if labels == "" {
		return ""
	}
	return "{" + labels + "}"
}
