package tui

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"github.com/hermes-tui/hermes-tui/core/connect"
	"github.com/hermes-tui/hermes-tui/tui/cells"
	"github.com/hermes-tui/hermes-tui/tui/say"
	"github.com/hermes-tui/hermes-tui/tui/widget"
)

// FoundFile is a file or folder in which another program keeps its sign-ins here.
type FoundFile struct {
	Program, Path string
	Importable    bool // it is a file of a kind that can be imported
}

// firstRun is what was seen of the machine when the window opened.
type firstRun struct {
	found       []FoundFile
	unconnected bool // no program uses the accounts, and that was not said
}

// foundMsg brings what other programs keep here, and whether one uses the accounts.
type foundMsg struct {
	files     []FoundFile
	connected bool
}

// lookAround looks at what is on the machine, beside the window.
func (win *window) lookAround() tea.Cmd {
	found, connected := win.o.Found, win.o.Connected
	if found == nil || connected == nil {
		return nil
	}
	return func() tea.Msg { return foundMsg{found(), connected()} }
}

func (msg foundMsg) arrive(win *window) tea.Cmd {
	win.found = msg.files
	for _, one := range msg.files {
		if one.Importable && win.o.Importer != nil {
			win.others.files = append(win.others.files, one)
		}
	}
	win.unconnected = !msg.connected
	return nil
}

// sayConnect says once, for as long as the memory lasts, that no program uses the
// accounts.
func (win *window) sayConnect() tea.Cmd {
	if !win.unconnected || win.memory.ToldConnect || win.waking || len(win.snap.Accounts) == 0 ||
		win.toast.text != "" || win.accounts.sheet != nil || len(win.stack) > 0 || len(win.o.Command) == 0 {
		return nil
	}
	win.unconnected = false
	win.say("No program uses these accounts yet: w on one shows how, and writes it.")
	win.memory.ToldConnect = true
	return remember(win)
}

// drawFound lists what other programs keep here: names only.
func (win *window) drawFound(f *widget.Frame, w int) {
	if len(win.found) == 0 || win.Low() {
		return
	}
	in := &win.Theme.Plain
	f.Add("", "  "+in.Muted.Render("SIGN-INS OF OTHER PROGRAMS HERE"))
	f.Add(win.foundLines(win.found, w)...)
	text := "Only their names were looked at."
	if len(win.others.files) > 0 {
		text += " o asks whether those that can be brought over may be read; they stay with their programs."
	} else if at := slices.IndexFunc(win.found, func(one FoundFile) bool { return one.Importable }); at >= 0 {
		line := connect.Line(win.o.OS, "hermes-tui", "import", "--dry-run", win.found[at].Path)
		text += " `" + cells.Clean(line) + "` says what can be brought over; it stays with its program."
	}
	for _, line := range cells.Wrap(text, min(w-4, 96)) {
		f.Add("  " + in.Muted.Render(line))
	}
}

// foundLines are the names of the files.
func (win *window) foundLines(files []FoundFile, w int) (lines []string) {
	in := &win.Theme.Plain
	for _, one := range files {
		lines = append(lines, "  "+in.Fg.Render(cells.Left(cells.Clean(one.Program), 13, win.Glyphs.More))+"  "+
			in.Muted.Render(cells.Cut(cells.Clean(one.Path), w-18, win.Glyphs.More)))
	}
	return lines
}

// bringOver are the key, and the line of the empty state's menu, that bring over what
// other programs keep here.
func (win *window) bringOver() (choices []choice, binds []widget.Bind) {
	if len(win.others.files) == 0 {
		return nil, nil
	}
	open := func() tea.Cmd {
		win.push(&importPage{of: &win.others, unread: true})
		return nil
	}
	note := cells.Clean(win.others.files[0].Program)
	if n := len(win.others.files); n > 1 {
		note = say.Plural(n, "file", "files")
	}
	return []choice{{"o", "import from other programs", note, open}}, []widget.Bind{{
		Binding: widget.Keys("o", "other programs", "o"), Long: "import from other programs", Group: groupAccounts, Foot: 4, Once: true, Do: open,
	}}
}
