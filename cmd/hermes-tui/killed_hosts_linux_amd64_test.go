package main_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/hermes-tui/hermes-tui/core/fleet/roster"
	"github.com/hermes-tui/hermes-tui/internal/etcd"
	"github.com/hermes-tui/hermes-tui/sandbox"
)

// comings are a refresh, and the operations by which a host comes or a store comes back.
func comings(t *testing.T) map[string]operation {
	return map[string]operation{
		"refresh": {joined: true, onward: true, goesOn: host2, args: func(f *killedFleet) (*bench, []string, string) {
			return f.a, []string{"__refresh"}, f.job()
		}, then: (*killedFleet).refreshed},
		"join": {args: func(f *killedFleet) (*bench, []string, string) {
			f.c = f.a.host()
			return f.c, f.invited(), ""
		}, goesOn: host1, then: func(f *killedFleet) {
			if r := f.c.run(f.joins...); r.code != 0 && !strings.Contains(r.err, "belongs to the fleet main already") {
				t.Errorf("join, step %d: again: %s", f.n, r)
			}
			f.end()
			f.works(f.a, f.c)
			if x, y := f.a.states(), f.c.states(); len(x) != len(y) {
				t.Errorf("join, step %d: %v there and %v here", f.n, x, y)
			}
		}},
		"recover": {begin: func(f *killedFleet) { f.must(f.a, "key", "add", "agents", "--fleet") }, args: func(f *killedFleet) (*bench, []string, string) {
			f.c = f.a.host()
			return f.c, f.recovers(), f.key + "\n"
		}, then: func(f *killedFleet) {
			r := f.c.runWith(f.key+"\n", f.recovers()...)
			if strings.Contains(r.err, "not the recovery key") {
				r = f.c.runWith(recoveryKey(f.said)+"\n", f.recovers()...)
			}
			if r.code != 0 && !strings.Contains(r.err, "belongs to the fleet main already") {
				t.Errorf("recover, step %d: again: %s", f.n, r)
			}
			f.works(f.c)
			if r := f.c.run("key", "list"); !strings.Contains(r.out, "agents") {
				t.Errorf("recover, step %d: the fleet's keys for programs: %s", f.n, r)
			}
			if r := f.a.run("token", "kept"); r.code != 3 {
				t.Errorf("recover, step %d: the host that is out: %s", f.n, r)
			}
		}},
		"accept-restore": {joined: true, begin: (*killedFleet).restore, args: func(f *killedFleet) (*bench, []string, string) {
			return f.a, []string{"fleet", "accept-restore", "--yes"}, ""
		}, goesOn: host2, then: func(f *killedFleet) {
			sent := f.a.portal.Stats().Refreshes.Total
			f.must(f.a, "fleet", "accept-restore", "--yes")
			f.works(f.a, f.b)
			for _, label := range []string{"kept", "old"} {
				if x, y := f.a.run("token", label), f.b.run("token", label); x.out != f.newest[label] || x.out != y.out {
					t.Errorf("accept-restore, step %d: %s has not its newest token on both hosts: %s%s", f.n, label, x, y)
				}
			}
			if got := f.a.portal.Stats().Refreshes; got.Total != sent || got.Outcomes[sandbox.Reused] != 0 {
				t.Errorf("accept-restore, step %d: refreshes %+v", f.n, got)
			}
		}},
	}
}

// job is what the process is told that refreshes the first account.
func (f *killedFleet) job() string {
	f.a.t.Helper()
	var account struct {
		ID string `json:"id"`
	}
	f.a.decode(f.a.must("status", "kept", "--json"), &account)
	h, _, ok := f.depot.head(account.ID)
	if !ok {
		f.a.t.Fatal("the fleet has no such account")
	}
	f.id = account.ID
	data, err := json.Marshal(map[string]any{"account": f.id, "request": map[string]any{"Gen": h.Body.Head.Gen, "Refused": true}})
	if err != nil {
		f.a.t.Fatal(err)
	}
	return string(data)
}

