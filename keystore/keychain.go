package keystore

import (
	"errors"
	"os/exec"
)

// securityExits says what the exit codes of /usr/bin/security mean. go-keyring
// runs it and hands on nothing but its *exec.ExitError (keyring_darwin.go: Get
// and Delete return that of CombinedOutput, Set that of Wait), so the code is
// all there is. It is the lowest byte of an OSStatus of SecBase.h and
// Authorization.h, which are named here.
var securityExits = map[int]trouble{
	0xff & errSecItemNotFound: {condition: NotFound}, // go-keyring knows it by its English words only

	0xff & errSecInteractionNotAllowed: askless,
	0xff & errSecInteractionRequired:   askless,
	0xff & errAuthorizationNoAsking:    askless,

	0xff & errSecAuthFailed:       {Locked, "the LABEL is locked, or was given a wrong password", "unlock it with `security unlock-keychain`, then try again"},
	0xff & errAuthorizationDenied: {Locked, "the LABEL did not let /usr/bin/security in", "try again, and allow it when the LABEL asks"},

	0xff & userCanceledErr:          turnedAway,
	0xff & errAuthorizationCanceled: turnedAway,
	0xff & errSecNoSuchKeychain:     keychainless,
	0xff & errSecInvalidKeychain:    keychainless,
	0xff & errSecNoDefaultKeychain:  keychainless,
	0xff & errSecNotAvailable:       keychainless,
	0xff & errSecReadOnly:           {Unavailable, "the LABEL is read-only", "make it writable with Keychain Access, then try again"},
	0xff & errSecDataTooLarge:       tooBig,
}

var (
	askless      = trouble{Locked, "the LABEL is locked, and cannot ask for its password here", "unlock it with `security unlock-keychain`, or log in at the machine; then try again"}
	turnedAway   = trouble{Locked, "the prompt of the LABEL was dismissed", "try again, and answer the prompt"}
	keychainless = trouble{Unavailable, "there is no keychain here to keep secrets in", "run hermes-tui as the user who is logged in, or make a login keychain with Keychain Access"}
)

// Codes of macOS (Security/SecBase.h, Security/Authorization.h, MacErrors.h).
const (
	userCanceledErr             = -128
	errSecNotAvailable          = -25291
	errSecReadOnly              = -25292
	errSecAuthFailed            = -25293
	errSecNoSuchKeychain        = -25294
	errSecInvalidKeychain       = -25295
	errSecItemNotFound          = -25300
	errSecDataTooLarge          = -25302
	errSecNoDefaultKeychain     = -25307
	errSecInteractionNotAllowed = -25308
	errSecInteractionRequired   = -25315
	errAuthorizationDenied      = -60005
	errAuthorizationCanceled    = -60006
	errAuthorizationNoAsking    = -60007 // errAuthorizationInteractionNotAllowed
)

// fromSecurity tells what an error of /usr/bin/security means.
func fromSecurity(err error) (trouble, bool) {
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return trouble{}, false
	}
	t, ok := securityExits[exit.ExitCode()]
	return t, ok
}
