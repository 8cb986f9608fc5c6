package main

import (
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// A command that is built alone is found under its name, says what it says among
// all the others, and nothing else was built for it.
func TestCommands_Alone(t *testing.T) {
	for _, g := range groups() {
		for _, c := range g.commands {
			t.Run(c.name, func(t *testing.T) {
				among := find(t, documented(), c.name)
				if named([]string{c.name}) == "" {
					t.Skip("it is about all commands, so that it is never built alone")
				}
				root := rootCommand(newSession(), []string{c.name, "--help"})
				alone := find(t, root, c.name)
				if got, want := help(alone), help(among); got != want {
					t.Errorf("alone it says:\n%s\namong the others:\n%s", got, want)
				}
				if len(root.Commands()) != 1 {
					t.Errorf("%d commands were built", len(root.Commands()))
				}
			})
		}
	}
}

func find(t *testing.T, root *cobra.Command, name string) *cobra.Command {
	t.Helper()
	for _, cmd := range root.Commands() {
		if cmd.Name() == name {
			return cmd
		}
	}
	t.Fatalf("no command is called %q", name)
	return nil
}

// help is what a command and those below it print for --help.
func help(cmd *cobra.Command) string {
	cmd.InitDefaultHelpFlag()
	var b strings.Builder
	b.WriteString(cmd.Long + cmd.UsageString())
	for _, sub := range cmd.Commands() {
		b.WriteString(help(sub))
	}
	return b.String()
}

// What begins with no name of a command is looked for among all of them.
func TestCommands_Whole(t *testing.T) {
	for _, words := range []string{"", "--home X token", "tokn", "ls", "help token", "completion bash", "__complete token ", "__refresh", "man"} {
		if name := named(strings.Fields(words)); name != "" {
			t.Errorf("%q: only %q would be built", words, name)
		}
	}
}
