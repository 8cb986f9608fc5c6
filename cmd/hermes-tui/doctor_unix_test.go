//go:build unix

package main_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hermes-tui/hermes-tui/sandbox"
)

func TestDoctor(t *testing.T) {
	b := newBench(t, sandbox.Options{})
	b.signIn()
	refreshes := b.portal.Stats().Refreshes.Total

	r := b.run("doctor")
	if r.code != 0 || strings.Contains(r.out, "bad ") {
		t.Errorf("healthy: %s", r)
	}
	key := filepath.Join(b.home, "tui", "data", "key")
	if err := os.Chmod(key, 0o644); err != nil {
		t.Fatal(err)
	}
	r = b.run("doctor")
	if r.code != 1 || !strings.Contains(r.out, "-> chmod go-rwx "+key) {
		t.Errorf("a key that others can read: %s", r)
	}
	var findings []struct{ Check, Level, Saw, Cure string }
	b.decode(b.run("doctor", "--json").out, &findings)
	for _, f := range findings {
		if f.Check == "" || f.Saw == "" || (f.Level != "ok") != (f.Cure != "") {
			t.Errorf("%+v", f)
		}
	}
	if len(findings) < 5 {
		t.Errorf("%d findings", len(findings))
	}
	if got := b.portal.Stats().Refreshes.Total; got != refreshes {
		t.Errorf("doctor refreshed: %d, before %d", got, refreshes)
	}
}
