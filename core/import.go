package core

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/hermes"
	"github.com/hermes-tui/hermes-tui/core/pool"
	"github.com/hermes-tui/hermes-tui/core/record"
)

// ImportOptions says what becomes of the grants that were brought over.
type ImportOptions struct {
	// Adopt makes the accounts ours: they are renewed here from now on. Those
	// that were imported before are adopted with them.
	Adopt bool
	// Remove adopts them and deletes their tokens from the files, of which a
	// sealed backup is kept.
	Remove bool
	// Progress, which may be nil, is called before each account.
	Progress func(done, total int)
}

// ImportResult is what an import came to. It is filled in as far as it came,
// also beside an error.
type ImportResult struct {
	Imported []Account // new accounts, in pool order
	Adopted  []Account // accounts that are ours now
	Removed  int       // rows whose tokens were deleted from the files
	Backups  []string  // sealed copies of the files as they were
	Left     []Account // accounts that stay shared although they were to be adopted
}

// Import brings the grants of a plan over, each as an account: the plan is made
// anew under the files' own locks, and where it has become another one nothing
// is done. Without Adopt or Remove the accounts are shared: served while their
// tokens live, and never renewed here, because two programs that renew one
// single-use token lose it. Cancelling ctx ends between two accounts; what was
// stored by then stays, and importing again goes on with the rest.
func (c *Core) Import(ctx context.Context, plan *ImportPlan, o ImportOptions) (ImportResult, error) {
	defer c.changed.fire()
	lock, err := c.folder.LockImport(ctx)
	if err != nil {
		return ImportResult{}, err
	}
	defer func() { _ = lock.Unlock() }()
	if err := o.check(plan); err != nil {
		return ImportResult{}, err
	}
	if err := c.settleImports(ctx); err != nil {
		return ImportResult{}, err
	}
	choice, err := c.Probe(ctx)
	if err != nil {
		return ImportResult{}, err
	}
	planned, err := c.planAgain(ctx, plan)
	if err != nil {
		return ImportResult{}, err
	}
	ident, err := c.folder.EnsureIdentity(ctx, string(choice.Kind))
	if err != nil {
		return ImportResult{}, err
	}
	i := &importing{Core: c, ident: ident, files: planned.Files, progress: o.Progress}
	stored, err := i.store(ctx, planned)
	res := ImportResult{Imported: c.accounts(stored)}
	if err != nil || !o.Adopt && !o.Remove {
		return res, err
	}
	err = c.takeOver(ctx, plan.sources, o.Remove, &res)
	return res, err
}

// check refuses to delete anything from a file of a program whose way of locking
// it is not known.
func (o ImportOptions) check(plan *ImportPlan) error {
	for _, s := range plan.sources {
		if o.Remove && s.Format.Owner() != hermes.AuthJSON.Owner() {
			return &autherr.Error{
				Kind: autherr.Usage, Code: autherr.CodeUsage,
				Message: "nothing is deleted from " + s.Path + ", which is " + s.Format.Owner() + "'s",
				Hint:    "adopt the account, and sign out there",
			}
		}
	}
	return nil
}

// planAgain makes the plan anew under the files' locks.
func (c *Core) planAgain(ctx context.Context, plan *ImportPlan) (*hermes.Planned, error) {
	unlock, err := c.lockSources(ctx, plan.sources)
	if err != nil {
		return nil, err
	}
	defer unlock()
	planned, err := c.planned(plan.sources)
	if err != nil {
		return nil, err
	}
	same := len(planned.Items) == len(plan.Rows)
	for n, item := range planned.Items {
		same = same && item.Verdict == plan.Rows[n].Verdict && item.String() == plan.Rows[n].Where && item.Path == plan.Rows[n].File
	}
	if !same {
		return nil, &autherr.Error{
			Kind: autherr.Failed, Code: autherr.CodeFileChanged, Message: "the files changed while you looked at the table; nothing was imported",
			Hint: "look at it again",
		}
	}
	return planned, nil
}

// accounts are the accounts with these ids.
func (c *Core) accounts(ids []string) (found []Account) {
	all := c.Snapshot().Accounts
	at := make(map[string]int, len(all))
	for i, a := range all {
		at[a.ID] = i
	}
	for _, id := range ids {
		if i, ok := at[id]; ok {
			found = append(found, all[i])
		}
	}
	return found
}

