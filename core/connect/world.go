package connect

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/hermes-tui/hermes-tui/core/autherr"
)

// World is what has to be known to find a program's files and to read them.
type World struct {
	Env  func(string) string
	Home string // the home folder; empty: not known
	OS   string // as runtime.GOOS has it
	Dir  string // the folder that one is in; empty: not known
	// Read returns a file's text; an error that is fs.ErrNotExist where there
	// is none.
	Read func(path string) ([]byte, error)
	// Glob returns the files that a pattern means, in the order of their names.
	Glob func(pattern string) []string
}

// there reports whether a file can be read.
func (w World) there(path string) bool {
	_, err := w.Read(path)
	return err == nil
}

// Folder is the folder in which a program keeps its files: the one that the first of the
// variables names that is set, else the one below the home folder. A value that does not
// begin at the root is an error.
func (w World) Folder(program string, home []string, variables ...string) (string, error) {
	for _, name := range variables {
		if value := w.Env(name); value != "" {
			return w.whole(program, name, value)
		}
	}
	if !filepath.IsAbs(w.Home) {
		return "", placeless("HOME is not set, so there is no place for "+program+"'s file", "set it to your home folder")
	}
	return filepath.Join(append([]string{w.Home}, home...)...), nil
}

// whole is the value of a variable that names a file or a folder. One that does
// not begin at the root is refused: the program takes it from the folder that it
// is started in, which nobody knows here.
func (w World) whole(program, name, value string) (string, error) {
	if !filepath.IsAbs(value) {
		return "", placeless(fmt.Sprintf("%s is %q, which %s reads from the folder that it is started in", name, value, program), "set it to the whole path")
	}
	return filepath.Clean(value), nil
}

// tilde puts the home folder in the place of a leading ~, for programs that do.
func (w World) tilde(value string) string {
	if value == "~" || strings.HasPrefix(value, "~/") || strings.HasPrefix(value, `~\`) {
		return filepath.Join(w.Home, value[1:])
	}
	return value
}

func placeless(message, hint string) error {
	return &autherr.Error{Kind: autherr.Usage, Code: autherr.CodeUsage, Message: message, Hint: hint + "; nothing was changed"}
}
