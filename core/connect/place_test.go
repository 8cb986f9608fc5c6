package connect

import (
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hermes-tui/hermes-tui/core/autherr"
)

// fakeWorld has a home folder, variables and files.
func fakeWorld(env, files map[string]string) World {
	return World{
		Env: func(name string) string { return env[name] }, Home: "/home/me", OS: "linux", Dir: "/home/me/src/p",
		Read: func(path string) ([]byte, error) {
			if text, ok := files[path]; ok {
				return []byte(text), nil
			}
			return nil, fs.ErrNotExist
		},
		Glob: func(pattern string) []string {
			var found []string
			for _, path := range slices.Sorted(maps.Keys(files)) {
				if ok, _ := filepath.Match(pattern, path); ok {
					found = append(found, path)
				}
			}
			return found
		},
	}
}

func TestProgram_PathIsTheFileThatTheProgramReads(t *testing.T) {
	if filepath.Separator != '/' {
		t.Skip("the paths of this table are those of Unix")
	}
	for _, c := range []struct {
		program    string
		env, files map[string]string
		want       string // or, beginning with "refused: ", why not
	}{
		{"claude", nil, nil, "/home/me/.claude/settings.json"},
		{"claude", map[string]string{"CLAUDE_CONFIG_DIR": "/x/c/"}, nil, "/x/c/settings.json"},
		{"claude", map[string]string{"CLAUDE_CONFIG_DIR": "~/c"}, nil, `refused: CLAUDE_CONFIG_DIR is "~/c"`},
		{"claude", map[string]string{"CLAUDE_CONFIG_DIR": "c"}, nil, `refused: CLAUDE_CONFIG_DIR is "c"`},
		{"codex", map[string]string{"CODEX_HOME": "/x"}, nil, "/x/config.toml"},
		{"codex", map[string]string{"CODEX_HOME": "./x"}, nil, "refused: CODEX_HOME"},
		{"hermes", nil, nil, "/home/me/.hermes/config.yaml"},
		{"hermes", map[string]string{"HERMES_HOME": "/x"}, map[string]string{"/x/active_profile": "work"}, "/x/config.yaml"},
		{"hermes", nil, map[string]string{"/home/me/.hermes/active_profile": "night\n"}, "/home/me/.hermes/profiles/night/config.yaml"},
		{"hermes", nil, map[string]string{"/home/me/.hermes/active_profile": "default"}, "/home/me/.hermes/config.yaml"},
		{"hermes", nil, map[string]string{"/home/me/.hermes/active_profile": "../.."}, "/home/me/.hermes/config.yaml"},
		{"hermes", map[string]string{"HERMES_HOME": "h"}, nil, "refused: HERMES_HOME"},
		{"opencode", nil, nil, "/home/me/.config/opencode/opencode.json"},
		{"opencode", map[string]string{"XDG_CONFIG_HOME": "/x"}, nil, "/x/opencode/opencode.json"},
		{"opencode", map[string]string{"XDG_CONFIG_HOME": "x"}, nil, "refused: XDG_CONFIG_HOME"},
		{"opencode", nil, map[string]string{"/home/me/.config/opencode/opencode.jsonc": "{}", "/home/me/.config/opencode/opencode.json": "{}"}, "/home/me/.config/opencode/opencode.jsonc"},
		{"openclaw", nil, nil, "/home/me/.openclaw/openclaw.json"},
		{"openclaw", map[string]string{"OPENCLAW_STATE_DIR": "/x"}, nil, "/x/openclaw.json"},
		{"openclaw", map[string]string{"OPENCLAW_STATE_DIR": "~/x"}, nil, "/home/me/x/openclaw.json"},
		{"openclaw", map[string]string{"OPENCLAW_STATE_DIR": "~"}, nil, "/home/me/openclaw.json"},
		{"openclaw", map[string]string{"OPENCLAW_STATE_DIR": "/x", "OPENCLAW_CONFIG_PATH": "~/c.json"}, nil, "/home/me/c.json"},
		{"openclaw", map[string]string{"OPENCLAW_CONFIG_PATH": "c.json"}, nil, "refused: OPENCLAW_CONFIG_PATH"},
		{"openclaw", map[string]string{"OPENCLAW_PROFILE": "dev"}, nil, "/home/me/.openclaw-dev/openclaw.json"},
		{"openclaw", map[string]string{"OPENCLAW_HOME": "/srv"}, nil, "/srv/.openclaw/openclaw.json"},
		{"crush", nil, nil, "/home/me/.config/crush/crush.json"},
		{"crush", map[string]string{"XDG_CONFIG_HOME": "/x"}, nil, "/x/crush/crush.json"},
		{"crush", map[string]string{"XDG_CONFIG_HOME": "/x", "CRUSH_GLOBAL_CONFIG": "/y"}, nil, "/y/crush.json"},
		{"crush", map[string]string{"CRUSH_GLOBAL_CONFIG": "y"}, nil, "refused: CRUSH_GLOBAL_CONFIG"},
		{"aider", nil, nil, "/home/me/.aider.conf.yml"},
		{"cline", nil, nil, "/home/me/.cline/data/settings/providers.json"},
		{"cline", map[string]string{"CLINE_DIR": "/x"}, nil, "/x/data/settings/providers.json"},
		{"cline", map[string]string{"CLINE_DIR": "/x", "CLINE_DATA_DIR": "/y"}, nil, "/y/settings/providers.json"},
		{"cline", map[string]string{"CLINE_DATA_DIR": "y"}, nil, "refused: CLINE_DATA_DIR"},
		{"continue", nil, nil, "/home/me/.continue/config.yaml"},
		{"continue", map[string]string{"CONTINUE_GLOBAL_DIR": "/x"}, nil, "/x/config.yaml"},
		{"continue", map[string]string{"CONTINUE_GLOBAL_DIR": "x"}, nil, "refused: CONTINUE_GLOBAL_DIR"},
		{"goose", nil, nil, ""},
		{"llm", nil, nil, "/home/me/.config/io.datasette.llm/extra-openai-models.yaml"},
		{"llm", map[string]string{"XDG_CONFIG_HOME": "/x"}, nil, "/x/io.datasette.llm/extra-openai-models.yaml"},
		{"llm", map[string]string{"LLM_USER_PATH": "/x"}, nil, "/x/extra-openai-models.yaml"},
		{"llm", map[string]string{"LLM_USER_PATH": "x"}, nil, "refused: LLM_USER_PATH"},
		{"qwen", nil, nil, "/home/me/.qwen/settings.json"},
		{"qwen", map[string]string{"QWEN_HOME": "/x"}, nil, "/x/settings.json"},
		{"qwen", map[string]string{"QWEN_HOME": "x"}, nil, "refused: QWEN_HOME"},
		{"zed", nil, nil, "/home/me/.config/zed/settings.json"},
		{"zed", map[string]string{"XDG_CONFIG_HOME": "/x"}, nil, "/x/zed/settings.json"},
		{"zed", map[string]string{"XDG_CONFIG_HOME": "x"}, nil, "refused: XDG_CONFIG_HOME"},
		{"env", nil, nil, ""},
	} {
		p, err := Find(c.program)
		if err != nil {
			t.Fatal(err)
		}
		got, err := p.Path(fakeWorld(c.env, c.files))
		if why, refused := strings.CutPrefix(c.want, "refused: "); refused {
			if autherr.KindOf(err) != autherr.Usage || !strings.HasPrefix(err.Error(), why) {
				t.Errorf("%s, %v: %q, %v", c.program, c.env, got, err)
			}
			continue
		}
		if err != nil || got != c.want {
			t.Errorf("%s, %v: %q, %v; want %q", c.program, c.env, got, err, c.want)
		}
	}
}

