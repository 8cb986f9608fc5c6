package main

import (
	"errors"
	"os"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/connect"
	"github.com/hermes-tui/hermes-tui/internal/atomicfile"
)

// disconnect gives back a program's file as it was before --write. It needs no
// account and no keystore.
func (a *app) disconnect(program string, o connectOptions) error {
	if o.write {
		return usage("--write and --undo exclude each other", "use one of them")
	}
	p, err := connect.Find(program)
	if err != nil {
		return err
	}
	path, err := p.Path(a.programWorld())
	if err != nil {
		return err
	}
	if path == "" {
		return usage(p.Name+" has no file", "take the variables out of your shell's profile")
	}
	err = a.undo(path, o.yes)
	var e *autherr.Error
	if err == nil || errors.As(err, &e) {
		return err
	}
	hint := "nothing was changed"
	if errors.Is(err, errChanged) {
		hint += "; run it again"
	}
	return usage("could not give back "+path+": "+atomicfile.Reason(err).Error(), hint)
}

func (a *app) undo(path string, yes bool) error {
	file, err := openConfig(path)
	if err != nil {
		return err
	}
	b, there, err := readBackups(file.path)
	if err != nil {
		return usage("the record "+file.path+backupRecord+" is damaged", "what stood in the file is in the backups beside it ("+firstBackup+", "+latestBackup+")")
	}
	if !there {
		return usage(file.path+" was not changed by `connect --write`", "there is nothing to undo")
	}
	old, gone := []byte(nil), b.Back == ""
	if !gone {
		if old, err = readConfig(file.path + b.Back); err != nil {
			return usage("the backup "+file.path+b.Back+" cannot be read: "+atomicfile.Reason(err).Error(), "nothing was changed")
		}
	}
	if file.exists && !gone && string(old) == string(file.text) || !file.exists && gone {
		a.line("%s is as it was already.", file.path)
		return b.forget(file.path, file.text, gone)
	}
	if !file.exists || fingerprint(file.text) != b.Wrote {
		hint := "take our settings out by hand; there was no file before"
		if !gone {
			hint = "compare it with " + file.path + b.Back + ", which is what stood there, and copy back what you want"
		}
		return usage(file.path+" was changed after `connect --write`, and that would be lost", hint)
	}
	a.showChange(file, old)
	question := "Give back " + file.path + "?"
	if gone {
		question = "Delete " + file.path + ", which was not there before?"
	}
	if err := a.confirm(question, yes); err != nil {
		return err
	}
	if gone {
		if err = file.again(); err == nil {
			err = os.Remove(file.path)
		}
	} else {
		err = file.replace(old, func() error { return nil })
	}
	if err != nil {
		return err
	}
	a.line("%s is as it was.", file.path)
	if err := b.forget(file.path, old, gone); err != nil {
		return err
	}
	if exists(file.path + firstBackup) {
		a.line("What stood there before the first change is kept as %s.", file.path+firstBackup)
	}
	return nil
}
