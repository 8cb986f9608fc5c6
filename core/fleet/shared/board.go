package shared

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/hermes-tui/hermes-tui/core/clock"
	"github.com/hermes-tui/hermes-tui/core/fleet"
	"github.com/hermes-tui/hermes-tui/core/fleet/roster"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/internal/etcd"
)

const (
	// pause is waited before a watch that ended is begun anew.
	pause = time.Second
	// tries is how often a change begins anew because somebody else was faster.
	tries = 8
	// tellTime bounds telling the other hosts something.
	tellTime = 5 * time.Second
)

// Config is what a [Board] is made of.
type Config struct {
	Store  etcd.Store
	Keys   roster.Keys
	Team   fleet.Team
	Folder *record.Folder
	// Clients is where this host keeps the fleet's client keys.
	Clients Safe
	Host    string // name of this host
	Clock   clock.Clock
	Log     *slog.Logger
	// Event notes what has happened to an account, in its history.
	Event func(id string, e record.Event)
}

// Board is what a host shares with the others of its fleet. It is safe for concurrent
// use. That of a host which belongs to none is nil, and does nothing.
type Board struct {
	Config

	mu       sync.Mutex
	view     fleet.View // as it was read last
	changed  func()
	counter  Counter
	followed bool // this program stays
	asked    bool // this program was told of a plan
	away     bool // the store did not answer when it was asked last

	elsewhere elsewhere
}

// New returns the board of a host. Nothing is read or asked yet.
func New(c Config) *Board { return &Board{Config: c} }

// OnChange has a function called whenever something that others tell has changed files
// of this host.
func (b *Board) OnChange(changed func()) {
	if b == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.changed = changed
}

// Lost notes whether the store is away: what can be done without is not asked of it then,
// so that a program waits once for one that hangs.
func (b *Board) Lost(away bool) {
	if b == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.away = away
}

func (b *Board) lost() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.away
}

func (b *Board) ring() {
	b.mu.Lock()
	changed := b.changed
	b.mu.Unlock()
	if changed != nil {
		changed()
	}
}

// topic is one kind of what is told: the keys below a prefix, and what is done with them.
type topic struct {
	prefix string
	take   func(ctx context.Context, told []etcd.KV) error
	none   func(ctx context.Context) error // where nothing is there at all; nil: that is as it may be
}

// list takes all that there is, and returns the revision at which that was so.
func (t topic) list(ctx context.Context, store etcd.Store) (int64, error) {
	listed, err := store.Range(ctx, t.prefix)
	switch {
	case err != nil:
		return 0, err
	case len(listed.KVs) == 0 && t.none != nil:
		return listed.Revision, t.none(ctx)
	}
	return listed.Revision, t.take(ctx, listed.KVs)
}

func (b *Board) topics() []topic {
	return []topic{{b.Keys.Cools(), b.takeCools, nil}, {b.Keys.Pool(clientsKey), b.takeClients, b.bringClients}}
}

// Follow puts what the other hosts tell into the files of this host as soon as they do,
// until ctx is done, or this host is no member any more.
func (b *Board) Follow(ctx context.Context) {
	if b == nil {
		return
	}
	b.mu.Lock()
	b.followed = true
	b.mu.Unlock()
	var all sync.WaitGroup
	all.Go(func() { uses{b}.tellUses(ctx) })
	for _, t := range append(b.topics(), topic{b.Keys.Uses(), uses{b}.takeUses, nil}) {
		all.Go(func() { b.follow(ctx, t) })
	}
	all.Wait()
}

func (b *Board) follow(ctx context.Context, t topic) {
	for {
		err := b.watch(ctx, t)
		if ctx.Err() == nil {
			b.Lost(true)
		}
		if ctx.Err() != nil || errors.Is(err, roster.ErrNotMember) || errors.Is(err, roster.ErrNotOwner) {
			return
		}
		b.Log.Debug("what the other hosts of the fleet tell cannot be watched; trying again", "of", t.prefix, "error", err)
		if clock.Sleep(ctx, b.Clock, pause) != nil {
			return
		}
	}
}

