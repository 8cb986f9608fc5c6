package tui

import (
	"context"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"github.com/hermes-tui/hermes-tui/core/consent"
	"github.com/hermes-tui/hermes-tui/tui/cells"
	"github.com/hermes-tui/hermes-tui/tui/style"
	"github.com/hermes-tui/hermes-tui/tui/widget"
)

// Model is the window: a [tea.Model]. It is used by one goroutine at a time.
type Model struct {
	*window // what it shows, and what its pages see of it
	o       Options
	cancel  context.CancelFunc

	profile    colorprofile.Profile
	ground     ground
	background style.Background // what is drawn for
	themeName  string
	ticker     ticker

	measuring bool              // the terminal was asked for its size
	gaze      gaze              // whether it is looked at
	leaving   bool              // it ends
	turned    []string          // labels of accounts that turned to needs sign-in and were not told about
	asking    []consent.Request // programs that wait for an answer, as of the last snapshot
	untold    []consent.Request // those of them that the person was not told about
	plans     planNews

	suspending bool // the person wants the shell, once no token is being fetched
}

// New returns the window on o. It does nothing until it is run.
func New(o Options) *Model { return newModel(context.Background(), o) }

func newModel(ctx context.Context, o Options) *Model {
	if o.Location == nil {
		o.Location = time.UTC
	}
	ctx, cancel := context.WithCancel(ctx)
	k := &known{
		Common:   &widget.Common{Glyphs: style.NewGlyphs(o.ASCII), Portal: cells.Clean(o.PortalURL)},
		location: o.Location, autoRefresh: o.AutoRefresh, providers: o.Backend.Providers,
		now: o.Clock.Now(), waking: true,
	}
	m := &Model{o: o, cancel: cancel, profile: o.Profile, ground: ground{told: o.Background}}
	m.window = newWindow(ctx, k, &m.o, m)
	m.setTheme(o.Theme)
	return m
}

// setTheme takes a theme. One that names a background forces it; else it is the
// terminal's, as far as that is known.
func (m *Model) setTheme(name string) {
	m.themeName = name
	switch {
	case strings.HasSuffix(name, "light"):
		m.background = style.Light
	case strings.HasSuffix(name, "dark"):
		m.background = style.Dark
	default:
		m.background = m.ground.best()
	}
	m.paint()
}

func (m *Model) theme() string { return m.themeName }

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
	cmds := []tea.Cmd{m.open(), m.after(wakingTime, lateMsg{}), m.tick(), m.imports.look(m.window), m.lookAround()}
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
	m.accounts.prompt(m.window)
	m.accounts.askConsent(m.window)
	m.accounts.derive(m.window)
	if p := m.top(); p != page(m.accounts) {
		p.derive(m.window)
	}
}

// schedule is what has to be done next because of what the window shows now.
func (m *Model) schedule() tea.Cmd {
	return tea.Batch(m.askPlanNews(), m.rerank(), m.tick(), m.recall(), m.count(), m.alert(), m.sayConnect())
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
		m.ground.answered = style.Light
		if msg.IsDark() {
			m.ground.answered = style.Dark
		}
		m.setTheme(m.themeName)
		return m.ground.note(m.window)
	case tea.FocusMsg:
		m.gaze.turns(true)
		return nil
	case tea.BlurMsg:
		m.gaze.turns(false)
		return nil
	case tickMsg:
		m.ticker.fired(msg)
		return nil
	case tea.KeyPressMsg:
		m.gaze.key = m.now
		return m.key(msg)
	case tea.MouseClickMsg:
		if cmd, done := m.clickFoot(msg.Mouse()); done {
			return cmd
		}
	case own:
		return msg.reach(m)
	case result:
		return msg.arrive(m.window)
	}
	return m.top().update(m.window, msg)
}
