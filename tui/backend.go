package tui

import (
	"context"
	"time"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/consent"
	fleethost "github.com/hermes-tui/hermes-tui/core/host"
	"github.com/hermes-tui/hermes-tui/core/pool"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/tally"
	"github.com/hermes-tui/hermes-tui/core/usage"
)

// Backend is what the window needs of the accounts: [core.Core], with its
// Refresh in other words. Implementations are safe for concurrent use.
type Backend interface {
	// Snapshot returns what is known. Like every method here but Providers it may
	// wait for the disk, so it is called in commands.
	Snapshot() core.Snapshot
	// Watch sends a snapshot at every change, whoever made it. The channel is
	// closed when ctx ends.
	Watch(ctx context.Context) <-chan core.Snapshot
	// SignIn begins a sign-in. The channel is closed after the last event;
	// cancelling ctx ends the attempt at once.
	SignIn(ctx context.Context, o core.SignInOptions) <-chan core.SignInEvent
	// Refresh fetches a new token now. Right after a rotation it does nothing
	// and says so, unless forced.
	Refresh(ctx context.Context, id string, force bool) (core.RefreshResult, error)
	// TakeOver does so although another host of the fleet has not ended its refresh.
	TakeOver(ctx context.Context, id string) (core.RefreshResult, error)
	// Rename gives the account another label.
	Rename(ctx context.Context, id, label string) error
	// Reorder moves the account to a place among all accounts, 0 first.
	Reorder(ctx context.Context, id string, place int) error
	// ClearCooldown lets the account serve at once.
	ClearCooldown(ctx context.Context, id string) error
	// Pause takes the account out of the rotation until then; zero: until Resume.
	Pause(ctx context.Context, id string, until time.Time) error
	// Resume puts it back.
	Resume(ctx context.Context, id string) error
	// Use makes an account, or a pool, the default; an empty name: there is none.
	Use(ctx context.Context, name string) (chosen string, err error)
	// SetStrategy changes how the account's pool spreads requests.
	SetStrategy(ctx context.Context, id string, s pool.Strategy) (pool.ID, error)
	// History returns what happened to the account, oldest first.
	History(id string) ([]record.Event, error)
	// WatchTally sends who used what in the last span, at once and after every
	// change, at most once a second. The channel is closed when ctx ends.
	WatchTally(ctx context.Context, span time.Duration) <-chan []tally.Row
	// WatchFleet sends what there is to see of the fleet that this machine belongs to,
	// at once and at every change. The channel is closed when ctx ends, and at once where
	// there is no fleet.
	WatchFleet(ctx context.Context) <-chan fleethost.Sight
	// UseReset uses one of the account's banked resets, and returns what is left of its
	// plan by then.
	UseReset(ctx context.Context, id string) (usage.Known, error)
	// PlanNews returns what a person is to be told of the plans, each once.
	PlanNews(ctx context.Context, by usage.Voice) ([]usage.News, error)
	// Token returns a token that works, for a person who asked to copy it.
	Token(ctx context.Context, id string, o core.TokenOptions) (core.Token, error)
	// Runtime returns how programs reach the account's models.
	Runtime(ctx context.Context, id string) (core.Runtime, error)
	// Remove deletes the account and its secrets, revokes its sign-in where that
	// works, and says what came of it.
	Remove(ctx context.Context, id string) (core.Removal, error)
	// Answer answers a program that waits in the snapshot's Asks.
	Answer(r consent.Request, v consent.Verdict) error
	// Providers lists where a person can sign in, the regions of a provider next
	// to each other. It does not block.
	Providers() []core.ProviderChoice
	// DefaultLabel is the label that a new account there gets when the person
	// gives none.
	DefaultLabel(provider, region string) string
}
