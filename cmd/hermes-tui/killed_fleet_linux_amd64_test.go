package main_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/internal/etcd"
	"github.com/hermes-tui/hermes-tui/internal/etcd/etcdtest"
	"github.com/hermes-tui/hermes-tui/sandbox"
)

// killedFleet is a fleet of two hosts with the accounts kept and old, which is brought
// back to where it was after each kill.
type killedFleet struct {
	a, b  *bench
	store *etcdtest.Cluster
	depot depot
	what  string
	n     int // the step at which it was killed
}

// back notes how everything is, and returns what brings it back there.
func (f *killedFleet) back() (again func()) {
	for _, h := range []*bench{f.a, f.b} {
		h.mkdir(".hermes")
		h.mkdir("tui")
	}
	homes := []func(){f.a.keep(), f.b.keep()}
	kept, err := f.depot.Range(f.a.t.Context(), f.depot.Prefix())
	if err != nil {
		f.a.t.Fatal(err)
	}
	return func() {
		f.a.t.Helper()
		for _, home := range homes {
			home()
		}
		if _, err := f.depot.Commit(f.a.t.Context(), etcd.Txn{Then: []etcd.Op{etcd.DeletePrefix(f.depot.Prefix())}}); err != nil {
			f.a.t.Fatal(err)
		}
		for _, kv := range kept.KVs {
			f.depot.put(kv.Key, kv.Value)
		}
	}
}

// works looks whether a host has the account kept with a token that works, and lists
// what it has.
func (f *killedFleet) works(hosts ...*bench) {
	f.a.t.Helper()
	var first string
	for i, h := range hosts {
		r := h.run("token", "kept", "--timeout", "60s")
		token := strings.TrimSpace(r.out)
		if r.code != 0 || !h.portal.IsLive(token) || first != "" && first != token {
			f.a.t.Errorf("%s, step %d: host %d has no token that works, or another one: %s", f.what, f.n, i+1, r)
		}
		first = token
		h.nothingLeft(f.what, f.n)
	}
}

// nothingStray looks whether etcd has anything that no account needs.
func (f *killedFleet) nothingStray() {
	f.a.t.Helper()
	all, err := f.depot.Range(f.a.t.Context(), f.depot.Accounts())
	if err != nil {
		f.a.t.Fatal(err)
	}
	for _, kv := range all.KVs {
		id, which, _ := f.depot.AccountOf(kv.Key)
		head, busy, ok := f.depot.head(id)
		name, blob := strings.CutPrefix(which, "blob/")
		switch {
		case !ok, busy, head.Body.Intent != nil:
			f.a.t.Errorf("%s, step %d: %s stands in etcd; a head %t, busy %t, intent %+v", f.what, f.n, kv.Key, ok, busy, head.Body.Intent)
		case blob && (head.Body.Head.Ref == nil || head.Body.Head.Ref.Name != name):
			f.a.t.Errorf("%s, step %d: %s is no account's", f.what, f.n, kv.Key)
		}
	}
}

func (f *killedFleet) must(h *bench, args ...string) {
	f.a.t.Helper()
	if r := h.run(args...); r.code != 0 {
		f.a.t.Errorf("%s, step %d: then %v: %s", f.what, f.n, args, r)
	}
}

