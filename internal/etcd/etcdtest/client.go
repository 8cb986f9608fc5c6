package etcdtest

import (
	"context"
	"iter"
	"math"
	"strings"
	"time"

	"github.com/hermes-tui/hermes-tui/internal/etcd"
)

// Client is a [Fake] as one host reaches it.
type Client struct {
	f    *Fake
	name string

	// below f.mu
	cut    bool
	cuts   int // how often the link was cut
	denied bool
	next   []Fate
}

var _ etcd.Store = (*Client)(nil)

// Next says what becomes of this client's next transactions, one after the
// other.
func (c *Client) Next(fates ...Fate) {
	c.f.mu.Lock()
	defer c.f.mu.Unlock()
	c.next = append(c.next, fates...)
}

// Cut cuts the client's link, or mends it. Watches end, and who waits for a
// transaction's answer gets none.
func (c *Client) Cut(cut bool) {
	c.f.change(func() {
		if c.cut = cut; cut {
			c.cuts++
		}
	})
}

func (f *Fake) stepped(client, op string) {
	f.mu.Lock()
	step := f.step
	f.mu.Unlock()
	if step != nil {
		step(client, op)
	}
}

// reach says why a request does not come to the store, and else what the store
// does first.
func (c *Client) reach(ctx context.Context, op string) error {
	if err := ctx.Err(); err != nil {
		return &etcd.Error{Kind: etcd.Unreachable, Op: op, Err: err}
	}
	switch c.f.world.expire(c.f.now()); {
	case c.cut:
		return fail(etcd.Unreachable, op, "the link is cut")
	case c.f.noLeader:
		return fail(etcd.NoLeader, op, "etcdserver: no leader")
	case c.denied:
		return fail(etcd.Denied, op, "etcdserver: permission denied")
	}
	return nil
}

// ask does something at the store, if it can be reached.
func (c *Client) ask(ctx context.Context, op string, do func(w *world) error) error {
	c.f.stepped(c.name, op)
	c.f.mu.Lock()
	defer c.f.mu.Unlock()
	if err := c.reach(ctx, op); err != nil {
		return err
	}
	defer c.f.tell()
	return do(&c.f.world)
}

// Get implements [etcd.Store].
func (c *Client) Get(ctx context.Context, keys ...string) (a etcd.Answer, err error) {
	if err := (etcd.Txn{Else: keys}).Check(); err != nil {
		return a, err
	}
	err = c.ask(ctx, "get", func(w *world) error {
		a = w.get(keys)
		return nil
	})
	return a, err
}

// Range implements [etcd.Store].
func (c *Client) Range(ctx context.Context, prefix string) (a etcd.Answer, err error) {
	if prefix == "" {
		return a, fail(etcd.Refused, "range", "key is not provided")
	}
	err = c.ask(ctx, "range", func(w *world) error {
		a = w.get(w.below(prefix))
		return nil
	})
	return a, err
}

// Grant implements [etcd.Store].
func (c *Client) Grant(ctx context.Context, ttl time.Duration) (id etcd.Lease, err error) {
	if ttl <= 0 {
		return 0, fail(etcd.Refused, "grant", "a lease of no time")
	}
	err = c.ask(ctx, "grant", func(w *world) error {
		if c.f.noSpace {
			return &etcd.Error{Kind: etcd.NoSpace, Maybe: true, Op: "grant", Text: "etcdserver: mvcc: database space exceeded"}
		}
		whole := time.Duration(math.Ceil(ttl.Seconds())) * time.Second
		w.lastLease++
		id = w.lastLease
		w.leases[id] = lease{whole, c.f.now().Add(whole)}
		return nil
	})
	return id, err
}

// TimeToLive implements [etcd.Store].
func (c *Client) TimeToLive(ctx context.Context, id etcd.Lease) (left time.Duration, err error) {
	err = c.ask(ctx, "lease", func(w *world) error {
		l, ok := w.leases[id]
		if !ok {
			return fail(etcd.LeaseGone, "lease", "etcdserver: requested lease not found")
		}
		left = l.end.Sub(c.f.now()).Truncate(time.Second)
		return nil
	})
	return left, err
}

