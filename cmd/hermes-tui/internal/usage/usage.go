// Package usage is the commands about what is left of the accounts' plans and who
// uses them: usage shows both, and guard turns what is left into an exit code for
// scripts.
package usage

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/arg"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/exit"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/session"
	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/usage"
)

// Options are what usage was asked for.
type Options struct {
	*session.Session
	name  string // of accounts; empty: all
	known bool   // no provider is asked
	by    string // what the counts are summed up by; empty: what is left is shown
	since string // from when on they count
	reset bool   // one of the account's banked resets is used
	yes   bool   // without asking
}

// Command is `usage`.
func Command(s *session.Session) *cobra.Command {
	o := &Options{Session: s}
	cmd := &cobra.Command{
		Use: "usage [ACCOUNT|POOL]", Short: "Show what is left of the plans, and who uses them", Args: arg.AtMost(1), ValidArgsFunction: arg.Account(s),
		Long: "Show what is left of each account's plan: how much of which window is used, when it\n" +
			"begins anew, what credit remains. Providers are asked at most once in five minutes;\n" +
			"what they do not tell is shown as not told, never as a number. Of an account of which\n" +
			"nothing is told it shows what went through `serve` and `exec`, counted here.\n\n" +
			"With --known nobody is asked and no secret is opened: it shows what answers told\n" +
			"that went through `hermes-tui serve` or `exec`, and what was asked before.\n\n" +
			"With --by it shows who has used what, as `serve` and `exec` have counted it: requests,\n" +
			"refusals and tokens by account, program, model, day, or host of the\n" +
			"fleet. Nobody is asked and no secret is opened. Counts are kept for 31 days.\n\n" +
			"With --use-reset it uses one of the resets that the account has banked, once a window is\n" +
			"used up; none is ever used unbidden.",
		Example: "  hermes-tui usage\n  hermes-tui usage work --json\n  hermes-tui usage --known\n" +
			"  hermes-tui usage --by program --since 7d\n  hermes-tui usage work --by day",
		RunE: func(cmd *cobra.Command, args []string) error {
			o.name = s.Named(args)
			switch {
			case o.by != "":
				return o.runBy(cmd.Context())
			case o.reset:
				return o.runReset(cmd.Context())
			case o.since != "":
				return exit.Usage("--since is about counts, which --by shows", "such as `hermes-tui usage --by program --since "+o.since+"`")
			}
			return o.Run(cmd.Context())
		},
	}
	cmd.Flags().BoolVar(&o.known, "known", false, "ask no provider and open no secret")
	cmd.Flags().StringVar(&o.by, "by", "", "show who has used what, summed up by `what`: account, program, model, day or host")
	cmd.Flags().StringVar(&o.since, "since", "", "with --by, how far back, a `time` such as 90m, 24h or 7d (default 24h, by day 7d)")
	cmd.Flags().BoolVar(&o.reset, "use-reset", false, "use one of the account's banked resets")
	cmd.Flags().BoolVarP(&o.yes, "yes", "y", false, "with --use-reset, do not ask")
	cmd.MarkFlagsMutuallyExclusive("use-reset", "known", "by")
	arg.Flag(cmd, "by", arg.OneOf(groupings...))
	s.AsData(cmd)
	return cmd
}

// plan is what was found out of one account.
type plan struct {
	account core.Account
	known   usage.Known
	err     error         // why the provider told nothing
	counted []countedJSON // where it told nothing
}

// Run shows the plans.
func (o *Options) Run(ctx context.Context) error {
	plans, err := find(ctx, o.Session, o.name, o.known, false)
	if err != nil {
		return err
	}
	if o.JSON {
		rows := plansJSON(plans, o.Clock.Now())
		return o.WriteData(rows, rows)
	}
	if len(plans) == 0 {
		o.Empty("No accounts yet. Sign in with `hermes-tui login`.")
		return nil
	}
	return o.Table(planTable(plans, o.Clock.Now(), o.Piped()))
}

// find returns the plans of the accounts that are named, of all without a name;
// needed says that none is an error.
func find(ctx context.Context, s *session.Session, name string, known, needed bool) ([]plan, error) {
	accounts, err := s.Open(session.Options{Looks: known, Secrets: !known})
	if err != nil {
		return nil, err
	}
	accounts.LookAtUse(ctx)
	snapshot := accounts.Snapshot()
	if snapshot.Err != nil {
		return nil, snapshot.Err
	}
	chosen := snapshot.Accounts
	if name != "" || needed && len(chosen) == 0 {
		if chosen, err = accounts.Select(name); err != nil {
			return nil, err
		}
	}
	plans := make([]plan, len(chosen))
	for i, account := range chosen {
		plans[i].account = account
	}
	if known {
		all := accounts.Plans()
		for i := range plans {
			plans[i].known = all[plans[i].account.ID]
		}
	} else {
		askAll(ctx, accounts, plans)
	}
	for i := range plans {
		plans[i].known.Reading = plans[i].known.Reading.Now(s.Clock.Now())
	}
	count(plans, accounts.Tally(s.Clock.Now().Add(-longestSpan)), s.Clock.Now())
	return plans, ctx.Err()
}

// atOnce is how many providers are asked at a time.
const atOnce = 8

// asker asks about one account; see [core.Core.AskPlan].
type asker interface {
	AskPlan(ctx context.Context, id string) (usage.Known, error)
}

// askAll asks each provider about one account after the other.
func askAll(ctx context.Context, accounts asker, plans []plan) {
	of := map[string][]*plan{}
	for i := range plans {
		p := &plans[i]
		of[p.account.Provider] = append(of[p.account.Provider], p)
	}
	var all errgroup.Group
	all.SetLimit(atOnce)
	for _, theirs := range of {
		all.Go(func() error {
			for _, p := range theirs {
				p.known, p.err = accounts.AskPlan(ctx, p.account.ID)
			}
			return nil
		})
	}
	_ = all.Wait() // what failed stands with the account
}

// untold says in a few words why there is no number.
func (p plan) untold(now time.Time) string {
	switch {
	case p.account.Quarantined():
		return p.account.State(now).Words()
	case p.err == nil || errors.Is(p.err, usage.ErrNotTold):
		return "not told"
	default:
		return p.err.Error()
	}
}
