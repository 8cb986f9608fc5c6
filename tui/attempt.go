package tui

import (
	"context"
	"slices"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/charmbracelet/x/ansi"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/tui/cells"
	"github.com/hermes-tui/hermes-tui/tui/say"
	"github.com/hermes-tui/hermes-tui/tui/widget"
)

// attempt is one sign-in, as far as it has come. Several may be under way, each
// with its page, which is shown or waits behind a row of the list.
type attempt struct {
	id      int
	page    *signInPage
	options core.SignInOptions
	label   string // of the account
	stop    context.CancelFunc
	code    *core.CodeIssued // nil until there is one
	next    core.PollScheduled
	failed  *autherr.Error // nil until it has
	// question is what the person has to decide before it is saved; nil: nothing.
	question *question
}

// row is the id of the row in the list that stands for the attempt: the account
// that is signed in again, or one that only this window knows.
func (t *attempt) row() string {
	if t.options.Account != "" {
		return t.options.Account
	}
	return rowPrefix + strconv.Itoa(t.id)
}

// approval is where the sign-in is approved, in at most h lines of w cells: the link,
// and where there is room the QR of it.
func (t *attempt) approval(m *widget.Common, w, edge, h int) []string {
	if !t.code.Trusted() {
		return nil
	}
	var lines []string
	for _, line := range cells.BreakLink(t.code.VerificationURI, w-edge-1) {
		lines = append(lines, cells.Blank(edge)+ansi.SetHyperlink(t.code.VerificationURI, "id=signin")+m.Theme.Plain.Link.Render(line)+ansi.ResetHyperlink())
	}
	if len(lines) > h {
		return nil
	}
	wide, high := widget.QRSize(t.code.VerificationURI, m.Glyphs.ASCII)
	if wide == 0 || wide+edge > w || len(lines)+1+high > h {
		return lines
	}
	lines = append(lines, "")
	for _, line := range m.QRLines(t.code.VerificationURI) {
		lines = append(lines, cells.Blank(edge)+line)
	}
	return lines
}

// calledSo says whether a sign-in under way has a label already.
func (all *attempts) calledSo(provider, region, label string, but *attempt) bool {
	return slices.ContainsFunc(all.running, func(t *attempt) bool {
		return t != but && t.failed == nil && t.options.Provider == provider && t.options.Region == region && strings.EqualFold(t.label, label)
	})
}

// free is a label like the one that is offered which no sign-in under way has.
func (all *attempts) free(provider, region, label string, but *attempt) string {
	stem, n := label, 2
	if at := strings.LastIndexByte(label, '-'); at > 0 {
		if k, err := strconv.Atoi(label[at+1:]); err == nil && k > 1 {
			stem, n = label[:at], k+1
		}
	}
	for all.calledSo(provider, region, label, but) {
		label = stem + "-" + strconv.Itoa(n)
		n++
	}
	return label
}

// signingIn is how many sign-ins wait behind their rows.
func (win *window) signingIn() int {
	n := 0
	for _, t := range win.attempts.running {
		if t.failed == nil && !win.shown(t.page) {
			n++
		}
	}
	return n
}

// rowPrefix begins ids that no account has.
const rowPrefix = "sign-in "

// attempts are the sign-ins under way. Events of any other are late and are
// dropped, except that an account which was signed in after all is shown.
type attempts struct {
	last    int
	running []*attempt
}

// of is the attempt behind a row of the list, nil when there is none.
func (all *attempts) of(row string) *attempt {
	for _, t := range all.running {
		if t.row() == row {
			return t
		}
	}
	return nil
}

// isRow says whether a row stands for a sign-in to an account that is not there
// yet.
func (all *attempts) isRow(row string) bool {
	t := all.of(row)
	return t != nil && t.options.Account == ""
}

// numbered is the attempt of that number, nil when it is not under way.
func (all *attempts) numbered(id int) *attempt {
	for _, t := range all.running {
		if t.id == id {
			return t
		}
	}
	return nil
}

// withAttempts are the accounts, and below them the sign-ins to new ones that
// wait in the background.
func withAttempts(win *window, accounts []core.Account) []core.Account {
	var rows []core.Account
	for _, t := range win.attempts.running {
		if t.options.Account != "" || win.shown(t.page) {
			continue
		}
		a := core.Account{Label: t.label, ProviderName: t.page.choice.Name, ProviderShort: t.page.choice.ProviderName}
		a.ID, a.Provider, a.Region = t.row(), t.options.Provider, t.options.Region
		rows = append(rows, a)
	}
	if rows == nil {
		return accounts
	}
	return append(slices.Clip(accounts), rows...)
}

// signInMsg is one event of an attempt; open is false once its channel is
// closed.
type signInMsg struct {
	stream
	event core.SignInEvent
	open  bool
	read  core.Snapshot // once it has signed in
}

