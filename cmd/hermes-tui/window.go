package main

import (
	"context"
	"fmt"
	"log/slog"
	"strings"

	"github.com/spf13/cobra"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/account"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/exit"
	"github.com/hermes-tui/hermes-tui/core/setup"
	"github.com/hermes-tui/hermes-tui/sandbox"
	"github.com/hermes-tui/hermes-tui/tui/style"
)

// windowOptions are the flags of the program without a subcommand.
type windowOptions struct {
	sandbox bool
	portal  sandboxFlags
	theme   string
	still   bool // nothing moves
}

func (a *app) windowFlags(root *cobra.Command) *windowOptions {
	o := &windowOptions{}
	root.Flags().BoolVar(&o.sandbox, "sandbox", false, "try everything on a throw-away folder, with a portal of its own")
	o.portal.add(root)
	root.Flags().StringVar(&o.theme, "theme", "", "colours: "+strings.Join(style.Themes(), ", "))
	root.Flags().BoolVar(&o.still, "no-animation", false, "nothing moves between two seconds")
	for _, name := range ofSandbox {
		_ = root.Flags().MarkHidden(name)
	}
	return o
}

// ofSandbox are the flags that mean something only with --sandbox.
var ofSandbox = []string{"listen", "access-ttl", "expired-in", "auto-approve", "fault"}

// needSandbox refuses them without it.
func needSandbox(root *cobra.Command, o *windowOptions) error {
	for _, name := range ofSandbox {
		if !o.sandbox && root.Flags().Changed(name) {
			return exit.Usage("--"+name+" is a flag of the sandbox", "add --sandbox, or use `hermes-tui sandbox`")
		}
	}
	return nil
}

// wrongFlag is the error for a flag that a command does not have. Those of the
// window stand in its help, so that people try them with commands too.
func wrongFlag(cmd *cobra.Command, err error) error {
	name, unknown := strings.CutPrefix(err.Error(), "unknown flag: --")
	if unknown && cmd.HasParent() && cmd.Root().LocalNonPersistentFlags().Lookup(name) != nil {
		return exit.Usage("--"+name+" goes with no command: it is for the terminal UI", "leave out the flag, or `"+cmd.Name()+"`")
	}
	return exit.Usage(err.Error(), "`"+cmd.CommandPath()+" --help` shows the flags")
}

// runWindow opens the terminal UI, or where there is no terminal for it prints
// the same as plain lines.
func (a *app) runWindow(ctx context.Context, o *windowOptions) error {
	if !o.sandbox {
		found, err := a.Find()
		if err != nil {
			return err
		}
		if !a.screen() {
			return account.List(a.Session)
		}
		return a.screenWindow(ctx, found, o, nil, nil)
	}
	portal, err := o.portal.start(slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	defer stop(portal)
	home, err := newThrowaway(portal.URL())
	if err != nil {
		return fmt.Errorf("the sandbox has no folder: %w", err)
	}
	defer home.remove()
	defer a.Close() // nothing may be written there any more when it is removed
	home.inside(a)
	found, err := a.Find()
	if err != nil {
		return err
	}
	if !a.screen() {
		return a.story(ctx, portal, home)
	}
	return a.screenWindow(ctx, found, o, portal, home)
}

// screen reports whether there is a terminal that can show the UI.
func (a *app) screen() bool {
	term := a.Env("TERM")
	return a.TTY && !a.Flags.Plain && term != "dumb"
}

// portalURL is the address of the sandbox, empty without one.
func portalURL(s *sandbox.Server) string {
	if s == nil {
		return ""
	}
	return s.URL()
}

// asciiOnly reports whether the terminal can be trusted with nothing but ASCII.
func (a *app) asciiOnly(c setup.Config) bool {
	if a.Flags.ASCII || c.ASCII || a.Env("TERM") == "linux" {
		return true
	}
	locale := strings.ToUpper(a.Getenv("LC_ALL", "LC_CTYPE", "LANG"))
	return locale != "" && !strings.Contains(locale, "UTF-8") && !strings.Contains(locale, "UTF8")
}
