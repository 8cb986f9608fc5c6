package accounts

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/hermes-tui/hermes-tui/core/proxies"
	"github.com/hermes-tui/hermes-tui/internal/glance"
)

// pollEvery is how often a watcher looks whether another process changed
// something. A look is seven stats.
const pollEvery = 250 * time.Millisecond

// proxyLooks is how many looks of a watcher pass between two at the proxies
// themselves: one that is killed changes no file.
const proxyLooks = 8

// Watch sends a snapshot at once and after every change, whoever made it, until
// ctx is done; then the channel is closed. A slow receiver gets the latest one.
func (as *Accounts) Watch(ctx context.Context) <-chan Snapshot {
	out := make(chan Snapshot)
	go watcher{as}.watch(ctx, out)
	return out
}

// watcher looks after the accounts of whoever stays.
type watcher struct{ *Accounts }

func (w watcher) watch(ctx context.Context, out chan<- Snapshot) {
	defer close(out)
	defer w.state.Caught()
	for {
		woken, seen := w.state.Changed.Wait(), stampsOf(w.state.Folder.Dir())
		select {
		case out <- w.Snapshot():
		case <-ctx.Done():
			return
		}
		if !w.untilChange(ctx, woken, seen) {
			return
		}
	}
}

// untilChange returns true when something changed, false when ctx is done.
func (w watcher) untilChange(ctx context.Context, woken <-chan struct{}, seen stamps) bool {
	for look := 1; ; look++ {
		select {
		case <-ctx.Done():
			return false
		case <-woken:
			return true
		case <-w.state.Clock.After(pollEvery):
			if !stampsOf(w.state.Folder.Dir()).equal(seen) {
				return true
			}
			if look%proxyLooks == 0 && seen.proxies != nil && w.runOtherwise() {
				return true
			}
			w.repair(ctx)
		}
	}
}

// repair copies heads into the pool file that a killed process could not copy any
// more: the heads' folder is newer than the pool file, and has been for a while.
func (w watcher) repair(ctx context.Context) {
	heads, err := os.Stat(w.state.Folder.BlobDir())
	if err != nil {
		return
	}
	listed, err := os.Stat(filepath.Join(w.state.Folder.Dir(), "pool.json"))
	late := err != nil || heads.ModTime().After(listed.ModTime())
	w.mu.Lock()
	known := w.repaired.Equal(heads.ModTime())
	quiet := w.state.Clock.Now().Sub(heads.ModTime()) > time.Second
	if late && !known && quiet {
		w.repaired = heads.ModTime()
	}
	w.mu.Unlock()
	if late && !known && quiet {
		if _, _, err := w.state.Folder.Reconcile(ctx); err != nil {
			w.state.Log.Warn("could not bring the pool file up to date", "error", err)
		}
	}
}

// runOtherwise reports whether other proxies run than the last listing says, and
// makes that one say so.
func (w watcher) runOtherwise() bool {
	w.mu.Lock()
	have := w.listing
	w.mu.Unlock()
	run := w.state.Proxies.Running()
	if have == nil || slices.EqualFunc(have.Proxies, run, proxies.Proxy.Equal) {
		return false
	}
	built := *have
	built.Proxies = run
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.listing == have {
		w.listing, w.still = &built, glance.Mark{}
	}
	return true
}
