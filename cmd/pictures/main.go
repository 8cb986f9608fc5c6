// Command pictures makes the pictures of the documentation: it starts the real
// program in a terminal emulator, against the sandbox and with made-up accounts,
// goes through every screen, and writes one SVG for each into a folder, and a
// film of the first minutes. `task docs:screens` runs it; `task docs:film` films
// Claude Code at work.
//
// Size of the window, codes of the portal and the wall clock (a time zone of its
// own, in which every run begins at two o'clock) are the same in
// every run; seconds on the screen, ids and fingerprints are not. It needs a
// system with pseudo-terminals, curl, and etcd.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

func main() {
	binary := flag.String("binary", "bin/hermes-tui", "the program")
	out := flag.String("out", "docs/screens", "folder of the pictures")
	only := flag.String("only", "", "only `film`, `fleet`, `plans`, `used`, `working` or `screens`")
	claude := flag.String("claude", "", "Claude Code, for the film working; without it that is left as it is")
	keyring := flag.Bool("keyring", false, "keep the tokens of that film in the keyring of this session, which is unlocked")
	flag.Parse()
	if err := run(*binary, *out, *only, *claude, *keyring); err != nil {
		fmt.Fprintln(os.Stderr, "pictures:", err)
		os.Exit(1)
	}
}

func run(binary, out, only, claude string, keyring bool) error {
	binary, err := filepath.Abs(binary)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	type part struct {
		name  string
		life  time.Duration // of a token
		shoot func(*stage) error
	}
	parts := []part{{"screens", 15 * time.Minute, screens}, {"plans", 15 * time.Minute, plans}, {"used", 15 * time.Minute, used}, {"film", 12 * time.Second, film}, {"fleet", 15 * time.Minute, fleet}}
	if claude != "" {
		parts = append(parts, part{"working", 15 * time.Minute, working(claude, keyring)})
	}
	for _, part := range parts {
		if only != "" && only != part.name {
			continue
		}
		if err := onStage(binary, out, part.life, part.shoot); err != nil {
			return fmt.Errorf("%s: %w", part.name, err)
		}
	}
	return nil
}
