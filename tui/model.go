package tui

import (
	"context"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/tui/cells"
	"github.com/hermes-tui/hermes-tui/tui/style"
	"github.com/hermes-tui/hermes-tui/tui/widget"
)

// page is one screen of the window.
type page interface {
	// update handles a key press, paste or animation message for this page.
	update(m *Model, msg tea.Msg) tea.Cmd
	// binds are the keys that do something now.
	binds(m *Model) []widget.Bind
	// derive brings what follows from size, snapshot and time up to them: what is
	// listed, and which part of it is in view.
	derive(m *Model)
	// view draws the page; it changes nothing.
	view(m *Model) widget.Frame
	// counting is how often something on the page changes with time alone, zero
	// for never.
	counting(m *Model) time.Duration
}

// Model is the window: a [tea.Model]. It is used by one goroutine at a time.
type Model struct {
	*widget.Common

	o      Options
	ctx    context.Context
	cancel context.CancelFunc

	now        time.Time
	profile    colorprofile.Profile
	terminal   style.Background // what the terminal says of itself
	background style.Background // what is drawn for
	themeName  string
	ticker     ticker

	waking    bool // the accounts have not been read yet
	late      bool // and it takes a while
	measuring bool // the terminal was asked for its size
	snap      core.Snapshot
	all       []core.Account // those of the snapshot, then the sign-ins to new ones
	places    places
	accounts  *accountsPage
	stack     []page // above the accounts
	imports   imports
	attempts  attempts
	undos     undos
	events    events
	number    int // of the snapshot, counted from 1
	memory    Memory
	toast     toast
	noMouse   bool // the mouse is the terminal's
	looked    bool // the terminal says that the window is looked at
	leaving   bool
	turned    []string // labels of accounts that turned to needs sign-in and were not told about

	suspending bool // the person wants the shell, once no token is being fetched
}

// New returns the window on o. It does nothing until it is run.
func New(o Options) *Model { return newModel(context.Background(), o) }

func newModel(ctx context.Context, o Options) *Model {
	if o.Location == nil {
		o.Location = time.UTC
	}
	ctx, cancel := context.WithCancel(ctx)
	m := &Model{
		o: o, ctx: ctx, cancel: cancel, now: o.Clock.Now(),
		Common: &widget.Common{Glyphs: style.NewGlyphs(o.ASCII), Portal: cells.Clean(o.PortalURL)}, profile: o.Profile,
		waking: true, accounts: &accountsPage{},
	}
	m.setTheme(o.Theme)
	return m
}

// setTheme takes a theme. One that names a background forces it; else it is the
// terminal's, once that is known.
func (m *Model) setTheme(name string) {
	m.themeName = name
	switch {
	case strings.HasSuffix(name, "light"):
		m.background = style.Light
	case strings.HasSuffix(name, "dark"):
		m.background = style.Dark
	default:
		m.background = m.terminal
	}
	m.paint()
}

// paint builds the styles for what is known of the terminal.
func (m *Model) paint() {
	p := m.profile
	if m.o.NoColor {
		p = colorprofile.ASCII
	}
	m.Theme = style.New(m.themeName, m.o.Colors, p, m.background)
}

// Init implements [tea.Model].
func (m *Model) Init() tea.Cmd {
	cmds := []tea.Cmd{m.open(), m.after(wakingTime, lateMsg{}), m.tick(), m.lookForImport()}
	if !m.o.NoColor {
		cmds = append(cmds, tea.RequestBackgroundColor)
	}
	return tea.Batch(cmds...)
}

// Update implements [tea.Model].
func (m *Model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	m.now = m.o.Clock.Now()
	cmd := m.handle(msg)
	m.derive()
	return m, tea.Batch(cmd, m.schedule())
}

// derive brings everything that follows from snapshot, size and time up to them.
func (m *Model) derive() {
	m.toast.fade(m.now)
	m.accounts.prompt(m)
	m.accounts.derive(m)
	if p := m.top(); p != page(m.accounts) {
		p.derive(m)
	}
}

// schedule is what has to be done next because of what the window shows now.
func (m *Model) schedule() tea.Cmd {
	return tea.Batch(m.rerank(), m.tick(), m.recall(), m.alert())
}

func (m *Model) handle(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.Width, m.Height = msg.Width, msg.Height
		return nil
	case tea.ColorProfileMsg:
		if m.o.Profile == colorprofile.Unknown {
			m.profile = msg.Profile
			m.paint()
		}
		return nil
	case tea.BackgroundColorMsg:
		m.terminal = style.Light
		if msg.IsDark() {
			m.terminal = style.Dark
		}
		m.setTheme(m.themeName)
		return nil
	case tea.FocusMsg:
		m.looked = true
		return nil
	case tea.BlurMsg:
		m.looked = false
		return nil
	case tickMsg:
		m.ticker.fired(msg)
		return nil
	case tea.KeyPressMsg:
		return m.key(msg)
	case result:
		return msg.arrive(m)
	}
	return m.top().update(m, msg)
}