// refreshed: after a refresh was killed whoever asks first sends nothing; once its lease
// and its token have ended the other host takes over, or the host itself has brought what
// it was granted. The sign-in is lost only where the answer was.
func (f *killedFleet) refreshed() {
	f.a.t.Helper()
	_, busy, _ := f.depot.head(f.id)
	if busy {
		if err := f.depot.drop(f.depot.Busy(f.id)); err != nil { // as a minute and a half do
			f.a.t.Fatal(err)
		}
	}
	came := []*bench{f.a, f.b}[f.n%2] // who comes first
	was, _, _ := f.depot.head(f.id)
	if was.Body.Intent != nil {
		sent := f.a.portal.Stats().Refreshes.Total
		f.b.run("refresh", "kept", "--force", "--timeout", "3s")
		if got := f.a.portal.Stats().Refreshes.Total; got != sent {
			f.a.t.Errorf("refresh, step %d: sent again before its token's end", f.n)
		}
	}
	spent := f.a.portal.Stats().Refreshes.Outcomes[sandbox.Reused]
	if r := came.runWith(f.job(), "__refresh"); r.code != 0 {
		f.a.t.Errorf("refresh, step %d: then again: %s", f.n, r)
	}
	f.must(f.a, "list")
	f.must(f.b, "list")
	lost := f.a.portal.Stats().Refreshes.Outcomes[sandbox.Reused] - spent
	now, _, _ := f.depot.head(f.id)
	if now.Body.Head.Quarantined() {
		if lost != 1 || was.Body.Intent == nil {
			f.a.t.Errorf("refresh, step %d: the account needs a sign-in; %d reused, the intent before %+v", f.n, lost, was.Body.Intent)
		}
		f.a.t.Logf("refresh, step %d: killed between the provider's answer and the keystore", f.n)
		f.lost = append(f.lost, f.n)
		f.must(f.a, "login", "--account", f.id, "--no-browser")
	} else if lost != 0 {
		f.a.t.Logf("refresh, step %d: undone by tokens that the host held", f.n)
	}
	f.must(f.b, "list")
	f.works(f.a, f.b)
}

// invited begins an invitation, and lets whoever asks in.
func (f *killedFleet) invited() []string {
	f.a.t.Helper()
	ctx, cancel := context.WithCancel(f.a.t.Context())
	invite, err := f.a.opened(nil).Host().Invite(ctx, roster.Owner)
	if err != nil {
		f.a.t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() {
		who, err := invite.Wait(ctx)
		if err == nil {
			_, err = who.Accept(ctx)
		}
		invite.Close()
		ended <- err
	}()
	f.end = func() {
		f.a.t.Helper()
		cancel()
		if err := <-ended; err != nil {
			f.a.t.Errorf("join, step %d: who invites: %v", f.n, err)
		}
	}
	f.joins = []string{"fleet", "join", invite.Text(), "--host", "host-3"}
	return f.joins
}

func (f *killedFleet) recovers() []string {
	return append([]string{"fleet", "recover", "--host", "spare"}, f.store.Endpoints()...)
}

// restore puts the store back to before two refreshes, one on each host, of which both
// hosts hand in what they have.
func (f *killedFleet) restore() {
	f.a.t.Helper()
	kept, err := f.depot.Range(f.a.t.Context(), f.depot.Prefix())
	if err != nil {
		f.a.t.Fatal(err)
	}
	f.a.must("refresh", "old", "--force")
	f.b.must("refresh", "kept", "--force")
	f.newest = map[string]string{"old": f.a.must("token", "old"), "kept": f.b.must("token", "kept")}
	if _, err := f.depot.Commit(f.a.t.Context(), etcd.Txn{Then: []etcd.Op{etcd.DeletePrefix(f.depot.Prefix())}}); err != nil {
		f.a.t.Fatal(err)
	}
	for _, kv := range kept.KVs {
		f.depot.put(kv.Key, kv.Value)
	}
	for _, h := range []*bench{f.a, f.b} {
		if r := h.run("token", "kept"); !strings.Contains(r.err, "accept-restore") {
			f.a.t.Fatal(fmt.Sprint("the restore is not noticed: ", r))
		}
	}
}
