//go:build unix

package atomicfile_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/hermes-tui/hermes-tui/internal/atomicfile"
)

// TestReplaceKeepsTheFile: mode, owner and the link that leads there stay.
func TestReplaceKeepsTheFile(t *testing.T) {
	dir := t.TempDir()
	file, link := filepath.Join(dir, "auth.json"), filepath.Join(dir, "link")
	if err := os.WriteFile(file, []byte("old"), 0o640); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(file, 0o640); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("auth.json", link); err != nil {
		t.Fatal(err)
	}
	foreign := os.Geteuid() == 0
	if foreign {
		if err := os.Chown(file, 12345, 23456); err != nil {
			t.Fatal(err)
		}
	}
	if err := atomicfile.Replace(link, []byte("new")); err != nil {
		t.Fatal(err)
	}
	info, err := os.Lstat(file)
	if err != nil {
		t.Fatal(err)
	}
	if data, _ := os.ReadFile(file); string(data) != "new" || info.Mode() != 0o640 {
		t.Errorf("%q with mode %v", data, info.Mode())
	}
	if s := info.Sys().(*syscall.Stat_t); foreign && (s.Uid != 12345 || s.Gid != 23456) {
		t.Errorf("owner %d:%d", s.Uid, s.Gid)
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link is gone: %v", err)
	}
	if err := atomicfile.Replace(filepath.Join(dir, "absent"), nil); !os.IsNotExist(err) {
		t.Errorf("a file that is not there: %v", err)
	}
}
