package accounts

import (
	"context"
	"fmt"
	"slices"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/record"
)

// Reorder moves an account to a place among all accounts, 0 first, as
// [Snapshot] lists them; the others keep their order. A place that does not
// exist is the nearest one.
func (as *Accounts) Reorder(ctx context.Context, id string, place int) error {
	return as.reorder(ctx, id, func(p *record.PoolFile, _ int) int { return nearest(place, len(p.Rows)) })
}

// Prioritize moves an account to a place in its pool, 0 first; the others keep
// their order. A place that does not exist is the nearest one.
func (as *Accounts) Prioritize(ctx context.Context, id string, place int) error {
	return as.reorder(ctx, id, func(p *record.PoolFile, at int) int {
		var members []int // rows of its pool
		for i := range p.Rows {
			if p.Rows[i].Pool() == p.Rows[at].Pool() {
				members = append(members, i)
			}
		}
		return members[nearest(place, len(members))]
	})
}

// reorder moves the account's row to another place, which to finds out.
func (as *Accounts) reorder(ctx context.Context, id string, to func(p *record.PoolFile, at int) int) error {
	var refused error
	err := as.state.Folder.UpdatePool(ctx, func(p *record.PoolFile) bool {
		from := slices.IndexFunc(p.Rows, func(r record.Row) bool { return r.ID == id })
		if from < 0 {
			refused = noSuchAccount(id)
			return false
		}
		place, row := to(p, from), p.Rows[from]
		p.Rows = slices.Insert(slices.Delete(p.Rows, from, from+1), place, row)
		return from != place
	})
	if err == nil {
		err = refused
	}
	if err == nil {
		as.state.Changed.Ring()
	}
	return err
}

// nearest is the place among n that is nearest to the one that is wanted.
func nearest(place, n int) int { return max(min(place, n-1), 0) }

func noSuchAccount(id string) error {
	return &autherr.Error{
		Kind: autherr.Usage, Code: autherr.CodeNoSuchAccount,
		Message: fmt.Sprintf("there is no account %q", id),
		Hint:    "`hermes-tui list` shows the accounts there are",
	}
}
