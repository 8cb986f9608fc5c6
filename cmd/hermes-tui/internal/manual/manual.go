// Package manual writes the manual in roff, from what --help says of each command.
package manual

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	"github.com/spf13/cobra"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/arg"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/exit"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/session"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/version"
)

// Command is `man`.
func Command(s *session.Session) *cobra.Command {
	return &cobra.Command{
		Use: "man [DIR]", Short: "Print the manual, or write its pages into a folder", Args: arg.AtMost(1),
		ValidArgsFunction: cobra.FixedCompletions(nil, cobra.ShellCompDirectiveFilterDirs),
		Long:              "Print the manual of every command in roff, or write a page for each of them into DIR.",
		Example: "  hermes-tui man | man -l -\n" +
			"  hermes-tui man ~/.local/share/man/man1",
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return eachPage(s, cmd.Root(), func(_, page string) error {
					_, err := fmt.Fprintln(s.Out, page)
					return err
				})
			}
			if err := eachPage(s, cmd.Root(), func(name, page string) error {
				return os.WriteFile(filepath.Join(args[0], name+".1"), []byte(page), 0o644)
			}); err != nil {
				return exit.Usage("the manual cannot be written: "+err.Error(), "name a folder that exists and can be written")
			}
			s.Line("The manual is in %s.", args[0])
			return nil
		},
	}
}

// eachPage calls f with the page of a command and of those below it. The date is
// that of the source where the build says it, so that the pages of a release
// are the same whenever they are made.
func eachPage(s *session.Session, cmd *cobra.Command, f func(name, page string) error) error {
	date := s.Clock.Now()
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if at, err := time.Parse(time.RFC3339, s.Value); s.Key == "vcs.time" && err == nil {
				date = at
			}
		}
	}
	if err := f(manName(cmd), manPage(cmd, date, version.String())); err != nil {
		return err
	}
	for _, sub := range cmd.Commands() {
		if hasManPage(sub) {
			if err := eachPage(s, sub, f); err != nil {
				return err
			}
		}
	}
	return nil
}
