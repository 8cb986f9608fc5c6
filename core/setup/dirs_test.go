package setup

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/adrg/xdg"
)

// TestLocate_NeverBelowTheCurrentFolder: whatever the environment says, folders
// are whole paths, or there is a sentence.
func TestLocate_NeverBelowTheCurrentFolder(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("folders come from the profile there, and HOME has no meaning")
	}
	whole := t.TempDir()
	names := []string{"HERMES_TUI_HOME", "HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"}
	values := []string{"", "here", "./here", "../here", "~", "~/here", whole}
	t.Cleanup(xdg.Reload)
	for i, name := range names {
		for _, value := range values {
			for _, rest := range values {
				for j, other := range names {
					t.Setenv(other, rest)
					if i == j {
						t.Setenv(other, value)
					} else if other == "HERMES_TUI_HOME" {
						t.Setenv(other, "")
					}
				}
				xdg.Reload()
				d, err := Locate(os.Getenv)
				for _, dir := range []string{d.Config, d.Data, d.State} {
					if err == nil && !filepath.IsAbs(dir) {
						t.Errorf("%s=%q, the others %q: %q", name, value, rest, dir)
					}
				}
				if name == "HERMES_TUI_HOME" && value != "" && (err == nil) != (value == whole) {
					t.Errorf("HERMES_TUI_HOME=%q: %+v, %v", value, d, err)
				}
			}
		}
	}
}
