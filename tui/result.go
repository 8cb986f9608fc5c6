package tui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/tui/cells"
	"github.com/hermes-tui/hermes-tui/tui/say"
)

// actionTime bounds whatever a person asked for: a refresh waits for others
// that hold the account, a keyring may be asking for its password.
const actionTime = 2 * time.Minute

// result is what a command came to. It applies itself, whatever page is shown
// by then.
type result interface{ arrive(win *window) tea.Cmd }

// own is a result that changes what no page sees of the window.
type own interface{ reach(m *Model) tea.Cmd }

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

func (msg snapshotMsg) reach(m *Model) tea.Cmd {
	m.take(msg.snap)
	return tea.Batch(m.suspendNow(), func() tea.Msg { return receiveSnapshot(msg.from) })
}

// refreshedMsg and renamedMsg end what a person asked for.
type (
	refreshedMsg struct {
		id     string
		label  string
		key    string // that was pressed
		result core.RefreshResult
		err    error
		read   core.Snapshot
	}
	renamedMsg struct {
		id, label string
		was       string // empty: the step takes one back
		err       error
		read      core.Snapshot
	}
	// saidMsg is a sentence from a command that has nothing else to tell.
	saidMsg struct {
		text string
		err  error
	}
)

// refresh fetches a new token now.
func (win acts) refresh(a core.Account) tea.Cmd { return win.refreshBy("r", a) }

// refreshBy fetches a new token now, because of a key. Pressed again while the window
// says why it did not, it is done all the same.
func (win acts) refreshBy(key string, a core.Account) tea.Cmd {
	backend, id, label := win.o.Backend, a.ID, cells.Clean(a.Label)
	force := win.toast.again == id
	win.say("Fetching a new token for " + label + ".")
	return win.do(func(ctx context.Context) tea.Msg {
		r, err := backend.Refresh(ctx, id, force)
		return refreshedMsg{id, label, key, r, err, backend.Snapshot()}
	})
}

func (msg refreshedMsg) arrive(win *window) tea.Cmd {
	win.take(msg.read)
	switch a, _ := win.snap.Find(msg.id); {
	case msg.err != nil && a.Quarantined():
		win.toast = toast{} // the sheet says it
	case msg.err != nil:
		win.complain(msg.err)
	case msg.result.Rotated:
		win.say(msg.label + ": a new token" + goodFor(msg.result.Account, win.now) + ".")
	case a.IsKey():
		win.say(msg.label + ": " + say.Sentence(msg.result.Note))
	default:
		win.say(msg.label + ": " + say.Sentence(msg.result.Note) + " " + msg.key + " again insists.")
		win.toast.again = msg.id
	}
	return nil
}

// goodFor says how long a token is good for, when that is known.
func goodFor(a core.Account, now time.Time) string {
	if d := say.Until(a.ExpiresAt, now); d > 0 {
		return ", good for " + say.Span(d)
	}
	return ""
}

// rename gives the account another label. With the one that it had, the step
// can be taken back.
func (win acts) rename(id, label, was string) tea.Cmd {
	backend := win.o.Backend
	return win.do(func(ctx context.Context) tea.Msg {
		err := backend.Rename(ctx, id, label)
		return renamedMsg{id, label, was, err, backend.Snapshot()}
	})
}

func (msg renamedMsg) arrive(win *window) tea.Cmd {
	win.take(msg.read)
	s, open := win.accounts.sheet.(*renameSheet)
	open = open && s.id == msg.id
	switch {
	case msg.err != nil && open:
		s.saving, s.err = false, msg.err
	case msg.err != nil:
		win.complain(msg.err)
	default:
		if open {
			win.accounts.sheet = nil
		}
		words := "Renamed: " + cells.Clean(msg.label)
		if msg.was != "" {
			still := func(k *known) bool {
				return k.account(msg.id, func(a core.Account) bool { return a.Label == msg.label })
			}
			win.undos.add(undo{"the renaming of " + cells.Clean(msg.was), still, func() tea.Cmd { return win.acts().rename(msg.id, msg.was, "") }})
			words += " " + win.Glyphs.Dot + " z undo"
		}
		win.say(words)
	}
	return nil
}

// clearCooldown lets an account serve at once.
func (win acts) clearCooldown(a core.Account) tea.Cmd {
	backend := win.o.Backend
	return win.act(cells.Clean(a.Label)+" serves again.", func(ctx context.Context) error {
		return backend.ClearCooldown(ctx, a.ID)
	})
}

// changedMsg ends something short that changed the accounts.
type changedMsg struct {
	text string
	err  error
	read core.Snapshot
	part bool // a part of it failed, which the text says
}

// act does something short and says what it came to.
func (win acts) act(text string, do func(ctx context.Context) error) tea.Cmd {
	backend := win.o.Backend
	return win.do(func(ctx context.Context) tea.Msg {
		err := do(ctx)
		return changedMsg{text: text, err: err, read: backend.Snapshot()}
	})
}

func (msg changedMsg) arrive(win *window) tea.Cmd {
	win.take(msg.read)
	switch {
	case msg.err != nil:
		win.complain(msg.err)
	case msg.part:
		win.complainText(msg.text)
	default:
		win.say(msg.text)
	}
	return nil
}

// remove deletes an account and its secrets, and says what became of its sign-in
// at the provider.
func (win acts) remove(a core.Account) tea.Cmd {
	backend := win.o.Backend
	if a.Revocable {
		win.say("Removing " + cells.Clean(a.Label) + ", and revoking its sign-in.")
	}
	return win.do(func(ctx context.Context) tea.Msg {
		done, err := backend.Remove(ctx, a.ID)
		words := "Removed: " + cells.Clean(a.Label) + "."
		if done.Revocation != core.NothingLeft {
			words += " " + cells.Clean(done.Sentence(a))
		}
		return changedMsg{words, err, backend.Snapshot(), done.Revocation == core.NotRevoked}
	})
}

func (msg saidMsg) arrive(win *window) tea.Cmd {
	if msg.err != nil {
		win.complain(msg.err)
	} else if msg.text != "" {
		win.say(msg.text)
	}
	return nil
}

// copy puts text on the clipboard, through the terminal and by the desktop's
// own means where there are any.
func (win acts) copy(what, text string) tea.Cmd {
	win.say(what + " sent to the clipboard.")
	native := win.o.CopyNative
	if native == nil {
		return tea.SetClipboard(text)
	}
	return tea.Batch(tea.SetClipboard(text), func() tea.Msg {
		_ = native(text) // the terminal's way may have worked; neither tells for sure
		return nil
	})
}

// browse opens a page.
func (win acts) browse(url string) tea.Cmd {
	open := win.o.OpenBrowser
	return func() tea.Msg {
		if err := open(url); err != nil {
			return saidMsg{text: "No browser could be opened. Open the link on any device."}
		}
		return nil
	}
}
