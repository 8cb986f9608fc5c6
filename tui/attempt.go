package tui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/autherr"
)

// attempt is one sign-in, as far as it has come.
type attempt struct {
	id      int
	options core.SignInOptions
	code    *core.CodeIssued // nil until there is one
	next    core.PollScheduled
	failed  *autherr.Error // nil until it has
}

// attempts numbers the sign-ins. Events of any but the current one are late and
// are dropped, except that an account which was signed in after all is shown.
type attempts struct {
	last    int
	current *attempt
	stop    context.CancelFunc // ends the current attempt
}

// signInMsg is one event of an attempt; open is false once its channel is
// closed.
type signInMsg struct {
	stream
	event core.SignInEvent
	open  bool
}

// stream is where the events of an attempt come from.
type stream struct {
	id      int
	options core.SignInOptions
	from    <-chan core.SignInEvent
}

// begin starts an attempt, ending the one under way.
func (m *Model) begin(o core.SignInOptions) tea.Cmd {
	m.attempts.cancel()
	ctx, cancel := context.WithCancel(m.ctx)
	m.attempts.last++
	id, backend := m.attempts.last, m.o.Backend
	m.attempts.current, m.attempts.stop = &attempt{id: id, options: o}, cancel
	return func() tea.Msg { return stream{id, o, backend.SignIn(ctx, o)}.receive() }
}

// receive waits for one event.
func (s stream) receive() tea.Msg {
	event, open := <-s.from
	return signInMsg{s, event, open}
}

// cancel ends the attempt under way at once.
func (a *attempts) cancel() {
	if a.stop != nil {
		a.stop()
	}
	a.current, a.stop = nil, nil
}

func (msg signInMsg) arrive(m *Model) tea.Cmd {
	current := m.attempts.current
	late := current == nil || current.id != msg.id
	if !msg.open {
		if !late && current.failed == nil {
			current.failed = &autherr.Error{
				Code: autherr.CodeAuthorizationFailed, Message: "the sign-in ended without an answer",
				Hint: "nothing was saved; try again",
			}
		}
		return nil
	}
	// Late events are read all the same: the last one may say that the tokens
	// were already being stored when it was cancelled.
	again := msg.receive
	if done, ok := msg.event.(core.SignedIn); ok {
		if late && current != nil && current.options != msg.options {
			m.take(m.o.Backend.Snapshot())
			m.say(signedInWords(done))
			return again // the sign-in to another account goes on
		}
		m.signedIn(done)
		return again
	}
	if late {
		return again
	}
	switch e := msg.event.(type) {
	case core.CodeIssued:
		current.code = &e
		return tea.Batch(again, m.openByItself(e))
	case core.PollScheduled:
		current.next = e
	case core.SignInFailed:
		current.failed = e.Err
		if current.failed == nil {
			current.failed = &autherr.Error{Message: "the sign-in failed"}
		}
	}
	return again
}

// openByItself opens the approval page where a person at this keyboard has a
// browser.
func (m *Model) openByItself(code core.CodeIssued) tea.Cmd {
	if !m.canBrowse() || !trusted(code) {
		return nil
	}
	return m.browse(code.VerificationURI)
}

// canBrowse says whether a browser can be opened in front of the person.
func (m *Model) canBrowse() bool { return m.o.OpenBrowser != nil && !m.o.Remote }

// trusted says whether the link may be opened, copied and drawn. One that has
// to be cleaned before it can be shown may not.
func trusted(code core.CodeIssued) bool {
	return code.PageTrusted && code.VerificationURI != "" && clean(code.VerificationURI) == code.VerificationURI
}

// signedIn ends every sign-in and goes back to the list, with the account
// selected.
func (m *Model) signedIn(done core.SignedIn) {
	m.attempts.cancel()
	var kept []page
	for _, p := range m.stack {
		if _, ok := p.(*signInPage); !ok {
			kept = append(kept, p)
		}
	}
	m.stack = kept
	m.take(m.o.Backend.Snapshot())
	m.accounts.id = done.Account.ID
	m.accounts.follow(m)
	m.say(signedInWords(done))
}

func signedInWords(done core.SignedIn) string {
	text := "Signed in: " + clean(done.Account.Label)
	if done.Note != "" {
		text += ". " + sentence(done.Note)
	}
	return text
}

// signingIn says whether a sign-in page is open.
func (m *Model) signingIn() bool {
	for _, p := range m.stack {
		if _, ok := p.(*signInPage); ok {
			return true
		}
	}
	return false
}
