package fleet

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/internal/etcd"
)

// format is that of heads in etcd.
const format = 1

// body is an account's head as it stands in etcd, under the MAC.
type body struct {
	Version int `json:"version"`
	// Head is a [record.Head] without what concerns one host alone.
	Head json.RawMessage `json:"head"`
	// Intent is set while a refresh token may be sent, or may have been.
	Intent *intent `json:"intent,omitempty"`
	// Cause is the hash of the refresh token for which the account is quarantined.
	Cause string `json:"cause,omitempty"`
	// By is the host that brought the tokens, or found them dead: for people.
	By string `json:"by,omitempty"`
	// Sealed is the epoch in which the tokens were, zero for none: who was a host then may
	// have them.
	Sealed uint64 `json:"sealed,omitempty"`
	// MovesTo is the host whose own the account becomes, or has become where it is removed.
	MovesTo string `json:"moves_to,omitempty"`
	// Moves is how often the account has come back into the fleet.
	Moves uint64 `json:"moves,omitempty"`
	// Restores counts the restored stores that were accepted until this was written: a head
	// with more is the later one, whatever it says.
	Restores uint64 `json:"restores,omitempty"`
	// Unheard says that a restored store was accepted without what some host has of this
	// account: what it brings counts, if it is later and nothing else has come meanwhile.
	Unheard bool `json:"unheard,omitempty"`
	// Write is new with each write, so that no two values are alike.
	Write string `json:"write"`
}

// intent is [record.Intent] for several hosts.
type intent struct {
	Op   string    `json:"op"` // name that the new blob will have
	Host string    `json:"host"`
	Boot string    `json:"boot,omitempty"`
	Hash string    `json:"hash,omitempty"`
	At   time.Time `json:"at"`
}

// entry is what was read of an account, at one revision.
type entry struct {
	raw  []byte // value of the head; nil where there is none
	body body
	head *record.Head // with the intent, and no places in this host's keystore
	busy []byte       // value of busy; nil where there is none

	at       etcd.Header // where the store was
	accepted uint64      // how often the fleet had accepted a restored store
}

// read takes the value of a head.
func (e *entry) read(h *Heads, view View, id string, kv etcd.KV) error {
	e.raw = kv.Value
	inner, err := view.Read(kv)
	if err != nil {
		return err
	}
	kind, err := kind(h.Folder)
	if err != nil {
		return err
	}
	e.body, e.head, err = decode(h.Folder, id, inner, kind)
	return err
}

// before reports whether an entry comes before another: first of all by the restored
// stores that were accepted, then by how often it has come back into the fleet, then one
// that is not removed before one that is, then by generation, then by quarantine.
func (e *entry) before(other *entry) bool {
	if a, b := e.body.Restores, other.body.Restores; a != b {
		return a < b
	}
	if a, b := e.body.Moves, other.body.Moves; a != b {
		return a < b
	}
	return older(e.head, other.head)
}

// ours reports whether the intent that stands is that of this operation.
func (e *entry) ours(op string) bool {
	return op != "" && e.body.Intent != nil && e.body.Intent.Op == op
}

// shared is the part of a head that all hosts share.
func shared(h *record.Head) (json.RawMessage, error) {
	s := h.Copy()
	s.Version, s.Rev, s.Trash, s.Intent, s.Origin = 0, 0, nil, nil, nil
	s.Locked, s.ClockSkew = false, 0
	s.Interrupted, s.RefreshingSince = false, time.Time{}
	if s.Ref != nil {
		ref := *s.Ref
		ref.Kind = ""
		s.Ref = &ref
	}
	return json.Marshal(s)
}

// decode reads a head that was authenticated. kind is that of this host's keystore.
func decode(folder *record.Folder, id string, data []byte, kind string) (body, *record.Head, error) {
	var b body
	if err := json.Unmarshal(data, &b); err != nil {
		return b, nil, damaged(id, err)
	}
	if b.Version > format {
		return b, nil, &autherr.Error{
			Kind: autherr.Keystore, Code: autherr.CodeNewerStore,
			Message: fmt.Sprintf("the fleet's record of %s was written by a newer hermes-tui (format %d)", id, b.Version),
			Hint:    "update this hermes-tui; nothing was changed",
		}
	}
	h, err := folder.DecodeShared(id, b.Head, kind)
	if err != nil {
		return b, nil, err
	}
	if in := b.Intent; in != nil {
		h.Intent = &record.Intent{Why: record.ForRefresh, Hash: in.Hash, Blob: record.Item{Kind: kind, Name: in.Op}, At: in.At}
	}
	return b, h, nil
}

// same reports whether two heads say the same to all hosts.
func same(a, b *record.Head) bool {
	x, err := shared(a)
	y, failed := shared(b)
	return err == nil && failed == nil && bytes.Equal(x, y)
}

func damaged(id string, cause error) error {
	return &autherr.Error{
		Kind: autherr.Keystore, Code: autherr.CodeRecordDamaged, Err: cause,
		Message: fmt.Sprintf("the fleet's record of %s cannot be read", id),
		Hint:    "nothing was used, changed or deleted; `hermes-tui fleet status` shows the hosts",
	}
}
