package connect

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/oauth"
)

func miniMax() Use {
	return Use{
		Account: "a1b2c3d4e5", Provider: "minimax-oauth", BaseURL: "https://api.minimax.io/anthropic",
		API: anthropicMessages, Command: []string{"hermes-tui"}, Proxy: "http://127.0.0.1:8787",
	}
}

func xAI() Use {
	u := miniMax()
	u.Provider, u.API, u.BaseURL, u.Model = "xai-oauth", codexResponses, "https://api.x.ai/v1", "grok-code"
	return u
}

// codex is an account whose requests name it.
func codex() Use {
	u := xAI()
	u.Provider, u.BaseURL, u.Model = "openai-codex", "https://chatgpt.com/backend-api/codex", "gpt-5-codex"
	u.Headers = map[string]string{"Chatgpt-Account-Id": `acc: "1"`, "Originator": "hermes-tui"}
	return u
}

// configured is an account that speaks Chat Completions.
func configured() Use {
	u := xAI()
	u.Provider, u.API, u.BaseURL, u.Model = "deepseek", chatCompletions, "https://api.deepseek.com/v1", "deepseek-chat"
	return u
}

// both is an account that is asked in each format, and at several addresses.
func both() Use {
	u := xAI()
	u.Also = []oauth.Wire{{API: chatCompletions, BaseURL: "https://api.x.ai/v1"}, {API: anthropicMessages, BaseURL: "https://messages.example/anthropic"}}
	return u
}

// everyForm calls f with every form of every program that takes u.
func everyForm(t *testing.T, u Use, f func(*testing.T, Form)) {
	t.Helper()
	for _, p := range Programs() {
		forms, err := p.Forms(u)
		if err != nil {
			continue
		}
		for _, form := range forms {
			t.Run(p.ID+"/"+form.Name, func(t *testing.T) { f(t, form) })
		}
	}
}

func TestForm_SnippetIsReadableInItsFormat(t *testing.T) {
	for _, u := range []Use{miniMax(), xAI(), codex(), configured(), both()} {
		everyForm(t, u, func(t *testing.T, f Form) {
			if f.Format == Shell {
				return
			}
			got, err := languages[f.Format].read([]byte(f.Snippet()))
			if err != nil {
				t.Fatalf("%v\n%s", err, f.Snippet())
			}
			want := plain(f.tree())
			if !reflect.DeepEqual(normal(got), normal(want)) {
				t.Errorf("read back as\n%v, want\n%v", got, want)
			}
		})
	}
}

