package state

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/hermes-tui/hermes-tui/core/clock"
	"github.com/hermes-tui/hermes-tui/core/consent"
	"github.com/hermes-tui/hermes-tui/core/oauth"
	"github.com/hermes-tui/hermes-tui/core/provider"
	"github.com/hermes-tui/hermes-tui/core/refresh"
	"github.com/hermes-tui/hermes-tui/core/vault"
	"github.com/hermes-tui/hermes-tui/keystore"
)

// Keystores decides which keystore is used, and opens it.
type Keystores interface {
	vault.Keystores
	// Choose says which kind a store uses whose remembered kind is given; empty
	// when nothing was stored yet.
	Choose(ctx context.Context, remembered keystore.Kind) (keystore.Choice, error)
	// Describe returns what a person calls this kind.
	Describe(kind keystore.Kind) string
	// Turn is another text when what was read before is not to be used any more.
	Turn() string
	// Locked returns since when a person has locked the keystore.
	Locked() (since time.Time, locked bool)
	// Forget drops what is in memory and can be had again without asking.
	Forget()
	// Backup writes data to a new file, sealed to the file keystore's key.
	Backup(ctx context.Context, path string, data []byte) error
}

// Detached runs a refresh in a process that outlives this one, and returns when
// it ended or ctx is done. The note says why nothing was done.
type Detached func(ctx context.Context, id string, req refresh.Request) (note string, err error)

// Config is what the accounts of a folder are opened with. Every part of the world is handed in.
type Config struct {
	Dir       string // state folder
	Machine   string // id of this machine; empty when it has none
	Keystores Keystores
	// Heads returns where the heads of the accounts stand that a vault opens; nil, or
	// where it returns nil: in the folder.
	Heads     func(*vault.Vault) vault.Heads
	Providers provider.Table
	OAuth     *oauth.Client
	HTTP      http.RoundTripper // of requests that are no token requests; nil: http.DefaultTransport
	Clock     clock.Clock
	Random    io.Reader      // names, ids, verifiers
	Jitter    func() float64 // in [0, 1)
	Log       *slog.Logger
	PID       int
	Program   string // command that this process runs, for the accounts' histories
	// Patience bounds how long granted tokens are tried to be stored while the
	// keystore fails; zero: until it works.
	Patience time.Duration
	// Hurry is how long a refresh is waited for by those who can do without, be
	// it with the current token or with another account; zero: 700 ms. The
	// refresh itself goes on.
	Hurry time.Duration
	// Awake has the machine wait before it is suspended, while a refresh of a fleet's
	// account is under way; nil: nothing does. See [refresh.Engine].
	Awake func(why string) (release func())
	// Detach is set in programs that end soon or may be killed; nil: refreshes
	// run in this process, and Close waits for them.
	Detach Detached
	// Asker says which program the tokens of this process are for, where a person
	// has to confirm that; nil: the one that this process runs.
	Asker func() consent.Asker
	// OnPanic is told of a panic in one of the goroutines that stay, with its
	// stack, before anything else happens; the program has to end soon. Nil: it
	// ends at once, as usual. It is for a program that has a terminal to restore.
	OnPanic func(value any, stack []byte)
}
