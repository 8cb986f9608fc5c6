package pool

import "time"

// Pause takes an account out of the rotation, as a person has asked: it keeps its
// sign-in, and serves who names it and nobody else. The zero value is none.
type Pause struct {
	At    time.Time `json:"at"`
	Until time.Time `json:"until,omitzero"` // zero: until it is resumed
}

// Holds reports whether the pause is in force at now.
func (p Pause) Holds(now time.Time) bool {
	return !p.At.IsZero() && (p.Until.IsZero() || now.Before(p.Until))
}
