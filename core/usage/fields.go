package usage

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"time"
)

// fields is a JSON object that is read field by field: one of an odd kind hides
// no other.
type fields map[string]json.RawMessage

// read reads an object.
func read(body []byte) (fields, bool) {
	var f fields
	err := json.Unmarshal(body, &f)
	return f, err == nil && f != nil
}

// in returns an inner object; nil, of which every field is absent, when there is
// none.
func (f fields) in(name string) fields {
	var inner fields
	if json.Unmarshal(f[name], &inner) != nil {
		return nil
	}
	return inner
}

// list returns the objects of a list; what is none is left out.
func (f fields) list(name string) (all []fields) {
	var raw []json.RawMessage
	if json.Unmarshal(f[name], &raw) != nil {
		return nil
	}
	for _, one := range raw {
		var inner fields
		if json.Unmarshal(one, &inner) == nil && inner != nil {
			all = append(all, inner)
		}
	}
	return all
}

// number returns a number, also one in a string.
func (f fields) number(name string) (float64, bool) {
	var n float64
	if json.Unmarshal(f[name], &n) == nil && len(f[name]) > 0 && f[name][0] != 'n' {
		return n, true
	}
	return numberIn(f.text(name))
}

func (f fields) text(name string) string {
	var s string
	_ = json.Unmarshal(f[name], &s)
	return strings.TrimSpace(s)
}

func (f fields) is(name string) bool {
	b, _ := f.flag(name)
	return b
}

// flag returns whether something is so, and whether that is told.
func (f fields) flag(name string) (is, told bool) {
	var b *bool
	if json.Unmarshal(f[name], &b) != nil || b == nil {
		return false, false
	}
	return *b, true
}

// numberIn reads a number that can be one of ours.
func numberIn(s string) (float64, bool) {
	n, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	if err != nil || math.IsNaN(n) || math.IsInf(n, 0) {
		return 0, false
	}
	return n, true
}

// moment is a time in seconds or milliseconds since 1970, or a date; zero where
// it is none, or none that a window could end at.
func moment(n float64) time.Time {
	if n >= 1e12 {
		n /= 1000
	}
	if n < 1e9 || n > 1e11 {
		return time.Time{}
	}
	return time.UnixMilli(int64(n * 1000)).UTC()
}

func (f fields) moment(name string) time.Time {
	if n, ok := f.number(name); ok {
		return moment(n)
	}
	at, err := time.Parse(time.RFC3339Nano, f.text(name))
	if err != nil {
		return time.Time{}
	}
	return at.UTC()
}
