package proxy

import (
	"context"
	"net/http"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/budget"
	"github.com/hermes-tui/hermes-tui/core/clientkey"
	"github.com/hermes-tui/hermes-tui/core/refusal"
	"github.com/hermes-tui/hermes-tui/core/tally"
	"github.com/hermes-tui/hermes-tui/core/usage"
	"github.com/hermes-tui/hermes-tui/internal/glance"
)

// Accounts is what the proxy needs of [core.Core].
type Accounts interface {
	// Moment is the present one, which calls take that follow at once: nothing is looked
	// at again behind it.
	Moment() glance.Mark
	// Select returns the accounts that a name means, as Pick understands it.
	Select(name string) ([]core.Account, error)
	// PoolCalled returns the name that means a pool alone, where name is that of one;
	// else name.
	PoolCalled(name string) string
	// SelectSpeaking is Select for those that are asked in one of apis.
	SelectSpeaking(name string, apis []string) ([]core.Account, error)
	// Pick chooses the account that serves the next request of whoever name
	// means: an account's id, a pool, or empty for the only pool there is.
	Pick(ctx context.Context, name string, o core.PickOptions) (*core.Lease, error)
	// Token returns a token that is good for a request now.
	Token(ctx context.Context, id string, o core.TokenOptions) (core.Token, error)
	// ReadRefusal reads what an answer says of the account, as its provider means it.
	ReadRefusal(provider string, a refusal.Answer) core.Refusal
	// Refused writes down that the model API refused a request of the account.
	Refused(ctx context.Context, id string, r core.Refusal) error
	// Told notes what an answer's headers tell of the account's plan.
	Told(id string, h http.Header)
	// Served counts what a program used of an account.
	Served(by tally.Use, n tally.Counts)
	// Plans returns what is known of every account's plan, by id. It asks nobody.
	Plans() map[string]usage.Known
	// Reserve lets a request of a key with limits through that may come to so many
	// tokens.
	Reserve(ctx context.Context, key clientkey.Key, tokens uint64) (*budget.Reservation, error)
}

var _ Accounts = (*core.Core)(nil)
