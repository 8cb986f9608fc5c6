package tui

import (
	"context"
	"time"

	"github.com/charmbracelet/colorprofile"

	"github.com/hermes-tui/hermes-tui/core/clock"
	"github.com/hermes-tui/hermes-tui/core/connect"
	"github.com/hermes-tui/hermes-tui/core/doctor"
	"github.com/hermes-tui/hermes-tui/tui/style"
)

// Options is everything the window knows of the world. Backend and Clock are
// required.
type Options struct {
	Backend  Backend
	Clock    clock.Clock
	Location *time.Location // for times of day; nil: UTC
	Version  string         // shown on the help page

	ASCII       bool                 // no character beyond ASCII is drawn, labels excepted
	NoColor     bool                 // bold and reverse only; the QR stays black on white
	NoAnimation bool                 // nothing moves between two ticks of the clock
	Theme       string               // one of Themes; empty: "auto"
	Colors      style.Colors         // a person's own, over the theme's
	Profile     colorprofile.Profile // Unknown: found out from the terminal
	Background  style.Background     // what the environment says of the terminal's
	Terminal    string               // a name for the terminal, by which its answer is remembered; empty: it is not

	Importer Importer // nil: nothing can be imported

	// Connector writes the files of programs; nil: they are only shown.
	Connector Connector

	// Found names the files in which other programs keep their sign-ins here, without
	// reading them, and Connected says whether a program uses the accounts. Nil: nobody
	// looks.
	Found     func() []FoundFile
	Connected func() bool

	// Examine looks for what keeps accounts from working, as `doctor` does; it may be nil.
	Examine func(ctx context.Context) ([]doctor.Finding, error)

	Notify []string // how a window that is not looked at says that it needs its person; of Notifications
	// NotifyUnasked says that nobody has configured Notify, nor switched one of them. The window is quieter then: no
	// bell rings just after a key, and a plan that is nearly used up is not told.
	NotifyUnasked bool

	AutoRefresh bool // somebody refreshes ahead of time while the window is open
	Remote      bool // the person's browser is on another machine: the QR shows by itself

	// OpenBrowser opens a page for the person; nil where there is no browser.
	OpenBrowser func(url string) error
	// CopyNative copies by the desktop's own means, beside the terminal's.
	CopyNative func(text string) error

	// NotifyDesktop shows a notification of the desktop; nil where there is none.
	NotifyDesktop func(text string) error

	// Recall reads what the window before this one handed on; Remember keeps it for
	// the next one, in a goroutine of its own. It may be nil.
	Recall   func() Memory
	Remember func(Memory)

	// Command is how another program calls this one, and ProxyURL where the
	// loopback proxy listens: for the texts that connect a program, which are not
	// offered without Command, and for the command that prints a token.
	Command  []string
	ProxyURL string
	// OS is whose shell runs a command, as runtime.GOOS has it; ProgramFile says
	// where a program's file is here, which may read files; nil: where it usually is.
	OS          string
	ProgramFile func(connect.Program) string

	SecondTerminal string // command for a second terminal, shown by the help page of the sandbox
	PortalURL      string // the sandbox's portal, shown under the header
}
