package fleet

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/record"
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
