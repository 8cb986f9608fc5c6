// Package autherr has the errors that the rest of the program speaks in.
//
// Every failure a person can meet is an [*Error]: a stable code for programs, a
// sentence that says what happened, a hint that says what to do, whether only
// signing in again helps, and a [Kind], from which the exit code follows. Tell
// errors apart with errors.As, or with errors.Is and one of the sentinels such
// as [NeedsSignIn]; never by their text.
package autherr

import (
	"errors"
	"time"
)

// Kind groups errors by what the person or program can do about them.
type Kind int

// The kinds, each with its own exit code in the command line.
const (
	Failed      Kind = iota // it did not work, and trying again may not help
	Usage                   // the request itself was wrong
	SignIn                  // somebody has to sign in again
	Keystore                // the keystore is locked or unavailable, or a record is damaged
	Network                 // the network or the provider could not be reached
	CoolingDown             // no account can serve right now
)

// Codes that this program gives out. A provider's own code (such as
// "invalid_grant") is passed on as it is.
const (
	CodeNotLoggedIn             = "not_logged_in"
	CodeNoRefreshToken          = "no_refresh_token"
	CodeNoAccessToken           = "no_access_token"
	CodeRefreshFailed           = "refresh_failed"
	CodeStateMismatch           = "state_mismatch"
	CodeAuthorizationDenied     = "authorization_denied"
	CodeAuthorizationIncomplete = "authorization_incomplete"
	CodeAuthorizationFailed     = "authorization_failed"
	CodeTokenIncomplete         = "token_incomplete"
	CodeTokenExchangeFailed     = "token_exchange_failed"
	CodeTimeout                 = "timeout"
	CodeCanceled                = "canceled"
	CodeCredentialPersistFailed = "credential_persist_failed"
	CodeNoPortalBaseURL         = "no_portal_base_url"
	CodeInvalidExpiry           = "invalid_expiry"
	CodeHostNotAllowed          = "host_not_allowed"
	CodeAPINotServed            = "api_not_served" // no account that is meant speaks what is asked
	CodeKeystoreLocked          = "keystore_locked"
	CodeKeystoreUnavailable     = "keystore_unavailable"
	CodeRecordDamaged           = "record_damaged"
	CodeRecordTooLarge          = "record_too_large"
	CodeNoSuchAccount           = "no_such_account"
	CodeAmbiguousAccount        = "ambiguous_account"
	CodeUsage                   = "usage"
	CodeUnreachable             = "unreachable"
	CodeCoolingDown             = "cooling_down"
	CodePaused                  = "paused"
	CodeBudget                  = "budget_used_up" // a local key has used what it may
	CodeShared                  = "shared"
	CodeHandedOver              = "handed_over"
	CodeForeignStore            = "foreign_store"
	CodeNewerStore              = "newer_store"
	CodeForeignLock             = "foreign_lock"
	CodeFileUnreadable          = "file_unreadable"
	CodeFileChanged             = "file_changed"
	CodeFileUnwritable          = "file_unwritable"
	CodeFileDamaged             = "file_damaged"
	CodeNothingToImport         = "nothing_to_import"
	CodeKeyRefused              = "api_key_refused"
	CodeDuplicateOwner          = "duplicate_owner"      // the sign-in's owner is here already
	CodeAnotherOwner            = "another_owner"        // the account belonged to another owner
	CodeDiscontinued            = "discontinued"         // the provider has ended its sign-in
	CodeDiscoveryFailed         = "discovery_failed"     // the issuer's metadata could not be had
	CodeDiscoveryIncomplete     = "discovery_incomplete" // it names no endpoint that is needed
	CodeNotRevocable            = "not_revocable"        // the provider takes no sign-in back from here
	CodeRevocationFailed        = "revocation_failed"    // it was asked to, and did not
	CodeDiscoveryInvalid        = "discovery_invalid"    // it is another issuer's, or points to a host that is not allowed
	CodeKeyUnknown              = "key_unknown"          // no client key of the proxy, or one that was revoked
	CodeKeyExpired              = "key_expired"          // a client key whose time is over
	CodeKeyRevoked              = "key_revoked"          // the default key, which all programs could share
	CodeNotConfirmed            = "not_confirmed"        // no person has allowed the program that asks
	CodeNotReset                = "not_reset"            // no banked reset was used
	CodeNotMember               = "not_a_member"         // this host was removed from its fleet
	CodeNoFleet                 = "no_such_fleet"
	CodeFleetExists             = "fleet_exists"
	CodeFleetAway               = "fleet_unreachable" // its store
	CodeFleetRestored           = "fleet_restored"    // the fleet's store is an older one
	CodeHostsNotHeard           = "hosts_not_heard"   // some have not handed in what they have
	CodeTokensLost              = "tokens_lost"       // after a restore nobody has the newest ones
	CodeOtherEpoch              = "other_epoch"       // it waits to be sealed for those who are members now
	CodeNotOwner                = "not_an_owner"      // only an owner of the fleet can do this
	CodeLastOwner               = "last_owner"        // nobody could open anything afterwards
	CodeMemberExists            = "member_exists"
	CodeNoSuchMember            = "no_such_member"
	CodeFleetBusy               = "fleet_busy" // others change its members all the time
	CodeTakeOver                = "take_over"  // a person is to say whether another host's refresh is taken over
	CodeSigningIn               = "signing_in" // another host signs the account in
	CodeInvitationExpired       = "invitation_expired"
	CodeInvitationRefused       = "invitation_refused" // by a person
	CodeInvitationUsed          = "invitation_used"    // by somebody else
	CodeInvitationLeft          = "invitation_left"    // by who asked to join
)

// Error is a failure with everything a caller needs to act on it.
type Error struct {
	Kind       Kind
	Provider   string        // provider id, empty when none is involved
	Code       string        // stable, for programs
	Message    string        // what happened: lower case, no final period
	Hint       string        // what to do: a command or a key; may be empty
	Relogin    bool          // only signing in again can help
	RetryAfter time.Duration // what the provider asked for; zero when nothing
	Err        error         // the cause, may be nil
}

// Error returns what happened, without the hint.
func (e *Error) Error() string {
	if e.Message == "" && e.Err != nil {
		return e.Err.Error()
	}
	return e.Message
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Is matches sentinels: an *Error target with a Code matches that code; one
// with only a Kind matches that kind.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	if !ok || t.Message != "" {
		return false
	}
	if t.Code != "" {
		return t.Code == e.Code
	}
	return t.Kind == e.Kind
}

// Sentinels for errors.Is.
var (
	NeedsSignIn = &Error{Kind: SignIn}
	Canceled    = &Error{Code: CodeCanceled}
	Denied      = &Error{Code: CodeAuthorizationDenied}
	TimedOut    = &Error{Code: CodeTimeout}
	NotFound    = &Error{Code: CodeNoSuchAccount}
)

// KindOf returns the kind of the first *Error in err's chain, Failed for every
// other error.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return Failed
}

// CodeOf returns the code of the first *Error in err's chain, empty for every
// other error.
func CodeOf(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}
