package hermes_test

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/hermes"
)

// TestLoadDamaged: each kind of damage is one sentence that names the file, and
// nothing of a damaged file is taken for an empty one.
func TestLoadDamaged(t *testing.T) {
	whole, err := os.ReadFile("testdata/example/auth.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ name, text, why string }{
		{"empty", "", "it is empty"},
		{"blank", " \n\t", "it is empty"},
		{"cut", string(whole[:len(whole)/2]), "it ends in the middle"},
		{"cut in a word", string(whole[:len(whole)-3]), "it ends in the middle"},
		{"binary", "\x7fELF\x00\x01\x02", "it is not a text file"},
		{"html", "<html>no</html>", "it is not JSON"},
		{"two documents", "{} {}", "it is not JSON"},
		{"not a number", `{"version": NaN}`, "it is not JSON"},
		{"list", "[]", "its content is not an object"},
		{"text", `"FAKE-secret"`, "its content is not an object"},
		{"providers", `{"providers": []}`, "providers is not an object"},
		{"pool", `{"credential_pool": "FAKE-secret"}`, "credential_pool is not an object"},
		{"rows", `{"credential_pool": {"nous": {"a": "FAKE-secret"}}}`, "credential_pool.nous is not a list"},
	} {
		t.Run(test.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "auth.json")
			write(t, path, test.text)
			refused(t, hermes.Source{Path: path}, autherr.CodeFileDamaged, test.why)
		})
	}
}

// TestLoadUnreadable: what is no file that can be read is never read as empty.
func TestLoadUnreadable(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	refused(t, hermes.Source{Path: at("absent")}, autherr.CodeFileUnreadable, "no such file")
	refused(t, hermes.Source{Path: dir}, autherr.CodeFileUnreadable, "it is a folder")
	write(t, at("huge"), "{")
	if err := os.Truncate(at("huge"), 100<<20); err != nil {
		t.Fatal(err)
	}
	refused(t, hermes.Source{Path: at("huge")}, autherr.CodeFileUnreadable, "larger than 64 MiB")
	if runtime.GOOS == "windows" {
		return
	}
	if err := os.Symlink("loop", at("loop")); err != nil {
		t.Fatal(err)
	}
	refused(t, hermes.Source{Path: at("loop")}, autherr.CodeFileUnreadable, "symbolic links")
	refused(t, hermes.Source{Path: os.DevNull}, autherr.CodeFileUnreadable, "a device")
	write(t, at("closed"), "{}")
	if err := os.Chmod(at("closed"), 0); err != nil {
		t.Fatal(err)
	}
	if os.Geteuid() == 0 {
		t.Skip("root reads everything: a file that may not be read was not tried")
	}
	refused(t, hermes.Source{Path: at("closed")}, autherr.CodeFileUnreadable, "permission denied")
}

func refused(t *testing.T, s hermes.Source, code, why string) {
	t.Helper()
	f, err := hermes.Load(s, now)
	var e *autherr.Error
	if !errors.As(err, &e) {
		t.Fatalf("got %v, %v", f, err)
	}
	text := e.Error()
	if e.Code != code || !strings.Contains(text, why) || !strings.Contains(text, s.Path) || e.Hint == "" {
		t.Errorf("error %q (%s; %s), want %q about %s", text, e.Code, e.Hint, why, s.Path)
	}
	if strings.Contains(text, "FAKE") || strings.Contains(text, "\n") {
		t.Errorf("error %q quotes the file", text)
	}
}