// settleImports brings to an end what an import that was killed left behind, so
// that its accounts are known.
func (c *Core) settleImports(ctx context.Context) error {
	ids, err := c.folder.IDs()
	if err != nil {
		return err
	}
	for _, id := range ids {
		h, err := c.folder.ReadHead(id)
		if err == nil && !h.Removed() && h.Intent != nil && h.Intent.Why == record.ForImport {
			if err := c.settle(ctx, id); err != nil {
				return err
			}
		}
	}
	_, err = c.folder.Reconcile(ctx)
	return err
}

// settle brings a change of an account that was left behind to an end.
func (c *Core) settle(ctx context.Context, id string) error {
	lock, err := c.folder.Lock(ctx, id)
	if err != nil {
		return err
	}
	defer func() { _ = lock.Unlock() }()
	h, err := c.folder.ReadHead(id)
	if err != nil {
		return err
	}
	ident, _, err := c.folder.Identity()
	if err != nil {
		return err
	}
	forward, err := c.vault.Settle(ctx, ident, h)
	if err != nil {
		return err
	}
	if !forward {
		if h.Gen == 0 { // nothing was ever stored under this id
			h.Status, h.RemovedAt = record.StatusRemoved, c.config.Clock.Now()
		}
		if err := c.folder.WriteHead(h); err != nil {
			return err
		}
	}
	c.vault.Finish(ctx, ident, h)
	return nil
}

// importing stores the grants of a plan.
type importing struct {
	*Core
	ident    record.Identity
	files    []*hermes.File
	progress func(done, total int)

	mu   sync.Mutex
	done int
}

