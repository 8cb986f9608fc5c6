//go:build unix

package main_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"filippo.io/age"

	"github.com/hermes-tui/hermes-tui/core/clock"
	"github.com/hermes-tui/hermes-tui/core/fleet/roster"
	"github.com/hermes-tui/hermes-tui/core/secret"
	"github.com/hermes-tui/hermes-tui/internal/etcd"
	"github.com/hermes-tui/hermes-tui/internal/etcd/etcdtest"
	"github.com/hermes-tui/hermes-tui/sandbox"
)

// value is what stands at a key.
func (d depot) value(key string) []byte {
	d.t.Helper()
	got, err := d.Get(d.t.Context(), key)
	if err != nil {
		d.t.Fatal(err)
	}
	return got.KVs[0].Value
}

// roster puts a list of hosts there, as somebody does who can write and has no key: with a
// new stamp, so that every host reads it.
func (d depot) roster(value []byte) {
	d.t.Helper()
	_, err := d.Commit(d.t.Context(), etcd.Txn{Then: []etcd.Op{etcd.Put(d.Fleet(), value, 0), etcd.Put(d.Stamp(), []byte("sixteen bytes ..")[:16], 0)}})
	if err != nil {
		d.t.Fatal(err)
	}
}

// edited is a value with some of its text replaced, and everything else left as it was.
func edited(t *testing.T, value []byte, pattern, by string) []byte {
	t.Helper()
	out := regexp.MustCompile(pattern).ReplaceAll(value, []byte(by))
	if bytes.Equal(out, value) {
		t.Fatalf("nothing in %s is %s", value, pattern)
	}
	return out
}

// membership is the fleet as this host sees it, for somebody who has its disk.
func (b *bench) membership(d depot) *roster.View {
	b.t.Helper()
	stolen := newLoot()
	stolen.files(b.t, b.home)
	stolen.open()
	var settings struct{ Seen roster.Seen }
	data, err := os.ReadFile(filepath.Join(b.state(), "fleet.json"))
	if err == nil {
		err = json.Unmarshal(data, &settings)
	}
	if err != nil {
		b.t.Fatal(err)
	}
	for text := range stolen.keys {
		h := roster.Host{Store: d.Client, Keys: d.Keys, Identity: secret.New(text), Clock: clock.System{}}
		if view, err := h.Open(b.t.Context(), settings.Seen); err == nil {
			return view
		}
	}
	b.t.Fatal("none of the keys on the disk opens the fleet")
	return nil
}

