package hermes

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"syscall"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/internal/atomicfile"
)

// MaxFile is the largest file that is read. Ten thousand accounts with long
// tokens are half of it.
const MaxFile = 64 << 20

// Source is a file to read.
type Source struct {
	Format  Format
	Path    string
	Profile string // hermes-agent's profile; empty: the root's file
}

// Discover returns hermes-agent's files below its home folder: the root's
// auth.json, those of its profiles, and the Nous sign-in that the profiles
// share. A profile whose file is the root's own (by a link) is left out. What is
// not there is not returned.
func Discover(home string) []Source {
	var found []Source
	var seen []os.FileInfo
	add := func(format Format, path, profile string) {
		info, err := os.Stat(path)
		if errors.Is(err, fs.ErrNotExist) {
			return
		}
		for _, other := range seen {
			if err == nil && os.SameFile(info, other) {
				return
			}
		}
		if err == nil {
			seen = append(seen, info)
		}
		found = append(found, Source{format, path, profile})
	}
	add(AuthJSON, filepath.Join(home, "auth.json"), "")
	profiles, _ := filepath.Glob(filepath.Join(home, "profiles", "*", "auth.json"))
	sort.Strings(profiles)
	for _, path := range profiles {
		add(AuthJSON, path, shown(filepath.Base(filepath.Dir(path))))
	}
	add(NousShared, filepath.Join(home, "shared", "nous_auth.json"), "")
	return found
}

// LockPath returns the lock file that hermes-agent takes (flock) around every
// change of the file: the same stem with the suffix .lock.
func (s Source) LockPath() string { return strings.TrimSuffix(s.Path, filepath.Ext(s.Path)) + ".lock" }

// Load reads and parses a file. Every error is one sentence that names the
// file; nothing is ever taken for empty because it could not be read.
func Load(s Source, now time.Time) (*File, error) {
	data, err := read(s.Path)
	if err != nil {
		return nil, err
	}
	f, err := Parse(s.Format, data, now)
	var damage *Damage
	if errors.As(err, &damage) {
		damage.Path = s.Path
		return nil, &autherr.Error{
			Kind: autherr.Failed, Code: autherr.CodeFileDamaged, Message: damage.Error(),
			Hint: "repair it or name another file; nothing was changed", Err: damage,
		}
	}
	if err != nil {
		return nil, err
	}
	f.Path, f.Profile = s.Path, s.Profile
	return f, nil
}

// read returns a regular file's bytes, up to [MaxFile].
func read(path string) ([]byte, error) {
	data, err := atomicfile.ReadForeign(path, MaxFile)
	var other atomicfile.NotFile
	switch {
	case errors.Is(err, atomicfile.ErrTooLarge):
		return nil, tooLarge(path)
	case errors.As(err, &other) && other.Mode.IsDir():
		return nil, notReadable(path, "it is a folder", "name the file in it")
	case errors.As(err, &other):
		return nil, notReadable(path, other.Error(), "name hermes-agent's auth.json")
	case err != nil:
		return nil, unreadable(path, err)
	}
	return data, nil
}

func tooLarge(path string) error {
	return notReadable(path, fmt.Sprintf("it is larger than %d MiB", MaxFile>>20), "it is hardly a file of accounts")
}

func unreadable(path string, err error) error {
	var inner *fs.PathError
	if errors.As(err, &inner) {
		err = inner.Err
	}
	hint := "check its owner and mode"
	switch {
	case errors.Is(err, fs.ErrNotExist):
		hint = "name the file: `hermes-tui import FILE`"
	case errors.Is(err, syscall.ELOOP):
		hint = "it is a link to itself; name the file"
	}
	return notReadable(path, err.Error(), hint)
}

func notReadable(path, why, hint string) error {
	return &autherr.Error{
		Kind: autherr.Failed, Code: autherr.CodeFileUnreadable,
		Message: fmt.Sprintf("could not read %s: %s", path, why),
		Hint:    hint + "; nothing was changed",
	}
}
