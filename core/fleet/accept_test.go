package fleet

import (
	"errors"
	"strings"
	"testing"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/oauth"
	"github.com/hermes-tui/hermes-tui/core/vault"
)

// handIn has hosts look, which hand in what they have, and returns their ids.
func (f *fleet) handIn(hosts ...*host) (ids []string) {
	f.Helper()
	for _, h := range hosts {
		if err := h.vault.Heads.Look(f.Context()); !restored(err) {
			f.Errorf("%s looks: %v", h.name, err)
		}
		ids = append(ids, h.name)
	}
	heard, err := hosts[0].heads().Heard(f.Context(), ids)
	if err != nil || len(heard) != len(ids) {
		f.Errorf("heard %v, %v", heard, err)
	}
	return ids
}

// What the hosts have seen is put back, whoever has seen it.
func TestAcceptRestore(t *testing.T) {
	for _, another := range []bool{false, true} {
		f := newFleet(t, 3)
		a, b, c := f.hosts[0], f.hosts[1], f.hosts[2]
		id := a.signIn()
		b.access(id)
		old := f.etcd.Snapshot()
		for _, h := range []*host{a, b} {
			f.expire()
			if _, err := h.refresh(id); err != nil {
				t.Fatal(err)
			}
		}
		f.etcd.Restore(old, another)
		if err := a.vault.Heads.Look(t.Context()); !restored(err) {
			t.Fatal(err)
		}
		f.expire()
		for _, h := range f.hosts {
			if _, err := h.refresh(id); err == nil || f.provider.posts != 2 {
				t.Errorf("%s: %v, %d requests", h.name, err, f.provider.posts)
			}
		}
		out, err := c.heads().AcceptRestore(t.Context(), f.handIn(a, b, c), nil)
		if err != nil || len(out.Accounts) != 1 || len(out.Left)+len(out.Lost)+len(out.Uncertain)+len(out.Pairs) != 0 {
			t.Errorf("%+v, %v", out, err)
		}
		if out, err := b.heads().AcceptRestore(t.Context(), []string{b.name}, []string{a.name}); err != nil || len(out.Accounts) != 0 {
			t.Errorf("once more: %+v, %v", out, err)
		}
		for _, h := range f.hosts {
			if got := h.access(id); got != "access-token-3" {
				t.Errorf("%s has %s", h.name, got)
			}
		}
		if _, err := c.refresh(id); err != nil || f.provider.reused != 0 || f.marked != 1 {
			t.Errorf("%v, %d sent twice, marked %d times", err, f.provider.reused, f.marked)
		}
		if left, _ := f.etcd.Client("admin").Range(t.Context(), f.keys.Handed()); len(left.KVs) != 0 {
			t.Errorf("left: %d", len(left.KVs))
		}
	}
}

