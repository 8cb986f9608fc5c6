package core

import (
	"context"

	"github.com/hermes-tui/hermes-tui/core/accounts"
	"github.com/hermes-tui/hermes-tui/core/interop"
	"github.com/hermes-tui/hermes-tui/core/serve"
	"github.com/hermes-tui/hermes-tui/core/signin"
	"github.com/hermes-tui/hermes-tui/core/state"
)

// Config is what a Core is opened with.
type Config = state.Config

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

	SignInOptions  = signin.Options
	SignInEvent    = signin.Event
	CodeIssued     = signin.CodeIssued
	PollScheduled  = signin.PollScheduled
	Identified     = signin.Identified
	Asking         = signin.Asking
	SignedIn       = signin.SignedIn
	SignInFailed   = signin.Failed
	Decision       = signin.Decision
	KeyOptions     = signin.KeyOptions
	ProviderChoice = signin.ProviderChoice

	ImportOptions = interop.ImportOptions
	ImportPlan    = interop.ImportPlan
	ImportRow     = interop.ImportRow
	ImportResult  = interop.ImportResult

	Token          = serve.Token
	TokenOptions   = serve.TokenOptions
	PickOptions    = serve.PickOptions
	Lease          = serve.Lease
	Conversation   = serve.Conversation
	Runtime        = serve.Runtime
	Refusal        = serve.Refusal
	RefreshOptions = serve.RefreshOptions
	RefreshResult  = serve.RefreshResult
)

// The states of an account.
const (
	OK          = accounts.OK
	Expiring    = accounts.Expiring
	Refreshing  = accounts.Refreshing
	Expired     = accounts.Expired
	CoolingDown = accounts.CoolingDown
	Paused      = accounts.Paused
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

// The decisions about a sign-in that somebody is asked about.
const (
	Discard = signin.Discard
	Save    = signin.Save
	Replace = signin.Replace
)

// CleanLabel returns a label as it is kept; see [accounts.CleanLabel].
func CleanLabel(label string) (string, error) { return accounts.CleanLabel(label) }

// Ready picks the account that serves the next request and returns a token of
// it; see [serve.Ready].
func Ready(ctx context.Context, from serve.Source, name string, o PickOptions, want TokenOptions) (*Lease, Token, error) {
	return serve.Ready(ctx, from, name, o, want)
}
