package keystore

import (
	"context"
	"errors"
	"regexp"
	"strings"

	"github.com/zalando/go-keyring"
)

// classify gives an error of the OS keyring its condition. go-keyring has a
// type for "not found" and "too big" only; the others are told apart by the
// words of the system, and what is not known counts as unavailable.
func classify(op, label string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, keyring.ErrNotFound):
		return notFound(op)
	case errors.Is(err, keyring.ErrSetDataTooBig):
		return &Error{Condition: TooLarge, Op: op, Message: "the " + label + " does not take a secret of this size", Err: err}
	case errors.Is(err, context.Canceled):
		return err
	case errors.Is(err, context.DeadlineExceeded):
		return &Error{
			Condition: Locked, Op: op, Message: "the " + label + " did not answer in time",
			Hint: "unlock it (its prompt may be hidden behind a window), then try again", Err: err,
		}
	}
	text := strings.ToLower(err.Error())
	for _, words := range []string{"failed to unlock", "locked", "prompt", "dismissed", "user interaction is not allowed", "user canceled"} {
		if strings.Contains(text, words) {
			return &Error{Condition: Locked, Op: op, Message: "the " + label + " is locked", Hint: "unlock it, then try again", Err: err}
		}
	}
	return &Error{
		Condition: Unavailable, Op: op, Message: "the " + label + " cannot be used",
		Hint: "`hermes-tui doctor` says more; `--keystore file` uses an encrypted file for a new store", Err: err,
	}
}

// secretItem is the path of an item of the Secret Service, as its errors name
// it; that of a collection has no number.
var secretItem = regexp.MustCompile(`/org/freedesktop/secrets/collection/[^/]+/[^/\s]+`)

// vanished reports whether the Secret Service found an item and then did not
// have it any more. gnome-keyring says so in several ways.
func vanished(err error) bool {
	if err == nil || !secretItem.MatchString(err.Error()) {
		return false
	}
	for _, words := range []string{"does not exist", "No such ", "failed to unlock correct collection"} {
		if strings.Contains(err.Error(), words) {
			return true
		}
	}
	return false
}
