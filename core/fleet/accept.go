package fleet

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/record"
)

// Accepted is what came of accepting a restored store.
type Accepted struct {
	Accounts  []string         // ids of those that stand as they were seen last
	Pairs     []string         // of them, those of which a host had tokens that the store had not
	Uncertain []string         // of them, those whose token's end is waited for
	Lost      []string         // of them, those whose newest tokens nobody has
	Left      map[string]error // those that nobody could read, by id: they stay as they are
}

// Heard are those of these hosts, by the ids of members, that have handed in what they
// have since the store was found to be a restored one.
func (h *Heads) Heard(ctx context.Context, hosts []string) (map[string]bool, error) {
	view, err := h.Team.View(ctx, nil)
	if err != nil {
		return nil, err
	}
	heard, _, err := handing{h}.heard(ctx, view, hosts)
	return heard, err
}

// HandIn hands in what this host has, if the store was found to be a restored one; so
// does whatever looks or watches.
func (h *Heads) HandIn(ctx context.Context) error { return handing{h}.in(ctx) }

// AcceptRestore puts the newest into a restored store that any of the hosts has, all of
// which have handed it in, and ends the wait. unheard are the names of the others: where
// there are some, each token's end is waited for before it is sent.
//
// It may be interrupted anywhere, and begun anew.
func (h *Heads) AcceptRestore(ctx context.Context, hosts, unheard []string) (Accepted, error) {
	lead := New(h.Config)
	lead.puts = true
	out := Accepted{Left: map[string]error{}}
	view, err := lead.view(ctx, nil)
	if err != nil {
		return out, err
	}
	if _, waiting := view.Restores(); waiting == "" {
		return out, nil
	}
	heard, ids, err := handing{lead}.heard(ctx, view, hosts)
	if err != nil {
		return out, err
	}
	if len(heard) != len(hosts) {
		return out, Waiting()
	}
	listed, err := lead.List(ctx)
	if err != nil {
		return out, err
	}
	for _, id := range listed {
		ids[id] = append(ids[id], nil...)
	}
	p := putting{lead, view, unheard}
	for _, id := range slices.Sorted(maps.Keys(ids)) {
		if err := p.account(ctx, id, ids[id], &out); err != nil {
			return out, err
		}
	}
	return out, h.Team.Accept(ctx)
}

// putting puts the newest of each account into a restored store.
type putting struct {
	*Heads
	view    View
	unheard []string // names
}

// account puts one, of which these hosts have something.
func (p putting) account(ctx context.Context, id string, hosts []string, out *Accepted) error {
	all, err := handing{p.Heads}.of(ctx, p.view, hosts, id)
	if err != nil {
		return err
	}
	for range swapTries {
		store, err := p.store(ctx, id)
		if err != nil {
			return err
		}
		var readable *entry
		if store.head != nil {
			readable = store
		}
		l := merge(readable, all, p.view.Number())
		if l.entry == nil {
			if store.raw != nil {
				out.Left[id] = damaged(id, nil)
			}
			return nil
		}
		c := &claim{heads: p.Heads, id: id, entry: store}
		w, lost, err := p.plan(ctx, c, l)
		if err != nil {
			return err
		}
		done, err := c.try(ctx, w)
		if err != nil {
			return err
		}
		if done {
			out.note(id, l, w, lost)
			return nil
		}
	}
	return moved(id)
}

// store is what the store shows of an account. The head is nil where there is none, or
// one that the fleet has not written.
func (p putting) store(ctx context.Context, id string) (*entry, error) {
	got, err := p.Store.Get(ctx, p.Keys.Stamp(), p.Keys.Head(id), p.Keys.Busy(id))
	if err != nil {
		return nil, away(err)
	}
	e := &entry{at: got.Header}
	if got.KVs[2].Found() {
		e.busy = got.KVs[2].Value
	}
	if !got.KVs[1].Found() {
		return e, nil
	}
	if err := e.read(p.Heads, p.view, id, got.KVs[1]); unreadable(err) {
		e.body, e.head = body{}, nil
	} else if err != nil {
		return nil, err
	}
	return e, nil
}

// plan is the write that puts the newest of an account.
func (p putting) plan(ctx context.Context, c *claim, l *latest) (w write, lost bool, err error) {
	if l.head.Ref != nil && l.blob == nil {
		if l.blob, err = p.blob(ctx, c.id, l.head.Ref); err != nil {
			return write{}, false, err
		}
		if lost = l.blob == nil; lost {
			l.lose(record.Note{
				Provider: l.head.Provider, Code: autherr.CodeTokensLost, Relogin: true, At: p.Clock.Now(),
				Message: "the store was restored from a backup, and no host that was heard has the newest tokens",
			})
		}
	}
	accepted, _ := p.view.Restores()
	l.restores = accepted + 1
	next := l.head.Copy()
	next.Intent = nil
	w = write{next: next, blob: l.blob, intent: l.body.Intent, after: l, owned: l.owned}
	w.free = w.intent == nil // every host that was heard has ended what it was at
	if len(p.unheard) == 0 || next.Removed() && (l.owned || l.body.MovesTo == "") {
		return w, lost, nil
	}
	if w.unheard = true; next.Removed() { // it may have come back into the fleet since it left
		return w, lost, nil
	}
	in, err := c.doubt(next, strings.Join(p.unheard, doubtSeparator))
	if err != nil || in == nil {
		return w, lost, err
	}
	w.intent, w.free = in, false
	if c.entry.busy == nil { // a host that was not heard may send in this moment
		w.lease, err = p.Store.Grant(ctx, leaseTime)
	}
	return w, lost, err
}

// blob are the tokens that the store has under a name; nil where it has not those that
// are meant.
func (p putting) blob(ctx context.Context, id string, ref *record.Ref) ([]byte, error) {
	got, err := p.Store.Get(ctx, p.Keys.Blob(id, ref.Name))
	if err != nil {
		return nil, away(err)
	}
	data, err := p.view.Open(got.KVs[0].Value)
	if err != nil || !fits(ref, data) {
		return nil, nil //nolint:nilerr // they are with nobody
	}
	return data, nil
}

func (a *Accepted) note(id string, l *latest, w write, lost bool) {
	if !w.next.Removed() {
		a.Accounts = append(a.Accounts, id)
	}
	if l.advanced {
		a.Pairs = append(a.Pairs, id)
	}
	if w.unheard && w.intent != nil {
		a.Uncertain = append(a.Uncertain, id)
	}
	if lost {
		a.Lost = append(a.Lost, id)
	}
}

// Restored reports whether an error says that the store was restored from a backup, and
// waits to be accepted.
func Restored(err error) bool { return restored(err) }
