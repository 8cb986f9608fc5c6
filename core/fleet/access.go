package fleet

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/secret"
	"github.com/hermes-tui/hermes-tui/internal/etcd"
)

// access is what readers are given of an account: what its head says, and the access
// token. The refresh token is not in it, nor anything that stands for it.
type access struct {
	Version  int             `json:"version"`
	Head     json.RawMessage `json:"head"`
	Blob     []byte          `json:"blob,omitempty"`     // a [record.Blob]; none of an account that needs a sign-in
	Restores uint64          `json:"restores,omitempty"` // as in a [body]: what has more is later, whatever its generation
}

// handOut returns what puts an account's access token where readers find it: nil where
// there are none, or nothing new to be told. restores are those that were accepted.
func (c *claim) handOut(view View, w write, restores uint64) ([]etcd.Op, error) {
	if !view.HasReaders() || w.next.Removed() || w.next.Ref != nil && w.blob == nil {
		return nil, nil
	}
	h := w.next.Copy()
	h.Current, h.Uncertain, h.Refused = "", "", nil
	head, err := shared(h)
	if err != nil {
		return nil, err
	}
	a := access{Version: format, Head: head, Restores: restores}
	if w.blob != nil {
		blob, err := record.OpenBlob(w.blob)
		if err != nil {
			return nil, err
		}
		blob.Refresh, blob.ID, blob.Replaces = secret.Secret{}, secret.Secret{}, ""
		if a.Blob, err = blob.Seal(); err != nil {
			return nil, err
		}
	}
	data, err := json.Marshal(a)
	if err != nil {
		return nil, err
	}
	key := c.heads.Keys.Access(c.id)
	sealed, err := view.SealAccess(key, data)
	if err != nil {
		return nil, err
	}
	return []etcd.Op{etcd.Put(key, sealed, 0)}, nil
}

// want is what a reader writes that needs a newer token.
type want struct {
	Gen uint64 `json:"gen"` // newer than this
}

// Wants has accounts refreshed of which a reader needs a newer token, until ctx is done.
// What no member has written is passed over; a refresh within a minute of the last is not
// done for it.
func (h *Heads) Wants(ctx context.Context, refresh func(ctx context.Context, id string, gen uint64)) {
	persist(ctx, h, func(standing func()) error {
		listed, err := h.Store.Range(ctx, h.Keys.Wants())
		if err != nil {
			return err
		}
		for _, kv := range listed.KVs {
			wanted(ctx, h, kv, refresh)
		}
		for batch, err := range h.Store.Watch(ctx, h.Keys.Wants(), listed.Revision+1) {
			if err != nil {
				return err
			}
			for _, event := range batch.Events {
				if !event.Deleted() {
					wanted(ctx, h, event.KV, refresh)
				}
			}
			standing()
		}
		return nil
	})
}

// wanted does what one of the readers asks for, unless it is done.
func wanted(ctx context.Context, h *Heads, kv etcd.KV, refresh func(ctx context.Context, id string, gen uint64)) {
	id := strings.TrimPrefix(kv.Key, h.Keys.Wants())
	if !record.ValidID(id) {
		return
	}
	view, err := h.Team.View(ctx, nil) // whoever asks may be new
	if err != nil {
		return
	}
	var w want
	body, err := view.Asked(kv.Key, kv.Value)
	if err != nil || json.Unmarshal(body, &w) != nil {
		h.Log.Warn("something asks for a newer token, and is no member of the fleet", "account", id, "error", err)
		return
	}
	if head, err := h.Folder.ReadHead(id); err == nil && head.Gen <= w.Gen && !head.Removed() && !head.Quarantined() {
		go refresh(ctx, id, w.Gen)
	}
}
