package window

import (
	"os"
	"path/filepath"

	"github.com/hermes-tui/hermes-tui/core/connect"
	"github.com/hermes-tui/hermes-tui/core/hermes"
	"github.com/hermes-tui/hermes-tui/tui"
)

// signIns are the files in which other programs keep their sign-ins here, where these
// programs look for them. Only their names are looked at.
func signIns(w connect.World) []tui.FoundFile {
	var found []tui.FoundFile
	for _, one := range []struct {
		format   hermes.Format
		home     []string
		variable string
		file     string // in that folder
	}{
		{hermes.Codex, []string{".codex"}, "CODEX_HOME", "auth.json"},
		{hermes.Claude, []string{".claude"}, "CLAUDE_CONFIG_DIR", ".credentials.json"},
		{hermes.OpenCode, []string{".local", "share"}, "XDG_DATA_HOME", filepath.Join("opencode", "auth.json")},
		{hermes.Qwen, []string{".qwen"}, "QWEN_HOME", "oauth_creds.json"},
	} {
		dir, err := w.Folder(one.format.Owner(), one.home, one.variable)
		if err != nil {
			continue // nobody knows here where it is
		}
		path := filepath.Join(dir, one.file)
		if info, err := os.Lstat(path); err == nil && !info.IsDir() {
			found = append(found, tui.FoundFile{Program: one.format.Owner(), Path: path, Importable: true})
		}
	}
	if dir, err := connect.OpenClawFolder(w); err == nil {
		if info, err := os.Lstat(dir); err == nil && info.IsDir() {
			found = append(found, tui.FoundFile{Program: "OpenClaw", Path: dir})
		}
	}
	return found
}

// connected reports whether the file of some program has our settings in it.
func connected(w connect.World) bool {
	for _, p := range connect.Programs() {
		path, err := p.Path(w)
		if err != nil || path == "" {
			continue
		}
		if text, err := w.Read(path); err == nil && connect.Connected(text) {
			return true
		}
	}
	return false
}
