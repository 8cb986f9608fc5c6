package main_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hermes-tui/hermes-tui/sandbox"
)

// names adds the names of all fields of a JSON value.
func names(v any, found map[string]bool) {
	switch v := v.(type) {
	case map[string]any:
		for name, inner := range v {
			found[name] = true
			names(inner, found)
		}
	case []any:
		for _, inner := range v {
			names(inner, found)
		}
	}
}

// TestDocumentedFields: every field that a command prints is in docs/config.md.
func TestDocumentedFields(t *testing.T) {
	t.Parallel()
	doc, err := os.ReadFile(filepath.Join("..", "..", "docs", "config.md"))
	if err != nil {
		t.Fatal(err)
	}
	b := newBench(t, sandbox.Options{})
	texts := []string{b.signIn("--json")}
	for _, command := range []string{
		"token", "refresh --force", "refresh", "list", "status", "status minimax", "keystore show", "pool show", "log", "doctor", "version", "log nobody",
	} {
		r := b.run(append(strings.Fields(command), "--json")...)
		texts = append(texts, r.out+r.err)
	}
	b.portal.RevokeAll()
	texts = append(texts, b.run("refresh", "--force", "--json").err, b.must("list", "--json"), b.must("log", "--json"))
	for _, text := range texts {
		found := map[string]bool{}
		for values := json.NewDecoder(strings.NewReader(text)); values.More(); {
			var v any
			if err := values.Decode(&v); err != nil {
				t.Fatalf("%v in %s", err, text)
			}
			names(v, found)
		}
		if len(found) == 0 {
			t.Errorf("no field in %q", text)
		}
		for name := range found {
			if !strings.Contains(string(doc), "`"+name+"`") && !strings.Contains(string(doc), `"`+name+`"`) {
				t.Errorf("the field %s is not in docs/config.md: %s", name, text)
			}
		}
	}
}
