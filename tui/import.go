package tui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/hermes"
	"github.com/hermes-tui/hermes-tui/tui/cells"
	"github.com/hermes-tui/hermes-tui/tui/say"
	"github.com/hermes-tui/hermes-tui/tui/widget"
)

// Importer brings accounts over from other programs. Implementations are safe for
// concurrent use.
type Importer interface {
	// Place is where hermes-agent keeps its sign-ins: "~/.hermes".
	Place() string
	// PlanImport reads its files and says what happens to each row; nil where
	// there are none. It changes nothing and opens no secret.
	PlanImport(ctx context.Context) (*core.ImportPlan, error)
	// PlanFiles is PlanImport of files of other programs, which are read for it. Those
	// that cannot be read stand in the plan.
	PlanFiles(ctx context.Context, paths []string) (*core.ImportPlan, error)
	// Import does what a plan says. Cancelling ctx ends it between two accounts.
	Import(ctx context.Context, plan *core.ImportPlan, o core.ImportOptions) (core.ImportResult, error)
}

// imports is what is known of hermes-agent's accounts, or of those in files of other
// programs.
type imports struct {
	files []FoundFile      // that are read once a person says so; none: hermes-agent's own
	plan  *core.ImportPlan // nil: there is no hermes-agent here, or not yet known
	err   error            // why its files could not be read
	turn  int              // numbers the looks; late ones are dropped
}

// there reports whether hermes-agent has files here that were looked at.
func (i *imports) there() bool { return i.plan != nil || i.err != nil }

// fresh is how many accounts would come over.
func (i *imports) fresh() int {
	if i.plan == nil {
		return 0
	}
	return i.plan.Count(hermes.New) + i.plan.Count(hermes.Quarantined)
}

// importPlanMsg is what the files say.
type importPlanMsg struct {
	of   *imports
	turn int
	plan *core.ImportPlan
	err  error
}

// look reads the files.
func (i *imports) look(win *window) tea.Cmd {
	if win.o.Importer == nil {
		return nil
	}
	i.turn++
	from, turn, paths := win.o.Importer, i.turn, i.paths()
	return win.do(func(ctx context.Context) tea.Msg {
		var plan *core.ImportPlan
		var err error
		if len(paths) == 0 {
			plan, err = from.PlanImport(ctx)
		} else {
			plan, err = from.PlanFiles(ctx, paths)
		}
		return importPlanMsg{i, turn, plan, err}
	})
}

func (msg importPlanMsg) arrive(win *window) tea.Cmd {
	if msg.turn == msg.of.turn {
		msg.of.plan, msg.of.err = msg.plan, msg.err
	}
	return nil
}

// binds open the import; the key is there only where hermes-agent is.
func (i *imports) binds(win *window) []widget.Bind {
	if !i.there() || win.fleet.stopped() {
		return nil
	}
	return []widget.Bind{{
		Binding: widget.Keys("i", "import", "i"), Long: "import from hermes-agent", Group: groupAccounts, Foot: 4, Once: true,
		Do: func() tea.Cmd { return i.open(win) },
	}}
}

// open shows what would happen, read anew.
func (i *imports) open(win *window) tea.Cmd {
	win.push(&importPage{of: i})
	return i.look(win)
}

// choices are the line of the empty state's menu.
func (i *imports) choices(win *window) []choice {
	if !i.there() || win.fleet.stopped() {
		return nil
	}
	note := "in " + cells.Clean(win.o.Importer.Place())
	if n := i.fresh(); i.plan != nil {
		note = say.Plural(n, "account", "accounts") + " " + note
	}
	return []choice{{"i", "import from hermes-agent", note, func() tea.Cmd { return i.open(win) }}}
}

// importedMsg ends an import.
type importedMsg struct {
	result core.ImportResult
	err    error
	read   core.Snapshot
}

// start does what the plan says.
func (i *imports) start(win *window, o core.ImportOptions) (tea.Cmd, context.CancelFunc) {
	ctx, cancel := context.WithCancel(win.ctx)
	importer, plan, backend := win.o.Importer, i.plan, win.o.Backend
	return func() tea.Msg {
		defer cancel()
		res, err := importer.Import(ctx, plan, o)
		return importedMsg{res, err, backend.Snapshot()}
	}, cancel
}

// paths are those of the files.
func (i *imports) paths() (all []string) {
	for _, file := range i.files {
		all = append(all, file.Path)
	}
	return all
}

func (msg importedMsg) arrive(win *window) tea.Cmd {
	win.take(msg.read)
	win.leave(func(one page) bool { _, ok := one.(*importPage); return ok })
	res := msg.result
	switch {
	case msg.err != nil:
		win.complain(msg.err)
	case len(res.Left) > 0:
		win.say("Still shared: " + say.Plural(len(res.Left), "account", "accounts") + ", whose sign-in changed meanwhile.")
	case len(res.Adopted) > 0:
		win.say("Refreshed here from now on: " + names(res.Adopted) + ".")
	default:
		win.say("Imported: " + names(res.Imported) + ".")
	}
	if len(res.Imported) > 0 {
		win.accounts.id = res.Imported[0].ID
		win.accounts.follow(win)
	}
	return win.imports.look(win)
}

// names are the labels of a few accounts, or how many there are.
func names(accounts []core.Account) string {
	if len(accounts) > 3 {
		return say.Plural(len(accounts), "account", "accounts")
	}
	var all string
	for i, a := range accounts {
		if i > 0 {
			all += ", "
		}
		all += cells.Clean(a.Label)
	}
	return all
}
