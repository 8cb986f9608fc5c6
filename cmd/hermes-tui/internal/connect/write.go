package connect

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aymanbagabas/go-udiff"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/exit"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/foreign"
	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/connect"
	"github.com/hermes-tui/hermes-tui/core/secret"
	"github.com/hermes-tui/hermes-tui/internal/atomicfile"
)

// writeForm puts a form into the program's file: the difference is shown, the
// person asked, the old file kept beside the new one. Where it does not, the
// lines are printed for the person to add.
func (o *Options) writeForm(ctx context.Context, accounts *core.Core, p connect.Program, use connect.Use, f connect.Form) error {
	path, err := p.Path(foreign.World(o.Session))
	if err != nil {
		o.printForm(p, f, "")
		return err
	}
	if path == "" {
		return exit.Usage(p.Name+" has no file to write", "leave --write out and use the lines that are printed")
	}
	if err := o.understood(ctx, p, f); err != nil {
		return err
	}
	try := func() error { return o.tryForm(ctx, accounts, p, use, f, path) }
	if err = try(); errors.Is(err, foreign.ErrChanged) && o.yes {
		err = try() // nobody has looked at the difference
	}
	if err != nil {
		return o.refused(p, f, path, err)
	}
	o.ask(ctx, p, f, path)
	return nil
}

func (o *Options) tryForm(ctx context.Context, accounts *core.Core, p connect.Program, use connect.Use, f connect.Form, path string) error {
	planned, err := o.planForm(ctx, accounts, p, use, f, path)
	if err != nil {
		return err
	}
	file, f := planned.file, planned.form
	if planned.nothing() {
		o.Line("%s has these settings already.", file.Path)
		o.rivals(p, path)
		return nil
	}
	o.showChange(file, planned.next)
	drops := f.Drops(file.Text)
	if err := o.Confirm("Change "+file.Path+"?", o.yes); err != nil {
		return err
	}
	kept, err := planned.write(ctx)
	if err != nil {
		return err
	}
	if kept != "" {
		fmt.Fprintf(o.Err, "The old file is kept as %s.\n", kept)
	}
	o.Line("Changed %s.", file.Path)
	for _, key := range drops {
		fmt.Fprintf(o.Err, "# taken out of %s, because it goes before this: %s\n", file.Path, secret.Clean(key, 1000))
	}
	o.notes(p, f, path)
	return nil
}

// showChange prints the difference, without what looks like a secret and
// without what a terminal would obey.
func (o *Options) showChange(file foreign.File, next []byte) {
	fmt.Fprint(o.Err, difference(file, next))
}

func difference(file foreign.File, next []byte) string {
	diff := connect.HideSecrets(udiff.Unified(file.Path, file.Path, string(file.Text), string(next)))
	return strings.ReplaceAll(diff, "\r", "")
}

// plannedForm is a change of a program's file that was not made yet.
type plannedForm struct {
	file foreign.File
	form connect.Form
	key  local
	next []byte
}

// planForm finds out what a form makes of the program's file.
func (o *Options) planForm(ctx context.Context, accounts *core.Core, p connect.Program, use connect.Use, f connect.Form, path string) (*plannedForm, error) {
	file, err := foreign.Open(path)
	if err != nil {
		return nil, err
	}
	f, key, err := o.withKey(ctx, accounts, p, use, f, file)
	if err != nil {
		return nil, err
	}
	next, err := f.Apply(file.Text)
	if err != nil {
		return nil, err
	}
	return &plannedForm{file, f, key, next}, nil
}

// nothing says whether the file has these settings already.
func (c *plannedForm) nothing() bool { return string(c.next) == string(c.file.Text) }

// difference is what would change; empty where nothing would.
func (c *plannedForm) difference() string {
	if c.nothing() {
		return ""
	}
	return difference(c.file, c.next)
}

// write makes the change, and the key that the program gets for it. It returns where the
// old file is kept.
func (c *plannedForm) write(ctx context.Context) (kept string, err error) {
	if err := c.key.make(ctx); err != nil {
		return "", err
	}
	if c.key.accounts != nil {
		c.file.Private()
	}
	kept, err = c.file.Write(c.next)
	if err != nil {
		return "", c.key.takeBack(ctx, err)
	}
	return kept, nil
}

// refused says why the file was not changed, and prints the lines.
func (o *Options) refused(p connect.Program, f connect.Form, path string, err error) error {
	if errors.Is(err, autherr.Canceled) {
		return err
	}
	var e *autherr.Error
	if errors.As(err, &e) && e.Hint == "add --yes" {
		return err
	}
	if errors.Is(err, foreign.ErrChanged) {
		return exit.Usage(path+": "+err.Error(), "nothing was written; run it again")
	}
	o.printForm(p, f, "")
	if errors.As(err, &e) {
		e.Message = path + ": " + e.Message
		return e
	}
	return exit.Usage("could not change "+path+": "+atomicfile.Reason(err).Error(), "add the lines by hand; nothing was changed")
}
