// Package foreign reads and changes files of other programs: links are followed,
// what was there is kept beside the file, and nothing is overwritten that somebody
// else wrote meanwhile.
package foreign

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/session"
	"github.com/hermes-tui/hermes-tui/core/connect"
	"github.com/hermes-tui/hermes-tui/internal/atomicfile"
)

// largest is the largest file of a program that is read or changed here.
const largest = 4 << 20

// World is where programs' files are looked for.
func World(s *session.Session) connect.World {
	home := s.Env("HOME")
	if runtime.GOOS == "windows" {
		home = s.Getenv("USERPROFILE", "HOME")
	}
	dir, err := os.Getwd()
	if err != nil {
		dir = ""
	}
	return connect.World{
		Env: s.Env, Home: home, OS: runtime.GOOS, Dir: dir, Read: Read,
		Glob: func(pattern string) []string {
			found, _ := filepath.Glob(pattern)
			return found
		},
	}
}

// Place finds the file that a program reads here, as a person writes it; where
// that cannot be said, the usual one.
func Place(s *session.Session) func(connect.Program) string {
	w := World(s)
	return func(p connect.Program) string {
		path, err := p.Path(w)
		if err != nil || path == "" {
			return p.File
		}
		if strings.HasPrefix(path, w.Home+string(filepath.Separator)) {
			return "~" + path[len(w.Home):]
		}
		return path
	}
}

// Read returns the text of a program's file. Nothing but a file is opened.
func Read(path string) ([]byte, error) { return atomicfile.ReadForeign(path, largest) }

// File is a program's file, with links followed.
type File struct {
	Path   string
	Text   []byte
	Exists bool
	mode   fs.FileMode
	open   fs.FileMode // its mode before Private; 0: that was not called
}

// Open reads a program's file and makes sure that it may be replaced. One
// that does not exist is empty and will be private.
func Open(path string) (File, error) {
	f := File{mode: 0o600}
	var err error
	if f.Path, err = follow(path); err != nil {
		return f, err
	}
	info, err := os.Lstat(f.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return f, f.ours()
	}
	if err != nil {
		return f, atomicfile.Reason(err)
	}
	if f.Text, err = Read(f.Path); err != nil {
		return f, atomicfile.Reason(err)
	}
	f.mode, f.Exists = info.Mode().Perm(), true
	if f.mode&0o200 == 0 {
		return f, errors.New("it is read-only")
	}
	return f, f.ours()
}

// Private lets nobody else read the file that is going to be written: a key stands
// in it. [File.Restore] gives the mode back, too.
func (f *File) Private() { f.open, f.mode = f.mode, f.mode&0o600 }

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
