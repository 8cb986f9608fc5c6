package fleet

import (
	"context"
	"sync"
)

// bells tell whoever waits here for another host that the watch has heard of the account.
// Nobody relies on them: a link that is held up tells nothing, so that whoever waits looks
// by itself as well.
type bells struct {
	mu  sync.Mutex
	all map[string]chan struct{} // by the account's id
}

// of returns what is closed when something is heard of the account from now on.
func (b *bells) of(id string) <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	bell, ok := b.all[id]
	if !ok {
		if b.all == nil {
			b.all = map[string]chan struct{}{}
		}
		bell = make(chan struct{})
		b.all[id] = bell
	}
	return bell
}

// ring says that something was heard.
func (b *bells) ring(id string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if bell, ok := b.all[id]; ok {
		close(bell)
		delete(b.all, id)
	}
}

// pause waits for another host, until something is heard of the account or it is time to
// look by oneself, and looks.
func (c *claim) pause(ctx context.Context) error {
	every := lookEvery
	if c.heads.seen.within(c.heads.Clock.Now(), freshTime) {
		every = watchedEvery
	}
	select {
	case <-c.bell:
	case <-c.heads.Clock.After(every):
	case <-ctx.Done():
		return ctx.Err()
	}
	return c.look(ctx)
}
