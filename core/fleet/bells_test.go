package fleet

import (
	"context"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/clock"
)

// endless is a clock by which the wait of whoever is told of changes never ends by itself.
type endless struct {
	*clock.Fake
	waits chan struct{} // one has begun
}

func (c endless) After(d time.Duration) <-chan time.Time {
	if d == watchedEvery {
		c.waits <- struct{}{}
		return nil
	}
	return c.Fake.After(d)
}

// Who waits for another host's refresh has the tokens when the watch tells of them, and
// not when it is time to look again.
func TestAwait_IsToldByTheWatch(t *testing.T) {
	f := newFleet(t, 2)
	id := f.hosts[0].signIn()
	desk := f.hosts[1]
	heads, waits := desk.vault.Heads.(*Heads), make(chan struct{}, 8)
	heads.Clock = endless{f.clock, waits}
	ctx, end := context.WithCancel(t.Context())
	over := make(chan struct{})
	go func() { defer close(over); _ = heads.Watch(ctx) }()
	defer func() { end(); <-over }()
	heads.sees(t, func(o Observed) bool { return o.Link.Up })
	f.expire()
	told := make(chan string, 1)
	f.provider.ready = func(*host) {
		go func() {
			_, err := desk.refresh(id)
			if err != nil {
				t.Error(err)
			}
			told <- desk.access(id)
		}()
		<-waits
	}
	if _, err := f.hosts[0].refresh(id); err != nil {
		t.Fatal(err)
	}
	if got := <-told; got != f.provider.newest() || f.provider.posts != 1 {
		t.Errorf("it has %s, the newest is %s, after %d requests", got, f.provider.newest(), f.provider.posts)
	}
}
