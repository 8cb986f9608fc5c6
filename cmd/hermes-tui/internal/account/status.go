package account

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/arg"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/exit"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/format"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/session"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/table"
	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/tui/style"
)

// statusJSON is what `status --json` prints without an account.
type statusJSON struct {
	Keystore         format.Keystore  `json:"keystore"`
	ClockSkewSeconds int64            `json:"clock_skew_seconds"`
	Proxies          []format.Proxy   `json:"proxies"`
	Accounts         []format.Account `json:"accounts"`
}

// StatusOptions are what status was asked for.
type StatusOptions struct {
	*session.Session
	Accounts []string // none: all, else one
	Pool     string   // those of one pool; empty: all
	Check    bool
	Short    bool
}

// StatusCommand is `status`.
func StatusCommand(s *session.Session) *cobra.Command {
	o := &StatusOptions{Session: s}
	cmd := &cobra.Command{
		Use: "status [ACCOUNT]", Short: "Show account status", Args: arg.AtMost(1), ValidArgsFunction: arg.Account(s),
		Long: "Show how the accounts are doing, and which keystore holds them. No secret is opened.\n" +
			"With --check the exit code is 3 when somebody has to sign in before any account of a pool\ncan serve, and 6 when all of them are cooling down: of the account or the pool that is named,\n" +
			"else of the pool that is worst off.\n" +
			"With --short it is one line for a prompt or a status bar: \"●7 ■1 !1\", how many are ok, cooling\ndown, and in need of a person; in words with --plain, and with characters of ASCII with --ascii.",
		Example: "  hermes-tui status work\n  hermes-tui status --short\n  hermes-tui status --check --pool minimax/cn || notify-send 'MiniMax needs you'",
	}
	s.AsData(cmd)
	cmd.Flags().BoolVar(&o.Check, "check", false, "fail when no account of a pool can serve")
	cmd.Flags().BoolVar(&o.Short, "short", false, "one line for a prompt or a status bar")
	cmd.Flags().StringVar(&o.Pool, "pool", "", "only the accounts of this `pool`, such as minimax/cn")
	watch := s.AsWatch(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		o.Accounts = args
		switch {
		case o.Pool != "" && len(args) > 0:
			return exit.Usage("--pool and an account cannot be combined", "use one of them")
		case o.Short && o.JSON:
			return exit.Usage("--short cannot be combined with --json, --jq or --format", "use one of them")
		case *watch && o.Check:
			return exit.Usage("--check and --watch cannot be combined", "use one of them")
		case *watch:
			return o.watch(cmd.Context())
		}
		return o.Run()
	}
	return cmd
}

// Run says how the accounts are doing.
func (o *StatusOptions) Run() error {
	accounts, err := o.Open(session.Options{Looks: true})
	if err != nil {
		return err
	}
	snapshot := accounts.Snapshot()
	if snapshot.Err != nil {
		return snapshot.Err
	}
	some, one, err := o.chosen(accounts, snapshot)
	if err != nil {
		return err
	}
	switch {
	case o.Short:
		o.Line("%s", short(some, o.glyphs(), o.Clock.Now()))
	case one:
		if err = Status(o.Session, some[0]); err == nil && !o.JSON {
			if used := lastDay(accounts, some[0].ID, o.Clock.Now()); used != "" {
				o.Fact("last 24 hours: " + used)
			}
		}
	default:
		snapshot.Accounts = some
		err = status(o.Session, snapshot)
	}
	if err != nil || !o.Check {
		return err
	}
	return o.check(accounts, some)
}

// chosen are the accounts that are meant; one says that it was named.
func (o *StatusOptions) chosen(accounts *core.Core, have core.Snapshot) (some []core.Account, one bool, err error) {
	switch {
	case len(o.Accounts) > 0:
		account, err := accounts.SelectOne(o.Accounts[0])
		return []core.Account{account}, true, err
	case o.Pool != "":
		some, err = accounts.SelectPool(o.Pool)
		return some, false, err
	default:
		return have.Accounts, false, nil
	}
}

