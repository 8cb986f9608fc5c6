package hermes_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/hermes-tui/hermes-tui/core/hermes"
)

// TestDetect: of every recorded file it is found out which program wrote it,
// whatever it is called.
func TestDetect(t *testing.T) {
	files, err := filepath.Glob("testdata/*/*.json")
	if err != nil || len(files) == 0 {
		t.Fatal(err)
	}
	for _, path := range files {
		want := hermes.Format(strings.TrimSuffix(filepath.Base(path), ".json"))
		if want == "auth" {
			want = hermes.AuthJSON
		}
		if strings.Contains(path, "/empty/") {
			continue // nobody's
		}
		if got := hermes.Detect(path, "nobody's"); got != want {
			t.Errorf("%s is %s", path, got)
		}
	}
	if got := hermes.Detect("testdata/nowhere", hermes.Codex); got != hermes.Codex {
		t.Errorf("a file that is not there is %s", got)
	}
}
