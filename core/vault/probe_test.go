package vault

import (
	"bytes"
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

// Who clears up may find a note in the moment before it is locked: the probe then takes
// another name.
func TestProbe_NoteThatIsTakenAway(t *testing.T) {
	dir := t.TempDir()
	at := func() probes {
		random := bytes.NewReader(append(bytes.Repeat([]byte{1}, 16), bytes.Repeat([]byte{2}, 16)...))
		return probes{record.Open(record.Options{Dir: dir, Machine: "machine", Random: random})}
	}
	clearing, err := at().begin("file", "0123456789abcdef")
	if err != nil {
		t.Fatal(err)
	}
	defer clearing.end(true)
	p, err := at().begin("file", "0123456789abcdef")
	if err != nil {
		t.Fatal(err)
	}
	if p.name == clearing.name || p.lock == nil {
		t.Errorf("the probe %q is that of %q", p.name, clearing.name)
	}
	p.end(true)
}
