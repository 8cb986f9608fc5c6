package setup

import (
	"fmt"
	"path/filepath"
	"runtime"

	"github.com/adrg/xdg"
)

// Dirs are the folders that hermes-tui uses.
type Dirs struct {
	Config string // config.toml; people commit it, so no secret lies here
	Data   string // the file keystore's key
	State  string // accounts, locks, log
	OneTop bool   // all of them lie under one folder
}

// Locate returns the folders: under HERMES_TUI_HOME where it is set, else where
// the platform wants them. None is ever below the current folder: a relative
// value in an XDG variable is ignored, as its specification says, and any other
// is refused, with an error of kind Usage.
func Locate(env func(string) string) (Dirs, error) {
	if home := env("HERMES_TUI_HOME"); home != "" {
		if !filepath.IsAbs(home) {
			return Dirs{}, usage(fmt.Sprintf("HERMES_TUI_HOME is %q, which is another folder wherever you start this", home), "write the whole path, from / on")
		}
		return Under(home), nil
	}
	if homeless(env) {
		return Dirs{}, usage("HOME is not set, so there is no place for the accounts", "set it, or name a folder with HERMES_TUI_HOME")
	}
	d := Dirs{
		Config: filepath.Join(xdg.ConfigHome, "hermes-tui"),
		Data:   filepath.Join(xdg.DataHome, "hermes-tui"),
		State:  filepath.Join(xdg.StateHome, "hermes-tui"),
	}
	if d.Data == d.State {
		d.Data, d.OneTop = filepath.Join(d.Data, "data"), true
		d.State = filepath.Join(d.State, "state")
	}
	for _, dir := range []string{d.Config, d.Data, d.State} {
		if !filepath.IsAbs(dir) {
			return Dirs{}, usage(fmt.Sprintf("the folder %s is another one wherever you start this", dir), "set HOME to the whole path of your home folder")
		}
	}
	return d, nil
}

// homeless reports whether the folders would be at the root of the disk.
func homeless(env func(string) string) bool {
	if runtime.GOOS == "windows" || env("HOME") != "" {
		return false
	}
	for _, name := range []string{"XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"} {
		if !filepath.IsAbs(env(name)) { // a relative one is no answer either
			return true
		}
	}
	return false
}

// Under returns the folders where all of them lie under home, as HERMES_TUI_HOME
// says.
func Under(home string) Dirs {
	return Dirs{
		Config: filepath.Join(home, "config"), Data: filepath.Join(home, "data"),
		State: filepath.Join(home, "state"), OneTop: true,
	}
}
