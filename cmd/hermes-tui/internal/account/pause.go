package account

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/arg"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/exit"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/format"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/session"
	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/clientkey"
)

// PauseOptions are what pause was asked for.
type PauseOptions struct {
	*session.Session
	Account string
	For     string // how long, as "2h"; empty: until it is resumed
}

// PauseCommand is `pause`.
func PauseCommand(s *session.Session) *cobra.Command {
	o := &PauseOptions{Session: s}
	cmd := &cobra.Command{
		Use: "pause ACCOUNT", Short: "Take an account out of the rotation of its pool", Args: arg.Exactly(1), ValidArgsFunction: arg.Account(s),
		Long: "Take an account out of the rotation of its pool: the others serve in its place. It keeps its\n" +
			"sign-in, is refreshed as before, and serves who names it, as `hermes-tui token work` does.",
		Example: "  hermes-tui pause work --for 2h\n  hermes-tui resume work",
		RunE: func(cmd *cobra.Command, args []string) error {
			o.Account = args[0]
			return o.Run(cmd.Context())
		},
	}
	s.AsJSON(cmd)
	cmd.Flags().StringVar(&o.For, "for", "", "for how long, a `time` such as 45m, 2h or 3d; without it, until it is resumed")
	return cmd
}

// Run takes the account out of the rotation.
func (o *PauseOptions) Run(ctx context.Context) error {
	var until time.Time
	if o.For != "" {
		span, err := clientkey.ParseLife(o.For)
		if err != nil {
			return exit.Usage(fmt.Sprintf("%.40q is not a length of time for a pause", o.For), "use minutes, hours or days, as in 45m, 2h or 3d")
		}
		until = o.Clock.Now().Add(span)
	}
	accounts, account, err := o.One(o.Account)
	if err != nil {
		return err
	}
	if err := accounts.Pause(ctx, account.ID, until); err != nil {
		return err
	}
	words := "until `hermes-tui resume " + account.Label + "`"
	if !until.IsZero() {
		words = "until " + until.Local().Format(time.DateTime)
	}
	return shown(o.Session, accounts, account, account.Label+" is paused "+words+"; named explicitly it serves all the same.")
}

// ResumeCommand is `resume`.
func ResumeCommand(s *session.Session) *cobra.Command {
	cmd := &cobra.Command{
		Use: "resume ACCOUNT", Short: "Put a paused account back into the rotation", Args: arg.Exactly(1), ValidArgsFunction: arg.Account(s),
		RunE: func(cmd *cobra.Command, args []string) error { return Resume(cmd.Context(), s, args[0]) },
	}
	s.AsJSON(cmd)
	return cmd
}

// Resume puts an account back into the rotation.
func Resume(ctx context.Context, s *session.Session, name string) error {
	accounts, account, err := s.One(name)
	if err != nil {
		return err
	}
	if !account.Paused.Holds(s.Clock.Now()) {
		return shown(s, accounts, account, account.Label+" is not paused.")
	}
	if err := accounts.Resume(ctx, account.ID); err != nil {
		return err
	}
	return shown(s, accounts, account, account.Label+" is back in the rotation.")
}

// shown says what was done, or with --json what the account is now.
func shown(s *session.Session, accounts *core.Core, account core.Account, words string) error {
	if !s.JSON {
		s.Line("%s", words)
		return nil
	}
	if now, found := accounts.Snapshot().Find(account.ID); found {
		account = now
	}
	return s.WriteJSON(format.AccountJSON(account, s.Clock.Now()))
}
