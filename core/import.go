package core

import (
	"context"
	"slices"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/hermes"
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
	if err := c.settleNew(ctx); err != nil {
		return ImportResult{}, err
	}
	if _, err := c.folder.Reconcile(ctx); err != nil {
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
	return planned, plan.consent(planned)
}

// consent takes out of a plan that was made anew what the person has not seen,
// and fails where something that they have seen would become anything else.
// hermes-agent may have written anything into its files meanwhile: only the rows
// that are to become accounts are looked at, wherever they stand by now. What is
// here by now needs nobody's consent: an import that was killed had stored it, or
// another one was faster.
func (p *ImportPlan) consent(again *hermes.Planned) error {
	type row struct{ file, where string }
	now := map[row][]hermes.Verdict{}
	at := map[hermes.Ref]row{}
	for _, item := range again.Items {
		key := row{item.Path, item.String()}
		now[key], at[item.Ref] = append(now[key], item.Verdict), key
	}
	seen := map[row]bool{}
	for _, r := range p.Rows {
		if r.Verdict != hermes.New && r.Verdict != hermes.Quarantined {
			continue
		}
		key := row{r.File, r.Where}
		i := slices.IndexFunc(now[key], func(v hermes.Verdict) bool { return v == r.Verdict || v == hermes.Here })
		if i < 0 {
			return &autherr.Error{
				Kind: autherr.Failed, Code: autherr.CodeFileChanged, Message: "the files changed while you looked at the table; nothing was imported",
				Hint: "look at it again",
			}
		}
		now[key], seen[key] = slices.Delete(now[key], i, i+1), true
	}
	again.Drafts = slices.DeleteFunc(again.Drafts, func(d hermes.Draft) bool { return !seen[at[d.Grant.Rows[0]]] })
	return nil
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

// settleNew brings to an end what sign-ins and imports that were killed left
// behind, so that their accounts are known: nobody could ask for an account that
// no list shows. It opens the keystore only where there is such a thing.
func (c *Core) settleNew(ctx context.Context) error {
	ids, err := c.folder.IDs()
	if err != nil {
		return err
	}
	for _, id := range ids {
		if h, err := c.folder.ReadHead(id); err == nil && unsettled(h) {
			if err := c.settle(ctx, id); err != nil {
				return err
			}
		}
	}
	return nil
}

// unsettled reports whether an account never came to tokens, or waits for those
// of an import.
func unsettled(h *record.Head) bool {
	return !h.Removed() && (h.Gen == 0 || h.Intent != nil && h.Intent.Why == record.ForImport)
}

// settle brings a change of an account that was left behind to an end. One whose
// lock is taken is somebody's who does so.
func (c *Core) settle(ctx context.Context, id string) error {
	lock, err := c.folder.TryLock(id)
	if err != nil || lock == nil {
		return err
	}
	defer func() { _ = lock.Unlock() }()
	h, err := c.folder.ReadHead(id)
	if err != nil || !unsettled(h) {
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
