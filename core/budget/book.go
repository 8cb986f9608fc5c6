package budget

import (
	"slices"
	"time"
)

// Book is what is kept of one key.
type Book struct {
	Version int     `json:"version"`
	Spent   []Spent `json:"spent"`
	Open    []Open  `json:"open,omitempty"` // requests under way, of all processes

	elsewhere []uint64 // what other hosts have used of each limit; empty: nothing
}

// Spent is what was used of one limit in its present time.
type Spent struct {
	Of    Unit          `json:"of"`
	In    time.Duration `json:"in"`
	Since time.Time     `json:"since"` // its first request
	Used  uint64        `json:"used"`
}

// Open is a request under way, and the most that it may come to.
type Open struct {
	ID      string `json:"id"`
	Process string `json:"process"`
	Tokens  uint64 `json:"tokens"`
}

// Full is a limit that is used up.
type Full struct {
	Limit  Limit
	Resets time.Time
}

// roll begins the times anew that are over at now, and one that begins well after
// now: that was written by a clock which has been set back since.
func (b *Book) roll(limits []Limit, now time.Time) {
	kept := make([]Spent, 0, len(limits))
	for _, l := range limits {
		i := slices.IndexFunc(b.Spent, func(s Spent) bool { return s.Of == l.Of && s.In == l.In })
		if i >= 0 && b.Spent[i].runs(now) {
			kept = append(kept, b.Spent[i])
			continue
		}
		kept = append(kept, Spent{Of: l.Of, In: l.In, Since: now})
	}
	b.Spent = kept
}

// runs reports whether its time is not over.
func (s Spent) runs(now time.Time) bool { return now.Sub(s.Since) < s.In && s.Since.Sub(now) <= drift }

// beside counts what other hosts of a fleet have used of the key, as far as they have told,
// after the times of this host were rolled: a time begins with the first request on any.
func (b *Book) beside(others []Spent, now time.Time) {
	b.elsewhere = make([]uint64, len(b.Spent))
	for i := range b.Spent {
		s := &b.Spent[i]
		for _, o := range others {
			if o.Of != s.Of || o.In != s.In || o.Used == 0 || !o.runs(now) {
				continue
			}
			b.elsewhere[i] += min(o.Used, mostOf)
			if o.Since.Before(s.Since) {
				s.Since = o.Since
			}
		}
	}
}

// used is what was used of a limit, by its place.
func (b *Book) used(i int) uint64 {
	if i < len(b.elsewhere) {
		return b.Spent[i].Used + b.elsewhere[i]
	}
	return b.Spent[i].Used
}

// drift is how far a clock may be set back for a time to go on.
const drift = 5 * time.Minute

// reserve enters a request, unless a limit is full, or others are under way that
// may use what is left.
func (b *Book) reserve(limits []Limit, o Open, now time.Time) (full *Full, busy bool) {
	b.roll(limits, now)
	for i, l := range limits {
		s := b.Spent[i]
		if b.used(i) >= l.Most && (full == nil || s.Since.Add(l.In).After(full.Resets)) {
			full = &Full{l, s.Since.Add(l.In)}
		}
	}
	if full != nil {
		return full, false
	}
	for i, l := range limits {
		held, mine := uint64(len(b.Open)), uint64(1)
		if l.Of == Tokens {
			held, mine = b.held(), o.Tokens
		}
		if len(b.Open) > 0 && b.used(i)+held+mine > l.Most {
			return nil, true
		}
	}
	b.Open = append(b.Open, o)
	return nil, false
}

// held is what the requests under way may come to.
func (b *Book) held() (sum uint64) {
	for _, o := range b.Open {
		sum += min(o.Tokens, mostOf)
	}
	return sum
}

// charge counts a request that has ended.
func (b *Book) charge(limits []Limit, id string, requests, tokens uint64, now time.Time) {
	i := slices.IndexFunc(b.Open, func(o Open) bool { return o.ID == id })
	if i < 0 {
		return
	}
	b.Open = slices.Delete(b.Open, i, i+1)
	b.roll(limits, now)
	for i, l := range limits {
		if l.Of == Tokens {
			b.Spent[i].Used += min(tokens, mostOf)
		} else {
			b.Spent[i].Used += requests
		}
	}
}

// bury charges what processes that are gone had under way, in full: nobody knows
// what became of it.
func (b *Book) bury(limits []Limit, gone func(process string) bool, now time.Time) (buried bool) {
	for _, o := range slices.Clone(b.Open) {
		if gone(o.Process) {
			b.charge(limits, o.ID, 1, o.Tokens, now)
			buried = true
		}
	}
	return buried
}
