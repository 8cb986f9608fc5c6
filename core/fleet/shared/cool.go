package shared

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/hermes-tui/hermes-tui/core/fleet"
	"github.com/hermes-tui/hermes-tui/core/fleet/roster"
	"github.com/hermes-tui/hermes-tui/core/pool"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/internal/etcd"
)

// format is that of the values in etcd.
const format = 1

// near is how far two hosts' clocks may be apart for what one says to be taken as it
// stands, so that all hosts show the same.
const near = 3 * time.Second

// rest is a cool-down as it stands in etcd. Its key goes with its time, which etcd's clock
// measures.
type rest struct {
	Version  int           `json:"version"`
	Host     string        `json:"host"`
	SignedIn time.Time     `json:"signed_in"` // the sign-in that was refused
	Rest     pool.Cooldown `json:"rest"`
	// Ended says that the cool-down was ended before its time.
	Ended bool `json:"ended,omitempty"`
}

// Cool tells the other hosts that an account rests, or one model of it. A rest that stands
// there and is longer stays.
func (b *Board) Cool(row record.Row, model string) {
	if b == nil {
		return
	}
	now := b.Clock.Now()
	told := rest{Version: format, Host: b.Host, SignedIn: row.SignedInAt, Rest: row.Limits.Of(model)}
	life := told.Rest.Until.Sub(now)
	if life <= 0 {
		return
	}
	b.tell(row.ID, model, told, func(stands rest, left time.Duration) time.Duration {
		if !stands.Ended && !stands.SignedIn.Before(told.SignedIn) && left >= life {
			return 0
		}
		return life
	})
}

// Warm tells the other hosts that the rests of an account have ended, as they stood here.
func (b *Board) Warm(row record.Row) {
	if b == nil {
		return
	}
	end := func(model string, c pool.Cooldown) {
		told := rest{Version: format, Host: b.Host, SignedIn: row.SignedInAt, Rest: c, Ended: true}
		b.tell(row.ID, model, told, func(stands rest, left time.Duration) time.Duration {
			if stands.Version == 0 || stands.Ended {
				return 0 // nothing rests there
			}
			return max(left, time.Second)
		})
	}
	if row.Cooldown != (pool.Cooldown{}) {
		end("", row.Cooldown)
	}
	for model, c := range row.Models {
		end(model, c)
	}
}

// tell writes a rest. life says for how long it stands, beside what stands there and how
// long that has left; zero: it is not written.
func (b *Board) tell(id, model string, told rest, life func(stands rest, left time.Duration) time.Duration) {
	ctx, cancel := context.WithTimeout(context.Background(), tellTime)
	defer cancel()
	key := b.Keys.Cool(id, model)
	err := b.put(ctx, key, func(view fleet.View, kv etcd.KV) (*value, error) {
		var stands rest
		var left time.Duration
		if kv.Found() {
			body, err := view.Unwrap(key, kv.Value)
			if err == nil {
				err = json.Unmarshal(body, &stands)
			}
			if err != nil {
				return nil, err // it stays as it is
			}
			if left, err = b.left(ctx, kv, stands.Rest); err != nil {
				return nil, err
			}
		}
		long := life(stands, left)
		if long <= 0 {
			return nil, nil //nolint:nilnil // what stands there stays
		}
		body, err := json.Marshal(told)
		return &value{body, long}, err
	})
	if err != nil && !errors.Is(err, roster.ErrNotOwner) {
		b.Log.Warn("the other hosts of the fleet were not told of a cool-down", "account", id, "error", err)
	}
}

// left is how long a rest goes on, by etcd's clock, and never longer than it was meant to
// be.
func (b *Board) left(ctx context.Context, kv etcd.KV, c pool.Cooldown) (time.Duration, error) {
	whole := c.Until.Sub(c.At)
	if kv.Lease == 0 { // nobody of ours writes that
		return min(whole, c.Until.Sub(b.Clock.Now())), nil
	}
	left, err := b.Store.TimeToLive(ctx, kv.Lease)
	if errors.Is(err, etcd.LeaseGone) {
		return 0, nil
	}
	return min(whole, left), err
}

// heard is a rest of which another host told.
type heard struct {
	id, model string
	rest
}

// takeCools makes the accounts of this host rest as the other hosts say.
func (b *Board) takeCools(ctx context.Context, told []etcd.KV) error {
	var all []heard
	for _, kv := range told {
		id, model, ok := b.Keys.CoolOf(kv.Key)
		if !ok || !record.ValidID(id) {
			continue
		}
		h := heard{id: id, model: model}
		body, err := b.unwrap(ctx, kv)
		if err == nil {
			err = json.Unmarshal(body, &h.rest)
		}
		if err != nil {
			if fatal(err) {
				return err
			}
			b.Log.Warn("a cool-down of the fleet cannot be read, and is not heeded", "account", id, "error", err)
			continue
		}
		if h.Version > format || h.Host == b.Host && !h.Ended {
			continue
		}
		if !h.Ended {
			left, err := b.left(ctx, kv, h.Rest)
			if err != nil {
				return err
			}
			h.Rest = byOurClock(h.Rest, left, b.Clock.Now())
		}
		all = append(all, h)
	}
	if len(all) == 0 {
		return nil
	}
	return b.rests(ctx, all)
}

// byOurClock is a rest that another host's clock has timed, and that goes on for so long.
func byOurClock(c pool.Cooldown, left time.Duration, now time.Time) pool.Cooldown {
	if until := now.Add(left); until.Sub(c.Until).Abs() > near {
		c.At, c.Until = c.At.Add(until.Sub(c.Until)), until
	}
	return c
}

// rests writes into the pool file what was heard.
func (b *Board) rests(ctx context.Context, all []heard) error {
	type happened struct {
		id    string
		event record.Event
	}
	var events []happened
	changed, now := false, b.Clock.Now()
	err := b.Folder.UpdatePool(ctx, func(p *record.PoolFile) bool {
		events, changed = nil, false
		for _, h := range all {
			of := p.Find(h.id)
			if of == nil || of.SignedInAt.After(h.SignedIn) {
				continue
			}
			for i := range p.Rows {
				row := &p.Rows[i]
				if row.ID != h.id && !row.SameSecret(of) {
					continue
				}
				limits, another := row.Limits.Told(h.model, h.Rest, h.Ended, now)
				if !another {
					continue
				}
				changed = true
				if row.Limits = limits; !h.Ended {
					events = append(events, happened{row.ID, row.Rested(h.model, h.Host)})
				}
			}
		}
		return changed
	})
	if err != nil || !changed {
		return err
	}
	for _, h := range events {
		b.Event(h.id, h.event)
	}
	b.ring()
	return nil
}

// fatal reports whether nothing more can be read, whatever the value: the store does not
// answer, or this host is no member any more, or a reader, who is told none of this.
func fatal(err error) bool {
	var store *etcd.Error
	return errors.As(err, &store) || errors.Is(err, roster.ErrNotMember) || errors.Is(err, roster.ErrNotOwner)
}
