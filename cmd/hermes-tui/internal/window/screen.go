package window

import (
	"context"
	"fmt"
	"io"
	"os"
	"runtime"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/cli/browser"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/connect"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/desktop"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/doctor"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/exit"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/foreign"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/importing"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/program"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/sandbox"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/session"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/version"
	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/consent"
	health "github.com/hermes-tui/hermes-tui/core/doctor"
	"github.com/hermes-tui/hermes-tui/core/setup"
	"github.com/hermes-tui/hermes-tui/tui"
	"github.com/hermes-tui/hermes-tui/tui/style"
)

// backend is the accounts as the window wants them.
type backend struct{ *core.Core }

// Refresh implements tui.Backend.
func (b backend) Refresh(ctx context.Context, id string, force bool) (core.RefreshResult, error) {
	return b.Core.Refresh(ctx, id, core.RefreshOptions{Force: force})
}

// TakeOver implements tui.Backend.
func (b backend) TakeOver(ctx context.Context, id string) (core.RefreshResult, error) {
	return b.Core.Refresh(ctx, id, core.RefreshOptions{TakeOver: true})
}

// Answer implements tui.Backend.
func (b backend) Answer(r consent.Request, v consent.Verdict) error { return b.Desk().Answer(r, v) }

// Remove implements tui.Backend.
func (b backend) Remove(ctx context.Context, id string) (core.Removal, error) {
	return b.RemoveAndRevoke(ctx, id)
}

// open opens the terminal UI. Beside it run what the window only shows:
// the refresh ahead of time, the repairing of the pool file after killed
// processes, and finding out which keystore a first sign-in would use.
func (w *Options) open(ctx context.Context, server *sandbox.Server, home *sandbox.Home) error {
	found, err := w.Find()
	if err != nil {
		return err
	}
	theme, own, err := w.colors(found.Config)
	if err != nil {
		return err
	}
	log, err := w.FileLog()
	if err != nil {
		return err
	}
	ctx, refuse := context.WithCancelCause(ctx)
	defer refuse(nil)
	accounts, err := w.Open(session.Options{Stays: true, Alone: true, AnyStore: true, Log: log, OnPanic: func(value any, stack []byte) {
		refuse(fmt.Errorf("panic: %v\n\n%s", value, stack)) // the window gives the terminal back first
	}})
	if err != nil {
		return err
	}
	c := found.Config
	auto := c.AutoRefresh == nil || *c.AutoRefresh
	if auto {
		go accounts.AutoRefresh(ctx)
	}
	go accounts.Follow(ctx)
	go accounts.Forget(ctx, nil)
	go accounts.Attend(ctx)
	go func() {
		// The window is there before the disk has answered.
		if err := w.Agree(); err != nil {
			refuse(err)
			return
		}
		if _, err := accounts.Reconcile(ctx); err != nil {
			log.Warn("could not bring the pool file up to date", "error", err)
		}
		if _, err := accounts.DetectStore(ctx); err != nil && ctx.Err() == nil {
			log.Warn("could not find out which keystore to use", "error", err)
		}
	}()
	remembered := newMemory(found.Dirs.State, log)
	ways := c.Notify.Ways
	if ways == nil {
		ways = []string{"bell"}
	}
	o := tui.Options{
		Backend: backend{accounts}, Clock: w.Clock, Location: time.Local, Version: version.String(),
		ASCII: w.ASCIIOnly(), NoColor: w.Flags.NoColor || w.Env("NO_COLOR") != "",
		NoAnimation: w.still || c.Animation != nil && !*c.Animation, Theme: theme, Colors: own, Notify: ways, NotifyUnasked: c.Notify.Ways == nil,
		Profile: w.Depth(), Background: desktop.Background(&w.World), Terminal: desktop.Terminal(&w.World),
		AutoRefresh: auto, Remote: desktop.Remote(&w.World), PortalURL: portalURL(server),
		Recall: remembered.load, Remember: remembered.keep,
	}
	if desktop.BrowserAllowed(&w.World, found.Config) {
		browser.Stdout, browser.Stderr = io.Discard, io.Discard // they would write into the window
		o.OpenBrowser = browser.OpenURL
	}
	if command, err := program.Command(w.Session); err == nil {
		o.Command, o.ProxyURL, o.OS = command, connect.DefaultProxy, runtime.GOOS
		o.ProgramFile = foreign.Place(w.Session)
	}
	o.Examine = func(ctx context.Context) ([]health.Finding, error) {
		patient, err := doctor.Patient(w.Session, accounts)
		if err != nil {
			return nil, err
		}
		var found []health.Finding
		health.Examine(ctx, patient, func(f health.Finding) { found = append(found, f) })
		return found, ctx.Err()
	}
	o.CopyNative, o.NotifyDesktop = desktop.Clipboard(&w.World), desktop.Notifier(&w.World)
	if home != nil {
		o.SecondTerminal = home.SecondTerminal(w.Session)
		defer remembered.end() // before its folder goes
	} else { // nobody's real accounts come into a throw-away folder
		o.Importer = importing.ForWindow(w.Session, accounts)
		o.Found = func() []tui.FoundFile { return signIns(foreign.World(w.Session)) }
		o.Connected = func() bool { return connected(foreign.World(w.Session)) }
		o.Connector = connect.ForWindow(w.Session, accounts)
	}
	if in, ok := w.In.(*os.File); ok {
		go watchHangup(in)
	}
	// Signals are ours: one that closes the terminal must not cut a refresh.
	err = tui.Run(ctx, o, tea.WithoutSignalHandler())
	if cause := context.Cause(ctx); cause != ctx.Err() {
		return cause
	}
	return err
}

// colors are the theme, by flag or configuration, and a person's own colours;
// it also checks what the window may do outside of itself.
func (w *Options) colors(c setup.Config) (string, style.Colors, error) {
	theme, own := w.theme, style.Colors{Dark: c.Colors.Dark, Light: c.Colors.Light}
	if theme == "" {
		theme = c.Theme
	}
	if err := style.CheckTheme(theme, own); err != nil {
		return "", own, exit.Usage(err.Error(), "docs/config.md names every theme and colour")
	}
	if err := tui.CheckNotify(c.Notify.Ways); err != nil {
		return "", own, exit.Usage(err.Error(), "docs/config.md says what each one does")
	}
	return theme, own, nil
}
