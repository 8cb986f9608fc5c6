package core

import (
	"os"
	"testing"

	"github.com/hermes-tui/hermes-tui/core/oauth"
)

// TestImportKeysOfEverybody: an API key of any provider comes over with the
// address of its row or of the table, is handed out, bound to that host, and is
// never refreshed, also where nobody knows its provider.
func TestImportKeysOfEverybody(t *testing.T) {
	a := newAgent(newRig(t), 1)
	const rows = `{"version":1,"providers":{},"credential_pool":{
		"anthropic":[{"id":"aaaa01","label":"claude","auth_type":"api_key","source":"manual","access_token":"sk-ant-api03-A1b2c3d4"}],
		"deepseek":[{"id":"aaaa02","label":"deep","auth_type":"api_key","source":"manual","access_token":"sk-deep-A1b2c3d4","base_url":"https://gw.example/v1"}],
		"custom:mine":[{"id":"aaaa03","label":"mine","auth_type":"api_key","source":"manual","access_token":"sk-mine-A1b2c3d4","base_url":"http://127.0.0.1:8000/anthropic"}]}}`
	if err := os.WriteFile(a.path, []byte(rows), 0o600); err != nil {
		t.Fatal(err)
	}
	if res := a.imports(ImportOptions{Remove: true}); len(res.Imported) != 3 {
		t.Fatalf("imported %+v", res.Imported)
	}
	for id, want := range map[string]struct{ key, base, host, api, header string }{
		"aaaa01": {"sk-ant-api03-A1b2c3d4", "https://api.anthropic.com", "api.anthropic.com", oauth.AnthropicMessages, "sk-ant-api03-A1b2c3d4"},
		"aaaa02": {"sk-deep-A1b2c3d4", "https://gw.example/v1", "gw.example", oauth.ChatCompletions, ""},
		"aaaa03": {"sk-mine-A1b2c3d4", "http://127.0.0.1:8000/anthropic", "127.0.0.1:8000", oauth.AnthropicMessages, ""},
	} {
		got, err := a.token(id)
		if err != nil || got.Access.Reveal() != want.key || got.BaseURL != want.base || got.API != want.api || len(got.Hosts) != 1 || got.Hosts[0] != want.host ||
			got.Header.Get("X-Api-Key") != want.header {
			t.Errorf("%s: %v, %s at %s, %v", id, err, got.API, got.BaseURL, got.Hosts)
		}
		if res, err := a.core.Refresh(t.Context(), id, RefreshOptions{Force: true}); err != nil || res.Rotated {
			t.Errorf("%s is refreshed: %v", id, err)
		}
	}
	res, err := a.core.Export(t.Context(), a.path, []string{"aaaa01", "aaaa02", "aaaa03"})
	if err != nil || len(res.Keys) != 3 {
		t.Errorf("given back: %v, %d keys", err, len(res.Keys))
	}
	if plan := a.plan(); len(plan.Rows) != 3 || plan.Rows[1].Verdict != "already_here" {
		t.Errorf("after that: %+v", plan.Rows)
	}
}
