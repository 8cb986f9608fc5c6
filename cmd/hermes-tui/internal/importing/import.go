// Package importing is the commands that bring accounts over from other programs,
// hermes-agent first, and give them back: import and export.
package importing

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/arg"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/format"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/session"
	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/hermes"
)

// Options are what import was asked for.
type Options struct {
	*session.Session
	core.ImportOptions
	Files       []string // of hermes-agent or another program; none: hermes-agent's own
	Qwen, Codex string
	DryRun      bool
	Yes         bool // nobody is asked
}

// Command is `import`.
func Command(s *session.Session) *cobra.Command {
	o := &Options{Session: s}
	cmd := &cobra.Command{
		Use: "import [FILE]", Short: "Bring accounts over from hermes-agent", Args: arg.AtMost(1),
		Long: "Bring accounts over from hermes-agent: from its auth.json and those of its profiles,\n" +
			"or from FILE. A table shows what happens to every row, then it asks.\n\n" +
			"Imported accounts stay hermes-agent's: they are served here while their tokens live,\n" +
			"and hermes-agent refreshes them. With --adopt they are refreshed here from now on, and\n" +
			"hermes-agent must not use them any more; with --remove their tokens are deleted from\n" +
			"its files as well, of which a sealed backup is kept. Both can be done later.\n\n" +
			"Other programs' files are read only when they are named: those of the Codex CLI,\n" +
			"Qwen Code, opencode, CLIProxyAPI and codex-multi-auth. What wrote FILE is found out.",
		Example: "  hermes-tui import --dry-run\n  hermes-tui import --remove\n  hermes-tui import ~/.codex/auth.json",
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return []string{"json"}, cobra.ShellCompDirectiveFilterFileExt
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			o.Files = args
			return o.Run(cmd.Context())
		},
	}
	s.AsJSON(cmd)
	cmd.Flags().BoolVar(&o.DryRun, "dry-run", false, "only show what would happen")
	cmd.Flags().BoolVarP(&o.Yes, "yes", "y", false, "do not ask")
	cmd.Flags().BoolVar(&o.Adopt, "adopt", false, "refresh the accounts here from now on")
	cmd.Flags().BoolVar(&o.Remove, "remove", false, "adopt, and delete the tokens from hermes-agent's files")
	cmd.Flags().StringVar(&o.Qwen, "qwen", "", "Qwen Code's oauth_creds.json, a `file`")
	cmd.Flags().StringVar(&o.Codex, "codex", "", "the Codex CLI's auth.json, a `file`")
	arg.Flag(cmd, "qwen", arg.File("json"))
	arg.Flag(cmd, "codex", arg.File("json"))
	return cmd
}

// tries is how often files are looked at anew that change meanwhile.
const tries = 3

// Run shows the plan, asks and does it.
func (o *Options) Run(ctx context.Context) error {
	if _, err := o.Find(); err != nil {
		return err
	}
	sources, err := o.sources()
	if err != nil {
		return err
	}
	accounts, err := o.Open(session.Options{Stays: true, Secrets: true, Patience: session.OneShot})
	if err != nil {
		return err
	}
	plan, err := accounts.PlanImport(sources)
	if err != nil {
		return err
	}
	if !o.JSON {
		if err := o.printPlan(plan, sources); err != nil {
			return err
		}
	}
	if o.DryRun || !o.changes(plan) {
		return o.nothing(plan, sources)
	}
	if err := o.confirm(ctx, accounts, plan); err != nil {
		return err
	}
	res, err := accounts.Import(ctx, plan, o.ImportOptions)
	for try := 1; try < tries && o.Yes && errors.Is(err, &autherr.Error{Code: autherr.CodeFileChanged}); try++ {
		// Nobody looks at a table that has to be right: the owner is at work.
		if plan, err = accounts.PlanImport(sources); err == nil {
			res, err = accounts.Import(ctx, plan, o.ImportOptions)
		}
	}
	if o.JSON {
		if writeErr := o.WriteJSON(importJSON(plan, &res, o.Clock.Now())); writeErr != nil {
			return writeErr
		}
		return err
	}
	o.printDone(res)
	return err
}

// sources are the files to read.
func (o *Options) sources() (all []hermes.Source, err error) {
	add := func(format hermes.Format, path string) {
		abs, absErr := filepath.Abs(path)
		if absErr != nil && err == nil {
			err = absErr
		}
		all = append(all, hermes.Source{Format: hermes.Detect(abs, format), Path: abs})
	}
	if len(o.Files) == 1 {
		add(hermes.AuthJSON, o.Files[0])
	}
	if o.Qwen != "" {
		add(hermes.Qwen, o.Qwen)
	}
	if o.Codex != "" {
		add(hermes.Codex, o.Codex)
	}
	if len(all) > 0 || err != nil {
		return all, err
	}
	home := hermesHome(o.Session)
	if all = hermes.Discover(home); len(all) == 0 {
		return nil, &autherr.Error{
			Kind: autherr.Failed, Code: autherr.CodeFileUnreadable,
			Message: "hermes-agent has no auth.json in " + home,
			Hint:    "name the file: `hermes-tui import FILE`",
		}
	}
	return all, nil
}

