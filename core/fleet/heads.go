package fleet

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/clock"
	"github.com/hermes-tui/hermes-tui/core/fleet/roster"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/vault"
	"github.com/hermes-tui/hermes-tui/internal/etcd"
)

// The times of the protocol.
const (
	// leaseTime is how long busy stands, counted by etcd. It is never kept alive.
	leaseTime = 90 * time.Second
	// sendTime is how long after the beginning of an attempt its request may leave.
	sendTime = 20 * time.Second
	// skewTime is how long before its end a token is refreshed: longer than a lease.
	skewTime = 150 * time.Second
	// freshTime is how long what a watch has told counts as the newest.
	freshTime = 30 * time.Second
	// lookEvery is how often whoever waits for another host looks.
	lookEvery = 250 * time.Millisecond
	// watchedEvery is how often it does where a watch tells of every change.
	watchedEvery = time.Second
	// arriveTries is how often it is looked for an account that another program of this host
	// is bringing here.
	arriveTries = 12
	// swapTries is how often a change that is to go over whatever there is begins anew.
	swapTries = 20
)

// View is what a host can do as a member: [roster.View].
type View interface {
	// Number is the epoch's, from 1.
	Number() uint64
	// Names are those of the members.
	Names() []string
	// Stamp is what every write compares.
	Stamp() []byte
	// Member is the id of this host.
	Member() string
	// Restores is how often a restored store was accepted, and the one that waits for it.
	Restores() (accepted uint64, waiting string)
	// Wrap authenticates what is put at a key, Unwrap checks it, and Read checks it where it
	// stands, as a head is. Fresh does for what was made in this epoch, and Own opens what
	// this host has kept, unchecked.
	Wrap(key string, body []byte) ([]byte, error)
	Unwrap(key string, value []byte) ([]byte, error)
	Read(kv etcd.KV) ([]byte, error)
	Fresh(key string, value []byte) ([]byte, error)
	Own(value []byte) ([]byte, error)
	// Ask is for what a reader asks of owners, and Asked checks it.
	Ask(key string, body []byte) ([]byte, error)
	Asked(key string, value []byte) ([]byte, error)
	// Seal and Open are for what only owners may read.
	Seal(data []byte) ([]byte, error)
	Open(sealed []byte) ([]byte, error)
	// SealAccess seals what readers are given for a key, where there are readers.
	HasReaders() bool
	SealAccess(key string, data []byte) ([]byte, error)
	// OpenAccess opens it.
	OpenAccess(key string, value []byte) ([]byte, error)
}

// Team is who belongs to the fleet, as this host sees it.
type Team interface {
	// View returns what this host has seen, at least as new as a store whose stamp is
	// this. That the host is no member any more is [roster.ErrNotMember].
	View(ctx context.Context, stamp []byte) (View, error)
	// Restored writes for all hosts that the store was restored from a backup, and
	// Accept that it is the fleet's all the same.
	Restored(ctx context.Context) error
	Accept(ctx context.Context) error
}

// Config is what [Heads] are made of.
type Config struct {
	Store     etcd.Store
	Keys      roster.Keys
	Team      Team
	Folder    *record.Folder
	Keystores vault.Keystores
	Host      string // name of this host
	Version   string // of this program, for people
	Boot      string // which start of the machine this is; may be empty
	Ask       bool   // a person says whether what another host did not end is taken over
	Clock     clock.Clock
	Clocks    clock.Reader
	Log       *slog.Logger
	// Beside hands in what this host has beside its accounts, where a store was restored;
	// nil: there is nothing.
	Beside func(ctx context.Context) error
}

// Heads are the heads of a fleet's accounts, as seen from one host. They are safe
// for concurrent use.
type Heads struct {
	Config
	files    vault.Files
	mirror   mirror
	seen     freshness
	outage   outage
	observer observer
	claims   claims
	bells    bells
	brought  brought
	puts     bool // it puts the newest into a store that was restored
}

// New returns the heads of a fleet. Nothing is read or asked yet.
func New(c Config) *Heads {
	return &Heads{Config: c, files: vault.Files{Folder: c.Folder}, mirror: mirror{c.Folder}}
}

// Get implements [vault.Heads]. Where etcd cannot be reached, it is what this host
// has seen last: a token is good until its real end.
func (h *Heads) Get(ctx context.Context, id string) (*record.Head, error) {
	local, err := h.files.Get(ctx, id)
	if h.mirror.whose(id) != fleets {
		return local, err
	}
	if err == nil && h.seen.within(h.Clock.Now(), freshTime) {
		return local, nil
	}
	if err != nil && autherr.CodeOf(err) != autherr.CodeNoSuchAccount {
		return nil, err
	}
	e, failed := h.read(ctx, id)
	switch {
	case failed != nil && local != nil && (errors.Is(failed, errAway) || restored(failed)):
		h.Log.Warn("the fleet's store does not answer; this host goes on with what it has seen", "account", id, "error", failed)
		return local, nil
	case failed != nil && local != nil && Foreign(failed):
		h.Log.Warn("what stands in the fleet's store was not written by the fleet; this host goes on with what it has seen", "account", id, "error", failed)
		return local, nil
	case failed != nil:
		return nil, failed
	case e.raw == nil && !h.mirror.knows(id) || e.raw != nil && h.mirror.has(id, e.raw) && !h.unfinished(id):
		return local, err
	}
	if _, err := h.Folder.ReserveAs(id); err != nil {
		return nil, err
	}
	lock, failed := h.files.TryClaim(ctx, id)
	switch {
	case failed != nil:
		return local, failed
	case lock == nil && local == nil: // another program of this host is bringing it here
		return arriving(ctx, h, id)
	case lock == nil: // whoever has it brings the mirror up to date
		return local, nil
	}
	c := &claim{heads: h, local: lock, id: id}
	defer c.Release()
	next, err := c.Head(ctx)
	if err != nil && local != nil && local.Ref != nil {
		h.Log.Warn("could not bring an account of the fleet up to date here", "account", id, "error", err)
		return local, nil // the next reader tries again
	}
	return next, err
}

