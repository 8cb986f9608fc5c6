package arg

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/session"
	"github.com/hermes-tui/hermes-tui/core"
)

// First completes the first argument with words that are found when they are
// asked for.
func First(words func() []string) cobra.CompletionFunc {
	return func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return words(), cobra.ShellCompDirectiveNoFileComp
	}
}

// Each completes every argument, or a flag, with words that are found when they
// are asked for.
func Each(words func() []string) cobra.CompletionFunc {
	return func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return words(), cobra.ShellCompDirectiveNoFileComp
	}
}

// Account completes the first argument with the accounts.
func Account(s *session.Session) cobra.CompletionFunc { return First(Accounts(s)) }

// Accounts are the labels that mean one account, and the ids of the others: what
// people call them. Like every listing it opens no secret, and it writes nothing.
func Accounts(s *session.Session) func() []string {
	return func() []string { return accountNames(s) }
}

func accountNames(s *session.Session) (names []string) {
	accounts := lookedAt(s)
	if accounts == nil {
		return nil
	}
	for _, account := range accounts.Snapshot().Accounts {
		name, more := account.Label, account.ProviderName
		if accounts.NameOf(account) == account.ID {
			name, more = account.ID, account.Label+", "+account.ProviderName
		}
		names = append(names, cobra.CompletionWithDesc(name, more+", "+account.State(s.Clock.Now()).Words()))
	}
	return names
}

// Providers are the providers with their regions.
func Providers(s *session.Session) func() []string {
	return func() (names []string) {
		accounts := lookedAt(s)
		if accounts == nil {
			return nil
		}
		for _, place := range accounts.Providers() {
			names = append(names, cobra.CompletionWithDesc(place.Provider+"/"+place.Region, place.Name))
		}
		return names
	}
}

// Region completes a flag with the regions of the provider that the first
// argument names.
func Region(s *session.Session) cobra.CompletionFunc {
	return func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		accounts := lookedAt(s)
		if accounts == nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		var names []string
		for _, place := range accounts.Providers() {
			if place.RegionName != "" && (len(args) == 0 || strings.HasPrefix(place.Provider, args[0])) {
				names = append(names, cobra.CompletionWithDesc(place.Region, place.Name))
			}
		}
		return names, cobra.ShellCompDirectiveNoFileComp
	}
}

// lookedAt returns the accounts for looking at them only; nil where the
// configuration does not let them be found, which a shell is not told.
func lookedAt(s *session.Session) *core.Core {
	accounts, err := s.Open(session.Options{Alone: true, AnyStore: true, Looks: true})
	if err != nil {
		return nil
	}
	return accounts
}

// OneOf completes with one of a few words.
func OneOf(words ...string) cobra.CompletionFunc {
	return cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp)
}

// File completes with files of one of these kinds.
func File(extensions ...string) cobra.CompletionFunc {
	return cobra.FixedCompletions(extensions, cobra.ShellCompDirectiveFilterFileExt)
}

// Flag sets how a flag is completed. It panics when the command has no such
// flag, which every run of the program would show.
func Flag(cmd *cobra.Command, flag string, f cobra.CompletionFunc) {
	if err := cmd.RegisterFlagCompletionFunc(flag, f); err != nil {
		panic(err)
	}
}
