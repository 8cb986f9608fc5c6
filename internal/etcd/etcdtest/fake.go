package etcdtest

import (
	"sync"
	"time"

	"github.com/hermes-tui/hermes-tui/internal/etcd"
)

// Fake is an etcd in memory. It is safe for concurrent use.
type Fake struct {
	now func() time.Time

	mu       sync.Mutex
	changed  chan struct{} // closed and made anew whenever something changes
	world    world
	noSpace  bool
	noLeader bool
	restores int
	notices  int
	clients  map[string]*Client
	decide   func(client string, t etcd.Txn) Fate
	step     func(client, op string)
	applied  func(client string, t etcd.Txn)
	calls    []*Call
}

// NewFake returns an empty store whose leases end by the clock that now reads.
func NewFake(now func() time.Time) *Fake {
	return &Fake{
		now: now, changed: make(chan struct{}), clients: map[string]*Client{},
		world: world{cluster: 0xc1, term: 2, revision: 1, lastLease: 0x1ea5e, keys: map[string]etcd.KV{}, leases: map[etcd.Lease]lease{}},
	}
}

// Client is the store as one host reaches it, under its user's name. It is the
// same one each time.
func (f *Fake) Client(name string) *Client {
	f.mu.Lock()
	defer f.mu.Unlock()
	c := f.clients[name]
	if c == nil {
		c = &Client{f: f, name: name}
		f.clients[name] = c
	}
	return c
}

// OnStep has step called before everything that a client asks, outside of any
// lock: a scheduler may block there.
func (f *Fake) OnStep(step func(client, op string)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.step = step
}

// OnApplied has applied called after every transaction of a client that has changed
// something, with what was sent; it must not ask the store anything.
func (f *Fake) OnApplied(applied func(client string, t etcd.Txn)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.applied = applied
}

// Expire ends the leases whose time has come, as every request does first, and
// tells the watches.
func (f *Fake) Expire() { f.change(func() {}) }

// Notice has every watch that has nothing else to say tell that it lives.
func (f *Fake) Notice() { f.change(func() { f.notices++ }) }

// NoSpace makes the store full, or frees it: nothing is put and no lease granted
// meanwhile.
func (f *Fake) NoSpace(full bool) { f.change(func() { f.noSpace = full }) }

// NoLeader takes the leader away, or brings one back. Watches end.
func (f *Fake) NoLeader(gone bool) { f.change(func() { f.noLeader = gone }) }

// Compact forgets what was before a revision.
func (f *Fake) Compact(revision int64) { f.change(func() { f.world.compact(revision) }) }

// Revision is the newest one.
func (f *Fake) Revision() int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.world.revision
}

// Snapshot is a backup of the store.
type Snapshot struct{ world world }

// Snapshot makes a backup.
func (f *Fake) Snapshot() Snapshot {
	f.mu.Lock()
	defer f.mu.Unlock()
	return Snapshot{f.world.clone()}
}

// Restore puts a backup in place of what there is. Revisions count anew from
// where they were; the cluster's id is the same, as with the same names and
// token, or another. Leases run their whole time again. Watches end; what lies
// in the network may still land.
func (f *Fake) Restore(s Snapshot, newCluster bool) {
	f.change(func() {
		cluster, last := f.world.cluster, f.world.lastLease
		f.world = s.world.clone()
		f.world.cluster, f.world.lastLease = cluster, last
		if f.restores++; newCluster {
			f.world.cluster++
		}
		f.world.renew(f.now())
	})
}

// Elect has another leader. Leases run their whole time again.
func (f *Fake) Elect() {
	f.change(func() {
		f.world.term++
		f.world.renew(f.now())
	})
}

// change does something to the store, and tells who waits.
func (f *Fake) change(do func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.world.expire(f.now())
	do()
	f.tell()
}

func (f *Fake) tell() {
	close(f.changed)
	f.changed = make(chan struct{})
}

// apply does what a transaction says, if the store does.
func (f *Fake) apply(client string, t etcd.Txn) (etcd.Result, error) {
	f.world.expire(f.now())
	if f.noLeader {
		return etcd.Result{}, fail(etcd.NoLeader, "commit", "etcdserver: no leader")
	}
	for _, op := range t.Then {
		if f.noSpace && op.Do == etcd.DoPut {
			return etcd.Result{}, &etcd.Error{Kind: etcd.NoSpace, Maybe: true, Op: "commit", Text: "etcdserver: mvcc: database space exceeded"}
		}
	}
	result, err := f.world.commit(t)
	if err == nil && result.Succeeded && len(t.Then) > 0 && f.applied != nil {
		f.applied(client, t)
	}
	f.tell()
	return result, err
}

func fail(kind etcd.Kind, op, text string) error {
	return &etcd.Error{Kind: kind, Maybe: kind == etcd.Unclear, Op: op, Text: text}
}