// check fails where the account that is named, or a pool, cannot serve.
func (o *StatusOptions) check(accounts *core.Core, some []core.Account) error {
	if len(o.Accounts) > 0 || len(some) == 0 {
		return accounts.Servable(strings.Join(o.Accounts, ""))
	}
	return accounts.PoolsServable(some)
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
		rows := format.AccountsJSON(have.Accounts, now)
		return s.WriteData(statusJSON{format.StoreJSON(have.Store), int64(skew / time.Second), format.ProxiesJSON(have.Proxies), rows}, rows)
	}
	s.Title("keystore: " + format.Store(have.Store))
	if have.Store.Fleet != "" {
		s.Title("fleet: " + have.Store.Fleet + "; `hermes-tui fleet status` shows its hosts")
	}
	for _, p := range have.Proxies {
		s.Title("proxy: " + format.Proxying(p, now))
	}
	if skew.Abs() > time.Minute {
		s.Line("clock: this machine differs from the provider by %s", format.Span(skew.Abs()))
	}
	if len(have.Accounts) == 0 {
		s.Line("no accounts yet; sign in with `hermes-tui login`")
	}
	return show(s, have.Accounts, now)
}

// Status says how one account is doing.
func Status(s *session.Session, account core.Account) error {
	now := s.Clock.Now()
	if s.JSON {
		row := format.AccountJSON(account, now)
		return s.WriteData(row, []format.Account{row})
	}
	return show(s, []core.Account{account}, now)
}

// show writes a line for each account, and under it what else is known of it.
func show(s *session.Session, all []core.Account, now time.Time) error {
	heads := strings.SplitAfter(statusTable(all, now).Body(s.Look()), "\n")
	for i, a := range all {
		if err := s.Draw(heads[i]); err != nil {
			return err
		}
		for _, fact := range facts(a, now) {
			s.Fact(fact)
		}
	}
	return nil
}

// statusTable has the first line of each account.
func statusTable(all []core.Account, now time.Time) *table.Table {
	t := table.New(table.Column{Least: 12}, table.Column{Least: 24}, table.Column{Least: 8, Rank: 1}, table.Column{Rank: 2})
	for _, a := range all {
		t.Add(table.Text(a.Label), table.State(a.State(now), standing(a, now)), table.Text(a.ProviderName), table.Muted(a.ID))
	}
	return t
}

// standing is an account's state, with when that ends.
func standing(a core.Account, now time.Time) string {
	state := a.State(now)
	text := state.Words()
	if until := a.Paused.Until; state == core.Paused && !until.IsZero() {
		text += " until " + until.Local().Format(time.DateTime)
	}
	switch {
	case a.Quarantined(), a.ExpiresAt.IsZero():
		return text
	case a.ExpiresAt.After(now):
		return text + ", expires " + format.Expiry(a.ExpiresAt, now)
	case state == core.Expired:
		return text + " " + format.Expiry(a.ExpiresAt, now)
	default:
		return text + ", expired " + format.Expiry(a.ExpiresAt, now)
	}
}

// facts are what else is known of an account, a sentence each.
func facts(a core.Account, now time.Time) (all []string) {
	add := func(format string, args ...any) { all = append(all, fmt.Sprintf(format, args...)) }
	if owner := a.Identity.Words(); owner != "" && owner != a.Label {
		add("belongs to %s", owner)
	}
	trouble := a.Trouble("it", now)
	if trouble == nil && a.Shared() {
		trouble = a.Foreign("it")
	}
	if trouble != nil {
		add("%s; %s", trouble.Message, trouble.Hint)
	}
	if a.Cooldown.Holds(now) {
		add("%s, %s", a.Cooldown.Words(), format.Rests(a.Cooldown, now))
	}
	switch {
	case a.Marker != nil:
		add("since %s, code %s", a.Marker.At.Local().Format(time.DateTime), a.Marker.Code)
	case a.LastError != nil:
		add("last error: %s (%s)", a.LastError.Message, a.LastError.At.Local().Format(time.DateTime))
	}
	if a.Discontinued != "" {
		add("%s; it serves until its token expires", a.Discontinued)
	}
	if !a.GrantExpiresAt.IsZero() && !a.Quarantined() {
		add("signed in %s; %s", format.Since(a.SignedInAt, now), format.Grant(a, now))
	}
	if plan := format.Plan(a, now); plan != "" {
		add("plan: %s", plan)
	}
	if a.Confirm {
		add("each program has to be confirmed before it gets a token")
	}
	if a.Interrupted && !a.Stalled(now) {
		add("refresh interrupted: its outcome is not known yet")
	}
	return all
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
