package tui

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/tui/cells"
	"github.com/hermes-tui/hermes-tui/tui/say"
)

// claimed is where an account is being signed in, unless this window does it; empty for
// nowhere.
func (k fleetWords) claimed(id string) string {
	s, under := k.fleet.SignIns[id]
	switch {
	case !under || s.Mine:
		return ""
	case s.Host == "":
		return "on another host"
	case s.Host == k.fleet.Host:
		return "by another program of this host"
	default:
		return "on " + cells.Clean(s.Host)
	}
}

// aboutClaim says that an account which needs a sign-in is being signed in elsewhere;
// empty where it is not.
func (k fleetWords) aboutClaim(a core.Account, state core.State) string {
	where := k.claimed(a.ID)
	if where == "" || state != core.NeedsSignIn && state != core.SignedOut {
		return ""
	}
	return "Being signed in " + where + ", since " + say.TimeOfDay(k.fleet.SignIns[a.ID].At, k.now, k.location, false) + "."
}

// askFor opens the sheet of one account that needs signing in.
func askFor(win *window, a core.Account) tea.Cmd {
	s := &signInSheet{pausing: pauseFrom(win.now)}
	s.take(win, []string{a.ID})
	s.derive(win)
	win.accounts.sheet = s
	win.accounts.selectID(win, a.ID)
	return nil
}

// overtaken ends a sign-in for which somebody else was faster. The sheet says who.
func overtaken(win *window, t *attempt, err error) tea.Cmd {
	forget(win, t)
	if a, ok := win.snap.Find(t.options.Account); ok && a.Quarantined() && win.accounts.sheet == nil {
		return askFor(win, a)
	}
	win.complain(err)
	return nil
}

// forget ends a sign-in and takes its page away.
func forget(win *window, t *attempt) {
	win.stack = slices.DeleteFunc(win.stack, func(p page) bool { return p == t.page })
	endAttempt(win, t)
}

// yield gives up the sign-ins of this window that another host has taken over since the
// last sight of the fleet.
func yield(win *window, before fleetSight) {
	for _, t := range slices.Clone(win.attempts.running) {
		id := t.options.Account
		if where := ofFleet(win.known).claimed(id); id != "" && where != "" && before.SignIns[id].Mine {
			forget(win, t)
			win.say(cells.Clean(t.label) + " is being signed in " + where + " now; the code here was given up.")
		}
	}
}
