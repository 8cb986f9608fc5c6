package connect

import (
	"bytes"
	"context"
	"errors"
	"strings"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/console"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/exit"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/foreign"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/session"
	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/connect"
	"github.com/hermes-tui/hermes-tui/internal/atomicfile"
	"github.com/hermes-tui/hermes-tui/tui"
)

// window writes the files of programs for the window, as the command does.
type window struct {
	session  *session.Session
	accounts *core.Core
}

// ForWindow returns the way in which the window writes programs' files.
func ForWindow(s *session.Session, accounts *core.Core) tui.Connector { return window{s, accounts} }

// options are those of a command that says nothing: the screen is the window's.
func (w window) options(account, form string) *Options {
	quiet := *w.session
	none := func() int { return 0 }
	quiet.Console = &console.Console{In: strings.NewReader(""), Out: &bytes.Buffer{}, Err: &bytes.Buffer{}, Columns: none, Rows: none}
	return &Options{Session: &quiet, account: account, form: form, proxy: DefaultProxy, yes: true}
}

// Plan implements tui.Connector.
func (w window) Plan(ctx context.Context, p connect.Program, account, form string) (tui.Change, error) {
	o := w.options(account, form)
	path, err := p.Path(foreign.World(o.Session))
	if err != nil {
		return tui.Change{}, err
	}
	if path == "" {
		return tui.Change{}, exit.Usage(p.Name+" has no file to write", "copy the lines that are shown")
	}
	use, err := o.use(ctx, w.accounts)
	if err != nil {
		return tui.Change{}, err
	}
	f, err := p.Form(use, form)
	if err == nil {
		err = o.understood(ctx, p, f)
	}
	if err != nil {
		return tui.Change{}, err
	}
	planned, err := o.planForm(ctx, w.accounts, p, use, f, path)
	if err != nil {
		return tui.Change{}, unwritten(path, err)
	}
	return tui.Change{
		Path: planned.file.Path, Diff: planned.difference(),
		Write: func(ctx context.Context) (string, error) {
			kept, err := planned.write(ctx)
			if err != nil {
				err = unwritten(path, err)
			}
			return kept, err
		},
	}, nil
}

// GiveBack implements tui.Connector.
func (w window) GiveBack(ctx context.Context, p connect.Program) error {
	return w.options("", "").disconnect(ctx, p)
}

// unwritten says why a file was not changed.
func unwritten(path string, err error) error {
	var e *autherr.Error
	switch {
	case errors.As(err, &e):
		e.Message = path + ": " + e.Message
		return e
	case errors.Is(err, foreign.ErrChanged):
		return exit.Usage(path+": "+err.Error(), "nothing was written; look at it again")
	default:
		return exit.Usage("could not change "+path+": "+atomicfile.Reason(err).Error(), "add the lines by hand; nothing was changed")
	}
}
