package shared

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/json"
	"io"
	"time"

	"github.com/hermes-tui/hermes-tui/core/budget"
	"github.com/hermes-tui/hermes-tui/core/clock"
	"github.com/hermes-tui/hermes-tui/core/fleet"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/tally"
	"github.com/hermes-tui/hermes-tui/core/usage"
	"github.com/hermes-tui/hermes-tui/internal/etcd"
)

const (
	// tellEvery is how often a host tells its counts at most, and hearEvery how often it is
	// told of all the others' together: in a large fleet each tells less often.
	tellEvery, hearEvery = 10 * time.Second, 500 * time.Millisecond
	// mostUse bounds what a host tells at once, in bytes as they stand in etcd but for the
	// spelling. What is oldest is left out.
	mostUse = 192 << 10
	// mostRows bounds it for those who read it.
	mostRows = 10000
	// mostPlain bounds what is read of it.
	mostPlain = 16 << 20
)

// Use is what one host has counted, and was told of plans.
type Use struct {
	Host string    `json:"host"`
	From time.Time `json:"from"` // the rows before are told by themselves, by the hour
	Past bool      `json:"past,omitempty"`
	// Rows are who used what.
	Rows []tally.Row `json:"rows,omitempty"`
	// Plans are what providers have told this host of plans, by account.
	Plans map[string]usage.Known `json:"plans,omitempty"`
	// Keys are how much the client keys of the fleet were used, Spent what of their limits
	// is, by the keys' ids.
	Keys  map[string]record.Usage   `json:"keys,omitempty"`
	Spent map[string][]budget.Spent `json:"spent,omitempty"`
}

// Counter is where a host counts.
type Counter interface {
	// Own is what this host has counted from then on: all that a [Use] has but the rows of
	// the past.
	Own(ctx context.Context, from time.Time) Use
	// Past are the rows before, for as long as they are kept.
	Past(until time.Time) []tally.Row
	// Heard takes what another host tells, which is in the files already.
	Heard(ctx context.Context, u Use)
}

// told is what a host has counted as it stands in etcd.
type told struct {
	Version int       `json:"version"`
	At      time.Time `json:"at"`
	From    time.Time `json:"from"`
	Sum     []byte    `json:"sum"`    // of what is sealed: it is not written again where nothing has changed
	Sealed  []byte    `json:"sealed"` // gzip of a [Use]
}

// Count has a board tell what this host counts.
func (b *Board) Count(c Counter) {
	if b == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.counter = c
}

func (b *Board) counts() Counter {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.counter
}

// tellUses tells what this host counts, again and again.
func (b uses) tellUses(ctx context.Context) {
	for clock.Sleep(ctx, b.Clock, b.pause(ctx)) == nil {
		b.alone(func() { b.tellUse(ctx) })
	}
}

// pause is how long a host waits before it tells what has changed.
func (b uses) pause(ctx context.Context) time.Duration {
	view, err := b.now(ctx, false)
	if err != nil {
		return tellEvery
	}
	return max(tellEvery, time.Duration(len(view.Names()))*hearEvery)
}

// tellUse tells what has changed since it was told last.
func (b uses) tellUse(ctx context.Context) {
	c := b.counts()
	if c == nil {
		return
	}
	cut := b.Clock.Now().UTC().Truncate(time.Hour).Add(-time.Hour)
	err := b.tellPast(ctx, c, cut)
	if err == nil {
		own := c.Own(ctx, cut)
		own.Host, own.From = b.Host, cut
		err = b.putUse(ctx, b.Keys.Use(b.Host), own)
	}
	if err != nil {
		b.Log.Debug("the other hosts of the fleet were not told what is counted here", "error", err)
	}
}

// tellPast tells the rows of the hours that are over, once each hour, whichever program of
// this host does.
func (b uses) tellPast(ctx context.Context, c Counter, cut time.Time) error {
	key := b.Keys.Past(b.Host)
	got, err := b.Store.Get(ctx, b.Keys.Stamp(), key)
	if err != nil {
		return err
	}
	if b.past(ctx, got.KVs[0].Value, got.KVs[1]).Equal(cut) {
		return nil
	}
	b.tidy(ctx)
	return b.putUse(ctx, key, Use{Host: b.Host, From: cut, Past: true, Rows: tally.ByHour(c.Past(cut))})
}

// past is up to when a host has told its past.
func (b uses) past(ctx context.Context, stamp []byte, kv etcd.KV) (until time.Time) {
	view, err := b.at(ctx, stamp)
	if err != nil || !kv.Found() {
		return until
	}
	var stands told
	if body, err := view.Unwrap(kv.Key, kv.Value); err == nil && json.Unmarshal(body, &stands) == nil {
		until = stands.From
	}
	return until
}

// putUse writes what a host tells, unless that stands there.
func (b uses) putUse(ctx context.Context, key string, u Use) error {
	plain, packed, err := pack(u)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(plain)
	return b.put(ctx, key, func(view fleet.View, kv etcd.KV) (*value, error) {
		var stands told
		if kv.Found() {
			body, err := view.Unwrap(key, kv.Value)
			if err == nil && json.Unmarshal(body, &stands) == nil && bytes.Equal(stands.Sum, sum[:]) {
				return nil, nil //nolint:nilnil // nothing has changed
			}
		}
		sealed, err := view.Seal(packed)
		if err != nil {
			return nil, err
		}
		body, err := json.Marshal(told{format, b.Clock.Now().UTC(), u.From, sum[:], sealed})
		return &value{body: body}, err
	})
}

// pack makes a use small; rows go, the oldest first, until it is.
func pack(u Use) (plain, packed []byte, err error) {
	u.Rows = u.Rows[max(0, len(u.Rows)-mostRows):]
	for {
		if plain, err = json.Marshal(u); err != nil {
			return nil, nil, err
		}
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		_, _ = w.Write(plain) // a buffer takes everything
		_ = w.Close()
		if b.Len() <= mostUse || len(u.Rows) == 0 {
			return plain, b.Bytes(), nil
		}
		u.Rows = u.Rows[(len(u.Rows)+3)/4:]
	}
}

// unpack reads what pack made.
func unpack(packed []byte) (u Use, err error) {
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return u, err
	}
	plain, err := io.ReadAll(io.LimitReader(r, mostPlain))
	if err == nil {
		err = json.Unmarshal(plain, &u)
	}
	return u, err
}
