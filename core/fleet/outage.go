package fleet

import (
	"sync"
	"time"
)

// outageTime is for how long after the store has not answered it is not asked again: a
// command that asks several times waits once.
const outageTime = 2 * time.Second

// outage is when the store has last not answered, and what that was.
type outage struct {
	mu  sync.Mutex
	at  time.Time
	err error
}

func (o *outage) begin(now time.Time, err error) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.at, o.err = now, err
	return err
}

// still returns what was wrong, where that is a moment ago.
func (o *outage) still(now time.Time) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if ago := now.Sub(o.at); o.err == nil || ago < 0 || ago > outageTime {
		return nil
	}
	return o.err
}
