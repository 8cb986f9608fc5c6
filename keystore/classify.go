package keystore

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"sync"
	"syscall"

	"github.com/zalando/go-keyring"
)

// noLogonSession is ERROR_NO_SUCH_LOGON_SESSION of Windows (winerror.h): logons
// without a password, such as by an SSH key, have no Credential Manager.
const noLogonSession = syscall.Errno(1312)

// said are the words by which the Secret Service and the bus are understood, in
// the order in which they are looked for: those of gnome-keyring, KWallet and
// KeePassXC by way of go-keyring, and of dbus-daemon and dbus-broker.
var said = []struct {
	words string
	what  trouble
}{
	{"failed to unlock", dismissed}, // go-keyring, after a prompt that opened nothing
	{"dismissed", dismissed},
	{"prompt", dismissed},
	{"locked", locked},
	{"was not provided by any .service files", unserved},
	{"is not activatable", unserved},
	{"has no owner", unserved},
	{"connection closed", cutOff},
	{"connection broke", cutOff},
	{"broken pipe", cutOff},
	{"connection reset", cutOff},
}

// classify gives an error of the OS keyring its condition and its words.
// go-keyring has a type for "not found" and "too big" only; the others are told
// apart by what the system said, and what is not known counts as unavailable.
func classify(op, label string, err error) error {
	if err == nil || errors.Is(err, context.Canceled) {
		return err
	}
	return meaning(err).error(op, label, err)
}

func meaning(err error) trouble {
	switch {
	case errors.Is(err, keyring.ErrNotFound):
		return trouble{condition: NotFound}
	case errors.Is(err, keyring.ErrSetDataTooBig):
		return tooBig
	case errors.Is(err, errHanging), errors.Is(err, context.DeadlineExceeded):
		return silent
	case errors.Is(err, noLogonSession):
		return noSession
	}
	if t, ok := fromSecurity(err); ok {
		return t
	}
	text := strings.ToLower(err.Error())
	for _, s := range said {
		if strings.Contains(text, s.words) {
			return s.what
		}
	}
	return unknown
}

// secretItem is the path of an item of the Secret Service, as its errors name
// it; that of a collection has no number.
var secretItem = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`/org/freedesktop/secrets/collection/[^/]+/[^/\s]+`)
})

// vanished reports whether the Secret Service found an item and then did not
// have it any more. gnome-keyring says so in several ways.
func vanished(err error) bool {
	if err == nil || !secretItem().MatchString(err.Error()) {
		return false
	}
	for _, words := range []string{"does not exist", "No such ", "failed to unlock correct collection"} {
		if strings.Contains(err.Error(), words) {
			return true
		}
	}
	return false
}
