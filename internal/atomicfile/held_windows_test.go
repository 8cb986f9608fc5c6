package atomicfile_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/windows"

	"github.com/hermes-tui/hermes-tui/internal/atomicfile"
)

// TestHeld_IsWaitedFor: what another program has open for itself alone is read,
// replaced, renamed and removed when it lets go.
func TestHeld_IsWaitedFor(t *testing.T) {
	for name, try := range map[string]func(path string) error{
		"read": func(path string) error {
			got, err := atomicfile.Read(path, 100)
			if err == nil && string(got) != "text" {
				return fmt.Errorf("read %q", got)
			}
			return err
		},
		"write":  func(path string) error { return atomicfile.Write(path, []byte("new"), 0o600) },
		"rename": func(path string) error { return atomicfile.Rename(path, path+".old") },
		"remove": atomicfile.Remove,
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "file")
			if err := os.WriteFile(path, []byte("text"), 0o600); err != nil {
				t.Fatal(err)
			}
			text, err := windows.UTF16PtrFromString(path)
			if err != nil {
				t.Fatal(err)
			}
			h, err := windows.CreateFile(text, windows.GENERIC_READ, 0, nil, windows.OPEN_EXISTING, 0, 0)
			if err != nil {
				t.Fatal(err)
			}
			time.AfterFunc(100*time.Millisecond, func() { _ = windows.CloseHandle(h) })
			if err := try(path); err != nil {
				t.Fatal(err)
			}
		})
	}
}