// TestFleet_Forged: what somebody writes into a real etcd who has no key of the fleet, what
// they put back, and what a host makes that was removed: each is found and said, nothing
// is sent because of it, tokens are served, and the other accounts go on.
func TestFleet_Forged(t *testing.T) {
	t.Parallel()
	store := etcdtest.Start(t, 3, etcdtest.Options{})
	a := newBench(t, sandbox.Options{AutoApprove: 1})
	a.configure("browser = false\n")
	var ids []string
	for _, label := range []string{"work", "spare", "third"} {
		a.signIn("--label", label, "--yes")
		ids = append(ids, a.id)
	}
	work, spare, third := ids[0], ids[1], ids[2]
	a.id = work
	b := a.host()
	a.found(store.Endpoints())
	a.admit(b, "host-2")
	d := openDepot(t, store)
	sent := func() int { return a.portal.Stats().Refreshes.Total }
	window := a.window(160, 40)
	window.match(`fleet main · 2 hosts`)

	const head = "not written by an owner of this fleet"
	says := func(when string, h *bench, words string, args ...string) {
		t.Helper()
		if r := h.run(args...); !strings.Contains(r.out+r.err, words) {
			t.Errorf("%s: %v does not say %q: %s", when, args, words, r)
		}
	}
	accept := func(missing ...*bench) {
		t.Helper()
		p := a.start("fleet", "accept-restore", "--json", "--yes")
		for _, h := range missing { // who hand in what they have once they are asked
			a.until(func() bool { return bytes.Contains(d.value(d.Fleet()), []byte(`"restored":{`)) })
			h.run("fleet", "status")
		}
		var done acceptedRestore
		r := p.end(t)
		if a.decode(r.out, &done); r.code != 0 || !done.Waited || len(done.Left) > 0 || len(done.Lost) > 0 {
			t.Fatalf("accept-restore: %s", r)
		}
	}
	// held looks that the accounts whose records are wrong are served and not refreshed.
	held := func(when string, tokens map[string]string, words string, wrong ...string) {
		t.Helper()
		before := sent()
		for _, h := range []*bench{a, b} {
			for _, id := range wrong {
				if r := h.run("token", id); r.code != 0 || strings.TrimSpace(r.out) != tokens[id] || !strings.Contains(r.err, words) {
					t.Errorf("%s: token: %s", when, r)
				}
				if h == b {
					continue
				}
				if r := h.run("refresh", id, "--force"); r.code == 0 || !strings.Contains(r.err, words) {
					t.Errorf("%s: refresh: %s", when, r)
				}
			}
		}
		says(when, a, words, "list")
		if sent() != before {
			t.Errorf("%s: %d requests were sent", when, sent()-before)
		}
	}
	tokens := map[string]string{}
	now := func() {
		for _, id := range ids {
			a.until(func() bool { // one of them has the newest, and the other is told of it
				tokens[id] = strings.TrimSpace(a.must("token", id))
				return strings.TrimSpace(b.must("token", id)) == tokens[id]
			})
		}
	}
	now()
	old := d.value(d.Head(work))

	for _, c := range []struct {
		name  string
		forge func() []string
	}{
		{"a forged head", func() []string {
			d.put(d.Head(work), edited(t, d.value(d.Head(work)), `"gen":\d+`, `"gen":40`))
			return []string{work}
		}},
		{"two heads that were exchanged", func() []string {
			one, other := d.value(d.Head(work)), d.value(d.Head(spare))
			d.put(d.Head(work), other)
			d.put(d.Head(spare), one)
			return []string{work, spare}
		}},
	} {
		name, wrong := c.name, c.forge()
		if len(wrong) == 1 { // the window is of the first host, whose commands pass over what it is at
			window.match(`The record of work in the fleet's store was not written by any of its hosts`)
		} else {
			window.match(`The record of 2 accounts in the fleet's store was not written by any of its hosts`)
		}
		held(name, tokens, head, wrong...)
		for _, h := range []*bench{a, b} {
			says(name, h, "somebody who is no host of this fleet has written the record of", "fleet", "status")
		}
		if r := b.run("refresh", third, "--force"); r.code != 0 { // the others go on
			t.Errorf("%s: refresh of another account: %s", name, r)
		}
		accept(b)
		window.match(`\? help`)
		for _, id := range wrong {
			b.must("refresh", id, "--force")
		}
		now()
	}

	eveKey, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	t.Log("an old head is put back")
	newest := d.value(d.Head(work))
	d.put(d.Head(work), old)
	window.match(`The fleet's store was restored from a backup`)
	held("an old head", tokens, "waits for `hermes-tui fleet accept-restore`", work)
	says("an old head", b, "restored from a backup", "fleet", "status")
	accept(b)
	if bytes.Equal(d.value(d.Head(work)), newest) {
		t.Error("the head was not made anew")
	}
	a.must("refresh", work, "--force")
	now()

	eve := eveKey.Recipient().String()
	whole, stamp := d.value(d.Fleet()), d.value(d.Stamp())
	for name, edit := range map[string][2]string{
		"a host was added":        {`"members":\[(.*?"recipient":"[^"]+"\})`, `"members":[$1,{"id":"0123456789abcdef","name":"eve","role":"owner","recipient":"` + eve + `"}`},
		"a host was taken away":   {`,\{"id":"[0-9a-f]+","name":"host-2"[^}]*\}`, ``},
		"a host has another name": {`"name":"host-2"`, `"name":"host-9"`},
	} {
		d.roster(edited(t, whole, edit[0], edit[1]))
		window.match(`The list of hosts in the fleet's store was not written by the fleet`)
		held(name, tokens, "/hermes-tui/main/fleet", work, third)
		says(name, a, "/hermes-tui/main/fleet", "fleet", "status")
		if _, err := d.Commit(t.Context(), etcd.Txn{Then: []etcd.Op{etcd.Put(d.Fleet(), whole, 0), etcd.Put(d.Stamp(), stamp, 0)}}); err != nil {
			t.Fatal(err)
		}
		window.match(`\? help`)
		a.must("refresh", third, "--force")
		now()
	}

	t.Log("a host that was removed makes values with the keys that it knows")
	view := b.membership(d)
	a.portal.SetFaults(sandbox.Fault{Name: "429", On: "refresh", Count: 1})
	var removed struct {
		Left []struct{ ID, Reason string }
	}
	a.decode(a.run("fleet", "remove", "host-2", "--yes", "--json").out, &removed) // one account is left over, so that the keys of before are good yet
	if len(removed.Left) != 1 {
		t.Fatalf("the removal: %+v", removed)
	}
	others := slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return id == removed.Left[0].ID })
	forged, another := others[0], others[1]
	if bytes.Contains(d.value(d.Fleet()), []byte(`"floor"`)) {
		t.Error("the removal has ended, so that the following proves nothing")
	}
	var body struct{ Body json.RawMessage }
	if err := json.Unmarshal(d.value(d.Head(forged)), &body); err != nil {
		t.Fatal(err)
	}
	made, err := view.Wrap(d.Head(forged), bytes.Replace(body.Body, []byte(`"write":"`), []byte(`"write":"0`), 1))
	if err != nil {
		t.Fatal(err)
	}
	d.put(d.Head(forged), made)
	key := d.Epoch(2)
	epoch := d.value(key)
	if err := d.drop(key); err != nil {
		t.Fatal(err)
	}
	d.put(key, epoch) // so that it seems to have begun after that
	before := sent()
	if r := a.run("refresh", forged, "--force"); r.code == 0 || sent() != before {
		t.Errorf("with what the host made that was removed: %s", r)
	}
	says("by a host that was removed", a, "has written the record of", "fleet", "status")
	if r := a.run("refresh", another, "--force"); r.code != 0 {
		t.Errorf("refresh of another account: %s", r)
	}
	removed.Left = nil
	r := a.run("fleet", "remove", "host-2", "--yes", "--json")
	if r.code != 0 {
		t.Fatalf("the removal does not go on: %s", r)
	}
	a.decode(r.out, &removed)
	if len(removed.Left) != 1 || removed.Left[0].ID != forged || !strings.Contains(removed.Left[0].Reason, "was not written by this fleet") {
		t.Errorf("the removal goes on: %+v", removed)
	}
	if !bytes.Contains(d.value(d.Fleet()), []byte(`"floor":2`)) {
		t.Error("a record that somebody forged keeps the keys of before good")
	}
	accept()
	a.must("refresh", forged, "--force")
	a.must("fleet", "status")
	if got := a.portal.Stats().Refreshes.Outcomes[sandbox.Reused]; got != 0 {
		t.Errorf("%d refresh tokens were sent twice", got)
	}
	window.press("q")
}
