package launchd

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// What calls C changes how a program starts, also where it is never used. Only
// those for macOS have it.
func TestOnlyMacOSCallsC(t *testing.T) {
	if _, err := os.ReadDir("."); err != nil { // files of other systems, which the test cache would not see change
		t.Fatal(err)
	}
	for _, target := range []string{"darwin/amd64", "darwin/arm64", "linux/amd64", "windows/amd64", "freebsd/amd64"} {
		system, arch, _ := strings.Cut(target, "/")
		cmd := exec.CommandContext(t.Context(), "go", "list", "-deps", "../../cmd/hermes-tui")
		cmd.Env = append(os.Environ(), "GOOS="+system, "GOARCH="+arch, "CGO_ENABLED=0")
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("%s: %v", target, err)
		}
		deps := strings.Fields(string(out))
		if !slices.Contains(deps, "github.com/hermes-tui/hermes-tui/internal/launchd") {
			t.Errorf("%s: serve does not ask launchd", target)
		}
		for _, dep := range []string{"github.com/ebitengine/purego", "runtime/cgo"} {
			if want := system == "darwin" && dep != "runtime/cgo"; slices.Contains(deps, dep) != want {
				t.Errorf("%s: linked with %s: %v", target, dep, !want)
			}
		}
	}
}
