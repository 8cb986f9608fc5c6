package format

import (
	"net/http"
	"time"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/oauth"
	"github.com/hermes-tui/hermes-tui/core/record"
)

// Account is an account in every --json output. Fields are only ever added.
// It holds no secret, and no address: what a listing reads is not sealed, and a
// program that joined such an address with a token would send it there.
type Account struct {
	ID             string       `json:"id"`
	Label          string       `json:"label"`
	Provider       string       `json:"provider"`
	Region         string       `json:"region"`
	AuthType       string       `json:"auth_type"`
	State          core.State   `json:"state"`
	NeedsSignIn    bool         `json:"needs_sign_in"`
	ObtainedAt     *time.Time   `json:"obtained_at"`
	ExpiresAt      *time.Time   `json:"expires_at"`
	ExpiresIn      *int64       `json:"expires_in"` // seconds, negative once expired
	GrantExpiresAt *time.Time   `json:"grant_expires_at"`
	LastRefreshAt  *time.Time   `json:"last_refresh_at"`
	LastUsedAt     *time.Time   `json:"last_used_at"`
	Requests       uint64       `json:"requests"`
	Place          int          `json:"place"`    // in its pool, 1 first
	Priority       int          `json:"priority"` // the same for programs, 0 first
	CooldownUntil  *time.Time   `json:"cooldown_until"`
	Source         string       `json:"source"`
	Owner          *string      `json:"owner"`
	API            string       `json:"api"`
	Keystore       string       `json:"keystore"`
	Interrupted    bool         `json:"refresh_interrupted"`
	LastError      *record.Note `json:"last_error"`
	// Identity is whose account it is, where the provider's tokens say.
	Identity *oauth.Identity `json:"identity"`
	Plan     *PlanJSON       `json:"plan"`    // its tightest window; null: nobody told
	Confirm  bool            `json:"confirm"` // each program has to be confirmed
	// PausedUntil is when a pause ends; null where that is not known, and for an
	// account that is not paused.
	PausedUntil *time.Time `json:"paused_until"`
}

// AccountJSON is an account as it stands now.
func AccountJSON(a core.Account, now time.Time) Account {
	state := a.State(now)
	out := Account{
		ID: a.ID, Label: a.Label, Provider: a.Provider, Region: a.Region, AuthType: a.AuthType,
		State: state, NeedsSignIn: state == core.NeedsSignIn,
		GrantExpiresAt: Instant(a.GrantExpiresAt), LastRefreshAt: Instant(a.LastRefreshAt),
		LastUsedAt: Instant(a.LastUsedAt), Requests: a.Requests, Place: a.Place(), Priority: a.Priority,
		Source: a.Source, API: a.API, Plan: planJSON(a, now),
		Keystore: a.Keystore, Interrupted: a.Interrupted && !a.Stalled(now), LastError: a.LastError, Confirm: a.Confirm,
	}
	if a.Cooldown.Holds(now) {
		out.CooldownUntil = Instant(a.Cooldown.Until)
	}
	if a.Paused.Holds(now) {
		out.PausedUntil = Instant(a.Paused.Until)
	}
	if a.Identity.Known() {
		out.Identity = &a.Identity
	}
	if a.Shared() {
		out.Owner = &a.Owner
	}
	if !a.Quarantined() && !a.ExpiresAt.IsZero() {
		seconds := int64(a.ExpiresAt.Sub(now) / time.Second)
		out.ObtainedAt, out.ExpiresAt, out.ExpiresIn = Instant(a.ObtainedAt), Instant(a.ExpiresAt), &seconds
	}
	return out
}

// Instant is a time in UTC to the second, nil for the zero time.
func Instant(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC().Truncate(time.Second)
	return &t
}

// AccountsJSON are accounts as they stand now.
func AccountsJSON(accounts []core.Account, now time.Time) []Account {
	all := make([]Account, 0, len(accounts))
	for _, a := range accounts {
		all = append(all, AccountJSON(a, now))
	}
	return all
}

// Keystore is a keystore in every --json output. Fields are only ever added.
type Keystore struct {
	Kind       string `json:"kind"`
	Name       string `json:"name"`
	Available  bool   `json:"available"`
	ChosenBy   string `json:"chosen_by"`
	Reason     string `json:"reason,omitempty"`
	MovingFrom string `json:"moving_from,omitempty"`
}

// StoreJSON is a keystore as it is used now.
func StoreJSON(s core.StoreInfo) Keystore {
	return Keystore{Kind: s.Kind, Name: s.Name, Available: s.Available, ChosenBy: s.ChosenBy, Reason: s.Reason, MovingFrom: s.Moving}
}

// Header is a header with one value for each name.
func Header(h http.Header) map[string]string {
	if len(h) == 0 {
		return nil
	}
	m := make(map[string]string, len(h))
	for name := range h {
		m[name] = h.Get(name)
	}
	return m
}
