package proxy

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
)

// allModels returns every model that a request names, in whatever place a
// provider may look: each "model" where there are several, whatever the case of
// its letters, and the ones to fall back to that OpenRouter takes as "models". ok
// is false where it names none, or where the body is not read by everybody in
// the same way.
func allModels(body []byte) (models []string, ok bool) {
	d := json.NewDecoder(bytes.NewReader(body))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, false
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil, false
		}
		text, _ := name.(string)
		var value json.RawMessage
		if d.Decode(&value) != nil {
			return nil, false
		}
		switch {
		case strings.EqualFold(text, "model"):
			var one *string
			if json.Unmarshal(value, &one) != nil || one == nil {
				return nil, false
			}
			models = append(models, *one)
		case strings.EqualFold(text, "models"):
			var more []string
			if json.Unmarshal(value, &more) != nil {
				return nil, false
			}
			models = append(models, more...)
		}
	}
	if _, err := d.Token(); err != nil { // the closing brace
		return nil, false
	}
	if _, err := d.Token(); err != io.EOF { //nolint:errorlint // as the decoder returns it
		return nil, false
	}
	return models, len(models) > 0
}
