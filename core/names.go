package core

import "github.com/hermes-tui/hermes-tui/core/accounts"

// What callers name of the wings.
type (
	Account      = accounts.Account
	Snapshot     = accounts.Snapshot
	State        = accounts.State
	StoreInfo    = accounts.StoreInfo
	Pool         = accounts.Pool
	Member       = accounts.Member
	HistoryEntry = accounts.HistoryEntry
	Removal      = accounts.Removal
	Revocation   = accounts.Revocation
)

// The states of an account.
const (
	OK          = accounts.OK
	Expiring    = accounts.Expiring
	Refreshing  = accounts.Refreshing
	Expired     = accounts.Expired
	CoolingDown = accounts.CoolingDown
	NeedsSignIn = accounts.NeedsSignIn
	NotIncluded = accounts.NotIncluded
	Shared      = accounts.Shared
	Locked      = accounts.Locked
	SigningIn   = accounts.SigningIn
	SignedOut   = accounts.SignedOut
)

// What becomes of the sign-in of an account that is removed.
const (
	Revoked      = accounts.Revoked
	NotRevoked   = accounts.NotRevoked
	NotRevocable = accounts.NotRevocable
	NotOurs      = accounts.NotOurs
	NothingLeft  = accounts.NothingLeft
	NotAsked     = accounts.NotAsked
)

// CleanLabel returns a label as it is kept; see [accounts.CleanLabel].
func CleanLabel(label string) (string, error) { return accounts.CleanLabel(label) }
