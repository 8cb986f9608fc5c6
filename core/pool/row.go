package pool

import (
	"strings"
	"time"
)

// ID names a pool: the accounts of one provider in one region. Requests never
// move from one pool to another, because that is another company under other law.
type ID struct{ Provider, Region string }

// String returns the name as a person writes it: "minimax-oauth/cn".
func (id ID) String() string { return id.Provider + "/" + id.Region }

// MarshalText implements [encoding.TextMarshaler].
func (id ID) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (id *ID) UnmarshalText(text []byte) error {
	id.Provider, id.Region, _ = strings.Cut(string(text), "/")
	return nil
}

// Row is one account of a pool, as far as the choice depends on it.
type Row struct {
	ID string
	// Out is why the account cannot serve, whatever the time; empty when it can.
	Out Reason
	// Unrefreshed says that its token has ended and that a new one cannot be had
	// for the moment; RetryAt is when that is tried again, where it is known.
	Unrefreshed bool
	RetryAt     time.Time
	Paused      Pause
	Limits      Limits
	Requests    uint64 // that it has served, for LeastUsed
	Turn        uint64 // number of its last turn, for RoundRobin and SoonestReset; 0: it had none
	Leases      int    // requests that it is serving now
	Plan        Plan   // what is left of its plan, for MostLeft and SoonestReset
	// Changes is when the row is another one by time alone; zero: never. Only a
	// [Ranking] needs it.
	Changes time.Time
}

// Reason is why an account does not serve a request. The words are those of the
// states of accounts.
type Reason string

// The reasons.
const (
	CoolingDown  Reason = "cooling_down"   // until a time that is known
	NeedsSignIn  Reason = "needs_sign_in"  // its grant is dead
	SignedOut    Reason = "signed_out"     // it has no tokens
	NotIncluded  Reason = "not_included"   // its plan has no API access
	Shared       Reason = "shared"         // another program has to refresh its token first
	Locked       Reason = "locked"         // its keystore was locked at the last call
	Paused       Reason = "paused"         // a person has taken it out of the rotation
	NotRefreshed Reason = "not_renewed"    // its token has ended, and refreshing it fails or takes long
	Refused      Reason = "refused_before" // it refused this very request before
)

// Words returns the reason as a person reads it: "needs sign-in".
func (r Reason) Words() string {
	switch r {
	case NeedsSignIn:
		return "needs sign-in"
	case NotIncluded:
		return "its plan has no API access"
	case Shared:
		return "another program has to refresh its token"
	case Locked:
		return "its keystore is locked"
	case NotRefreshed:
		return "its token cannot be refreshed at the moment"
	case Refused:
		return "it has refused this request"
	default:
		return strings.ReplaceAll(string(r), "_", " ")
	}
}

// Why returns what speaks against the account for a request that names model
// (empty when it names none), and until when if that is known. An empty reason
// means that it can serve.
func (r *Row) Why(model string, now time.Time) (Reason, time.Time) {
	if r.Out != "" {
		return r.Out, time.Time{}
	}
	if r.Paused.Holds(now) {
		return Paused, r.Paused.Until
	}
	if until := r.Limits.Until(model, now); !until.IsZero() {
		return CoolingDown, until
	}
	if r.Unrefreshed {
		return NotRefreshed, r.RetryAt
	}
	return "", time.Time{}
}
