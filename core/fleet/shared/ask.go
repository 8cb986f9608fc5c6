package shared

import (
	"context"
	"encoding/json"
	"time"

	"github.com/hermes-tui/hermes-tui/internal/etcd"
)

// askEvery is how often a provider is asked what is left of an account's plan, whichever
// host asks.
const askEvery = 5 * time.Minute

// asker is who has asked.
type asker struct {
	Host string `json:"host"`
}

// MayAsk reports whether no other host has asked an account's provider a moment ago what
// is left of its plan. If so nobody else does for a while, and what this host is told is
// told to all. Where the store is away each host asks for itself.
func (b *Board) MayAsk(ctx context.Context, id string) bool {
	if b == nil {
		return true
	}
	b.mu.Lock()
	b.asked = true
	b.mu.Unlock()
	if b.lost() {
		return true
	}
	view, err := b.now(ctx, true)
	if err != nil {
		return true
	}
	lease, err := b.Store.Grant(ctx, askEvery)
	if err != nil {
		return true
	}
	key := b.Keys.Ask(id)
	body, err := json.Marshal(asker{b.Host})
	if err != nil {
		return true
	}
	raw, err := view.Wrap(key, body)
	if err != nil {
		return true
	}
	done, err := b.Store.Commit(ctx, etcd.Txn{
		If:   []etcd.Compare{etcd.Is(b.Keys.Stamp(), view.Stamp()), etcd.Absent(key)},
		Then: []etcd.Op{etcd.Put(key, raw, lease)},
		Else: []string{key},
	})
	if err != nil || done.Succeeded {
		return true
	}
	_ = b.Store.Revoke(ctx, lease)
	if !done.KVs[0].Found() {
		return true
	}
	var by asker
	told, err := b.unwrap(ctx, done.KVs[0])
	if err == nil {
		err = json.Unmarshal(told, &by)
	}
	return err != nil || by.Host == b.Host // nobody of ours has written that; or this host, which knows when it has asked
}

// Close tells for the last time what this host counts, where this program has told it
// before, or was told of a plan.
func (b *Board) Close(ctx context.Context) {
	if b == nil {
		return
	}
	b.mu.Lock()
	due := (b.asked || b.followed) && !b.away
	b.asked, b.followed = false, false // closed once more, there may be no folder to lock in
	b.mu.Unlock()
	if !due {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, tellTime)
	defer cancel()
	uses{b}.alone(func() { uses{b}.tellUse(ctx) })
}
