package host

import (
	"context"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/clientkey"
	"github.com/hermes-tui/hermes-tui/core/fleet"
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
	_, m, err := h.members()
	if err != nil {
		return err
	}
	defer m.store.Close()
	heads := m.heads(h.state.Log)
	if !o.Force {
		if err := settled(heads); err != nil {
			return err
		}
		if err := m.leave(ctx, o.Keep); err != nil {
			return err
		}
	}
	if err := h.state.Folder.Store.Leave(ctx); err != nil {
		return err
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
	return forgetSettings(h.state.Dir)
}

// leave tells the etcd.
func (m *Member) leave(ctx context.Context, keep bool) error {
	view, err := m.view(ctx, nil)
	switch {
	case gone(err):
		return nil // it was removed
	case err != nil:
		return explain(err)
	case !keep:
		return explain(view.Leave(ctx))
	case len(view.Roster.Members) > 1:
		return &autherr.Error{
			Kind: autherr.Failed, Code: autherr.CodeMemberExists,
			Message: "other hosts of the fleet use these accounts, and two that keep them would sign each other out",
			Hint:    "remove them first: `hermes-tui fleet remove`; `hermes-tui fleet status` lists them",
		}
	}
	done, err := m.store.Commit(ctx, etcd.Txn{If: []etcd.Compare{view.Guard()}, Then: []etcd.Op{etcd.DeletePrefix(m.keys.Prefix())}})
	if err == nil && !done.Succeeded {
		err = &autherr.Error{Kind: autherr.Failed, Code: autherr.CodeFleetBusy, Message: "the hosts of the fleet have changed meanwhile", Hint: "try again"}
	}
	return explain(err)
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
