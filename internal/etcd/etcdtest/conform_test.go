package etcdtest_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/internal/etcd"
)

// rig is a store that the suite runs on. Each test has a prefix of its own, so
// that a real one need not be started for each.
type rig struct {
	store   etcd.Store
	compact func(revision int64)
	pass    func(time.Duration) // lets time go by, where it does not go by itself
}

// suite is what every [etcd.Store] does.
var suite = map[string]func(t *testing.T, r rig, p string){
	"Get reads what was put, and what is not there": func(t *testing.T, r rig, p string) {
		first := r.commit(t, etcd.Txn{Then: []etcd.Op{etcd.Put(p+"b", []byte("one"), 0)}})
		second := r.commit(t, etcd.Txn{Then: []etcd.Op{etcd.Put(p+"b", []byte("t\x00o"), 0), etcd.Put(p+"empty", nil, 0)}})
		got := r.get(t, p+"none", p+"b", p+"empty", p+"b")
		if got.Cluster == 0 || got.Member == 0 || got.Term == 0 || got.Cluster != first.Cluster || got.Revision < second.Revision || second.Revision <= first.Revision {
			t.Errorf("headers %+v, %+v, %+v", first.Header, second.Header, got.Header)
		}
		b := etcd.KV{Key: p + "b", Value: []byte("t\x00o"), Create: first.Revision, Mod: second.Revision, Version: 2}
		want := []etcd.KV{{Key: p + "none"}, b, {Key: p + "empty", Create: second.Revision, Mod: second.Revision, Version: 1}, b}
		same(t, got.KVs, want)
		if got.KVs[0].Found() || !got.KVs[2].Found() {
			t.Error("an empty value is not there, or what is not there is")
		}
	},
	"Range reads below a prefix only, in order, at one revision": func(t *testing.T, r rig, p string) {
		var want []etcd.KV
		for _, key := range []string{"a/1", "a/10", "a/2", "a0", "b", "a"} {
			done := r.commit(t, etcd.Txn{Then: []etcd.Op{etcd.Put(p+key, []byte(key), 0)}})
			if strings.HasPrefix(key, "a/") {
				want = append(want, etcd.KV{Key: p + key, Value: []byte(key), Create: done.Revision, Mod: done.Revision, Version: 1})
			}
		}
		same(t, r.below(t, p+"a/").KVs, want)
		if got := r.below(t, p+"nothing/"); len(got.KVs) != 0 || got.Revision == 0 {
			t.Errorf("%+v", got)
		}
	},
	"Range reads many": func(t *testing.T, r rig, p string) {
		for page := range 10 {
			var puts []etcd.Op
			for i := range 100 {
				puts = append(puts, etcd.Put(fmt.Sprintf("%s%02d/%02d", p, page, i), bytes.Repeat([]byte{byte(i)}, 500), 0))
			}
			r.commit(t, etcd.Txn{Then: puts})
		}
		got := r.below(t, p)
		if len(got.KVs) != 1000 || !slices.IsSortedFunc(got.KVs, func(a, b etcd.KV) int { return strings.Compare(a.Key, b.Key) }) {
			t.Errorf("%d keys", len(got.KVs))
		}
	},
	"Range reads large values": func(t *testing.T, r rig, p string) {
		for i := range 12 {
			r.commit(t, etcd.Txn{Then: []etcd.Op{etcd.Put(fmt.Sprint(p, i), bytes.Repeat([]byte{'v'}, 1<<20), 0)}})
		}
		if got := r.below(t, p); len(got.KVs) != 12 || len(got.KVs[11].Value) != 1<<20 {
			t.Errorf("%d keys", len(got.KVs))
		}
		r.commit(t, etcd.Txn{Then: []etcd.Op{etcd.DeletePrefix(p)}})
	},
	"Commit compares whole values": func(t *testing.T, r rig, p string) {
		set := func(want bool, compares ...etcd.Compare) {
			t.Helper()
			got := r.commit(t, etcd.Txn{If: compares, Then: []etcd.Op{etcd.Put(p+"done", nil, 0)}, Else: []string{p + "v", p + "none"}})
			if got.Succeeded != want {
				t.Errorf("%v: succeeded %v", compares, got.Succeeded)
			}
			if !want && (len(got.KVs) != 2 || string(got.KVs[0].Value) != "value" || got.KVs[1].Found() || got.KVs[1].Key != p+"none") {
				t.Errorf("%v: read %+v", compares, got.KVs)
			}
			if want && len(got.KVs) != 0 {
				t.Errorf("%v: read %+v", compares, got.KVs)
			}
		}
		r.commit(t, etcd.Txn{Then: []etcd.Op{etcd.Put(p+"v", []byte("value"), 0), etcd.Put(p+"empty", nil, 0)}})
		is, v := etcd.Is, []byte("value")
		set(true, is(p+"v", v))
		set(false, is(p+"v", []byte("valu")))
		set(false, is(p+"v", []byte("value ")))
		set(false, is(p+"v", nil))
		set(true, is(p+"empty", nil))
		set(false, is(p+"none", nil))
		set(true, etcd.Absent(p+"none"))
		set(false, etcd.Absent(p+"v"))
		set(false, etcd.Absent(p+"empty"))
		set(true, etcd.Present(p+"v"), etcd.Present(p+"empty"))
		set(false, etcd.Present(p+"none"))
		set(true, is(p+"v", v), etcd.Absent(p+"none"), etcd.Present(p+"empty"))
		set(false, is(p+"v", v), etcd.Absent(p+"none"), etcd.Absent(p+"empty"))
		set(true)
	},
	"Commit writes all at one revision, or nothing": func(t *testing.T, r rig, p string) {
		r.commit(t, etcd.Txn{Then: []etcd.Op{etcd.Put(p+"x/1", nil, 0), etcd.Put(p+"x/2", nil, 0), etcd.Put(p+"x", nil, 0), etcd.Put(p+"old", nil, 0)}})
		before := r.below(t, p)
		no := r.commit(t, etcd.Txn{If: []etcd.Compare{etcd.Absent(p + "old")}, Then: []etcd.Op{etcd.DeletePrefix(p)}})
		same(t, r.below(t, p).KVs, before.KVs)
		yes := r.commit(t, etcd.Txn{Then: []etcd.Op{etcd.DeletePrefix(p + "x/"), etcd.Delete(p + "old"), etcd.Delete(p + "none"), etcd.Put(p+"new", nil, 0)}})
		if no.Succeeded || !yes.Succeeded || no.Revision != before.Revision || yes.Revision != no.Revision+1 {
			t.Errorf("%+v, then %+v", no, yes)
		}
		var keys []string
		for _, kv := range r.below(t, p).KVs {
			keys = append(keys, strings.TrimPrefix(kv.Key, p))
		}
		if !slices.Equal(keys, []string{"new", "x"}) {
			t.Errorf("there is %q", keys)
		}
		again := r.commit(t, etcd.Txn{Then: []etcd.Op{etcd.Delete(p + "none")}})
		if !again.Succeeded || again.Revision != yes.Revision {
			t.Errorf("deleting nothing counts: %+v after %+v", again.Header, yes.Header)
		}
		made := r.commit(t, etcd.Txn{Then: []etcd.Op{etcd.Put(p+"old", nil, 0)}})
		if kv := r.get(t, p+"old").KVs[0]; kv.Version != 1 || kv.Create != made.Revision {
			t.Errorf("what was deleted and made anew counts on: %+v", kv)
		}
	},
	"what etcd takes in no case is refused": func(t *testing.T, r rig, p string) {
		many := make([]string, etcd.MaxOps+1)
		for i := range many {
			many[i] = fmt.Sprint(p, i)
		}
		put := func(key string) etcd.Op { return etcd.Put(p+key, nil, 0) }
		for name, txn := range map[string]etcd.Txn{
			"a key twice":        {Then: []etcd.Op{put("a"), put("a")}},
			"put and deleted":    {Then: []etcd.Op{put("a"), etcd.Delete(p + "a")}},
			"put below deleted":  {Then: []etcd.Op{etcd.DeletePrefix(p + "a"), put("ab")}},
			"too many":           {Else: many},
			"no key":             {Then: []etcd.Op{etcd.Put("", nil, 0)}},
			"no prefix":          {Then: []etcd.Op{etcd.DeletePrefix("")}},
			"no key to compare":  {If: []etcd.Compare{etcd.Absent("")}},
			"no key to read":     {Else: []string{""}},
			"more than MaxBytes": {Then: []etcd.Op{etcd.Put(p+"a", make([]byte, etcd.MaxBytes), 0)}},
		} {
			if _, err := r.store.Commit(t.Context(), txn); !errors.Is(err, etcd.Refused) || errors.Is(err, etcd.Unclear) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := r.store.Get(t.Context(), many...); !errors.Is(err, etcd.Refused) {
			t.Errorf("too many: %v", err)
		}
		if _, err := r.store.Range(t.Context(), ""); !errors.Is(err, etcd.Refused) {
			t.Errorf("no prefix: %v", err)
		}
		if _, err := r.store.Grant(t.Context(), 0); !errors.Is(err, etcd.Refused) {
			t.Errorf("no time: %v", err)
		}
		if got := r.commit(t, etcd.Txn{Then: []etcd.Op{etcd.DeletePrefix(p + "a"), etcd.Delete(p + "ab"), put("b")}}); !got.Succeeded {
			t.Errorf("deleting twice: %+v", got)
		}
	},
	"a lease takes its keys with it": func(t *testing.T, r rig, p string) {
		lease := r.grant(t, 2*time.Second)
		other := r.grant(t, 90*time.Second)
		r.commit(t, etcd.Txn{Then: []etcd.Op{
			etcd.Put(p+"1", nil, lease), etcd.Put(p+"2", nil, lease), etcd.Put(p+"kept", nil, lease), etcd.Put(p+"other", nil, other),
		}})
		r.commit(t, etcd.Txn{Then: []etcd.Op{etcd.Put(p+"kept", nil, 0)}})
		if got := r.get(t, p+"1", p+"kept").KVs; got[0].Lease != lease || got[1].Lease != 0 {
			t.Errorf("%+v", got)
		}
		if left, err := r.store.TimeToLive(t.Context(), other); err != nil || left < 80*time.Second || left > 90*time.Second {
			t.Errorf("%s left: %v", left, err)
		}
		before := r.below(t, p).Revision
		next, stop := r.watch(t, p, before+1)
		defer stop()
		next(t)
		r.pass(3 * time.Second)
		for i, e := range collect(t, next, 2) {
			if !e.Deleted() || e.Key != fmt.Sprint(p, i+1) {
				t.Errorf("told of %+v", e)
			}
		}
		after := r.get(t, p+"1", p+"2", p+"kept", p+"other")
		if kv := after.KVs; kv[0].Found() || kv[1].Found() || !kv[2].Found() || !kv[3].Found() || after.Revision != before+1 {
			t.Errorf("at %d, before %d: %+v", after.Revision, before, kv)
		}
		_, err := r.store.Commit(t.Context(), etcd.Txn{Then: []etcd.Op{etcd.Put(p+"free", nil, 0), etcd.Put(p+"late", nil, lease)}})
		if !errors.Is(err, etcd.LeaseGone) || errors.Is(err, etcd.Unclear) || r.get(t, p+"free").KVs[0].Found() {
			t.Errorf("put with a lease that has ended: %v", err)
		}
		if got := r.commit(t, etcd.Txn{If: []etcd.Compare{etcd.Present(p + "none")}, Then: []etcd.Op{etcd.Put(p+"late", nil, lease)}}); got.Succeeded {
			t.Error("a comparison that does not hold succeeds")
		}
		if _, err := r.store.TimeToLive(t.Context(), lease); !errors.Is(err, etcd.LeaseGone) {
			t.Errorf("time to live of what has ended: %v", err)
		}
		if err := r.store.Revoke(t.Context(), other); err != nil || r.get(t, p+"other").KVs[0].Found() {
			t.Errorf("revoked: %v", err)
		}
		if err := r.store.Revoke(t.Context(), other); !errors.Is(err, etcd.LeaseGone) {
			t.Errorf("revoked twice: %v", err)
		}
	},
	"Watch tells everything from a revision on": func(t *testing.T, r rig, p string) {
		start := r.commit(t, etcd.Txn{Then: []etcd.Op{etcd.Put(p+"w/1", []byte("a"), 0), etcd.Put(p+"beside", nil, 0), etcd.Put(p+"w/2", nil, 0)}})
		next, stop := r.watch(t, p+"w/", start.Revision)
		defer stop()
		if first := next(t); len(first.Events) != 0 || first.Next != start.Revision || first.Cluster != start.Cluster || first.Revision < start.Revision {
			t.Errorf("the first batch is %+v", first)
		}
		got := collect(t, next, 2)
		r.commit(t, etcd.Txn{Then: []etcd.Op{etcd.Put(p+"beside", nil, 0)}})
		gone := r.commit(t, etcd.Txn{Then: []etcd.Op{etcd.DeletePrefix(p + "w/"), etcd.Put(p+"v", nil, 0)}})
		got = append(got, collect(t, next, 2)...)
		back := r.commit(t, etcd.Txn{Then: []etcd.Op{etcd.Put(p+"w/1", []byte("b"), 0)}})
		got = append(got, collect(t, next, 1)...)
		at := start.Revision
		same(t, got, []etcd.Event{
			{KV: etcd.KV{Key: p + "w/1", Value: []byte("a"), Create: at, Mod: at, Version: 1}},
			{KV: etcd.KV{Key: p + "w/2", Create: at, Mod: at, Version: 1}},
			{KV: etcd.KV{Key: p + "w/1", Mod: gone.Revision}},
			{KV: etcd.KV{Key: p + "w/2", Mod: gone.Revision}},
			{KV: etcd.KV{Key: p + "w/1", Value: []byte("b"), Create: back.Revision, Mod: back.Revision, Version: 1}},
		})
	},
	"a watch that begins at Next of another has missed nothing": func(t *testing.T, r rig, p string) {
		first := r.commit(t, etcd.Txn{Then: []etcd.Op{etcd.Put(p+"0", nil, 0)}})
		for i := range 20 {
			r.commit(t, etcd.Txn{Then: []etcd.Op{etcd.Put(fmt.Sprint(p, i), nil, 0), etcd.Put(fmt.Sprint(p, "x", i), nil, 0)}})
		}
		from, seen := first.Revision, 0
		for seen < 41 {
			next, stop := r.watch(t, p, from)
			for next(t); ; { // to the first one that tells something
				batch := next(t)
				from, seen = batch.Next, seen+len(batch.Events)
				if len(batch.Events) > 0 {
					break
				}
			}
			stop()
		}
		if seen != 41 {
			t.Errorf("seen %d events of 41", seen)
		}
	},
	"a watch of what is kept no longer says so": func(t *testing.T, r rig, p string) {
		old := r.commit(t, etcd.Txn{Then: []etcd.Op{etcd.Put(p+"1", nil, 0)}})
		r.commit(t, etcd.Txn{Then: []etcd.Op{etcd.Put(p+"1", nil, 0)}})
		last := r.commit(t, etcd.Txn{Then: []etcd.Op{etcd.Put(p+"1", nil, 0)}})
		r.compact(last.Revision)
		err := end(t, r.store.Watch(t.Context(), p, old.Revision))
		var e *etcd.Error
		if !errors.Is(err, etcd.Compacted) || !errors.As(err, &e) || e.Revision != last.Revision {
			t.Errorf("%v, at %+v", err, e)
		}
		next, stop := r.watch(t, p, last.Revision+1)
		defer stop()
		next(t)
		r.commit(t, etcd.Txn{Then: []etcd.Op{etcd.Put(p+"1", nil, 0)}})
		collect(t, next, 1)
	},
	"a watch ends with its context, and with its reader": func(t *testing.T, r rig, p string) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		var err error
		for _, err = range r.store.Watch(ctx, p, r.below(t, p).Revision+1) {
			cancel()
		}
		if !errors.Is(err, etcd.Unreachable) || !errors.Is(err, context.Canceled) {
			t.Errorf("a context that ended: %v", err)
		}
		for range r.store.Watch(t.Context(), p, 1<<40) {
			break
		}
		for _, from := range []int64{0, -1} {
			if err := end(t, r.store.Watch(t.Context(), p, from)); !errors.Is(err, etcd.Refused) {
				t.Errorf("from %d: %v", from, err)
			}
		}
		if err := end(t, r.store.Watch(t.Context(), "", 1)); !errors.Is(err, etcd.Refused) {
			t.Errorf("of no prefix: %v", err)
		}
	},
	"a context that has ended sends nothing": func(t *testing.T, r rig, p string) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := r.store.Commit(ctx, etcd.Txn{Then: []etcd.Op{etcd.Put(p+"1", nil, 0)}})
		if !errors.Is(err, etcd.Unreachable) || errors.Is(err, etcd.Unclear) || !errors.Is(err, context.Canceled) {
			t.Errorf("commit: %v", err)
		}
		if _, err := r.store.Get(ctx, p+"1"); !errors.Is(err, etcd.Unreachable) || !errors.Is(err, context.Canceled) {
			t.Errorf("get: %v", err)
		}
		if r.get(t, p+"1").KVs[0].Found() {
			t.Error("it was sent")
		}
	},
	"one of many that compare the same wins": func(t *testing.T, r rig, p string) {
		for round := range 5 {
			key := fmt.Sprint(p, round)
			won := make(chan bool)
			for i := range 8 {
				go func() {
					got, err := r.store.Commit(t.Context(), etcd.Txn{If: []etcd.Compare{etcd.Absent(key)}, Then: []etcd.Op{etcd.Put(key, []byte{byte(i)}, 0)}})
					won <- err == nil && got.Succeeded
				}()
			}
			n := 0
			for range 8 {
				if <-won {
					n++
				}
			}
			if n != 1 {
				t.Errorf("round %d: %d won", round, n)
			}
		}
	},
	"Status knows a leader": func(t *testing.T, r rig, _ string) {
		for _, m := range r.store.Status(t.Context()) {
			if m.Err != nil || m.Endpoint == "" || m.Name == "" || m.Version == "" || m.Leader == 0 || m.Cluster == 0 || m.Member == 0 {
				t.Errorf("%+v", m)
			}
		}
	},
}

