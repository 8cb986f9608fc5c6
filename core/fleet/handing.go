package fleet

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"math"
	"slices"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/internal/etcd"
)

// handing gives the store what this host has, for whoever accepts that it was restored:
// of each account the newest that it has seen, and what it was granted since.
//
// It is sealed and authenticated as a head is, under a name that has this restore and this
// host in it, and counts only if it was made in the fleet's epoch of now: who was removed
// cannot make it, and what was handed in at another time is no use.
type handing struct{ *Heads }

// handed is what a host has of one account.
type handed struct {
	Version int `json:"version"`
	// Own is the host's name where the account is its own, and the fleet's no more, or not
	// yet. There is nothing else then.
	Own string `json:"own,omitempty"`
	// Gen is the generation that it has then, 0 where that is not known, and Entering that
	// the fleet may have it.
	Gen      uint64 `json:"gen,omitempty"`
	Entering bool   `json:"entering,omitempty"`
	// SignedIn is when somebody signed in there last.
	SignedIn time.Time `json:"signed_in,omitzero"`
	// Body is the newest that it has seen of the head.
	Body json.RawMessage `json:"body,omitempty"`
	// Blob are the tokens that the body points at, where this host has them.
	Blob []byte `json:"blob,omitempty"`
	// Pairs are those of which the fleet may not know.
	Pairs []handedPair `json:"pairs,omitempty"`
}

type handedPair struct {
	Name string `json:"name"`
	Blob []byte `json:"blob"`
}

// handedAll is written last.
type handedAll struct {
	Version  int      `json:"version"`
	Accounts []string `json:"accounts"`
}

// envelope is what is put at a key.
type envelope struct {
	Sealed []byte `json:"sealed"`
}

// in hands in everything, unless that was done. An account that another process of this
// host is at is waited for: it may be granted tokens in this moment.
func (h handing) in(ctx context.Context) error {
	got, err := h.Store.Get(ctx, h.Keys.Stamp())
	if err != nil {
		return away(err)
	}
	view, err := h.Team.View(ctx, got.KVs[0].Value)
	if err != nil {
		return err
	}
	_, restore := view.Restores()
	if restore == "" {
		return nil
	}
	done := h.Keys.Handed(restore, view.Member())
	if got, err = h.Store.Get(ctx, done); err != nil {
		return away(err)
	}
	if _, err := h.opened(view, got.KVs[0]); err == nil && got.KVs[0].Found() {
		return nil
	}
	ids, err := h.mirror.ids()
	if err != nil {
		return err
	}
	mine, entering, err := h.Own()
	if err != nil {
		return err
	}
	for _, id := range slices.Concat(mine, entering) {
		ids[id] = true
	}
	all := handedAll{Version: format}
	for id := range ids {
		one, err := h.one(ctx, view, id)
		if err == nil {
			err = h.put(ctx, view, h.Keys.Handed(restore, view.Member(), id), one)
		}
		if err != nil {
			return err
		}
		all.Accounts = append(all.Accounts, id)
	}
	slices.Sort(all.Accounts)
	if h.Beside != nil {
		if err := h.Beside(ctx); err != nil {
			return err
		}
	}
	return h.put(ctx, view, done, all)
}

// one is what this host has of an account.
func (h handing) one(ctx context.Context, view View, id string) (handed, error) {
	lock, err := h.files.Claim(ctx, id)
	if err != nil {
		return handed{}, err
	}
	defer lock.Release()
	known, err := h.mirror.known(id)
	if err != nil {
		return handed{}, err
	}
	if whose := h.mirror.whose(id); whose != fleets {
		out := handed{Version: format, Own: h.Host, Entering: whose == entering}
		if mine, err := lock.Head(ctx); err == nil {
			out.Gen, out.SignedIn = mine.Gen, mine.SignedInAt
		} else if autherr.CodeOf(err) != autherr.CodeNoSuchAccount {
			return handed{}, err
		}
		return out, nil
	}
	seen, err := known.entry(h.Heads, view)
	if err != nil || seen == nil {
		return handed{}, err
	}
	out := handed{Version: format}
	if out.Body, err = view.Own(known.head); err != nil {
		return handed{}, err
	}
	mine, err := lock.Head(ctx)
	if err != nil {
		return handed{}, err
	}
	for _, at := range places(seen.head, mine, h.spool(), id) {
		p, err := h.spool().open(ctx, at)
		switch {
		case err != nil:
			return handed{}, err
		case p == nil:
		case seen.head.Ref != nil && seen.head.Ref.Name == at.Name:
			out.Blob = p.data
		default:
			out.Pairs = append(out.Pairs, handedPair{at.Name, p.data})
		}
	}
	return out, nil
}

// places are where this host may have tokens of an account.
func places(seen, mine *record.Head, s spool, id string) (at []record.Item) {
	add := func(one record.Item) {
		if one.Name != "" && !slices.Contains(at, one) {
			at = append(at, one)
		}
	}
	for _, head := range []*record.Head{seen, mine} {
		if head.Ref != nil {
			add(record.Item{Kind: head.Ref.Kind, Name: head.Ref.Name})
		}
	}
	if planned(mine.Intent) != "" {
		add(mine.Intent.Blob)
	}
	if noted, ok := s.noted(id); ok {
		add(noted)
	}
	return at
}

