// Package arg is what may stand behind a command: how many arguments, with an
// error that says what is wrong, and how a shell completes them and the flags.
package arg

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/exit"
	"github.com/hermes-tui/hermes-tui/tui/say"
)

// Exactly wants the arguments that the command's usage line names.
func Exactly(n int) cobra.PositionalArgs { return Between(n, n) }

// AtMost takes up to n arguments.
func AtMost(n int) cobra.PositionalArgs { return Between(0, n) }

// Between takes from least to most arguments.
func Between(least, most int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error { return count(cmd, args, least, most) }
}

// count is not written out in [Between]: the compiler makes a copy of what a
// function returns for each of its callers, which are all the commands.
func count(cmd *cobra.Command, args []string, least, most int) error {
	if err := Given(cmd, args); err != nil {
		return err
	}
	_, wanted, _ := strings.Cut(cmd.Use, " ")
	how := "`" + cmd.CommandPath() + " --help` shows how"
	switch {
	case len(args) > most && most == 0 && cmd.HasSubCommands():
		return NoCommand(cmd, args[0])
	case len(args) > most:
		accepts := say.Plural(most, "argument", "arguments")
		if least < most {
			accepts = "at most " + accepts
		}
		return exit.Usage(fmt.Sprintf("`%s` accepts %s, received %d", cmd.CommandPath(), accepts, len(args)), how)
	case len(args) < least:
		return exit.Usage(fmt.Sprintf("`%s` needs %s", cmd.CommandPath(), wanted), how)
	}
	return nil
}

// Given refuses an argument or a flag that is there and empty. It is a variable of a
// script that is not set, most of the time, and would count as one that was left out:
// `remove "$ACCOUNT"` would remove the only account, and a key that was to be for one
// would be for all. Nor does it take a number or a time below zero.
func Given(cmd *cobra.Command, args []string) (err error) {
	const hint = "a variable in it may not be set"
	if slices.Contains(args, "") {
		return exit.Usage("`"+cmd.CommandPath()+"` was given an argument that is empty", hint)
	}
	cmd.Flags().Visit(func(f *pflag.Flag) {
		empty := f.Value.Type() == "string" && f.Value.String() == ""
		if list, ok := f.Value.(pflag.SliceValue); ok {
			empty = slices.Contains(list.GetSlice(), "")
		}
		switch {
		case err != nil:
		case empty:
			err = exit.Usage("--"+f.Name+" is empty", "leave it out, or give it a value; "+hint)
		case (f.Value.Type() == "duration" || f.Value.Type() == "int") && strings.HasPrefix(f.Value.String(), "-"):
			err = exit.Usage("--"+f.Name+" is "+f.Value.String()+", which is less than nothing", "leave it out, or give it one that is not negative")
		}
	})
	return err
}

// NoCommand is the error for a command that does not exist, with the one that
// was perhaps meant.
func NoCommand(cmd *cobra.Command, name string) error {
	hint := "`" + cmd.CommandPath() + " --help` lists the commands"
	cmd.SuggestionsMinimumDistance = 2
	if near := cmd.SuggestionsFor(name); len(near) > 0 {
		slices.Sort(near)
		hint = "did you mean `" + strings.Join(near, "` or `") + "`?"
	}
	return exit.Usage(fmt.Sprintf("there is no command %q", strings.TrimPrefix(cmd.CommandPath()+" ", cmd.Root().Name()+" ")+name), hint)
}
