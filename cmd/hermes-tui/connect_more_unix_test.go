//go:build unix

package main_test

import (
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/hermes-tui/hermes-tui/sandbox"
)

// TestConnect_ProgramsOfOpenAIsFormats: each is written a key and an address with
// which its requests are served, beside what stands there already, and --undo gives
// back the file and revokes the key.
func TestConnect_ProgramsOfOpenAIsFormats(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	openai := newRecorder(t)
	b.configure("[endpoints.\"openai-api\"]\ninference_url = \"" + openai.URL + "/v1\"\n")
	if r := b.runWith(pastedKey+"\n", "login", "openai-api", "--api-key", "--label", "gpt"); r.code != 0 {
		t.Fatal(r)
	}
	s := b.serve()
	inFile, address := regexp.MustCompile(`htui_key_[0-9a-f]{64}`), regexp.MustCompile(`http://[^"'\s]*/openai/v1`)
	for program, c := range map[string]struct{ path, text, form, asks string }{
		"aider":     {".aider.conf.yml", "# mine\ndark-mode: true\n", "", "/chat/completions"},
		"cline":     {".cline/data/settings/providers.json", "{\"version\": 1}\n", "", "/chat/completions"},
		"continue":  {".continue/config.yaml", "name: mine\nversion: 1.0.0\nschema: v1\nmodels:\n  - name: other # mine\n    provider: ollama\n    model: q\n", "", "/chat/completions"},
		"llm":       {".config/io.datasette.llm/extra-openai-models.yaml", "# mine\n- model_id: other\n  model_name: q\n", "", "/chat/completions"},
		"qwen-code": {".qwen/settings.json", "{\n  \"general\": {} // mine\n}\n", "", "/chat/completions"},
		"codex":     {".codex/config.toml", "# mine\nmodel = \"gpt-5\"\n", "proxy", "/responses"},
	} {
		path := b.put(c.path, []byte(c.text), 0o644)
		args := []string{"connect", program, "gpt", "--model", "gpt-5.2", "--write", "--yes", "--proxy", s.url}
		if c.form != "" {
			args = append(args, "--form", c.form)
		}
		r := b.run(args...)
		text := string(b.get(path))
		key := inFile.FindString(text)
		if r.code != 0 || key == "" || strings.Contains(r.out+r.err, key) || strings.Contains(c.text, "mine") && !strings.Contains(text, "mine") {
			t.Errorf("%s: %s%s", program, text, r)
			continue
		}
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: others can read the key: %v", program, info.Mode())
		}
		req, err := http.NewRequest(http.MethodPost, address.FindString(text)+c.asks, strings.NewReader(`{"model":"gpt-5.2","messages":[],"input":"hi"}`))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+key)
		if got := b.do(req); got.status != http.StatusOK || openai.take() != "/v1"+c.asks {
			t.Errorf("%s: with what stands in its file: %+v", program, got)
		}
		if again := b.run(args...); again.code != 0 || !strings.Contains(again.out, "already") {
			t.Errorf("%s: a second time: %s", program, again)
		}
		if r := b.run("connect", program, "--undo", "--yes"); r.code != 0 || !strings.Contains(r.out, "is revoked") || string(b.get(path)) != c.text {
			t.Errorf("%s: undone: %s", program, r)
		}
	}
	if r := b.run("connect", "zed", "gpt", "--model", "gpt-5.2", "--write", "--yes"); r.code != 0 || !strings.Contains(r.err, "HERMES_TUI_API_KEY") || inFile.Match(b.get(b.home+"/.config/zed/settings.json")) {
		t.Errorf("zed: %s", r)
	}
	if r := b.run("connect", "goose", "gpt", "--model", "gpt-5.2"); r.code != 0 || !strings.Contains(r.out, "export GOOSE_PROVIDER=openai\nexport GOOSE_MODEL=gpt-5.2\n") {
		t.Errorf("goose: %s", r)
	}
	if r := b.run("connect", "goose", "gpt", "--model", "gpt-5.2", "--write"); r.code != 2 || !strings.Contains(r.err, "goose has no file to write") {
		t.Errorf("goose --write: %s", r)
	}
}

// TestExec_ProgramsOfChatCompletions: a program gets what it needs beside OpenAI's
// variables; one that only its file leads is not started.
func TestExec_ProgramsOfChatCompletions(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	if r := b.runWith(pastedKey+"\n", "login", "openai-api", "--api-key", "--label", "gpt"); r.code != 0 {
		t.Fatal(r)
	}
	b.env = append(b.env, "AIDER_OPENAI_API_BASE=https://elsewhere.example", "GOOSE_PROVIDER=other")
	for _, name := range []string{"goose", "aider", "qwen", "llm", "cline", "cn", "zed"} {
		b.program(name, `echo "$GOOSE_PROVIDER $AIDER_OPENAI_API_BASE $OPENAI_BASE_URL $*"`)
	}
	for name, want := range map[string]string{
		"goose": `^openai https://elsewhere.example http://\S*/openai/v1 run\n$`,
		"aider": `^other  http://\S*/openai/v1 run\n$`,
		"qwen":  `^other https://elsewhere.example http://\S*/openai/v1 --auth-type openai run\n$`,
		"llm":   `^other https://elsewhere.example http://\S*/openai/v1 run\n$`,
	} {
		if r := b.run("exec", "gpt", "--", name, "run"); r.code != 0 || !regexp.MustCompile(want).MatchString(r.out) {
			t.Errorf("%s: %s, want %s", name, r, want)
		}
	}
	for name, id := range map[string]string{"cline": "cline", "cn": "continue", "zed": "zed"} {
		if r := b.run("exec", "gpt", "--", name, "run"); r.code != 2 || r.out != "" || !strings.Contains(r.err, "hermes-tui connect "+id+" --write") {
			t.Errorf("%s: %s", name, r)
		}
	}
}
