package record

import (
	"time"

	"github.com/hermes-tui/hermes-tui/core/oauth"
	"github.com/hermes-tui/hermes-tui/core/pool"
)

// The kinds of accounts.
const (
	OAuth  = "oauth"   // a grant, refreshed with a refresh token
	APIKey = "api_key" // a key that a person pasted; it has no end and is never refreshed
)

// Public is what may be known of an account without opening a secret. It stands
// in the account's head (the truth) and, copied, in the pool file.
type Public struct {
	ID       string `json:"id"`
	Rev      uint64 `json:"rev"` // grows with every write of the head; the newer copy wins
	Gen      uint64 `json:"gen"` // generation of the tokens; 0: none yet
	Provider string `json:"provider"`
	Region   string `json:"region"`
	API      string `json:"api,omitempty"`
	// Also is what its models are asked in beside API, as its tokens are bound.
	Also     []string `json:"also,omitempty"`
	Scope    string   `json:"scope,omitempty"`
	AuthType string   `json:"auth_type"`        // [OAuth] or [APIKey]
	Source   string   `json:"source,omitempty"` // "device_code", "import", …
	Owner    string   `json:"owner,omitempty"`  // program that owns the grant when it is shared; empty: we do
	// HandedOver says that the owner got the grant from here.
	HandedOver bool   `json:"handed_over,omitempty"`
	Status     Status `json:"status"`
	// Identity is whose grant it is, where the provider's tokens say.
	Identity  oauth.Identity `json:"identity,omitzero"`
	Marker    *Note          `json:"marker,omitempty"`     // set while quarantined
	LastError *Note          `json:"last_error,omitempty"` // the last failure, until a success
	// Skew is how long before its expiry a token is refreshed.
	Skew time.Duration `json:"skew,omitempty"`

	ObtainedAt     time.Time     `json:"obtained_at,omitzero"`
	ExpiresAt      time.Time     `json:"expires_at,omitzero"` // zero: no end is known
	SignedInAt     time.Time     `json:"signed_in_at,omitzero"`
	LastRefreshAt  time.Time     `json:"last_refresh_at,omitzero"`
	GrantExpiresAt time.Time     `json:"grant_expires_at,omitzero"`
	ClockSkew      time.Duration `json:"clock_skew,omitempty"`  // provider's clock minus ours
	Interrupted    bool          `json:"interrupted,omitempty"` // a refresh was begun and its end is not known
	Locked         bool          `json:"locked,omitempty"`      // the last call met a locked keystore
	NotIncluded    bool          `json:"not_included,omitempty"`
	SignedOut      bool          `json:"signed_out,omitempty"`
	Unrefreshable  bool          `json:"unrenewable,omitempty"` // the provider gave no refresh token
	// Confirm says that a person has to allow each program before it gets a token.
	Confirm bool `json:"confirm,omitempty"`
	// NotBefore is when the provider may be asked for a new token again after a
	// failure.
	NotBefore time.Time `json:"not_before,omitzero"`
	// RefreshingSince is when the refresh that is under way was begun; zero when
	// none is. In the pool file it stands only for one that takes longer than
	// [Slow].
	RefreshingSince time.Time `json:"renewing_since,omitzero"`
}

// Status is what an account's head says of its grant.
type Status string

// The statuses of a head.
const (
	StatusOK          Status = "ok"
	StatusQuarantined Status = "quarantined"
	StatusRemoved     Status = "removed"
)

// Note is what went wrong, and when. Everything in it was cleaned: it holds no
// secret and no control sequence.
type Note struct {
	Provider string    `json:"provider"`
	Code     string    `json:"code"`
	Message  string    `json:"message"`
	Reason   string    `json:"reason"`
	Relogin  bool      `json:"relogin_required"`
	At       time.Time `json:"at"`
}

// Pool names the pool that the account is in.
func (p *Public) Pool() pool.ID { return pool.ID{Provider: p.Provider, Region: p.Region} }

// Quarantined reports whether the grant is dead and the person has to sign in
// again.
func (p Public) Quarantined() bool { return p.Status == StatusQuarantined }

// Shared reports whether another program owns the grant, so that it is served
// but never refreshed here.
func (p Public) Shared() bool { return p.Owner != "" }

// IsKey reports whether the account is an API key.
func (p Public) IsKey() bool { return p.AuthType == APIKey }

// Endless reports whether the access token has no end that is known: it is an
// API key, or the provider names none.
func (p Public) Endless() bool { return p.ExpiresAt.IsZero() }

// Live reports whether the access token has not ended.
func (p Public) Live(now time.Time) bool { return p.Endless() || p.ExpiresAt.After(now) }

// Due reports whether the access token is inside its skew or has ended.
func (p Public) Due(now time.Time) bool { return !p.Endless() && !now.Before(p.RefreshAt()) }

const (
	// LongestWait bounds what a provider or a jumped clock can make an account
	// wait for its next refresh.
	LongestWait = time.Hour
	// RotationPause is how long after a rotation another one needs a reason: a
	// person's wish, or an API that refuses the token.
	RotationPause = time.Minute
	// Slow is how long a refresh takes that nobody should wait for who has
	// something else to do.
	Slow = 500 * time.Millisecond
	// GrantWarning is how long before a sign-in itself ends that is said.
	GrantWarning = 5 * 24 * time.Hour
	// givenUp is how long after its beginning every refresh has ended, be it
	// because its process was killed.
	givenUp = 65 * time.Second
)

// RetryIn returns for how long the provider is not to be asked for a new token;
// zero when it may be. A time that is further away than [LongestWait] comes from
// a clock that jumped, and is ignored.
func (p Public) RetryIn(now time.Time) time.Duration {
	wait := p.NotBefore.Sub(now)
	if wait < 0 || wait > LongestWait {
		return 0
	}
	return wait
}

// Stalled reports whether a refresh has been under way for longer than [Slow].
func (p Public) Stalled(now time.Time) bool { return stalled(p.RefreshingSince, now) }

// stalled reports whether a refresh that was begun at since, if it is not zero,
// has been under way for longer than [Slow].
func stalled(since, now time.Time) bool {
	ago := now.Sub(since)
	return !since.IsZero() && ago >= Slow && ago < givenUp
}

// Changes returns when Live or Stalled says something else, or RetryIn begins or ends to
// ask for a wait, the first such moment after now; zero: never.
func (p *Public) Changes(now time.Time) time.Time {
	return pool.Soonest(now, p.ExpiresAt, p.NotBefore.Add(-LongestWait), p.NotBefore, p.RefreshingSince.Add(Slow), p.RefreshingSince.Add(givenUp))
}

// GrantEnding reports whether the provider ends the sign-in itself soon,
// whatever is refreshed.
func (p Public) GrantEnding(now time.Time) bool {
	return !p.GrantExpiresAt.IsZero() && !p.Quarantined() && !now.Before(p.GrantExpiresAt.Add(-GrantWarning))
}

// RefreshAt is when the token enters its skew: Skew before the expiry, but
// never more than a third of the token's whole life, and not within
// [RotationPause] of the last rotation, whatever end the provider names. It means
// nothing where no end is known.
func (p Public) RefreshAt() time.Time {
	skew := p.Skew
	if life := p.ExpiresAt.Sub(p.ObtainedAt); life > 0 && skew > life/3 {
		skew = life / 3
	}
	at := p.ExpiresAt.Add(-skew)
	if pause := p.LastRefreshAt.Add(RotationPause); !p.LastRefreshAt.IsZero() && at.Before(pause) {
		return pause
	}
	return at
}
