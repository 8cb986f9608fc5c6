package main_test

import (
	"os"
	"strings"
	"testing"

	"github.com/hermes-tui/hermes-tui/sandbox"
)

// TestFullDisk holds that no command ends well whose output went nowhere.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	b.signIn()
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("there is no /dev/full here: " + err.Error())
	}
	defer full.Close()
	for _, command := range []string{"token", "token --json", "list", "list --json", "status", "version", "man", "token --help"} {
		cmd := b.command(t.Context(), strings.Fields(command)...)
		var said strings.Builder
		cmd.Stdout, cmd.Stderr = full, &said
		if err := cmd.Run(); err == nil || cmd.ProcessState.ExitCode() != 1 || !strings.Contains(said.String(), "output could not be written: no space left") {
			t.Errorf("%s on a full disk: %v, %s", command, err, said.String())
		}
	}
}
