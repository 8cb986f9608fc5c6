package keystore

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"time"

	"github.com/hermes-tui/hermes-tui/keystore/lock"
)

// gaveUp turns a deadline that passed into an error of the keystore; nil and a
// cancellation come back as they are.
func gaveUp(op string, err error) error {
	if !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return &Error{Condition: Locked, Op: op, Message: "the time for opening the keystore is over", Hint: "try again", Err: err}
}

func unwritable(err error) error {
	message := "a secret's file cannot be written"
	var of *fs.PathError
	if errors.As(err, &of) { // the name is that of a temporary file, and random
		message, err = "could not write "+filepath.Dir(of.Path), of.Err
	}
	return &Error{
		Condition: Unavailable, Op: "put", Message: message,
		Hint: "check the folder's owner, its mode and the space on the disk", Err: err,
	}
}

func damagedFile(err error) error {
	return &Error{
		Condition: Damaged, Op: "get", Message: "a secret's file is damaged",
		Hint: "nothing was changed; restore it from a backup of this machine, or sign in again", Err: err,
	}
}

func tooLarge(size int) error {
	return &Error{
		Condition: TooLarge, Op: "put", Message: fmt.Sprintf("a secret of %d bytes is too large", size),
		Hint: fmt.Sprintf("at most %d bytes can be kept", maxBlob),
	}
}

// missingKey is the answer where secrets are stored and their key is gone; a
// new one is not made, because it would not open them.
func missingKey(path string) error {
	return &Error{
		Condition: Unavailable, Op: "open", Message: "the key of the encrypted file keystore is missing: " + path,
		Hint: "put the key file back; without it the tokens cannot be read, and you have to start over (`hermes-tui purge`)",
	}
}

// noSuchKey is the answer where somebody named a key file that is not there.
func noSuchKey(path string) error {
	return &Error{
		Condition: Unavailable, Op: "open", Message: "there is no key file " + path,
		Hint: "check key_file in the configuration, or HERMES_TUI_KEY_FILE; `age-keygen -o FILE` makes one",
	}
}

// noKeyMade is the answer where the key's folder cannot be made.
func noKeyMade(path string, err error) error {
	return &Error{
		Condition: Unavailable, Op: "open", Message: fmt.Sprintf("the key %s was not made: %v", path, err),
		Hint: "run hermes-tui as the folder's owner, or name a folder of your own with HERMES_TUI_HOME", Err: err,
	}
}

func unreadableKey(path string, err error) error {
	return &Error{
		Condition: Unavailable, Op: "open", Message: fmt.Sprintf("the key file %s cannot be used", path),
		Hint: "check its owner and mode (0600)", Err: err,
	}
}

// nobodyAsked is the answer where a passphrase is needed and there is nobody to
// ask.
func nobodyAsked(s lock.State) error {
	e := &Error{
		Condition: Locked, Op: "open", Message: "the key file is sealed with a passphrase, and nobody can be asked here",
		Hint: "`hermes-tui unlock` in a terminal opens it for all programs for a time",
	}
	if s.Locked {
		e.Message = "the keystore was locked" + since(s)
	}
	return e
}

// lockedMeanwhile is the answer in a process that had the key before.
func lockedMeanwhile(s lock.State) error {
	e := &Error{Condition: Locked, Op: "open", Message: "the time is over that the keystore was unlocked for", Hint: "`hermes-tui unlock` in a terminal opens it again"}
	if s.Locked {
		e.Message = "the keystore was locked" + since(s)
	}
	return e
}

func since(s lock.State) string {
	if s.At.IsZero() {
		return ""
	}
	return " at " + s.At.Local().Format(time.TimeOnly)
}

// notSealed is the answer where there is nothing to lock.
func notSealed(path string) error {
	return &Error{
		Condition: Misused, Op: "lock", Message: "the key of the encrypted file keystore has no passphrase: " + path,
		Hint: "seal it with `age -p -o NEW " + path + "` and put NEW in its place; then it can be locked and unlocked",
	}
}
