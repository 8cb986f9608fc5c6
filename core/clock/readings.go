package clock

import "time"

// Readings are those of several clocks, in an order that does not change: the wall's,
// which a person may set; the monotonic one, which may stand still while the machine
// sleeps; and, where there is one, that of the time since boot, which does not.
type Readings []time.Duration

// Since returns how long ago earlier was by whichever clock ran furthest. One that
// was set back says nothing.
func (r Readings) Since(earlier Readings) (most time.Duration) {
	for i := range min(len(r), len(earlier)) {
		most = max(most, r[i]-earlier[i])
	}
	return most
}

// Reader reads several clocks at once. [System] is one.
type Reader interface{ Readings() Readings }
