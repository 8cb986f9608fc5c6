package oauth

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/hermes-tui/hermes-tui/core/secret"
)

// object is a JSON object whose fields are read one by one, so that a field of
// an unexpected kind does not hide the others: tokens count whatever stands
// beside them.
type object map[string]json.RawMessage

// errNotObject says that a body is no JSON object; it quotes nothing of it.
var errNotObject = errors.New("the answer is not a JSON object")

// parseObject reads the JSON object that a body begins with. What stands behind
// it is ignored: it makes the tokens in front of it no less valid.
func parseObject(body []byte) (object, error) {
	var o object
	if err := json.NewDecoder(bytes.NewReader(body)).Decode(&o); err != nil || o == nil {
		return nil, errNotObject
	}
	return o, nil
}

// text returns a field that is a string, or a number as it is written; any
// other is empty.
func (o object) text(name string) string {
	raw := bytes.TrimSpace(o[name])
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	var n json.Number
	if json.Unmarshal(raw, &n) == nil {
		return n.String()
	}
	return ""
}

// token returns a field that is a string, without space around it; a field of
// another kind is no token.
func (o object) token(name string) string {
	var s string
	if json.Unmarshal(o[name], &s) != nil {
		return ""
	}
	return strings.TrimSpace(s)
}

// object returns a field that is an object, else nil.
func (o object) object(name string) object {
	var inner object
	if json.Unmarshal(o[name], &inner) != nil {
		return nil
	}
	return inner
}

// at returns the field that a path names: inner objects stand before a dot. It is
// nil where there is none.
func (o object) at(path string) json.RawMessage {
	outer, inner, deeper := strings.Cut(path, ".")
	if deeper {
		return o.object(outer).at(inner)
	}
	return o[path]
}

// secrets returns what stands in fields that are called so, at any depth.
func (o object) secrets() (all []secret.Secret) {
	for name := range o {
		if inner := o.object(name); inner != nil {
			all = append(all, inner.secrets()...)
		}
		if value := o.token(name); namesSecret(name) && len(value) >= 12 {
			all = append(all, secret.New(value))
		}
	}
	return all
}

// namesSecret reports whether a field called so holds a secret.
func namesSecret(name string) bool {
	return slices.ContainsFunc([]string{"token", "secret", "key", "verifier", "password"}, func(end string) bool {
		return strings.HasSuffix(strings.ToLower(name), end)
	})
}

// has reports whether the field is there and not null.
func (o object) has(name string) bool {
	raw := bytes.TrimSpace(o[name])
	return len(raw) > 0 && !bytes.Equal(raw, []byte("null"))
}

// looksLikePage reports whether a body is a web page, such as a proxy or a
// firewall puts in place of the provider's answer.
func looksLikePage(r *reply) bool { return isPage(r.header, r.body) }

func isPage(h http.Header, body []byte) bool {
	return bytes.HasPrefix(bytes.TrimSpace(body), []byte("<")) ||
		strings.HasPrefix(strings.ToLower(h.Get("Content-Type")), "text/html")
}

// LooksLikePage reports whether an answer is a web page or a firewall's, and not
// the provider's own.
func LooksLikePage(h http.Header, body []byte) bool { return isPage(h, body) || mitigated(h) }
