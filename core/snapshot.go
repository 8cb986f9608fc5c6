package core

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/hermes-tui/hermes-tui/core/pool"
	"github.com/hermes-tui/hermes-tui/core/provider"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/state"
	"github.com/hermes-tui/hermes-tui/core/vault"
	"github.com/hermes-tui/hermes-tui/keystore"
)

// pollEvery is how often a watcher looks whether another process changed
// something. A look is three stats.
const pollEvery = 250 * time.Millisecond

// stamps are the files a snapshot was built from, as they were then.
type stamps struct{ pool, usage, store fs.FileInfo }

func (c *Core) stampsNow() stamps {
	stat := func(name string) fs.FileInfo {
		info, err := os.Stat(filepath.Join(c.state.Folder.Dir(), name))
		if err != nil {
			return nil
		}
		return info
	}
	return stamps{stat("pool.json"), stat("usage.json"), stat("store.json")}
}

func (s stamps) equal(o stamps) bool {
	same := func(a, b fs.FileInfo) bool {
		if a == nil || b == nil {
			return a == nil && b == nil
		}
		return state.SameFile(a, b)
	}
	return same(s.pool, o.pool) && same(s.usage, o.usage) && same(s.store, o.store)
}

// Snapshot returns the accounts as the files say, opening no secret. It reads
// them only when they have changed since the last call.
func (c *Core) Snapshot() Snapshot {
	now := c.stampsNow()
	c.mu.Lock()
	have, at := c.listing, c.stamps
	c.mu.Unlock()
	if have == nil || !at.equal(now) {
		built := c.build()
		c.mu.Lock()
		c.listing, c.stamps = &built, now
		c.mu.Unlock()
		have = &built
	}
	return c.withFlights(*have)
}

// picking returns a snapshot to pick from. It costs one stat where nobody counts:
// counters and store do not matter to the order of a pool.
func (c *Core) picking() Snapshot {
	c.mu.Lock()
	have, at := c.listing, c.stamps.pool
	c.mu.Unlock()
	if have == nil || at == nil || counts(have.Strategies) {
		return c.Snapshot()
	}
	if info, err := os.Stat(c.poolPath); err != nil || !state.SameFile(info, at) {
		return c.Snapshot()
	}
	return c.withFlights(*have)
}

// counts reports whether any pool's strategy looks at how much accounts are used.
func counts(strategies map[pool.ID]pool.Strategy) bool {
	for _, s := range strategies {
		if s.Or() != pool.FillFirst {
			return true
		}
	}
	return false
}

// build reads pool file, counters and identity.
func (c *Core) build() Snapshot {
	var s Snapshot
	file, found, err := c.state.Folder.ReadPool()
	if err != nil {
		s.Notice, s.Err = err.Error(), err
		file = &record.Pool{}
	}
	if s.Notice == "" {
		s.Notice = noticeOf(found)
	}
	if s.Notice == "" {
		s.Notice = c.wordOf(file.Scan)
	}
	usage := c.state.Folder.ReadUsage()
	places := map[pool.ID]int{}
	s.Strategies = file.Strategies
	s.Accounts = make([]Account, 0, len(file.Rows))
	for _, row := range file.Rows {
		s.Accounts = append(s.Accounts, c.account(row, usage[row.ID], places))
	}
	s.Store = c.storeInfo(s.Accounts)
	return s
}

func (c *Core) account(row record.Row, used record.Usage, places map[pool.ID]int) Account {
	name, short, over, base, revocable := row.Provider, row.Provider, "", "", false
	if p, r, err := c.state.Provider(row.Provider, row.Region); err == nil {
		name, short, over, revocable = r.ProviderName, r.Short, p.Discontinued, r.Revocable()
		base = c.runtime(provider.Target(p, r).Binding, row.Identity).BaseURL
	}
	in := pool.ID{Provider: row.Provider, Region: row.Region}
	a := Account{
		Public: row.Public, Limits: row.Limits, Label: row.Label, BaseURL: base, ProviderName: name, ProviderShort: short, Discontinued: over,
		Priority: places[in], Keystore: row.Keystore,
		Requests: used.Requests, LastUsedAt: used.LastUsed, turn: used.Turn,
	}
	a.Revocable = revocable && !a.IsKey() && !a.Shared() && !a.Quarantined() && !a.SignedOut
	places[in]++
	return a
}