// stream is where the events of an attempt come from.
type stream struct {
	id      int
	from    <-chan core.SignInEvent
	backend Backend
}

// begin starts an attempt of the page, ending the one that the page had.
func begin(win *window, p *signInPage, o core.SignInOptions, label string) tea.Cmd {
	endAttempt(win, p.attempt)
	ctx, cancel := context.WithCancel(win.ctx)
	win.attempts.last++
	id, backend := win.attempts.last, win.o.Backend
	p.attempt = &attempt{id: id, page: p, options: o, label: label, stop: cancel}
	win.attempts.running = append(win.attempts.running, p.attempt)
	return func() tea.Msg { return stream{id, backend.SignIn(ctx, o), backend}.receive() }
}

// receive waits for one event.
func (s stream) receive() tea.Msg {
	event, open := <-s.from
	msg := signInMsg{stream: s, event: event, open: open}
	if _, done := event.(core.SignedIn); done {
		msg.read = s.backend.Snapshot()
	}
	return msg
}

// endAttempt ends an attempt at once; nil is none.
func endAttempt(win *window, t *attempt) {
	if t == nil {
		return
	}
	t.stop()
	win.attempts.running = slices.DeleteFunc(win.attempts.running, func(other *attempt) bool { return other == t })
	win.relist()
}

func (msg signInMsg) arrive(win *window) tea.Cmd {
	t := win.attempts.numbered(msg.id)
	if !msg.open {
		if t != nil && t.failed == nil {
			t.fail(win, &autherr.Error{
				Code: autherr.CodeAuthorizationFailed, Message: "the sign-in ended without an answer",
				Hint: "nothing was saved; try again",
			})
		}
		return nil
	}
	// Late events are read all the same: the last one may say that the tokens
	// were already being stored when it was cancelled.
	again := msg.receive
	if done, ok := msg.event.(core.SignedIn); ok {
		return tea.Batch(again, signedIn(win, t, done, msg.read))
	}
	if t == nil {
		return again
	}
	switch e := msg.event.(type) {
	case core.CodeIssued:
		t.code = &e
		return tea.Batch(again, openByItself(win, e))
	case core.PollScheduled:
		t.next = e
	case core.Asking:
		t.ask(win, e)
	case core.SignInFailed:
		if e.Err != nil && e.Err.Code == autherr.CodeSigningIn {
			return tea.Batch(again, overtaken(win, t, e.Err))
		}
		t.fail(win, e.Err)
	}
	return again
}

// fail notes what became of the attempt. Its page shows it; where that is not
// open, a sentence does.
func (t *attempt) fail(win *window, err *autherr.Error) {
	if err == nil {
		err = &autherr.Error{Message: "the sign-in failed"}
	}
	t.failed = err
	win.relist() // its state has changed
	if !win.shown(t.page) {
		win.complainText("Sign-in to " + cells.Clean(t.label) + ": " + errorSentence(err))
	}
}

// openByItself opens the approval page where a person at this keyboard has a
// browser.
func openByItself(win *window, code core.CodeIssued) tea.Cmd {
	if !canBrowse(win) || !code.Trusted() {
		return nil
	}
	return win.acts().browse(code.VerificationURI)
}

// canBrowse says whether a browser can be opened in front of the person.
func canBrowse(win *window) bool { return win.o.OpenBrowser != nil && !win.o.Remote }

// signedIn shows a new sign-in. Unless the person is in the middle of another
// one, the list comes back with the account selected. An attempt that is not
// under way any more (nil) was cancelled too late.
func signedIn(win *window, t *attempt, done core.SignedIn, read core.Snapshot) tea.Cmd {
	follow := !signingIn(win) || t != nil && win.shown(t.page)
	if t != nil {
		follow = follow && (win.shown(t.page) || win.accounts.id == t.row())
		win.stack = slices.DeleteFunc(win.stack, func(p page) bool { return p == t.page })
		endAttempt(win, t)
	}
	win.take(read)
	if follow {
		win.accounts.selectID(win, done.Account.ID)
	}
	win.say(signedInWords(done))
	return recent(win, done.Account.Provider, done.Account.Region)
}

func signedInWords(done core.SignedIn) string {
	text := "Signed in: " + cells.Clean(done.Account.Label)
	if owner := done.Account.Identity.Words(); owner != "" && owner != done.Account.Label {
		text += " (" + cells.Clean(owner) + ")"
	}
	if done.Note != "" {
		text += ". " + say.Sentence(done.Note)
	}
	return text
}

// signingIn says whether a sign-in page is open.
func signingIn(win *window) bool {
	return slices.ContainsFunc(win.stack, func(p page) bool { _, ok := p.(*signInPage); return ok })
}
