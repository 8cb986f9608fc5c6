package hermestui

import "github.com/hermes-tui/hermes-tui/core/autherr"

// Error is what every method fails with: a sentence of what happened (Error),
// one of what to do (Hint), a stable Code for programs, and RetryAfter where the
// provider named a time. Tell errors apart with errors.As, or with errors.Is and
// one of the kinds.
type Error = autherr.Error

// The kinds of errors, for errors.Is.
var (
	ErrUsage       error = &Error{Kind: autherr.Usage}       // the call was wrong: no such account, a foreign host
	ErrSignIn      error = &Error{Kind: autherr.SignIn}      // somebody has to sign in again
	ErrKeystore    error = &Error{Kind: autherr.Keystore}    // it is locked or absent, or a record is damaged
	ErrNetwork     error = &Error{Kind: autherr.Network}     // the provider could not be reached
	ErrCoolingDown error = &Error{Kind: autherr.CoolingDown} // no account of the pool serves right now
)
