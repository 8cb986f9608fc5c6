package main

import (
	"context"
	"strconv"
	"strings"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/arg"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/exit"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/session"

	"github.com/spf13/cobra"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/pool"
)

func (a *app) poolCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "pool", Short: "Say which account serves next, and change that", Args: arg.Exactly(0),
		Long: "The accounts of one provider and region form a pool: they serve in each other's place.\n" +
			"Which one serves a request is decided by the pool's strategy, among those that can:\n\n" +
			"  fill_first   the first in order, so that the others are kept in reserve (default)\n" +
			"  round_robin  each in turn\n" +
			"  least_used   the one that has served the fewest requests\n" +
			"  random       any\n\n" +
			"An account that the model API refuses rests: until the time that the provider names, else\n" +
			"a minute after too many requests, five after a 401, an hour when it is out of credits, and\n" +
			"longer each time it fails again.",
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(a.poolShowCommand(), a.poolStrategyCommand(), a.poolPriorityCommand(), a.poolResetCommand())
	return cmd
}

func (a *app) poolShowCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "show [POOL]", Short: "Say who serves next, and why the others do not", Args: arg.AtMost(1),
		Example: "  hermes-tui pool show\n  hermes-tui pool show minimax/cn --json",
		RunE: func(_ *cobra.Command, args []string) error {
			accounts, err := a.accounts()
			if err != nil {
				return err
			}
			snapshot := accounts.Snapshot()
			if len(args) == 1 {
				if snapshot.Accounts, err = accounts.SelectPool(args[0]); err != nil {
					return err
				}
			}
			return a.showPools(snapshot)
		},
	}
	a.AsJSON(cmd)
	return cmd
}

func (a *app) poolStrategyCommand() *cobra.Command {
	return &cobra.Command{
		Use: "strategy [POOL] STRATEGY", Short: "Choose how a pool spreads requests", Args: arg.Between(1, 2),
		Long: "Choose which of the accounts that can serve takes the next request:\n\n" +
			"  fill_first   the first in pool order; the others are a reserve (the default)\n" +
			"  round_robin  the one whose last turn is longest ago\n" +
			"  least_used   the one that has served the fewest requests\n" +
			"  random       any",
		Example: "  hermes-tui pool strategy round_robin\n  hermes-tui pool strategy minimax/cn fill_first",
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			var names []string
			for _, s := range pool.Strategies() {
				names = append(names, string(s))
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			accounts, err := a.accounts()
			if err != nil {
				return err
			}
			last := len(args) - 1
			id, err := accounts.SetStrategy(cmd.Context(), strings.Join(args[:last], ""), pool.Strategy(args[last]))
			if err == nil {
				a.Line("%s now uses %s", id, args[last])
			}
			return err
		},
	}
}

func (a *app) poolPriorityCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "priority ACCOUNT PLACE", Short: "Move an account to a place in its pool, 0 first", Args: arg.Exactly(2),
		ValidArgsFunction: arg.Account(a.Session),
		Example:           "  hermes-tui pool priority work 0",
		RunE: func(cmd *cobra.Command, args []string) error {
			place, err := strconv.Atoi(args[1])
			if err != nil || place < 0 {
				return noPlace(args[1])
			}
			accounts, account, err := a.One(args[0])
			if err != nil {
				return err
			}
			if err := accounts.Prioritize(cmd.Context(), account.ID, place); err != nil {
				return err
			}
			return a.sayPlace(accounts, account)
		},
	}
	cmd.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		if _, number, ok := strings.Cut(err.Error(), " in -"); ok && strings.Trim(number, "0123456789") == "" {
			return noPlace("-" + number) // which looks like a flag
		}
		return cmd.Root().FlagErrorFunc()(cmd, err)
	})
	return cmd
}

func noPlace(text string) error {
	return exit.Usage("the place "+text+" is not a number from 0", "0 is the first; `hermes-tui pool show` shows the places")
}

// sayPlace says where an account stands now, and when that does not matter.
func (a *app) sayPlace(accounts *core.Core, account core.Account) error {
	for _, p := range accounts.Snapshot().Pools(a.Clock.Now()) {
		if p.ID != account.Pool() {
			continue
		}
		for i, m := range p.Members {
			if m.ID == account.ID {
				a.Line("%s now has priority %d in %s (%d of %d)", m.Label, i, p.ID, i+1, len(p.Members))
			}
		}
		if p.Strategy != pool.FillFirst {
			a.Line("The pool uses %s, which does not go by priority.", p.Strategy)
		}
	}
	return nil
}

func (a *app) poolResetCommand() *cobra.Command {
	return &cobra.Command{
		Use: "reset [ACCOUNT|POOL]", Short: "End cool-downs now", Args: arg.AtMost(1), ValidArgsFunction: arg.Account(a.Session),
		Long: "End the cool-downs of an account, of a pool, or of all accounts, for example after credits\n" +
			"were bought. An account that needs sign-in goes on needing it.",
		RunE: func(cmd *cobra.Command, args []string) error {
			accounts, err := a.accounts()
			if err != nil {
				return err
			}
			chosen := accounts.Snapshot().Accounts
			if len(args) == 1 {
				if chosen, err = accounts.Select(args[0]); err != nil {
					return err
				}
			}
			return a.resetAll(cmd.Context(), accounts, chosen)
		},
	}
}

func (a *app) resetAll(ctx context.Context, accounts *core.Core, chosen []core.Account) error {
	reset := 0
	for _, account := range chosen {
		if !account.Resting(a.Clock.Now()) {
			continue
		}
		if err := accounts.ClearCooldown(ctx, account.ID); err != nil {
			return err
		}
		a.Line("%s serves again", account.Label)
		reset++
	}
	if reset == 0 {
		a.Line("No account is cooling down.")
	}
	return nil
}

// accounts opens the accounts for a command that is no proxy.
func (a *app) accounts() (*core.Core, error) {
	return a.Open(session.Options{})
}
