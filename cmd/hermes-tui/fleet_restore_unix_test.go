//go:build unix

package main_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/sandbox"
)

// acceptedRestore is what `fleet accept-restore --json` says.
type acceptedRestore struct {
	Waited    bool
	Heard     []string
	Without   []string
	Accounts  []string
	Uncertain []string
	Lost      []string `json:"need_sign_in"`
	Left      []string
}

// stopped looks that a host sends nothing, says why, and serves what it has.
func (b *bench) stopped(serves string) {
	b.t.Helper()
	r := b.run("token", b.id)
	if r.code != 0 || strings.TrimSpace(r.out) != serves || !strings.Contains(r.err, "hermes-tui fleet accept-restore") {
		b.t.Errorf("token in a fleet whose etcd was restored: %s", r)
	}
	for _, args := range [][]string{{"refresh", b.id, "--force"}, {"remove", b.id, "--yes"}, {"fleet", "leave", "--yes"}} {
		if r := b.run(args...); r.code != 4 || !strings.Contains(r.err, "restored from a backup") {
			b.t.Errorf("%v in a fleet whose etcd was restored: %s", args, r)
		}
	}
}

// TestFleet_Restore: a real etcd is restored from a snapshot of before two refreshes, as
// the cluster that it was and as another. Every host stops; when all are heard the fleet
// goes on with the newest tokens, and no refresh token is sent twice.
func TestFleet_Restore(t *testing.T) {
	for name, token := range map[string]string{"the same cluster": "", "another cluster": "second"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store, a, b := twoHosts(t, 1)
			backup := store.Snapshot(t)
			a.must("refresh", a.id, "--force")
			b.must("refresh", b.id, "--force")
			newest := b.token() // which the first host has not seen
			if r := a.run("fleet", "accept-restore", "--yes"); r.code != 0 || !strings.Contains(r.out, "no restored etcd waits") {
				t.Errorf("before a restore: %s", r)
			}
			held := a.token()
			store.Restore(t, backup, token)

			sent := a.portal.Stats().Refreshes.Total
			a.stopped(held)
			if r := a.run("fleet", "accept-restore", "--yes", "--wait", "0s"); r.code != 1 || !strings.Contains(r.err, "not heard yet: host-2") {
				t.Errorf("with a host that has not been heard: %s", r)
			}
			if text := a.must("fleet", "status"); !strings.Contains(text, "not watching, not heard yet") || !strings.Contains(text, "not watching, heard, this host") {
				t.Errorf("status:\n%s", text)
			}
			b.stopped(newest)
			var status struct {
				RestoredAt *time.Time `json:"restored_at"`
				Hosts      []struct{ Heard *bool }
			}
			a.decode(a.must("fleet", "status", "--json"), &status)
			if status.RestoredAt == nil || len(status.Hosts) != 2 || status.Hosts[0].Heard == nil || !*status.Hosts[0].Heard || !*status.Hosts[1].Heard {
				t.Errorf("status: %+v", status)
			}
			if got := a.portal.Stats().Refreshes.Total; got != sent {
				t.Errorf("%d refreshes while the store waited", got-sent)
			}

			var done acceptedRestore
			a.decode(a.must("fleet", "accept-restore", "--yes", "--json"), &done)
			if !done.Waited || !slices.Equal(done.Heard, []string{"host-1", "host-2"}) || !slices.Equal(done.Accounts, []string{a.id}) ||
				len(done.Uncertain)+len(done.Lost)+len(done.Left)+len(done.Without) != 0 {
				t.Errorf("accept-restore: %+v", done)
			}
			if a.token() != newest || b.token() != newest {
				t.Error("the newest token is not back on both hosts")
			}
			a.must("refresh", a.id, "--force")
			if got := b.token(); got == newest || got != a.token() || !a.portal.IsLive(got) {
				t.Error("the fleet does not go on")
			}
			if keys := store.Ctl(t, "get", "--prefix", "--keys-only", "/hermes-tui/main/restore/"); strings.TrimSpace(keys) != "" {
				t.Errorf("left behind:\n%s", keys)
			}
			if refreshes := a.portal.Stats().Refreshes; refreshes.Outcomes[sandbox.Reused] != 0 || refreshes.Total != 3 {
				t.Errorf("refreshes %+v", refreshes)
			}
		})
	}
}

