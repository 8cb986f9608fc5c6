//go:build unix && !linux

package clock

import (
	"time"

	"golang.org/x/sys/unix"
)

// Readings implements [Reader].
func (s System) Readings() Readings {
	r := Readings{time.Duration(s.Now().UnixNano()), 0}
	var at unix.Timespec
	if unix.ClockGettime(unix.CLOCK_MONOTONIC, &at) == nil {
		r[1] = time.Duration(at.Nano())
	}
	return r
}
