package importing

import (
	"cmp"
	"context"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/arg"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/exit"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/format"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/session"
	"github.com/hermes-tui/hermes-tui/core"
)

// ExportOptions are what export was asked for.
type ExportOptions struct {
	*session.Session
	Accounts []string // none: all
	Hermes   bool
	File     string // empty: hermes-agent's own
	Yes      bool   // nobody is asked
}

// ExportCommand is `export`.
func ExportCommand(s *session.Session) *cobra.Command {
	o := &ExportOptions{Session: s}
	cmd := &cobra.Command{
		Use: "export [ACCOUNT]...", Short: "Give accounts back to hermes-agent",
		Long: "Write accounts into hermes-agent's auth.json and hand them over: from then on\n" +
			"hermes-agent refreshes them, and here they are shared. Their tokens stand in that file in\n" +
			"plain text, as hermes-agent keeps them. Without ACCOUNT all of them are meant.\n\n" +
			"`hermes-tui import --remove` takes them back.",
		Example:           "  hermes-tui export --hermes\n  hermes-tui export --hermes work",
		ValidArgsFunction: arg.Each(arg.Accounts(s)),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.Accounts = args
			return o.Run(cmd.Context())
		},
	}
	cmd.Flags().BoolVar(&o.Hermes, "hermes", false, "write into hermes-agent's auth.json")
	cmd.Flags().StringVar(&o.File, "file", "", "another auth.json, a `file`")
	cmd.Flags().BoolVarP(&o.Yes, "yes", "y", false, "do not ask")
	arg.Flag(cmd, "file", arg.File("json"))
	return cmd
}

// Run hands the accounts over.
func (o *ExportOptions) Run(ctx context.Context) error {
	if !o.Hermes {
		return exit.Usage("there is one thing to export to", "say so: `hermes-tui export --hermes`")
	}
	accounts, err := o.Open(session.Options{Stays: true, Secrets: true, Patience: session.OneShot})
	if err != nil {
		return err
	}
	chosen, err := exported(accounts, o.Accounts)
	if err != nil {
		return err
	}
	if len(chosen) == 0 {
		o.Line("There are no accounts to give back.")
		return nil
	}
	file, err := filepath.Abs(cmp.Or(o.File, filepath.Join(hermesHome(o.Session), "auth.json")))
	if err != nil {
		return err
	}
	ids := make([]string, len(chosen))
	for i, account := range chosen {
		ids[i] = account.ID
	}
	ended, err := accounts.NotRefreshed(file, ids)
	if err != nil {
		return err
	}
	if len(ended) > 0 {
		o.Line("hermes-agent refreshes one MiniMax sign-in only. There these end with their access token, within minutes: %s.", format.Labels(ended))
	}
	if leaving := leaving(chosen); len(leaving) > 0 {
		question := "Write the tokens of " + format.Plural(len(leaving), "account", "accounts") + " into " + file + ", in plain text, and hand them over?\n" +
			"hermes-agent refreshes them from then on; here they are shared: " + format.Labels(leaving) + "."
		if err := o.Confirm(question, o.Yes); err != nil {
			return err
		}
	}
	res, err := accounts.Export(ctx, file, ids)
	if len(res.HandedOver) > 0 {
		o.Line("Handed over to hermes-agent, in %s: %s", file, format.Labels(res.HandedOver))
	}
	if len(res.Keys) > 0 {
		o.Line("Written as well, and still used here, because an API key is not refreshed: %s", format.Labels(res.Keys))
	}
	if res.Backup != "" {
		o.Line("Sealed backup of the file as it was: %s", res.Backup)
	}
	for _, s := range res.Skipped {
		o.Line("%s was left alone: %s.", s.Account.Label, s.Why)
	}
	return err
}

// leaving are those of the accounts that have something to hand over.
func leaving(chosen []core.Account) []core.Account {
	return slices.DeleteFunc(slices.Clone(chosen), func(a core.Account) bool { return a.Shared() || a.Quarantined() })
}

// exported are the accounts that are meant: all of them, or those named.
func exported(accounts *core.Core, names []string) ([]core.Account, error) {
	if len(names) == 0 {
		return accounts.Snapshot().Accounts, nil
	}
	var chosen []core.Account
	for _, name := range names {
		found, err := accounts.Select(name)
		if err != nil {
			return nil, err
		}
		chosen = append(chosen, found...)
	}
	return chosen, nil
}