func conform(t *testing.T, r rig) {
	for i, name := range slices.Sorted(maps.Keys(suite)) {
		t.Run(name, func(t *testing.T) { suite[name](t, r, fmt.Sprintf("/suite/%02d/", i)) })
	}
}

func (r rig) commit(t *testing.T, txn etcd.Txn) etcd.Result {
	t.Helper()
	got, err := r.store.Commit(t.Context(), txn)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func (r rig) get(t *testing.T, keys ...string) etcd.Answer {
	t.Helper()
	got, err := r.store.Get(t.Context(), keys...)
	if err != nil || len(got.KVs) != len(keys) {
		t.Fatalf("%+v: %v", got, err)
	}
	return got
}

func (r rig) below(t *testing.T, prefix string) etcd.Answer {
	t.Helper()
	got, err := r.store.Range(t.Context(), prefix)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func (r rig) grant(t *testing.T, ttl time.Duration) etcd.Lease {
	t.Helper()
	id, err := r.store.Grant(t.Context(), ttl)
	if err != nil || id == 0 {
		t.Fatalf("lease %d: %v", id, err)
	}
	return id
}

// watch is a watch to pull batches from.
func (r rig) watch(t *testing.T, prefix string, from int64) (func(*testing.T) etcd.Batch, func()) {
	t.Helper()
	return pull(t, r.store.Watch(t.Context(), prefix, from))
}

func pull(t *testing.T, watch iter.Seq2[etcd.Batch, error]) (func(*testing.T) etcd.Batch, func()) {
	t.Helper()
	next, stop := iter.Pull2(watch)
	return func(t *testing.T) etcd.Batch {
		t.Helper()
		batch, err, ok := next()
		if err != nil || !ok {
			t.Fatalf("the watch ended: %v, %v", ok, err)
		}
		return batch
	}, stop
}

// collect are the next n events, and no batch may bring more.
func collect(t *testing.T, next func(*testing.T) etcd.Batch, n int) (events []etcd.Event) {
	t.Helper()
	for len(events) < n {
		batch := next(t)
		events = append(events, batch.Events...)
		if len(batch.Events) > 0 && batch.Next != events[len(events)-1].Mod+1 {
			t.Errorf("%d is next after %+v", batch.Next, batch.Events)
		}
	}
	if len(events) > n {
		t.Errorf("%d events instead of %d", len(events), n)
	}
	return events
}

// end is the error that a watch ends with.
func end(t *testing.T, watch iter.Seq2[etcd.Batch, error]) (err error) {
	t.Helper()
	for _, err = range watch {
		continue
	}
	return err
}

// same compares as JSON would: an empty value is no value.
func same[T any](t *testing.T, got, want []T) {
	t.Helper()
	if g, w := fmt.Sprintf("%+v", got), fmt.Sprintf("%+v", want); g != w {
		t.Errorf("got  %s\nwant %s", g, w)
	}
}
