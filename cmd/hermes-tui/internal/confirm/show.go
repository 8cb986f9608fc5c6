package confirm

import (
	"time"

	"github.com/spf13/cobra"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/format"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/session"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/table"
	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/consent"
)

// accountJSON is an account in `confirm --json`. Fields are only ever added.
type accountJSON struct {
	Account  string        `json:"account"`
	Label    string        `json:"label"`
	Provider string        `json:"provider"`
	Confirm  bool          `json:"confirm"`
	Programs []programJSON `json:"programs"`
}

// programJSON is a program that is known.
type programJSON struct {
	Name    string     `json:"name"`
	Path    string     `json:"path"`
	Allowed bool       `json:"allowed"`
	At      *time.Time `json:"at"`
	Until   *time.Time `json:"until"` // null: until it is forgotten
}

func shown(a core.Account, known []consent.Program) accountJSON {
	out := accountJSON{Account: a.ID, Label: a.Label, Provider: a.Provider, Confirm: a.Confirm, Programs: []programJSON{}}
	for _, p := range known {
		out.Programs = append(out.Programs, programJSON{p.Name, p.Path, p.Verdict.Allows(), format.Instant(p.At), format.Instant(p.Until)})
	}
	return out
}

// show prints one account with the programs that are known to it.
func (o *Options) show(accounts *core.Core, account core.Account) error {
	known, err := accounts.Desk().Known(account.ID)
	if err != nil {
		return err
	}
	if o.JSON {
		return o.WriteJSON(shown(account, known))
	}
	return o.Draw(o.known(account, known).Body(o.Look()))
}

// known says what is known of the programs. In a pipe each row names the account.
func (o *Options) known(a core.Account, known []consent.Program) *table.Table {
	t := table.New(table.Column{Least: 10}, table.Column{}, table.Column{Least: 10, Rank: 1})
	t.Indent = 2
	for _, p := range known {
		what := "allowed"
		if !p.Verdict.Allows() {
			what = "refused"
		}
		if !p.Until.IsZero() {
			what += " until " + p.Until.Local().Format(time.DateTime)
		}
		row := []table.Cell{table.Text(p.Name), table.Text(what), table.Text(p.Path)}
		if o.Piped() {
			row = append([]table.Cell{table.Text(a.Label)}, append(row, table.Text(a.ID))...)
		}
		t.Add(row...)
	}
	return t
}

// list prints every account that is marked.
func (o *Options) list() error {
	accounts, err := o.Open(session.Options{Looks: true})
	if err != nil {
		return err
	}
	all := []accountJSON{}
	for _, a := range accounts.Snapshot().Accounts {
		if !a.Confirm {
			continue
		}
		known, err := accounts.Desk().Known(a.ID)
		switch {
		case err != nil:
			return err
		case o.JSON:
			all = append(all, shown(a, known))
			continue
		}
		if !o.Piped() || len(known) == 0 {
			o.Line("%s (%s): each program has to be confirmed", a.Label, a.ProviderName)
		}
		if err := o.Draw(o.known(a, known).Body(o.Look())); err != nil {
			return err
		}
		all = append(all, accountJSON{})
	}
	switch {
	case o.JSON:
		return o.WriteJSON(all)
	case len(all) == 0:
		o.Line("No account is marked; `hermes-tui confirm ACCOUNT` has each program confirmed before it gets a token.")
	}
	return nil
}

// programs complete --forget.
func (o *Options) programs() (names []string) {
	accounts, err := o.Open(session.Options{Looks: true})
	if err != nil {
		return nil
	}
	for _, a := range accounts.Snapshot().Accounts {
		known, _ := accounts.Desk().Known(a.ID) // what cannot be read completes nothing
		for _, p := range known {
			names = append(names, cobra.CompletionWithDesc(p.Name, p.Path+", "+a.Label))
		}
	}
	return append(names, cobra.CompletionWithDesc("all", "every one"))
}
