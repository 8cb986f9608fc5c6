package fleet

import (
	"github.com/hermes-tui/hermes-tui/core/record"
)

// owners is what the model knows of whose an account is.
type owners struct {
	sender *host // that is about to send, or has sent last
	// excused are the hosts that may not know that the store was restored, nor the fleet what
	// they have: until it was accepted with them, or they have looked.
	excused map[*host]bool
}

// own are the hosts that have the account as their own.
func (m *model) own() (all []*host) {
	for _, h := range m.hosts {
		if h.whose(m.id) == own {
			all = append(all, h)
		}
	}
	return all
}

func (h *host) whose(id string) ownership { return mirror{h.folder}.whose(id) }

// move takes the account out of the fleet, or brings it back.
func (m *model) move(h *host) {
	if h.whose(m.id) == fleets || m.rand.IntN(4) == 0 { // or goes on with it, or thinks better of it
		m.moveOut(h)
		return
	}
	m.moveIn(h)
}

func (m *model) moveOut(h *host) (err error) {
	m.note("%s moves it out", h.name)
	was, knew := h.whose(m.id), m.silent && m.knows(h)
	err = h.moveOut(m.id)
	m.note("%s moved it out: %v; it is %q", h.name, err, h.whose(m.id))
	if was == fleets && h.whose(m.id) != fleets && m.silent {
		m.byOlder(h, knew)
	}
	return err
}

func (m *model) moveIn(h *host) (err error) {
	if mine, err := h.folder.ReadHead(m.id); err != nil || mine.Removed() {
		return nil
	}
	m.note("%s moves it in", h.name)
	err = h.moveIn(m.id)
	m.note("%s moved it in: %v; it is %q", h.name, err, h.whose(m.id))
	return err
}

// current is the number of the token that a head is of; 0 for none.
func (m *model) current(h *record.Head) int {
	for n := m.provider.current; n > 0 && h.Current != ""; n-- {
		if record.Hash(storeID, m.token(n)) == h.Current {
			return n
		}
	}
	return 0
}

// lives reports whether a head is of the sign-in that counts.
func (m *model) lives(h *record.Head) bool {
	return !h.Removed() && m.current(h) >= m.provider.grant
}

// rival is a host that has the account as its own while the store has it as the fleet's,
// both with tokens of the same sign-in.
func (m *model) rival(e *entry) *host {
	if !m.lives(e.head) {
		return nil
	}
	for _, h := range m.own() {
		mine, err := h.folder.ReadHead(m.id)
		if err == nil && m.lives(mine) && e.body.MovesTo != h.name && !m.excused[h] && h.name != m.out {
			return h
		}
	}
	return nil
}

// elsewhere reports whether some host has, or may have, what the fleet has no more.
func (m *model) elsewhere(e *entry) bool {
	all := m.own()
	for _, h := range all {
		if mine, err := h.folder.ReadHead(m.id); err != nil || !mine.Removed() {
			return true
		}
	}
	return len(all) == 0 && e.body.MovesTo != ""
}

// checkOwners looks that the account has one owner, at most.
func (m *model) checkOwners(e *entry) {
	if h := m.rival(e); h != nil {
		m.fail("the fleet has the account in generation %d, and it is %s's own", e.head.Gen, h.name)
	}
	if all := m.own(); len(all) > 1 && !m.limit && !m.excused[all[0]] && !m.excused[all[1]] {
		m.fail("it is %s's own, and %s's", all[0].name, all[1].name)
	}
}

// rightful looks that no host sends a token of an account that is another's own.
func (m *model) rightful(n int) {
	for _, h := range m.own() {
		mine, err := h.folder.ReadHead(m.id)
		if h.name != m.sender.name && h.name != m.out && err == nil && m.lives(mine) && n >= m.provider.grant && !m.excused[h] {
			m.fail("%s sends token %d of the account that is %s's own", m.sender.name, n, h.name)
		}
	}
}

// endMoves brings what was begun to its end. An account that is some host's own is refreshed
// by it, and comes into the fleet.
func (m *model) endMoves() {
	if e := m.entry(); e != nil && !e.head.Removed() && e.body.MovesTo != "" {
		for _, h := range m.members() {
			if h.name == e.body.MovesTo && m.moveOut(h) != nil {
				m.fail("%s could not end to move the account out", h.name)
			}
		}
	}
	for _, h := range m.members() {
		m.endMove(h)
	}
	for _, h := range m.own() {
		m.lost = m.lost || h.name == m.out // it has gone with the host
	}
}

func (m *model) endMove(h *host) {
	whose := h.whose(m.id)
	if whose == fleets {
		return
	}
	m.look(h)
	m.look(h)
	mine, err := h.folder.ReadHead(m.id)
	if err != nil {
		m.Fatal(err)
	}
	if mine.Removed() {
		return
	}
	if e := m.entry(); e != nil && whose == own && !e.head.Removed() {
		switch {
		case m.lives(e.head) && m.lives(mine) && !m.lost && e.body.Unheard:
			m.fail("in the end the fleet has the account in generation %d, and it is %s's own", e.head.Gen, h.name)
		default:
			m.note("both go on with it: %s and the fleet", h.name)
			m.lost = m.lost || m.lives(mine)
		}
		return
	}
	if whose == own {
		m.clock.Advance(2 * life)
		_, err := h.refresh(m.id)
		m.note("%s refreshed its own: %v", h.name, err)
		if got := h.access(m.id); got != m.provider.newest() && !m.lost && !m.provider.dead {
			m.fail("in the end %s has %q of its own, the newest is %q", h.name, got, m.provider.newest())
		}
	}
	if err := m.moveIn(h); err != nil {
		m.fail("in the end %s could not bring the account into the fleet: %v", h.name, err)
	}
}
