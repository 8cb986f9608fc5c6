package vault

import (
	"context"
	"slices"

	"github.com/hermes-tui/hermes-tui/core/record"
)

// Heads is where the truth about each account stands, and the only way in which
// it changes: five verbs. One kind are the files of this machine ([Files]),
// another the store that the hosts of a fleet share. The rules of refreshing, of
// signing in, of removing and of moving stand above it, once.
//
// A [Claim.Swap] can do no more than either kind can: put what is written once,
// replace exactly one head, then delete. So no rule may need more.
type Heads interface {
	// Get returns the newest head of an account that can be had. An account that
	// never was is an error with code no_such_account.
	Get(ctx context.Context, id string) (*record.Head, error)
	// List returns the ids of all heads, removed accounts included, in no order. It
	// opens no secret.
	List(ctx context.Context) ([]string, error)
	// Claim takes the right to change an account, waiting for it until ctx is done.
	Claim(ctx context.Context, id string) (Claim, error)
	// TryClaim is Claim if the right is free now. Without it, both results are nil.
	TryClaim(ctx context.Context, id string) (Claim, error)
	// Watch keeps the files of this machine, which everything reads that only looks,
	// at what the truth is, until ctx is done.
	Watch(ctx context.Context) error
	// Look is Watch for programs that end: it brings the files of this machine to what
	// the truth is now, and returns.
	Look(ctx context.Context) error
}

// Claim is the right of this process to change one account. It ends with
// Release.
type Claim interface {
	// Head returns the head as it is now that nobody else on this machine can
	// change it.
	Head(ctx context.Context) (*record.Head, error)
	// Await returns the head as it is when nobody else is at the change that its
	// intent announces any more, so that whoever holds this claim may bring it to an
	// end. It waits for a process on another machine, which it cannot see die, until
	// ctx is done. An intent that has to age is an error that is [ErrAging].
	Await(ctx context.Context, h *record.Head, g Grounds) (*record.Head, error)
	// Reserve takes what the next Swap needs, so that what has to be written down
	// after a token was spent does not depend on the disk having room then.
	Reserve(id string) error
	// MaySend returns nil where what the intent announced may begin now. It is asked
	// right before the first byte that cannot be taken back.
	MaySend() error
	// Swap replaces the head. It is the commit: when it returned nil, the head is
	// what the change says. An error that is [ErrMoved] says that somebody else has
	// changed it meanwhile, [ErrUnclear] that nobody knows yet whether it is done.
	Swap(ctx context.Context, c Change) error
	// Release gives the claim back.
	Release()
}

// Grounds are what speaks for bringing to its end what another machine began.
type Grounds struct {
	// Refused is the generation whose tokens the API has refused; zero for none.
	Refused uint64
	// TakeOver says that a person wants it, where a person is asked.
	TakeOver bool
}

// Change is what a [Claim.Swap] does.
type Change struct {
	// Next is the head as it is to become; its revision is set. Where it points at
	// another blob than before, that blob is in this machine's keystore already.
	Next *record.Head
	// Blob is the sealed content of the blob that Next points at, where that is
	// another than before.
	Blob []byte
	// Open says that nobody knows whether what the intent announced goes on elsewhere:
	// this machine goes on without it, and others wait for its end.
	Open bool
	// Note says that the change tells of something under way, and what was reserved
	// is needed later.
	Note bool
}

// keyRecords are the records that are no accounts. They are those of one machine.
func keyRecords() []string {
	return []string{record.ProxyKeyID, record.ClientKeysID, record.FleetKeyID, record.FleetClientsID}
}

// At returns where the head of an account, or of a record of keys, stands.
func (v *Vault) At(id string) Heads {
	if v.Heads == nil || slices.Contains(keyRecords(), id) {
		return Files{v.Folder}
	}
	return v.Heads
}
