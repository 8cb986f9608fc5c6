package host

import (
	"context"
	"errors"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/clientkey"
	"github.com/hermes-tui/hermes-tui/core/fleet"
	"github.com/hermes-tui/hermes-tui/core/fleet/roster"
	"github.com/hermes-tui/hermes-tui/core/vault"
	"github.com/hermes-tui/hermes-tui/internal/etcd"
)

// Leaving says how a host leaves its fleet.
type Leaving struct {
	// Keep leaves the accounts on this host, as its own. It ends the fleet, so that it is
	// for its last host.
	Keep bool
	// Force asks the etcd nothing and tells it nothing: it is lost, or was restored. Two
	// hosts that keep the same accounts sign each other out.
	Force bool
}

// Leave ends this host's membership. Unless it keeps the accounts, what it holds of
// them is deleted here and stays in the fleet.
func (h *Host) Leave(ctx context.Context, o Leaving) error {
	if err := h.MayLeave(o); err != nil { // of a machine that is in none nothing is made
		return err
	}
	lock, err := h.alone()
	if err != nil {
		return err
	}
	defer func() { _ = lock.Unlock() }()
	m, err := h.leaver(o)
	if err != nil {
		return err
	}
	defer m.store.Close()
	heads := m.heads(h.state.Log)
	if m.Role == roster.Reader && o.Keep {
		return usage("a reader has nothing to keep: it was given access tokens only", "leave without --keep")
	}
	ident, _, err := h.state.Folder.Store.Read()
	if err != nil {
		return err
	}
	if !m.Leaving || ident.Fleet != "" { // else an attempt was interrupted after that
		if err := h.tell(ctx, m, heads, ident.Kind, o); err != nil {
			return err
		}
	}
	settle := func(ctx context.Context) error { return h.forgetAccounts(ctx, heads) }
	if o.Keep {
		settle = h.keepClients
	}
	if err := settle(ctx); err != nil {
		return err
	}
	if err := (vault.FleetClients{Vault: h.state.Vault}).Forget(ctx); err != nil {
		return err
	}
	if err := (vault.FleetKey{Vault: h.state.Vault}).Forget(ctx); err != nil {
		return err
	}
	return m.locked(ctx, func() error { return forgetSettings(h.state.Dir) })
}

// tell has the etcd, unless that is not to be asked, and then the store know that this
// host leaves.
func (h *Host) tell(ctx context.Context, m *Member, heads *fleet.Heads, kind string, o Leaving) error {
	if !o.Force && m.Role != roster.Reader { // the owners' list only owners change
		if err := settled(heads, kind); err != nil {
			return err
		}
		if err := m.leave(ctx, o.Keep, heads); err != nil {
			return err
		}
	}
	m.Leaving = true
	if err := m.locked(ctx, func() error { return m.save(m.dir) }); err != nil {
		return err
	}
	return h.state.Folder.Store.Leave(ctx)
}

// leave tells the etcd.
func (m *Member) leave(ctx context.Context, keep bool, heads *fleet.Heads) error {
	view, err := m.view(ctx, nil)
	switch {
	case keep && m.Leaving && ended(err):
		return nil // an earlier attempt was interrupted after that
	case keep && gone(err): // what it has is spent, or the others' as well
		return &autherr.Error{
			Kind: autherr.Failed, Code: autherr.CodeMemberExists, Err: err,
			Message: "this host was removed from the fleet, whose other hosts use these accounts: kept here, they would sign each other out",
			Hint:    "leave without --keep; to come back, `hermes-tui fleet leave`, then `hermes-tui fleet join` with an invitation of another host",
		}
	case gone(err):
		return nil // it was removed
	case err != nil:
		return m.explain(err)
	case !keep:
		return m.explain(view.Leave(ctx))
	case len(view.Roster.Members) > 1:
		return &autherr.Error{
			Kind: autherr.Failed, Code: autherr.CodeMemberExists,
			Message: "other hosts of the fleet use these accounts, and two that keep them would sign each other out",
			Hint:    "remove them first: `hermes-tui fleet remove`; `hermes-tui fleet status` lists them",
		}
	}
	return m.explain(heads.TakeHome(ctx, func() error {
		m.Leaving, m.Seen = true, view.Seen()
		if err := m.locked(ctx, func() error { return m.save(m.dir) }); err != nil {
			return err
		}
		return m.end(ctx, view.Guard())
	}))
}

// ended reports whether the store has no fleet any more.
func ended(err error) bool {
	var older *roster.Older
	return errors.As(err, &older) && older.View == nil || errors.Is(err, roster.ErrNoFleet)
}

// end deletes the fleet, if its members are those that were read.
func (m *Member) end(ctx context.Context, members ...etcd.Compare) error {
	done, err := m.store.Commit(ctx, etcd.Txn{If: members, Then: []etcd.Op{etcd.DeletePrefix(m.keys.Prefix())}, Else: []string{m.keys.Stamp()}})
	switch {
	case errors.Is(err, etcd.Unclear):
		got, failed := m.store.Get(ctx, m.keys.Stamp())
		if failed == nil && !got.KVs[0].Found() {
			return nil
		}
		return err
	case err != nil || done.Succeeded || !done.KVs[0].Found(): // it was ended by the attempt before
		return err
	}
	return &autherr.Error{Kind: autherr.Failed, Code: autherr.CodeFleetBusy, Message: "the hosts of the fleet have changed meanwhile", Hint: "try again"}
}

// forgetAccounts deletes what this host holds of the fleet's accounts; those of its own
// stay. The store is no fleet's any more, so that nothing of it is told to others.
func (h *Host) forgetAccounts(ctx context.Context, heads *fleet.Heads) error {
	alone := *h.state.Vault
	alone.Heads = nil
	ids, err := h.state.Folder.IDs()
	if err != nil {
		return err
	}
	for _, id := range ids {
		if heads.Belongs(id) {
			continue
		}
		if err := alone.Remove(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

// keepClients makes the client keys of the fleet this host's own, as the accounts are:
// programs go on with them. One of whose name this host has another is left out.
func (h *Host) keepClients(ctx context.Context) error {
	fleet, _, err := vault.FleetClients{Vault: h.state.Vault}.Read(ctx)
	if err != nil || len(fleet) == 0 {
		return err
	}
	return h.state.Vault.Clients().Edit(ctx, func(keys clientkey.Table) (clientkey.Table, error) {
		for _, k := range fleet {
			if _, taken := keys.Named(k.Name); !taken && len(keys) < clientkey.Most {
				keys = append(keys, k)
			}
		}
		return keys, nil
	})
}
