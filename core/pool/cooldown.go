package pool

import (
	"fmt"
	"maps"
	"net/http"
	"time"
)

const (
	// longest is the longest time that is believed when a provider names one: a
	// monthly limit. More comes from a clock that is wrong.
	longest = 31 * 24 * time.Hour
	// drift is how far a clock may be set back for a cool-down to go on.
	drift = 5 * time.Minute
	// forgiven is how long an account must have served again for its failures
	// to be forgotten.
	forgiven = time.Hour
	// maxModels is how many models of an account may cool down on their own.
	maxModels = 32
)

// Cooldown is a rest that an account takes after the model API refused it. The
// zero value is none.
type Cooldown struct {
	At      time.Time `json:"at"`               // when the API refused
	Until   time.Time `json:"until"`            // when the account serves again
	Named   bool      `json:"named,omitempty"`  // the provider named the time; else it is a guess
	Means   Meaning   `json:"means,omitempty"`  // what the refusal said; empty: not known
	Status  int       `json:"status,omitempty"` // HTTP status of the refusal
	Code    string    `json:"code,omitempty"`
	Message string    `json:"message,omitempty"` // the provider's words, cleaned
	// Failures counts refusals in a row, for the back-off.
	Failures int `json:"failures,omitempty"`
}

// Holds reports whether the cool-down is in force at now. One that begins well
// after now was written by a clock that has been set back since, and is void:
// it would hold for longer than anybody meant.
func (c Cooldown) Holds(now time.Time) bool {
	return now.Before(c.Until) && c.At.Sub(now) <= drift && c.Until.Sub(c.At) <= longest
}

// Words returns why the account cools down, as a person reads it: "too many requests
// (429)".
func (c Cooldown) Words() string {
	switch {
	case c.Status == 0: // another program's word
	case c.Means == Quota:
		return fmt.Sprintf("plan used up (%d)", c.Status)
	case c.Means == Billing:
		return fmt.Sprintf("out of credits (%d)", c.Status)
	}
	switch c.Status {
	case http.StatusTooManyRequests:
		return "too many requests (429)"
	case http.StatusPaymentRequired:
		return "out of credits (402)"
	case http.StatusUnauthorized, http.StatusForbidden:
		return fmt.Sprintf("token refused (%d)", c.Status)
	case 0:
		return "cooling down"
	default:
		return fmt.Sprintf("refused (%d)", c.Status)
	}
}

// Limits are the cool-downs of an account: of all of it, and of single models.
type Limits struct {
	Cooldown Cooldown            `json:"cooldown,omitzero"`
	Models   map[string]Cooldown `json:"model_cooldowns,omitempty"`
}

// IsZero reports whether there is no cool-down, not even one that has passed.
func (l Limits) IsZero() bool { return l.Cooldown == Cooldown{} && len(l.Models) == 0 }

// Resting reports whether the account, or one of its models, cools down at now.
func (l Limits) Resting(now time.Time) bool {
	for _, one := range l.Models {
		if one.Holds(now) {
			return true
		}
	}
	return l.Cooldown.Holds(now)
}

// Until returns when the account serves the model again, the zero time when it
// does now. Without a model only a cool-down of the whole account counts.
func (l Limits) Until(model string, now time.Time) (until time.Time) {
	if l.Cooldown.Holds(now) {
		until = l.Cooldown.Until
	}
	if one, ok := l.Models[model]; ok && one.Holds(now) && one.Until.After(until) {
		until = one.Until
	}
	return until
}

// With returns the limits after one more refusal, and whether they changed. The
// limits it is called on stay as they are.
func (l Limits) With(r Refusal, o Odds) (Limits, bool) {
	if r.Model == "" {
		next := l.Cooldown.After(r, o)
		changed := next != l.Cooldown
		l.Cooldown = next
		return l, changed
	}
	before := l.Models[r.Model]
	next := before.After(r, o)
	if next == before {
		return l, false
	}
	l.Models = l.also(r.Model, next, o.Now)
	return l, true
}

