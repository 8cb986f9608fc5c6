package fleet

import (
	"context"
	"errors"
	"maps"
	"sync"
	"time"

	"github.com/hermes-tui/hermes-tui/core/fleet/roster"
)

// Observed is what a program that follows the fleet has seen of it. It is for people:
// no rule reads it.
type Observed struct {
	Link     Link
	Accounts map[string]Standing  // by id
	Hosts    map[string]Presence  // by name, of those that are there
	Gone     map[string]time.Time // by name, when one that was there went
	SignIns  map[string]SigningIn // by the account's id
	Stamp    []byte               // of the members, as of the last look at them
}

// Link is how this program stands to the store.
type Link struct {
	Up    bool      // it is told of every change
	Since time.Time // since when it is not; zero: it has not been asked yet
	Err   error     // why
}

// Standing is whose work an account's tokens are.
type Standing struct {
	By      string    // the host that has refreshed, signed in or quarantined it last; may be empty
	At      time.Time // when the tokens came
	Working string    // the host that is refreshing it; empty: none
	Left    string    // the host that began to and did not end; empty: none
	Sealed  uint64    // the epoch in which its tokens were; zero: it has none
	Damaged bool      // what stands in the store was not written by the fleet
}

// observer is what was observed, and a bell for whoever shows it. Nothing is written down
// before somebody follows.
type observer struct {
	mu        sync.Mutex
	following bool
	seen      Observed
	bell      chan struct{}
}

// Observe returns what was observed, and a channel that is closed when that changes.
func (h *Heads) Observe() (Observed, <-chan struct{}) {
	b := &h.observer
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.bell == nil {
		b.bell = make(chan struct{})
	}
	o := b.seen
	o.Accounts, o.Hosts, o.Gone, o.SignIns = maps.Clone(o.Accounts), maps.Clone(o.Hosts), maps.Clone(o.Gone), maps.Clone(o.SignIns)
	return o, b.bell
}

// follow begins to write down what is observed.
func (b *observer) follow() { b.change(func(*Observed) { b.following = true }) }

func (b *observer) change(f func(o *Observed)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	f(&b.seen)
	if b.bell != nil {
		close(b.bell)
		b.bell = nil
	}
}

// link notes how this program stands to the store. Since when it is not told stays.
func (b *observer) link(l Link) {
	b.mu.Lock()
	was := b.seen.Link
	b.mu.Unlock()
	if was.Up && l.Up {
		return
	}
	if !l.Up && was.Err != nil {
		l.Since = was.Since
	}
	b.change(func(o *Observed) { o.Link = l })
}

// account notes what was read or written of an account.
func (b *observer) account(id string, e *entry) {
	if e.head == nil {
		return
	}
	s := standingOf(e)
	b.mu.Lock()
	same := !b.following || b.seen.Accounts[id] == s
	b.mu.Unlock()
	if !same {
		b.change(func(o *Observed) { o.put(id, s, e.head.Removed()) })
	}
}

func (o *Observed) put(id string, s Standing, removed bool) {
	if o.Accounts == nil {
		o.Accounts = map[string]Standing{}
	}
	if removed {
		delete(o.Accounts, id)
		return
	}
	o.Accounts[id] = s
}

// damaged notes that what the store shows of an account is not the fleet's.
func (b *observer) damaged(id string) {
	b.mu.Lock()
	told := !b.following || b.seen.Accounts[id].Damaged
	b.mu.Unlock()
	if told {
		return
	}
	b.change(func(o *Observed) {
		s := o.Accounts[id]
		s.Damaged = true
		o.put(id, s, false)
	})
}

// idle notes that nobody refreshes an account any more. It may have been seen already.
func (b *observer) idle(id string) {
	b.change(func(o *Observed) {
		if s := o.Accounts[id]; s.Working != "" {
			s.Working, s.Left = "", s.Working
			o.Accounts[id] = s
		}
	})
}

// standingOf is what an entry says of whose work the account's tokens are.
func standingOf(e *entry) Standing {
	s := Standing{By: e.body.By, At: e.head.LastRefreshAt, Sealed: e.body.Sealed}
	if s.At.IsZero() {
		s.At = e.head.ObtainedAt
	}
	switch {
	case e.body.Intent == nil:
	case e.busy != nil:
		s.Working = e.body.Intent.Host
	default:
		s.Left = e.body.Intent.Host
	}
	return s
}

// survey notes of every account of the fleet whose work its tokens are.
func (h *Heads) survey(ctx context.Context) error {
	all, err := h.Standings(ctx)
	if err != nil {
		return err
	}
	h.observer.change(func(o *Observed) { o.Accounts = all })
	return nil
}

// Standings returns whose work the tokens of each account are that the fleet has, by id.
func (h *Heads) Standings(ctx context.Context) (map[string]Standing, error) {
	listed, err := h.Store.Range(ctx, h.Keys.Accounts())
	if err != nil {
		return nil, away(err)
	}
	stamp, err := h.Store.Get(ctx, h.Keys.Stamp())
	if err != nil {
		return nil, away(err)
	}
	view, err := h.Team.View(ctx, stamp.KVs[0].Value)
	if err != nil {
		return nil, err
	}
	busy, handed, all := map[string]bool{}, map[string]bool{}, map[string]Standing{}
	for _, kv := range listed.KVs {
		id, which, ok := h.Keys.AccountOf(kv.Key)
		busy[id] = busy[id] || ok && which == "busy"
		handed[id] = handed[id] || ok && which == "access"
	}
	for _, kv := range listed.KVs {
		id, ok := h.headOf(kv.Key)
		if !ok {
			continue
		}
		inner, err := view.Read(kv)
		switch {
		case errors.Is(err, roster.ErrNotOwner): // a reader has no key for it, and knows by what is handed out whether it was removed
			if handed[id] {
				all[id] = Standing{}
			}
			continue
		case err != nil:
			all[id] = Standing{Damaged: unreadable(err)}
			continue
		}
		b, head, err := decode(h.Folder, id, inner, "memory")
		if unreadable(err) {
			all[id] = Standing{Damaged: true}
			continue
		}
		if err != nil || head.Removed() {
			continue
		}
		e := &entry{body: b, head: head}
		if busy[id] {
			e.busy = kv.Value
		}
		all[id] = standingOf(e)
	}
	return all, nil
}
