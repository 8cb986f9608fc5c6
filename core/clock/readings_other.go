//go:build !linux

package clock

import "time"

// started is when this program began, by a clock that nobody sets.
var started = time.Now()

// Readings implements [Reader].
func (s System) Readings() Readings {
	return Readings{time.Duration(s.Now().UnixNano()), time.Since(started)}
}
