//go:build unix

package lockfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/hermes-tui/hermes-tui/internal/atomicfile"
)

// takers are all ways to a lock; another program's lock file may be a link.
var takers = map[string]func(t *testing.T, path string) (*Lock, error){
	"Try":            func(_ *testing.T, path string) (*Lock, error) { l, _, err := Try(path); return l, err },
	"Acquire":        func(t *testing.T, path string) (*Lock, error) { return Acquire(t.Context(), path) },
	"AcquireForeign": func(t *testing.T, path string) (*Lock, error) { return AcquireForeign(t.Context(), path) },
}

func TestLock_FollowsLinksOnlyWhereTheFileIsAnothers(t *testing.T) {
	for name, take := range takers {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			for link, to := range map[string]string{"loose": "made", "link": "victim"} {
				if err := os.Symlink(filepath.Join(dir, to), filepath.Join(dir, link)); err != nil {
					t.Fatal(err)
				}
			}
			if err := os.WriteFile(filepath.Join(dir, "victim"), nil, 0o600); err != nil {
				t.Fatal(err)
			}
			for _, link := range []string{"loose", "link"} {
				lock, err := take(t, filepath.Join(dir, link))
				if name == "AcquireForeign" {
					if err != nil {
						t.Fatal(err)
					}
					_ = lock.Unlock()
					continue
				}
				var other atomicfile.NotFile
				if !errors.As(err, &other) || other.Mode&fs.ModeSymlink == 0 {
					t.Errorf("%s: %v, want that it is a link", link, err)
				}
				if _, err := os.Lstat(filepath.Join(dir, "made")); err == nil {
					t.Error("a file was made where a link leads")
				}
			}
		})
	}
}

// TestLock_FollowsNoLinkThatComesLate: a link that appears after the look is not
// followed either.
func TestLock_FollowsNoLinkThatComesLate(t *testing.T) {
	dir := t.TempDir()
	link := filepath.Join(dir, "link")
	if err := os.Symlink(filepath.Join(dir, "made"), link); err != nil {
		t.Fatal(err)
	}
	late := ours()
	seen := false
	late.look = func(path string) (fs.FileInfo, error) {
		if seen {
			return os.Lstat(path)
		}
		seen = true
		return nil, fs.ErrNotExist
	}
	if _, _, err := attempt(link, late); !errors.Is(err, syscall.ELOOP) {
		t.Errorf("%v, want %v", err, syscall.ELOOP)
	}
}

func TestLock_RefusesWhatIsNoFile(t *testing.T) {
	dir := t.TempDir()
	pipe, folder := filepath.Join(dir, "pipe"), filepath.Join(dir, "folder")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, take := range takers {
		for _, path := range []string{pipe, folder, "/dev/zero"} {
			var other atomicfile.NotFile
			if _, err := take(t, path); !errors.As(err, &other) {
				t.Errorf("%s %s: %v", name, path, err)
			}
		}
	}
}
