package doctor

import (
	"io/fs"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hermes-tui/hermes-tui/core/connect"
)

// TestPrograms: a connected program whose settings others go before. No value is
// shown.
func TestPrograms(t *testing.T) {
	if filepath.Separator != '/' {
		t.Skip("the paths of this table are those of Unix")
	}
	const settings, local = "/home/me/.claude/settings.json", "/home/me/src/.claude/settings.local.json"
	ours := `{"apiKeyHelper": "/usr/bin/hermes-tui token a1b2c3d4e5"`
	for _, c := range []struct {
		name  string
		files map[string]string
		level Level // empty: nothing is said
		words []string
	}{
		{"none connected", map[string]string{settings: `{"env": {"ANTHROPIC_AUTH_TOKEN": "sk-other-vendor"}}`}, "", nil},
		{"alone", map[string]string{settings: ours + "}"}, Good, []string{"Claude Code: nothing goes before", settings}},
		{"alone, of a program with another name", map[string]string{settings: `{"apiKeyHelper": "/opt/ht --home /srv/x token a1b2c3d4e5 --min-ttl 6m"}`}, Good, []string{"nothing goes before"}},
		{"somebody else's helper", map[string]string{settings: `{"apiKeyHelper": "/opt/vault token a1b2c3d4e5"}`}, "", nil},
		{"a key in the file", map[string]string{settings: ours + `, "env": {"ANTHROPIC_AUTH_TOKEN": "sk-other-vendor"}}`}, Warning,
			[]string{"env.ANTHROPIC_AUTH_TOKEN in " + settings, "hermes-tui connect claude-code --write"}},
		{"the project's", map[string]string{settings: ours + "}", local: `{"env": {"ANTHROPIC_BASE_URL": "https://sk-other-vendor.example"}}`}, Warning,
			[]string{"env.ANTHROPIC_BASE_URL in " + local, "take it out, if Claude Code does not use the account"}},
		{"hermes-agent's old route", map[string]string{"/home/me/.hermes/config.yaml": "providers: {hermes-tui-x: {key_cmd: c}}\nmodel: {api_key: sk-other-vendor}\n"}, Warning,
			[]string{"model.api_key in /home/me/.hermes/config.yaml", "hermes-tui connect hermes-agent --write"}},
		{"a profile of Codex", map[string]string{"/home/me/.codex/config.toml": "profile = 'x'\n[model_providers.hermes-tui-x]\nname = 'y'\n"}, Warning,
			[]string{"profile in /home/me/.codex/config.toml", "take it out"}},
		{"a file that cannot be read", map[string]string{settings: ours}, Warning, []string{"Claude Code: " + settings + " cannot be read", "--undo"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := patient(t, accounts{})
			p.Programs = connect.World{
				Env: func(string) string { return "" }, Home: "/home/me", OS: "linux", Dir: "/home/me/src",
				Read: func(path string) ([]byte, error) {
					if text, ok := c.files[path]; ok {
						return []byte(text), nil
					}
					return nil, fs.ErrNotExist
				},
				Glob: func(string) []string { return nil },
			}
			found := examine(t, "programs", p)
			for _, f := range found {
				if strings.Contains(f.Saw+f.Cure, "sk-other-vendor") {
					t.Errorf("a value is shown: %+v", f)
				}
			}
			if c.level == "" {
				if len(found) > 0 {
					t.Errorf("found %+v", found)
				}
				return
			}
			if len(found) != 1 {
				t.Errorf("found %+v, want one", found)
			}
			sees(t, found, c.level, c.words...)
		})
	}
}