// TestKilled_Fleet: whatever of a fleet is killed at whichever step, one more command
// puts it right: no token is lost, the lists are true, and nothing is left in etcd or in
// a keystore. (accept-restore belongs here, too.)
func TestKilled_Fleet(t *testing.T) {
	type operation struct {
		joined bool // the second host is in the fleet already
		alone  bool // there is no fleet yet
		args   func(f *killedFleet) (on *bench, args []string, stdin string)
		then   func(f *killedFleet) // the one command, and what is to hold
	}
	for what, o := range map[string]operation{
		"init": {alone: true, args: func(f *killedFleet) (*bench, []string, string) {
			return f.a, append([]string{"fleet", "init", "--host", "host-1"}, f.store.Endpoints()...), ""
		}, then: func(f *killedFleet) {
			if r := f.a.run(append([]string{"fleet", "init", "--host", "host-1"}, f.store.Endpoints()...)...); r.code != 0 && !strings.Contains(r.err, "belongs to the fleet main already") {
				t.Errorf("init, step %d: again: %s", f.n, r)
			}
			f.works(f.a)
			for _, id := range f.ids() {
				if _, _, ok := f.depot.head(id); !ok {
					t.Errorf("init, step %d: %s is not in the fleet", f.n, id)
				}
			}
		}},
		"sign-in": {joined: true, args: func(f *killedFleet) (*bench, []string, string) {
			return f.a, []string{"login", "minimax", "--no-browser", "--label", "new", "--yes"}, ""
		}, then: func(f *killedFleet) {
			f.must(f.a, "token", "kept")
			f.must(f.b, "list")
			f.works(f.a, f.b)
			if x, y := f.a.states(), f.b.states(); len(x) != len(y) {
				t.Errorf("sign-in, step %d: %v here and %v there", f.n, x, y)
			}
		}},
		"remove": {joined: true, args: func(f *killedFleet) (*bench, []string, string) {
			return f.a, []string{"remove", "old", "--yes", "--no-revoke"}, ""
		}, then: func(f *killedFleet) {
			f.must(f.a, "token", "kept")
			f.must(f.b, "list")
			f.works(f.a, f.b)
			if x, y := f.a.states(), f.b.states(); len(x) != len(y) {
				t.Errorf("remove, step %d: %v here and %v there", f.n, x, y)
			}
		}},
		"leave": {joined: true, args: func(f *killedFleet) (*bench, []string, string) {
			return f.b, []string{"fleet", "leave", "--yes"}, ""
		}, then: func(f *killedFleet) {
			if r := f.b.run("fleet", "leave", "--yes"); r.code != 0 && !strings.Contains(r.err, "belongs to no fleet") {
				t.Errorf("leave, step %d: again: %s", f.n, r)
			}
			f.works(f.a)
			if got := f.b.states(); len(got) > 0 {
				t.Errorf("leave, step %d: it still has %v", f.n, got)
			}
			f.b.nothingLeft("leave", f.n)
		}},
		"move out": {args: func(f *killedFleet) (*bench, []string, string) {
			return f.a, []string{"fleet", "leave", "--keep", "--yes"}, ""
		}, then: func(f *killedFleet) {
			if r := f.a.run("fleet", "leave", "--keep", "--yes"); r.code != 0 && !strings.Contains(r.err, "belongs to no fleet") {
				t.Errorf("move out, step %d: again: %s", f.n, r)
			}
			f.works(f.a)
			if all, err := f.depot.Range(t.Context(), f.depot.Prefix()); err != nil || len(all.KVs) > 0 || len(f.a.states()) != 2 {
				t.Errorf("move out, step %d: %d keys in etcd (%v), accounts %v", f.n, len(all.KVs), err, f.a.states())
			}
		}},
		"remove host": {joined: true, args: func(f *killedFleet) (*bench, []string, string) {
			return f.a, []string{"fleet", "remove", "host-2", "--yes"}, ""
		}, then: func(f *killedFleet) {
			if r := f.a.run("fleet", "remove", "host-2", "--yes"); r.code != 0 && !strings.Contains(r.err, "has no host") {
				t.Errorf("remove host, step %d: again: %s", f.n, r)
			}
			f.works(f.a)
			if r := f.b.run("token", "kept"); r.code != 3 {
				t.Errorf("remove host, step %d: the host that is out: %s", f.n, r)
			}
		}},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			f := &killedFleet{what: what, store: etcdtest.Start(t, 1, etcdtest.Options{})}
			f.depot = openDepot(t, f.store)
			f.a = newBench(t, sandbox.Options{AutoApprove: time.Millisecond, Interval: time.Second, AccessTTL: 24 * time.Hour, OnlyRefuse: true})
			f.b = f.a.host()
			for _, label := range []string{"kept", "old"} {
				f.a.must("login", "minimax", "--no-browser", "--label", label, "--yes")
			}
			if !o.alone {
				f.a.found(f.store.Endpoints())
			}
			f.b.run("list")
			if o.joined {
				f.a.admit(f.b, "host-2")
			}
			f.a.must("list")
			again := f.back()
			many := 41
			if testing.Short() {
				many = 200 // the first step, and the whole
			}
			for f.n = 1; ; f.n += stride(many) {
				on, args, stdin := o.args(f)
				if !on.killAtStep(f.n, isStepOrSent, stdin, args...) {
					break
				}
				o.then(f)
				f.nothingStray()
				if what == "remove host" { // its tokens are new ones: on from here
					again = func() {}
					f.b = f.a.host()
					f.a.admit(f.b, "host-2")
				}
				again()
			}
			t.Logf("%s has %d steps", what, f.n)
			o.then(f)
			f.nothingStray()
		})
	}
}

// ids are those of the accounts of the first host.
func (f *killedFleet) ids() (ids []string) {
	f.a.t.Helper()
	var listed []struct{ ID string }
	if err := json.Unmarshal([]byte(f.a.must("list", "--json")), &listed); err != nil {
		f.a.t.Fatal(err)
	}
	for _, account := range listed {
		if record.ValidID(account.ID) {
			ids = append(ids, account.ID)
		}
	}
	return ids
}
