package main_test

import (
	"testing"

	"github.com/hermes-tui/hermes-tui/sandbox"
)

// BenchmarkToken is `token` as a process, with a fresh token, beside what a
// process that does nothing costs.
func BenchmarkToken(b *testing.B) {
	for _, bm := range []struct {
		name    string
		command string
		keyring bool
	}{
		{"version", "version", false}, {"file", "token", false}, {"gnome-keyring", "token", true},
	} {
		b.Run(bm.name, func(b *testing.B) {
			machine := newBench(b, sandbox.Options{})
			if bm.keyring {
				machine.withKeyring()
			}
			machine.signIn()
			for b.Loop() {
				machine.must(bm.command)
			}
		})
	}
}
