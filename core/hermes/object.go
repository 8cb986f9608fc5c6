package hermes

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/hermes-tui/hermes-tui/core/secret"
)

// object is a JSON object that keeps the order of its keys and the bytes of
// its values, so that a file can be changed in one place and stay the same in
// all others. Of a key that stands twice the last one counts, as in Python.
type object struct {
	keys   []string
	values map[string]json.RawMessage
}

// errNotObject quotes nothing of what it found: that may be a token.
var errNotObject = errors.New("is not an object")

func parseObject(raw []byte) (object, error) {
	o := object{values: map[string]json.RawMessage{}}
	dec := json.NewDecoder(bytes.NewReader(raw))
	if open, err := dec.Token(); err != nil || open != json.Delim('{') {
		return o, errNotObject
	}
	for dec.More() {
		name, err := dec.Token()
		key, isText := name.(string)
		if err != nil || !isText {
			return o, errNotObject
		}
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			return o, errNotObject
		}
		o.set(key, value)
	}
	if _, err := dec.Token(); err != nil {
		return o, errNotObject
	}
	return o, nil
}

func (o *object) set(key string, value json.RawMessage) {
	if _, ok := o.values[key]; !ok {
		o.keys = append(o.keys, key)
	}
	if o.values == nil {
		o.values = map[string]json.RawMessage{}
	}
	o.values[key] = value
}

// put is set for a value that is not yet JSON.
func (o *object) put(key string, value any) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(value); err == nil {
		o.set(key, bytes.TrimSpace(b.Bytes()))
	}
}

func (o *object) drop(keys ...string) {
	for _, key := range keys {
		if _, ok := o.values[key]; !ok {
			continue
		}
		delete(o.values, key)
		o.keys = slices.DeleteFunc(o.keys, func(k string) bool { return k == key })
	}
}

// bytes returns the object as JSON.
func (o object) bytes() json.RawMessage {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, key := range o.keys {
		if i > 0 {
			b.WriteByte(',')
		}
		b.Write(quote(key))
		b.WriteByte(':')
		b.Write(o.values[key])
	}
	b.WriteByte('}')
	return b.Bytes()
}

func quote(s string) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(s) // a string always can be
	return bytes.TrimSpace(b.Bytes())
}

// list returns the elements of a JSON list.
func list(raw json.RawMessage) ([]json.RawMessage, bool) {
	var all []json.RawMessage
	if !isNull(raw) && json.Unmarshal(raw, &all) != nil {
		return nil, false
	}
	return all, true
}

func isNull(raw json.RawMessage) bool {
	raw = bytes.TrimSpace(raw)
	return len(raw) == 0 || string(raw) == "null"
}

// has reports whether the key is there and not null.
func (o object) has(key string) bool { return !isNull(o.values[key]) }

// object returns a value that is an object, an empty one for any other.
func (o object) object(key string) object {
	inner, err := parseObject(o.values[key])
	if err != nil {
		return object{}
	}
	return inner
}

// text returns a value that is a string, else "".
func (o object) text(key string) string {
	var s string
	if json.Unmarshal(o.values[key], &s) != nil {
		return ""
	}
	return strings.TrimSpace(s)
}

// words is text that a person may see: cleaned and bounded.
func (o object) words(key string, limit int) string { return secret.Clean(o.text(key), limit) }

// number returns a value that is a number, or a string that spells one.
func (o object) number(key string) (float64, bool) {
	raw := strings.Trim(strings.TrimSpace(string(o.values[key])), `"`)
	n, err := strconv.ParseFloat(raw, 64)
	return n, err == nil && !math.IsNaN(n) && !math.IsInf(n, 0)
}

// integer returns a number cut to [0, most].
func (o object) integer(key string, most int) int {
	n, _ := o.number(key)
	return int(max(0, min(n, float64(most))))
}

// truth reads a boolean, or a string that spells one; "false" is false.
func (o object) truth(key string) bool {
	raw := strings.ToLower(strings.Trim(strings.TrimSpace(string(o.values[key])), `"`))
	return raw == "true"
}

// maxToken bounds a token; the largest real ones are JWTs of a few kilobytes.
const maxToken = 64 << 10

// token returns a value that can be a token: printable ASCII without a space,
// as RFC 6749 (appendix A.12) and HTTP headers want it, and no placeholder.
// Anything else is none.
func (o object) token(keys ...string) secret.Secret {
	for _, key := range keys {
		s := o.text(key)
		odd := func(r rune) bool { return r <= ' ' || r > '~' }
		if s != "" && len(s) <= maxToken && strings.IndexFunc(s, odd) < 0 && !secret.Placeholder(s) {
			return secret.New(s)
		}
	}
	return secret.Secret{}
}
