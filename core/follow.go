package core

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"time"

	"github.com/hermes-tui/hermes-tui/core/hermes"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/state"
	"github.com/hermes-tui/hermes-tui/core/vault"
)

// borrowed returns the token of a shared account: the one there is while it
// lives, else the one that its owner has put into its own file meanwhile. It is
// never renewed here.
func (c *Core) borrowed(ctx context.Context, info fs.FileInfo, s vault.Sealed, o TokenOptions, now time.Time) (Token, error) {
	h := s.Head
	refused := o.Refused != 0 && o.Refused == h.Gen
	if !refused && !wants(h, o, now) {
		return c.remember(h.ID, info, s), nil
	}
	moved, err := c.follow(ctx, h.ID)
	if err == nil && moved {
		return c.dearToken(ctx, h.ID, TokenOptions{MinLife: o.MinLife}, now)
	}
	switch {
	case refused && err == nil:
		return Token{}, h.Foreign(thisAccount)
	case refused:
		return Token{}, err
	case h.Live(now):
		return c.token(s), nil
	case err == nil:
		return Token{}, h.Trouble(thisAccount, now)
	}
	return Token{}, err
}

// follow reads the file of a shared account's owner, and stores the tokens there
// if they are newer. It reports whether they were.
func (c *Core) follow(ctx context.Context, id string) (moved bool, err error) {
	lock, err := c.state.Folder.Lock(ctx, id)
	if err != nil {
		return false, err
	}
	defer func() { _ = lock.Unlock() }()
	ctx = context.WithoutCancel(ctx)
	h, err := c.state.Folder.ReadHead(id)
	if err != nil || h.Origin == nil || !h.Shared() {
		return false, err
	}
	ident, _, err := c.state.Folder.Identity()
	if err != nil {
		return false, err
	}
	if forward, err := c.state.Vault.Settle(ctx, ident, h); err != nil || forward {
		if forward {
			c.state.Vault.Finish(ctx, ident, h)
		}
		return forward, err
	}
	g, err := c.grantAt(*h.Origin)
	if err != nil {
		return false, notFollowed(h, err)
	}
	hash := record.Hash(ident.StoreID, g.Row.Refresh)
	if hash == h.Current && !g.Row.ExpiresAt.After(h.ExpiresAt) {
		return false, nil
	}
	if same, known := h.Identity.Same(g.Row.Identity); known && !same {
		return false, notFollowed(h, errors.New("somebody else is signed in there now"))
	}
	old, err := c.state.Vault.Unseal(ctx, h)
	if err != nil {
		return false, vault.Explain(err)
	}
	next := blobOf(hermes.Draft{Grant: g, AuthType: record.OAuth, Binding: old.Binding}, c.state.Clock.Now())
	next.Replaces = ""
	h.Origin.Hash = hash
	if err := c.tokens(ctx, h, next); err != nil {
		return false, err
	}
	c.state.Vault.Finish(ctx, ident, h)
	c.state.Changed.Ring()
	return true, nil
}

// followDue looks after new tokens of those of the accounts that are shared and
// whose token is about to end. A file that has not changed since it was last
// looked at is not read again. It reports whether anything may have changed.
func (c *Core) followDue(ctx context.Context, accounts []Account, now time.Time) (looked bool) {
	for i := range accounts {
		a := &accounts[i]
		if !a.Shared() || !a.Due(now) || !c.ownerWrote(a.ID) {
			continue
		}
		looked = true
		if _, err := c.follow(ctx, a.ID); err != nil {
			c.state.Log.Debug("no new token for a shared account", "account", a.ID, "error", err)
		}
	}
	return looked
}

// ownerWrote reports whether the file of a shared account's owner has changed
// since it was last asked.
func (c *Core) ownerWrote(id string) bool {
	h, err := c.state.Folder.ReadHead(id)
	if err != nil || h.Origin == nil {
		return false
	}
	info, err := os.Stat(h.Origin.File)
	if err != nil {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if last, ok := c.followed[id]; ok && state.SameFile(last, info) {
		return false
	}
	c.followed[id] = info
	return true
}

// grantAt returns the grant that stands at a place of another program's file.
func (c *Core) grantAt(o record.Origin) (hermes.Grant, error) {
	f, err := hermes.Load(hermes.Source{Format: hermes.Format(o.Format), Path: o.File}, c.state.Clock.Now())
	if err != nil {
		return hermes.Grant{}, err
	}
	files := []*hermes.File{f}
	for _, g := range hermes.Grants(files) {
		for _, place := range origins(files, g) {
			if place != bare(o) {
				continue
			}
			if g.Row.Dead {
				return g, errDeadThere
			}
			if g.Row.Access.IsZero() {
				return g, errors.New("its tokens are gone from there")
			}
			return g, nil
		}
	}
	return hermes.Grant{}, errNotThere
}

var (
	errNotThere  = errors.New("it is no longer there")
	errDeadThere = errors.New("it needs signing in again there")
)

// thisAccount begins the sentences of a program that named the account itself.
const thisAccount = "this account"

// notFollowed says why there is no new token for a shared account.
func notFollowed(h *record.Head, cause error) error {
	e := h.Foreign(thisAccount)
	e.Message += ", and no newer token of it is in " + h.Origin.File + ": " + cause.Error()
	e.Err = cause
	if errors.Is(cause, errDeadThere) {
		e.Hint = "sign in to it in " + h.Owner + " again; it is used here again by itself"
	}
	return e
}
