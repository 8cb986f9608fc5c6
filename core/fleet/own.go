package fleet

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/internal/atomicfile"
)

// ownership is whose an account is, in a file beside the mirror. Without one it is the
// fleet's.
type ownership string

const (
	fleets   ownership = ""
	own      ownership = "own"      // this host's alone: the files are the truth, and etcd is not asked
	entering ownership = "entering" // on its way into the fleet: nothing is sent before it is there
)

// whose says whose an account is.
func (m mirror) whose(id string) ownership {
	data, err := atomicfile.Read(m.path(id+".own"), maxValue)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fleets
	case err != nil || ownership(data) != own: // what cannot be read is looked up in etcd before anything is sent
		return entering
	}
	return own
}

// belongs writes down whose an account is. One that is this host's own was not seen in
// the fleet.
func (m mirror) belongs(id string, to ownership) error {
	if to != fleets {
		if err := m.keep(id, nil); err != nil {
			return err
		}
		return m.write(id+".own", []byte(to))
	}
	err := atomicfile.Remove(m.path(id + ".own"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// Belongs reports whether an account is this host's alone.
func (h *Heads) Belongs(id string) bool { return h.mirror.whose(id) == own }

// Seen reports whether a host has seen the account in the fleet.
func Seen(h *Heads, id string) bool { return h.mirror.knows(id) }

// Own returns the ids of the accounts that are this host's alone, and of those that are
// on their way into the fleet.
func (h *Heads) Own() (mine, underway []string, err error) {
	files, err := os.ReadDir(h.mirror.dir())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	for _, f := range files {
		id, ok := strings.CutSuffix(filepath.Base(f.Name()), ".own")
		if !ok || !record.ValidID(id) {
			continue
		}
		if h.mirror.whose(id) == own {
			mine = append(mine, id)
		} else {
			underway = append(underway, id)
		}
	}
	return mine, underway, nil
}

// MoveOut makes an account of the fleet this host's own. Interrupted, it is finished by
// doing it again: first the fleet says that the account moves, so that no host begins a
// refresh; then it is this host's; then the fleet has it no more.
func (h *Heads) MoveOut(ctx context.Context, id string) error {
	c, err := under(ctx, h, id)
	if err != nil {
		return err
	}
	defer c.Release()
	if err := c.look(ctx); err != nil {
		return err
	}
	here := h.mirror.whose(id)
	if here != fleets {
		if c.gone() && here == own {
			return nil
		}
		if c.gone() { // an attempt to move in may still land, unless the head is another by then
			return c.leaveBehind(ctx)
		}
		if here == own && c.entry.body.MovesTo == h.Host {
			return c.leaveBehind(ctx)
		}
		if err := h.mirror.belongs(id, fleets); err != nil { // it was signed in elsewhere, or has landed
			return err
		}
	}
	head, err := c.Head(ctx)
	if err != nil {
		return err
	}
	if err := c.movable(head); err != nil {
		return err
	}
	if c.entry.body.MovesTo != h.Host {
		switch done, err := c.try(ctx, write{next: head, to: h.Host}); {
		case err != nil:
			return err
		case !done:
			return moved(id)
		}
	}
	return c.leaveBehind(ctx)
}

// under claims an account whosever it is.
func under(ctx context.Context, h *Heads, id string) (*claim, error) {
	local, err := h.files.Claim(ctx, id)
	if err != nil {
		return nil, err
	}
	return &claim{heads: h, local: local, id: id}, nil
}

// gone reports whether the fleet has the account no more.
func (c *claim) gone() bool { return c.entry.raw == nil || c.entry.head.Removed() }

// movable returns an error where the account cannot become this host's own.
func (c *claim) movable(head *record.Head) error {
	switch to := c.entry.body.MovesTo; {
	case c.entry.raw == nil:
		return usage(fmt.Sprintf("the account %s is this host's alone already: %s refreshes it", c.id, head.Owner), "there is nothing to move")
	case head.Removed():
		return &autherr.Error{Kind: autherr.Usage, Code: autherr.CodeNoSuchAccount, Message: "the account " + c.id + " was removed", Hint: "`hermes-tui list` shows those that there are"}
	case c.entry.body.Intent != nil:
		return &autherr.Error{Kind: autherr.Network, Code: autherr.CodeTimeout, Message: fmt.Sprintf("%s refreshes the account %s, or was interrupted", c.entry.body.Intent.Host, c.id), Hint: "try again when it has a new token"}
	case to != "" && to != c.heads.Host:
		return moving(c.id, to)
	}
	return nil
}

// leaveBehind makes the account this host's, and writes for the others that it has left.
func (c *claim) leaveBehind(ctx context.Context) error {
	if err := c.heads.mirror.belongs(c.id, own); err != nil {
		return err
	}
	for range swapTries {
		mine, err := c.local.Head(ctx)
		if err != nil {
			return err
		}
		stone := mine.Copy()
		leave(stone, c.heads.Clock.Now())
		done, err := c.try(ctx, write{next: stone, to: c.heads.Host, free: true})
		if done || err != nil {
			return err
		}
		if !c.gone() && c.entry.body.MovesTo != c.heads.Host { // signed in elsewhere meanwhile
			if err := c.heads.mirror.belongs(c.id, fleets); err != nil {
				return err
			}
			return moved(c.id)
		}
	}
	return moved(c.id)
}

// keepOwn tells the fleet that an account is this host's own which it has again: a store that
// shows it as it was before it left was accepted without this host. Where the fleet has gone
// on with it since, with a sign-in or a refresh, each has its own, and a person has to say.
func keepOwn(ctx context.Context, h *Heads, id string) error {
	local, err := h.files.TryClaim(ctx, id)
	if err != nil || local == nil {
		return err
	}
	c := &claim{heads: h, local: local, id: id}
	defer c.Release()
	if err := c.look(ctx); err != nil {
		return err
	}
	switch mine, err := local.Head(ctx); {
	case err != nil || h.mirror.whose(id) != own || c.gone() || c.entry.body.MovesTo == h.Host:
		return err
	case c.entry.body.Intent != nil && !c.entry.body.Intent.doubts(h.Host): // another host may be granted tokens in this moment
		return nil
	case c.entry.body.Unheard:
		stone := mine.Copy()
		leave(stone, h.Clock.Now())
		_, err = c.try(ctx, write{next: stone, to: h.Host, free: true})
		return err
	case !h.brought.is(id, c.entry.raw): // it is said once
		h.brought.note(id, c.entry.raw)
		h.Log.Warn("the fleet has an account, too, that is this host's alone: `hermes-tui remove` on one of them ends that", "account", id, "label", mine.Label)
	}
	return nil
}

// mayBegin returns an error where the account moves to a host that is a member.
func (c *claim) mayBegin(ctx context.Context) error {
	to := c.entry.body.MovesTo
	if to == "" {
		return nil
	}
	view, err := c.heads.Team.View(ctx, nil)
	if err != nil {
		return err
	}
	if !slices.Contains(view.Names(), to) {
		return nil
	}
	return moving(c.id, to)
}

func moving(id, to string) error {
	return &autherr.Error{
		Kind: autherr.Network, Code: autherr.CodeTimeout,
		Message: fmt.Sprintf("the account %s moves to %s, out of the fleet", id, to),
		Hint:    "`hermes-tui keystore move` on " + to + " goes on with it",
	}
}

func usage(message, hint string) error {
	return &autherr.Error{Kind: autherr.Usage, Code: autherr.CodeUsage, Message: message, Hint: hint}
}
