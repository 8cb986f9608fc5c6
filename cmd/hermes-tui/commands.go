package main

import (
	"slices"

	"github.com/spf13/cobra"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/account"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/confirm"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/connect"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/doctor"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/fleet"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/importing"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/key"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/keystore"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/login"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/manual"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/pool"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/sandbox"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/serve"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/session"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/token"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/usage"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/version"
)

// group is the commands under one heading of the help.
type group struct {
	heading  string
	commands []command
}

// command is a name on the command line, and what is built when it is asked for.
type command struct {
	name  string
	build func(*session.Session) *cobra.Command
}

// theFleet is the group of what several machines share.
const theFleet = "OTHER MACHINES"

// theProgram is the group of what concerns hermes-tui itself.
const theProgram = "THE PROGRAM"

// groups is every command that a person sees.
func groups() []group {
	return []group{
		{"ACCOUNTS", []command{
			{"login", login.Command},
			{"list", account.ListCommand},
			{"status", account.StatusCommand},
			{"log", account.LogCommand},
			{"refresh", token.RefreshCommand},
			{"rename", account.RenameCommand},
			{"use", account.UseCommand},
			{"pause", account.PauseCommand},
			{"resume", account.ResumeCommand},
			{"remove", account.RemoveCommand},
			{"confirm", confirm.Command},
		}},
		{"TOKENS FOR PROGRAMS", []command{
			{"token", token.Command},
			{"exec", serve.ExecCommand},
			{"serve", serve.Command},
			{"connect", connect.Command},
			{"key", key.Command},
		}},
		{"POOL", []command{
			{"pool", pool.Command},
			{"usage", usage.Command},
			{"guard", usage.GuardCommand},
		}},
		{"HERMES-AGENT", []command{
			{"import", importing.Command},
			{"export", importing.ExportCommand},
		}},
		{theFleet, []command{
			{"fleet", fleet.Command},
		}},
		{theProgram, []command{
			{"keystore", keystore.Command},
			{"lock", keystore.LockCommand},
			{"unlock", keystore.UnlockCommand},
			{"doctor", doctor.Command},
			{"sandbox", sandbox.Command},
			{"purge", keystore.PurgeCommand},
			{"version", version.Command},
			{aboutAll, manual.Command},
		}},
	}
}

// aboutAll is the command that looks at all the others.
const aboutAll = "man"

// changesNothing reports whether the words begin with a command that may be cut at any
// moment, unless it waits for something.
func changesNothing(args []string) bool {
	return slices.Contains([]string{"token", "version"}, named(args))
}

// named is the command that the words begin with, "" if they begin with something
// else, such as a flag, an alias, or a name that is misspelt, or if it is about all.
func named(args []string) string {
	if len(args) == 0 || args[0] == aboutAll {
		return ""
	}
	for _, g := range groups() {
		if slices.ContainsFunc(g.commands, func(c command) bool { return c.name == args[0] }) {
			return args[0]
		}
	}
	return ""
}
