package tui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/usage"
	"github.com/hermes-tui/hermes-tui/tui/cells"
	"github.com/hermes-tui/hermes-tui/tui/say"
	"github.com/hermes-tui/hermes-tui/tui/widget"
)

// resetSheet asks before a banked reset of an account's plan is used: it is gone then.
type resetSheet struct{ account core.Account }

// resetBind uses a banked reset; it is there once a window of the plan is used up.
func (p *accountsPage) resetBind(win *window, a core.Account) []widget.Bind {
	if a.Plan == nil || a.Plan.ResetOffered(a.Label, win.now) != nil {
		return nil
	}
	return []widget.Bind{{
		Binding: widget.Keys("u", "use a reset", "u"), Long: "use a banked reset (asks)", Group: groupAccount, Foot: 5, Once: true,
		Words: "banked reset window plan used up limit",
		Do:    func() tea.Cmd { p.sheet = &resetSheet{account: a}; return nil },
	}}
}

// whyNoReset is why no banked reset can be used; empty where the account's provider has
// told of none.
func (win *window) whyNoReset(a core.Account) string {
	if a.Plan == nil || a.Plan.Reading.Banked == nil {
		return ""
	}
	if why := a.Plan.ResetOffered(cells.Clean(a.Label), win.now); why != nil {
		return errorSentence(why)
	}
	return ""
}

func (s *resetSheet) update(win *window, msg tea.Msg) tea.Cmd {
	if msg, ok := msg.(tea.KeyPressMsg); ok {
		return widget.Press(s.binds(win), msg)
	}
	return nil
}

func (s *resetSheet) binds(win *window) []widget.Bind {
	keep := "keep it"
	if !win.Narrow() {
		keep += " (also enter and esc)"
	}
	return []widget.Bind{
		{Binding: widget.Keys("y", "use one", "y"), Foot: 1, Once: true, Do: func() tea.Cmd {
			win.accounts.sheet = nil
			return win.acts().useReset(s.account)
		}},
		{Binding: widget.Keys("n", keep, "n", "enter", "esc"), Foot: 1, Do: func() tea.Cmd {
			win.accounts.sheet = nil
			return nil
		}},
	}
}

func (s *resetSheet) draw(win *window, w, h int) ([]string, *tea.Cursor) {
	return s.text(win, w).Draw(win.Common, w, h), nil
}

func (s *resetSheet) room(win *window, w int) int { return s.text(win, w).Room(win.Common) }

func (s *resetSheet) text(win *window, w int) widget.Sheet {
	in, g, a := &win.Theme.Plain, win.Glyphs, s.account
	text := widget.Sheet{
		Title: "Use a banked reset of " + g.QuoteLeft + cells.Clean(a.Label) + g.QuoteRight + "?", Ink: in.Act, Keys: win.Footer(s.binds(win), w-2),
	}
	r := a.Plan.Reading.Now(win.now)
	for _, one := range r.UsedUp(win.now) {
		text.Body = append(text.Body, widget.Paragraph(cells.Clean(one.Title())+": "+windowWords(win.known, one, r.At)+".", w-4, in.Fg)...)
	}
	spent := cells.Clean(a.ProviderName) + " has saved up " + say.Plural(*a.Plan.Reading.Banked, "reset", "resets") +
		" for it. One is spent, which cannot be undone; then the windows begin anew."
	text.Body = append(text.Body, widget.Paragraph(spent, w-4, in.Fg)...)
	return text
}

// useReset uses one of an account's banked resets, and says what is left.
func (win acts) useReset(a core.Account) tea.Cmd {
	backend, label := win.o.Backend, cells.Clean(a.Label)
	win.say("Using a banked reset of " + label + ".")
	return win.do(func(ctx context.Context) tea.Msg {
		known, err := backend.UseReset(ctx, a.ID)
		return resetMsg{label, known, err, backend.Snapshot()}
	})
}

// resetMsg ends the use of a banked reset.
type resetMsg struct {
	label string
	known usage.Known
	err   error
	read  core.Snapshot
}

func (msg resetMsg) arrive(win *window) tea.Cmd {
	win.take(msg.read)
	if msg.err != nil {
		win.complain(msg.err)
		return nil
	}
	words := msg.label + ": a banked reset was used"
	if b, told := msg.known.Reading.Brief(win.now); told {
		words += "; now " + cells.Clean(b.Words())
	}
	left := "none is left"
	if more := msg.known.Reading.BankedWords(); more != "" {
		left = more + " more"
	}
	win.say(words + ", " + left + ".")
	return nil
}
