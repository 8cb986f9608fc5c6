package accounts

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/hermes-tui/hermes-tui/core/consent"
	"github.com/hermes-tui/hermes-tui/core/oauth"
	"github.com/hermes-tui/hermes-tui/core/pool"
	"github.com/hermes-tui/hermes-tui/core/provider"
	"github.com/hermes-tui/hermes-tui/core/proxies"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/state"
	"github.com/hermes-tui/hermes-tui/core/usage"
	"github.com/hermes-tui/hermes-tui/core/vault"
	"github.com/hermes-tui/hermes-tui/internal/glance"
	"github.com/hermes-tui/hermes-tui/keystore"
)

// stamps are the files a snapshot was built from, as they were then.
type stamps struct{ pool, usage, store, latch, plans, asks, proxies fs.FileInfo }

// stampsOf looks at the files of a state folder.
func stampsOf(dir string) stamps {
	stat := func(name string) fs.FileInfo {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			return nil
		}
		return info
	}
	return stamps{stat("pool.json"), stat("usage.json"), stat("store.json"), stat("lock.json"), stat(usage.FileName), stat(consent.Folder), stat(proxies.Folder)}
}

func (s stamps) equal(o stamps) bool {
	return s.listed(o) && same(s.usage, o.usage) && same(s.plans, o.plans) && same(s.proxies, o.proxies)
}

// listed reports whether all but counters, plans and proxies, which are written again and
// again, are as they were.
func (s stamps) listed(o stamps) bool {
	return same(s.pool, o.pool) && same(s.store, o.store) && same(s.latch, o.latch) && same(s.asks, o.asks)
}

func same(a, b fs.FileInfo) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	return state.SameFile(a, b)
}

// Snapshot returns the accounts as the files say, opening no secret. It reads
// them only when they have changed since the last call.
func (as *Accounts) Snapshot() Snapshot {
	as.mu.Lock()
	as.taken++
	number := as.taken // before anything is looked at
	as.mu.Unlock()
	s := as.refreshing.mark(*as.list())
	s.Number = number
	return s
}

// list returns what the files say.
func (as *Accounts) list() *Snapshot {
	as.mu.Lock()
	have, at := as.listing, as.stamps
	as.mu.Unlock()
	now := stampsOf(as.state.Folder.Dir())
	if have != nil && at.equal(now) {
		return have
	}
	built, anew := Snapshot{}, have == nil || !at.listed(now)
	counters, plans := anew || !same(at.usage, now.usage), anew || !same(at.plans, now.plans)
	if anew {
		built = as.build()
	} else {
		built = *have
	}
	if !anew && (counters || plans) {
		built.Accounts = slices.Clone(have.Accounts)
	}
	if counters {
		built.count(as.state.Folder.ReadUsage())
	}
	if plans {
		built.plan(usage.Read(as.state.Dir))
	}
	if now.proxies == nil {
		built.Proxies = nil
	} else if anew || !same(at.proxies, now.proxies) {
		built.Proxies = as.state.Proxies.Running()
	}
	as.mu.Lock()
	defer as.mu.Unlock()
	as.listing, as.stamps, as.still = &built, now, glance.Mark{}
	return &built
}

// ToPick returns a snapshot to pick from. Nothing is looked at again behind the moment
// at; zero: now. It costs nothing while no file has changed,
// and one stat where nobody counts: counters and store do not matter to the order of
// a pool.
func (as *Accounts) ToPick(at glance.Mark) Snapshot {
	as.mu.Lock()
	have, file, still := as.listing, as.stamps.pool, as.still
	as.mu.Unlock()
	if have == nil { // who asks once begins no watch
		return as.refreshing.mark(*as.list())
	}
	at = at.Or(as.state.Watch(), as.state.Clock.Now())
	if still.Still(at) {
		return as.refreshing.mark(*have)
	}
	if file == nil || counts(have.Strategies) || !isStill(as.poolPath, file) {
		have = as.list()
	}
	as.asOf(have, at)
	return as.refreshing.mark(*have)
}

// isStill reports whether a file is the one that it was.
func isStill(path string, was fs.FileInfo) bool {
	info, err := os.Stat(path)
	return err == nil && state.SameFile(info, was)
}

