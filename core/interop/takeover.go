package interop

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/hermes-tui/hermes-tui/core/hermes"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/vault"
	"github.com/hermes-tui/hermes-tui/internal/atomicfile"
	"github.com/hermes-tui/hermes-tui/internal/private"
)

// takeOver makes every account ours whose grant is in the files, and where
// remove is set deletes the grants there first. The order is what keeps a grant
// from being lost or owned twice: the tokens are read back from the keystore,
// then the files are written under their own locks, and only if they still hold
// the very tokens that were read back; then the account becomes ours. A grant
// that the other program has refreshed meanwhile is read anew and tried again.
func (ip *Interop) takeOver(ctx context.Context, sources []hermes.Source, remove bool, res *ImportResult) error {
	ctx = context.WithoutCancel(ctx)
	for try := 0; ; try++ {
		kept, err := ip.readBack(ctx, sources)
		if err != nil {
			return err
		}
		ready, late, err := ip.release(ctx, sources, kept, remove, res)
		if err != nil {
			return err
		}
		if err := ip.own(ctx, ready, res); err != nil || len(late) == 0 {
			return err
		}
		if try == 2 {
			res.Left = ip.accounts.Listed(late)
			return nil
		}
		for _, id := range late {
			if _, err := ip.Follow(ctx, id); err != nil {
				ip.state.Log.Warn("a shared account stays shared", "account", id, "error", err)
			}
		}
	}
}

// readBack opens the tokens of every account that is to become ours, and returns
// the hash of each one's refresh token. Quarantined accounts have none.
func (ip *Interop) readBack(ctx context.Context, sources []hermes.Source) (map[string]string, error) {
	planned, err := ip.planned(sources)
	if err != nil {
		return nil, err
	}
	ident, _, err := ip.state.Folder.Store.Read()
	if err != nil {
		return nil, err
	}
	hashes := make([]string, len(planned.Owned))
	err = each(ctx, len(planned.Owned), func(n int) error {
		h, err := ip.state.Folder.ReadHead(planned.Owned[n].Account)
		if err != nil || h.Quarantined() {
			return err
		}
		sealed, err := ip.state.Vault.Read(ctx, h.ID)
		if err != nil {
			return vault.Explain(err)
		}
		hashes[n] = record.Hash(ident.StoreID, sealed.Blob.Grant())
		return nil
	})
	kept := map[string]string{}
	for n, m := range planned.Owned {
		kept[m.Account] = hashes[n]
	}
	return kept, err
}

// release finds, under the files' locks, the accounts whose grant in the files
// is the one that was read back, and deletes these grants where remove is set.
// late are shared accounts whose grant has become another.
func (ip *Interop) release(
	ctx context.Context, sources []hermes.Source, kept map[string]string, remove bool, res *ImportResult,
) (ready, late []string, err error) {
	unlock, err := ip.lockSources(ctx, sources)
	if err != nil {
		return nil, nil, err
	}
	defer unlock()
	planned, err := ip.planned(sources)
	if err != nil {
		return nil, nil, err
	}
	ident, _, err := ip.state.Folder.Store.Read()
	if err != nil {
		return nil, nil, err
	}
	gone := make([][]int, len(planned.Files))
	for _, m := range planned.Owned {
		h, err := ip.state.Folder.ReadHead(m.Account)
		if err != nil {
			return nil, nil, err
		}
		hash, known := kept[m.Account]
		switch theirs := record.Hash(ident.StoreID, m.Grant.Row.Secret()); {
		case !known, !h.Shared() && !h.Quarantined() && !ours(h, theirs), h.Quarantined() && !m.Grant.Row.Dead:
			continue
		case h.Shared() && theirs != hash:
			late = append(late, m.Account)
			continue
		}
		ready = append(ready, m.Account)
		for _, ref := range m.Grant.Rows {
			gone[ref.File] = append(gone[ref.File], ref.Row)
		}
	}
	orphans, err := ip.orphans(planned)
	if err != nil {
		return nil, nil, err
	}
	ready = append(ready, orphans...)
	if !remove {
		return ready, late, nil
	}
	for n, f := range planned.Files {
		if err := ip.removeRows(ctx, f, gone[n], res); err != nil {
			return nil, nil, err
		}
	}
	return ready, late, nil
}

// ours reports whether a token in a file is one that this account had or has,
// so that it is of no use to anybody else.
func ours(h *record.Head, hash string) bool {
	return hash != "" && (hash == h.Current || h.Origin != nil && hash == h.Origin.Hash || h.WasRefused(hash))
}

// removeRows deletes rows of one file, after a sealed copy of it was kept.
func (ip *Interop) removeRows(ctx context.Context, f *hermes.File, rows []int, res *ImportResult) error {
	if len(rows) == 0 {
		return nil
	}
	if f.Format != hermes.AuthJSON && f.Format != hermes.NousShared {
		return nil
	}
	data, err := f.Without(rows, ip.state.Clock.Now())
	if err != nil {
		return err
	}
	backup, err := ip.backup(ctx, f.Path)
	if err != nil {
		return err
	}
	res.Backups = append(res.Backups, backup)
	if err := replaceForeign(f.Path, data); err != nil {
		return err
	}
	res.Removed += len(rows)
	return nil
}

// backup keeps a sealed copy of another program's file in the state folder.
func (ip *Interop) backup(ctx context.Context, path string) (string, error) {
	data, err := atomicfile.ReadForeign(path, hermes.MaxFile)
	if err != nil {
		return "", err
	}
	dir := filepath.Join(ip.state.Folder.Dir(), "backup")
	if err := private.Make(dir); err != nil {
		return "", err
	}
	stamp := ip.state.Clock.Now().UTC().Format("20060102T150405Z")
	for n := 1; ; n++ {
		to := filepath.Join(dir, fmt.Sprintf("auth-%s-%d.json.age", stamp, n))
		if _, err := os.Lstat(to); err == nil {
			continue
		}
		return to, vault.Explain(ip.state.Keystores.Backup(ctx, to, data))
	}
}

func replaceForeign(path string, data []byte) error {
	if err := atomicfile.Replace(path, data); err != nil {
		return notWritten(path, err)
	}
	return nil
}

// own makes accounts ours.
func (ip *Interop) own(ctx context.Context, ids []string, res *ImportResult) error {
	heads := make([]*record.Head, len(ids))
	err := each(ctx, len(ids), func(n int) (err error) {
		heads[n], err = ip.ownOne(ctx, ids[n])
		return err
	})
	heads = slices.DeleteFunc(heads, func(h *record.Head) bool { return h == nil })
	if published := ip.publish(ctx, heads, nil); err == nil {
		err = published
	}
	var adopted []string
	for _, h := range heads {
		adopted = append(adopted, h.ID)
	}
	res.Adopted = append(res.Adopted, ip.accounts.Listed(adopted)...)
	return err
}

// ownOne makes a shared account ours. Where it stood is kept: the token that is
// left there, if any, must never be taken for a new sign-in.
func (ip *Interop) ownOne(ctx context.Context, id string) (owned *record.Head, err error) {
	err = ip.state.Vault.Change(ctx, id, func(t *vault.Txn) error {
		t.Batch()
		h := t.Head
		if h.Removed() || !h.Shared() {
			return nil
		}
		h.Owner, h.HandedOver = "", false
		if h.Origin != nil {
			h.Origin.Hash = h.Current
		}
		if err := t.Write(ctx); err != nil {
			return err
		}
		owned = h
		ip.state.Vault.AddEvent(id, record.Event{Kind: record.EventImported, Gen: h.Gen, Message: "refreshed here from now on"})
		return nil
	})
	return owned, err
}
