package token

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/arg"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/exit"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/format"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/session"
	"github.com/hermes-tui/hermes-tui/core"
)

// RefreshOptions are what refresh was asked for.
type RefreshOptions struct {
	*session.Session
	Accounts []string
	All      bool
	Force    bool // also right after a refresh, and while asked to wait
	TakeOver bool // also where another host of the fleet began a refresh and did not end it
	Timeout  time.Duration
}

// RefreshCommand is `refresh`.
func RefreshCommand(s *session.Session) *cobra.Command {
	o := &RefreshOptions{Session: s}
	cmd := &cobra.Command{
		Use: "refresh [ACCOUNT|--all]", Short: "Refresh a token now", Args: arg.AtMost(1), ValidArgsFunction: arg.Account(s),
		Long: "Refresh the access token of an account, or of all. Within 60 s of the last refresh, and\n" +
			"while the provider asked to wait, nothing is done and it says so, unless --force is given.",
		RunE: func(cmd *cobra.Command, args []string) error {
			o.Accounts = args
			return o.Run(cmd.Context())
		},
	}
	s.AsJSON(cmd)
	cmd.Flags().BoolVar(&o.All, "all", false, "refresh every account")
	cmd.Flags().BoolVar(&o.Force, "force", false, "refresh even right after a refresh, and while asked to wait")
	cmd.Flags().BoolVar(&o.TakeOver, "take-over", false, "take over a refresh that another host of the fleet did not end (take_over = \"ask\")")
	cmd.Flags().DurationVar(&o.Timeout, "timeout", 60*time.Second, "how long to wait")
	return cmd
}

// Run refreshes what is meant.
func (o *RefreshOptions) Run(ctx context.Context) error {
	if o.All && len(o.Accounts) == 1 {
		return exit.Usage("an account and --all exclude each other", "give one of the two")
	}
	if o.Timeout <= 0 {
		return exit.Usage("--timeout has to be longer than 0", "give a time such as `--timeout 60s`")
	}
	accounts, err := o.Open(session.Options{Secrets: true, Patience: session.OneShot})
	if err != nil {
		return err
	}
	chosen, err := o.chosen(accounts)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, o.Timeout)
	defer cancel()
	return o.refresh(ctx, accounts, chosen)
}

// chosen are the accounts to refresh: all of them, or the one that is named.
func (o *RefreshOptions) chosen(accounts *core.Core) ([]core.Account, error) {
	snapshot := accounts.Snapshot()
	if o.All && snapshot.Err == nil && len(snapshot.Accounts) > 0 {
		return snapshot.Accounts, nil
	}
	one, err := accounts.SelectOne(strings.Join(o.Accounts, ""))
	return []core.Account{one}, err
}

// refreshJSON is one line of `refresh --json`.
type refreshJSON struct {
	Account format.Account `json:"account"`
	Rotated bool           `json:"rotated"`
	Note    string         `json:"note,omitempty"`
}

func (o *RefreshOptions) refresh(ctx context.Context, accounts *core.Core, chosen []core.Account) error {
	var failures []error
	for _, account := range chosen {
		result, err := accounts.Refresh(ctx, account.ID, core.RefreshOptions{Force: o.Force, TakeOver: o.TakeOver})
		now := o.Clock.Now()
		switch {
		case err != nil && len(chosen) == 1:
			return err
		case err != nil:
			if o.JSON || !slices.ContainsFunc(failures, func(said error) bool { return said.Error() == err.Error() }) {
				o.Fail(err) // a store that does not answer is the same for each
			}
			failures = append(failures, err)
		case o.JSON:
			_ = o.WriteJSON(refreshJSON{format.AccountJSON(result.Account, now), result.Rotated, result.Note})
		case result.Note != "":
			o.Line("%s: %s%s", account.Label, result.Note, forceHint(account))
		default:
			o.Line("%s: refreshed, expires %s", account.Label, format.Expiry(result.Account.ExpiresAt, now))
		}
	}
	if len(failures) > 0 {
		if ctx.Err() != nil {
			return errors.Join(failures...)
		}
		return exit.Silent(exit.Failed)
	}
	return nil
}

// forceHint is what refreshes a current token all the same; nothing refreshes a key.
func forceHint(account core.Account) string {
	if account.IsKey() {
		return ""
	}
	return "; `--force` refreshes all the same"
}
