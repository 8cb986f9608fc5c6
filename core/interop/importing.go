package interop

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/hermes-tui/hermes-tui/core/hermes"
	"github.com/hermes-tui/hermes-tui/core/pool"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/secret"
	"github.com/hermes-tui/hermes-tui/core/vault"
)

// importing stores the grants of a plan.
type importing struct {
	*Interop
	ident    record.Store
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
	i.state.Folder.AddUsage(ctx, usage)
	for _, h := range heads {
		ids = append(ids, h.ID)
	}
	if published == nil && len(ids) > 1 {
		published = i.arrange(ctx, ids)
	}
	if err == nil {
		err = i.revive(ctx, p.Owned)
	}
	return ids, errors.Join(err, published)
}

// publish copies the heads into the pool file, in one write, with cool-downs
// where there are any.
func (ip *Interop) publish(ctx context.Context, heads []*record.Head, limits map[string]pool.Limits) error {
	return ip.state.Folder.UpdatePool(context.WithoutCancel(ctx), func(p *record.PoolFile) (changed bool) {
		for _, h := range heads {
			changed = ip.state.Folder.Take(p, h) || changed
			if row := p.Find(h.ID); row != nil && !limits[h.ID].IsZero() {
				row.Limits, changed = limits[h.ID], true
			}
		}
		return changed
	})
}

// arrange puts accounts that were just made into an order among themselves: a
// pool file that did not exist yet had them in that of their ids.
func (ip *Interop) arrange(ctx context.Context, ids []string) error {
	place := make(map[string]int, len(ids))
	for n, id := range ids {
		place[id] = n
	}
	return ip.state.Folder.UpdatePool(context.WithoutCancel(ctx), func(p *record.PoolFile) bool {
		var at []int
		rows := make([]record.Row, len(ids))
		for i, row := range p.Rows {
			if n, ok := place[row.ID]; ok {
				at, rows[n] = append(at, i), row
			}
		}
		if len(at) != len(ids) {
			return false // some are being removed already
		}
		for n, i := range at {
			p.Rows[i] = rows[n]
		}
		return true
	})
}

// account stores one draft. Its head is nil when nothing was stored.
func (i *importing) account(ctx context.Context, d hermes.Draft) (*record.Head, error) {
	id, err := i.reserve(ctx, d.ID)
	if err != nil {
		return nil, err
	}
	h := &record.Head{
		Public: record.Public{
			ID: id, Status: record.StatusOK, Provider: d.Binding.Provider, Region: d.Binding.Region,
			API: d.Binding.API, AuthType: d.AuthType, Source: "import",
			Identity: d.Grant.Row.Identity, Skew: d.Provider.SkewOf(d.Grant.Row.ExpiresAt.Sub(d.Grant.Row.ObtainedAt)),
		},
		Label: d.Label,
	}
	i.claim(h, d.Grant)
	err = i.state.Vault.Create(ctx, h, func(t *vault.Txn) error {
		t.Batch()
		if d.Grant.Row.Dead {
			return i.dead(ctx, t, d.Grant.Row)
		}
		return keepImported(ctx, t, blobOf(d, i.state.Clock.Now()))
	})
	if err != nil {
		return nil, err
	}
	return h, nil
}

// reserve keeps the id of the other program where it is free.
func (i *importing) reserve(ctx context.Context, id string) (string, error) {
	ok, err := i.state.Folder.ReserveAs(id)
	if err != nil || ok {
		return id, err
	}
	return i.state.Folder.Reserve(ctx)
}

// claim writes down whose grant it is, and where it stands.
func (i *importing) claim(h *record.Head, g hermes.Grant) {
	lead := i.files[g.Rows[0].File]
	h.Owner, h.HandedOver = lead.Format.Owner(), false
	h.Origin = nil
	if places := origins(i.files, g); len(places) > 0 {
		h.Origin = &places[0]
		h.Origin.Hash = record.Hash(i.ident.StoreID, g.Row.Secret())
	}
	if g.Row.IsKey() {
		h.Owner = "" // a key is not refreshed, so that two programs can use it
	}
}

// dead writes an account whose grant the other program had given up.
func (i *importing) dead(ctx context.Context, t *vault.Txn, row hermes.Row) error {
	h := t.Head
	h.Owner, h.Gen = "", 1
	h.Status, h.Marker, h.LastError = record.StatusQuarantined, row.Marker, row.Marker
	if err := t.Write(ctx); err != nil {
		return err
	}
	i.state.Vault.AddEvent(h.ID, record.Event{Kind: record.EventImported, Gen: h.Gen, Code: row.Marker.Code, Message: row.Marker.Message})
	return nil
}

// keepImported stores a grant that was read from another program's file as the
// account's next generation.
func keepImported(ctx context.Context, t *vault.Txn, blob *record.Blob) error {
	blob.StoreID, blob.AccountID, blob.Gen, blob.Why = t.Store.StoreID, t.Head.ID, t.Head.Gen+1, record.ForImport
	if err := t.Begin(ctx, record.ForImport, ""); err != nil {
		return err
	}
	return t.Commit(ctx, blob)
}

// blobOf is the secret record of a draft. A token whose end is not known counts
// as ended: it is refreshed, or read anew, before it is used.
func blobOf(d hermes.Draft, now time.Time) *record.Blob {
	row := d.Grant.Row
	b := &record.Blob{
		Binding: d.Binding, Access: row.Access, Refresh: row.Refresh, ID: row.IDToken, TokenType: row.TokenType,
		AuthType: d.AuthType, Identity: row.Identity,
		ObtainedAt: row.ObtainedAt, ExpiresAt: row.ExpiresAt,
	}
	if b.TokenType == "" {
		b.TokenType = "Bearer"
	}
	if d.AuthType == record.APIKey {
		b.ObtainedAt, b.ExpiresAt, b.Refresh = now, time.Time{}, secret.Secret{}
		return b
	}
	if b.ExpiresAt.IsZero() {
		b.ExpiresAt = now
	}
	if b.ObtainedAt.IsZero() || b.ObtainedAt.After(b.ExpiresAt) {
		b.ObtainedAt = now
	}
	return b
}
