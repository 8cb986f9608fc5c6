package clock

import (
	"time"

	"golang.org/x/sys/windows"
)

// Readings implements [Reader]. The second is the time since boot, which goes on while
// the machine sleeps.
func (s System) Readings() Readings {
	return Readings{time.Duration(s.Now().UnixNano()), windows.DurationSinceBoot()}
}
