package main

import (
	"fmt"
	"io"
	"runtime/debug"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

func (a *app) manCommand() *cobra.Command {
	return &cobra.Command{
		Use: "man [DIR]", Short: "Print the manual, or write its pages into a folder", Args: atMost(1),
		ValidArgsFunction: cobra.FixedCompletions(nil, cobra.ShellCompDirectiveFilterDirs),
		Long:              "Print the manual of every command in roff, or write a page for each of them into DIR.",
		Example: "  hermes-tui man | man -l -\n" +
			"  hermes-tui man ~/.local/share/man/man1",
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return a.writePages(a.out, cmd.Root())
			}
			if err := doc.GenManTree(cmd.Root(), a.manHeader(), args[0]); err != nil {
				return usage("the manual cannot be written: "+err.Error(), "name a folder that exists and can be written")
			}
			a.line("The manual is in %s.", args[0])
			return nil
		},
	}
}

// writePages prints the page of a command and of those below it.
func (a *app) writePages(w io.Writer, cmd *cobra.Command) error {
	if err := doc.GenMan(cmd, a.manHeader(), w); err != nil {
		return err
	}
	for _, sub := range cmd.Commands() {
		if !sub.IsAvailableCommand() || sub.IsAdditionalHelpTopicCommand() {
			continue
		}
		if _, err := fmt.Fprintln(w); err != nil {
			return err
		}
		if err := a.writePages(w, sub); err != nil {
			return err
		}
	}
	return nil
}

// manHeader is made anew for every page, because a page writes its title into
// it. The date is that of the source where the build says it, so that the pages
// of a release are the same whenever they are made.
func (a *app) manHeader() *doc.GenManHeader {
	date := a.clock.Now()
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if at, err := time.Parse(time.RFC3339, s.Value); s.Key == "vcs.time" && err == nil {
				date = at
			}
		}
	}
	return &doc.GenManHeader{Section: "1", Source: "hermes-tui " + version(), Manual: "hermes-tui", Date: &date}
}