// A host that was not heard comes back with what it has seen last.
func TestAcceptRestore_Without(t *testing.T) {
	f := newFleet(t, 3)
	a, b, c := f.hosts[0], f.hosts[1], f.hosts[2]
	id, another := a.signIn(), ""
	c.access(id)
	old := f.etcd.Snapshot()
	for range 2 {
		f.expire()
		if _, err := b.refresh(id); err != nil {
			t.Fatal(err)
		}
	}
	f.provider.current++
	another = b.signIn()
	f.etcd.Restore(old, true)
	out, err := a.heads().AcceptRestore(t.Context(), f.handIn(a, c), []string{b.name})
	if err != nil || len(out.Uncertain) != 1 {
		t.Fatalf("%+v, %v", out, err)
	}
	if err := b.vault.Heads.Look(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, h := range f.hosts {
		if got := h.access(id); got != "access-token-3" {
			t.Errorf("%s has %s", h.name, got)
		}
		if got := h.access(another); got != "access-token-4" {
			t.Errorf("%s has %s of the other account", h.name, got)
		}
	}
	if f.marked != 1 || f.provider.posts != 2 {
		t.Errorf("marked %d times, %d requests", f.marked, f.provider.posts)
	}
}

// Without a host nothing is sent before the token's end, and what it brings undoes the
// quarantine that follows.
func TestAcceptRestore_Spent(t *testing.T) {
	f := newFleet(t, 2)
	a, b := f.hosts[0], f.hosts[1]
	id := a.signIn()
	old := f.etcd.Snapshot()
	if _, err := b.engine.Refresh(t.Context(), id, asked); err != nil {
		t.Fatal(err)
	}
	f.etcd.Restore(old, true)
	f.clock.Advance(life - 3*leaseTime)
	if _, err := a.heads().AcceptRestore(t.Context(), f.handIn(a), []string{b.name}); err != nil {
		t.Fatal(err)
	}
	if got, err := a.engine.Refresh(t.Context(), id, asked); err != nil || got.Rotated || got.Note == "" || f.provider.posts != 1 {
		t.Errorf("before its end: %+v, %v, %d requests", got, err, f.provider.posts)
	}
	f.expire()
	if _, err := a.refresh(id); err == nil || f.provider.reused != 1 {
		t.Errorf("%v, %d", err, f.provider.reused)
	}
	if err := b.vault.Heads.Look(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := a.access(id); got != "access-token-2" {
		t.Errorf("has %s", got)
	}
}

// takenOut is a fleet whose account the second host has taken out of it, and a store that
// was restored from before.
func takenOut(t *testing.T) (f *fleet, a, b *host, id string) {
	t.Helper()
	f = newFleet(t, 2)
	a, b = f.hosts[0], f.hosts[1]
	id = a.signIn()
	b.access(id)
	old := f.etcd.Snapshot()
	if err := b.moveOut(id); err != nil {
		t.Fatal(err)
	}
	f.etcd.Restore(old, true)
	return f, a, b, id
}

// accept accepts the store with some hosts, and without the others.
func (f *fleet) accept(heard []*host, unheard ...*host) {
	f.Helper()
	if err := (team{f, heard[0].link, heard[0].name}).Restored(f.Context()); err != nil {
		f.Fatal(err)
	}
	var names []string
	for _, h := range unheard {
		names = append(names, h.name)
	}
	if _, err := heard[0].heads().AcceptRestore(f.Context(), f.handIn(heard...), names); err != nil {
		f.Fatal(err)
	}
}

// A host comes back whose own account the fleet has again, and another one has sent the
// token in this moment: it is not taken away under that.
func TestAcceptRestore_OwnWhileSent(t *testing.T) {
	f, a, b, id := takenOut(t)
	f.accept([]*host{a}, b)
	f.expire()
	f.provider.ready = func(*host) {
		if err := b.vault.Heads.Look(t.Context()); err != nil {
			t.Error(err)
		}
		if err := b.moveIn(id); autherr.CodeOf(err) != autherr.CodeTimeout {
			t.Error(err)
		}
	}
	if _, err := a.refresh(id); err != nil || a.access(id) != "access-token-2" {
		t.Errorf("%v, %s", err, a.access(id))
	}
	f.provider.ready = nil
	for _, move := range []func(string) error{b.moveIn, b.moveOut} {
		if err := move(id); autherr.CodeOf(err) != autherr.CodeDuplicateOwner || !b.heads().Belongs(id) {
			t.Errorf("it moves although each has its own: %v", err)
		}
	}
}

// A host that was not heard has taken the account out of the fleet: when it comes back the
// fleet has it no more, unless somebody has gone on with it there meanwhile.
func TestAcceptRestore_OwnUnheard(t *testing.T) {
	for _, goneOn := range []bool{false, true} {
		f, a, b, id := takenOut(t)
		f.accept([]*host{a}, b)
		if goneOn {
			a.signInAgain(id)
		}
		for range 2 {
			if err := b.vault.Heads.Look(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if !b.heads().Belongs(id) || b.access(id) != "access-token-1" {
			t.Errorf("it is not the host's own any more: %s", b.access(id))
		}
		if a.head(id).Removed() == goneOn {
			t.Errorf("somebody has gone on: %t, and the fleet has it: %+v", goneOn, a.head(id))
		}
	}
}

// A host that was not heard has found the token dead: then nobody waits for its end.
func TestAcceptRestore_Dead(t *testing.T) {
	f := newFleet(t, 2)
	a, b := f.hosts[0], f.hosts[1]
	id := a.signIn()
	old := f.etcd.Snapshot()
	f.provider.dead = true
	f.expire()
	if _, err := b.refresh(id); err == nil || !b.head(id).Quarantined() {
		t.Fatal(err)
	}
	f.etcd.Restore(old, true)
	if _, err := a.heads().AcceptRestore(t.Context(), f.handIn(a), []string{b.name}); err != nil {
		t.Fatal(err)
	}
	if err := b.vault.Heads.Look(t.Context()); err != nil && !errors.Is(err, vault.ErrMoved) {
		t.Fatal(err)
	}
	if !a.head(id).Quarantined() {
		t.Error("the others were not told")
	}
	busy, err := f.etcd.Client("admin").Get(t.Context(), f.keys.Busy(id))
	if err != nil || busy.KVs[0].Found() {
		t.Errorf("busy stands: %v", err)
	}
}

// A pair whose commit was lost with the store is committed.
func TestAcceptRestore_Pair(t *testing.T) {
	f := newFleet(t, 2)
	a, b := f.hosts[0], f.hosts[1]
	id := a.signIn()
	b.access(id)
	old := f.etcd.Snapshot()
	f.expire()
	f.provider.after = func(got oauth.Answer) oauth.Answer { b.link.Cut(true); return got }
	if _, err := b.refresh(id); err != nil {
		t.Fatal(err)
	}
	b.link.Cut(false)
	f.etcd.Restore(old, false)
	if err := b.vault.Heads.Look(t.Context()); !restored(err) {
		t.Fatal(err)
	}
	out, err := a.heads().AcceptRestore(t.Context(), f.handIn(a, b), nil)
	if err != nil || len(out.Pairs) != 1 {
		t.Fatalf("%+v, %v", out, err)
	}
	for _, h := range f.hosts {
		if got := h.access(id); got != "access-token-2" {
			t.Errorf("%s has %s", h.name, got)
		}
	}
}

// Removed stays removed.
func TestAcceptRestore_Removed(t *testing.T) {
	for _, heard := range []bool{true, false} {
		f := newFleet(t, 2)
		a, b := f.hosts[0], f.hosts[1]
		id := a.signIn()
		old := f.etcd.Snapshot()
		if err := b.vault.Remove(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		f.etcd.Restore(old, true)
		ids, unheard := f.handIn(a), []string{b.name}
		if heard {
			ids, unheard = f.handIn(a, b), nil
		}
		if out, err := a.heads().AcceptRestore(t.Context(), ids, unheard); err != nil || heard && len(out.Accounts) > 0 {
			t.Fatal(out, err)
		}
		if err := b.vault.Heads.Look(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, h := range f.hosts {
			if !h.head(id).Removed() {
				t.Errorf("%s has it again", h.name)
			}
		}
	}
}

// What somebody writes into the etcd who is no member, what was handed in for another
// restore, and what stands under another host's or account's name is no hand-in.
func TestAcceptRestore_Forged(t *testing.T) {
	f := newFleet(t, 2)
	a, b := f.hosts[0], f.hosts[1]
	id := a.signIn()
	b.access(id)
	old := f.etcd.Snapshot()
	f.expire()
	if _, err := a.refresh(id); err != nil {
		t.Fatal(err)
	}
	f.etcd.Restore(old, false)
	ids := f.handIn(a)
	get := func(key string) string {
		got, err := f.etcd.Client("admin").Get(t.Context(), key)
		if err != nil || !got.KVs[0].Found() {
			t.Fatalf("%s: %v", key, err)
		}
		return string(got.KVs[0].Value)
	}
	by := func(host string, parts ...string) string {
		return f.keys.Handed(append([]string{"restore-1", host}, parts...)...)
	}
	if value := get(by(a.name, id)); strings.Contains(value, "-token-") {
		t.Errorf("a token in clear: %s", value)
	}
	for name, value := range map[string]string{"another host's": get(by(a.name)), "nothing": "", "something": "{}"} {
		f.put(by(b.name), value)
		if heard, err := a.heads().Heard(t.Context(), []string{a.name, b.name}); err != nil || len(heard) != 1 {
			t.Errorf("%s: heard %v, %v", name, heard, err)
		}
	}
	if _, err := a.heads().AcceptRestore(t.Context(), append(ids, b.name), nil); !restored(err) {
		t.Errorf("accepted with a host that was not heard: %v", err)
	}
	f.handIn(b)
	whole := get(by(a.name, id))
	for name, value := range map[string]string{"what another host has handed in": get(by(b.name, id)), "nothing": ""} {
		f.put(by(a.name, id), value)
		if _, err := a.heads().AcceptRestore(t.Context(), []string{a.name, b.name}, nil); autherr.CodeOf(err) != autherr.CodeRecordDamaged {
			t.Errorf("accepted with %s: %v", name, err)
		}
	}
	f.delete(by(a.name, id))
	if _, err := a.heads().AcceptRestore(t.Context(), []string{a.name, b.name}, nil); autherr.CodeOf(err) != autherr.CodeRecordDamaged {
		t.Errorf("accepted without what a host has handed in: %v", err)
	}
	f.put(by(a.name, id), whole)
	if _, err := a.heads().AcceptRestore(t.Context(), []string{a.name, b.name}, nil); err != nil {
		t.Error(err)
	}
	if got := b.access(id); got != "access-token-2" {
		t.Errorf("has %s", got)
	}
}

// An account that a host has taken out of the fleet stays its own.
func TestAcceptRestore_Own(t *testing.T) {
	f, a, b, id := takenOut(t)
	if _, err := a.heads().AcceptRestore(t.Context(), f.handIn(a, b), nil); err != nil {
		t.Fatal(err)
	}
	if !a.head(id).Removed() || !b.heads().Belongs(id) || b.access(id) != "access-token-1" {
		t.Errorf("%+v, %s", a.head(id), b.access(id))
	}
	if err := b.heads().MoveIn(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if got := a.access(id); got != "access-token-1" {
		t.Errorf("moved in again: %s", got)
	}
}