// asOf notes a moment behind which a listing was found to be true.
func (as *Accounts) asOf(listing *Snapshot, still glance.Mark) {
	as.mu.Lock()
	defer as.mu.Unlock()
	if as.listing == listing {
		as.still = still
	}
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

// count says of each account how much it was used.
func (s Snapshot) count(used map[string]record.Usage) {
	for i := range s.Accounts {
		a := &s.Accounts[i]
		a.Requests, a.LastUsedAt, a.turn = used[a.ID].Requests, used[a.ID].LastUsed, used[a.ID].Turn
	}
}

// build reads pool file and store.
func (as *Accounts) build() Snapshot {
	var s Snapshot
	file, found, err := as.state.Folder.ReadPool()
	if err != nil {
		s.Notice, s.Err = err.Error(), err
		file = &record.PoolFile{}
	}
	if s.Notice == "" {
		s.Notice = Notice(found)
	}
	if s.Notice == "" {
		s.Notice = as.wordOf(file.Scan)
	}
	if s.Notice == "" {
		s.Notice = as.lockedNotice()
	}
	places := map[pool.ID]int{}
	s.Strategies, s.Default = file.Strategies, file.Default
	s.Accounts = make([]Account, 0, len(file.Rows))
	for _, row := range file.Rows {
		s.Accounts = append(s.Accounts, as.account(row, places))
	}
	s.Store = as.storeInfo(s.Accounts)
	s.Asks = as.state.Desk.Requests()
	return s
}

func (as *Accounts) account(row record.Row, places map[pool.ID]int) Account {
	name, short, over, base, revocable := row.Provider, row.Provider, "", "", false
	p, r, err := as.state.Provider(row.Provider, row.Region)
	if err == nil {
		name, short, over, revocable = r.ProviderName, r.Short, p.Discontinued, r.Revocable()
		base, _ = provider.Models(provider.Target(p, r).Binding)
	}
	in := pool.ID{Provider: row.Provider, Region: row.Region}
	a := Account{
		Public: row.Public, Limits: row.Limits, Paused: row.Paused, Label: row.Label, BaseURL: base, ProviderName: name, ProviderShort: short, Discontinued: over,
		Priority: places[in], Keystore: row.Keystore,
	}
	api := row.API
	if api == "" {
		api = p.API
	}
	bound := oauth.Binding{Provider: row.Provider, API: api}
	for _, other := range row.Also {
		bound.Also = append(bound.Also, oauth.Wire{API: other})
	}
	for _, wire := range p.Wires(bound, a.IsKey()) {
		a.APIs = append(a.APIs, wire.API)
	}
	a.Revocable = revocable && !a.IsKey() && !a.Shared() && !a.Quarantined() && !a.SignedOut
	places[in]++
	return a
}

// storeInfo says which keystore is remembered. Which one a first sign-in would
// use is found out by [Accounts.DetectStore], because that asks the system.
func (as *Accounts) storeInfo(accounts []Account) StoreInfo {
	ident, ok, err := as.state.Folder.Store.Read()
	if err != nil && ident.Kind == "" {
		return StoreInfo{Name: "unknown", Reason: err.Error()}
	}
	if !ok {
		as.mu.Lock()
		defer as.mu.Unlock()
		return as.detected
	}
	info := StoreInfo{
		Kind: ident.Kind, Name: as.state.Keystores.Describe(keystore.Kind(ident.Kind)),
		Available: true, ChosenBy: "remembered", Moving: ident.MovingFrom, Fleet: ident.Fleet,
	}
	for _, a := range accounts {
		if a.Locked {
			info.Locked, info.Available = true, false
		}
	}
	if _, locked := as.lockedSince(ident.Kind); locked {
		info.Locked, info.Available = true, false
	}
	return info
}

// DetectStore finds out which keystore the next sign-in uses, for showing it
// while there is no account yet. It opens nothing and may take seconds.
func (as *Accounts) DetectStore(ctx context.Context) (StoreInfo, error) {
	ident, ok, err := as.state.Folder.Store.Read()
	if err != nil {
		return StoreInfo{}, err
	}
	var remembered keystore.Kind
	if ok {
		remembered = keystore.Kind(ident.Kind)
	}
	choice, err := as.state.Keystores.Choose(ctx, remembered)
	if err != nil {
		return StoreInfo{Kind: string(remembered), Name: as.state.Keystores.Describe(remembered), ChosenBy: "remembered"}, vault.Explain(err)
	}
	info := StoreInfo{
		Kind: string(choice.Kind), Name: as.state.Keystores.Describe(choice.Kind),
		Available: true, ChosenBy: string(choice.ChosenBy), Reason: choice.Reason, Fleet: ident.Fleet,
	}
	as.mu.Lock()
	as.detected, as.listing = info, nil
	as.mu.Unlock()
	as.state.Changed.Ring()
	return info, nil
}
