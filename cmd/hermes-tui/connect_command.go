package main

import (
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// called is what a person calls this program by: its name where that is found on
// the path, else its place.
func (w *world) called() (string, error) {
	self, err := w.self()
	if err != nil {
		return "", err
	}
	if found, err := exec.LookPath("hermes-tui"); err == nil && sameProgram(found, self) {
		return "hermes-tui", nil
	}
	return self, nil
}

// command is how a program calls this one: by its whole place, because the
// program may be started with a path that a shell's profile has not touched, and
// with what says where its files are.
func (a *app) command() ([]string, error) {
	self, err := a.self()
	if err != nil {
		return nil, err
	}
	command := []string{a.lasting(self)}
	config, named := a.configPath()
	if !named {
		config = ""
	}
	for _, flag := range [][2]string{
		{"--home", a.env("HERMES_TUI_HOME")}, {"--config", config}, {"--key-file", a.env("HERMES_TUI_KEY_FILE")},
	} {
		if flag[1] == "" {
			continue
		}
		if abs, err := filepath.Abs(flag[1]); err == nil {
			flag[1] = abs
		}
		command = append(command, flag[:]...)
	}
	kind := a.flags.keystore
	if kind == "" {
		kind = a.env("HERMES_TUI_KEYSTORE")
	}
	if kind != "" && kind != "auto" {
		command = append(command, "--keystore", kind)
	}
	return command, nil
}

// lasting is a place of this binary that an update does not change: the entry of
// the path that leads to it, or one of the links that package managers keep to
// what they install by version.
func (a *app) lasting(self string) string {
	name := filepath.Base(self)
	candidates := []string{"hermes-tui", name}
	home := a.getenv("HOME", "USERPROFILE")
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
		if err == nil && filepath.IsAbs(found) && sameProgram(found, self) {
			return found
		}
	}
	return self
}

// sameProgram reports whether two paths are one file, links followed.
func sameProgram(one, other string) bool {
	one, err := filepath.EvalSymlinks(one)
	if err != nil {
		return false
	}
	other, err = filepath.EvalSymlinks(other)
	return err == nil && one == other
}
