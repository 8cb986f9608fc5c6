package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/hermes-tui/hermes-tui/core/connect"
	"github.com/hermes-tui/hermes-tui/internal/atomicfile"
)

// largestConfig is the largest file of a program that is read or changed here.
const largestConfig = 4 << 20

// programWorld is where programs' files are looked for.
func (a *app) programWorld() connect.World {
	home := a.env("HOME")
	if runtime.GOOS == "windows" {
		home = a.getenv("USERPROFILE", "HOME")
	}
	dir, err := os.Getwd()
	if err != nil {
		dir = ""
	}
	return connect.World{
		Env: a.env, Home: home, OS: runtime.GOOS, Dir: dir, Read: readConfig,
		Glob: func(pattern string) []string {
			found, _ := filepath.Glob(pattern)
			return found
		},
	}
}

// programFile is the file that a program reads here; where that cannot be said,
// the usual one.
func (a *app) programFile(p connect.Program) string {
	path, err := p.Path(a.programWorld())
	if err != nil || path == "" {
		return p.File
	}
	if home := a.programWorld().Home; strings.HasPrefix(path, home+string(filepath.Separator)) {
		return "~" + path[len(home):]
	}
	return path
}

// readConfig returns the text of a program's file. Nothing but a file is opened.
func readConfig(path string) ([]byte, error) { return atomicfile.ReadForeign(path, largestConfig) }

// configFile is a program's file, with links followed.
type configFile struct {
	path   string
	text   []byte
	mode   fs.FileMode
	exists bool
}

// openConfig reads a program's file and makes sure that it may be replaced. One
// that does not exist is empty and will be private.
func openConfig(path string) (configFile, error) {
	c := configFile{mode: 0o600}
	var err error
	if c.path, err = follow(path); err != nil {
		return c, err
	}
	info, err := os.Lstat(c.path)
	if errors.Is(err, fs.ErrNotExist) {
		return c, c.ours()
	}
	if err != nil {
		return c, atomicfile.Reason(err)
	}
	if c.text, err = readConfig(c.path); err != nil {
		return c, atomicfile.Reason(err)
	}
	c.mode, c.exists = info.Mode().Perm(), true
	if c.mode&0o200 == 0 {
		return c, errors.New("it is read-only")
	}
	return c, c.ours()
}

// follow returns the file that a path leads to, which need not exist.
func follow(path string) (string, error) {
	for range 40 {
		real, err := filepath.EvalSymlinks(path)
		if err == nil {
			return real, nil
		}
		link, err := os.Readlink(path)
		if err != nil {
			return path, nil // there is nothing
		}
		if !filepath.IsAbs(link) {
			folder, err := filepath.EvalSymlinks(filepath.Dir(path))
			if err != nil {
				return "", atomicfile.Reason(err)
			}
			link = filepath.Join(folder, link)
		}
		if _, err := os.Stat(filepath.Dir(link)); err != nil {
			return "", errors.New("it is a link to " + link + ", whose folder does not exist")
		}
		path = link
	}
	return "", errors.New("it is a link that leads round in circles")
}
