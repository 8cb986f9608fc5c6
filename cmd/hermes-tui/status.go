package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/hermes-tui/hermes-tui/core"
)

// statusJSON is what `status --json` prints without an account.
type statusJSON struct {
	Keystore         keystoreJSON  `json:"keystore"`
	ClockSkewSeconds int64         `json:"clock_skew_seconds"`
	Accounts         []accountJSON `json:"accounts"`
}

type keystoreJSON struct {
	Kind       string `json:"kind"`
	Name       string `json:"name"`
	Available  bool   `json:"available"`
	ChosenBy   string `json:"chosen_by"`
	Reason     string `json:"reason,omitempty"`
	MovingFrom string `json:"moving_from,omitempty"`
}

func storeJSON(s core.StoreInfo) keystoreJSON {
	return keystoreJSON{Kind: s.Kind, Name: s.Name, Available: s.Available, ChosenBy: s.ChosenBy, Reason: s.Reason, MovingFrom: s.Moving}
}

func (a *app) statusCommand() *cobra.Command {
	var check bool
	cmd := &cobra.Command{
		Use: "status [ACCOUNT]", Short: "Say how the accounts are doing", Args: atMost(1), ValidArgsFunction: a.completeAccount,
		Long: "Say how the accounts are doing, and which keystore holds them. No secret is opened.\n" +
			"With --check the exit code is 3 when somebody has to sign in before any account can\nserve, and 6 when all of them are cooling down.",
		RunE: func(_ *cobra.Command, args []string) error {
			c, err := a.setup()
			if err != nil {
				return err
			}
			accounts, err := a.open(c, options{looks: true})
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
	a.asJSON(cmd)
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
	now := a.clock.Now()
	if a.wantsJSON {
		if one {
			return writeJSON(a.out, toJSON(s.Accounts[0], now))
		}
		out := statusJSON{Keystore: storeJSON(s.Store), ClockSkewSeconds: int64(clockSkew(s) / time.Second), Accounts: []accountJSON{}}
		for _, account := range s.Accounts {
			out.Accounts = append(out.Accounts, toJSON(account, now))
		}
		return writeJSON(a.out, out)
	}
	if !one {
		a.line("keystore: %s", storeWords(s.Store))
		if skew := clockSkew(s); skew.Abs() > time.Minute {
			a.line("clock: this machine differs from the provider by %s", span(skew.Abs()))
		}
		if len(s.Accounts) == 0 {
			a.line("no accounts yet; sign in with `hermes-tui login`")
		}
	}
	for _, account := range s.Accounts {
		a.printAccount(account, now)
	}
	return nil
}

// line writes a line to the standard output.
func (a *app) line(format string, args ...any) { _, _ = fmt.Fprintf(a.out, format+"\n", args...) }

func (a *app) printAccount(account core.Account, now time.Time) {
	state := account.State(now)
	text := state.Words()
	if !account.Quarantined() && !account.ExpiresAt.IsZero() {
		verb := ", expires "
		if !account.ExpiresAt.After(now) {
			verb = ", ended "
		}
		text += verb + expiry(account.ExpiresAt, now)
	}
	a.line("%s (%s, %s): %s", account.Label, account.ProviderName, account.ID, text)
	if owner := account.Identity.Words(); owner != "" && owner != account.Label {
		a.line("  belongs to %s", owner)
	}
	trouble := account.Trouble("it", now)
	if trouble == nil && account.Shared() {
		trouble = account.Foreign("it")
	}
	if trouble != nil {
		a.line("  %s; %s", trouble.Message, trouble.Hint)
	}
	switch {
	case account.Marker != nil:
		a.line("  since %s, code %s", account.Marker.At.Local().Format(time.DateTime), account.Marker.Code)
	case account.LastError != nil:
		a.line("  last error: %s (%s)", account.LastError.Message, account.LastError.At.Local().Format(time.DateTime))
	}
	if account.Discontinued != "" {
		a.line("  %s; it serves while its token lives", account.Discontinued)
	}
	if !account.GrantExpiresAt.IsZero() && !account.Quarantined() {
		a.line("  signed in %s; %s", since(account.SignedInAt, now), grantWords(account, now))
	}
	if account.Interrupted && !account.Stalled(now) {
		a.line("  refresh interrupted: its outcome is not known yet")
	}
}

// grantWords say when the provider ends the sign-in itself, and what to do once
// that is soon.
func grantWords(account core.Account, now time.Time) string {
	text := account.ProviderName + " ends this sign-in " + expiry(account.GrantExpiresAt, now)
	command := "hermes-tui login --account " + account.ID
	switch {
	case !account.GrantExpiresAt.After(now):
		return account.ProviderName + " ended this sign-in " + since(account.GrantExpiresAt, now) + "; sign in again: " + command
	case account.GrantEnding(now):
		return text + "; sign in again before that: " + command
	default:
		return text
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

func storeWords(s core.StoreInfo) string {
	text := s.Name
	if text == "" {
		text = "chosen at the first sign-in"
	}
	if s.Reason != "" {
		text += " (" + s.Reason + ")"
	}
	if s.Locked {
		text += ", locked at the last use"
	}
	if s.Moving != "" {
		text += ", moving from " + s.Moving
	}
	return text
}
