package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// exactly wants the arguments that the command's usage line names.
func exactly(n int) cobra.PositionalArgs { return between(n, n) }

// atMost takes up to n arguments.
func atMost(n int) cobra.PositionalArgs { return between(0, n) }

func between(least, most int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		_, wanted, _ := strings.Cut(cmd.Use, " ")
		how := "`" + cmd.CommandPath() + " --help` shows how"
		switch {
		case len(args) > most && most == 0 && cmd.HasSubCommands():
			return noCommand(cmd, args[0])
		case len(args) > most && most == 0:
			return usage(fmt.Sprintf("`%s` takes no argument, so %q is one too many", cmd.CommandPath(), args[0]), how)
		case len(args) > most:
			return usage(fmt.Sprintf("`%s` takes %s, so %q is one too many", cmd.CommandPath(), wanted, args[most]), how)
		case len(args) < least:
			return usage(fmt.Sprintf("`%s` needs %s", cmd.CommandPath(), wanted), how)
		}
		return nil
	}
}

// noCommand is the error for a command that does not exist, with the one that
// was perhaps meant.
func noCommand(cmd *cobra.Command, name string) error {
	hint := "`" + cmd.CommandPath() + " --help` lists the commands"
	cmd.SuggestionsMinimumDistance = 2
	if near := cmd.SuggestionsFor(name); len(near) > 0 {
		slices.Sort(near)
		hint = "did you mean `" + strings.Join(near, "` or `") + "`?"
	}
	return usage(fmt.Sprintf("there is no command %q", strings.TrimPrefix(cmd.CommandPath()+" ", cmd.Root().Name()+" ")+name), hint)
}
