package etcdtest_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/internal/etcd"
	"github.com/hermes-tui/hermes-tui/internal/etcd/etcdtest"
)

var noon = time.Date(2026, 5, 20, 12, 0, 0, 0, time.UTC)

// bench is a fake, its clock, and two hosts.
type bench struct {
	*etcdtest.Fake
	now  *time.Time
	a, b *etcdtest.Client
}

func newBench() bench {
	now := noon
	f := etcdtest.NewFake(func() time.Time { return now })
	return bench{f, &now, f.Client("a"), f.Client("b")}
}

func put(value string) etcd.Txn {
	return etcd.Txn{If: []etcd.Compare{etcd.Absent("/k")}, Then: []etcd.Op{etcd.Put("/k", []byte(value), 0)}}
}

// is the value of /k, or nothing.
func (b bench) is(t *testing.T) string {
	t.Helper()
	got, err := b.b.Get(t.Context(), "/k")
	if err != nil {
		t.Fatal(err)
	}
	return string(got.KVs[0].Value)
}

func TestFake_Conforms(t *testing.T) {
	b := newBench()
	conform(t, rig{b.a, b.Compact, func(d time.Duration) {
		*b.now = b.now.Add(d)
		b.Expire()
	}})
}

// Each fate of a transaction: what its client hears, what the store has then, and
// what it has once all that was under way has landed.
func TestFake_Fates(t *testing.T) {
	for name, c := range map[string]struct {
		fate        etcdtest.Fate
		kind        error
		then, after string
		version     int64
	}{
		"delivered":           {etcdtest.Deliver, nil, "v", "v", 1},
		"request lost":        {etcdtest.LoseRequest, etcd.Unclear, "", "", 0},
		"answer lost":         {etcdtest.LoseAnswer, etcd.Unclear, "v", "v", 1},
		"late":                {etcdtest.Late, etcd.Unclear, "", "v", 1},
		"twice":               {etcdtest.Twice, nil, "v", "v", 2},
		"again":               {etcdtest.Again, nil, "v", "v", 2},
		"filled it":           {etcdtest.FullAfter, etcd.NoSpace, "v", "v", 1},
		"filled it, unclear":  {etcdtest.FullAfter, etcd.Unclear, "v", "v", 1},
		"answered when lost,": {etcdtest.LoseAnswer, etcd.Unclear, "v", "v", 1},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench()
			b.a.Next(c.fate)
			got, err := b.a.Commit(t.Context(), etcd.Txn{Then: []etcd.Op{etcd.Put("/k", []byte("v"), 0)}})
			if !errors.Is(err, c.kind) || got.Succeeded != (err == nil) || b.is(t) != c.then {
				t.Errorf("%+v, %v, and there is %q", got, err, b.is(t))
			}
			for _, call := range b.Calls() {
				call.Release()
			}
			kv, _ := b.b.Get(t.Context(), "/k")
			if b.is(t) != c.after || kv.KVs[0].Version != c.version || len(b.Calls()) != 0 {
				t.Errorf("then there is %+v", kv)
			}
			if _, err := b.a.Commit(t.Context(), put("w")); err != nil {
				t.Errorf("the next one: %v", err)
			}
		})
	}
}

type answer struct {
	etcd.Result
	err error
}