// Served returns the limits after the API served a request that named model, and
// whether they changed: cool-downs that are over are forgotten, and with them
// the failures that led to them.
func (l Limits) Served(model string, now time.Time) (Limits, bool) {
	changed := false
	if l.Cooldown != (Cooldown{}) && !l.Cooldown.Holds(now) {
		l.Cooldown, changed = Cooldown{}, true
	}
	if one, ok := l.Models[model]; ok && !one.Holds(now) {
		l.Models = maps.Clone(l.Models)
		delete(l.Models, model)
		changed = true
	}
	return l, changed
}

// Of is the cool-down of a model; of the whole account without one.
func (l Limits) Of(model string) Cooldown {
	if model == "" {
		return l.Cooldown
	}
	return l.Models[model]
}

// Told returns the limits after another host has told of a cool-down, and whether they
// changed. One that lasts longer here stays. One that was ended there before its time ends
// here, unless it began later.
func (l Limits) Told(model string, c Cooldown, ended bool, now time.Time) (Limits, bool) {
	have := l.Of(model)
	switch {
	case ended && (!have.Holds(now) || have.At.After(c.At)):
		return l, false
	case ended:
		c = have.Over(now)
	case !c.Holds(now) || have.Holds(now) && !have.Until.Before(c.Until):
		return l, false
	}
	if model == "" {
		l.Cooldown = c
		return l, true
	}
	l.Models = l.also(model, c, now)
	return l, true
}

// also is the models that cool down when one more does.
func (l Limits) also(model string, c Cooldown, now time.Time) map[string]Cooldown {
	models := map[string]Cooldown{model: c}
	for other, c := range l.Models {
		if other != model && c.Holds(now) && len(models) < maxModels {
			models[other] = c
		}
	}
	return models
}

// UsedUp reports whether the account cools down at now because its plan, or its
// money, is used up: of that a provider may say that there is some again.
func (c Cooldown) UsedUp(now time.Time) bool {
	return (c.Means == Quota || c.Means == Billing) && c.Holds(now)
}

// Guessed reports whether the account was used up, and cools down no more at now only because
// the time is over that was guessed: nobody has said that there is anything again.
func (c Cooldown) Guessed(now time.Time) bool {
	return (c.Means == Quota || c.Means == Billing) && !c.Named && !c.Holds(now)
}

// Over returns the cool-down as if its time, as the provider names it, had passed at
// now. Its failures are not forgotten before the account serves.
func (c Cooldown) Over(now time.Time) Cooldown {
	c.Until, c.Named = now, true
	return c
}

// Odds are the circumstances of a refusal.
type Odds struct {
	Now    time.Time
	Sole   bool    // no other account of the pool is signed in
	Jitter float64 // in [0, 1): how much earlier than the others it tries again
}

// window is the longest time that is believed when the provider names one for
// this refusal: limits and money come back within a month, a token that is
// refused or a service that is overloaded sooner. More counts as unnamed.
func (r Refusal) window() time.Duration {
	switch r.Meaning() {
	case Rate, Quota, Billing, Model:
		return longest
	case Token, Grant, Denied:
		return 24 * time.Hour
	default:
		return time.Hour
	}
}

// After returns the cool-down that a refusal leads to, for one whose verdict is
// CoolDown. While a cool-down is in force, further refusals come from requests
// that were under way when it began: they lengthen it only if the provider
// names a later time.
func (c Cooldown) After(r Refusal, o Odds) Cooldown {
	named := r.ResetAt.After(o.Now) && r.ResetAt.Sub(o.Now) <= r.window()
	if c.Holds(o.Now) && (!named || !r.ResetAt.After(c.Until)) {
		return c
	}
	next := Cooldown{At: o.Now, Named: named, Means: r.Meaning(), Status: r.Status, Code: r.Code, Message: r.Message, Failures: 1}
	switch {
	case c.Holds(o.Now):
		next.Failures = c.Failures
	case !c.Until.IsZero() && o.Now.Sub(c.Until).Abs() < forgiven:
		next.Failures = c.Failures + 1
	}
	next.Until = r.ResetAt
	if !named {
		next.Until = o.Now.Add(r.rest(next.Failures, o))
	}
	return next
}
