package house

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
)

// TestOtherModulesGoAlong: a module of its own below this one requires what this
// one requires, so that it has to be tidied whenever go.mod changes here. The
// network is not asked; on a machine that has not its modules .ci/run tells.
func TestOtherModulesGoAlong(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("contrib/tidy is a shell script")
	}
	cmd := exec.CommandContext(t.Context(), filepath.Join(root, "contrib", "tidy"), "anthropicauth", "-diff")
	cmd.Env = append(os.Environ(), "GOPROXY=off")
	out, err := cmd.CombinedOutput()
	switch {
	case err == nil:
	case strings.Contains(string(out), "GOPROXY=off"):
		t.Skip("the modules of anthropicauth are not on this machine")
	default:
		t.Errorf("run `contrib/tidy anthropicauth`, too: %v\n%s", err, out)
	}
}

// TestModulesCanBeFetched: a module that others fetch leads to no folder that
// only this repository has, and requires a version of the library that can be
// tagged.
func TestModulesCanBeFetched(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "anthropicauth", "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	if regexp.MustCompile(`(?m)^\s*replace\b`).Match(text) {
		t.Error("anthropicauth/go.mod replaces a module: that belongs into its go.work")
	}
	version := regexp.MustCompile(`hermes-tui/hermes-tui (v\S+)`).FindSubmatch(text)
	if version == nil || string(version[1]) == "v0.0.0" {
		t.Errorf("anthropicauth/go.mod requires the library in version %q", version)
	}
}
