package shape

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/format"
	"github.com/hermes-tui/hermes-tui/core"
)

// show writes a value of JSON.
func (p part) show(value any, now time.Time) string {
	switch p.how {
	case "json":
		text, _ := json.Marshal(value)
		return string(text)
	case "words":
		return strings.ReplaceAll(core.State(plain(value)).Words(), "_", " ")
	case "ago":
		at, err := time.Parse(time.RFC3339, plain(value))
		if err != nil {
			return plain(value)
		}
		return format.Expiry(at, now)
	default:
		return plain(value)
	}
}

// plain writes a value as people do: without quotes, lists with commas.
func plain(value any) string {
	switch v := value.(type) {
	case nil:
		return ""
	case string:
		return v
	case []any:
		texts := make([]string, len(v))
		for i, one := range v {
			texts[i] = plain(one)
		}
		return strings.Join(texts, ", ")
	case map[string]any:
		text, _ := json.Marshal(v)
		return string(text)
	default:
		return fmt.Sprint(v)
	}
}

// check follows a path through what JSON makes of a type. Where a type writes its
// JSON itself, everything is allowed.
func check(t reflect.Type, path []string) error {
	for len(path) > 0 {
		for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
			t = t.Elem()
		}
		if t.Kind() != reflect.Struct || t.Implements(marshaler) || reflect.PointerTo(t).Implements(marshaler) {
			if t.Kind() == reflect.Struct || t.Kind() == reflect.Map || t.Kind() == reflect.Interface {
				return nil
			}
			return fmt.Errorf("there is nothing in a field that is no object: %s", path[0])
		}
		fields := fieldsOf(t)
		next, ok := fields[path[0]]
		if !ok {
			names := make([]string, 0, len(fields))
			for name := range fields {
				names = append(names, name)
			}
			slices.Sort(names)
			return fmt.Errorf("there is no field %q; there are %s", path[0], strings.Join(names, ", "))
		}
		t, path = next, path[1:]
	}
	return nil
}

var marshaler = reflect.TypeFor[json.Marshaler]()

// fieldsOf are the fields of an object, those of embedded ones among them.
func fieldsOf(t reflect.Type) map[string]reflect.Type {
	fields := map[string]reflect.Type{}
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		inner := f.Type
		for inner.Kind() == reflect.Pointer {
			inner = inner.Elem()
		}
		switch {
		case name == "-" || !f.IsExported() && !f.Anonymous:
		case f.Anonymous && name == "" && inner.Kind() == reflect.Struct:
			for name, t := range fieldsOf(inner) {
				if _, outer := fields[name]; !outer {
					fields[name] = t
				}
			}
		case name == "":
			fields[f.Name] = f.Type
		default:
			fields[name] = f.Type
		}
	}
	return fields
}
