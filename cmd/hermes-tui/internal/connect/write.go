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
	file, err := foreign.Open(path)
	if err != nil {
		return err
	}
	f, key, err := o.withKey(ctx, accounts, p, use, f, file)
	if err != nil {
		return err
	}
	next, err := f.Apply(file.Text)
	if err != nil {
		return err
	}
	if string(next) == string(file.Text) {
		o.Line("%s has these settings already.", file.Path)
		o.rivals(p, path)
		return nil
	}
	o.showChange(file, next)
	drops := f.Drops(file.Text)
	if err := o.Confirm("Change "+file.Path+"?", o.yes); err != nil {
		return err
	}
	if err := key.make(ctx); err != nil {
		return err
	}
	if key.accounts != nil {
		file.Private()
	}
	kept, err := file.Write(next)
	if err != nil {
		return key.takeBack(ctx, err)
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
	diff := connect.HideSecrets(udiff.Unified(file.Path, file.Path, string(file.Text), string(next)))
	fmt.Fprint(o.Err, strings.ReplaceAll(diff, "\r", ""))
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
