package fleet

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/vault"
)

// latest is the newest that is known of an account of a restored store, and where that
// differs from what every other write says of itself.
type latest struct {
	*entry
	blob     []byte // the tokens that its head points at
	restores uint64 // accepted, with this one
	advanced bool   // by a pair of which the store did not know
	owned    bool   // the host was heard whose own it is
}

// into says what is known of the head that is put.
func (l *latest) into(b *body) {
	b.MovesTo, b.Moves, b.By = l.body.MovesTo, l.body.Moves, l.body.By
	if b.Intent != nil { // a move ends with no refresh, and this one is waited for: it begins anew
		b.MovesTo = ""
	}
	b.Restores, b.Cause, b.Unheard = l.restores, l.body.Cause, b.Unheard || l.body.Unheard && !l.owned
	if b.Sealed != 0 {
		b.Sealed = l.body.Sealed // who was a host then may have these tokens
	}
}

// takes reports whether a pair follows on what is known.
func (l *latest) takes(b *record.Blob) bool {
	switch {
	case l.head.Removed() || b.Replaces == "":
		return false
	case l.head.Quarantined():
		return l.body.Cause == b.Replaces
	}
	return l.head.Current == b.Replaces && b.Gen == l.head.Gen+1
}

// newest is the newest of what the store shows, nil where that is nothing of the fleet's,
// and of what hosts have handed in, in whatever order they come.
func newest(store *entry, all []candidate) (l *entry) {
	var seen []*entry
	for _, c := range all {
		seen = append(seen, c.entry)
	}
	seen = slices.DeleteFunc(append(seen, store), func(e *entry) bool { return e == nil })
	slices.SortStableFunc(seen, func(a, b *entry) int {
		switch {
		case a.before(b):
			return -1
		case b.before(a):
			return 1
		}
		return a.head.SignedInAt.Compare(b.head.SignedInAt) // somebody has signed in by an older store
	})
	for _, e := range seen {
		if l == nil || !l.unheardBy(e) {
			l = e
		}
	}
	return l
}

// unheardBy reports whether an entry was not heard when an earlier restored store was
// accepted, and is later than what has come since.
func (e *entry) unheardBy(next *entry) bool {
	return next.body.Unheard && e.body.Restores < next.body.Restores && (e.body.Moves >= next.body.Moves && !next.head.Removed() && older(next.head, e.head) || e.cameBack(next))
}

// cameBack reports whether an account had come back into the fleet after it had left it as
// another entry says, that of a store that was accepted without whoever had seen this one.
func (e *entry) cameBack(left *entry) bool {
	return left.body.Unheard && left.head.Removed() && !e.head.Removed() && e.body.Moves > left.body.Moves
}

// merge is the newest of an account, with its tokens and all that is known of it. epoch
// is that of now.
func merge(store *entry, all []candidate, epoch uint64) *latest {
	l := &latest{entry: newest(store, all)}
	for l.entry != nil && l.advance(all, epoch) {
		l.advanced = true
	}
	if l.entry == nil || l.left(all) || l.advanced {
		return l
	}
	for _, c := range all {
		if c.entry == nil {
			continue
		}
		if ref, own := l.head.Ref, c.entry.head.Ref; ref != nil && own != nil && own.Name == ref.Name && fits(ref, c.blob) {
			l.blob = c.blob
		}
	}
	l.intent(store)
	for _, c := range all {
		l.intent(c.entry)
	}
	return l
}

// left makes the account one that has left the fleet, if one of the hosts has it as its
// own.
func (l *latest) left(all []candidate) bool {
	for _, c := range all {
		if c.own == "" || l.head.Removed() {
			l.owned = l.owned || c.own != "" && l.body.MovesTo == c.own
			continue
		}
		if c.gen < l.head.Gen || !c.login.IsZero() && l.head.SignedInAt.After(c.login) { // it has come into the fleet, or somebody has signed in there, since
			continue
		}
		with := *l.entry
		with.head = l.head.Copy()
		leave(with.head, c.at)
		with.body.Intent, with.body.Cause, with.body.MovesTo = nil, "", c.own
		l.entry, l.blob, l.owned = &with, nil, true
		return true
	}
	return false
}

// leave makes a head one of an account that the fleet has no more.
func leave(h *record.Head, at time.Time) {
	h.Ref, h.Intent, h.Current, h.Uncertain, h.Marker, h.LastError = nil, nil, "", "", nil, nil
	h.Status, h.RemovedAt = record.StatusRemoved, at
}

