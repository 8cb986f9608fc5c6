package fleet

import (
	"encoding/json"
	"errors"
	"io/fs"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/internal/atomicfile"
	"github.com/hermes-tui/hermes-tui/internal/etcd"
)

// sighting is of which store, and how far it was, this host has seen something.
type sighting struct {
	Cluster  uint64 `json:"cluster"`
	Revision int64  `json:"revision"`
	Restores uint64 `json:"restores,omitempty"` // that the fleet had accepted
}

// sighted writes down where the store was. It comes before whatever rests on it.
func (m mirror) sighted(at etcd.Header, accepted uint64) error {
	data, err := json.Marshal(sighting{at.Cluster, at.Revision, accepted})
	if err != nil {
		return err
	}
	return m.write("seen.json", data)
}

// sighting is what was written down last; nil where nothing was.
func (m mirror) sighting() (*sighting, error) {
	var seen sighting
	data, err := atomicfile.Read(m.path("seen.json"), maxValue)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err == nil {
		err = json.Unmarshal(data, &seen)
	}
	if err != nil {
		return nil, &autherr.Error{Kind: autherr.Keystore, Code: autherr.CodeRecordDamaged, Err: err,
			Message: "what this host has seen of the fleet cannot be read (" + m.path("seen.json") + ")",
			Hint:    "leave the fleet here and join again: `hermes-tui fleet leave`"}
	}
	return &seen, nil
}

// later returns an error where the store is another than the one that was seen, or has
// gone back, and the fleet has not accepted that since.
func (s *sighting) later(at etcd.Header, accepted uint64) error {
	if s == nil || s.Restores < accepted || at.Cluster == s.Cluster && at.Revision >= s.Revision {
		return nil
	}
	return errGoneBack()
}

// known is what this host has seen of an account and of the store. It is read before the
// store is asked: what another process of this host sees meanwhile is no sign that the
// store has gone back.
type known struct {
	id   string
	at   *sighting
	head []byte // the newest value of the account's head; nil for none
}

func (m mirror) known(id string) (known, error) {
	at, err := m.sighting()
	if err != nil {
		return known{}, err
	}
	head, err := atomicfile.Read(m.path(id+".head"), maxValue)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return known{}, err
	}
	return known{id, at, head}, nil
}

// entry is the account as this host has seen it last; nil where it has not.
func (k known) entry(h *Heads, view View) (*entry, error) {
	if k.head == nil {
		return nil, nil
	}
	inner, err := view.Own(k.head)
	if err != nil {
		return nil, err
	}
	kind, err := kind(h.Folder)
	if err != nil {
		return nil, err
	}
	e := &entry{raw: k.head}
	e.body, e.head, err = decode(h.Folder, k.id, inner, kind)
	return e, err
}

// later is why the store is an older one than what was known; nil where it is not.
func (k known) later(h *Heads, view View, e *entry) (older, err error) {
	if older := k.at.later(e.at, e.accepted); older != nil {
		return older, nil
	}
	mine, err := k.entry(h, view)
	switch {
	case err != nil || mine == nil:
		return nil, err
	case e.raw == nil && mine.body.Restores >= e.accepted, e.raw != nil && e.before(mine):
		return errRestored(k.id), nil
	}
	return nil, nil
}