// watch takes all that there is, and then what changes, until the link is lost. What is
// deleted says nothing: everything that ends says when.
func (b *Board) watch(ctx context.Context, t topic) error {
	revision, err := t.list(ctx, b.Store)
	if err != nil {
		return err
	}
	b.Lost(false)
	for batch, err := range b.Store.Watch(ctx, t.prefix, revision+1) {
		if err != nil {
			return err
		}
		var told []etcd.KV
		for _, e := range batch.Events {
			if !e.Deleted() {
				told = append(told, e.KV)
			}
		}
		if err := t.take(ctx, told); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// Look is Follow for programs that end: it takes what there is now, and returns.
func (b *Board) Look(ctx context.Context) error {
	if b == nil {
		return nil
	}
	topics := b.topics()
	errs := make([]error, len(topics))
	var all sync.WaitGroup
	for i, t := range topics { // at once: `token` waits for it
		all.Go(func() { _, errs[i] = t.list(ctx, b.Store) })
	}
	all.Wait()
	return cmp.Or(errs...) // one is enough: they are of one store
}

// now is the fleet as it was read last, or, where that is not enough any more, as it is.
func (b *Board) now(ctx context.Context, again bool) (fleet.View, error) {
	b.mu.Lock()
	view := b.view
	b.mu.Unlock()
	if view != nil && !again {
		return view, nil
	}
	stamp, err := b.Store.Get(ctx, b.Keys.Stamp())
	if err != nil {
		return nil, err
	}
	return b.at(ctx, stamp.KVs[0].Value)
}

// at is the fleet at a stamp.
func (b *Board) at(ctx context.Context, stamp []byte) (fleet.View, error) {
	view, err := b.Team.View(ctx, stamp)
	if err != nil {
		return nil, err
	}
	b.mu.Lock()
	b.view = view
	b.mu.Unlock()
	return view, nil
}

// unwrap checks who wrote a value, and returns its body.
func (b *Board) unwrap(ctx context.Context, kv etcd.KV) ([]byte, error) {
	view, err := b.now(ctx, false)
	if err != nil {
		return nil, err
	}
	body, err := view.Unwrap(kv.Key, kv.Value)
	if !errors.Is(err, roster.ErrOtherEpoch) {
		return body, err
	}
	if view, err = b.now(ctx, true); err != nil {
		return nil, err
	}
	return view.Unwrap(kv.Key, kv.Value)
}

// value is what a key is to become.
type value struct {
	body []byte
	life time.Duration // of the lease; zero: it stays
}

// put writes what next makes of what stands at a key, if that is the newest and the
// members are those that were read; else next is asked again. No value: it is to stay.
func (b *Board) put(ctx context.Context, key string, next func(view fleet.View, stands etcd.KV) (*value, error)) error {
	var full error
	for range tries {
		got, err := b.Store.Get(ctx, b.Keys.Stamp(), key)
		if err != nil {
			return err
		}
		view, err := b.at(ctx, got.KVs[0].Value)
		if err != nil {
			return err
		}
		v, err := next(view, got.KVs[1])
		if err != nil || v == nil {
			return err
		}
		done, err := b.commit(ctx, view, got.KVs[1], v)
		if errors.Is(err, etcd.NoSpace) { // what was refused so may have been applied: it is looked at, too
			full = err
		}
		if done || err != nil && !errors.Is(err, etcd.Unclear) { // what is unclear is looked at
			return err
		}
	}
	return cmp.Or(full, errors.New("other hosts change it all the time"))
}

// commit puts a value in the place of what was read.
func (b *Board) commit(ctx context.Context, view fleet.View, stands etcd.KV, v *value) (done bool, err error) {
	raw, err := view.Wrap(stands.Key, v.body)
	if err != nil {
		return false, err
	}
	is := etcd.Absent(stands.Key)
	if stands.Found() {
		is = etcd.Is(stands.Key, stands.Value)
	}
	var lease etcd.Lease
	if v.life > 0 {
		if lease, err = b.Store.Grant(ctx, v.life); err != nil {
			return false, err
		}
	}
	result, err := b.Store.Commit(ctx, etcd.Txn{
		If:   []etcd.Compare{etcd.Is(b.Keys.Stamp(), view.Stamp()), is},
		Then: []etcd.Op{etcd.Put(stands.Key, raw, lease)},
	})
	if done = err == nil && result.Succeeded; !done && lease != 0 {
		_ = b.Store.Revoke(ctx, lease) // a late write is refused then
	}
	return done, err
}
