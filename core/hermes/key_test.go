package hermes_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/hermes-tui/hermes-tui/core/hermes"
	"github.com/hermes-tui/hermes-tui/core/oauth"
)

// A key of a described provider is asked in every format that this is asked in, as
// one that is added here.
func TestKey_KeepsEveryFormat(t *testing.T) {
	dir := t.TempDir()
	const rows = `{"version":1,"providers":{},"credential_pool":{"acme":[{"id":"aaaa01","auth_type":"api_key","source":"manual","access_token":"sk-acme-A1b2c3d4"}]}}`
	if err := os.WriteFile(filepath.Join(dir, "auth.json"), []byte(rows), 0o600); err != nil {
		t.Fatal(err)
	}
	known := nobody()
	acme := other("acme", "Acme", "login.acme.example", "api.acme.example", "/v1")
	acme.API = oauth.ChatCompletions
	acme.Regions[0].Also = []oauth.Wire{{API: oauth.AnthropicMessages, BaseURL: "https://api.acme.example/anthropic"}}
	known.Table = append(known.Table, acme)
	plan := hermes.Plan(fixture(t, dir), known)
	if len(plan.Drafts) != 1 {
		t.Fatalf("%+v", plan.Items)
	}
	if b := plan.Drafts[0].Binding; b.API != oauth.ChatCompletions || len(b.Also) != 1 || b.Also[0] != acme.Regions[0].Also[0] {
		t.Errorf("%+v", b)
	}
}
