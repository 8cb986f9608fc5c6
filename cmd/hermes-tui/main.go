// Command hermes-tui keeps the OAuth accounts of model providers: it signs in
// by device code, shows every account with its expiry counting down, and hands
// a fresh token to any program that asks.
//
// This package parses, wires and prints, and decides nothing: each command is a
// file with its flags and a run function, which calls core. It is the only
// reader of flags, of the environment and of the configuration file; everything
// below it is handed what it needs. Errors become exit codes in one place,
// errors.go.
package main

import (
	"os"
	"slices"
)

func main() {
	// With these set, Bubble Tea writes everything that is typed and shown to a
	// file.
	_ = os.Unsetenv("TEA_TRACE")
	_ = os.Unsetenv("TEA_DEBUG")
	noCoreDumps()
	closeMemory()
	os.Exit(run(os.Args[1:], system()))
}

// run executes one command line and returns its exit code.
func run(args []string, w *world) int {
	a := &app{world: w}
	out := &output{to: w.out}
	w.out, w.err = out, messages{w.err}
	defer a.close()
	root := a.rootCommand()
	root.SetArgs(args)
	root.SetIn(w.in)
	root.SetOut(w.out)
	root.SetErr(w.err)
	ctx, stop := a.signals()
	defer stop()
	a.told = ctx.Done()
	err := root.ExecuteContext(ctx)
	// A wrong flag may stand before --json.
	a.wantsJSON = a.wantsJSON || slices.Contains(args, "--json")
	return a.exit(out.check(err))
}
