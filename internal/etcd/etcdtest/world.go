package etcdtest

import (
	"bytes"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/hermes-tui/hermes-tui/internal/etcd"
)

// world is what a store holds. Values are never changed in place.
type world struct {
	cluster, term uint64
	revision      int64
	compacted     int64
	lastLease     etcd.Lease
	keys          map[string]etcd.KV
	leases        map[etcd.Lease]lease
	log           []change // since compacted, oldest first
}

type lease struct {
	ttl time.Duration
	end time.Time
}

// change is what happened at one revision.
type change struct {
	revision int64
	events   []etcd.Event
}

func (w *world) clone() world {
	c := *w
	c.keys, c.leases, c.log = maps.Clone(w.keys), maps.Clone(w.leases), slices.Clone(w.log)
	return c
}

func (w *world) header() etcd.Header {
	return etcd.Header{Cluster: w.cluster, Member: 0x3e3, Revision: w.revision, Term: w.term}
}

func (w *world) get(keys []string) etcd.Answer {
	a := etcd.Answer{Header: w.header()}
	for _, key := range keys {
		kv, ok := w.keys[key]
		if !ok {
			kv = etcd.KV{Key: key}
		}
		a.KVs = append(a.KVs, copied(kv))
	}
	return a
}

// below are the keys that begin with prefix, in their order.
func (w *world) below(prefix string) (found []string) {
	for key := range w.keys {
		if strings.HasPrefix(key, prefix) {
			found = append(found, key)
		}
	}
	slices.Sort(found)
	return found
}

func copied(kv etcd.KV) etcd.KV {
	kv.Value = bytes.Clone(kv.Value)
	return kv
}

func (w *world) holds(c etcd.Compare) bool {
	kv, ok := w.keys[c.Key]
	switch c.Want {
	case etcd.WantAbsent:
		return !ok
	case etcd.WantPresent:
		return ok
	}
	return ok && bytes.Equal(kv.Value, c.Value)
}

// commit is etcd's: all is compared first, a lease that has ended refuses the
// branch that is taken, and a revision is counted only where a key has changed.
func (w *world) commit(t etcd.Txn) (etcd.Result, error) {
	for _, c := range t.If {
		if !w.holds(c) {
			return etcd.Result{Answer: w.get(t.Else)}, nil
		}
	}
	for _, op := range t.Then {
		if _, ok := w.leases[op.Lease]; op.Do == etcd.DoPut && op.Lease != 0 && !ok {
			return etcd.Result{}, fail(etcd.LeaseGone, "commit", "etcdserver: requested lease not found")
		}
	}
	w.write(t.Then)
	return etcd.Result{Succeeded: true, Answer: etcd.Answer{Header: w.header()}}, nil
}

func (w *world) write(ops []etcd.Op) {
	at, now := w.revision+1, change{revision: w.revision + 1}
	remove := func(key string) {
		if _, ok := w.keys[key]; ok {
			delete(w.keys, key)
			now.events = append(now.events, etcd.Event{KV: etcd.KV{Key: key, Mod: at}})
		}
	}
	for _, op := range ops {
		switch op.Do {
		case etcd.DoPut:
			kv, ok := w.keys[op.Key]
			if !ok {
				kv.Key, kv.Create = op.Key, at
			}
			kv.Mod, kv.Version, kv.Value, kv.Lease = at, kv.Version+1, bytes.Clone(op.Value), op.Lease
			w.keys[op.Key] = kv
			now.events = append(now.events, etcd.Event{KV: kv})
		case etcd.DoDelete:
			remove(op.Key)
		case etcd.DoDeletePrefix:
			for _, key := range w.below(op.Key) {
				remove(key)
			}
		}
	}
	if len(now.events) > 0 {
		w.revision, w.log = at, append(w.log, now)
	}
}

// revoke ends a lease, and its keys in one revision.
func (w *world) revoke(id etcd.Lease) {
	delete(w.leases, id)
	var ops []etcd.Op
	for _, key := range w.below("") {
		if w.keys[key].Lease == id {
			ops = append(ops, etcd.Delete(key))
		}
	}
	w.write(ops)
}

// renew has every lease run its whole time again.
func (w *world) renew(now time.Time) {
	for id, l := range w.leases {
		l.end = now.Add(l.ttl)
		w.leases[id] = l
	}
}

// expire ends the leases whose time has come, the first one first.
func (w *world) expire(now time.Time) {
	var over []etcd.Lease
	for id, l := range w.leases {
		if !l.end.After(now) {
			over = append(over, id)
		}
	}
	slices.SortFunc(over, func(a, b etcd.Lease) int {
		if c := w.leases[a].end.Compare(w.leases[b].end); c != 0 {
			return c
		}
		return int(a - b)
	})
	for _, id := range over {
		w.revoke(id)
	}
}

func (w *world) compact(revision int64) {
	w.compacted = max(w.compacted, min(revision, w.revision))
	w.log = slices.DeleteFunc(slices.Clone(w.log), func(c change) bool { return c.revision < w.compacted })
}
