// Package window opens the terminal UI, which is the program without a command;
// where there is no terminal for it, the same is said in plain lines.
package window

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"

	"github.com/spf13/cobra"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/account"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/exit"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/format"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/sandbox"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/session"
	"github.com/hermes-tui/hermes-tui/tui/style"
)

// Options are the flags of the program without a command.
type Options struct {
	*session.Session
	sandbox bool
	portal  sandbox.Flags
	hosts   int // of a fleet in the sandbox; 0: there is none
	theme   string
	still   bool // nothing moves
}

// Add makes the window what the root command does.
func Add(root *cobra.Command, s *session.Session) {
	o := &Options{Session: s}
	root.Flags().BoolVar(&o.sandbox, "sandbox", false, "try everything on a throw-away folder, with a portal of its own")
	ofSandbox := o.portal.Add(root) // they mean something only with --sandbox
	root.Flags().IntVar(&o.hosts, "fleet", 0, "with --sandbox: a fleet of this `number` of hosts, on an etcd of its own")
	root.Flags().StringVar(&o.theme, "theme", "", "colours: "+strings.Join(style.Themes(), ", "))
	root.Flags().BoolVar(&o.still, "no-animation", false, "nothing moves between two seconds")
	for _, name := range ofSandbox {
		_ = root.Flags().MarkHidden(name)
	}
	root.RunE = func(cmd *cobra.Command, _ []string) error {
		if !o.sandbox && cmd.Flags().Changed("fleet") {
			return exit.Usage("--fleet is a flag of --sandbox", "add --sandbox; `hermes-tui fleet` is about your own")
		}
		for _, name := range ofSandbox {
			if !o.sandbox && cmd.Flags().Changed(name) {
				return exit.Usage("--"+name+" is a flag of the sandbox", "add --sandbox, or use `hermes-tui sandbox`")
			}
		}
		if cmd.Flags().Changed("fleet") {
			if err := sandbox.CheckFleet(o.hosts); err != nil {
				return err
			}
		}
		return o.Run(cmd.Context())
	}
}

// Run opens the terminal UI, or where there is no terminal for it prints the same
// as plain lines.
func (o *Options) Run(ctx context.Context) error {
	if o.sandbox {
		return o.try(ctx)
	}
	if _, err := o.Find(); err != nil {
		return err
	}
	if !o.screen() {
		return o.lines()
	}
	return o.open(ctx, nil, nil)
}

// lines says what the window would show: the accounts, and the proxies that run.
func (o *Options) lines() error {
	if err := account.List(o.Session); err != nil {
		return err
	}
	accounts, err := o.Open(session.Options{Looks: true, Alone: true})
	if err != nil {
		return err
	}
	var run []string
	for _, p := range accounts.Snapshot().Proxies {
		run = append(run, format.Proxying(p, o.Clock.Now()))
	}
	o.Advice(run...)
	return nil
}

// try does the same in a throw-away folder, with a portal.
func (o *Options) try(ctx context.Context) error {
	var entered atomic.Pointer[sandbox.Home] // the portal is there first
	portal, err := o.portal.Start(slog.New(slog.DiscardHandler), func(token string) string { return entered.Load().Fingerprint(token) })
	if err != nil {
		return err
	}
	defer sandbox.Stop(portal)
	home, err := sandbox.NewHome(portal.URL())
	if err != nil {
		return fmt.Errorf("the sandbox has no folder: %w", err)
	}
	entered.Store(home)
	defer home.Remove()
	var fleet *sandbox.Fleet
	defer func() { fleet.End() }()
	defer o.Close() // nothing may be written there any more when it is removed
	home.Enter(o.Session)
	if _, err := o.Find(); err != nil {
		return err
	}
	if o.hosts > 0 {
		o.Note("starting an etcd, and a fleet of %s …", format.Plural(o.hosts, "host", "hosts"))
		if fleet, err = home.Found(ctx, o.Session, o.hosts); err != nil {
			return fmt.Errorf("the sandbox has no fleet: %w", err)
		}
	}
	switch {
	case !o.screen() && fleet != nil:
		return o.fleetStory(ctx, portal, fleet)
	case !o.screen():
		return o.story(ctx, portal, home)
	case fleet != nil:
		if err := fleet.Run(o.Session); err != nil {
			return err
		}
	}
	return o.open(ctx, portal, fleet.Other(home))
}

// screen reports whether there is a terminal that can show the UI.
func (o *Options) screen() bool {
	term := o.Env("TERM")
	return o.TTY && !o.Flags.Plain && term != "dumb"
}

// portalURL is the address of the sandbox, empty without one.
func portalURL(s *sandbox.Server) string {
	if s == nil {
		return ""
	}
	return s.URL()
}
