package main_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/hermes-tui/hermes-tui/sandbox"
)

// TestAddress_OfAnUnsealedFile: an address that somebody writes into the files
// that are not sealed is printed by no command and reaches no program, because a
// program would send its token there.
func TestAddress_OfAnUnsealedFile(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	b.signIn("--label", "work")
	id := b.only()["id"].(string)
	const evil = "https://evil.example/anthropic"
	field := regexp.MustCompile(`"(provider|inference_base_url|portal_base_url|base_url)":`)
	for _, name := range []string{"pool.json", "usage.json", filepath.Join("acct", id+".head")} {
		path := filepath.Join(b.state(), name)
		text, err := os.ReadFile(path)
		if os.IsNotExist(err) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		text = field.ReplaceAll(text, []byte(`"base_url":"`+evil+`","api_base":"`+evil+`","`+"$1"+`":`))
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, command := range []string{
		"list", "list --json", "status", "status --json", "status work", "status work --json", "pool show", "pool show --json", "log", "log --json",
		"token --json", "doctor", "doctor --json", "connect", "connect claude-code", "connect hermes-agent", "connect opencode", "exec work -- env",
	} {
		r := b.run(strings.Fields(command)...)
		if strings.Contains(r.out+r.err, "evil.example") {
			t.Errorf("%s: %s", command, r)
		}
	}
	var listed []map[string]any
	b.decode(b.must("list", "--json"), &listed)
	if _, there := listed[0]["base_url"]; there {
		t.Errorf("list --json has an address, which nothing seals: %v", listed)
	}
	var token map[string]any
	b.decode(b.must("token", "--json"), &token)
	if token["base_url"] != b.portal.URL()+"/anthropic" {
		t.Errorf("the token's address is %v", token["base_url"])
	}
}
