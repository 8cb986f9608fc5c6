package tui

import (
	"context"
	"errors"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/tui/cells"
	"github.com/hermes-tui/hermes-tui/tui/say"
)

// actionTime bounds whatever a person asked for: a refresh waits for others
// that hold the account, a keyring may be asking for its password.
const actionTime = 2 * time.Minute

// result is what a command came to. It applies itself, whatever page is shown
// by then.
type result interface{ arrive(m *Model) tea.Cmd }

// snapshotMsg is one snapshot of the watch.
type snapshotMsg struct {
	snap core.Snapshot
	from <-chan core.Snapshot
}

// watch begins to watch the accounts.
func (m *Model) watch() tea.Cmd {
	ctx, backend := m.ctx, m.o.Backend
	return func() tea.Msg { return receiveSnapshot(backend.Watch(ctx)) }
}

func receiveSnapshot(from <-chan core.Snapshot) tea.Msg {
	snap, open := <-from
	if !open {
		return nil
	}
	return snapshotMsg{snap, from}
}

func (msg snapshotMsg) arrive(m *Model) tea.Cmd {
	m.take(msg.snap)
	return tea.Batch(m.suspendNow(), func() tea.Msg { return receiveSnapshot(msg.from) })
}

// refreshedMsg and renamedMsg end what a person asked for.
type (
	refreshedMsg struct {
		id     string
		label  string
		result core.RefreshResult
		err    error
	}
	renamedMsg struct {
		id, label string
		was       string // empty: the step takes one back
		err       error
	}
	// saidMsg is a sentence from a command that has nothing else to tell.
	saidMsg struct {
		text string
		err  error
	}
)

// refresh fetches a new token now. Asked again while the window says why it did
// not, it is done all the same.
func (m *Model) refresh(a core.Account) tea.Cmd {
	parent, backend, id, label := m.ctx, m.o.Backend, a.ID, cells.Clean(a.Label)
	force := m.toast.again == id
	m.say("Fetching a new token for " + label + ".")
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(parent, actionTime)
		defer cancel()
		r, err := backend.Refresh(ctx, id, force)
		return refreshedMsg{id, label, r, err}
	}
}

func (msg refreshedMsg) arrive(m *Model) tea.Cmd {
	if errors.Is(msg.err, autherr.NeedsSignIn) {
		m.take(m.o.Backend.Snapshot())
	}
	switch a, _ := m.snap.Find(msg.id); {
	case msg.err != nil && a.Quarantined():
		m.toast = toast{} // the sheet says it
	case msg.err != nil:
		m.complain(msg.err)
	case msg.result.Rotated:
		m.say(msg.label + ": a new token" + m.goodFor(msg.result.Account) + ".")
	case a.IsKey():
		m.say(msg.label + ": " + say.Sentence(msg.result.Note))
	default:
		m.say(msg.label + ": " + say.Sentence(msg.result.Note) + " r again insists.")
		m.toast.again = msg.id
	}
	return nil
}

// goodFor says how long a token is good for, when that is known.
func (m *Model) goodFor(a core.Account) string {
	if d := say.Until(a.ExpiresAt, m.now); d > 0 {
		return ", good for " + say.Span(d)
	}
	return ""
}

// rename gives the account another label. With the one that it had, the step
// can be taken back.
func (m *Model) rename(id, label, was string) tea.Cmd {
	parent, backend := m.ctx, m.o.Backend
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(parent, actionTime)
		defer cancel()
		return renamedMsg{id, label, was, backend.Rename(ctx, id, label)}
	}
}

func (msg renamedMsg) arrive(m *Model) tea.Cmd {
	s, open := m.accounts.sheet.(*renameSheet)
	open = open && s.id == msg.id
	switch {
	case msg.err != nil && open:
		s.saving, s.err = false, msg.err
	case msg.err != nil:
		m.complain(msg.err)
	default:
		if open {
			m.accounts.sheet = nil
		}
		m.take(m.o.Backend.Snapshot())
		words := "Renamed: " + cells.Clean(msg.label)
		if msg.was != "" {
			m.undos.add(undo{"the renaming of " + cells.Clean(msg.was), func() tea.Cmd { return m.rename(msg.id, msg.was, "") }})
			words += " " + m.Glyphs.Dot + " z undo"
		}
		m.say(words)
	}
	return nil
}

// clearCooldown lets an account serve at once.
func (m *Model) clearCooldown(a core.Account) tea.Cmd {
	return m.act(cells.Clean(a.Label)+" serves again.", func(ctx context.Context) error {
		return m.o.Backend.ClearCooldown(ctx, a.ID)
	})
}

// changedMsg ends something short that changed the accounts.
type changedMsg struct {
	text string
	err  error
}

// act does something short and says what it came to.
func (m *Model) act(text string, do func(ctx context.Context) error) tea.Cmd {
	parent := m.ctx
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(parent, actionTime)
		defer cancel()
		return changedMsg{text, do(ctx)}
	}
}

func (msg changedMsg) arrive(m *Model) tea.Cmd {
	m.take(m.o.Backend.Snapshot())
	if msg.err != nil {
		m.complain(msg.err)
	} else {
		m.say(msg.text)
	}
	return nil
}

// remove deletes an account and its secrets, and says what became of its sign-in
// at the provider.
func (m *Model) remove(a core.Account) tea.Cmd {
	backend, parent := m.o.Backend, m.ctx
	if a.Revocable {
		m.say("Removing " + cells.Clean(a.Label) + ", and revoking its sign-in.")
	}
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(parent, actionTime)
		defer cancel()
		done, err := backend.Remove(ctx, a.ID)
		words := "Removed: " + cells.Clean(a.Label) + "."
		if done.Revocation != core.NothingLeft {
			words += " " + cells.Clean(done.Sentence(a))
		}
		return changedMsg{words, err}
	}
}

func (msg saidMsg) arrive(m *Model) tea.Cmd {
	if msg.err != nil {
		m.complain(msg.err)
	} else if msg.text != "" {
		m.say(msg.text)
	}
	return nil
}

// copy puts text on the clipboard, through the terminal and by the desktop's
// own means where there are any.
func (m *Model) copy(what, text string) tea.Cmd {
	m.say(what + " sent to the clipboard.")
	native := m.o.CopyNative
	if native == nil {
		return tea.SetClipboard(text)
	}
	return tea.Batch(tea.SetClipboard(text), func() tea.Msg {
		_ = native(text) // the terminal's way may have worked; neither tells for sure
		return nil
	})
}

// browse opens a page.
func (m *Model) browse(url string) tea.Cmd {
	open := m.o.OpenBrowser
	return func() tea.Msg {
		if err := open(url); err != nil {
			return saidMsg{text: "No browser could be opened. Open the link on any device."}
		}
		return nil
	}
}
