// Package etcd speaks to an etcd of version 3.4 or newer: reads, transactions
// that compare whole values, leases, a watch. It knows nothing of accounts.
//
// It is a small client of its own over net/http's HTTP/2, because a Go program
// initialises everything that is linked into it, and etcd's own client brings
// gRPC, its descriptors and a logger to every start of ours (decision 12).
// [Client] is the real thing, etcdtest.Fake the one of tests; both are a [Store]
// and pass the same tests.
//
// # What is sent once
//
// A read may be asked again at the next endpoint. A write is handed to a second
// endpoint only if surely nobody has seen it. After the first byte of a write
// has left, whatever goes wrong is [Unclear]: it may have been applied, may be
// applied later, or never. The caller looks before it does anything else.
//
// # What is trusted
//
// Nothing that comes back: lengths are bounds and never sizes to allocate, keys
// have to lie where they were asked for, and sentences lose what a terminal
// would obey.
package etcd

import (
	"context"
	"iter"
	"time"
)

// Store is what the program uses of etcd. Implementations are safe for
// concurrent use. Every error is an [*Error], for errors.Is with a [Kind].
type Store interface {
	// Get reads keys in one linearizable read, all at the same revision. The
	// answer has one KV for each key, in the order of the keys; one that does not
	// exist is not [KV.Found].
	Get(ctx context.Context, keys ...string) (Answer, error)
	// Range reads every key that begins with prefix, in their order, all at the
	// same revision, which is the answer's.
	Range(ctx context.Context, prefix string) (Answer, error)
	// Commit applies a transaction as a whole, or not at all. It is never sent a
	// second time by itself.
	Commit(ctx context.Context, t Txn) (Result, error)
	// Grant makes a lease that ends after ttl, counted by etcd from when it is
	// applied; fractions of a second are rounded up, and etcd has a least one.
	Grant(ctx context.Context, ttl time.Duration) (Lease, error)
	// TimeToLive is how long a lease has left, [LeaseGone] if it has ended.
	TimeToLive(ctx context.Context, lease Lease) (time.Duration, error)
	// Revoke ends a lease, and deletes its keys.
	Revoke(ctx context.Context, lease Lease) error
	// Watch tells of every change below prefix from a revision on. The first batch
	// is empty and says that the watch stands, at which revision the store is, and
	// of which cluster. From then on there are batches with events, and some
	// without, which say that the link lives.
	//
	// It ends with an error, always, and does not resume by itself: behind a link
	// that was lost may be a store that was restored meanwhile, which only the
	// caller can tell. Who has looked may watch again from [Batch.Next] of the last
	// batch, and has missed nothing. After [Compacted] the keys have to be listed
	// anew.
	Watch(ctx context.Context, prefix string, from int64) iter.Seq2[Batch, error]
	// Status asks every endpoint what it is.
	Status(ctx context.Context) []Member
	// DeleteUser removes a user of etcd, so that it is refused from then on. It
	// needs the rights of root.
	DeleteUser(ctx context.Context, name string) error
	// Close ends the connections. Watches end, calls under way may.
	Close()
}

// Header says of whom an answer is. Revisions count the writes of the whole
// store; a store that is restored from a backup counts anew from where it was.
type Header struct {
	Cluster  uint64
	Member   uint64
	Revision int64
	Term     uint64 // of Raft
}

// Lease is the id of a lease. None is zero.
type Lease int64

// KV is a key as it was read.
type KV struct {
	Key     string
	Value   []byte
	Create  int64 // revision at which it was made
	Mod     int64 // revision of its last change
	Version int64 // how often it was written since it was made; 0 where it does not exist
	Lease   Lease
}

// Found says whether the key exists.
func (kv KV) Found() bool { return kv.Version > 0 }

// Answer is what was read, at Header.Revision.
type Answer struct {
	Header
	KVs []KV
}

// Result is what became of a transaction that was answered.
type Result struct {
	// Succeeded says whether every comparison held, and Then was done.
	Succeeded bool
	// Answer has the keys of Else, in their order, if it did not.
	Answer
}

// Event is one change. A key that was deleted is not Found, has no value, and
// its Mod is the revision at which it was deleted.
type Event struct{ KV }

// Deleted says whether the key exists no more.
func (e Event) Deleted() bool { return !e.Found() }

// Batch is what a watch has to say at once. All events of a revision are in the
// same batch.
type Batch struct {
	Header // of the store when this was sent; events up to there may still follow
	Events []Event
	// Next is where to watch from after this batch, to miss nothing.
	Next int64
}

// Member is what an endpoint says of itself. Where etcd has users, one of 3.6 or
// newer tells only root more than its name and ids; the rest is empty then.
type Member struct {
	Endpoint string
	Header
	Name    string
	Version string
	Leader  uint64 // id of the member that leads; 0 if it knows none, or says none
	Size    int64  // of the database, in bytes
	Used    int64  // of these, what is in use
	Err     error  // why it says nothing
}
