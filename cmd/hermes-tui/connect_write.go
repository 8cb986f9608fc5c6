package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/aymanbagabas/go-udiff"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/connect"
	"github.com/hermes-tui/hermes-tui/internal/atomicfile"
)

// largestConfig is the largest file of a program that is changed here.
const largestConfig = 4 << 20

// formPath is a program's file: in the folder that its variable names, else
// below the home folder.
func (a *app) formPath(f connect.Form) string {
	name := f.File[len(f.File)-1]
	if f.Folder != "" {
		if folder := a.env(f.Folder); folder != "" {
			return filepath.Join(folder, name)
		}
	}
	home := a.getenv("HOME", "USERPROFILE")
	return filepath.Join(append([]string{home}, f.File...)...)
}

// writeForm puts a form into the program's file: the difference is shown, the
// person asked, the old file kept beside the new one.
func (a *app) writeForm(p connect.Program, f connect.Form, yes bool) error {
	if len(f.File) == 0 {
		return usage(p.Name+" has no file to write", "leave --write out and use the lines that are printed")
	}
	path := a.formPath(f)
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real // a file that is linked into place stays a link
	}
	before, mode, err := readConfigFile(path)
	if err != nil {
		return err
	}
	after, err := f.Apply(before)
	if err != nil {
		var e *autherr.Error
		if errors.As(err, &e) {
			e.Message = path + ": " + e.Message
		}
		return err
	}
	if string(after) == string(before) {
		a.line("%s has these settings already.", path)
		return nil
	}
	_, _ = fmt.Fprint(a.err, udiff.Unified(path, path, string(before), string(after)))
	if err := a.confirm("Change "+path+"?", yes); err != nil {
		return err
	}
	if err := a.replaceConfig(path, before, after, mode); err != nil {
		return &autherr.Error{Code: autherr.CodeUsage, Message: "could not write " + path + ": " + err.Error(), Hint: "check the folder's owner and mode; the file is as it was"}
	}
	a.line("Changed %s.", path)
	a.notes(f)
	return nil
}

// readConfigFile returns a file's text and mode; one that does not exist is
// empty and will be private.
func readConfigFile(path string) ([]byte, fs.FileMode, error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, 0o600, nil
	}
	var text []byte
	if err == nil {
		text, err = atomicfile.ReadForeign(path, largestConfig)
	}
	if err != nil {
		return nil, 0, usage("could not read "+path+": "+pathless(err).Error(), "nothing was changed")
	}
	return text, info.Mode().Perm(), nil
}

// replaceConfig keeps the old text as a backup before it writes the new one.
func (a *app) replaceConfig(path string, before, after []byte, mode fs.FileMode) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	if before != nil {
		backup := path + "." + a.clock.Now().UTC().Format("20060102T150405Z") + ".bak"
		if err := atomicfile.Write(backup, before, mode); err != nil {
			return err
		}
		_, _ = fmt.Fprintf(a.err, "The old file is kept as %s.\n", backup)
	}
	return atomicfile.Write(path, after, mode)
}
