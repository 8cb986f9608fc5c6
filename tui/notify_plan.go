package tui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/usage"
	"github.com/hermes-tui/hermes-tui/tui/cells"
	"github.com/hermes-tui/hermes-tui/tui/say"
)

// planNews is what is new of the plans. It is asked for where a window notifies at
// all, because what is asked for counts as told.
type planNews struct {
	stale  bool // the accounts have changed since it was asked for
	busy   bool
	begun  bool         // the window has shown how they stood when it opened
	untold []usage.News // the person was not told
}

// planNewsMsg brings it.
type planNewsMsg []usage.News

// askPlanNews asks for it after every change of the accounts, and when one has room
// again by time alone.
func (m *Model) askPlanNews() tea.Cmd {
	p := &m.plans
	p.stale = p.stale || past(m.places.until, m.now)
	if !p.stale || p.busy || m.waking || !m.alerts() || m.o.NotifyUnasked {
		return nil
	}
	p.stale, p.busy = false, true
	backend, ctx := m.o.Backend, m.ctx
	return func() tea.Msg {
		news, _ := backend.PlanNews(ctx, usage.ByWindow) // what cannot be noted is not told
		return planNewsMsg(news)
	}
}

// reach keeps it until the person is told. What was so when the window opened is on it.
func (msg planNewsMsg) reach(m *Model) tea.Cmd {
	if m.plans.begun {
		m.plans.untold = append(m.plans.untold, msg...)
	}
	m.plans.busy, m.plans.begun = false, true
	return nil
}

// planNewsWords say it; empty where there is none.
func planNewsWords(snap core.Snapshot, all []usage.News) string {
	var tight, room []usage.News
	for _, n := range all {
		if n.Level == 0 {
			room = append(room, n)
		} else {
			tight = append(tight, n)
		}
	}
	var parts []string
	for _, some := range [][]usage.News{tight, room} {
		switch n := len(some); {
		case n == 1:
			a, _ := snap.Find(some[0].Account)
			parts = append(parts, cells.Clean(a.Label+" "+some[0].Words()))
		case n > 1 && some[0].Level == 0:
			parts = append(parts, say.Plural(n, "account has", "accounts have")+" room again")
		case n > 1:
			parts = append(parts, say.Plural(n, "account has", "accounts have")+fmt.Sprintf(" used %d %% or more of a window", usage.Tightening))
		}
	}
	return strings.Join(parts, ", and ")
}
