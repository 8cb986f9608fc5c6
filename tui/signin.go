package tui

import (
	"cmp"
	"strings"
	"time"

	"charm.land/bubbles/v2/spinner"
	tea "charm.land/bubbletea/v2"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/tui/cells"
	"github.com/hermes-tui/hermes-tui/tui/say"
	"github.com/hermes-tui/hermes-tui/tui/widget"
)

// step is how far the person has come in a sign-in.
type step int

const (
	chooseProvider step = iota
	chooseRegion
	chooseLabel
	approve // the code is shown, or what became of it
)

// signInPage leads through a sign-in: provider, region where there is more than
// one, label, code.
type signInPage struct {
	step    step
	choices []core.ProviderChoice // all of them
	pick    widget.Picker         // among those that are offered
	choice  core.ProviderChoice   // what was chosen so far
	field   widget.Field
	usual   string        // the label that a new account gets by itself; empty: not known yet
	err     error         // what is wrong with the label
	again   *core.Account // the account that is signed in again; nil: a new one
	over    bool          // also where another host signs it in
	attempt *attempt      // under way, or what became of it; nil until there is one
	qr      bool          // the QR is wanted
	spinner spinner.Model
}

func newSignIn(win *window) *signInPage {
	return &signInPage{
		choices: recentFirst(win.memory.Recents, win.providers()), qr: win.o.Remote,
		spinner: spinner.New(spinner.WithSpinner(spinner.Line)),
	}
}

// addAccount begins with the provider. With one provider there is nothing to
// choose, and the person sees its regions at once.
func addAccount(win *window) tea.Cmd {
	p := newSignIn(win)
	win.push(p)
	if offered := p.offered(); len(offered) == 1 {
		return p.choose(win, offered[0])
	}
	return nil
}

// signInAgain goes straight to the code of an account that is there already, or
// back to its sign-in that waits in the background.
func signInAgain(win *window, a core.Account) tea.Cmd { return signInOver(win, a, false) }

// signInOver is signInAgain, also where another host signs the account in if over says
// so.
func signInOver(win *window, a core.Account, over bool) tea.Cmd {
	if t := win.attempts.of(a.ID); t != nil {
		return resume(win, t)
	}
	p := newSignIn(win)
	p.again, p.over = &a, over
	for _, c := range p.choices {
		if c.Provider == a.Provider && c.Region == a.Region {
			p.choice = c
		}
	}
	win.push(p)
	return p.request(win)
}

// offered are the lines of the list that is shown: providers, or the regions of
// the one that was chosen.
func (p *signInPage) offered() []core.ProviderChoice {
	var some []core.ProviderChoice
	for _, c := range p.choices {
		switch {
		case p.step == chooseRegion && c.Provider != p.choice.Provider:
		case p.step == chooseProvider && len(some) > 0 && some[len(some)-1].Provider == c.Provider:
		default:
			some = append(some, c)
		}
	}
	return some
}

// choose takes a line of the list.
func (p *signInPage) choose(win *window, c core.ProviderChoice) tea.Cmd {
	p.choice, p.pick = c, widget.Picker{}
	if p.step == chooseProvider {
		p.step = chooseRegion
		if len(p.offered()) > 1 {
			return nil
		}
	}
	p.step = chooseLabel
	p.field, p.usual = widget.Field{}, ""
	backend := win.o.Backend
	return func() tea.Msg { return labelMsg{p, c, backend.DefaultLabel(c.Provider, c.Region)} }
}

// labelMsg brings the label that a page offers for its choice.
type labelMsg struct {
	page   *signInPage
	choice core.ProviderChoice
	label  string
}

// arrive offers the label. A person who was faster has typed another, or goes
// without one already.
func (msg labelMsg) arrive(win *window) tea.Cmd {
	p := msg.page
	if p.choice != msg.choice {
		return nil
	}
	msg.label = win.attempts.free(p.choice.Provider, p.choice.Region, msg.label, p.attempt)
	p.usual = msg.label
	switch t := p.attempt; {
	case p.step == chooseLabel && p.field.Empty():
		p.field = widget.NewField(msg.label)
	case t != nil && t.options.Label == "":
		t.label = msg.label
	}
	return nil
}

// keepLabel goes on to the code if the label is a good one.
func (p *signInPage) keepLabel(win *window) tea.Cmd {
	label := p.field.Value()
	if strings.TrimSpace(label) == "" {
		p.field = widget.NewField("")
		return p.request(win)
	}
	if label == p.usual {
		// Left as it was offered: what the token says of its owner is better.
		p.field = widget.NewField("")
		return p.request(win)
	}
	label, err := core.CleanLabel(label)
	if err == nil {
		err = p.taken(win, label)
	}
	if p.err = err; err != nil {
		return nil
	}
	p.field = widget.NewField(label)
	return p.request(win)
}

