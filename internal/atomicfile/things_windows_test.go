package atomicfile_test

import (
	"os"
	"path/filepath"
	"testing"
)

// things makes what can stand in the place of a file, by what it is called.
func things(t *testing.T, dir string) map[string]string {
	t.Helper()
	path := filepath.Join(dir, "folder")
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
	return map[string]string{"a folder": path}
}
