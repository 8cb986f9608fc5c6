package shared

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/fleet"
	"github.com/hermes-tui/hermes-tui/core/tally"
	"github.com/hermes-tui/hermes-tui/internal/atomicfile"
	"github.com/hermes-tui/hermes-tui/internal/etcd"
)

// over reports whether nothing of what a host has told is shown any more, but for how
// often client keys were used: it is no member, and all that it has counted is older than
// what is kept.
func (u Use) over(view fleet.View, now time.Time) bool {
	return !slices.Contains(view.Names(), u.Host) && now.Sub(u.From) > tally.Keep+2*time.Hour // it was told up to two hours later
}

// forgets reports whether what a host has told may go: it is over, or such that nobody can
// read it any more.
func (b uses) forgets(ctx context.Context, u Use, unread error) bool {
	view, err := b.now(ctx, false)
	switch {
	case err != nil:
		return false
	case unread == nil:
		return u.over(view, b.Clock.Now())
	}
	code := autherr.CodeOf(unread)
	return (code == autherr.CodeOtherEpoch || code == autherr.CodeRecordDamaged) && !slices.Contains(view.Names(), u.Host)
}

// forget deletes what a host has told that is no member any more. It compares the members
// with those of now: a host that has just come tells under its name.
func (b uses) forget(ctx context.Context, host string, kv etcd.KV) error {
	view, err := b.now(ctx, true)
	if err != nil || slices.Contains(view.Names(), host) {
		return err
	}
	_, err = b.Store.Commit(ctx, etcd.Txn{
		If:   []etcd.Compare{etcd.Is(b.Keys.Stamp(), view.Stamp()), etcd.Is(kv.Key, kv.Value)},
		Then: []etcd.Op{etcd.Delete(kv.Key)},
	})
	return err
}

// tidy deletes what this host has kept of hosts that are no members any more, once nothing
// of it is shown.
func (b uses) tidy(ctx context.Context) {
	view, err := b.now(ctx, false)
	if err != nil {
		return
	}
	files, _ := os.ReadDir(b.usesDir())
	for _, f := range files {
		var u Use
		path := filepath.Join(b.usesDir(), f.Name())
		data, err := atomicfile.Read(path, mostPlain)
		if err == nil && json.Unmarshal(data, &u) == nil && u.over(view, b.Clock.Now()) {
			_ = atomicfile.Remove(path) // else the next hour
		}
	}
}
