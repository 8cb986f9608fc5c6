package hermes_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

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

// A provider of opencode's that is null is as one that is not there: the others come
// over.
func TestDetect_ANullIsNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "auth.json")
	if err := os.WriteFile(path, []byte(`{"openai":null,"zai":{"type":"api","key":"k-1"},"groq":null}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := hermes.Detect(path, "nobody's"); got != hermes.OpenCode {
		t.Fatalf("it is %s", got)
	}
	f, err := hermes.Load(hermes.Source{Format: hermes.OpenCode, Path: path}, time.Now())
	if err != nil || len(f.Rows) != 1 || f.Rows[0].Access.Reveal() != "k-1" {
		t.Errorf("%+v, %v", f, err)
	}
}
