package main_test

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"regexp"
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

	said string // what the command printed that was killed
	key  string // the recovery key
	c    *bench // a third host, which joins or recovers
	end  func() // ends what was begun beside the command

	joins  []string          // the command that joins
	id     string            // of the account that is refreshed
	lost   []int             // the steps at which its sign-in was lost
	newest map[string]string // what `token` printed last, by label
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
	all, err := f.depot.Range(f.a.t.Context(), f.depot.Prefix())
	if err != nil {
		f.a.t.Fatal(err)
	}
	epochs := 0
	for _, kv := range all.KVs {
		switch name := strings.TrimPrefix(kv.Key, f.depot.Prefix()); {
		case strings.HasPrefix(name, "epoch/"):
			if epochs++; epochs > 1 {
				f.a.t.Errorf("%s, step %d: %s is one epoch more", f.what, f.n, kv.Key)
			}
		case strings.HasPrefix(name, "restore/"), strings.HasPrefix(name, "want/"):
			f.a.t.Errorf("%s, step %d: %s is left", f.what, f.n, kv.Key)
		}
		if !strings.HasPrefix(kv.Key, f.depot.Accounts()) {
			continue
		}
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

// operation is something that is killed.
type operation struct {
	joined bool                 // the second host is in the fleet already
	alone  bool                 // there is no fleet yet
	onward bool                 // the tokens are new ones afterwards: it goes on from there
	begin  func(f *killedFleet) // before it is noted how everything is
	args   func(f *killedFleet) (on *bench, args []string, stdin string)
	goesOn func(f *killedFleet) *bench // the host that works before anything is put right
	then   func(f *killedFleet)        // the one command, and what is to hold
}

func host1(f *killedFleet) *bench { return f.a }
func host2(f *killedFleet) *bench { return f.b }

// changes are the operations on accounts and by those who are members.
func changes(t *testing.T) map[string]operation {
	return map[string]operation{
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
		"sign-in": {joined: true, goesOn: host2, args: func(f *killedFleet) (*bench, []string, string) {
			return f.a, []string{"login", "minimax", "--no-browser", "--label", "new", "--yes"}, ""
		}, then: func(f *killedFleet) {
			f.must(f.a, "token", "kept")
			f.must(f.b, "list")
			f.works(f.a, f.b)
			if x, y := f.a.states(), f.b.states(); len(x) != len(y) {
				t.Errorf("sign-in, step %d: %v here and %v there", f.n, x, y)
			}
		}},
		"remove": {joined: true, goesOn: host2, args: func(f *killedFleet) (*bench, []string, string) {
			return f.a, []string{"remove", "old", "--yes", "--no-revoke"}, ""
		}, then: func(f *killedFleet) {
			f.must(f.a, "token", "kept")
			f.must(f.b, "list")
			f.works(f.a, f.b)
			if x, y := f.a.states(), f.b.states(); len(x) != len(y) {
				t.Errorf("remove, step %d: %v here and %v there", f.n, x, y)
			}
		}},
		"leave": {joined: true, goesOn: host1, args: func(f *killedFleet) (*bench, []string, string) {
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
		"remove host": {joined: true, onward: true, args: func(f *killedFleet) (*bench, []string, string) {
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
	}
}

// TestKilled_Fleet: whatever of a fleet is killed at whichever step, other hosts go on,
// and one more command puts it right: no token is lost, the lists are true, and nothing is
// left in etcd or in a keystore.
func TestKilled_Fleet(t *testing.T) {
	all := changes(t)
	maps.Copy(all, comings(t))
	for what, o := range all {
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
				f.found()
			}
			f.b.run("list")
			if o.joined {
				f.a.admit(f.b, "host-2")
			}
			f.a.must("list")
			if o.begin != nil {
				o.begin(f)
			}
			again := f.back()
			many := 97
			if testing.Short() {
				many = 300 // the first step, and the whole
			}
			from, to := part()
			for f.n = from; f.n <= to && f.killed(o); f.n += stride(many) {
				if everyStep() {
					t.Logf("killed at step %d", f.n)
				}
				if o.goesOn != nil {
					f.serves(o.goesOn(f))
				}
				o.then(f)
				f.nothingStray()
				if what == "remove host" {
					f.b = f.a.host()
					f.a.admit(f.b, "host-2")
				}
				if !o.onward {
					again()
				}
			}
			if f.n <= to {
				t.Logf("%s has fewer than %d steps", what, f.n)
				o.then(f)
				f.nothingStray()
			}
		})
	}
}

// found makes the fleet, and keeps its recovery key.
func (f *killedFleet) found() {
	f.a.t.Helper()
	f.key = recoveryKey(f.a.must(append([]string{"fleet", "init", "--host", "host-1"}, f.store.Endpoints()...)...))
}

// recoveryKey is the last one that a text shows.
func recoveryKey(text string) string {
	keys := regexp.MustCompile(`AGE-SECRET-KEY-\S+`).FindAllString(text, -1)
	if len(keys) == 0 {
		return ""
	}
	return keys[len(keys)-1]
}

// killed kills the operation at the step. It reports whether it came that far.
func (f *killedFleet) killed(o operation) bool {
	f.a.t.Helper()
	on, args, stdin := o.args(f)
	out, err := os.Create(filepath.Join(f.a.mkdir("tmp"), "killed"))
	if err != nil {
		f.a.t.Fatal(err)
	}
	defer out.Close()
	came := on.trace(traced{n: f.n, isStep: isStepOrSent, stdin: stdin, out: out}, args...)
	text, err := os.ReadFile(out.Name())
	if err != nil {
		f.a.t.Fatal(err)
	}
	f.said = string(text)
	return came
}

// serves looks whether a host has a token that works before anything was put right.
func (f *killedFleet) serves(h *bench) {
	f.a.t.Helper()
	if r := h.run("token", "kept", "--timeout", "60s"); r.code != 0 || !h.portal.IsLive(strings.TrimSpace(r.out)) {
		f.a.t.Errorf("%s, step %d: the other host does not go on: %s", f.what, f.n, r)
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
