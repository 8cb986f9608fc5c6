// Package pool is the commands about who serves next: pool show, strategy, place,
// priority and reset.
package pool

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/arg"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/exit"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/session"
	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/pool"
)

// Command is `pool`.
func Command(s *session.Session) *cobra.Command {
	cmd := &cobra.Command{
		Use: "pool", Short: "Show or change which account serves next", Args: arg.Exactly(0),
		Long: "The accounts of one provider and region form a pool: they serve in each other's place.\n" +
			"Which one serves a request is decided by the pool's strategy, among those that can:\n\n" +
			rules() + "\n" +
			"An account that the model API refuses cools down: until the time that the provider names, else\n" +
			"a minute after too many requests, five after a 401, an hour when it is out of credits, and\n" +
			"longer each time it fails again.",
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(showCommand(s), strategyCommand(s), placeCommand(s), priorityCommand(s), resetCommand(s))
	return cmd
}

func showCommand(s *session.Session) *cobra.Command {
	cmd := &cobra.Command{
		Use: "show [POOL]", Short: "Show which account serves next, and why the others do not", Args: arg.AtMost(1),
		Example: "  hermes-tui pool show\n  hermes-tui pool show minimax/cn --json",
		RunE:    func(_ *cobra.Command, args []string) error { return Show(s, args) },
	}
	s.AsData(cmd)
	return cmd
}

func strategyCommand(s *session.Session) *cobra.Command {
	return &cobra.Command{
		Use: "strategy [POOL] STRATEGY", Short: "Choose how a pool spreads requests", Args: arg.Between(1, 2),
		Long: "Choose which of the accounts that can serve takes the next request:\n\n" + rules() + "\n" +
			"The first is the default. What is left of a plan is what `hermes-tui usage --known` shows.",
		Example:           "  hermes-tui pool strategy round_robin\n  hermes-tui pool strategy minimax/cn fill_first",
		ValidArgsFunction: arg.Each(strategies),
		RunE: func(cmd *cobra.Command, args []string) error {
			last := len(args) - 1
			return SetStrategy(cmd.Context(), s, strings.Join(args[:last], ""), pool.Strategy(args[last]))
		},
	}
}

// rules is a line for each strategy that says whom it takes.
func rules() string {
	lines := ""
	for _, s := range pool.Strategies() {
		lines += fmt.Sprintf("  %-13s  %s\n", s, s.Rule())
	}
	return lines
}

func strategies() (names []string) {
	for _, s := range pool.Strategies() {
		names = append(names, string(s))
	}
	return names
}

// SetStrategy chooses how a pool spreads requests; without a name, the only one.
func SetStrategy(ctx context.Context, s *session.Session, name string, strategy pool.Strategy) error {
	accounts, err := s.Open(session.Options{})
	if err != nil {
		return err
	}
	id, err := accounts.SetStrategy(ctx, name, strategy)
	if err == nil {
		s.Line("%s now uses %s", id, strategy)
	}
	return err
}

func placeCommand(s *session.Session) *cobra.Command {
	return move(s, 1, &cobra.Command{
		Use: "place ACCOUNT PLACE", Short: "Move an account to a place in its pool, 1 first",
		Example: "  hermes-tui pool place work 1",
	})
}

func priorityCommand(s *session.Session) *cobra.Command {
	return move(s, 0, &cobra.Command{
		Use: "priority ACCOUNT PLACE", Short: "The same for programs that count from 0, as hermes-agent does",
		Example: "  hermes-tui pool priority work 0",
	})
}

// move makes a command that moves an account to a place in its pool, counted from
// first.
func move(s *session.Session, first int, cmd *cobra.Command) *cobra.Command {
	cmd.Args, cmd.ValidArgsFunction = arg.Exactly(2), arg.Account(s)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		place, err := strconv.Atoi(args[1])
		if err != nil || place < first {
			return noPlace(args[1], first)
		}
		return Prioritize(cmd.Context(), s, args[0], place-first)
	}
	cmd.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		if _, number, ok := strings.Cut(err.Error(), " in -"); ok && strings.Trim(number, "0123456789") == "" {
			return noPlace("-"+number, first) // which looks like a flag
		}
		return cmd.Root().FlagErrorFunc()(cmd, err)
	})
	return cmd
}

func noPlace(text string, first int) error {
	return exit.Usage(fmt.Sprintf("the place %s is not a number from %d", text, first), fmt.Sprintf("%d is the first; `hermes-tui pool show` shows the places, from 1", first))
}

// Prioritize moves an account to a place in its pool, 0 first.
func Prioritize(ctx context.Context, s *session.Session, name string, place int) error {
	accounts, account, err := s.One(name)
	if err != nil {
		return err
	}
	if err := accounts.Prioritize(ctx, account.ID, place); err != nil {
		return err
	}
	sayPlace(s, accounts, account)
	return nil
}

// sayPlace says where an account stands now, and when that does not matter.
func sayPlace(s *session.Session, accounts *core.Core, account core.Account) {
	for _, p := range accounts.Snapshot().Pools(s.Clock.Now()) {
		if p.ID != account.Pool() {
			continue
		}
		for _, m := range p.Members {
			if m.ID == account.ID {
				s.Line("%s is now %d of %d in %s", m.Label, m.Place(), len(p.Members), p.ID)
			}
		}
		if p.Strategy != pool.FillFirst {
			s.Line("The pool uses %s, which does not go by place.", p.Strategy)
		}
	}
}

func resetCommand(s *session.Session) *cobra.Command {
	return &cobra.Command{
		Use: "reset [ACCOUNT|POOL]", Short: "End cool-downs now", Args: arg.AtMost(1), ValidArgsFunction: arg.Account(s),
		Long: "End the cool-downs of an account, of a pool, or of all accounts, for example after credits\n" +
			"were bought. It does not sign an account in again.",
		RunE: func(cmd *cobra.Command, args []string) error { return Reset(cmd.Context(), s, args) },
	}
}

// Reset ends the cool-downs of an account or a pool; without a name, all.
func Reset(ctx context.Context, s *session.Session, names []string) error {
	accounts, err := s.Open(session.Options{})
	if err != nil {
		return err
	}
	chosen := accounts.Snapshot().Accounts
	if len(names) == 1 {
		if chosen, err = accounts.Select(names[0]); err != nil {
			return err
		}
	}
	reset := 0
	for _, account := range chosen {
		if !account.Resting(s.Clock.Now()) {
			continue
		}
		if err := accounts.ClearCooldown(ctx, account.ID); err != nil {
			return err
		}
		s.Line("%s serves again", account.Label)
		reset++
	}
	if reset == 0 {
		s.Line("No account is cooling down.")
	}
	return nil
}