// put writes something that is handed in.
func (h handing) put(ctx context.Context, view View, key string, what any) error {
	data, err := json.Marshal(what)
	if err != nil {
		return err
	}
	defer clear(data)
	sealed, err := view.Seal(data)
	if err != nil {
		return err
	}
	body, err := json.Marshal(envelope{sealed})
	if err != nil {
		return err
	}
	value, err := view.Wrap(key, body)
	if err != nil {
		return err
	}
	txn := etcd.Txn{If: []etcd.Compare{etcd.Is(h.Keys.Stamp(), view.Stamp())}, Then: []etcd.Op{etcd.Put(key, value, 0)}}
	// What was lost on the way is sent again while the store answers: it is the same value
	// however often it arrives, and none any more once the stamp is another.
	for range swapTries {
		var done etcd.Result
		if done, err = h.Store.Commit(ctx, txn); err == nil && !done.Succeeded {
			return Waiting()
		}
		if err == nil {
			return nil
		}
		if !errors.Is(err, etcd.Unclear) || errors.Is(err, etcd.NoSpace) || ctx.Err() != nil {
			break
		}
		if _, failed := h.Store.Get(ctx, key); failed != nil {
			break
		}
	}
	return away(err)
}

// opened is what somebody has handed in at a key.
func (h handing) opened(view View, kv etcd.KV) ([]byte, error) {
	body, err := view.Fresh(kv.Key, kv.Value)
	if err != nil {
		return nil, err
	}
	var e envelope
	if err := json.Unmarshal(body, &e); err != nil {
		return nil, err
	}
	return view.Open(e.Sealed)
}

// heard are those of the hosts that have handed in everything, and of each account that
// one of them has the hosts that have it.
func (h handing) heard(ctx context.Context, view View, hosts []string) (heard map[string]bool, ids map[string][]string, err error) {
	_, restore := view.Restores()
	keys := make([]string, len(hosts))
	for i, host := range hosts {
		keys[i] = h.Keys.Handed(restore, host)
	}
	heard, ids = map[string]bool{}, map[string][]string{}
	for part := range slices.Chunk(keys, etcd.MaxOps/2) {
		got, err := h.Store.Get(ctx, part...)
		if err != nil {
			return nil, nil, away(err)
		}
		for i, kv := range got.KVs {
			data, err := h.opened(view, kv)
			var all handedAll
			if !kv.Found() || err != nil || json.Unmarshal(data, &all) != nil {
				continue // it is not by that host, or not of now
			}
			host := hosts[slices.Index(keys, part[i])]
			heard[host] = true
			for _, id := range all.Accounts {
				if record.ValidID(id) {
					ids[id] = append(ids[id], host)
				}
			}
		}
	}
	return heard, ids, nil
}

// candidate is what one host has handed in of an account.
type candidate struct {
	own   string    // the host's name, where the account is its own
	gen   uint64    // that it has from there on, alone
	login time.Time // of it; zero where that is not known
	at    time.Time // when that was asked
	entry *entry    // nil where it is
	blob  []byte
	pairs []*pair
}

// of is what these hosts have handed in of an account, each of which has to be there.
func (h handing) of(ctx context.Context, view View, hosts []string, id string) (all []candidate, err error) {
	_, restore := view.Restores()
	kind, err := kind(h.Folder)
	if err != nil {
		return nil, err
	}
	for part := range slices.Chunk(hosts, etcd.MaxOps/2) {
		keys := make([]string, len(part))
		for i, host := range part {
			keys[i] = h.Keys.Handed(restore, host, id)
		}
		got, err := h.Store.Get(ctx, keys...)
		if err != nil {
			return nil, away(err)
		}
		for _, kv := range got.KVs {
			one, err := h.candidate(view, kv, id, kind)
			if err != nil {
				return nil, err
			}
			all = append(all, one)
		}
	}
	return all, nil
}

func (h handing) candidate(view View, kv etcd.KV, id, kind string) (candidate, error) {
	data, err := h.opened(view, kv)
	if err != nil {
		return candidate{}, err
	}
	defer clear(data)
	var in handed
	if err := json.Unmarshal(data, &in); err != nil {
		return candidate{}, damaged(id, err)
	}
	if in.Own != "" {
		gen := in.Gen
		switch {
		case gen == 0:
			gen = math.MaxUint64
		case in.Entering: // of what it has last, the fleet's counts, if it is there
			gen--
		}
		return candidate{own: in.Own, gen: gen, login: in.SignedIn, at: h.Clock.Now()}, nil
	}
	out := candidate{entry: &entry{}, blob: in.Blob}
	if out.entry.body, out.entry.head, err = decode(h.Folder, id, in.Body, kind); err != nil {
		return candidate{}, err
	}
	for _, p := range in.Pairs {
		blob, err := record.OpenBlob(p.Blob)
		if err != nil || blob.AccountID != id {
			continue
		}
		out.pairs = append(out.pairs, &pair{at: record.Item{Kind: kind, Name: p.Name}, blob: blob, data: bytes.Clone(p.Blob)})
	}
	return out, nil
}

// unreadable is what stays as it is because it was not written by the fleet.
func unreadable(err error) bool {
	code := autherr.CodeOf(err)
	return code == autherr.CodeRecordDamaged || code == autherr.CodeOtherEpoch
}
