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
	leaving  ownership = "leaving"  // on its way out of it: nothing is sent before the fleet has it no more
)

// whose says whose an account is.
func (m mirror) whose(id string) ownership {
	data, err := atomicfile.Read(m.path(id+".own"), maxValue)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fleets
	case err == nil && (ownership(data) == own || ownership(data) == leaving):
		return ownership(data)
	}
	return entering // what cannot be read is looked up in etcd before anything is sent
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

// Leaves reports whether an account is on its way out of the fleet to this host.
func Leaves(h *Heads, id string) bool { return h.mirror.whose(id) == leaving }

// Seen reports whether a host has seen the account in the fleet.
func Seen(h *Heads, id string) bool { return h.mirror.knows(id) }

// Own returns the ids of the accounts that are this host's alone, and of those that are
// on their way into the fleet, or out of it.
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

// MoveOut makes an account of the fleet this host's own: first the fleet says that the
// account moves, so that no host begins a refresh; then this host writes down that it
// leaves; then the fleet has it no more, and it is this host's. Interrupted before the second
// it is finished by doing it again, and after that by whatever claims the account next.
func (h *Heads) MoveOut(ctx context.Context, id string) error {
	c, err := under(ctx, h, id)
	if err != nil {
		return err
	}
	defer c.Release()
	if err := c.look(ctx); err != nil {
		return err
	}
	switch here := h.mirror.whose(id); {
	case here == own:
		return assertOwn(ctx, c)
	case here == leaving, here == entering && c.gone(): // an attempt to move in may still land, unless the head is another by then
		return c.leaveBehind(ctx)
	case here == entering: // it has landed
		if err := h.mirror.belongs(id, fleets); err != nil {
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
		return refreshing(c.id, c.entry.body.Intent.Host)
	case to != "" && to != c.heads.Host:
		return moving(c.id, to)
	case to == "" && head.Quarantined() && c.entry.body.Cause != "": // what would undo that comes to the fleet, and finds it there
		return &autherr.Error{
			Kind: autherr.SignIn, Code: autherr.CodeRefreshFailed, Provider: head.Provider,
			Message: fmt.Sprintf("the account %s (%s) needs to sign in again, unless a host comes back that was granted new tokens", c.id, head.Label),
			Hint:    "move it when it has signed in: `hermes-tui login --account " + c.id + "`",
		}
	case to == "" && head.Uncertain != "" && head.Uncertain == head.Current: // nor may what some host was granted, and has not told
		return &autherr.Error{
			Kind: autherr.Failed, Code: autherr.CodeRefreshFailed, Provider: head.Provider,
			Message: fmt.Sprintf("a refresh of the account %s (%s) was interrupted, and a host may have newer tokens", c.id, head.Label),
			Hint:    "move it when it has new ones: `hermes-tui refresh " + c.id + " --force`",
		}
	}
	return nil
}

// leaveBehind writes for the others that the account has left, and makes it this host's.
// Nothing is sent in between: were it this host's before, and somebody signs in elsewhere,
// there would be two. Whoever does so, or removes it, goes before the move.
func (c *claim) leaveBehind(ctx context.Context) error {
	m := c.heads.mirror
	if err := m.belongs(c.id, leaving); err != nil {
		return err
	}
	for range swapTries {
		if c.entry.raw != nil && c.entry.body.MovesTo != c.heads.Host {
			return errors.Join(moved(c.id), m.belongs(c.id, fleets))
		}
		if done, err := stone(ctx, c); err != nil {
			return err
		} else if done {
			return m.belongs(c.id, own)
		}
	}
	return moved(c.id)
}

// assertOwn has the fleet say that it has an account no more that is this host's own: a store
// that shows it as it was before it left may have been accepted without this host. Where the
// fleet has gone on with it since, each has its own, and a person has to say.
func assertOwn(ctx context.Context, c *claim) error {
	for range swapTries {
		switch e := c.entry; {
		case e.raw == nil, c.gone() && e.body.MovesTo == c.heads.Host && !e.body.Unheard:
			return nil
		case !c.gone() && e.body.MovesTo != c.heads.Host && !e.body.Unheard && !e.head.Quarantined():
			return both(e.head)
		case !c.gone() && e.body.Intent != nil && !c.entry.body.Intent.doubts(c.heads.Host): // it may be granted tokens in this moment
			return refreshing(c.id, e.body.Intent.Host)
		}
		if done, err := stone(ctx, c); err != nil || done {
			return err
		}
	}
	return moved(c.id)
}

// stone writes for the others that the account is this host's own.
func stone(ctx context.Context, c *claim) (done bool, err error) {
	mine, err := c.local.Head(ctx)
	if err != nil {
		return false, err
	}
	next := mine.Copy()
	leave(next, c.heads.Clock.Now())
	return c.try(ctx, write{next: next, to: c.heads.Host, free: true, owned: true})
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
	if h.mirror.whose(id) != own || c.gone() && (!c.entry.body.Unheard || c.entry.body.MovesTo == "") { // it was removed, or all know that it has left
		return nil
	}
	err = assertOwn(ctx, c)
	switch code := autherr.CodeOf(err); {
	case code == autherr.CodeTimeout: // what comes of that is seen
		return nil
	case code != autherr.CodeDuplicateOwner:
		return err
	case !h.brought.is(id, c.entry.raw): // it is said once
		h.brought.note(id, c.entry.raw)
		h.Log.Warn("the fleet has an account, too, that is this host's alone: `hermes-tui remove` on one of them ends that", "account", id, "label", c.entry.head.Label)
	}
	return nil
}

func refreshing(id, host string) error {
	return &autherr.Error{Kind: autherr.Network, Code: autherr.CodeTimeout, Message: fmt.Sprintf("%s refreshes the account %s, or was interrupted", host, id), Hint: "try again when it has a new token"}
}

func both(there *record.Head) error {
	return &autherr.Error{
		Kind: autherr.Failed, Code: autherr.CodeDuplicateOwner, Provider: there.Provider,
		Message: fmt.Sprintf("the account %s (%s) is this host's alone, and the fleet, whose store was restored meanwhile, has gone on with it, too", there.ID, there.Label),
		Hint:    "`hermes-tui remove " + there.ID + "` deletes it here; on another host it deletes the fleet's",
	}
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
