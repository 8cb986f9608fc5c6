// Package program is how this program is called: by the person at the keyboard,
// and by other programs, which need its whole place and the flags that lead to
// the same accounts.
package program

import (
	"cmp"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/session"
	"github.com/hermes-tui/hermes-tui/core/connect"
)

// Typed is what a person at this machine types into a shell to call it: by its
// name where that is found on the path, else by its place.
func Typed(s *session.Session, args ...string) string {
	name := "hermes-tui"
	if self, err := s.Self(); err == nil {
		if found, err := exec.LookPath(name); err != nil || !same(found, self) {
			name = self
		}
	}
	return connect.Line(runtime.GOOS, append([]string{name}, args...)...)
}

// Command is how a program calls it: by its whole place, because the program may
// be started with a path that a shell's profile has not touched, and with what
// says where its files are.
func Command(s *session.Session) ([]string, error) {
	self, err := s.Self()
	if err != nil {
		return nil, err
	}
	found, err := s.Find()
	if err != nil {
		return nil, err
	}
	command := []string{lasting(s, self)}
	config, named := found.ConfigPath(s.Flags.Config)
	if !named {
		config = ""
	}
	for _, flag := range [][2]string{
		{"--home", s.Env("HERMES_TUI_HOME")}, {"--config", config}, {"--key-file", s.Env("HERMES_TUI_KEY_FILE")},
	} {
		if flag[1] == "" {
			continue
		}
		if abs, err := filepath.Abs(flag[1]); err == nil {
			flag[1] = abs
		}
		command = append(command, flag[:]...)
	}
	if kind := cmp.Or(s.Flags.Keystore, s.Env("HERMES_TUI_KEYSTORE")); kind != "" && kind != "auto" {
		command = append(command, "--keystore", kind)
	}
	return command, nil
}

// lasting is a place of this binary that an update does not change: the entry of
// the path that leads to it, or one of the links that package managers keep to
// what they install by version.
func lasting(s *session.Session, self string) string {
	name := filepath.Base(self)
	candidates := []string{"hermes-tui", name}
	home := s.Getenv("HOME", "USERPROFILE")
	if before, _, versioned := strings.Cut(self, string(filepath.Separator)+"Cellar"+string(filepath.Separator)); versioned {
		candidates = append(candidates, filepath.Join(before, "bin", name))
	}
	if strings.HasPrefix(self, "/nix/store/") {
		candidates = append(candidates, filepath.Join(home, ".nix-profile", "bin", name), "/run/current-system/sw/bin/"+name)
	}
	if runtime.GOOS == "windows" { // scoop/apps/NAME/VERSION, with a junction "current" beside it
		candidates = append(candidates, filepath.Join(filepath.Dir(filepath.Dir(self)), "current", name))
	}
	for _, candidate := range candidates {
		found, err := exec.LookPath(candidate)
		if err == nil && filepath.IsAbs(found) && same(found, self) {
			return found
		}
	}
	return self
}

// same reports whether two paths are one file, links followed.
func same(one, other string) bool {
	one, err := filepath.EvalSymlinks(one)
	if err != nil {
		return false
	}
	other, err = filepath.EvalSymlinks(other)
	return err == nil && one == other
}