func TestProgram_SnippetsSayWhatTheProgramsRead(t *testing.T) {
	for _, c := range []struct {
		program, form string
		use           Use
		want          []string
	}{
		{"hermes-agent", Helper, miniMax(), []string{
			"key_cmd: hermes-tui token a1b2c3d4e5 --json", "api_mode: anthropic_messages",
			"base_url: https://api.minimax.io/anthropic", "provider: custom:hermes-tui-a1b2c3d4e5", "default: MiniMax-M3",
		}},
		{"hermes-agent", Proxy, miniMax(), []string{
			"base_url: http://127.0.0.1:8787/account/a1b2c3d4e5/anthropic", "key_env: HERMES_TUI_LOCAL_KEY",
		}},
		{"claude", Helper, miniMax(), []string{
			`"apiKeyHelper": "hermes-tui token a1b2c3d4e5 --min-ttl 6m"`, `"ANTHROPIC_BASE_URL": "https://api.minimax.io/anthropic"`,
		}},
		{"claude-code", Proxy, miniMax(), []string{
			`"apiKeyHelper": "hermes-tui serve --show-key"`, `"ANTHROPIC_BASE_URL": "http://127.0.0.1:8787/account/a1b2c3d4e5/anthropic"`,
		}},
		{"codex", Helper, xAI(), []string{
			`[model_providers.hermes-tui-a1b2c3d4e5.auth]`, `command = "hermes-tui"`, `args = ["token", "a1b2c3d4e5"]`,
			`wire_api = "responses"`, `base_url = "https://api.x.ai/v1"`,
		}},
		{"codex", Helper, codex(), []string{`[model_providers.hermes-tui-a1b2c3d4e5.http_headers]`, `Chatgpt-Account-Id = "acc: \"1\""`}},
		{"hermes-agent", Helper, codex(), []string{"extra_headers:\n      Chatgpt-Account-Id: 'acc: \"1\"'\n      Originator: hermes-tui\n", "api_mode: codex_responses"}},
		{"opencode", "", miniMax(), []string{
			`"baseURL": "http://127.0.0.1:8787/account/a1b2c3d4e5/anthropic/v1"`, `"apiKey": "{env:HERMES_TUI_LOCAL_KEY}"`,
			`"model": "hermes-tui-a1b2c3d4e5/MiniMax-M3"`,
		}},
		{"openclaw", "", miniMax(), []string{`"api": "anthropic-messages"`, `"id": "HERMES_TUI_LOCAL_KEY"`}},
		{"opencode", "", configured(), []string{`"npm": "@ai-sdk/openai-compatible"`, `"baseURL": "http://127.0.0.1:8787/account/a1b2c3d4e5/openai/v1"`}},
		{"opencode", "", xAI(), []string{`"npm": "@ai-sdk/openai",`, `"baseURL": "http://127.0.0.1:8787/account/a1b2c3d4e5/openai/v1"`}},
		{"openclaw", "", configured(), []string{`"api": "openai-completions"`, `"baseUrl": "http://127.0.0.1:8787/account/a1b2c3d4e5/openai/v1"`}},
		{"openclaw", "", xAI(), []string{`"api": "openai-responses"`}},
		{"hermes-agent", Proxy, configured(), []string{
			"base_url: http://127.0.0.1:8787/account/a1b2c3d4e5/openai/v1", "api_mode: chat_completions", "key_env: HERMES_TUI_LOCAL_KEY",
		}},
		{"hermes-agent", Proxy, xAI(), []string{"api_mode: codex_responses"}},
		{"codex", Proxy, xAI(), []string{
			`base_url = "http://127.0.0.1:8787/account/a1b2c3d4e5/openai/v1"`, `wire_api = "responses"`, `env_key = "HERMES_TUI_LOCAL_KEY"`,
		}},
		{"crush", "", miniMax(), []string{
			`"type": "anthropic"`, `"base_url": "http://127.0.0.1:8787/account/a1b2c3d4e5/anthropic"`, `"api_key": "$HERMES_TUI_LOCAL_KEY"`,
			`"provider": "hermes-tui-a1b2c3d4e5"`, `"model": "MiniMax-M3"`,
		}},
		{"crush", "", configured(), []string{`"type": "openai-compat"`, `"base_url": "http://127.0.0.1:8787/account/a1b2c3d4e5/openai/v1"`}},
		{"crush", "", xAI(), []string{`"type": "openai",`}},
		{"aider", "", configured(), []string{
			"openai-api-base: http://127.0.0.1:8787/account/a1b2c3d4e5/openai/v1", "model: openai/deepseek-chat", "openai-api-key: KEY-OF-HERMES-TUI",
		}},
		{"cline", "", configured(), []string{`"lastUsedProvider": "openai-compatible"`, `"baseUrl": "http://127.0.0.1:8787/account/a1b2c3d4e5/openai/v1"`}},
		{"cline", "", miniMax(), []string{`"provider": "anthropic"`, `"baseUrl": "http://127.0.0.1:8787/account/a1b2c3d4e5/anthropic/v1"`}},
		{"continue", "", configured(), []string{"models:\n  - name: hermes-tui-a1b2c3d4e5\n    provider: openai\n    model: deepseek-chat\n", "apiKey: ${{ secrets.HERMES_TUI_LOCAL_KEY }}"}},
		{"cn", "", miniMax(), []string{"provider: anthropic", "apiBase: http://127.0.0.1:8787/account/a1b2c3d4e5/anthropic/v1"}},
		{"goose", "", configured(), []string{
			"export GOOSE_PROVIDER=openai\nexport GOOSE_MODEL=deepseek-chat", "export OPENAI_BASE_PATH=account/a1b2c3d4e5/openai/v1/chat/completions",
		}},
		{"llm", "", configured(), []string{"- model_id: hermes-tui-a1b2c3d4e5\n  model_name: deepseek-chat\n  api_base: http://127.0.0.1:8787/account/a1b2c3d4e5/openai/v1\n"}},
		{"qwen", "", configured(), []string{`"selectedType": "openai"`, `"apiKey": "$HERMES_TUI_LOCAL_KEY"`, `"name": "deepseek-chat"`}},
		{"zed", "", configured(), []string{`"hermes-tui": {`, `"api_url": "http://127.0.0.1:8787/account/a1b2c3d4e5/openai/v1"`, `"provider": "hermes-tui"`}},
		{"zed", "", both(), []string{`"api_url": "http://127.0.0.1:8787/account/a1b2c3d4e5/openai/v1"`}},
		{"claude", Helper, both(), []string{`"ANTHROPIC_BASE_URL": "https://messages.example/anthropic"`}},
		{"env", "", both(), []string{
			"export OPENAI_HOST=http://127.0.0.1:8787\n", "export ANTHROPIC_BASE_URL=http://127.0.0.1:8787/account/a1b2c3d4e5/anthropic\n", "export ANTHROPIC_MODEL=grok-code",
		}},
		{"env", "", configured(), []string{
			"export OPENAI_BASE_URL=http://127.0.0.1:8787/account/a1b2c3d4e5/openai/v1", "export OPENAI_API_BASE=http://127.0.0.1:8787/account/a1b2c3d4e5/openai/v1",
			`export OPENAI_API_KEY="$HERMES_TUI_LOCAL_KEY"`, "export OPENAI_MODEL=deepseek-chat", "unset OPENAI_ORG_ID",
			"export OPENAI_HOST=http://127.0.0.1:8787\nexport OPENAI_BASE_PATH=account/a1b2c3d4e5/openai/v1/chat/completions",
		}},
		{"env", "", miniMax(), []string{
			`export HERMES_TUI_LOCAL_KEY="$(hermes-tui serve --show-key)"`, `unset ANTHROPIC_API_KEY`,
		}},
	} {
		t.Run(c.program+"/"+c.form, func(t *testing.T) {
			p, err := Find(c.program)
			if err != nil {
				t.Fatal(err)
			}
			f, err := p.Form(c.use, c.form)
			if err != nil {
				t.Fatal(err)
			}
			for _, want := range c.want {
				if !strings.Contains(f.Snippet(), want) {
					t.Errorf("lacks %q:\n%s", want, f.Snippet())
				}
			}
		})
	}
}

