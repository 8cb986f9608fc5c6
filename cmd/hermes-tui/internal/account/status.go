package account

import (
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/arg"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/exit"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/format"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/session"
	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/tui/style"
)

// statusJSON is what `status --json` prints without an account.
type statusJSON struct {
	Keystore         format.Keystore  `json:"keystore"`
	ClockSkewSeconds int64            `json:"clock_skew_seconds"`
	Accounts         []format.Account `json:"accounts"`
}

// StatusOptions are what status was asked for.
type StatusOptions struct {
	*session.Session
	Accounts []string // none: all, else one
	Check    bool
	Short    bool
}

// StatusCommand is `status`.
func StatusCommand(s *session.Session) *cobra.Command {
	o := &StatusOptions{Session: s}
	cmd := &cobra.Command{
		Use: "status [ACCOUNT]", Short: "Say how the accounts are doing", Args: arg.AtMost(1), ValidArgsFunction: arg.Account(s),
		Long: "Say how the accounts are doing, and which keystore holds them. No secret is opened.\n" +
			"With --check the exit code is 3 when somebody has to sign in before any account can\nserve, and 6 when all of them are cooling down.\n" +
			"With --short it is one line for a prompt or a status bar: \"●7 ■1 !1\", how many are ok, cooling\ndown, and in need of a person; in words with --plain, and with characters of ASCII with --ascii.",
		RunE: func(_ *cobra.Command, args []string) error {
			o.Accounts = args
			return o.Run()
		},
	}
	s.AsJSON(cmd)
	cmd.Flags().BoolVar(&o.Check, "check", false, "fail when no account can serve")
	cmd.Flags().BoolVar(&o.Short, "short", false, "one line for a prompt or a status bar")
	return cmd
}

// Run says how the accounts are doing.
func (o *StatusOptions) Run() error {
	if o.Short && o.JSON {
		return exit.Usage("--short and --json exclude each other", "use one of them")
	}
	accounts, err := o.Open(session.Options{Looks: true})
	if err != nil {
		return err
	}
	snapshot := accounts.Snapshot()
	if snapshot.Err != nil {
		return snapshot.Err
	}
	name, some := strings.Join(o.Accounts, ""), snapshot.Accounts
	if name != "" {
		account, err := accounts.SelectOne(name)
		if err != nil {
			return err
		}
		some = []core.Account{account}
	}
	switch {
	case o.Short:
		o.Line("%s", short(some, o.glyphs(), o.Clock.Now()))
	case name != "":
		if err = Status(o.Session, some[0]); err == nil && !o.JSON {
			if used := lastDay(accounts, some[0].ID, o.Clock.Now()); used != "" {
				o.Line("  last 24 hours: %s", used)
			}
		}
	default:
		err = status(o.Session, snapshot)
	}
	if err != nil || !o.Check {
		return err
	}
	return accounts.Servable(name)
}

// glyphs are the marks of --short, nil for words.
func (o *StatusOptions) glyphs() *style.Glyphs {
	if o.Flags.Plain {
		return nil
	}
	return style.NewGlyphs(o.ASCIIOnly())
}

func status(s *session.Session, have core.Snapshot) error {
	now, skew := s.Clock.Now(), clockSkew(have)
	if s.JSON {
		return s.WriteJSON(statusJSON{
			Keystore: format.StoreJSON(have.Store), ClockSkewSeconds: int64(skew / time.Second),
			Accounts: format.AccountsJSON(have.Accounts, now),
		})
	}
	s.Line("keystore: %s", format.Store(have.Store))
	if skew.Abs() > time.Minute {
		s.Line("clock: this machine differs from the provider by %s", format.Span(skew.Abs()))
	}
	if len(have.Accounts) == 0 {
		s.Line("no accounts yet; sign in with `hermes-tui login`")
	}
	for _, account := range have.Accounts {
		print(s, account, now)
	}
	return nil
}

// Status says how one account is doing.
func Status(s *session.Session, account core.Account) error {
	now := s.Clock.Now()
	if s.JSON {
		return s.WriteJSON(format.AccountJSON(account, now))
	}
	print(s, account, now)
	return nil
}

func print(s *session.Session, account core.Account, now time.Time) {
	state := account.State(now)
	text := state.Words()
	if until := account.Paused.Until; state == core.Paused && !until.IsZero() {
		text += " until " + until.Local().Format(time.DateTime)
	}
	if !account.Quarantined() && !account.ExpiresAt.IsZero() {
		verb := ", expires "
		if !account.ExpiresAt.After(now) {
			verb = ", ended "
		}
		text += verb + format.Expiry(account.ExpiresAt, now)
	}
	s.Line("%s (%s, %s): %s", account.Label, account.ProviderName, account.ID, text)
	if owner := account.Identity.Words(); owner != "" && owner != account.Label {
		s.Line("  belongs to %s", owner)
	}
	trouble := account.Trouble("it", now)
	if trouble == nil && account.Shared() {
		trouble = account.Foreign("it")
	}
	if trouble != nil {
		s.Line("  %s; %s", trouble.Message, trouble.Hint)
	}
	switch {
	case account.Marker != nil:
		s.Line("  since %s, code %s", account.Marker.At.Local().Format(time.DateTime), account.Marker.Code)
	case account.LastError != nil:
		s.Line("  last error: %s (%s)", account.LastError.Message, account.LastError.At.Local().Format(time.DateTime))
	}
	if account.Discontinued != "" {
		s.Line("  %s; it serves while its token lives", account.Discontinued)
	}
	if !account.GrantExpiresAt.IsZero() && !account.Quarantined() {
		s.Line("  signed in %s; %s", format.Since(account.SignedInAt, now), format.Grant(account, now))
	}
	if plan := format.Plan(account, now); plan != "" {
		s.Line("  plan: %s", plan)
	}
	if account.Confirm {
		s.Line("  each program has to be confirmed before it gets a token")
	}
	if account.Interrupted && !account.Stalled(now) {
		s.Line("  refresh interrupted: its outcome is not known yet")
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
