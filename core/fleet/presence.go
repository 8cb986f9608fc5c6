package fleet

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/hermes-tui/hermes-tui/core/clock"
	"github.com/hermes-tui/hermes-tui/core/fleet/roster"
	"github.com/hermes-tui/hermes-tui/internal/etcd"
)

const (
	// presence is how long a host counts as there after it has last said so, and beat
	// how often it does.
	presence = 30 * time.Second
	beat     = 10 * time.Second
)

// Presence is what the programs that stay on a host tell of it. It is for people and
// decides nothing.
type Presence struct {
	Version string    `json:"version"`
	Boot    string    `json:"boot,omitempty"`
	Since   time.Time `json:"since"` // since when one of them has been there, by the host's clock
	At      time.Time `json:"at"`    // when this was written, by the host's clock
	// Cluster and Term are etcd's, as the host found them when it wrote this. With
	// another leader, and in a store that was restored, each lease runs its whole time
	// again, and says no more how long ago that was.
	Cluster uint64 `json:"cluster"`
	Term    uint64 `json:"term"`

	// Epoch is that of the keys which the host has: it was written with them.
	Epoch uint64 `json:"-"`
	// Skew is by how much the host's clock is ahead of this one's, as well as can be
	// told: etcd says how long ago it was written. For people: no rule compares two
	// hosts' clocks. Timed says that it could be told.
	Skew  time.Duration `json:"-"`
	Timed bool          `json:"-"`
	// Odd says that something stands there which no owner of the fleet has written.
	Odd bool `json:"-"`
}

// Up is how long one of the host's programs has been there.
func (p Presence) Up() time.Duration { return max(p.At.Sub(p.Since), 0) }

// present says that a program of this host is there.
func (h *Heads) present(ctx context.Context) {
	for ctx.Err() == nil {
		err := h.sayPresent(ctx)
		if errors.Is(err, roster.ErrNotMember) {
			return
		}
		if err == nil {
			finish(ctx, h)
		}
		if clock.Sleep(ctx, h.Clock, beat) != nil {
			return
		}
	}
}

func (h *Heads) sayPresent(ctx context.Context) error {
	key := h.Keys.Alive(h.Host)
	got, err := h.Store.Get(ctx, h.Keys.Stamp(), key)
	if err != nil {
		return err
	}
	view, err := h.Team.View(ctx, got.KVs[0].Value)
	if err != nil {
		return err
	}
	now := h.Clock.Now().UTC()
	p := Presence{Version: h.Version, Boot: h.Boot, Since: now, At: now, Cluster: got.Cluster, Term: got.Term}
	if had := readPresence(view, key, got.KVs[1].Value); had.Boot == h.Boot && !had.Since.IsZero() && had.Since.Before(now) {
		p.Since = had.Since // of another program, or of this one
	}
	body, err := json.Marshal(p)
	if err != nil {
		return err
	}
	value, err := view.Wrap(key, body)
	if err != nil && !errors.Is(err, roster.ErrNotOwner) { // a reader has no key to sign with, and is there all the same
		return err
	}
	lease, err := h.Store.Grant(ctx, presence)
	if err != nil {
		return err
	}
	_, err = h.Store.Commit(ctx, etcd.Txn{
		If:   []etcd.Compare{etcd.Is(h.Keys.Stamp(), view.Stamp())},
		Then: []etcd.Op{etcd.Put(key, value, lease)},
	})
	return err
}

// readPresence reads what a host has told of itself.
func readPresence(view View, key string, value []byte) Presence {
	if len(value) == 0 {
		return Presence{}
	}
	var p Presence
	body, err := view.Unwrap(key, value)
	if err == nil {
		err = json.Unmarshal(body, &p)
	}
	switch {
	case errors.Is(err, roster.ErrNotOwner): // a reader cannot tell
		return Presence{}
	case err != nil && 0 < roster.Made(value) && roster.Made(value) < view.Number(): // a host was removed; the next beat is with the keys of now
		return Presence{}
	case err != nil:
		return Presence{Odd: true}
	}
	p.Epoch = roster.Made(value)
	return p
}

// Present returns which of these hosts are there, and what they tell.
func (h *Heads) Present(ctx context.Context, names []string) (map[string]Presence, error) {
	keys := []string{h.Keys.Stamp()}
	for _, name := range names {
		keys = append(keys, h.Keys.Alive(name))
	}
	got, err := h.Store.Get(ctx, keys...)
	if err != nil {
		return nil, away(err)
	}
	view, err := h.Team.View(ctx, got.KVs[0].Value)
	if err != nil {
		return nil, err
	}
	here := map[string]Presence{}
	for i, kv := range got.KVs[1:] {
		if kv.Found() {
			here[names[i]] = h.aged(ctx, readPresence(view, kv.Key, kv.Value), kv.Lease, got.Header)
		}
	}
	return here, nil
}

// aged finds out how far a host's clock is off, from what its lease has left: that says
// how long ago the host has written, where that was to the store of now.
func (h *Heads) aged(ctx context.Context, p Presence, lease etcd.Lease, now etcd.Header) Presence {
	if p.At.IsZero() || p.Cluster != now.Cluster || p.Term != now.Term {
		return p
	}
	left, err := h.Store.TimeToLive(ctx, lease)
	if err != nil || left <= 0 || left > presence {
		return p
	}
	p.Timed = true
	if ago := presence - left; ago > 0 {
		p.Skew = p.At.Sub(h.Clock.Now().Add(-max(ago-time.Second/2, 0))) // what is left is told in whole seconds, rounded down
	} else {
		p.Skew = p.At.Sub(h.Clock.Now())
	}
	return p
}
