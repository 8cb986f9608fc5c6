package main

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/sandbox"
)

// completer says what a word on the command line may be.
type completer = cobra.CompletionFunc

// completeAccount completes the first argument with the accounts, by what people call
// them. Like every listing it opens no secret, and it writes nothing.
func (a *app) completeAccount(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return a.accountNames(), cobra.ShellCompDirectiveNoFileComp
}

// completeAccountFlag completes a flag that takes an account.
func (a *app) completeAccountFlag(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return a.accountNames(), cobra.ShellCompDirectiveNoFileComp
}

// accountNames are the labels that mean one account, and the ids of the others.
func (a *app) accountNames() (names []string) {
	accounts := a.lookedAt()
	if accounts == nil {
		return nil
	}
	list := accounts.Snapshot().Accounts
	for _, account := range list {
		name, more := account.Label, account.ProviderName
		if one, err := accounts.SelectOne(name); err != nil || one.ID != account.ID {
			name, more = account.ID, account.Label+", "+account.ProviderName
		}
		names = append(names, cobra.CompletionWithDesc(name, more+", "+account.State(a.clock.Now()).Words()))
	}
	return names
}

// completeProvider completes the argument of login.
func (a *app) completeProvider(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	accounts := a.lookedAt()
	if len(args) > 0 || accounts == nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var names []string
	for _, place := range accounts.Providers() {
		names = append(names, cobra.CompletionWithDesc(place.Provider+"/"+place.Region, place.Name))
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

// completeRegion completes --region with those of the provider that is named.
func (a *app) completeRegion(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	accounts := a.lookedAt()
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

// completeFault completes --fault.
func completeFault(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	names, help := sandbox.FaultNames()
	for i := range names {
		names[i] = cobra.CompletionWithDesc(names[i], help[i])
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

// lookedAt returns the accounts for looking at them only; nil where the
// configuration does not let them be found, which a shell is not told.
func (a *app) lookedAt() *core.Core {
	c, err := a.setup()
	if err != nil {
		return nil
	}
	accounts, err := a.open(c, options{anyStore: true, looks: true})
	if err != nil {
		return nil
	}
	return accounts
}

// oneOfWords completes a flag that takes one of a few words.
func oneOfWords(words ...string) completer {
	return cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp)
}

// files completes a flag that takes a file of one of these kinds.
func files(extensions ...string) completer {
	return cobra.FixedCompletions(extensions, cobra.ShellCompDirectiveFilterFileExt)
}

// completeFlag sets how a flag is completed. It panics when the command has no
// such flag, which every run of the program would show.
func completeFlag(cmd *cobra.Command, flag string, f completer) {
	if err := cmd.RegisterFlagCompletionFunc(flag, f); err != nil {
		panic(err)
	}
}
