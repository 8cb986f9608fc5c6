package tui

import (
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/hermes-tui/hermes-tui/tui/widget"
)

// page is one screen of the window.
type page interface {
	// update handles a key press, paste or animation message for this page.
	update(win *window, msg tea.Msg) tea.Cmd
	// binds are the keys that do something now.
	binds(win *window) []widget.Bind
	// derive brings what follows from size, snapshot and time up to them: what is
	// listed, and which part of it is in view.
	derive(win *window)
	// view draws the page; it changes nothing.
	view(win *window) widget.Frame
	// counting is how often something on the page changes with time alone, zero
	// for never.
	counting(win *window) time.Duration
}

// pages are what is on the screen: the list of accounts, and a stack above it of
// which the last is shown.
type pages struct {
	accounts *accountsPage
	stack    []page
}

// top is the page that is shown.
func (p *pages) top() page {
	if n := len(p.stack); n > 0 {
		return p.stack[n-1]
	}
	return p.accounts
}

// shown says whether a page is on the stack.
func (p *pages) shown(one page) bool { return slices.Contains(p.stack, one) }

// leave takes a page off the stack, wherever it is there, and what was opened above it.
func (p *pages) leave(is func(one page) bool) {
	if at := slices.IndexFunc(p.stack, is); at >= 0 {
		p.stack = p.stack[:at]
	}
}

func (p *pages) pop() tea.Cmd {
	if n := len(p.stack); n > 0 {
		p.stack = p.stack[:n-1]
	}
	return nil
}
