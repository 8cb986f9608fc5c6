package connect

import (
	"context"
	"errors"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/exit"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/foreign"
	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/connect"
	"github.com/hermes-tui/hermes-tui/internal/atomicfile"
)

// disconnect gives back a program's file as it was before --write, and revokes the
// key that was made for it. The file itself needs no account and no keystore.
func (o *Options) disconnect(ctx context.Context, p connect.Program) error {
	path, err := p.Path(foreign.World(o.Session))
	if err != nil {
		return err
	}
	if path == "" {
		return exit.Usage(p.Name+" has no file", "take the variables out of your shell's profile")
	}
	err = o.giveBack(ctx, path)
	var e *autherr.Error
	if err == nil || errors.As(err, &e) {
		return err
	}
	hint := "nothing was changed"
	if errors.Is(err, foreign.ErrChanged) {
		hint += "; run it again"
	}
	return exit.Usage("could not give back "+path+": "+atomicfile.Reason(err).Error(), hint)
}

func (o *Options) giveBack(ctx context.Context, path string) error {
	file, err := foreign.Open(path)
	if err != nil {
		return err
	}
	was, err := file.Former()
	if err != nil {
		return err
	}
	if was.Same {
		o.Line("%s is as it was already.", file.Path)
		o.revokeKeys(ctx, file.Path)
		_, err := file.Forget(was)
		return err
	}
	if !was.Ours {
		hint := "take our settings out by hand; there was no file before"
		if !was.Gone {
			hint = "compare it with " + was.Path + ", which is what stood there, and copy back what you want"
		}
		return exit.Usage(file.Path+" was changed after `connect --write`, and that would be lost", hint)
	}
	o.showChange(file, was.Text)
	question := "Give back " + file.Path + "?"
	if was.Gone {
		question = "Delete " + file.Path + ", which was not there before?"
	}
	if err := o.Confirm(question, o.yes); err != nil {
		return err
	}
	if err := file.Restore(was); err != nil {
		return err
	}
	o.Line("%s is as it was.", file.Path)
	o.revokeKeys(ctx, file.Path)
	kept, err := file.Forget(was)
	if kept != "" {
		o.Line("What stood there before the first change is kept as %s.", kept)
	}
	return err
}
