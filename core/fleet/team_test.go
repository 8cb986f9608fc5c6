package fleet

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/fleet/roster"
	"github.com/hermes-tui/hermes-tui/internal/etcd"
	"github.com/hermes-tui/hermes-tui/internal/etcd/etcdtest"
)

// team is a fleet whose members do not change. What it says of restores stands in its
// stamp.
type team struct {
	*fleet
	link   *etcdtest.Client
	member string
}

// stamped is what a stamp says.
type stamped struct {
	Once     int
	Accepted uint64
	Waiting  string
}

func (t team) View(ctx context.Context, stamp []byte) (View, error) {
	if string(stamp) == "removed" || t.out != "" && t.member == t.out {
		return nil, roster.ErrNotMember
	}
	switch code := string(stamp); code {
	case autherr.CodeFleetRestored, autherr.CodeRecordDamaged: // the record of the fleet is that
		return nil, &autherr.Error{Kind: autherr.Keystore, Code: code, Message: code}
	}
	if stamp == nil {
		got, err := t.link.Get(ctx, t.keys.Stamp())
		if err != nil {
			return nil, err
		}
		stamp = got.KVs[0].Value
	}
	v := plainView{stamp: stamp, member: t.member, readers: t.reader != nil}
	for _, h := range t.hosts {
		if h.name != t.out {
			v.names = append(v.names, h.name)
		}
	}
	if err := json.Unmarshal(stamp, &v.says); err != nil {
		return nil, err
	}
	return v, t.later(ctx, v.says)
}

// later returns an error where the host has seen that a restored store was accepted of which
// the store does not say so.
func (t team) later(ctx context.Context, s stamped) error {
	if s.Accepted < t.accepted.of(t.member) { // or it was read before another program has seen that
		got, err := t.link.Get(ctx, t.keys.Stamp())
		if err != nil {
			return err
		}
		if err := json.Unmarshal(got.KVs[0].Value, &s); err != nil {
			return err
		}
		if s.Accepted < t.accepted.of(t.member) {
			return &roster.Older{}
		}
	}
	t.accepted.note(t.member, s.Accepted)
	return nil
}

func (t team) Restored(ctx context.Context) error {
	return t.change(ctx, func(s *stamped) bool {
		if accepted := t.accepted.of(t.member); s.Accepted < accepted { // as the roster puts back what the host has seen
			s.Accepted = accepted
		} else if s.Waiting != "" {
			return false
		}
		if s.Waiting == "" && (t.marking != s.Once || t.marked == 0) { // what was lost on the way is sent again
			t.marked++
		}
		t.marking = s.Once
		t.waits++
		s.Waiting = fmt.Sprintf("restore-%d", t.waits)
		return true
	})
}

func (t team) Accept(ctx context.Context) error {
	return t.change(ctx, func(s *stamped) bool {
		if s.Waiting == "" {
			return false
		}
		s.Accepted, s.Waiting = s.Accepted+1, ""
		return true
	}, etcd.DeletePrefix(t.keys.Handed()))
}

// change writes a new stamp, which is like no other.
func (t team) change(ctx context.Context, change func(*stamped) bool, also ...etcd.Op) error {
	for range 10 {
		got, err := t.link.Get(ctx, t.keys.Stamp())
		if err != nil {
			return err
		}
		if t.out != "" && t.member == t.out {
			return roster.ErrNotMember
		}
		var s stamped
		if err := json.Unmarshal(got.KVs[0].Value, &s); err != nil {
			return err
		}
		if !change(&s) {
			return nil
		}
		t.stamps++
		s.Once = t.stamps
		next, err := json.Marshal(s)
		if err != nil {
			return err
		}
		then := append([]etcd.Op{etcd.Put(t.keys.Stamp(), next, 0)}, also...)
		_, err = t.link.Commit(ctx, etcd.Txn{If: []etcd.Compare{etcd.Is(t.keys.Stamp(), got.KVs[0].Value)}, Then: then})
		if err != nil && !errors.Is(err, etcd.Unclear) { // what is not known is looked at, as the roster does
			return err
		}
	}
	return errors.New("others were faster")
}

// plainView seals by turning bytes over, so that what is sealed can be told from what
// is not.
type plainView struct {
	stamp  []byte
	says   stamped
	member string
	names  []string

	readers bool
}

func (v plainView) Number() uint64             { return 1 }
func (v plainView) Stamp() []byte              { return v.stamp }
func (v plainView) Member() string             { return v.member }
func (v plainView) Restores() (uint64, string) { return v.says.Accepted, v.says.Waiting }

func (v plainView) Names() []string { return v.names }

func (v plainView) HasReaders() bool { return v.readers }

func (v plainView) SealAccess(key string, data []byte) ([]byte, error) {
	return v.Wrap("access "+key, turned(data))
}

func (v plainView) OpenAccess(key string, value []byte) ([]byte, error) {
	data, err := v.Unwrap("access "+key, value)
	return turned(data), err
}

func (v plainView) Ask(key string, body []byte) ([]byte, error) { return v.Wrap("ask "+key, body) }
func (v plainView) Asked(key string, value []byte) ([]byte, error) {
	return v.Fresh("ask "+key, value)
}

func (v plainView) Wrap(key string, body []byte) ([]byte, error) {
	return append([]byte(key+"\n"), body...), nil
}

func (v plainView) Unwrap(key string, value []byte) ([]byte, error) { return v.Fresh(key, value) }
func (v plainView) Read(kv etcd.KV) ([]byte, error)                 { return v.Fresh(kv.Key, kv.Value) }

func (v plainView) Own(value []byte) ([]byte, error) {
	_, body, _ := bytes.Cut(value, []byte("\n"))
	return body, nil
}

func (v plainView) Fresh(key string, value []byte) ([]byte, error) {
	body, ok := bytes.CutPrefix(value, []byte(key+"\n"))
	if !ok {
		return nil, &autherr.Error{Kind: autherr.Keystore, Code: autherr.CodeRecordDamaged, Message: "not by an owner"}
	}
	return body, nil
}

func (v plainView) Seal(data []byte) ([]byte, error) { return turned(data), nil }
func (v plainView) Open(data []byte) ([]byte, error) { return turned(data), nil }

func turned(data []byte) []byte {
	out := make([]byte, len(data))
	for i, b := range data {
		out[i] = b ^ 0xff
	}
	return out
}

// acceptedSeen is how many accepted restores each member has seen.
type acceptedSeen struct {
	mu  sync.Mutex
	all map[string]uint64
}

func (a *acceptedSeen) of(member string) uint64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.all[member]
}

func (a *acceptedSeen) note(member string, n uint64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.all == nil {
		a.all = map[string]uint64{}
	}
	a.all[member] = max(a.all[member], n)
}
