package etcd

import "bytes"

// What is read. Each reader takes what a server sent and bounds what it makes of
// it: an empty key takes two bytes of an answer, and forty times that in memory.

const (
	mostEvents  = 1 << 16 // of a batch
	mostMembers = 128
)

func headerIn(data []byte) (h Header, err error) {
	err = each(data, func(f field) error {
		switch f.number {
		case 1:
			h.Cluster = uint64(f.num)
		case 2:
			h.Member = uint64(f.num)
		case 3:
			h.Revision = f.num
		case 4:
			h.Term = uint64(f.num)
		}
		return nil
	})
	return h, err
}

func kvIn(data []byte) (kv KV, err error) {
	err = each(data, func(f field) error {
		switch f.number {
		case 1:
			kv.Key = string(f.data)
		case 2:
			kv.Create = f.num
		case 3:
			kv.Mod = f.num
		case 4:
			kv.Version = f.num
		case 5:
			kv.Value = bytes.Clone(f.data)
		case 6:
			kv.Lease = Lease(f.num)
		}
		return nil
	})
	if err == nil && (kv.Key == "" || kv.Version < 0) {
		err = errBroken
	}
	return kv, err
}

// rangeIn is the answer to a range, of at most this many keys, and whether there
// are more.
func rangeIn(data []byte, most int) (a Answer, more bool, err error) {
	err = each(data, func(f field) (err error) {
		switch f.number {
		case 1:
			a.Header, err = headerIn(f.data)
		case 2:
			if len(a.KVs) == most {
				return errBroken
			}
			var kv KV
			if kv, err = kvIn(f.data); err == nil && !kv.Found() {
				err = errBroken
			}
			a.KVs = append(a.KVs, kv)
		case 3:
			more = f.flag()
		}
		return err
	})
	return a, more, err
}

// txnIn is the answer to a transaction that reads these keys where it does not
// succeed, or always where read says so.
func txnIn(data []byte, keys []string, read bool) (r Result, err error) {
	var responses [][]byte
	err = each(data, func(f field) (err error) {
		switch f.number {
		case 1:
			r.Header, err = headerIn(f.data)
		case 2:
			r.Succeeded = f.flag()
		case 3:
			if len(responses) == MaxOps {
				return errBroken
			}
			responses = append(responses, f.data)
		}
		return err
	})
	if err != nil || r.Revision <= 0 {
		return Result{}, errBroken
	}
	if r.Succeeded != read { // what was written is answered too, and says nothing new
		return r, nil
	}
	if len(responses) != len(keys) {
		return Result{}, errBroken
	}
	for i, key := range keys {
		kv, err := oneIn(responses[i], key)
		if err != nil {
			return Result{}, err
		}
		r.KVs = append(r.KVs, kv)
	}
	return r, nil
}

// oneIn is the key that a range in a transaction was about.
func oneIn(data []byte, key string) (KV, error) {
	kv, seen := KV{Key: key}, false
	err := each(data, func(f field) error {
		if f.number != 1 {
			return nil
		}
		a, _, err := rangeIn(f.data, 1)
		if seen = true; err == nil && len(a.KVs) == 1 {
			if kv = a.KVs[0]; kv.Key != key {
				err = errBroken
			}
		}
		return err
	})
	if err == nil && !seen {
		err = errBroken
	}
	return kv, err
}

// told is one answer of a watch.
type told struct {
	Header
	id                          int64
	created, canceled, fragment bool
	compacted                   int64
	reason                      string
	events                      []Event
}

func watchIn(data []byte) (w told, err error) {
	err = each(data, func(f field) (err error) {
		switch f.number {
		case 1:
			w.Header, err = headerIn(f.data)
		case 2:
			w.id = f.num
		case 3:
			w.created = f.flag()
		case 4:
			w.canceled = f.flag()
		case 5:
			w.compacted = f.num
		case 6:
			w.reason = plain(string(f.data))
		case 7:
			w.fragment = f.flag()
		case 11:
			if len(w.events) == mostEvents {
				return errBroken
			}
			var e Event
			e, err = eventIn(f.data)
			w.events = append(w.events, e)
		}
		return err
	})
	return w, err
}

func eventIn(data []byte) (e Event, err error) {
	deleted := false
	err = each(data, func(f field) (err error) {
		switch f.number {
		case 1:
			deleted = f.num == 1
		case 2:
			e.KV, err = kvIn(f.data)
		}
		return err
	})
	if deleted {
		e.KV = KV{Key: e.Key, Mod: e.Mod}
	}
	if err == nil && (e.Key == "" || e.Mod <= 0 || e.Deleted() != deleted) {
		err = errBroken
	}
	return e, err
}

// leaseIn is what is said of a lease: its id, what it has left, and why not.
func leaseIn(data []byte) (id Lease, seconds int64, text string, err error) {
	err = each(data, func(f field) error {
		switch f.number {
		case 2:
			id = Lease(f.num)
		case 3:
			seconds = f.num
		case 4:
			text = plain(string(f.data))
		}
		return nil
	})
	return id, seconds, text, err
}

func tokenIn(data []byte) (token string, err error) {
	err = each(data, func(f field) error {
		if f.number == 2 {
			token = string(f.data)
		}
		return nil
	})
	for _, r := range token { // it goes into a header
		if r <= ' ' || r > '~' {
			return "", errBroken
		}
	}
	return token, err
}

func statusIn(data []byte) (m Member, err error) {
	err = each(data, func(f field) (err error) {
		switch f.number {
		case 1:
			m.Header, err = headerIn(f.data)
		case 2:
			m.Version = plain(string(f.data))
		case 3:
			m.Size = f.num
		case 4:
			m.Leader = uint64(f.num)
		case 9:
			m.Used = f.num
		}
		return err
	})
	return m, err
}

// membersIn are the names of the members, by their ids, and who says so.
func membersIn(data []byte) (h Header, names map[uint64]string, err error) {
	names = map[uint64]string{}
	err = each(data, func(f field) (err error) {
		switch {
		case f.number == 1:
			h, err = headerIn(f.data)
		case f.number == 2 && len(names) < mostMembers:
			id, name := uint64(0), ""
			err = each(f.data, func(f field) error {
				switch f.number {
				case 1:
					id = uint64(f.num)
				case 2:
					name = plain(string(f.data))
				}
				return nil
			})
			names[id] = name
		}
		return err
	})
	return h, names, err
}
