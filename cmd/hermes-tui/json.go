package main

import (
	"encoding/json"
	"io"
	"time"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/oauth"
	"github.com/hermes-tui/hermes-tui/core/record"
)

// accountJSON is an account in every --json output. Fields are only ever added.
// It holds no secret, and no address: what a listing reads is not sealed, and a
// program that joined such an address with a token would send it there.
type accountJSON struct {
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
	Priority       int          `json:"priority"`
	CooldownUntil  *time.Time   `json:"cooldown_until"`
	Source         string       `json:"source"`
	Owner          *string      `json:"owner"`
	API            string       `json:"api"`
	Keystore       string       `json:"keystore"`
	Interrupted    bool         `json:"refresh_interrupted"`
	LastError      *record.Note `json:"last_error"`
	// Identity is whose account it is, where the provider's tokens say.
	Identity *oauth.Identity `json:"identity"`
}

func toJSON(a core.Account, now time.Time) accountJSON {
	state := a.State(now)
	out := accountJSON{
		ID: a.ID, Label: a.Label, Provider: a.Provider, Region: a.Region, AuthType: a.AuthType,
		State: state, NeedsSignIn: state == core.NeedsSignIn,
		GrantExpiresAt: instant(a.GrantExpiresAt), LastRefreshAt: instant(a.LastRefreshAt),
		LastUsedAt: instant(a.LastUsedAt), Requests: a.Requests, Priority: a.Priority,
		Source: a.Source, API: a.API,
		Keystore: a.Keystore, Interrupted: a.Interrupted && !a.Stalled(now), LastError: a.LastError,
	}
	if a.Cooldown.Holds(now) {
		out.CooldownUntil = instant(a.Cooldown.Until)
	}
	if a.Identity.Known() {
		out.Identity = &a.Identity
	}
	if a.Shared() {
		out.Owner = &a.Owner
	}
	if !a.Quarantined() && !a.ExpiresAt.IsZero() {
		seconds := int64(a.ExpiresAt.Sub(now) / time.Second)
		out.ObtainedAt, out.ExpiresAt, out.ExpiresIn = instant(a.ObtainedAt), instant(a.ExpiresAt), &seconds
	}
	return out
}

// instant is a time in UTC to the second, nil for the zero time.
func instant(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC().Truncate(time.Second)
	return &t
}

func writeJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}
