package accounts

import (
	"time"

	"github.com/hermes-tui/hermes-tui/core/consent"
	"github.com/hermes-tui/hermes-tui/core/pool"
	"github.com/hermes-tui/hermes-tui/core/proxies"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/usage"
	"github.com/hermes-tui/hermes-tui/keystore"
)

// State is the word that stands for how an account is doing, the same on the
// screen, in `list` and in JSON.
type State string

// The states. Refreshing and signing in are known to one window only and are
// never stored.
const (
	OK          State = "ok"
	Expiring    State = "expiring"      // inside the skew: a new token is due
	Refreshing  State = "refreshing"    // a new token is being fetched by this process
	Expired     State = "expired"       // still refreshable
	CoolingDown State = "cooling_down"  // the provider asked to wait
	Paused      State = "paused"        // out of the rotation, as a person asked
	NeedsSignIn State = "needs_sign_in" // quarantined
	NotIncluded State = "not_included"  // signed in, but the plan has no API access
	Shared      State = "shared"        // another program owns the grant
	Locked      State = "locked"        // the keystore was locked at the last call
	SigningIn   State = "signing_in"    // a sign-in is under way in this window
	SignedOut   State = "signed_out"    // no tokens are stored
)

// Words returns the state as a person reads it: "cooling down".
func (s State) Words() string {
	switch s {
	case NeedsSignIn:
		return "needs sign-in"
	case CoolingDown:
		return "cooling down"
	case NotIncluded:
		return "not included"
	case SigningIn:
		return "signing in"
	case SignedOut:
		return "signed out"
	default:
		return string(s)
	}
}

// Account is one grant of one provider and region, as everybody may see it: it
// holds no secret. It is a value; changing it changes nothing.
type Account struct {
	record.Public
	pool.Limits // its cool-downs
	Paused      pool.Pause

	Label string
	// APIs is what its models are asked in, as far as can be known without its
	// secret: "chat_completions".
	APIs []string
	// BaseURL is where the models of its provider are by the table and the
	// configuration, to be read by a person; empty where they do not say. A program
	// is told the address of the sealed record, beside its token.
	BaseURL       string
	ProviderName  string    // "MiniMax", "MiniMax China"
	ProviderShort string    // "MiniMax", "MiniMax CN": for narrow windows
	Discontinued  string    // that nobody can sign in there any more, a sentence without its period; else empty
	Priority      int       // place in its pool, 0 first
	Keystore      string    // kind: "keyring", "file"
	Requests      uint64    // hand-outs and proxied requests
	LastUsedAt    time.Time // zero: never
	turn          uint64    // its last one, in a pool that takes turns
	// Plan is what is known of what is left of its plan; nil: nothing. Nobody
	// changes what it points to.
	Plan *usage.Known
	// Revocable says that removing it revokes its sign-in at the provider, as far
	// as can be known beforehand.
	Revocable bool
	// RefreshingSince is when this process began to fetch a new token; zero
	// when it does not.
	RefreshingSince time.Time
}

// Place is where the account stands in its pool, as people count: 1 first.
func (a Account) Place() int { return a.Priority + 1 }

// State says how the account is doing at now.
func (a Account) State(now time.Time) State {
	switch {
	case a.Quarantined():
		return NeedsSignIn
	case a.NotIncluded:
		return NotIncluded
	case a.Locked:
		return Locked
	case a.SignedOut:
		return SignedOut
	case !a.RefreshingSince.IsZero():
		return Refreshing
	case a.Paused.Holds(now):
		return Paused
	case a.Cooldown.Holds(now):
		return CoolingDown
	case a.Shared():
		return Shared
	case !a.Live(now):
		return Expired
	case a.Due(now):
		return Expiring
	default:
		return OK
	}
}

// CanServe reports whether a program could get a token of this account at now,
// refreshing it first if need be.
func (a Account) CanServe(now time.Time) bool {
	row := a.Row(now)
	reason, _ := row.Why("", now)
	return reason == ""
}

// Row is the account as the choice among those of its pool sees it.
func (a *Account) Row(now time.Time) pool.Row {
	row := pool.Row{ID: a.ID, Paused: a.Paused, Limits: a.Limits, Requests: a.Requests, Turn: a.turn}
	switch {
	case a.Quarantined():
		row.Out = pool.NeedsSignIn
	case a.NotIncluded:
		row.Out = pool.NotIncluded
	case a.Locked:
		row.Out = pool.Locked
	case a.SignedOut:
		row.Out = pool.SignedOut
	case a.Shared() && !a.Live(now):
		row.Out = pool.Shared
	case !a.Live(now):
		row.RetryAt = now.Add(a.RetryIn(now))
		row.Unrefreshed = row.RetryAt.After(now)
		if a.Stalled(now) || (record.Public{RefreshingSince: a.RefreshingSince}).Stalled(now) {
			row.Unrefreshed, row.RetryAt = true, time.Time{}
		}
	}
	return row
}

// Snapshot is everything that may be shown, at one moment.
type Snapshot struct {
	// Number is higher the later a process took it: what had happened before one is
	// in all of higher numbers.
	Number   uint64
	Accounts []Account // in pool order
	Store    StoreInfo
	// Strategies are those of the pools that have another one than the default.
	Strategies map[pool.ID]pool.Strategy
	Default    string            // who serves where nobody is named, as in the pool file; see [Snapshot.IsDefault]
	Asks       []consent.Request // programs that wait for a person's confirmation, the oldest first
	Proxies    []proxies.Proxy   // that run, the oldest first
	Notice     string            // one sentence a person should see, such as a rebuilt pool file; may be empty
	Err        error             // why the accounts cannot be read at all; Accounts is empty then
}

// StoreInfo says which keystore is in use.
type StoreInfo struct {
	Kind      string // "keyring", "file", "memory"
	Name      string // "Secret Service", "encrypted file"
	Available bool   // as of the last use; nothing is opened to find out
	Locked    bool   // the last use met a locked store
	ChosenBy  string // "flag", "environment", "config", "remembered", "automatic"
	Reason    string // why it was chosen when that is worth saying: "no OS keyring here"
	Moving    string // kind that is being moved away from, empty when none
	Fleet     string // the fleet whose etcd has the accounts; this has what the host has seen of them
}

// itemTime is what one account costs in a keyring: two or three items, each
// written and read back.
const itemTime = 100 * time.Millisecond

// Cost says what storing n accounts costs in the keystore where that is worth
// saying, which is in a keyring: about how many items, and how long.
func (s StoreInfo) Cost(n int) (items int, takes time.Duration) {
	if s.Kind != string(keystore.KindKeyring) {
		return 0, 0
	}
	return n * 5 / 2, (time.Duration(n) * itemTime).Round(time.Second)
}

// Find returns the account with this id.
func (s Snapshot) Find(id string) (Account, bool) {
	for _, a := range s.Accounts {
		if a.ID == id {
			return a, true
		}
	}
	return Account{}, false
}
