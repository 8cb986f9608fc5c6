package clock

import (
	"time"

	"golang.org/x/sys/unix"
)

// Readings implements [Reader].
func (s System) Readings() Readings {
	r := Readings{time.Duration(s.Now().UnixNano())}
	for _, clock := range []int32{unix.CLOCK_MONOTONIC, unix.CLOCK_BOOTTIME} {
		var at unix.Timespec
		if unix.ClockGettime(clock, &at) == nil {
			r = append(r, time.Duration(at.Nano()))
		} else {
			r = append(r, 0)
		}
	}
	return r
}