// begun reports progress; accounts are stored beside each other.
func (i *importing) begun(total int) {
	if i.progress == nil {
		return
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	i.progress(i.done, total)
	i.done++
}

// atOnce is how many accounts are stored at the same time: most of it is
// waiting for the disk.
const atOnce = 16

// store makes an account of every draft and gives tokens to accounts that had
// lost theirs. The pool file is written once, in the drafts' order, however far
// it came.
func (i *importing) store(ctx context.Context, p *hermes.Planned) (ids []string, err error) {
	heads := make([]*record.Head, len(p.Drafts))
	err = each(ctx, len(p.Drafts), func(n int) (err error) {
		i.begun(len(p.Drafts))
		heads[n], err = i.account(context.WithoutCancel(ctx), p.Drafts[n])
		return err
	})
	limits, usage := map[string]pool.Limits{}, map[string]record.Usage{}
	for n, h := range heads {
		if h != nil {
			row := p.Drafts[n].Grant.Row
			limits[h.ID], usage[h.ID] = row.Limits, record.Usage{Requests: row.Requests}
		}
	}
	heads = slices.DeleteFunc(heads, func(h *record.Head) bool { return h == nil })
	published := i.publish(ctx, heads, limits)
	i.folder.AddUsage(ctx, usage)
	for _, h := range heads {
		ids = append(ids, h.ID)
	}
	if err == nil {
		err = i.revive(ctx, p.Owned)
	}
	return ids, errors.Join(err, published)
}

// publish copies the heads into the pool file, in one write, with cool-downs
// where there are any.
func (c *Core) publish(ctx context.Context, heads []*record.Head, limits map[string]pool.Limits) error {
	return c.folder.UpdatePool(context.WithoutCancel(ctx), func(p *record.Pool) (changed bool) {
		for _, h := range heads {
			changed = p.Take(h) || changed
			if l := limits[h.ID]; !l.IsZero() {
				p.Find(h.ID).Limits = l
			}
		}
		return changed
	})
}

// account stores one draft. Its head is nil when nothing was stored.
func (i *importing) account(ctx context.Context, d hermes.Draft) (*record.Head, error) {
	id, err := i.reserve(ctx, d.ID)
	if err != nil {
		return nil, err
	}
	lock, err := i.folder.Lock(ctx, id)
	if err != nil {
		return nil, err
	}
	defer func() { _ = lock.Unlock() }()
	h := &record.Head{
		Public: record.Public{
			ID: id, Status: record.StatusOK, Provider: d.Binding.Provider, Region: d.Binding.Region,
			BaseURL: d.Binding.BaseURL, API: d.Binding.API, AuthType: record.OAuth, Source: "import",
			Identity: d.Grant.Row.Identity, Skew: d.Provider.SkewOf(d.Grant.Row.ExpiresAt.Sub(d.Grant.Row.ObtainedAt)),
		},
		Label: d.Label,
	}
	i.claim(h, d.Grant)
	if d.Grant.Row.Dead {
		return h, i.dead(h, d.Grant.Row)
	}
	return h, i.tokens(ctx, h, blobOf(d, i.config.Clock.Now()))
}

// reserve keeps the id of the other program where it is free.
func (i *importing) reserve(ctx context.Context, id string) (string, error) {
	ok, err := i.folder.ReserveAs(id)
	if err != nil || ok {
		return id, err
	}
	return i.folder.Reserve(ctx)
}

// claim writes down whose grant it is, and where it stands.
func (i *importing) claim(h *record.Head, g hermes.Grant) {
	lead := i.files[g.Rows[0].File]
	h.Owner, h.HandedOver = lead.Format.Owner(), false
	h.Origin = nil
	if places := origins(i.files, g); len(places) > 0 {
		h.Origin = &places[0]
		h.Origin.Hash = record.Hash(i.ident.StoreID, g.Row.Refresh)
	}
}

// dead writes an account whose grant the other program had given up.
func (i *importing) dead(h *record.Head, row hermes.Row) error {
	h.Owner, h.Gen = "", 1
	h.Status, h.Marker, h.LastError = record.StatusQuarantined, row.Marker, row.Marker
	if err := i.folder.WriteHead(h); err != nil {
		return err
	}
	i.vault.Record(h.ID, record.Event{Kind: record.EventImported, Gen: h.Gen, Code: row.Marker.Code, Message: row.Marker.Message})
	return nil
}

// tokens stores a grant in the three steps of every change.
func (c *Core) tokens(ctx context.Context, h *record.Head, blob *record.Blob) error {
	ident, _, err := c.folder.Identity()
	if err != nil {
		return err
	}
	blob.StoreID, blob.AccountID, blob.Gen, blob.Why = ident.StoreID, h.ID, h.Gen+1, record.ForImport
	if err := c.vault.Begin(ctx, ident, h, record.ForImport, ""); err != nil {
		return err
	}
	return c.vault.Commit(ctx, ident, h, blob)
}

// blobOf is the secret record of a draft. A token whose end is not known counts
// as ended: it is renewed, or read anew, before it is used.
func blobOf(d hermes.Draft, now time.Time) *record.Blob {
	row := d.Grant.Row
	b := &record.Blob{
		Binding: d.Binding, Access: row.Access, Refresh: row.Refresh, TokenType: row.TokenType,
		AuthType: record.OAuth, Identity: row.Identity,
		ObtainedAt: row.ObtainedAt, ExpiresAt: row.ExpiresAt,
	}
	if b.TokenType == "" {
		b.TokenType = "Bearer"
	}
	if b.ExpiresAt.IsZero() {
		b.ExpiresAt = now
	}
	if b.ObtainedAt.IsZero() || b.ObtainedAt.After(b.ExpiresAt) {
		b.ObtainedAt = now
	}
	return b
}

// revive gives tokens to accounts that need signing in and whose row in the
// file is alive again: somebody signed in to the other program.
func (i *importing) revive(ctx context.Context, owned []hermes.Match) error {
	for _, m := range owned {
		if m.Grant.Row.Dead || m.Grant.Row.Access.IsZero() {
			continue
		}
		if err := i.reviveOne(ctx, m); err != nil {
			return err
		}
	}
	return nil
}

func (i *importing) reviveOne(ctx context.Context, m hermes.Match) error {
	h, err := i.folder.ReadHead(m.Account)
	hash := record.Hash(i.ident.StoreID, m.Grant.Row.Refresh)
	if err != nil || !h.Quarantined() || h.WasRefused(hash) {
		return err
	}
	lock, err := i.folder.Lock(ctx, m.Account)
	if err != nil {
		return err
	}
	defer func() { _ = lock.Unlock() }()
	if h, err = i.folder.ReadHead(m.Account); err != nil || !h.Quarantined() {
		return err
	}
	d, ok := hermes.DraftOf(m.Grant, i.config.Providers)
	if !ok || d.Binding.Region != h.Region {
		return nil
	}
	i.claim(h, m.Grant)
	if err := i.tokens(ctx, h, blobOf(d, i.config.Clock.Now())); err != nil {
		return err
	}
	i.vault.Finish(ctx, i.ident, h)
	return nil
}