// Without a home folder nothing is written below the current one.
func TestProgram_PathWithoutHome(t *testing.T) {
	for _, home := range []string{"", "home", "."} {
		w := fakeWorld(nil, nil)
		w.Home = home
		for _, p := range Programs() {
			if path, err := p.Path(w); p.File != "" && (autherr.KindOf(err) != autherr.Usage || filepath.IsAbs(path)) {
				t.Errorf("%s with HOME %q: %q, %v", p.ID, home, path, err)
			}
		}
	}
}

func TestProgram_RivalsAreNamedWhereverTheyStand(t *testing.T) {
	if filepath.Separator != '/' {
		t.Skip("the paths of this table are those of Unix")
	}
	const home = "/home/me/"
	for _, c := range []struct {
		program    string
		env, files map[string]string
		want       string
	}{
		{"claude", map[string]string{"ANTHROPIC_API_KEY": "x"}, nil, "ANTHROPIC_API_KEY in the environment"},
		{"claude", nil, map[string]string{home + ".claude/settings.json": `{"env": {"ANTHROPIC_AUTH_TOKEN": "x"}}`}, "env.ANTHROPIC_AUTH_TOKEN in /home/me/.claude/settings.json"},
		{"claude", nil, map[string]string{home + "src/p/.claude/settings.local.json": `{"env": {"ANTHROPIC_MODEL": "x"}}`}, "env.ANTHROPIC_MODEL in /home/me/src/p/.claude/settings.local.json"},
		{"claude", nil, map[string]string{home + "src/p/.claude/settings.json": `{"apiKeyHelper": "x"}`}, "apiKeyHelper in /home/me/src/p/.claude/settings.json"},
		{"claude", nil, map[string]string{"/etc/claude-code/managed-settings.json": `{"env": {"ANTHROPIC_BASE_URL": "x"}}`}, "env.ANTHROPIC_BASE_URL in /etc/claude-code/managed-settings.json"},
		{"claude", nil, map[string]string{"/etc/claude-code/managed-settings.d/9.json": `{"env": {"CLAUDE_CODE_USE_VERTEX": "1"}}`}, "env.CLAUDE_CODE_USE_VERTEX in /etc/claude-code/managed-settings.d/9.json"},
		{"claude", nil, map[string]string{home + ".claude.json": `{"env": {"ANTHROPIC_API_KEY": "x"}}`}, "env.ANTHROPIC_API_KEY in /home/me/.claude.json"},
		{"hermes", nil, map[string]string{home + ".hermes/config.yaml": "model: {api_mode: x}"}, "model.api_mode in /home/me/.hermes/config.yaml"},
		{"hermes", nil, map[string]string{home + ".hermes/.env": "# c\nexport MINIMAX_API_KEY='x'\nOTHER=1\n"}, "MINIMAX_API_KEY in /home/me/.hermes/.env"},
		{"opencode", map[string]string{"OPENCODE_CONFIG_CONTENT": "{}"}, nil, "OPENCODE_CONFIG_CONTENT in the environment"},
		{"opencode", map[string]string{"OPENCODE_CONFIG": "/x/o.json"}, map[string]string{"/x/o.json": `{"model": "a/b"}`}, "model in /x/o.json"},
		{"opencode", nil, map[string]string{home + "src/opencode.jsonc": `{"disabled_providers": ["x"],}`}, "disabled_providers in /home/me/src/opencode.jsonc"},
		{"opencode", nil, map[string]string{home + ".config/opencode/opencode.jsonc": "{}", home + ".config/opencode/opencode.json": `{"enabled_providers": ["x"]}`}, "enabled_providers in /home/me/.config/opencode/opencode.json"},
		{"opencode", nil, map[string]string{home + ".config/opencode/opencode.json": `{"agent": {"plan": {"model": "a/b"}}}`}, "agent.plan.model in /home/me/.config/opencode/opencode.json"},
		{"codex", nil, map[string]string{home + ".codex/config.toml": "profile = 'x'"}, "profile in /home/me/.codex/config.toml"},
		{"codex", nil, map[string]string{home + ".codex/config.toml": "[profiles.x]\nmodel_provider = 'y'"}, "profiles.x.model_provider in /home/me/.codex/config.toml"},
		{"codex", nil, map[string]string{home + "src/p/.codex/config.toml": "model_provider = 'y'"}, "model_provider in /home/me/src/p/.codex/config.toml"},
		{"openclaw", nil, map[string]string{home + ".openclaw/openclaw.json": "{agents: {list: [{id: 'a', model: 'x/y'}]}}"}, "agents.list.0.model in /home/me/.openclaw/openclaw.json"},
		{"openclaw", nil, map[string]string{home + ".openclaw/openclaw.json": "{$include: './b.json5'}"}, "$include in /home/me/.openclaw/openclaw.json"},
		{"crush", nil, map[string]string{home + ".local/share/crush/crush.json": `{"models": {"large": {"provider": "x"}}}`}, "models in /home/me/.local/share/crush/crush.json"},
		{"crush", nil, map[string]string{home + "src/.crush.json": `{"models": {}}`}, "models in /home/me/src/.crush.json"},
		{"aider", map[string]string{"AIDER_MODEL": "x"}, nil, "AIDER_MODEL in the environment"},
		{"aider", nil, map[string]string{home + ".aider.conf.yml": "weak-model: x"}, "weak-model in /home/me/.aider.conf.yml"},
		{"aider", nil, map[string]string{home + "src/p/.aider.conf.yml": "model: x"}, "model in /home/me/src/p/.aider.conf.yml"},
		{"aider", nil, map[string]string{home + ".env": "AIDER_OPENAI_API_KEY=x"}, "AIDER_OPENAI_API_KEY in /home/me/.env"},
		{"cline", nil, map[string]string{home + ".cline/data/settings/providers.json": `{"modes": {"plan": {"provider": "x"}}}`}, "modes.plan.provider in /home/me/.cline/data/settings/providers.json"},
		{"qwen", map[string]string{"OPENAI_BASE_URL": "x"}, nil, "OPENAI_BASE_URL in the environment"},
		{"qwen", nil, map[string]string{home + ".qwen/settings.json": `{"modelProviders": {"openai": [{"id": "x"}]}} /* c */`}, "modelProviders.openai in /home/me/.qwen/settings.json"},
		{"qwen", nil, map[string]string{home + "src/p/.qwen/settings.json": `{"model": {"name": "x"}}`}, "model.name in /home/me/src/p/.qwen/settings.json"},
		{"qwen", nil, map[string]string{"/etc/qwen-code/settings.json": `{"security": {"auth": {"enforcedType": "x"}}}`}, "security.auth.enforcedType in /etc/qwen-code/settings.json"},
		{"qwen", nil, map[string]string{home + "src/.qwen/.env": "OPENAI_API_KEY=x"}, "OPENAI_API_KEY in /home/me/src/.qwen/.env"},
		{"zed", nil, map[string]string{home + ".config/zed/settings.json": `{"agent": {"inline_assistant_model": {"provider": "x"}}}`}, "agent.inline_assistant_model in /home/me/.config/zed/settings.json"},
		{"zed", nil, map[string]string{home + "src/.zed/settings.json": `{"agent": {"default_model": {"provider": "x"}}}`}, "agent.default_model in /home/me/src/.zed/settings.json"},
	} {
		p, err := Find(c.program)
		if err != nil {
			t.Fatal(err)
		}
		w := fakeWorld(c.env, c.files)
		own, err := p.Path(w)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, r := range p.Rivals(w, own) {
			got = append(got, r.String())
		}
		if !slices.Equal(got, []string{c.want}) {
			t.Errorf("%s: got %q, want %q", c.program, got, c.want)
		}
	}
}
