package tui

import (
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/hermes-tui/hermes-tui/core"
	fleethost "github.com/hermes-tui/hermes-tui/core/host"
	"github.com/hermes-tui/hermes-tui/tui/cells"
	"github.com/hermes-tui/hermes-tui/tui/say"
)

// fleetSight is the fleet that this machine belongs to, as it was seen last; on is
// false where there is none.
type fleetSight struct {
	on    bool
	wrong []string // ids of accounts whose record the fleet has not written
	fleethost.Sight
}

// fleetMsg is one sight of the fleet.
type fleetMsg struct {
	sight fleethost.Sight
	from  <-chan fleethost.Sight
}

// watchFleet begins to watch the fleet.
func (m *Model) watchFleet() tea.Cmd {
	ctx, backend := m.ctx, m.o.Backend
	return func() tea.Msg { return receiveFleet(backend.WatchFleet(ctx)) }
}

func receiveFleet(from <-chan fleethost.Sight) tea.Msg {
	sight, open := <-from
	if !open {
		return nil
	}
	return fleetMsg{sight, from}
}

func (msg fleetMsg) arrive(win *window) tea.Cmd {
	before := win.fleet
	win.fleet = fleetSight{true, msg.sight.Damaged(), msg.sight}
	yield(win, before)
	return func() tea.Msg { return receiveFleet(msg.from) }
}

// forms are the words for the fleet in the header, the longest first.
func (f fleetSight) forms(dot string) []string {
	if !f.on {
		return nil
	}
	name, n := cells.Clean(f.Fleet), len(f.Seats)
	return []string{
		"fleet " + name + " " + dot + " " + say.Plural(n, "host", "hosts"),
		name + " " + dot + " " + say.Thousands(uint64(n)),
	}
}

// stopped reports whether nothing can be sent to a provider, because the fleet cannot
// hear of it.
func (f fleetSight) stopped() bool { return f.on && (f.Away() || f.Older() || f.Removed || f.Forged()) }

// speaks reports whether there is something to be said of the fleet, for as long as it is
// so.
func (f fleetSight) speaks() bool { return f.stopped() || len(f.wrong) > 0 }

// holds reports whether that concerns an account: one that another program of this
// machine refreshes is no matter of the fleet.
func (f fleetSight) holds(a core.Account) bool { return f.stopped() && !a.Shared() }

// why is why nothing of a kind is done now: "refreshed, signed in or removed".
func (f fleetSight) why(done string) string {
	none := "nothing is " + done
	switch {
	case f.Removed:
		return "This host was removed from the fleet " + cells.Clean(f.Fleet) + ": " + none + " here any more."
	case f.Older():
		return "The fleet's store was restored from a backup: " + none + " before it is accepted."
	case f.Forged():
		return "The list of hosts in the fleet's store was not written by the fleet: " + none + "."
	default:
		return "The fleet's store is not reachable: " + none + " until it answers."
	}
}

// fleetWords are the words for what is known of the fleet.
type fleetWords struct{ *known }

func ofFleet(k *known) fleetWords { return fleetWords{k} }

// whyHeld is why a key does nothing where the fleet holds it up; empty for others.
func (k fleetWords) whyHeld(a core.Account, key string) string {
	switch {
	case !k.fleet.stopped():
		return ""
	case key == "a", strings.Contains("rd", key) && k.fleet.holds(a):
		return k.fleet.why("refreshed, signed in or removed")
	case key == "e" && k.fleet.holds(a):
		return k.fleet.why("renamed")
	case key == "i" && k.imports.there():
		return k.fleet.why("imported")
	}
	return ""
}

// notices are what the window says of the fleet for as long as it is so: a sentence,
// and whether somebody has to do something.
func (k fleetWords) notice() (text string, act bool) {
	f := k.fleet
	switch {
	case !f.speaks():
		return "", false
	case !f.stopped():
		return "The record of " + k.called(f.wrong) + " in the fleet's store was not written by any of its hosts: nothing of it is used or sent. " +
			"Find out who can write there; then `hermes-tui fleet accept-restore` puts the newest in its place (docs/fleet.md).", true
	case f.Forged():
		return "The list of hosts in the fleet's store was not written by the fleet. Tokens are served until they end; nothing is refreshed. Find out who can write there (docs/fleet.md).", true
	case f.Removed:
		return "This host was removed from the fleet " + cells.Clean(f.Fleet) + ". What it holds is served until it ends; `hermes-tui fleet leave` deletes it here.", true
	case f.Older():
		text := "The fleet's store was restored from a backup"
		if f.Restored != nil && f.Finder != "" {
			text += ", as " + cells.Clean(f.Finder) + " found at " + say.TimeOfDay(f.Restored.At, k.now, k.location, false)
		}
		return text + ". Tokens are served until they end; nothing is refreshed before `hermes-tui fleet accept-restore` on one host (docs/fleet.md).", true
	case f.Reader:
		return "Store not reachable; " + k.goodFor() + ". No newer tokens until it answers.", false
	default:
		return "Store not reachable; " + k.goodFor() + ". No refresh, sign-in or removal until it answers.", false
	}
}