// hermesHome is hermes-agent's folder: $HERMES_HOME, else ~/.hermes.
func hermesHome(s *session.Session) string {
	if home := s.Env("HERMES_HOME"); home != "" {
		if abs, err := filepath.Abs(home); err == nil {
			return abs
		}
	}
	return filepath.Join(s.Getenv("HOME", "USERPROFILE"), ".hermes")
}

// changes reports whether doing it would change anything.
func (o *Options) changes(p *core.ImportPlan) bool {
	if p.Count(hermes.New)+p.Count(hermes.Quarantined) > 0 {
		return true
	}
	if o.Remove && p.Count(hermes.Here) > 0 {
		return true
	}
	return (o.Adopt || o.Remove) && p.Shared+len(p.Orphans) > 0
}

// taken is how many accounts that are here already would become ours, or whose
// tokens would be deleted from the files.
func (o *Options) taken(p *core.ImportPlan) int {
	if o.Remove {
		return p.Count(hermes.Here) + len(p.Orphans)
	}
	return p.Shared + len(p.Orphans)
}

// nothing ends a command that only showed, or had nothing to do.
func (o *Options) nothing(p *core.ImportPlan, sources []hermes.Source) error {
	var nothing error
	if named := len(o.Files) > 0 || o.Qwen != "" || o.Codex != ""; named && p.Count(hermes.New)+p.Count(hermes.Quarantined)+p.Count(hermes.Here) == 0 {
		nothing = nothingThere(p, sources)
	}
	if o.JSON {
		if err := o.WriteJSON(importJSON(p, nil, o.Clock.Now())); err != nil {
			return err
		}
		return nothing
	}
	if nothing != nil {
		return nothing
	}
	switch n := p.Count(hermes.New) + p.Count(hermes.Quarantined); {
	case n > 0:
		o.Line("\n%s would be imported. Nothing was changed.", format.Plural(n, "account", "accounts"))
	case o.changes(p):
		o.Line("\n%s would be taken over. Nothing was changed.", format.Plural(o.taken(p), "account", "accounts"))
	case p.Shared+len(p.Orphans) > 0 && !o.Adopt && !o.Remove:
		o.Line("\nNothing new. %s; `hermes-tui import --remove` takes them over.", format.Plural(p.Shared+len(p.Orphans), "account is shared", "accounts are shared"))
	default:
		o.Line("\nThere is nothing to import.")
	}
	return nil
}

// nothingThere says that a file which a person named has nothing to be kept, and
// why.
func nothingThere(p *core.ImportPlan, sources []hermes.Source) error {
	e := &autherr.Error{
		Kind: autherr.Failed, Code: autherr.CodeNothingToImport, Message: "there is no account in " + sources[0].Path,
		Hint: "`hermes-tui import --help` names the programs whose files are read",
	}
	reasons := map[string]bool{}
	for _, row := range p.Rows {
		reasons[row.Why] = true
	}
	switch {
	case len(reasons) == 1:
		e.Message = "nothing in " + sources[0].Path + " can be kept here: " + p.Rows[0].Why
	case len(reasons) > 1:
		e.Message = "nothing in " + sources[0].Path + " can be kept here; the table says why of each row"
	}
	return e
}

// confirm asks, saying what the answer costs.
func (o *Options) confirm(ctx context.Context, accounts *core.Core, p *core.ImportPlan) error {
	if o.Yes {
		return nil
	}
	n := p.Count(hermes.New) + p.Count(hermes.Quarantined)
	if o.TTY {
		if store, err := accounts.DetectStore(ctx); err == nil {
			fmt.Fprintf(o.Err, "\n%s\n", storeCost(store, p.Count(hermes.New)))
		}
	}
	return o.Confirm(o.question(n, p), false)
}

func storeCost(s core.StoreInfo, n int) string {
	items, takes := s.Cost(n)
	if items == 0 {
		return "The tokens go into: " + format.Tokens(s) + "."
	}
	text := fmt.Sprintf("The tokens go into the keyring (%s): two or three items for each account, about %d in all.", s.Name, items)
	if takes > 0 {
		text += " That takes about " + format.Span(takes) + "."
	}
	return text
}

func (o *Options) question(n int, p *core.ImportPlan) string {
	what := "Take over " + format.Plural(o.taken(p), "account", "accounts")
	if n > 0 {
		what = "Import " + format.Plural(n, "account", "accounts")
	}
	switch {
	case o.Remove:
		return what + " and delete the tokens from the files above?\n" +
			"hermes-agent is signed out of them; stop it first if it is running. A sealed backup is kept."
	case o.Adopt:
		return what + ", to be refreshed here from now on?\n" +
			"The other program must not use them any more: two that refresh one sign-in lose it."
	default:
		return what + "? They stay shared: refreshed by the program that owns them, not here."
	}
}
