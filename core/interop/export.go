package interop

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/hermes-tui/hermes-tui/core/accounts"
	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/hermes"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/vault"
	"github.com/hermes-tui/hermes-tui/internal/atomicfile"
	"github.com/hermes-tui/hermes-tui/internal/private"
)

// ExportResult is what giving accounts back came to.
type ExportResult struct {
	HandedOver []accounts.Account
	Keys       []accounts.Account // API keys that were written as well; they work here, too
	Skipped    []Skipped
	Backup     string // sealed copy of the file as it was; empty when there was none
}

// Skipped is an account that was not given back.
type Skipped struct {
	Account accounts.Account
	Why     string // a sentence without capital and period
}

// Export writes accounts into hermes-agent's auth.json at path and hands them
// over: from then on hermes-agent refreshes them, and they are shared here. The
// tokens stand in that file in plain text, as hermes-agent keeps them. An account
// is handed over before the file is written, so that no moment has two owners;
// where the file cannot be written it becomes ours again. An API key is not
// refreshed, so that it is only copied.
func (ip *Interop) Export(ctx context.Context, path string, ids []string) (ExportResult, error) {
	defer ip.state.Changed.Ring()
	var res ExportResult
	lock, err := lockImport(ctx, ip.state.Folder)
	if err != nil {
		return res, err
	}
	defer func() { _ = lock.Unlock() }()
	ctx = context.WithoutCancel(ctx)
	source := hermes.Source{Format: hermes.AuthJSON, Path: path}
	if err := private.Make(filepath.Dir(path)); err != nil {
		return res, notWritten(path, err)
	}
	before, err := ip.authFile(source)
	if err != nil {
		return res, err // before anything is handed over
	}
	var entries []hermes.Entry
	var heads []*record.Head
	for _, account := range ip.accounts.Listed(ids) {
		entry, h, why, err := ip.handOver(ctx, account, source, before)
		if err != nil {
			return res, errors.Join(err, ip.takeBack(ctx, heads))
		}
		if entry.Key && before.HasKey(entry.Access) {
			why = "hermes-agent has it already"
		}
		switch {
		case why != "":
			res.Skipped = append(res.Skipped, Skipped{account, why})
			continue
		case entry.Key:
			res.Keys = append(res.Keys, account)
		default:
			heads = append(heads, h)
		}
		entries = append(entries, entry)
	}
	if len(entries) == 0 {
		return res, nil
	}
	if res.Backup, err = ip.writeEntries(ctx, source, entries); err != nil {
		res.Keys = nil
		return res, errors.Join(err, ip.takeBack(ctx, heads))
	}
	handed := make([]string, len(heads))
	for n, h := range heads {
		handed[n] = h.ID
		ip.state.Vault.AddEvent(h.ID, record.Event{Kind: record.EventHandedOver, Gen: h.Gen, Owner: h.Owner})
	}
	err = ip.publish(ctx, heads, nil)
	res.HandedOver = ip.accounts.Listed(handed)
	return res, err
}

// NotRefreshed returns those of the accounts that hermes-agent would not refresh once
// they were given back.
func (ip *Interop) NotRefreshed(path string, ids []string) (ended []accounts.Account, err error) {
	f, err := ip.authFile(hermes.Source{Format: hermes.AuthJSON, Path: path})
	if err != nil {
		return nil, err
	}
	given := map[string][]accounts.Account{}
	for _, a := range ip.accounts.Listed(ids) {
		if !a.IsKey() && !a.Quarantined() && !a.Shared() {
			given[a.Provider] = append(given[a.Provider], a)
		}
	}
	for id, members := range given {
		order := make([]string, len(members))
		for i, a := range members {
			order[i] = a.ID
		}
		refreshed := f.Refreshes(id, order)
		ended = append(ended, slices.DeleteFunc(members, func(a accounts.Account) bool { return refreshed[a.ID] })...)
	}
	return ended, nil
}

// authFile reads hermes-agent's file; one that is not there is an empty one.
func (ip *Interop) authFile(s hermes.Source) (*hermes.File, error) {
	if _, err := os.Lstat(s.Path); errors.Is(err, fs.ErrNotExist) {
		return hermes.NewFile(), nil
	}
	return hermes.Load(s, ip.state.Clock.Now())
}

// handOver marks an account as hermes-agent's and returns what to write there.
// why says why it is left alone.
func (ip *Interop) handOver(
	ctx context.Context, a accounts.Account, s hermes.Source, before *hermes.File,
) (e hermes.Entry, h *record.Head, why string, err error) {
	err = ip.state.Vault.Change(ctx, a.ID, func(t *vault.Txn) (err error) {
		t.Batch()
		e, h, why, err = ip.giveTo(ctx, t, a, s, before)
		return err
	})
	return e, h, why, err
}

