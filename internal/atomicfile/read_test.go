package atomicfile_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hermes-tui/hermes-tui/internal/atomicfile"
)

// readers are all ways to read; those of ours follow no link.
var readers = map[string]func(path string) error{
	"Read":        func(p string) error { _, err := atomicfile.Read(p, 100); return err },
	"ReadForeign": func(p string) error { _, err := atomicfile.ReadForeign(p, 100); return err },
	"Open":        func(p string) error { return closed(atomicfile.Open(p)) },
	"OpenForeign": func(p string) error { return closed(atomicfile.OpenForeign(p)) },
	"Append":      func(p string) error { return closed(atomicfile.Append(p)) },
}

func closed(file *os.File, err error) error {
	if err != nil {
		return err
	}
	return file.Close()
}

func TestRead_RefusesWhatIsNoFile(t *testing.T) {
	for name, read := range readers {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			for what, path := range things(t, dir) {
				var other atomicfile.NotFile
				if err := read(path); !errors.As(err, &other) || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), what) {
					t.Errorf("%s: %v", what, err)
				}
			}
		})
	}
}

func TestRead_FollowsLinksOnlyWhereTheFileIsAnothers(t *testing.T) {
	for name, read := range readers {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			file, link, loose := filepath.Join(dir, "file"), filepath.Join(dir, "link"), filepath.Join(dir, "loose")
			if err := os.WriteFile(file, []byte("text"), 0o600); err != nil {
				t.Fatal(err)
			}
			for to, from := range map[string]string{loose: filepath.Join(dir, "elsewhere"), link: file} {
				_ = os.Symlink(from, to)
				if _, err := os.Readlink(to); err != nil { // Wine says that it made one, and did not
					t.Skipf("this system makes no symbolic links: %v", err)
				}
			}
			if err := read(file); err != nil {
				t.Errorf("a file: %v", err)
			}
			foreign := strings.HasSuffix(name, "Foreign")
			if err := read(link); (err == nil) != foreign {
				t.Errorf("a link: %v", err)
			}
			if err := read(loose); err == nil || foreign != errors.Is(err, fs.ErrNotExist) {
				t.Errorf("a link to nothing: %v", err)
			}
			if _, err := os.Lstat(filepath.Join(dir, "elsewhere")); err == nil {
				t.Error("a file was made where a link leads")
			}
		})
	}
}

func TestRead_IsBounded(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	for size, ok := range map[int]bool{0: true, 99: true, 100: true, 101: false, 1 << 20: false} {
		want := bytes.Repeat([]byte{'x'}, size)
		if err := os.WriteFile(path, want, 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := atomicfile.Read(path, 100)
		if ok && (err != nil || !bytes.Equal(got, want)) || !ok && !errors.Is(err, atomicfile.ErrTooLarge) {
			t.Errorf("%d bytes: %d, %v", size, len(got), err)
		}
	}
	// A file that says it is huge is not read to its end.
	if err := os.Truncate(path, 1<<40); err != nil {
		t.Skipf("this file system makes no holes: %v", err)
	}
	if _, err := atomicfile.ReadForeign(path, 100); !errors.Is(err, atomicfile.ErrTooLarge) {
		t.Errorf("a terabyte: %v", err)
	}
}

func TestRead_MissingIsMissing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "absent")
	for name, read := range readers {
		if err := read(path); name != "Append" && !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: %v", name, err)
		}
		_ = os.Remove(path)
	}
}

func TestAppend_MakesAPrivateFileAndAdds(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	for range 2 {
		file, err := atomicfile.Append(path)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = file.WriteString("line\n")
		_ = file.Close()
	}
	if data, _ := os.ReadFile(path); string(data) != "line\nline\n" {
		t.Errorf("%q", data)
	}
}
