package core

import (
	"context"
	"slices"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/record"
)

// Reorder moves an account to a place among all accounts, 0 first, as
// [Snapshot] lists them; the others keep their order. A place that does not
// exist is the nearest one.
func (c *Core) Reorder(ctx context.Context, id string, place int) error {
	var refused error
	err := c.folder.UpdatePool(ctx, func(p *record.Pool) bool {
		at := slices.IndexFunc(p.Rows, func(r record.Row) bool { return r.ID == id })
		if at < 0 {
			refused = autherr.NotFound
			return false
		}
		to := max(min(place, len(p.Rows)-1), 0)
		row := p.Rows[at]
		p.Rows = slices.Insert(slices.Delete(p.Rows, at, at+1), to, row)
		return at != to
	})
	if err == nil {
		err = refused
	}
	if err == nil {
		c.changed.fire()
	}
	return err
}
