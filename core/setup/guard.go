package setup

import (
	"errors"
	"fmt"
	"path/filepath"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/internal/private"
)

// guard refuses to work where others could put something else in the place of
// accounts, key or configuration. Folders of our own that others can enter are
// closed, and that is said; those above belong to the person, who is told how.
func (s *Setup) guard() error {
	for _, dir := range []string{s.Dirs.Config, s.Dirs.Data, s.Dirs.State, filepath.Join(s.Dirs.State, "acct"), filepath.Join(s.Dirs.State, "history")} {
		if err := s.shut(dir); err != nil {
			return err
		}
	}
	for _, dir := range []string{s.Dirs.State, s.Dirs.Data, s.Dirs.Config} {
		for _, fault := range private.Faults(dir) {
			return &autherr.Error{Kind: autherr.Usage, Code: autherr.CodeForeignStore, Message: fault.Error(), Hint: fault.Cure()}
		}
	}
	return nil
}

// shut closes a folder of ours. That others can read the configuration is no
// harm, and a folder of another user's is left alone.
func (s *Setup) shut(dir string) error {
	closeTo := private.Close
	if dir == s.Dirs.Config {
		closeTo = private.CloseForWriting
	}
	was, err := closeTo(dir)
	if err != nil {
		return usage(fmt.Sprintf("others can reach the folder %s (mode %04o), and that could not be changed: %v", dir, was, errors.Unwrap(err)), "check what it lies on")
	}
	if was&0o022 != 0 && s.Say != nil {
		s.Say(fmt.Sprintf("others could change the folder %s (mode %04o); it is yours alone now", dir, was))
	}
	return nil
}