// storeInfo says which keystore is remembered. Which one a first sign-in would
// use is found out by [Core.DetectStore], because that asks the system.
func (c *Core) storeInfo(accounts []Account) StoreInfo {
	ident, ok, err := c.state.Folder.Identity()
	if err != nil && ident.Kind == "" {
		return StoreInfo{Name: "unknown", Reason: err.Error()}
	}
	if !ok {
		c.mu.Lock()
		defer c.mu.Unlock()
		return c.detected
	}
	info := StoreInfo{
		Kind: ident.Kind, Name: c.state.Keystores.Describe(keystore.Kind(ident.Kind)),
		Available: true, ChosenBy: "remembered", Moving: ident.MovingFrom,
	}
	for _, a := range accounts {
		if a.Locked {
			info.Locked, info.Available = true, false
		}
	}
	return info
}

// DetectStore finds out which keystore the next sign-in uses, for showing it
// while there is no account yet. It opens nothing and may take seconds.
func (c *Core) DetectStore(ctx context.Context) (StoreInfo, error) {
	ident, ok, err := c.state.Folder.Identity()
	if err != nil {
		return StoreInfo{}, err
	}
	var remembered keystore.Kind
	if ok {
		remembered = keystore.Kind(ident.Kind)
	}
	choice, err := c.state.Keystores.Choose(ctx, remembered)
	if err != nil {
		return StoreInfo{Kind: string(remembered), Name: c.state.Keystores.Describe(remembered), ChosenBy: "remembered"}, vault.Explain(err)
	}
	info := StoreInfo{
		Kind: string(choice.Kind), Name: c.state.Keystores.Describe(choice.Kind),
		Available: true, ChosenBy: string(choice.ChosenBy), Reason: choice.Reason,
	}
	c.mu.Lock()
	c.detected, c.listing = info, nil
	c.mu.Unlock()
	c.state.Changed.Ring()
	return info, nil
}

// withFlights marks the accounts that this process is refreshing.
func (c *Core) withFlights(s Snapshot) Snapshot {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.flights) == 0 {
		return s
	}
	accounts := make([]Account, len(s.Accounts))
	copy(accounts, s.Accounts)
	for i := range accounts {
		if f, ok := c.flights[accounts[i].ID]; ok {
			accounts[i].RefreshingSince = f.since
		}
	}
	s.Accounts = accounts
	return s
}

// Watch sends a snapshot at once and after every change, whoever made it, until
// ctx is done; then the channel is closed. A slow receiver gets the latest one.
func (c *Core) Watch(ctx context.Context) <-chan Snapshot {
	out := make(chan Snapshot)
	go c.watch(ctx, out)
	return out
}

func (c *Core) watch(ctx context.Context, out chan<- Snapshot) {
	defer close(out)
	defer c.state.Caught()
	for {
		woken, seen := c.state.Changed.Wait(), c.stampsNow()
		select {
		case out <- c.Snapshot():
		case <-ctx.Done():
			return
		}
		if !c.untilChange(ctx, woken, seen) {
			return
		}
	}
}

// untilChange returns true when something changed, false when ctx is done.
func (c *Core) untilChange(ctx context.Context, woken <-chan struct{}, seen stamps) bool {
	for {
		select {
		case <-ctx.Done():
			return false
		case <-woken:
			return true
		case <-c.state.Clock.After(pollEvery):
			if !c.stampsNow().equal(seen) {
				return true
			}
			c.mend(ctx)
		}
	}
}

// mend copies heads into the pool file that a killed process could not copy any
// more: the heads' folder is newer than the pool file, and has been for a while.
func (c *Core) mend(ctx context.Context) {
	heads, err := os.Stat(c.state.Folder.BlobDir())
	if err != nil {
		return
	}
	listed, err := os.Stat(filepath.Join(c.state.Folder.Dir(), "pool.json"))
	late := err != nil || heads.ModTime().After(listed.ModTime())
	c.mu.Lock()
	known := c.mended.Equal(heads.ModTime())
	quiet := c.state.Clock.Now().Sub(heads.ModTime()) > time.Second
	if late && !known && quiet {
		c.mended = heads.ModTime()
	}
	c.mu.Unlock()
	if late && !known && quiet {
		if _, _, err := c.state.Folder.Reconcile(ctx); err != nil {
			c.state.Log.Warn("could not bring the pool file up to date", "error", err)
		}
	}
}
