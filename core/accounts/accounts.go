// Package accounts is the list of accounts and what a person does to it: look,
// watch, mean one by its name, name it, put it in an order, read what happened to
// it, take it away. It opens a secret only to revoke a sign-in that is removed.
package accounts

import (
	"path/filepath"
	"sync"
	"time"

	"github.com/hermes-tui/hermes-tui/core/state"
	"github.com/hermes-tui/hermes-tui/internal/glance"
)

// Accounts is the accounts of one state folder. It is safe for concurrent use.
type Accounts struct {
	state      *state.State
	refreshing *Refreshes
	poolPath   string // looked at for each request

	mu       sync.Mutex
	listing  *Snapshot   // last one built
	stamps   stamps      // of the files it was built from
	still    glance.Mark // a moment at which the pool file was that one
	taken    uint64      // snapshots so far
	detected StoreInfo   // of a store that does not exist yet
	repaired time.Time   // the heads' folder, when the pool file was last brought up to it
}

// New returns the accounts of s, of which r says which are being refreshed.
func New(s *state.State, r *Refreshes) *Accounts {
	return &Accounts{state: s, refreshing: r, poolPath: filepath.Join(s.Dir, "pool.json")}
}