// commit is a transaction that stands somewhere.
func (b bench) commit(t *testing.T, ctx context.Context, fate etcdtest.Fate) (<-chan answer, *etcdtest.Call) {
	t.Helper()
	b.a.Next(fate)
	done := make(chan answer, 1)
	go func() {
		got, err := b.a.Commit(ctx, put("a"))
		done <- answer{got, err}
	}()
	if err := b.WaitCalls(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	return done, b.Calls()[0]
}

func TestFake_Holds(t *testing.T) {
	b := newBench()
	done, call := b.commit(t, t.Context(), etcdtest.HoldBefore)
	if b.is(t) != "" || call.Client != "a" || call.Txn.Then[0].Key != "/k" {
		t.Error("it is not held")
	}
	if _, err := b.b.Commit(t.Context(), put("b")); err != nil {
		t.Fatal(err)
	}
	if got, err := call.Release(); err != nil || got.Succeeded {
		t.Errorf("%+v, %v", got, err)
	}
	if got := <-done; got.err != nil || got.Succeeded || b.is(t) != "b" {
		t.Errorf("%+v, and there is %q", got, b.is(t))
	}

	b = newBench()
	done, call = b.commit(t, t.Context(), etcdtest.HoldAfter)
	if b.is(t) != "a" || len(done) != 0 {
		t.Error("it was not applied, or was answered")
	}
	call.Release()
	if got := <-done; got.err != nil || !got.Succeeded {
		t.Errorf("%+v", got)
	}
	if got, err := call.Release(); err != nil || !got.Succeeded || b.Revision() != 2 {
		t.Errorf("released again: %+v, %v", got, err)
	}

	b = newBench()
	done, call = b.commit(t, t.Context(), etcdtest.HoldBefore)
	call.Drop()
	if got := <-done; !errors.Is(got.err, etcd.Unclear) || b.is(t) != "" {
		t.Errorf("dropped: %+v", got)
	}
}

// Whoever gives up does not know; what it sent may land afterwards.
func TestFake_HeldAndGivenUp(t *testing.T) {
	for name, give := range map[string]func(b bench, cancel func()){
		"context": func(_ bench, cancel func()) { cancel() },
		"link":    func(b bench, _ func()) { b.a.Cut(true) },
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			done, call := b.commit(t, ctx, etcdtest.HoldBefore)
			give(b, cancel)
			if got := <-done; !errors.Is(got.err, etcd.Unclear) || b.is(t) != "" {
				t.Errorf("%+v", got)
			}
			if call.Release(); b.is(t) != "a" {
				t.Error("it does not land")
			}
		})
	}
}

func TestFake_Cut(t *testing.T) {
	b := newBench()
	next, stop := pull(t, b.a.Watch(t.Context(), "/", 1))
	defer stop()
	next(t)
	b.a.Cut(true)
	_, get := b.a.Get(t.Context(), "/k")
	_, commit := b.a.Commit(t.Context(), put("a"))
	for _, err := range []error{get, commit, end(t, b.a.Watch(t.Context(), "/", 1)), b.a.Status(t.Context())[0].Err} {
		if !errors.Is(err, etcd.Unreachable) || errors.Is(err, etcd.Unclear) {
			t.Error(err)
		}
	}
	if _, err := b.b.Commit(t.Context(), put("b")); err != nil {
		t.Errorf("another's link: %v", err)
	}
	b.a.Cut(false)
	if _, err := b.a.Get(t.Context(), "/k"); err != nil || b.is(t) != "b" {
		t.Errorf("mended: %v", err)
	}
}

// errAfter is what a watch that stands ends with once do is done.
func errAfter(t *testing.T, s etcd.Store, do func()) (err error) {
	t.Helper()
	first := true
	for _, err = range s.Watch(t.Context(), "/", 1<<30) {
		if first {
			do()
		}
		first = false
	}
	return err
}

func TestFake_WithoutLeader(t *testing.T) {
	b := newBench()
	if err := errAfter(t, b.a, func() { b.NoLeader(true) }); !errors.Is(err, etcd.NoLeader) {
		t.Errorf("watch: %v", err)
	}
	if _, err := b.a.Commit(t.Context(), put("a")); !errors.Is(err, etcd.NoLeader) || errors.Is(err, etcd.Unclear) {
		t.Errorf("commit: %v", err)
	}
	b.NoLeader(false)
	if b.is(t) != "" {
		t.Error("it was applied")
	}
}

func TestFake_Full(t *testing.T) {
	b := newBench()
	b.a.Commit(t.Context(), put("a"))
	b.NoSpace(true)
	if _, err := b.a.Commit(t.Context(), etcd.Txn{Then: []etcd.Op{etcd.Put("/k", nil, 0)}}); !errors.Is(err, etcd.NoSpace) || b.is(t) != "a" {
		t.Errorf("put: %v", err)
	}
	if _, err := b.a.Grant(t.Context(), time.Second); !errors.Is(err, etcd.NoSpace) {
		t.Errorf("grant: %v", err)
	}
	if _, err := b.a.Commit(t.Context(), etcd.Txn{Then: []etcd.Op{etcd.Delete("/k")}}); err != nil || b.is(t) != "" {
		t.Errorf("delete: %v", err)
	}
}

