// Package confirm is the command that marks accounts, so that a person has to allow
// each program before it gets a token, and that shows and forgets the programs
// which were allowed or refused.
package confirm

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/arg"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/exit"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/session"
	"github.com/hermes-tui/hermes-tui/core"
)

// Options are what confirm was asked for.
type Options struct {
	*session.Session
	Account string // empty: all that are marked are shown
	Off     bool
	Forget  string // a program's name or path, or all
}

// Command is `confirm`.
func Command(s *session.Session) *cobra.Command {
	o := &Options{Session: s}
	cmd := &cobra.Command{
		Use: "confirm [ACCOUNT]", Short: "Require a person's confirmation before a program gets a token", Args: arg.AtMost(1),
		ValidArgsFunction: arg.Account(s),
		Long: "Mark an account, so that each program has to be confirmed by a person before it gets a\n" +
			"token of it: by `token`, `exec`, `serve` or the library. The question stands in the open\n" +
			"window of hermes-tui, else at the terminal of `token` and `exec`; where neither is, the\n" +
			"program is refused. A program is allowed once, for a day, or until it is forgotten; one\n" +
			"that is refused is not asked about again for ten minutes.\n\n" +
			"Without ACCOUNT it shows the accounts that are marked, and the programs that are known.\n" +
			"It is a nod and no wall: a program that runs as you can write the answer itself.",
		Example: "  hermes-tui confirm work\n  hermes-tui confirm work --forget claude\n  hermes-tui confirm work --off",
		RunE: func(cmd *cobra.Command, args []string) error {
			if o.Off && o.Forget != "" {
				return exit.Usage("--off and --forget cannot be combined", "use one of them")
			}
			if len(args) == 0 && (o.Off || o.Forget != "") {
				return exit.Usage("an account has to be named", "as in `hermes-tui confirm work --off`; `hermes-tui list` shows them")
			}
			if len(args) == 0 {
				return o.list()
			}
			o.Account = args[0]
			return o.Run(cmd.Context())
		},
	}
	s.AsJSON(cmd)
	cmd.Flags().BoolVar(&o.Off, "off", false, "take the mark off (asks, on a terminal only)")
	cmd.Flags().StringVar(&o.Forget, "forget", "", "forget a `program`, by its name or path, or all")
	arg.Flag(cmd, "forget", arg.Each(o.programs))
	return cmd
}

// Run changes one account and shows it.
func (o *Options) Run(ctx context.Context) error {
	accounts, err := o.Open(session.Options{})
	if err != nil {
		return err
	}
	account, err := accounts.SelectOne(o.Account)
	if err != nil {
		return err
	}
	switch {
	case o.Forget != "":
		return o.forget(ctx, accounts, account)
	case o.Off:
		return o.off(ctx, accounts, account)
	}
	if err := accounts.SetConfirm(ctx, account.ID, true); err != nil {
		return err
	}
	account.Confirm = true
	return o.say(accounts, account, "%s: each program has to be confirmed before it gets a token.")
}

// say says what the account is now, and which programs are known to it.
func (o *Options) say(accounts *core.Core, account core.Account, words string) error {
	if !o.JSON {
		o.Line(words, account.Label)
	}
	return o.show(accounts, account)
}

// off takes the mark off. It asks a person, and takes no flag for an answer: a
// program that was refused could use that.
func (o *Options) off(ctx context.Context, accounts *core.Core, account core.Account) error {
	if !account.Confirm {
		return o.say(accounts, account, "%s: programs need no confirmation.")
	}
	if !o.TTY {
		return exit.Usage("the mark is taken off on a terminal only, where a person answers", "run it in a terminal")
	}
	if err := o.Confirm("Let every program have tokens of "+account.Label+" without asking?", false); err != nil {
		return err
	}
	if err := accounts.SetConfirm(ctx, account.ID, false); err != nil {
		return err
	}
	account.Confirm = false
	return o.say(accounts, account, "%s: programs need no confirmation any more.")
}

// forget forgets programs.
func (o *Options) forget(ctx context.Context, accounts *core.Core, account core.Account) error {
	gone, err := accounts.Desk().Forget(ctx, account.ID, o.Forget, o.Forget == "all")
	if err != nil {
		return err
	}
	if len(gone) == 0 && o.Forget != "all" {
		return exit.Usage("no program "+o.Forget+" is known to "+account.Label, "`hermes-tui confirm` shows those that are")
	}
	for _, p := range gone {
		if !o.JSON {
			o.Line("Forgotten: %s (%s)", p.Name, p.Path)
		}
	}
	return o.say(accounts, account, "%s: programs that are not known are asked about.")
}
