package window

import (
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// FuzzMemory: bytes of ui.json.
func FuzzMemory(f *testing.F) {
	f.Add([]byte(`{}`))
	f.Add([]byte(`null`))
	f.Fuzz(func(t *testing.T, data []byte) {
		m := &memory{path: filepath.Join(t.TempDir(), "ui.json"), log: slog.New(slog.DiscardHandler)}
		if err := os.WriteFile(m.path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		have := m.load()
		m.keep(have)
		if again := m.load(); again.Sort != have.Sort || !slices.Equal(again.Recents, have.Recents) {
			t.Fatalf("%+v became %+v", have, again)
		}
	})
}