// A store that was restored has what the backup had, and counts from there; only
// another cluster's id tells by itself.
func TestFake_Restore(t *testing.T) {
	for _, other := range []bool{false, true} {
		b := newBench()
		lease, _ := b.a.Grant(t.Context(), 10*time.Second)
		old, _ := b.a.Commit(t.Context(), etcd.Txn{Then: []etcd.Op{etcd.Put("/k", []byte("old"), lease)}})
		backup := b.Snapshot()
		b.a.Commit(t.Context(), etcd.Txn{Then: []etcd.Op{etcd.Put("/k", []byte("new"), 0), etcd.Put("/l", nil, 0)}})
		b.a.Next(etcdtest.Late)
		b.a.Commit(t.Context(), etcd.Txn{Then: []etcd.Op{etcd.Put("/late", nil, 0)}})
		*b.now = b.now.Add(9 * time.Second)
		if err := errAfter(t, b.a, func() { b.Restore(backup, other) }); !errors.Is(err, etcd.Unreachable) {
			t.Errorf("watch: %v", err)
		}
		got, err := b.a.Get(t.Context(), "/k", "/l", "/late")
		if err != nil || got.Revision != old.Revision || (got.Cluster != old.Cluster) != other || got.Term != old.Term || string(got.KVs[0].Value) != "old" || got.KVs[1].Found() {
			t.Errorf("%+v, before %+v: %v", got, old, err)
		}
		if b.Calls()[0].Release(); b.Revision() != old.Revision+1 {
			t.Errorf("revision %d", b.Revision())
		}
		*b.now = b.now.Add(9 * time.Second)
		if b.is(t) != "old" {
			t.Error("the lease did not begin anew")
		}
		*b.now = b.now.Add(time.Second)
		if b.is(t) != "" {
			t.Error("the lease did not end")
		}
	}
}

func TestFake_ToldByTheClock(t *testing.T) {
	b := newBench()
	lease, _ := b.a.Grant(t.Context(), 1500*time.Millisecond)
	b.a.Commit(t.Context(), etcd.Txn{Then: []etcd.Op{etcd.Put("/k", nil, lease)}})
	next, stop := pull(t, b.b.Watch(t.Context(), "/", b.Revision()+1))
	defer stop()
	next(t)
	*b.now = b.now.Add(1999 * time.Millisecond)
	b.Notice()
	if got := next(t); len(got.Events) != 0 || got.Next != 3 {
		t.Errorf("%+v", got)
	}
	*b.now = b.now.Add(time.Millisecond)
	b.Expire()
	if got := next(t); len(got.Events) != 1 || !got.Events[0].Deleted() || got.Events[0].Key != "/k" {
		t.Errorf("%+v", got)
	}
}

func TestFake_DeleteUser(t *testing.T) {
	b := newBench()
	if err := b.a.DeleteUser(t.Context(), "b"); err != nil {
		t.Fatal(err)
	}
	if _, err := b.b.Commit(t.Context(), put("b")); !errors.Is(err, etcd.Denied) || errors.Is(err, etcd.Unclear) {
		t.Errorf("commit: %v", err)
	}
	for _, name := range []string{"b", "nobody"} {
		if err := b.a.DeleteUser(t.Context(), name); !errors.Is(err, etcd.Refused) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestFake_StepAndDecide(t *testing.T) {
	b := newBench()
	var steps []string
	b.OnStep(func(client, op string) {
		steps = append(steps, client+" "+op)
		b.Revision() // it may ask
	})
	b.Decide(func(client string, _ etcd.Txn) etcdtest.Fate {
		if client == "a" {
			return etcdtest.LoseRequest
		}
		return etcdtest.Deliver
	})
	if _, err := b.a.Commit(t.Context(), put("a")); !errors.Is(err, etcd.Unclear) {
		t.Error(err)
	}
	if _, err := b.b.Commit(t.Context(), put("b")); err != nil || b.is(t) != "b" {
		t.Error(err)
	}
	if len(steps) != 3 || steps[0] != "a commit" || steps[2] != "b get" {
		t.Error(steps)
	}
}

// What a client was given is its own.
func TestFake_SharesNoValue(t *testing.T) {
	b := newBench()
	value := []byte("value")
	b.a.Commit(t.Context(), etcd.Txn{Then: []etcd.Op{etcd.Put("/k", value, 0)}})
	value[0] = 'X'
	got, _ := b.a.Get(t.Context(), "/k")
	got.KVs[0].Value[1] = 'X'
	if b.is(t) != "value" {
		t.Error(b.is(t))
	}
}
