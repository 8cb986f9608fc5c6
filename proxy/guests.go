package proxy

import (
	"context"
	"sync"
	"time"

	"github.com/hermes-tui/hermes-tui/core/clientkey"
)

// lookEvery is how often it is looked whether the keys of the requests under way
// still open the proxy. Only how soon an answer is cut depends on it, so that it is
// no matter of the clock.
const lookEvery = time.Second

// guests are the requests under way, each with the key that let it in, until they
// are cut: a key that is revoked or whose time is over ends what is answered with
// it, too.
type guests struct {
	mu  sync.Mutex
	all map[*guest]struct{}
}

// guest is a request under way.
type guest struct {
	key clientkey.Key
	cut context.CancelCauseFunc
}

// enter notes a request until it is ended. Its context is cut, with the answer to
// give, when the key opens no more.
func (g *guests) enter(ctx context.Context, one *guest, key clientkey.Key) context.Context {
	ctx, one.cut = context.WithCancelCause(ctx)
	one.key = key
	g.mu.Lock()
	if g.all == nil {
		g.all = map[*guest]struct{}{}
	}
	g.all[one] = struct{}{}
	g.mu.Unlock()
	return ctx
}

// end cuts a request, for a reason or because it has ended, and notes it no more.
func (g *guests) end(one *guest, why error) {
	if one.cut == nil {
		return // it never entered
	}
	g.mu.Lock()
	delete(g.all, one)
	g.mu.Unlock()
	one.cut(why)
}

// here are the requests under way, by the id of their key.
func (g *guests) here() map[string][]*guest {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.all) == 0 {
		return nil
	}
	all := map[string][]*guest{}
	for one := range g.all {
		id := one.key.ID + string(one.key.Hash) // the default key keeps its id when it is replaced
		all[id] = append(all[id], one)
	}
	return all
}

// watchKeys looks after the keys of the requests under way until ctx is done. A
// keystore that does not tell cuts nothing.
func (s *Server) watchKeys(ctx context.Context) {
	ticks := time.NewTicker(lookEvery)
	defer ticks.Stop()
	for {
		select {
		case <-ticks.C:
			s.lookAtKeys(ctx)
		case <-ctx.Done():
			return
		}
	}
}

func (s *Server) lookAtKeys(ctx context.Context) {
	for _, of := range s.guests.here() {
		err := s.options.Keys.Still(ctx, of[0].key)
		if err == nil || !keysFault(err) {
			continue
		}
		s.options.Log.Info("answers are cut: their key opens no more", "key", of[0].key.Name, "answers", len(of), "reason", err)
		for _, one := range of {
			s.guests.end(one, notOpened(err)) // once, also where its program does not read
		}
	}
}
