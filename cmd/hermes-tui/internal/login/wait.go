package login

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/charmbracelet/colorprofile"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/desktop"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/exit"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/format"
	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/tui/cells"
	"github.com/hermes-tui/hermes-tui/tui/style"
	"github.com/hermes-tui/hermes-tui/tui/widget"
)

// waiting says what is waited for.
func (o *Options) waiting() string {
	return fmt.Sprintf("Waiting for approval; the code expires in %s.", format.Span(o.ends.Sub(o.Clock.Now())))
}

// countDown writes how long the code is good for over what stood there; false where
// nothing can be written over.
func (o *Options) countDown() bool {
	if !o.Lively() {
		return false
	}
	text, room := o.waiting(), max(o.Columns()-1, 1) // a line that breaks cannot be written over
	if len(text) > room {
		_, text, _ = strings.Cut(text, "; ")
	}
	text = cells.Cut(text, room, "")
	// Blanks take away what the line before had more: no command sends escape codes
	// that a terminal may not know. A failure is said at the end.
	_ = o.Draw("\r" + text + strings.Repeat(" ", max(o.width-len(text), 0)))
	o.width = len(text)
	o.counting = true
	return true
}

// counted passes the events on, and counts the code's time down in between. The line
// that is counted in ends before anything else is written.
func (o *Options) counted(events <-chan core.SignInEvent) <-chan core.SignInEvent {
	if !o.Lively() {
		return events
	}
	out := make(chan core.SignInEvent)
	go func() {
		defer close(out)
		for {
			select {
			case event, more := <-events:
				if !more {
					return
				}
				poll, again := event.(core.PollScheduled)
				if (!again || poll.Reason != "") && o.counting {
					_ = o.Draw("\n")
					o.counting = false
				}
				if !again {
					o.ends = time.Time{}
				}
				out <- event
				out <- nil // it has been dealt with
			case <-o.Clock.After(time.Second):
				if !o.ends.IsZero() {
					o.countDown()
				}
			}
		}
	}()
	return out
}

// showQR draws the link where the person sits elsewhere, or asked for it, and where it
// fits.
func (o *Options) showQR(link string) {
	look := o.Look()
	if look.Theme == nil { // the QR is black on white all the same
		look.Theme = style.New("", style.Colors{}, colorprofile.ANSI, style.Unknown)
	}
	if !o.Lively() || !o.QR && !desktop.Remote(&o.World) {
		return
	}
	w, h := widget.QRSize(link, look.Glyphs.ASCII)
	if w == 0 || w > look.Columns || h+8 > o.Rows() {
		if o.QR {
			o.Line("The terminal is too small for the QR, which takes %d columns and %d lines.", w, h+8)
		}
		return
	}
	common := &widget.Common{Theme: look.Theme, Glyphs: look.Glyphs, Width: look.Columns, Height: o.Rows()}
	for _, line := range common.QRLines(link) {
		_ = o.Draw(line + "\n")
	}
}

// chooseProvider takes the first provider there is, or asks where the accounts are of
// several.
func (o *Options) chooseProvider(accounts *core.Core) error {
	choices := accounts.Providers()
	if o.named || len(choices) == 0 {
		return nil
	}
	o.Provider = choices[0].Provider
	have := accounts.Snapshot().Accounts
	used := slices.DeleteFunc(choices, func(c core.ProviderChoice) bool {
		return !slices.ContainsFunc(have, func(a core.Account) bool { return a.Provider == c.Provider && a.Region == c.Region })
	})
	if len(used) < 2 || !o.Lively() || o.Region != "" {
		return nil
	}
	for i, c := range used {
		fmt.Fprintf(o.Err, "  %d  %s\n", i+1, c.Name)
	}
	fmt.Fprintf(o.Err, "Sign in at which provider? [1] ")
	n := 1
	if word := o.Answer(); word != "" {
		var err error
		if n, err = strconv.Atoi(word); err != nil || n < 1 || n > len(used) {
			return exit.Usage(fmt.Sprintf("there is no %q in the list", word), "`hermes-tui login PROVIDER` names any provider")
		}
	}
	o.Provider, o.Region = used[n-1].Provider, used[n-1].Region
	return nil
}
