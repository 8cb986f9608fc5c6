// Package interop shares accounts with hermes-agent and its like: it imports what
// is in their files, follows what they refresh, takes accounts over, and gives them
// back. No moment has two owners of a single-use token, and none has nobody.
package interop

import (
	"io/fs"
	"sync"

	"github.com/hermes-tui/hermes-tui/core/accounts"
	"github.com/hermes-tui/hermes-tui/core/state"
	"github.com/hermes-tui/hermes-tui/core/upkeep"
)

// Interop shares the accounts of one state folder with other programs. It is
// safe for concurrent use.
type Interop struct {
	state    *state.State
	accounts *accounts.Accounts
	upkeep   *upkeep.Upkeep

	mu       sync.Mutex
	followed map[string]fs.FileInfo // files of shared accounts' owners, as they were last looked at
}

// New returns what shares the accounts a of s.
func New(s *state.State, a *accounts.Accounts, u *upkeep.Upkeep) *Interop {
	return &Interop{state: s, accounts: a, upkeep: u, followed: map[string]fs.FileInfo{}}
}
