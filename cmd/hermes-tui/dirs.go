package main

import (
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
// the platform wants them.
func (w *world) locate() (dirs, error) {
	if home := w.env("HERMES_TUI_HOME"); home != "" {
		if abs, err := filepath.Abs(home); err == nil {
			home = abs
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
	return d, nil
}

// homeless reports whether the folders would be at the root of the disk.
func (w *world) homeless() bool {
	if runtime.GOOS == "windows" || w.env("HOME") != "" {
		return false
	}
	return w.env("XDG_CONFIG_HOME") == "" || w.env("XDG_DATA_HOME") == "" || w.env("XDG_STATE_HOME") == ""
}

func homeDirs(home string) dirs {
	return dirs{
		config: filepath.Join(home, "config"), data: filepath.Join(home, "data"),
		state: filepath.Join(home, "state"), oneTop: true,
	}
}