// giveTo writes into the account's head that hermes-agent owns it.
func (ip *Interop) giveTo(
	ctx context.Context, t *vault.Txn, a accounts.Account, s hermes.Source, before *hermes.File,
) (e hermes.Entry, owned *record.Head, why string, err error) {
	h := t.Head
	switch {
	case h.Quarantined():
		return e, nil, "it needs signing in, so there is nothing to hand over", nil
	case h.Shared() && !ip.unwritten(h, s):
		return e, nil, h.Owner + " has it already", nil
	case h.Confirm: // hermes-agent gives its tokens to whoever reads its file
		return e, nil, "each program has to be confirmed for it; `hermes-tui confirm " + h.ID + " --off` ends that", nil
	}
	blob, err := t.Unseal(ctx)
	if err != nil {
		return e, nil, "", err
	}
	e = ip.entry(a, blob)
	if h.IsKey() {
		return e, nil, "", nil
	}
	row := h.ID
	if there, found := before.Find(h.Provider, row); found && there.HasTokens() && !ours(h, record.Hash(t.Store.StoreID, there.Secret())) {
		return e, nil, "another sign-in has its place in there; import that first", nil
	}
	if o := h.Origin; o != nil && o.Format == string(s.Format) && o.File == s.Path {
		if there, found := before.Find(o.Provider, o.Row); found && ours(h, record.Hash(t.Store.StoreID, there.Secret())) {
			e.Row, e.Singleton = o.Row, o.Row == ""
			row = cmp.Or(o.Row, row)
		}
	}
	h.Owner, h.HandedOver = s.Format.Owner(), true
	h.Origin = &record.Origin{Format: string(s.Format), File: s.Path, Provider: h.Provider, Row: row, Hash: h.Current}
	if err := t.Write(ctx); err != nil {
		return e, nil, "", err
	}
	return e, h, "", nil
}

// unwritten reports whether an account that was handed over did not get into the
// file: the program was killed in between.
func (ip *Interop) unwritten(h *record.Head, s hermes.Source) bool {
	if !h.HandedOver || h.Origin == nil || h.Origin.File != s.Path {
		return false
	}
	_, err := ip.grantAt(*h.Origin)
	return errors.Is(err, errNotThere)
}

// entry is an account as hermes-agent writes it down.
func (ip *Interop) entry(a accounts.Account, b *record.Blob) hermes.Entry {
	return hermes.Entry{
		ID: a.ID, Label: a.Label, Provider: a.Provider, Region: a.Region,
		Access: b.Access, Refresh: b.Refresh, IDToken: b.ID, TokenType: b.TokenType,
		Scope: b.Binding.Scope, ClientID: b.Binding.ClientID, BaseURL: b.Binding.BaseURL,
		TokenURL: b.Binding.TokenURL, PortalURL: hermes.PortalOf(b.Binding), AccountID: b.Identity.Account,
		ObtainedAt: b.ObtainedAt, ExpiresAt: b.ExpiresAt, Requests: a.Requests, Limits: a.Limits, Key: a.IsKey(),
	}
}

// takeBack makes accounts ours again that could not be written down. Those that
// stand in the file all the same stay handed over: only the folder's sync failed.
func (ip *Interop) takeBack(ctx context.Context, heads []*record.Head) error {
	for _, h := range heads {
		if _, err := ip.grantAt(*h.Origin); err == nil {
			continue
		}
		if _, err := ip.ownOne(ctx, h.ID); err != nil {
			return err
		}
	}
	return nil
}

// writeEntries writes accounts into the file under its lock.
func (ip *Interop) writeEntries(ctx context.Context, s hermes.Source, entries []hermes.Entry) (backup string, err error) {
	unlock, err := ip.lockSources(ctx, []hermes.Source{s})
	if err != nil {
		return "", err
	}
	defer unlock()
	f, err := ip.authFile(s)
	if err != nil {
		return "", err
	}
	data, err := f.With(entries, ip.state.Clock.Now())
	if err != nil {
		return "", err
	}
	if f.Path == "" {
		if err := atomicfile.Write(s.Path, data, 0o600); err != nil {
			return "", notWritten(s.Path, err)
		}
		return "", nil
	}
	if backup, err = ip.backup(ctx, s.Path); err != nil {
		return "", err
	}
	return backup, replaceForeign(s.Path, data)
}

func notWritten(path string, err error) error {
	return &autherr.Error{
		Kind: autherr.Failed, Code: autherr.CodeFileUnwritable, Message: "could not write " + path + ": " + err.Error(),
		Hint: "it is as it was; check its owner, its mode and the space on the disk", Err: err,
	}
}
