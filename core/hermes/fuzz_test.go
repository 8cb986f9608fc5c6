package hermes_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/hermes-tui/hermes-tui/core/hermes"
)

// FuzzParse: no bytes make parsing, planning or writing back fail in any way but
// an error, and what is written back can be read.
func FuzzParse(f *testing.F) {
	paths, err := filepath.Glob("testdata/*/*.json")
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, format := range []hermes.Format{hermes.AuthJSON, hermes.Qwen, hermes.Codex} {
			file, err := hermes.Parse(format, data, now)
			if err != nil {
				continue
			}
			p := hermes.Plan([]*hermes.File{file}, nobody())
			_ = table(p)
			if format != hermes.AuthJSON {
				continue
			}
			edited, err := file.Without(all(file), now)
			if err != nil {
				t.Fatal(err)
			}
			left := reparsed(t, edited)
			for _, row := range left.Rows {
				if row.HasTokens() {
					t.Errorf("tokens stay in %s", row.Position)
				}
			}
			if _, err := left.With(alive(p), now); err != nil {
				t.Fatal(err)
			}
		}
	})
}
