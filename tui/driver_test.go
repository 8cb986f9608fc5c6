package tui

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/clock"
	"github.com/hermes-tui/hermes-tui/core/connect"
)

// driver is a window that is driven by hand. Commands run to their end or until
// they wait for time or an event; time stands still unless it is moved. It has
// to be used within synctest.Test.
type driver struct {
	t       testing.TB
	m       *Model
	backend *fakeBackend
	clock   *clock.Fake
	pending []chan tea.Msg // commands under way, in the order they began
	opened  []string       // pages that were opened
	copied  []string       // texts on the clipboard
	raw     []string       // what was written around the view
	quit    bool
	ticks   int

	suspended int // how often the shell got the terminal
}

func newDriver(t testing.TB, b *fakeBackend, change ...func(*Options)) *driver {
	t.Helper()
	d := &driver{t: t, backend: b, clock: clock.NewFake(noon)}
	o := Options{
		Backend: b, Clock: d.clock, Version: "v0.1.0", NoColor: true, NoAnimation: true, AutoRefresh: true,
		Profile:     colorprofile.TrueColor,
		OpenBrowser: func(url string) error { d.opened = append(d.opened, url); return nil },
		ProgramFile: func(p connect.Program) string { b.note("ProgramFile"); return p.File },
		CopyNative:  func(text string) error { d.copied = append(d.copied, text); return nil },
	}
	for _, f := range change {
		f(&o)
	}
	d.m = New(o)
	t.Cleanup(func() {
		b.check(t)
		if i, ok := o.Importer.(*fakeImporter); ok {
			i.check(t)
		}
		d.m.cancel()
		close(b.changes)
		if b.sights != nil {
			close(b.sights)
		}
		for _, ch := range b.events {
			close(ch)
		}
		for _, ch := range b.tallies {
			close(ch)
		}
	})
	d.start(d.m.Init())
	d.send(windowSize(100, 30))
	return d
}

// start runs a command beside the test.
func (d *driver) start(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	done := make(chan tea.Msg, 1)
	d.pending = append(d.pending, done)
	go func() { done <- cmd() }()
}

// settle delivers what the commands bring until all of them wait.
func (d *driver) settle() {
	for again := true; again; {
		synctest.Wait()
		again = false
		for i := 0; i < len(d.pending); i++ {
			select {
			case msg := <-d.pending[i]:
				d.pending = append(d.pending[:i], d.pending[i+1:]...)
				d.deliver(msg)
				again = true
				i--
			default:
			}
		}
	}
}

func (d *driver) deliver(msg tea.Msg) {
	switch msg := msg.(type) {
	case nil:
	case tea.QuitMsg:
		d.quit = true
	case tea.SuspendMsg:
		d.suspended++
	case tea.RawMsg:
		d.raw = append(d.raw, fmt.Sprint(msg.Msg))
	case tea.BatchMsg:
		for _, cmd := range msg {
			d.start(cmd)
		}
	default:
		if _, ok := msg.(tickMsg); ok {
			d.ticks++
		}
		_, cmd := d.m.Update(msg)
		d.start(cmd)
	}
}

func (d *driver) send(msg tea.Msg) {
	d.deliver(msg)
	d.settle()
}

// press presses keys, such as "r", "enter", "ctrl+c".
func (d *driver) press(names ...string) {
	for _, name := range names {
		d.send(keyPress(name))
	}
}

// on moves the cursor to an account.
func (d *driver) on(label string) {
	d.m.accounts.selectID(d.m.window, "id-"+label)
	d.m.derive()
}

// wait lets time pass, second by second.
func (d *driver) wait(long time.Duration) {
	for ; long > 0; long -= min(long, time.Second) {
		d.clock.Advance(min(long, time.Second))
		d.settle()
	}
}

// change changes the accounts behind the window's back.
func (d *driver) change(f func(accounts []core.Account) []core.Account) {
	d.backend.changes <- d.backend.set(f)
	d.settle()
}

// event is what the provider says in the latest sign-in, or an earlier one.
func (d *driver) event(attempt int, e core.SignInEvent) {
	d.backend.events[attempt] <- e
	d.settle()
}

func (d *driver) text() string {
	lines := d.m.frame().Lines
	for i, line := range lines {
		lines[i] = strings.TrimRight(ansi.Strip(line), " ")
	}
	return strings.Join(lines, "\n") + "\n"
}

func (d *driver) shows(what ...string) {
	d.t.Helper()
	for _, s := range what {
		if !strings.Contains(d.text(), s) {
			d.t.Errorf("the screen does not show %q:\n%s", s, d.text())
		}
	}
}

func (d *driver) hides(what ...string) {
	d.t.Helper()
	for _, s := range what {
		if strings.Contains(d.text(), s) {
			d.t.Errorf("the screen shows %q:\n%s", s, d.text())
		}
	}
}

func keyPress(name string) tea.KeyPressMsg {
	named := map[string]tea.KeyPressMsg{
		"enter": {Code: tea.KeyEnter}, "esc": {Code: tea.KeyEscape}, "up": {Code: tea.KeyUp}, "down": {Code: tea.KeyDown},
		"left": {Code: tea.KeyLeft}, "right": {Code: tea.KeyRight}, "home": {Code: tea.KeyHome}, "end": {Code: tea.KeyEnd},
		"pgup": {Code: tea.KeyPgUp}, "pgdown": {Code: tea.KeyPgDown}, "backspace": {Code: tea.KeyBackspace},
		"delete": {Code: tea.KeyDelete}, "tab": {Code: tea.KeyTab}, "space": {Code: ' ', Text: " "},
	}
	if msg, ok := named[name]; ok {
		return msg
	}
	if rest, ok := strings.CutPrefix(name, "ctrl+"); ok {
		return tea.KeyPressMsg{Code: rune(rest[0]), Mod: tea.ModCtrl}
	}
	r := []rune(name)
	if len(r) != 1 {
		panic(fmt.Sprintf("no key is called %q", name))
	}
	return tea.KeyPressMsg{Code: r[0], Text: name}
}

// repeated is a key that is held down.
func repeated(name string) tea.KeyPressMsg {
	msg := keyPress(name)
	msg.IsRepeat = true
	return msg
}

func code() core.CodeIssued {
	return core.CodeIssued{
		UserCode: "ABCD-1234", VerificationURI: approvalLink, Complete: true, PageTrusted: true,
		ExpiresAt: noon.Add(4*time.Minute + 12*time.Second), Interval: 2 * time.Second,
	}
}