// advance takes one pair up, if there is one that follows.
func (l *latest) advance(all []candidate, epoch uint64) bool {
	for _, c := range all {
		for _, p := range c.pairs {
			if l.takes(p.blob) {
				next := vault.Advance(l.head, p.blob, p.at, p.data)
				early(next)
				with := l.body
				with.Intent, with.Cause, with.Sealed = nil, "", epoch
				l.entry, l.blob = &entry{head: next, body: with}, p.data
				return true
			}
		}
	}
	return false
}

// intent takes up that the token may have been sent, if one of those says so who have
// seen it.
func (l *latest) intent(e *entry) {
	if e == nil || e.body.Intent == nil || e.head.Gen != l.head.Gen || e.head.Current != l.head.Current || l.head.Current == "" {
		return
	}
	with := *l.entry
	with.body.Intent = e.body.Intent
	l.entry = &with
}

func fits(ref *record.Ref, blob []byte) bool {
	return len(blob) == ref.Length && record.Checksum(blob) == ref.SHA256
}

// lose says that the newest tokens are with nobody: the account needs a sign-in, unless
// somebody comes back who has them.
func (l *latest) lose(note record.Note) {
	next := l.head.Copy()
	next.DiscardAll()
	next.Refuse(l.head.Current)
	next.Status, next.Marker, next.LastError = record.StatusQuarantined, &note, &note
	next.Uncertain, next.Unstored, next.Doubts = "", false, 0
	lost := *l.entry
	if !l.head.Quarantined() {
		lost.body.Cause = l.head.Current
	}
	next.Current, lost.body.Intent = "", nil
	lost.head, l.blob = next, nil
	l.entry = &lost
}

// doubtSeparator stands between the names of hosts that were not heard, where an intent
// says who may have sent the token.
const doubtSeparator = ", "

// doubts reports whether an intent is only the doubt what a host has done that was not
// heard.
func (in *intent) doubts(host string) bool {
	return slices.Contains(strings.Split(in.Host, doubtSeparator), host)
}

// doubt is the intent of an attempt that nobody knows of: the token may have been sent by
// a host that was not heard, so that its end is waited for. There is none where there is
// no token to be sent.
func (c *claim) doubt(next *record.Head, by string) (*intent, error) {
	if next.Ref == nil || next.IsKey() || next.Unrefreshable {
		return nil, nil
	}
	name, err := c.heads.Folder.NewBlobName(c.id)
	return &intent{Op: name, Host: by, Hash: next.Current, At: c.heads.Clock.Now()}, err
}

// comeBack brings what this host has of an account into a restored store that was
// accepted without it, if that is later.
func (c *claim) comeBack(ctx context.Context) error {
	if !c.entry.body.Unheard {
		return nil
	}
	if c.entry.head.Removed() {
		return comeBackIn(ctx, c)
	}
	seen, err := seenHere(ctx, c)
	if err != nil || seen != nil && seen.body.Moves < c.entry.body.Moves {
		return err
	}
	mine, err := c.local.Head(ctx)
	if err != nil || !older(c.entry.head, mine) {
		return nil //nolint:nilerr // there is nothing to bring
	}
	if mine.Ref == nil {
		w := write{next: mine.Copy(), free: true}
		if w.next.Intent = nil; seen != nil && mine.Removed() && seen.body.MovesTo != "" { // it has left, and may have come back
			w.to, w.unheard = seen.body.MovesTo, true
		}
		if done, err := c.try(ctx, w); err != nil || done {
			return err
		}
		return moved(c.id)
	}
	p, err := c.heads.spool().open(ctx, mine.Ref.Item)
	if err != nil || p == nil {
		return err
	}
	_, err = c.settle(ctx, p)
	return err
}

// comeBackIn brings an account into such a store that shows it as one that has left, where
// this host has seen that it had come back.
func comeBackIn(ctx context.Context, c *claim) error {
	seen, err := seenHere(ctx, c)
	if err != nil || seen == nil || !seen.cameBack(c.entry) {
		return err
	}
	mine, err := c.local.Head(ctx)
	if err != nil || mine.Removed() {
		return nil //nolint:nilerr // there is nothing to bring
	}
	if done, err := c.create(ctx, mine); err != nil || done {
		return err
	}
	return moved(c.id)
}

// seenHere is the account as this host has seen it last; nil where it has not.
func seenHere(ctx context.Context, c *claim) (*entry, error) {
	known, err := c.heads.mirror.known(c.id)
	if err != nil {
		return nil, err
	}
	view, err := c.heads.view(ctx, nil)
	if err != nil {
		return nil, err
	}
	return known.entry(c.heads, view)
}
