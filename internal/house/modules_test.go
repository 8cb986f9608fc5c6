package house

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestOtherModulesGoAlong: a module of its own below this one requires what this
// one requires, so that it has to be tidied whenever go.mod changes here. The
// network is not asked; on a machine that has not its modules .ci/run tells.
func TestOtherModulesGoAlong(t *testing.T) {
	cmd := exec.CommandContext(t.Context(), "go", "mod", "tidy", "-diff")
	cmd.Dir = filepath.Join(root, "anthropicauth")
	cmd.Env = append(os.Environ(), "GOPROXY=off", "GOWORK=off")
	out, err := cmd.CombinedOutput()
	switch {
	case err == nil:
	case strings.Contains(string(out), "GOPROXY=off"):
		t.Skip("the modules of anthropicauth are not on this machine")
	default:
		t.Errorf("run `go mod tidy` in anthropicauth, too: %v\n%s", err, out)
	}
}
