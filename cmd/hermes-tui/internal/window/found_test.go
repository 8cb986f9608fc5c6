package window

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hermes-tui/hermes-tui/core/connect"
	"github.com/hermes-tui/hermes-tui/tui"
)

// The files are those that the programs themselves read, and only files of a kind that
// can be imported are called so.
func TestSignIns_AreWhereTheProgramsKeepThem(t *testing.T) {
	home := t.TempDir()
	for _, name := range []string{".codex/auth.json", ".qwen/oauth_creds.json", "qwen/oauth_creds.json", ".openclaw/openclaw.json", ".openclaw-work/x"} {
		path := filepath.Join(home, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("{}"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(home)
	at := func(name string) string { return filepath.Join(home, filepath.FromSlash(name)) }
	codex := tui.FoundFile{Program: "Codex CLI", Path: at(".codex/auth.json"), Importable: true}
	qwen := tui.FoundFile{Program: "Qwen Code", Path: at(".qwen/oauth_creds.json"), Importable: true}
	claw := tui.FoundFile{Program: "OpenClaw", Path: at(".openclaw")}
	for name, tt := range map[string]struct {
		env  map[string]string
		want []tui.FoundFile
	}{
		"usual places": {nil, []tui.FoundFile{codex, qwen, claw}},
		"QWEN_HOME": {
			map[string]string{"QWEN_HOME": at("qwen")},
			[]tui.FoundFile{codex, {Program: "Qwen Code", Path: at("qwen/oauth_creds.json"), Importable: true}, claw},
		},
		"a relative CODEX_HOME is read from a folder that nobody knows": {map[string]string{"CODEX_HOME": ".codex"}, []tui.FoundFile{qwen, claw}},
		"a profile of OpenClaw": {
			map[string]string{"OPENCLAW_PROFILE": "work"}, []tui.FoundFile{codex, qwen, {Program: "OpenClaw", Path: at(".openclaw-work")}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := signIns(connect.World{Env: func(name string) string { return tt.env[name] }, Home: home, OS: runtime.GOOS})
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
