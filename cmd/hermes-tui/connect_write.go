package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode"

	"github.com/aymanbagabas/go-udiff"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/connect"
	"github.com/hermes-tui/hermes-tui/core/secret"
	"github.com/hermes-tui/hermes-tui/internal/atomicfile"
)

// writeForm puts a form into the program's file: the difference is shown, the
// person asked, the old file kept beside the new one. Where it does not, the
// lines are printed for the person to add.
func (a *app) writeForm(ctx context.Context, p connect.Program, f connect.Form, yes bool) error {
	path, err := p.Path(a.programWorld())
	if err != nil {
		a.printForm(p, f, "")
		return err
	}
	if path == "" {
		return usage(p.Name+" has no file to write", "leave --write out and use the lines that are printed")
	}
	if err := a.understood(ctx, p, f); err != nil {
		return err
	}
	if err = a.tryForm(p, f, path, yes); errors.Is(err, errChanged) && yes {
		err = a.tryForm(p, f, path, yes) // nobody has looked at the difference
	}
	if err != nil {
		return a.refused(p, f, path, err)
	}
	a.ask(ctx, p, f, path)
	return nil
}

func (a *app) tryForm(p connect.Program, f connect.Form, path string, yes bool) error {
	file, err := openConfig(path)
	if err != nil {
		return err
	}
	next, err := f.Apply(file.text)
	if err != nil {
		return err
	}
	if string(next) == string(file.text) {
		a.line("%s has these settings already.", file.path)
		a.rivals(p, path)
		return nil
	}
	a.showChange(file, next)
	drops := f.Drops(file.text)
	if err := a.confirm("Change "+file.path+"?", yes); err != nil {
		return err
	}
	kept := ""
	err = file.replace(next, func() error {
		kept, err = a.keep(file, next)
		return err
	})
	if err != nil {
		return err
	}
	if kept != "" {
		_, _ = fmt.Fprintf(a.err, "The old file is kept as %s.\n", kept)
	}
	a.line("Changed %s.", file.path)
	for _, key := range drops {
		_, _ = fmt.Fprintf(a.err, "# taken out of %s, because it goes before this: %s\n", file.path, secret.Clean(key, 1000))
	}
	a.notes(p, f, path)
	return nil
}

// showChange prints the difference, without what looks like a secret and
// without what a terminal would obey.
func (a *app) showChange(file configFile, next []byte) {
	diff := connect.HideSecrets(udiff.Unified(file.path, file.path, string(file.text), string(next)))
	_, _ = fmt.Fprint(a.err, strings.Map(func(r rune) rune {
		switch {
		case r == '\r':
			return -1
		case r != '\n' && r != '\t' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r)):
			return '·'
		}
		return r
	}, diff))
}

// refused says why the file was not changed, and prints the lines.
func (a *app) refused(p connect.Program, f connect.Form, path string, err error) error {
	if errors.Is(err, autherr.Canceled) {
		return err
	}
	var e *autherr.Error
	if errors.As(err, &e) && e.Hint == "add --yes" {
		return err
	}
	if errors.Is(err, errChanged) {
		return usage(path+": "+err.Error(), "nothing was written; run it again")
	}
	a.printForm(p, f, "")
	if errors.As(err, &e) {
		e.Message = path + ": " + e.Message
		return e
	}
	return usage("could not change "+path+": "+atomicfile.Reason(err).Error(), "add the lines by hand; nothing was changed")
}