// TestFleet_RestoreWithout: a host is missing that has seen the newest. Each token is
// served to its end, and what the host brings when it comes back counts.
func TestFleet_RestoreWithout(t *testing.T) {
	t.Parallel()
	store, a, b := twoHosts(t, 1)
	held := a.token()
	backup := store.Snapshot(t)
	b.must("refresh", b.id, "--force")
	newest := strings.TrimSpace(b.must("token", b.id))
	store.Restore(t, backup, "second")

	a.stopped(held)
	if r := a.run("fleet", "accept-restore", "--yes", "--without", "host-1"); r.code != 2 {
		t.Errorf("without itself: %s", r)
	}
	if r := a.run("fleet", "accept-restore", "--yes", "--without", "host-9"); r.code != 2 {
		t.Errorf("without a host that is none: %s", r)
	}
	if r := a.run("fleet", "accept-restore", "--without", "host-2"); r.code != 2 {
		t.Errorf("without a yes: %s", r)
	}
	r := a.run("fleet", "accept-restore", "--yes", "--without", "host-2")
	if r.code != 0 || !strings.Contains(r.out, "1 account: what was seen by host-2 is not known") {
		t.Errorf("accept-restore: %s", r)
	}
	sent := a.portal.Stats().Refreshes.Total
	if got := a.token(); got != held {
		t.Error("the first host does not serve what it has seen")
	}
	if r := a.run("refresh", a.id, "--force", "--timeout", "3s"); r.code == 0 || a.portal.Stats().Refreshes.Total != sent {
		t.Errorf("a refresh token that may be spent was sent before its token's end: %s", r)
	}
	b.must("list")
	a.until(func() bool { return a.token() == newest }) // its refresh, which waits, holds the account
	if b.token() != newest {
		t.Error("what the other host brought does not count")
	}
	if refreshes := a.portal.Stats().Refreshes; refreshes.Total != sent || refreshes.Outcomes[sandbox.Reused] != 0 {
		t.Errorf("refreshes %+v", refreshes)
	}
	if r := a.run("fleet", "status"); r.code != 0 || strings.Contains(r.out, "restored") {
		t.Errorf("status: %s", r)
	}
}

// TestFleet_RestoreKeys: the fleet's keys for programs as they were changed last are back
// once every host is heard, whatever another host changes meanwhile; where one is not heard
// it is said that its changes are not known.
func TestFleet_RestoreKeys(t *testing.T) {
	t.Parallel()
	store, a, b := twoHosts(t, 1)
	add := func(b *bench, name string) {
		t.Helper()
		if r := b.run("key", "add", name, "--fleet"); r.code != 0 {
			t.Error(r)
		}
	}
	has := func(b *bench, want string) {
		t.Helper()
		var keys []struct{ Name string }
		b.decode(b.must("key", "list", "--json"), &keys)
		var names []string
		for _, key := range keys {
			names = append(names, key.Name)
		}
		if slices.Sort(names); strings.Join(names, " ") != want {
			t.Errorf("the keys are %v, want %s", names, want)
		}
	}
	add(a, "stolen")
	has(b, "stolen")
	backup := store.Snapshot(t)
	a.must("key", "revoke", "stolen")
	add(a, "editor")
	store.Restore(t, backup, "second")
	for _, args := range [][]string{{"key", "add", "ci", "--fleet"}, {"key", "revoke", "stolen"}} { // the host has not seen what the other has changed
		if r := b.run(args...); r.code == 0 || !strings.Contains(r.err, "accept-restore") {
			t.Errorf("%v while the restored store waits: %s", args, r)
		}
	}
	a.must("fleet", "status")
	var done struct {
		Keys bool `json:"keys_uncertain"`
	}
	b.decode(b.must("fleet", "accept-restore", "--yes", "--json"), &done)
	for _, name := range []string{"ci", "more", "most"} { // more changes than the other host has made
		add(b, name)
	}
	for _, host := range []*bench{b, a} {
		has(host, "ci editor more most")
	}

	backup = store.Snapshot(t)
	a.must("key", "revoke", "ci")
	store.Restore(t, backup, "third")
	b.run("fleet", "status")
	if text := b.must("fleet", "accept-restore", "--yes", "--without", "host-1"); done.Keys || !strings.Contains(text, "what host-1 changed of the fleet's keys for programs is not known") {
		t.Errorf("without a host: %s", text)
	}
}
