package main

import (
	"fmt"
	"path/filepath"
	"runtime"

	"github.com/adrg/xdg"
)

// dirs are the folders that this program uses.
type dirs struct {
	config string // config.toml; people commit it, so no secret lies here
	data   string // the file keystore's key
	state  string // accounts, locks, log
	oneTop bool   // all of them lie under one folder
}

// locate returns the folders: under HERMES_TUI_HOME where it is set, else where
// the platform wants them. None is ever below the current folder: a relative
// value in an XDG variable is ignored, as its specification says, and any other
// is refused.
func (w *world) locate() (dirs, error) {
	if home := w.env("HERMES_TUI_HOME"); home != "" {
		if !filepath.IsAbs(home) {
			return dirs{}, usage(fmt.Sprintf("HERMES_TUI_HOME is %q, which is another folder wherever you start this", home), "write the whole path, from / on")
		}
		return homeDirs(home), nil
	}
	if w.homeless() {
		return dirs{}, usage("HOME is not set, so there is no place for the accounts", "set it, or name a folder with HERMES_TUI_HOME")
	}
	d := dirs{
		config: filepath.Join(xdg.ConfigHome, "hermes-tui"),
		data:   filepath.Join(xdg.DataHome, "hermes-tui"),
		state:  filepath.Join(xdg.StateHome, "hermes-tui"),
	}
	if d.data == d.state {
		d.data, d.oneTop = filepath.Join(d.data, "data"), true
		d.state = filepath.Join(d.state, "state")
	}
	for _, dir := range []string{d.config, d.data, d.state} {
		if !filepath.IsAbs(dir) {
			return dirs{}, usage(fmt.Sprintf("the folder %s is another one wherever you start this", dir), "set HOME to the whole path of your home folder")
		}
	}
	return d, nil
}

// homeless reports whether the folders would be at the root of the disk.
func (w *world) homeless() bool {
	if runtime.GOOS == "windows" || w.env("HOME") != "" {
		return false
	}
	for _, name := range []string{"XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"} {
		if !filepath.IsAbs(w.env(name)) { // a relative one is no answer either
			return true
		}
	}
	return false
}

func homeDirs(home string) dirs {
	return dirs{
		config: filepath.Join(home, "config"), data: filepath.Join(home, "data"),
		state: filepath.Join(home, "state"), oneTop: true,
	}
}
