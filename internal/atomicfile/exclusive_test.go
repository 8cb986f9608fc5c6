package atomicfile_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"testing/cryptotest"

	"github.com/hermes-tui/hermes-tui/internal/atomicfile"
)

// TestStage_TakesNoFileThatIsThere: whatever stands under the name of the
// temporary file, put there by somebody who guessed it, is not written to.
func TestStage_TakesNoFileThatIsThere(t *testing.T) {
	dir := t.TempDir()
	path, victim := filepath.Join(dir, "file"), filepath.Join(dir, "victim")
	cryptotest.SetGlobalRandom(t, 1)
	first, err := atomicfile.Stage(path, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	names, _ := filepath.Glob(filepath.Join(dir, ".file.*"))
	if len(names) != 1 {
		t.Fatalf("temporary files: %v", names)
	}
	first.Discard()
	for what, put := range map[string]func() error{
		"a link": func() error { return os.Symlink(victim, names[0]) },
		"a file": func() error { return os.Link(victim, names[0]) },
	} {
		if err := os.WriteFile(victim, []byte("keep"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := put(); err != nil {
			t.Logf("%s: %v", what, err) // not every system makes links
			continue
		}
		if _, err := os.Lstat(names[0]); err != nil { // Wine says that it made one, and did not
			t.Logf("%s: %v", what, err)
			continue
		}
		cryptotest.SetGlobalRandom(t, 1)
		if s, err := atomicfile.Stage(path, 0o600); !errors.Is(err, fs.ErrExist) {
			t.Errorf("%s was taken: %v", what, err)
			s.Discard()
		}
		if got, _ := os.ReadFile(victim); string(got) != "keep" {
			t.Errorf("%s: the victim holds %q", what, got)
		}
		_ = os.Remove(names[0])
	}
}
