package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"runtime"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/cli/browser"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/setup"
	"github.com/hermes-tui/hermes-tui/sandbox"
	"github.com/hermes-tui/hermes-tui/tui"
)

// backend is the accounts as the window wants them.
type backend struct{ *core.Core }

// Refresh implements tui.Backend.
func (b backend) Refresh(ctx context.Context, id string, force bool) (core.RefreshResult, error) {
	return b.Core.Refresh(ctx, id, core.RefreshOptions{Force: force})
}

// Remove implements tui.Backend.
func (b backend) Remove(ctx context.Context, id string) (core.Removal, error) {
	return b.RemoveAndRevoke(ctx, id)
}

// screenWindow opens the terminal UI. Beside it run what the window only shows:
// the refresh ahead of time, the mending of the pool file after killed
// processes, and finding out which keystore a first sign-in would use.
func (a *app) screenWindow(ctx context.Context, c config, w *windowOptions, portal *sandbox.Server, home *throwaway) error {
	theme, own, err := a.colors(c, w)
	if err != nil {
		return err
	}
	log, err := a.fileLog(c)
	if err != nil {
		return err
	}
	ctx, refuse := context.WithCancelCause(ctx)
	defer refuse(nil)
	accounts, err := a.open(c, options{stays: true, anyStore: true, log: log, onPanic: func(value any, stack []byte) {
		refuse(fmt.Errorf("panic: %v\n\n%s", value, stack)) // the window gives the terminal back first
	}})
	if err != nil {
		return err
	}
	auto := c.AutoRefresh == nil || *c.AutoRefresh
	if auto {
		go accounts.AutoRefresh(ctx)
	}
	go func() {
		// The window is there before the disk has answered.
		if err := setup.Agree(accounts, a.stores); err != nil {
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
	remembered := a.memory(log)
	o := tui.Options{
		Backend: backend{accounts}, Clock: a.clock, Location: time.Local, Version: version(),
		ASCII: a.asciiOnly(c), NoColor: a.flags.noColor || a.env("NO_COLOR") != "",
		NoAnimation: w.still || c.Animation != nil && !*c.Animation, Theme: theme, Colors: own, Notify: c.Notify,
		AutoRefresh: auto, Remote: a.remote(), PortalURL: portalURL(portal),
		Recall: remembered.load, Remember: remembered.keep,
	}
	if a.browserAllowed(c) {
		browser.Stdout, browser.Stderr = io.Discard, io.Discard // they would write into the window
		o.OpenBrowser = browser.OpenURL
	}
	if command, err := a.command(); err == nil {
		o.Command, o.ProxyURL, o.OS = command, defaultProxy, runtime.GOOS
		o.ProgramFile = a.programFile
	}
	o.CopyNative, o.NotifyDesktop = a.clipboard(), a.desktop()
	if home != nil {
		o.SecondTerminal = home.secondTerminal(a)
		defer remembered.end() // before its folder goes
	} else { // nobody's real accounts come into a throw-away folder
		o.Importer = a.newImporter(accounts)
	}
	if in, ok := a.in.(*os.File); ok {
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
func (a *app) colors(c config, w *windowOptions) (string, tui.Colors, error) {
	theme, own := w.theme, tui.Colors{Dark: c.Colors.Dark, Light: c.Colors.Light}
	if theme == "" {
		theme = c.Theme
	}
	if err := tui.CheckTheme(theme, own); err != nil {
		return "", own, usage(err.Error(), "docs/config.md names every theme and colour")
	}
	if err := tui.CheckNotify(c.Notify); err != nil {
		return "", own, usage(err.Error(), "docs/config.md says what each one does")
	}
	return theme, own, nil
}
