// Package vault brings an account's head and its tokens together: reading them
// without a lock, and changing them so that nothing is lost, whatever is killed
// in between.
//
// # How tokens change
//
// Every change is a [Txn], which holds the account's lock ([Vault.Change]). New
// tokens come in three steps: an intent is written into the head ([Txn.Begin]);
// the new blob is put into the keystore under the random name that the intent
// planned; the head is replaced by one that points at it ([Txn.Commit]). The last
// step, a rename, is the commit. Whoever next takes the lock and finds an intent
// settles it ([Txn.Settle]): it is rolled forward when the blob is there and fits,
// else back.
//
// A grant that died is put away with [Txn.Quarantine]: the head first, so that
// nobody uses the tokens any more, then the tokens themselves.
//
// The key of the proxy is a record like that of an account, and changes the same
// way.
package vault

import (
	"context"
	"log/slog"
	"time"

	"github.com/hermes-tui/hermes-tui/core/clock"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/keystore"
)

// OpenTimeout bounds reading a secret: a locked keyring that waits for somebody
// to answer its prompt must not hold up a program for longer.
const OpenTimeout = 5 * time.Second

// Keystores opens the keystores that heads point into.
type Keystores interface {
	// Open returns the keystore of this kind for the store with this id.
	Open(ctx context.Context, kind keystore.Kind, storeID string) (keystore.Store, error)
}

// Vault is the accounts of one state folder and their secrets. It is safe for
// concurrent use.
type Vault struct {
	Folder *record.Folder
	// Heads is where the accounts' heads stand; nil: in the folder. Else the folder
	// has a copy of each, the newest that this machine has seen.
	Heads     Heads
	Keystores Keystores
	Clock     clock.Clock
	Log       *slog.Logger
	PID       int
	Program   string // command that this process runs, for the accounts' histories
	// Patience is how long storing granted tokens is tried again while the
	// keystore fails; zero means until it works or the process ends.
	Patience time.Duration
}

// Sealed is an account's head together with its current tokens.
type Sealed struct {
	Head *record.Head
	Blob *record.Blob
}
