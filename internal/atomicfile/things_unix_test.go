//go:build unix

package atomicfile_test

import (
	"net"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// things makes what can stand in the place of a file, by what it is called.
func things(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{
		"a folder": filepath.Join(dir, "folder"), "a named pipe": filepath.Join(dir, "pipe"),
		"a socket": filepath.Join(dir, "s"), "a device": "/dev/zero",
	}
	if err := os.Mkdir(all["a folder"], 0o700); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(all["a named pipe"], 0o600); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("unix", all["a socket"])
	if err != nil {
		t.Logf("no socket here: %v", err) // its path may be too long
		delete(all, "a socket")
		return all
	}
	t.Cleanup(func() { _ = l.Close() })
	return all
}
