package interop

import (
	"context"
	"slices"

	"github.com/hermes-tui/hermes-tui/core/accounts"
	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/hermes"
)

// ImportOptions says what becomes of the grants that were brought over.
type ImportOptions struct {
	// Adopt makes the accounts ours: they are refreshed here from now on. Those
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
	Imported []accounts.Account // new accounts, in pool order
	Adopted  []accounts.Account // accounts that are ours now
	Removed  int                // rows whose tokens were deleted from the files
	Backups  []string           // sealed copies of the files as they were
	Left     []accounts.Account // accounts that stay shared although they were to be adopted
}

// Import brings the grants of a plan over, each as an account: the plan is made
// anew under the files' own locks, and where it has become another one nothing
// is done. Without Adopt or Remove the accounts are shared: served while their
// tokens live, and never refreshed here, because two programs that refresh one
// single-use token lose it. Cancelling ctx ends between two accounts; what was
// stored by then stays, and importing again goes on with the rest.
func (ip *Interop) Import(ctx context.Context, plan *ImportPlan, o ImportOptions) (ImportResult, error) {
	defer ip.state.Changed.Ring()
	lock, err := lockImport(ctx, ip.state.Folder)
	if err != nil {
		return ImportResult{}, err
	}
	defer func() { _ = lock.Unlock() }()
	if err := o.check(plan); err != nil {
		return ImportResult{}, err
	}
	if _, err := ip.upkeep.Reconcile(ctx); err != nil {
		return ImportResult{}, err
	}
	if err := ip.state.MayMake(); err != nil {
		return ImportResult{}, err
	}
	choice, err := ip.upkeep.Probe(ctx)
	if err != nil {
		return ImportResult{}, err
	}
	planned, err := ip.planAgain(ctx, plan)
	if err != nil {
		return ImportResult{}, err
	}
	ident, err := ip.state.Folder.Store.Ensure(ctx, string(choice.Kind))
	if err != nil {
		return ImportResult{}, err
	}
	i := &importing{Interop: ip, ident: ident, files: planned.Files, progress: o.Progress}
	stored, err := i.store(ctx, planned)
	res := ImportResult{Imported: ip.accounts.Listed(stored)}
	if err != nil || !o.Adopt && !o.Remove {
		return res, err
	}
	err = ip.takeOver(ctx, plan.sources, o.Remove, &res)
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
func (ip *Interop) planAgain(ctx context.Context, plan *ImportPlan) (*hermes.Planned, error) {
	unlock, err := ip.lockSources(ctx, plan.sources)
	if err != nil {
		return nil, err
	}
	defer unlock()
	planned, err := ip.planned(plan.sources)
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
