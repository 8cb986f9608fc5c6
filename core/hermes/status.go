package hermes

import (
	"cmp"
	"time"

	"github.com/hermes-tui/hermes-tui/core/expiry"
	"github.com/hermes-tui/hermes-tui/core/pool"
	"github.com/hermes-tui/hermes-tui/core/record"
)

// times reads when the tokens were obtained and when they end.
func (r *Row) times(o object, now time.Time) {
	for _, key := range []string{"obtained_at", "last_refresh"} {
		if at := moment(o, key); at.After(r.ObtainedAt) {
			r.ObtainedAt = at
		}
	}
	r.ExpiresAt, r.ExpiryErr = r.end(o, now)
}

// end is when the access token ends: as the token itself says, else the latest
// of what stands beside it. hermes-agent refreshes Codex and xAI rows without
// touching an expires_at that somebody else wrote there, so that a field may be
// the end of an earlier token.
func (r *Row) end(o object, now time.Time) (latest time.Time, wrong error) {
	if at, err := expiry.FromJWT(r.Access, expiry.At(now)); err == nil {
		return at, nil
	}
	read := func(key string, since time.Time) {
		if !o.has(key) {
			return
		}
		switch at, err := expiry.Parse(o.values[key], expiry.At(since)); {
		case err != nil && wrong == nil:
			wrong = err
		case err == nil && at.After(latest):
			latest = at
		}
	}
	for _, key := range []string{"expires_at", "expires_at_ms", "expiry_date"} {
		read(key, now)
	}
	if !r.ObtainedAt.IsZero() {
		read("expires_in", r.ObtainedAt)
	}
	if !latest.IsZero() {
		wrong = nil
	}
	return latest, wrong
}

// ended reads when the token ends where the field has a name of its own.
func (r *Row) ended(o object, key string, now time.Time) {
	renamed := object{}
	if o.has(key) && (key != "expires" || string(o.values[key]) != "0") { // opencode's "not known"
		renamed.set("expires_at", o.values[key])
	}
	r.times(renamed, now)
}

// moment reads a date, or seconds since 1970; zero when there is none that can
// be believed.
func moment(o object, key string) time.Time {
	if !o.has(key) {
		return time.Time{}
	}
	if n, ok := o.number(key); ok {
		if n < 1e9 || n >= 1e13 {
			return time.Time{}
		}
		if n >= 1e12 {
			n /= 1e3
		}
		return time.UnixMilli(int64(n * 1e3)).UTC()
	}
	at, err := time.Parse(time.RFC3339Nano, o.text(key))
	if err != nil || at.Year() < 2001 || at.Year() > 2200 {
		return time.Time{}
	}
	return at.UTC()
}

// How long hermes-agent lets a row rest where the provider named no time
// (agent/credential_pool.py).
const (
	restAfter401   = 5 * time.Minute
	restUnverified = time.Minute
	restAlone      = time.Minute
	restDefault    = time.Hour
)

// restOf is how long hermes-agent lets a row rest whose provider named no time. A
// row that is alone in its pool, beside dead ones, is tried again soon: there is
// nobody to turn to. But not where money is what is missing.
func restOf(o object, alone bool) time.Duration {
	reason, status := o.text("failure_reason"), o.integer("last_error_code", 999)
	switch {
	case status == 401:
		return restAfter401
	case reason == "billing_unverified", o.text("last_error_reason") == "billing_unverified":
		return restUnverified
	case alone && status != 402 && reason != "billing":
		return restAlone
	default:
		return restDefault
	}
}

// status reads what hermes-agent thinks of a pool row: fine, resting or dead.
// alone says that no other row of its pool could be turned to.
func (r *Row) status(o object, alone bool, now time.Time) {
	switch o.text("last_status") {
	case "dead":
		r.Dead = true
		clean := cleaner(*r)
		r.Marker = filled(&record.Note{
			Provider: shown(r.Provider), Relogin: true,
			Code: clean(o.text("last_error_reason"), 60), Message: clean(o.text("last_error_message"), 300),
			Reason: "credential_pool_refresh_failure", At: moment(o, "last_status_at"),
		})
	case "exhausted":
		until := moment(o, "last_error_reset_at")
		if at := moment(o, "last_status_at"); until.IsZero() && !at.IsZero() {
			until = at.Add(restOf(o, alone))
		}
		if cleared := moment(o, "status_cleared_at"); until.After(now) && !cleared.After(moment(o, "last_status_at")) {
			clean := cleaner(*r)
			rest := pool.Cooldown{
				At: now, Until: until, Named: true, Status: o.integer("last_error_code", 999),
				Code: clean(cmp.Or(o.text("last_error_reason"), o.text("failure_reason")), 60), Message: clean(o.text("last_error_message"), 300),
			}
			if rest.Holds(now) { // else its end is beyond belief
				r.Limits.Cooldown = rest
			}
		}
	}
	r.models(o.object("model_cooldowns"), now)
}

// maxModels bounds how many models' cool-downs are taken over.
const maxModels = 32

// models reads the cool-downs of single models.
func (r *Row) models(o object, now time.Time) {
	for _, model := range o.keys {
		rest := pool.Cooldown{At: now, Until: moment(o, model), Named: true}
		if !rest.Holds(now) || len(r.Limits.Models) == maxModels || len(model) > 200 {
			continue
		}
		if r.Limits.Models == nil {
			r.Limits.Models = map[string]pool.Cooldown{}
		}
		r.Limits.Models[model] = rest
	}
}

// filled gives a note that lacks them a code and a sentence.
func filled(n *record.Note) *record.Note {
	if n.Code == "" {
		n.Code = "refresh_failed"
	}
	if n.Message == "" {
		n.Message = "hermes-agent gave this sign-in up"
	}
	return n
}