// request asks for a code: the first one, or a new one.
func (p *signInPage) request(win *window) tea.Cmd {
	p.step = approve
	o := core.SignInOptions{Provider: p.choice.Provider, Region: p.choice.Region, Label: p.field.Value()}
	label := o.Label
	switch {
	case p.again != nil:
		o = core.SignInOptions{Account: p.again.ID, Provider: p.again.Provider, Region: p.again.Region, TakeOver: p.over}
		label = p.again.Label
	case label == "":
		label = cmp.Or(p.usual, p.choice.Name)
	}
	return tea.Batch(begin(win, p, o, label), p.spin(win))
}

// leave lets the sign-in wait behind a row of the list.
func (p *signInPage) leave(win *window) tea.Cmd {
	row := p.attempt.row()
	win.pop()
	win.relist()
	win.accounts.selectID(win, row)
	win.say("The sign-in goes on in the background; enter comes back to it.")
	return nil
}

// resume comes back to a sign-in that waits.
func resume(win *window, t *attempt) tea.Cmd {
	win.push(t.page)
	win.relist()
	return t.page.spin(win)
}

// spin starts the spinner anew.
func (p *signInPage) spin(win *window) tea.Cmd {
	if win.o.NoAnimation {
		return nil
	}
	p.spinner = spinner.New(spinner.WithSpinner(spinner.Line))
	return p.spinner.Tick
}

// back goes one step back; from the code it ends the sign-in at once.
func (p *signInPage) back(win *window) tea.Cmd {
	p.err, p.pick = nil, widget.Picker{}
	switch {
	case p.step == approve:
		failed := p.attempt != nil && p.attempt.failed != nil
		endAttempt(win, p.attempt)
		win.pop()
		if !failed {
			win.say("Sign-in cancelled; nothing was saved.")
		}
		return nil
	case p.step == chooseLabel && p.regions() > 1:
		p.step = chooseRegion
	case p.step > chooseProvider && p.providers() > 1:
		p.step = chooseProvider
	default:
		return win.pop()
	}
	return nil
}

func (p *signInPage) regions() int {
	n := 0
	for _, c := range p.choices {
		if c.Provider == p.choice.Provider {
			n++
		}
	}
	return n
}

func (p *signInPage) providers() int {
	all := map[string]bool{}
	for _, c := range p.choices {
		all[c.Provider] = true
	}
	return len(all)
}

func (p *signInPage) update(win *window, msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case spinner.TickMsg:
		if !p.waiting() {
			return nil // the spinner stops
		}
		var cmd tea.Cmd
		p.spinner, cmd = p.spinner.Update(msg)
		return cmd
	case tea.KeyPressMsg:
		if cmd, ok := widget.Pressed(p.binds(win), msg); ok {
			return cmd
		}
	}
	switch p.step {
	case chooseProvider, chooseRegion:
		p.pick.Mouse(msg)
		p.pick.Typed(msg)
	case chooseLabel:
		p.field.Update(msg)
	}
	return nil
}

// waiting says whether an attempt is under way on the page.
func (p *signInPage) waiting() bool {
	return p.step == approve && p.attempt != nil && p.attempt.failed == nil
}

func (p *signInPage) counting(win *window) time.Duration {
	if p.waiting() {
		return time.Second
	}
	return 0
}

// view draws the step.
func (p *signInPage) view(win *window) widget.Frame {
	w, f := win.Inner(), p.header(win)
	switch {
	case p.step == chooseLabel:
		p.drawLabel(win, &f, w)
	case p.step < chooseLabel:
		p.drawChoices(win, &f, w)
	case p.attempt == nil || p.attempt.failed != nil:
		p.drawFailed(win, &f, w)
	case p.asking():
		p.drawQuestion(win, &f, w)
	default:
		p.drawCode(win, &f, w)
	}
	var notice []string
	if win.toast.text != "" {
		notice = win.notice(w)
	}
	if notice != nil && (win.Low() || win.Height < len(f.Lines)+len(notice)+1) {
		f.Bottom(win.Height, notice...)
	} else {
		f.Foot(win.Height, win.Footer(p.binds(win), w-3), notice...)
	}
	return f
}

// header says where one is, and when the code expires.
func (p *signInPage) header(win *window) widget.Frame {
	path, here, right := "Sign in", cells.Clean(p.choice.Name), ""
	switch {
	case p.again != nil:
		path, here = "Sign in again", cells.Clean(p.again.Label)
	case p.step == chooseProvider:
		here = "where"
	case p.step == chooseRegion:
		here = cells.Clean(p.choice.ProviderName)
	}
	if p.waiting() && !p.asking() && p.attempt.code != nil {
		right = say.Span(say.Until(p.attempt.code.ExpiresAt, win.now))
		if !win.Narrow() {
			right = "code expires in " + right
		}
	}
	return win.Page(path, here, right)
}
