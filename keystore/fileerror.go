package keystore

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
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
