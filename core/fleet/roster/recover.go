package roster

import (
	"context"
	"crypto/ed25519"
	"strings"
	"unicode"

	"filippo.io/age"

	"github.com/hermes-tui/hermes-tui/core/secret"
)

// Recover makes this host the first owner of the fleet anew, with its recovery
// key. Everybody else is out, in a new epoch with a new recovery key, which is
// shown once. What is sealed for the epochs before can be opened with [View.Past].
func (h Host) Recover(ctx context.Context, recovery secret.Secret, name string) (*View, secret.Secret, error) {
	id, err := identity(h.Identity)
	if err == nil {
		err = checkName(name)
	}
	if err != nil {
		return nil, secret.Secret{}, err
	}
	old, err := typed(recovery)
	if err != nil {
		return nil, secret.Secret{}, err
	}
	fresh, err := age.GenerateX25519Identity()
	if err != nil {
		return nil, secret.Secret{}, err
	}
	me := Member{ID: newMemberID(), Name: name, Role: Owner, Recipient: id.Recipient().String()}
	read := func(ctx context.Context) (*View, error) { return h.asRecovery(ctx, old, fresh.Recipient().String()) }
	v, err := read(ctx)
	if err != nil {
		return nil, secret.Secret{}, err
	}
	if err := h.mayBegin(ctx, v.Roster.Epoch+1); err != nil {
		return nil, secret.Secret{}, err
	}
	h.show(fresh.String())
	v, err = writer{h, read}.write(ctx, v, func(v *View) (*draft, error) {
		if v.Roster.Recovery == fresh.Recipient().String() {
			return nil, nil
		}
		return v.renewed([]Member{me}, fresh.Recipient().String(), fresh)
	})
	if err != nil {
		return nil, secret.Secret{}, err
	}
	v, err = h.open(ctx, id, v.known)
	return v, secret.New(fresh.String()), err
}

// typed reads a recovery key as a person gives it, who has copied it from paper: in small
// letters, in groups, over two lines or with quotes around it. Its errors quote nothing.
func typed(recovery secret.Secret) (*age.X25519Identity, error) {
	text := strings.ToUpper(strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || strings.ContainsRune("\"'`", r) {
			return -1
		}
		return r
	}, recovery.Reveal()))
	id, err := identity(secret.New(text))
	if err != nil && strings.HasPrefix(text, "AGE-SECRET-KEY-1") {
		return nil, usage("the recovery key is cut or mistyped", "compare it with what was written down, letter by letter; it has 74")
	}
	return id, err
}

// asRecovery reads the fleet as whoever holds the recovery key. Once that was
// replaced by fresh, it only says so.
func (h Host) asRecovery(ctx context.Context, recovery *age.X25519Identity, fresh string) (*View, error) {
	anchor := signer(recovery.String(), forAnchor).Public().(ed25519.PublicKey)
	var epoch uint64 = 1
	for range attempts {
		answer, err := h.Store.Get(ctx, h.Keys.Fleet(), h.Keys.Stamp(), h.Keys.Epoch(epoch))
		if err != nil {
			return nil, err
		}
		if !answer.KVs[0].Found() {
			return nil, noFleet(h.Keys.ID())
		}
		r, _, err := parse(h.Keys, answer.KVs[0].Value)
		if err != nil {
			return nil, err
		}
		if r.Recovery != fresh && r.Recovery != recovery.Recipient().String() {
			return nil, usage("this is not the recovery key of the fleet %s, or one that was replaced", "use the newest one", r.ID)
		}
		v, err := h.look(answer, trust{links: anchored(r.Links, anchor, r.ID)})
		if err != nil {
			return nil, err
		}
		v.known = trusted(&v.Roster, Member{})
		switch {
		case r.Recovery == fresh:
			return v, nil
		case r.Epoch == epoch:
			return v, v.openEpochs(recovery)
		}
		epoch = r.Epoch
	}
	return nil, fleetBusy()
}
