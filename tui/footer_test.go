package tui

import (
	"strings"
	"testing"

	"github.com/hermes-tui/hermes-tui/tui/widget"
)

// In the smallest window every screen shows the keys that it cannot be left
// without.
func TestFooter_TheMostImportantKeysAreAlwaysShown(t *testing.T) {
	for _, s := range screens {
		b := newBackend()
		if s.with != nil {
			b = s.with()
		}
		in(t, b, func(d *driver) {
			d.send(windowSize(widget.MinWidth, widget.MinHeight))
			if s.do != nil {
				s.do(d)
			}
			d.m.toast = toast{} // takes the keys' place for a while
			d.send(windowSize(widget.MinWidth, widget.MinHeight))
			lines := strings.Split(strings.TrimRight(d.text(), "\n"), "\n")
			last := lines[len(lines)-1]
			for _, b := range d.keysNow() {
				if b.Foot == 1 && !strings.Contains(last, b.Help().Key) {
					t.Errorf("%s: %q is not among the keys:\n%s", s.name, b.Help().Key, d.text())
				}
			}
		}, s.change...)
	}
}

// keysNow are the bindings that a key press meets first.
func (d *driver) keysNow() []widget.Bind {
	p := d.m.accounts
	switch {
	case len(d.m.stack) > 0:
		return d.m.top().binds(d.m.window)
	case p.sheet != nil:
		return p.sheet.(interface {
			binds(win *window) []widget.Bind
		}).binds(d.m.window)
	case p.typing:
		return p.find(d.m.window).editBinds()
	default:
		return p.binds(d.m.window)
	}
}

// In a window of 80 columns the help says whole what every key does.
func TestHelp_IsNotCutAt80Columns(t *testing.T) {
	for _, s := range screens {
		b := newBackend()
		if s.with != nil {
			b = s.with()
		}
		in(t, b, func(d *driver) {
			if s.do != nil {
				s.do(d)
			}
			d.send(windowSize(80, 60))
			of := d.m.top()
			binds := append(of.binds(d.m.window), d.m.always()...)
			d.m.push(&helpPage{of: of, name: s.name})
			d.m.derive()
			for _, b := range binds {
				if b.Long != "" && b.Group != "" && b.Help().Key != "" {
					d.shows(b.Long)
				}
			}
		}, s.change...)
	}
}
