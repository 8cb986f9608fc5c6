package account

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/arg"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/exit"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/format"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/session"
	"github.com/hermes-tui/hermes-tui/core"
)

// UseOptions are what use was asked for.
type UseOptions struct {
	*session.Session
	Name  string // account or pool; empty: say which is the default
	Clear bool
}

// UseCommand is `use`.
func UseCommand(s *session.Session) *cobra.Command {
	o := &UseOptions{Session: s}
	cmd := &cobra.Command{
		Use: "use [ACCOUNT|POOL]", Short: "Set the default account or pool", Args: arg.AtMost(1), ValidArgsFunction: arg.Account(s),
		Long: "Choose the account or the pool that serves where a command or a program names nobody:\n" +
			"`token`, `exec`, `connect` and what `serve` is asked without /pool/ or /account/, in every\n" +
			"process that runs, from the next request on. An argument and HERMES_TUI_ACCOUNT go before it;\n" +
			"what speaks another format than the default does is served by the only pool that speaks it.\n\n" +
			"Without a name it says which is the default.",
		Example: "  hermes-tui use work\n  hermes-tui use minimax/cn\n  hermes-tui use --clear",
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				o.Name = args[0]
			}
			if o.Clear && o.Name != "" {
				return exit.Usage("--clear takes no name", "use one of them")
			}
			return o.Run(cmd.Context())
		},
	}
	s.AsJSON(cmd)
	cmd.Flags().BoolVar(&o.Clear, "clear", false, "clear the default")
	return cmd
}

// useJSON is what `use --json` prints.
type useJSON struct {
	Default  *string          `json:"default"` // an account's id or a pool; null: there is none
	Accounts []format.Account `json:"accounts"`
}

// Run chooses, and says who serves from now on.
func (o *UseOptions) Run(ctx context.Context) error {
	accounts, err := o.Open(session.Options{Looks: o.Name == "" && !o.Clear})
	if err != nil {
		return err
	}
	if o.Name != "" || o.Clear {
		if _, err := accounts.Use(ctx, o.Name); err != nil {
			return err
		}
		o.NoteAlone(accounts, o.Name)
	}
	snapshot := accounts.Snapshot()
	if snapshot.Err != nil {
		return snapshot.Err
	}
	var serve []core.Account
	for _, a := range snapshot.Accounts {
		if snapshot.IsDefault(a) {
			serve = append(serve, a)
		}
	}
	switch {
	case o.JSON:
		out := useJSON{Accounts: format.AccountsJSON(serve, o.Clock.Now())}
		if len(serve) > 0 {
			out.Default = &snapshot.Default
		}
		return o.WriteJSON(out)
	case len(serve) == 0:
		o.Line("No default is set. Where no account is named, the only pool serves, if there is just one.")
	case serve[0].ID == snapshot.Default:
		o.Line("%s (%s) serves where nobody is named.", serve[0].Label, serve[0].ProviderName)
	default:
		o.Line("The pool %s serves where nobody is named: %s.", snapshot.Default, format.Labels(serve))
	}
	return nil
}
