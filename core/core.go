package core

import (
	"cmp"
	"context"
	"io"
	"io/fs"
	"log/slog"
	"path/filepath"
	"sync"
	"time"

	"github.com/hermes-tui/hermes-tui/core/clock"
	"github.com/hermes-tui/hermes-tui/core/oauth"
	"github.com/hermes-tui/hermes-tui/core/provider"
	"github.com/hermes-tui/hermes-tui/core/record"
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
	// Backup writes data to a new file, sealed to the file keystore's key.
	Backup(ctx context.Context, path string, data []byte) error
}

// Detached runs a refresh in a process that outlives this one, and returns when
// it ended or ctx is done. The note says why nothing was done.
type Detached func(ctx context.Context, id string, req refresh.Request) (note string, err error)

// Config is what a Core is made of. Every part of the world is handed in.
type Config struct {
	Dir       string // state folder
	Machine   string // id of this machine; empty when it has none
	Keystores Keystores
	Providers provider.Table
	OAuth     *oauth.Client
	Clock     clock.Clock
	Random    io.Reader      // names, ids, verifiers
	Jitter    func() float64 // in [0, 1)
	Log       *slog.Logger
	PID       int
	Program   string // command that this process runs, for the accounts' histories
	// Patience bounds how long granted tokens are tried to be stored while the
	// keystore fails; zero: until it works.
	Patience time.Duration
	// Hurry is how long a renewal is waited for by those who can do without, be
	// it with the current token or with another account; zero: 700 ms. The
	// renewal itself goes on.
	Hurry time.Duration
	// Detach is set in programs that end soon or may be killed; nil: refreshes
	// run in this process, and Close waits for them.
	Detach Detached
	// OnPanic is told of a panic in one of the goroutines that stay, with its
	// stack, before anything else happens; the program has to end soon. Nil: it
	// ends at once, as usual. It is for a program that has a terminal to restore.
	OnPanic func(value any, stack []byte)
}

// usualHurry is longer than [record.Slow], so that whoever left knows that the
// others skip the account as well.
const usualHurry = 700 * time.Millisecond

// Core is the accounts of one state folder. It is safe for concurrent use.
type Core struct {
	config Config
	folder *record.Folder
	// Paths that are looked at for each request.
	poolPath, keyPath string

	vault  *vault.Vault
	engine *refresh.Engine

	mu       sync.Mutex
	flights  map[string]*flight
	cache    map[string]cached
	proxyKey cachedKey
	usage    map[string]record.Usage // not yet written
	writing  map[string]record.Usage // being written; nil: nothing is
	counting *time.Timer             // until the counters are written; nil: nothing was counted
	leases   map[string]int          // requests that each account is serving
	followed map[string]fs.FileInfo  // files of shared accounts' owners, as they were last looked at
	listing  *Snapshot               // last one built
	stamps   stamps                  // of the files it was built from
	detected StoreInfo               // of a store that does not exist yet
	mended   time.Time               // the heads' folder, when the pool file was last brought up to it

	background sync.WaitGroup
	changed    broadcast
}

// Open returns the accounts in c.Dir. Nothing is read, written or asked yet.
func Open(c Config) *Core {
	c.Hurry = cmp.Or(c.Hurry, usualHurry)
	folder := record.Open(record.Options{Dir: c.Dir, Machine: c.Machine, Random: c.Random})
	v := &vault.Vault{
		Folder: folder, Keystores: c.Keystores, Clock: c.Clock,
		Log: c.Log, PID: c.PID, Program: c.Program, Patience: c.Patience,
	}
	core := &Core{
		config: c, folder: folder, vault: v,
		poolPath: filepath.Join(c.Dir, "pool.json"), keyPath: folder.HeadPath(record.ProxyKeyID),
		flights: map[string]*flight{}, cache: map[string]cached{}, usage: map[string]record.Usage{},
		leases: map[string]int{}, followed: map[string]fs.FileInfo{},
	}
	core.engine = &refresh.Engine{Vault: v, Rules: core.rules, Clock: c.Clock, Jitter: c.Jitter, Log: c.Log}
	return core
}

// rules looks a provider up for the refresh engine.
func (c *Core) rules(id, region string) (refresh.Rules, error) {
	p, r, err := c.config.Providers.Region(id, region)
	if err != nil {
		return refresh.Rules{}, err
	}
	p.Device.Issuer = r.Issuer
	flow, err := p.Flow(c.config.OAuth)
	return refresh.Rules{Flow: flow, Check: c.config.Providers.Check, Skew: p.SkewOf, Grace: p.Grace}, err
}

// Close waits until every refresh that was begun has ended and the counters are
// written, at most until ctx is done: a refresh cut in the middle can cost the
// account.
func (c *Core) Close(ctx context.Context) error {
	c.stopCounting()
	done := make(chan struct{})
	go func() {
		c.background.Wait()
		c.flushUsage()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// broadcast wakes everybody who waits for something to change.
type broadcast struct {
	mu sync.Mutex
	ch chan struct{}
}

// wait returns a channel that is closed at the next change.
func (b *broadcast) wait() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ch == nil {
		b.ch = make(chan struct{})
	}
	return b.ch
}

// fire wakes those who wait.
func (b *broadcast) fire() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ch != nil {
		close(b.ch)
		b.ch = nil
	}
}
