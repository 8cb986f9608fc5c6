package fleet

import (
	"slices"
	"strings"
	"testing"

	"github.com/hermes-tui/hermes-tui/core/autherr"
)

// A head that the fleet has not written is said; nothing of it is used or sent, what a host
// has seen it goes on serving, and the other accounts are as before.
func TestForged_Head(t *testing.T) {
	f := newFleet(t, 2)
	a, b := f.hosts[0], f.hosts[1]
	id, other := a.signIn(), a.signIn()
	token, second := b.access(id), b.access(other)
	heads := b.vault.Heads.(*Heads)
	heads.observer.follow()
	get := func(id string) string {
		got, err := f.etcd.Client("admin").Get(t.Context(), f.keys.Head(id))
		if err != nil {
			t.Fatal(err)
		}
		return string(got.KVs[0].Value)
	}
	whole, foreign := get(id), get(other)
	for name, forged := range map[string]string{"junk": "forged", "another account's": foreign, "cut": whole[:len(whole)-3]} {
		f.put(f.keys.Head(id), forged)
		posts := f.provider.posts
		for _, h := range []*host{a, b} {
			if h.start(); h.access(other) != second {
				t.Errorf("%s: of the other account %s", name, h.access(other))
			}
			if _, err := h.refresh(id); autherr.CodeOf(err) != autherr.CodeRecordDamaged || !Foreign(err) {
				t.Errorf("%s: a refresh: %v", name, err)
			}
			if got := h.access(id); got != token {
				t.Errorf("%s: what the host has seen is not served: %s", name, got)
			}
		}
		if f.provider.posts != posts || get(id) != forged {
			t.Errorf("%s: %d requests, written over: %v", name, f.provider.posts-posts, get(id) != forged)
		}
		stale, damaged, err := heads.Stale(t.Context())
		if err != nil || len(stale) > 0 || !slices.Equal(damaged, []string{id}) {
			t.Errorf("%s: %v, %v, %v", name, stale, damaged, err)
		}
		if all, err := heads.Standings(t.Context()); err != nil || !all[id].Damaged || all[other].Damaged {
			t.Errorf("%s: %+v, %v", name, all, err)
		}
		if err := Settle(t.Context(), heads); err != nil {
			t.Errorf("%s holds up that earlier keys are refused: %v", name, err)
		}
	}

	// A person has the newest put back that the hosts have.
	if err := heads.Team.Restored(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, h := range []*host{a, b} {
		_ = h.vault.Heads.(*Heads).Look(t.Context())
	}
	out, err := heads.AcceptRestore(t.Context(), []string{a.name, b.name}, nil)
	if err != nil || len(out.Left) > 0 {
		t.Fatalf("%+v, %v", out, err)
	}
	f.expire()
	if _, err := a.refresh(id); err != nil {
		t.Errorf("afterwards: %v", err)
	}
	if got := b.access(id); got != f.provider.newest() || strings.HasPrefix(got, "error") || f.provider.reused > 0 {
		t.Errorf("afterwards: %s, %d sent twice", got, f.provider.reused)
	}
}
