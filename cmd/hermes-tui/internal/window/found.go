package window

import (
	"cmp"
	"os"
	"path/filepath"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/foreign"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/session"
	"github.com/hermes-tui/hermes-tui/core/connect"
	"github.com/hermes-tui/hermes-tui/core/hermes"
	"github.com/hermes-tui/hermes-tui/tui"
)

// signIns are the files in which other programs keep their sign-ins here. Only their
// names are looked at.
func signIns(s *session.Session) []tui.FoundFile {
	home := foreign.World(s).Home
	if home == "" {
		return nil
	}
	data := cmp.Or(s.Env("XDG_DATA_HOME"), filepath.Join(home, ".local", "share"))
	var found []tui.FoundFile
	for _, one := range []struct {
		format hermes.Format
		path   string
	}{
		{hermes.Codex, filepath.Join(cmp.Or(s.Env("CODEX_HOME"), filepath.Join(home, ".codex")), "auth.json")},
		{hermes.Claude, filepath.Join(cmp.Or(s.Env("CLAUDE_CONFIG_DIR"), filepath.Join(home, ".claude")), ".credentials.json")},
		{hermes.OpenCode, filepath.Join(data, "opencode", "auth.json")},
		{hermes.Qwen, filepath.Join(home, ".qwen", "oauth_creds.json")},
	} {
		if info, err := os.Lstat(one.path); err == nil && !info.IsDir() {
			found = append(found, tui.FoundFile{Program: one.format.Owner(), Path: one.path})
		}
	}
	if info, err := os.Lstat(filepath.Join(home, ".openclaw")); err == nil && info.IsDir() {
		found = append(found, tui.FoundFile{Program: "OpenClaw", Path: filepath.Join(home, ".openclaw")})
	}
	return found
}

// connected reports whether the file of some program has our settings in it.
func connected(s *session.Session) bool {
	w := foreign.World(s)
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