// called are the labels of accounts, or how many they are.
func (k fleetWords) called(ids []string) string {
	if len(ids) > 1 {
		return say.Plural(len(ids), "account", "accounts")
	}
	for i := range k.snap.Accounts {
		if k.snap.Accounts[i].ID == ids[0] {
			return cells.Clean(k.snap.Accounts[i].Label)
		}
	}
	return ids[0]
}

// goodFor says how long this host serves without the store: until the first token of
// those that serve now ends.
func (k fleetWords) goodFor() string {
	end, ended := k.firstEnd()
	switch {
	case !end.IsZero():
		return "good for " + say.Span(say.Until(end, k.now))
	case ended:
		return "the tokens here have ended"
	default:
		return "tokens are served meanwhile"
	}
}

// firstEnd is when the first token of those that serve now ends, and whether one has
// ended already where there is none.
func (k fleetWords) firstEnd() (end time.Time, ended bool) {
	for i := range k.snap.Accounts {
		a := &k.snap.Accounts[i]
		if a.IsKey() || a.Endless() || a.Shared() && !k.fleet.Reader || a.Quarantined() || a.SignedOut || a.ExpiresAt.IsZero() {
			continue
		}
		if !a.ExpiresAt.After(k.now) {
			ended = true
		} else if end.IsZero() || a.ExpiresAt.Before(end) {
			end = a.ExpiresAt
		}
	}
	return end, ended
}

// aboutHeld says how an account is doing whose fleet cannot hear of it; empty where that
// changes nothing.
func (k fleetWords) about(a core.Account, state core.State) string {
	if !k.fleet.holds(a) {
		return ""
	}
	then := "Refreshed once the fleet's store answers."
	switch {
	case k.fleet.Removed:
		then = "This host cannot refresh it any more."
	case k.fleet.Forged():
		then = "Not refreshed while the store's list of hosts is not the fleet's."
	case k.fleet.Older():
		then = "Not refreshed before the restored store is accepted."
	}
	switch state {
	case core.OK, core.Expiring:
		if a.IsKey() || a.Endless() {
			return ""
		}
		return "Good for " + say.Span(say.Until(a.ExpiresAt, k.now)) + ", until " + say.TimeOfDay(a.ExpiresAt, k.now, k.location, false) + ". " + then
	case core.Expired:
		return "Its token has ended. " + then
	default:
		return ""
	}
}

// hostOf is the host that refreshes an account now, else the one that did so last, and
// whether it is at it.
func (f fleetSight) hostOf(id string) (name string, working bool) {
	a := f.Accounts[id]
	if a.Working != "" {
		return cells.Clean(a.Working), true
	}
	return cells.Clean(a.By), false
}

// widestHost is the width of the longest name of a host.
func (f fleetSight) widestHost() int {
	w := 0
	for _, seat := range f.Seats {
		w = max(w, cells.Width(cells.Clean(seat.Name)))
	}
	return w
}

// counting is how often what is said of the fleet changes with time alone.
func (k fleetWords) counting() time.Duration {
	if !k.fleet.on || !k.fleet.Away() {
		return 0
	}
	if end, _ := k.firstEnd(); end.IsZero() {
		return 0
	} else if end.Sub(k.now) > time.Hour+time.Minute {
		return time.Minute
	}
	return time.Second
}

// header puts the fleet into forms of the header: whole as long as the nouns are
// there, then in short, then not at all.
func (k fleetWords) header(forms []headerForm) []headerForm {
	fleet, wrong := k.fleet.forms(k.Glyphs.Dot), k.brief()
	if wrong != "" {
		fleet = []string{wrong, wrong}
	}
	if fleet == nil {
		return forms
	}
	var all []headerForm
	for i, form := range forms {
		for n, text := range fleet {
			if form.fleet = text; i < 1 || n > 0 {
				all = append(all, form)
			}
		}
		if form.fleet = ""; form.name == "" && form.words != "" && wrong == "" {
			all = append(all, form) // what waits for a person goes before the fleet
		}
	}
	return append(all, forms...)
}

// brief is what the header of a low window says in place of the fleet, where there
// is no room for a line about it.
func (k fleetWords) brief() string {
	f := k.fleet
	switch {
	case !k.Low() || !f.speaks():
		return ""
	case !f.stopped():
		return "record forged"
	case f.Removed:
		return "removed from " + cells.Clean(f.Fleet)
	case f.Older():
		return "store restored"
	case f.Forged():
		return "hosts forged"
	default:
		end, _ := k.firstEnd()
		if end.IsZero() {
			return "store not reachable"
		}
		return "store not reachable; " + say.Span(say.Until(end, k.now))
	}
}

// hostWidth is how wide the column of the hosts is, zero without a fleet, and on a reader,
// which is not told who refreshes: as its names want, and a mark before the one that is at work.
func (k fleetWords) hostWidth() int {
	if !k.fleet.on || k.fleet.Reader {
		return 0
	}
	return min(max(k.fleet.widestHost()+2, 6), 16)
}
