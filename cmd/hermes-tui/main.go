// Command hermes-tui keeps the OAuth accounts of model providers: it signs in
// by device code, shows every account with its expiry counting down, and hands
// a fresh token to any program that asks.
//
// This package has the global flags and the list of commands, and decides nothing.
// Each command is a package below internal: its options, and a Run that calls core.
// Only these packages read flags and environment; everything below is handed what
// it needs.
package main

import (
	"os"
	"slices"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/console"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/process"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/session"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/token"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/version"
	"github.com/hermes-tui/hermes-tui/core/state"
	"github.com/hermes-tui/hermes-tui/keystore"
)

func main() {
	// With these set, Bubble Tea writes everything that is typed and shown to a
	// file.
	_ = os.Unsetenv("TEA_TRACE")
	_ = os.Unsetenv("TEA_DEBUG")
	process.NoCoreDumps()
	process.CloseMemory()
	stretch(0)
	os.Exit(run(os.Args[1:]))
}

// newSession is a command under way in the real world.
func newSession() *session.Session {
	s := &session.Session{Console: console.System(), World: session.System(), UserAgent: "hermes-tui/" + version.String()}
	s.Detach = func(stores *keystore.Manager) state.Detached { return token.Detach(s, stores) }
	return s
}

// run executes one command line and returns its exit code.
func run(args []string) int {
	s := newSession()
	defer s.Close()
	root := rootCommand(s, args)
	root.SetArgs(args)
	root.SetIn(s.In)
	root.SetOut(s.Out)
	root.SetErr(s.Err)
	ctx, stop := s.Signals()
	defer stop()
	if !changesNothing(args) {
		s.Listen()
	}
	err := root.ExecuteContext(ctx)
	// A wrong flag may stand before --json.
	s.JSON = s.JSON || slices.Contains(args, "--json")
	return s.End(err)
}
