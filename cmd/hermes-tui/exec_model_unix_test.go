//go:build unix

package main_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/hermes-tui/hermes-tui/sandbox"
)

// TestExec_NamesTheModel: Claude Code asks for a model that the provider has,
// unless the person named another.
func TestExec_NamesTheModel(t *testing.T) {
	b := newBench(t, sandbox.Options{})
	b.signIn()
	b.env = append(b.env, "ANTHROPIC_MODEL=mine")
	env := strings.Split(b.must("exec", "--", "env"), "\n")
	for _, want := range []string{
		"ANTHROPIC_MODEL=mine", "ANTHROPIC_DEFAULT_OPUS_MODEL=MiniMax-M2.7",
		"ANTHROPIC_DEFAULT_SONNET_MODEL=MiniMax-M2.7", "ANTHROPIC_DEFAULT_HAIKU_MODEL=MiniMax-M2.7",
	} {
		if !slices.Contains(env, want) {
			t.Errorf("the command's environment lacks %s", want)
		}
	}
}
