package host

import (
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/fleet"
	"github.com/hermes-tui/hermes-tui/core/record"
)

// A host leaves when each account is on one side. Who asks is told the command that brings
// it there, and an account on its way out is none that the making of a fleet has left.
func TestSettled(t *testing.T) {
	const id = "aaaaaa"
	for whose, want := range map[string]struct{ message, hint string }{
		"own":      {},
		"entering": {"the account aaaaaa is on its way into the fleet", "`hermes-tui keystore move etcd aaaaaa` goes on with it; or add --force, and it is deleted here"},
		"leaving":  {"the account aaaaaa is on its way out of the fleet", "`hermes-tui keystore move file aaaaaa` goes on with it; or add --force, and it is deleted here"},
	} {
		dir := t.TempDir()
		if err := os.Mkdir(filepath.Join(dir, "fleet"), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "fleet", id+".own"), []byte(whose), 0o600); err != nil {
			t.Fatal(err)
		}
		heads := fleet.New(fleet.Config{Folder: record.Open(record.Options{Dir: dir, Random: rand.Reader})})
		err := settled(heads, "file")
		var e *autherr.Error
		if errors.As(err, &e) != (want.message != "") || e != nil && (e.Message != want.message || e.Hint != want.hint) {
			t.Errorf("%s: %+v", whose, err)
		}
		head := &record.Head{Public: record.Public{ID: id, Gen: 1}}
		if got := notIn(heads, head); got != (whose == "entering") {
			t.Errorf("%s, left by the making: %t", whose, got)
		}
	}
}