func TestUse_PoolGoesToTheProxysDefault(t *testing.T) {
	u := miniMax()
	u.Account, u.Pool = "minimax-oauth/global", true
	p, _ := Find("claude-code")
	f, err := p.Form(u, Proxy)
	if err != nil || !strings.Contains(f.Snippet(), `"http://127.0.0.1:8787/anthropic"`) {
		t.Errorf("%v\n%s", err, f.Snippet())
	}
	chat := configured()
	chat.Account, chat.Pool = "deepseek/global", true
	for name, want := range map[string]string{
		"opencode": `"http://127.0.0.1:8787/openai/v1"`, "crush": `"http://127.0.0.1:8787/openai/v1"`, "env": "OPENAI_BASE_PATH=openai/v1/chat/completions",
	} {
		p, _ := Find(name)
		if f, err := p.Form(chat, ""); err != nil || !strings.Contains(f.Snippet(), want) {
			t.Errorf("%s: %v\n%s", name, err, f.Snippet())
		}
	}
	if key := u.Entry(); key != "hermes-tui-minimax-oauth-global" {
		t.Errorf("key %q", key)
	}
}

func TestUse_CommandIsQuotedForTheShell(t *testing.T) {
	u := miniMax()
	u.Command = []string{"env", "HERMES_TUI_HOME=/home/me/my tokens", "/opt/it's/hermes-tui"}
	want := `env 'HERMES_TUI_HOME=/home/me/my tokens' '/opt/it'\''s/hermes-tui' token a`
	if got := u.call("token", "a"); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestProgram_RefusesWhatItCannotUse(t *testing.T) {
	unnamed := xAI()
	unnamed.Model = ""
	for _, c := range []struct {
		name, program, form string
		use                 Use
		want                string
	}{
		{"MiniMax speaks no Responses", "codex", "", miniMax(), "Codex CLI speaks codex_responses"},
		{"xAI speaks no Messages", "claude-code", "", xAI(), "Claude Code speaks anthropic_messages"},
		{"MiniMax speaks no Chat Completions", "aider", "", miniMax(), "aider speaks chat_completions, and this account's API is anthropic_messages"},
		{"no model is known", "codex", "", unnamed, "has to be told a model"},
		{"no such form", "opencode", Helper, miniMax(), `has no form "helper"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := Find(c.program)
			if err != nil {
				t.Fatal(err)
			}
			_, err = p.Form(c.use, c.form)
			if autherr.KindOf(err) != autherr.Usage || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v", err)
			}
		})
	}
	_, err := Find("emacs")
	var e *autherr.Error
	if !errors.As(err, &e) || !strings.Contains(e.Hint, "hermes-agent") {
		t.Errorf("an unknown program: %v", err)
	}
}
