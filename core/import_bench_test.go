package core

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/hermes-tui/hermes-tui/core/clock"
	"github.com/hermes-tui/hermes-tui/core/hermes"
)

// BenchmarkImport1000 brings 1,000 accounts into a file keystore.
func BenchmarkImport1000(b *testing.B) {
	var doc bytes.Buffer
	doc.WriteString(`{"credential_pool":{"minimax-oauth":[`)
	for i := range 1000 {
		if i > 0 {
			doc.WriteByte(',')
		}
		fmt.Fprintf(&doc, `{"id":"%06x","label":"account %d","source":"manual","priority":%d,"access_token":"FAKE-at-%d","refresh_token":"FAKE-rt-%d","expires_in":900}`, i, i, i, i, i)
	}
	doc.WriteString(`]}}`)
	for b.Loop() {
		dir := b.TempDir()
		path := filepath.Join(dir, "auth.json")
		if err := os.WriteFile(path, doc.Bytes(), 0o600); err != nil {
			b.Fatal(err)
		}
		core := Open(config(dir, "http://127.0.0.1:1", clock.System{}))
		plan, err := core.PlanImport([]hermes.Source{{Format: hermes.AuthJSON, Path: path}})
		if err != nil {
			b.Fatal(err)
		}
		res, err := core.Import(b.Context(), plan, ImportOptions{})
		if err != nil || len(res.Imported) != 1000 {
			b.Fatalf("%d imported, %v", len(res.Imported), err)
		}
	}
}
