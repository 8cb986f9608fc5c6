package atomicfile_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/windows"

	"github.com/hermes-tui/hermes-tui/internal/atomicfile"
)

// TestRead_WaitsForWhoHoldsTheFile: what another program has open for itself
// alone is read when it lets go.
func TestRead_WaitsForWhoHoldsTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte("text"), 0o600); err != nil {
		t.Fatal(err)
	}
	name, err := windows.UTF16PtrFromString(path)
	if err != nil {
		t.Fatal(err)
	}
	h, err := windows.CreateFile(name, windows.GENERIC_READ, 0, nil, windows.OPEN_EXISTING, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	time.AfterFunc(100*time.Millisecond, func() { _ = windows.CloseHandle(h) })
	if got, err := atomicfile.Read(path, 100); err != nil || string(got) != "text" {
		t.Fatalf("%q, %v", got, err)
	}
}
