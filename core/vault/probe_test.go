package vault

import (
	"errors"
	"path/filepath"
	"testing"

	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/keystore"
)

// Where there is no randomness there is no probe, and no note of one.
func TestProbe_WithoutAName(t *testing.T) {
	w := newWorld(t)
	w.vault.Folder = record.Open(record.Options{Dir: w.folder.Dir(), Machine: "machine", Random: dry{}})
	if err := w.vault.Probe(t.Context(), keystore.KindFile, "ff"); err == nil {
		t.Error("a probe without a name")
	}
	if notes, _ := filepath.Glob(filepath.Join(w.folder.Dir(), "probe*")); len(notes) != 0 {
		t.Errorf("%v", notes)
	}
}

// dry is a source of randomness that has none.
type dry struct{}

func (dry) Read([]byte) (int, error) { return 0, errors.New("dry") }