// Revoke implements [etcd.Store].
func (c *Client) Revoke(ctx context.Context, id etcd.Lease) error {
	return c.ask(ctx, "revoke", func(w *world) error {
		if _, ok := w.leases[id]; !ok {
			return fail(etcd.LeaseGone, "revoke", "etcdserver: requested lease not found")
		}
		w.revoke(id)
		return nil
	})
}

// DeleteUser implements [etcd.Store]: a client of that name is denied from then
// on.
func (c *Client) DeleteUser(ctx context.Context, name string) error {
	return c.ask(ctx, "delete user", func(*world) error {
		user := c.f.clients[name]
		if user == nil || user.denied {
			return fail(etcd.Refused, "delete user", "etcdserver: user name not found")
		}
		user.denied = true
		return nil
	})
}

// Status implements [etcd.Store].
func (c *Client) Status(ctx context.Context) []etcd.Member {
	m := etcd.Member{Endpoint: "fake"}
	m.Err = c.ask(ctx, "status", func(w *world) error {
		m.Header, m.Name, m.Version, m.Leader = w.header(), "fake", "3.4.0", w.header().Member
		return nil
	})
	return []etcd.Member{m}
}

// Close implements [etcd.Store]. A fake has no connection of its own: what was
// given out by name stays open for others of that name.
func (c *Client) Close() {}

// Watch implements [etcd.Store]. Each revision is a batch of its own.
func (c *Client) Watch(ctx context.Context, prefix string, from int64) iter.Seq2[etcd.Batch, error] {
	return func(yield func(etcd.Batch, error) bool) {
		c.f.stepped(c.name, "watch")
		w := watch{c: c, prefix: prefix, next: from}
		if b, err := w.start(ctx); !yield(b, err) || err != nil {
			return
		}
		for {
			b, wait, err := w.look(ctx)
			if wait != nil {
				select {
				case <-wait:
				case <-ctx.Done():
				}
				continue
			}
			if !yield(b, err) || err != nil {
				return
			}
		}
	}
}

// watch is one that stands.
type watch struct {
	c                       *Client
	prefix                  string
	next                    int64
	cuts, restores, notices int
}

func (w *watch) start(ctx context.Context) (etcd.Batch, error) {
	f := w.c.f
	f.mu.Lock()
	defer f.mu.Unlock()
	if w.prefix == "" || w.next <= 0 {
		return etcd.Batch{}, fail(etcd.Refused, "watch", "no prefix, or no revision")
	}
	if err := w.c.reach(ctx, "watch"); err != nil {
		return etcd.Batch{}, err
	}
	w.cuts, w.restores, w.notices = w.c.cuts, f.restores, f.notices
	return etcd.Batch{Header: f.world.header(), Next: w.next}, nil
}

// look is the next batch, or the error that ends the watch, or what to wait for.
func (w *watch) look(ctx context.Context) (etcd.Batch, <-chan struct{}, error) {
	f := w.c.f
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return etcd.Batch{}, nil, &etcd.Error{Kind: etcd.Unreachable, Op: "watch", Err: err}
	}
	switch {
	case w.cuts != w.c.cuts || w.restores != f.restores:
		return etcd.Batch{}, nil, fail(etcd.Unreachable, "watch", "the link was cut")
	case f.noLeader:
		return etcd.Batch{}, nil, fail(etcd.NoLeader, "watch", "etcdserver: no leader")
	case w.next < f.world.compacted:
		return etcd.Batch{}, nil, &etcd.Error{Kind: etcd.Compacted, Op: "watch", Revision: f.world.compacted}
	}
	for _, change := range f.world.log {
		if change.revision < w.next {
			continue
		}
		w.next = change.revision + 1
		var events []etcd.Event
		for _, e := range change.events {
			if strings.HasPrefix(e.Key, w.prefix) {
				events = append(events, etcd.Event{KV: copied(e.KV)})
			}
		}
		if events != nil {
			return etcd.Batch{Header: f.world.header(), Events: events, Next: w.next}, nil, nil
		}
	}
	if w.notices != f.notices {
		w.notices = f.notices
		return etcd.Batch{Header: f.world.header(), Next: w.next}, nil, nil
	}
	return etcd.Batch{}, f.changed, nil
}
