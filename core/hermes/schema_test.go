package hermes_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/exp/golden"
	"github.com/google/go-cmp/cmp"

	"github.com/hermes-tui/hermes-tui/core/hermes"
	"github.com/hermes-tui/hermes-tui/core/pool"
)

// keysIn are the keys of a provider's block and of its pool rows, those of
// "tokens" with a dot.
func keysIn(t *testing.T, data []byte, id string) (block, row []string) {
	t.Helper()
	var doc struct {
		Providers map[string]map[string]json.RawMessage
		Pool      map[string][]map[string]json.RawMessage `json:"credential_pool"`
	}
	if err := json.Unmarshal(data, &doc); err != nil {
		t.Fatal(err)
	}
	block = slices.Sorted(maps.Keys(doc.Providers[id]))
	if len(doc.Pool[id]) == 0 {
		doc.Pool = map[string][]map[string]json.RawMessage{id: {nil}}
	}
	var tokens map[string]json.RawMessage
	if json.Unmarshal(doc.Providers[id]["tokens"], &tokens) == nil {
		for _, key := range slices.Sorted(maps.Keys(tokens)) {
			block = append(block, "tokens."+key)
		}
	}
	return block, slices.Sorted(maps.Keys(doc.Pool[id][0]))
}

// TestWith_WritesHermesAgentsSchema: a block has every key that hermes-agent
// writes into it, but for certificate switches, which are not kept here, and a row has every key that hermes-agent's rows have, but for the
// end of tokens that say it themselves.
func TestWith_WritesHermesAgentsSchema(t *testing.T) {
	f := fixture(t, "testdata/example")[0]
	entries := alive(hermes.Plan([]*hermes.File{f}, nobody()))
	for i := range entries {
		e := &entries[i]
		e.ID = first(e.ID, strings.Repeat(string(rune('a'+i)), 6))
		e.PortalURL, e.TokenURL = "https://portal.example", "https://portal.example/token"
		if e.Provider == "openai-codex" {
			e.AccountID = "acct-FAKE"
			e.Limits.Cooldown = pool.Cooldown{
				At: now.Add(-time.Minute), Until: now.Add(time.Hour), Named: true, Status: 429, Code: "usage_limit_reached", Message: "The usage limit has been reached",
			}
			e.Limits.Models = map[string]pool.Cooldown{"big": {At: now, Until: now.Add(time.Minute)}}
		}
	}
	data, err := hermes.NewFile().With(entries, now)
	if err != nil {
		t.Fatal(err)
	}
	golden.RequireEqual(t, data)
	original, err := f.Without(nil, now)
	if err != nil {
		t.Fatal(err)
	}
	_, wantRow := keysIn(t, original, "minimax-oauth")
	for _, id := range []string{"minimax-oauth", "nous", "openai-codex", "xai-oauth"} {
		block, row := keysIn(t, data, id)
		want, _ := keysIn(t, original, id)
		for _, key := range want {
			if !slices.Contains(block, key) && key != "tls" {
				t.Errorf("%s: the block lacks %s", id, key)
			}
		}
		for _, key := range wantRow {
			if ownEnd := id == "openai-codex" || id == "xai-oauth"; !slices.Contains(row, key) && (key != "expires_at" || !ownEnd) {
				t.Errorf("%s: the row lacks %s", id, key)
			}
		}
	}
}

// TestWith_IsLookedAtAgain: a singleton that a person had signed out of comes
// into hermes-agent's pool again; other sources that were removed stay so.
func TestWith_IsLookedAtAgain(t *testing.T) {
	f := reparsed(t, []byte(`{"suppressed_sources": {"openai-codex": ["gh_cli", "device_code"], "nous": ["device_code"], "old": {"a": 1}}}`))
	e := hermes.Entry{ID: "abcdef", Label: "me", Provider: "openai-codex", ObtainedAt: now, ExpiresAt: now}
	data, err := f.With([]hermes.Entry{e}, now)
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Suppressed map[string]any `json:"suppressed_sources"`
	}
	if err := json.Unmarshal(data, &doc); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{"openai-codex": []any{"gh_cli"}, "nous": []any{"device_code"}, "old": map[string]any{"a": 1.0}}
	if diff := cmp.Diff(want, doc.Suppressed); diff != "" {
		t.Error(diff)
	}
}

// TestBorrowed: of a row whose secret belongs to somebody else, by whatever name
// that is called, nothing secret is even read, also where an older version had
// copied it into the file.
func TestBorrowed(t *testing.T) {
	for _, tc := range []struct {
		provider, source string
		own              bool
	}{
		{"openrouter", "env:OPENROUTER_API_KEY", false},
		{"openrouter", "age://keys/a", false},
		{"openrouter", "systemd", false},
		{"openrouter", "keyring", false},
		{"openrouter", "1password", false},
		{"openrouter", "pass", false},
		{"openrouter", "sops", false},
		{"openrouter", "bitwarden", false},
		{"openrouter", "vault:kv/x", false},
		{"openrouter", "a store of the future", false},
		{"openrouter", "oauth", false}, // only MiniMax's singleton is called so
		{"minimax-oauth", "device_code", false},
		{"anthropic", "claude_code", false},
		{"minimax-oauth", "oauth", true},
		{"nous", "device_code", true},
		{"openai-codex", "device_code", true},
		{"xai-oauth", "device_code", true},
		{"xai-oauth", "loopback_pkce", true},
		{"nous", "manual", true},
		{"nous", "manual:dashboard_device_code", true},
		{"nous", "", true},
	} {
		row, _ := json.Marshal(map[string]any{
			"id": "abcdef", "source": tc.source, "access_token": "FAKE-at", "refresh_token": "FAKE-rt", "agent_key": "FAKE-key", "api_key": "FAKE-key",
		})
		f := reparsed(t, []byte(`{"credential_pool": {"`+tc.provider+`": [`+string(row)+`]}}`))
		got := f.Rows[0]
		if got.HasTokens() != tc.own || (got.Borrowed == "") != tc.own {
			t.Errorf("%s, %q: has tokens %t, borrowed from %q", tc.provider, tc.source, got.HasTokens(), got.Borrowed)
		}
		if n := hermes.Plan([]*hermes.File{f}, nobody()).Count(hermes.Borrowed); (n == 0) != tc.own {
			t.Errorf("%s, %q: %d borrowed", tc.provider, tc.source, n)
		}
		if data, err := f.Without(nil, now); err != nil || !strings.Contains(string(data), "FAKE-rt") {
			t.Errorf("%s, %q: what is not ours was changed: %v", tc.provider, tc.source, err)
		}
	}
}
