package main

import (
	"time"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/arg"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/format"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/session"

	"github.com/spf13/cobra"

	"github.com/hermes-tui/hermes-tui/core"
)

// statusJSON is what `status --json` prints without an account.
type statusJSON struct {
	Keystore         format.Keystore  `json:"keystore"`
	ClockSkewSeconds int64            `json:"clock_skew_seconds"`
	Accounts         []format.Account `json:"accounts"`
}

func (a *app) statusCommand() *cobra.Command {
	var check bool
	cmd := &cobra.Command{
		Use: "status [ACCOUNT]", Short: "Say how the accounts are doing", Args: arg.AtMost(1), ValidArgsFunction: arg.Account(a.Session),
		Long: "Say how the accounts are doing, and which keystore holds them. No secret is opened.\n" +
			"With --check the exit code is 3 when somebody has to sign in before any account can\nserve, and 6 when all of them are cooling down.",
		RunE: func(_ *cobra.Command, args []string) error {
			accounts, err := a.Open(session.Options{Looks: true})
			if err != nil {
				return err
			}
			snapshot := accounts.Snapshot()
			if snapshot.Err != nil {
				return snapshot.Err
			}
			if len(args) == 1 {
				account, err := accounts.SelectOne(args[0])
				if err != nil {
					return err
				}
				snapshot.Accounts = []core.Account{account}
			}
			if err := a.printStatus(snapshot, len(args) == 1); err != nil || !check {
				return err
			}
			return a.checkServing(accounts, args)
		},
	}
	a.AsJSON(cmd)
	cmd.Flags().BoolVar(&check, "check", false, "fail when no account can serve")
	return cmd
}

func (a *app) checkServing(accounts *core.Core, args []string) error {
	name := ""
	if len(args) == 1 {
		name = args[0]
	}
	return accounts.Servable(name)
}

func (a *app) printStatus(s core.Snapshot, one bool) error {
	now := a.Clock.Now()
	if a.JSON {
		if one {
			return a.WriteJSON(format.AccountJSON(s.Accounts[0], now))
		}
		out := statusJSON{Keystore: format.StoreJSON(s.Store), ClockSkewSeconds: int64(clockSkew(s) / time.Second), Accounts: []format.Account{}}
		for _, account := range s.Accounts {
			out.Accounts = append(out.Accounts, format.AccountJSON(account, now))
		}
		return a.WriteJSON(out)
	}
	if !one {
		a.Line("keystore: %s", format.Store(s.Store))
		if skew := clockSkew(s); skew.Abs() > time.Minute {
			a.Line("clock: this machine differs from the provider by %s", format.Span(skew.Abs()))
		}
		if len(s.Accounts) == 0 {
			a.Line("no accounts yet; sign in with `hermes-tui login`")
		}
	}
	for _, account := range s.Accounts {
		a.printAccount(account, now)
	}
	return nil
}

func (a *app) printAccount(account core.Account, now time.Time) {
	state := account.State(now)
	text := state.Words()
	if !account.Quarantined() && !account.ExpiresAt.IsZero() {
		verb := ", expires "
		if !account.ExpiresAt.After(now) {
			verb = ", ended "
		}
		text += verb + format.Expiry(account.ExpiresAt, now)
	}
	a.Line("%s (%s, %s): %s", account.Label, account.ProviderName, account.ID, text)
	if owner := account.Identity.Words(); owner != "" && owner != account.Label {
		a.Line("  belongs to %s", owner)
	}
	trouble := account.Trouble("it", now)
	if trouble == nil && account.Shared() {
		trouble = account.Foreign("it")
	}
	if trouble != nil {
		a.Line("  %s; %s", trouble.Message, trouble.Hint)
	}
	switch {
	case account.Marker != nil:
		a.Line("  since %s, code %s", account.Marker.At.Local().Format(time.DateTime), account.Marker.Code)
	case account.LastError != nil:
		a.Line("  last error: %s (%s)", account.LastError.Message, account.LastError.At.Local().Format(time.DateTime))
	}
	if account.Discontinued != "" {
		a.Line("  %s; it serves while its token lives", account.Discontinued)
	}
	if !account.GrantExpiresAt.IsZero() && !account.Quarantined() {
		a.Line("  signed in %s; %s", format.Since(account.SignedInAt, now), format.Grant(account, now))
	}
	if account.Interrupted && !account.Stalled(now) {
		a.Line("  refresh interrupted: its outcome is not known yet")
	}
}

// clockSkew is the largest difference between a provider's clock and ours.
func clockSkew(s core.Snapshot) (worst time.Duration) {
	for _, account := range s.Accounts {
		if account.ClockSkew.Abs() > worst.Abs() {
			worst = account.ClockSkew
		}
	}
	return worst
}