// arriving waits a moment for an account that this host has not had yet.
func arriving(ctx context.Context, h *Heads, id string) (local *record.Head, err error) {
	for range arriveTries {
		if err := clock.Sleep(ctx, h.Clock, lookEvery); err != nil {
			return nil, err
		}
		if local, err = h.files.Get(ctx, id); autherr.CodeOf(err) != autherr.CodeNoSuchAccount {
			return local, err
		}
	}
	return nil, err
}

// List implements [vault.Heads].
func (h *Heads) List(ctx context.Context) ([]string, error) {
	found, err := h.Store.Range(ctx, h.Keys.Accounts())
	if err != nil {
		return nil, away(err)
	}
	var ids []string
	for _, kv := range found.KVs {
		if id, which, ok := h.Keys.AccountOf(kv.Key); ok && which == "head" && record.ValidID(id) {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// Claim implements [vault.Heads].
func (h *Heads) Claim(ctx context.Context, id string) (vault.Claim, error) {
	local, err := h.files.Claim(ctx, id)
	if autherr.CodeOf(err) == autherr.CodeNoSuchAccount { // known to the fleet only
		if _, err = h.Folder.ReserveAs(id); err == nil {
			local, err = h.files.Claim(ctx, id)
		}
	}
	if err != nil || h.mirror.whose(id) == own {
		return local, err
	}
	return &claim{heads: h, local: local, id: id}, nil
}

// TryClaim implements [vault.Heads]. What another host is at is as good as claimed.
func (h *Heads) TryClaim(ctx context.Context, id string) (vault.Claim, error) {
	local, err := h.files.TryClaim(ctx, id)
	if err != nil || local == nil {
		return nil, err
	}
	if h.mirror.whose(id) == own {
		return local, nil
	}
	c := &claim{heads: h, local: local, id: id}
	kept := false
	defer func() {
		if !kept {
			c.Release()
		}
	}()
	if err := c.look(ctx); err == nil && c.entry.busy != nil {
		return nil, nil
	}
	kept = true
	return c, nil // whatever is wrong is said when its head is read
}

// read reads what etcd has of an account, and looks whether this host may go on.
func (h *Heads) read(ctx context.Context, id string) (*entry, error) {
	head, busy := h.Keys.Head(id), h.Keys.Busy(id)
	if err := h.outage.still(h.Clock.Now()); err != nil {
		return nil, err
	}
	known, err := h.mirror.known(id)
	if err != nil {
		return nil, err
	}
	got, err := h.Store.Get(ctx, h.Keys.Stamp(), head, busy)
	if err != nil {
		return nil, h.outage.begin(h.Clock.Now(), away(err))
	}
	return h.entry(ctx, id, known, got)
}

// entry makes sense of the values of stamp, head and busy, read at once, for a host that
// had seen this much before it asked.
func (h *Heads) entry(ctx context.Context, id string, known known, got etcd.Answer) (*entry, error) {
	view, err := h.view(ctx, got.KVs[0].Value)
	if err != nil {
		return nil, err
	}
	e := &entry{at: got.Header}
	e.accepted, _ = view.Restores()
	if got.KVs[2].Found() {
		e.busy = got.KVs[2].Value
	}
	if got.KVs[1].Found() {
		if err := e.read(h, view, id, got.KVs[1]); err != nil {
			if unreadable(err) {
				h.observer.damaged(id)
				h.brought.note(id, nil) // it is looked at when it is put right
				err = foreign{err}
			}
			return nil, err
		}
	}
	if h.puts {
		return e, nil
	}
	older, err := known.later(h, view, e)
	if err == nil && older != nil {
		err = h.stop(ctx, older)
	}
	if err == nil {
		h.observer.account(id, e)
	}
	return e, err
}

// view is the fleet as it is at a stamp, while its hosts may change something.
func (h *Heads) view(ctx context.Context, stamp []byte) (View, error) {
	v, err := h.Team.View(ctx, stamp)
	if err != nil {
		if restored(err) {
			err = h.stop(ctx, err)
		} else if unreadable(err) {
			err = foreign{err}
		}
		return nil, err
	}
	if _, waiting := v.Restores(); waiting != "" && !h.puts {
		return nil, Waiting()
	}
	return v, nil
}

// kind is that of the keystore beside a folder.
func kind(f *record.Folder) (string, error) {
	ident, _, err := f.Store.Read()
	return ident.Kind, err
}

// stop tells all hosts that the store is an older one, and returns why.
func (h *Heads) stop(ctx context.Context, why error) error {
	if err := h.Team.Restored(ctx); err != nil {
		h.Log.Warn("could not tell the other hosts that the store was restored", "error", err)
	}
	return why
}
