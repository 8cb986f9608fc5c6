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
	for line := range strings.Lines(b.run("doctor", "--json").out) {
		var finding struct{ Check, Level, Saw, Cure string }
		b.decode(line, &finding)
		if finding.Check == "" || finding.Saw == "" || (finding.Level != "ok") != (finding.Cure != "") {
			t.Errorf("%s", line)
		}
	}
	if got := b.portal.Stats().Refreshes.Total; got != refreshes {
		t.Errorf("doctor refreshed: %d, before %d", got, refreshes)
	}
}
