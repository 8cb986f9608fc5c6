package record

import (
	"encoding/json"
	"time"

	"github.com/hermes-tui/hermes-tui/core/secret"
)

// The records of keys that programs show to the proxy: each a head and a blob like
// those of an account, with files of their own form. They are no account's ids, so
// that no listing finds them. A head without a blob is that of keys which were
// removed, or never made.
const (
	ProxyKeyID   = "proxy-key"   // the key that all programs may share
	ClientKeysID = "client-keys" // what is kept of the keys of single programs
	FleetKeyID   = "fleet-key"   // what this host shows and opens as a member of a fleet
	// FleetClientsID are the keys of programs that every host of the fleet takes, as this
	// one has seen them last.
	FleetClientsID = "fleet-client-keys"
)

// isKeys reports whether an id is that of a record of keys.
func isKeys(id string) bool {
	return id == ProxyKeyID || id == ClientKeysID || id == FleetKeyID || id == FleetClientsID
}

// OfProxy reports whether this is a record of keys of the proxy, which is no
// account: it has no row in the pool file and no history.
func (h *Head) OfProxy() bool { return isKeys(h.ID) }

// ReadKeyHead returns the head of a record of keys, as [Folder.ReadHead] does that of
// an account. It is read by nothing else, so that nobody gets a key by asking for an
// account of its name.
func (f *Folder) ReadKeyHead(id string) (*Head, error) {
	if !isKeys(id) {
		return nil, noSuchAccount(id)
	}
	return f.readHead(id)
}

// keyHead is the head of a record of keys as it stands in its file.
type keyHead struct {
	Version int       `json:"version"`
	Ref     *Ref      `json:"ref,omitempty"`     // nil when there is no key
	Planned *Item     `json:"planned,omitempty"` // where a new blob is about to be
	Trash   []Item    `json:"trash,omitempty"`   // blobs that nothing needs any more
	MadeAt  time.Time `json:"made_at,omitzero"`
	// RevokedAt is when a person took the key away; no other is made by itself.
	RevokedAt time.Time `json:"revoked_at,omitzero"`
}

// MarshalJSON writes a head as it stands in its file.
func (h *Head) MarshalJSON() ([]byte, error) {
	if !h.OfProxy() {
		type plain Head
		return json.Marshal((*plain)(h))
	}
	k := keyHead{Version: h.Version, Ref: h.Ref, Trash: h.Trash, MadeAt: h.ObtainedAt, RevokedAt: h.RevokedAt}
	if h.Intent != nil {
		k.Planned = &h.Intent.Blob
	}
	return json.Marshal(k)
}

// decodeHead parses the head of an account or of a record of keys.
func decodeHead(id string, data []byte) (*Head, error) {
	if isKeys(id) {
		return decodeKeyHead(id, data)
	}
	return decodeAccount(data)
}

// decodeKeyHead parses the head of a record of keys. A planned blob was one that
// nobody had been told of, as in a move.
func decodeKeyHead(id string, data []byte) (*Head, error) {
	var k keyHead
	h := &Head{Public: Public{ID: id, Status: StatusRemoved}}
	err := json.Unmarshal(data, &k)
	if k.Version > format { // whose other words may not be known, either
		return nil, newer(k.Version)
	}
	if err != nil {
		return nil, h.Damaged(err)
	}
	h.Version, h.Ref, h.Trash, h.ObtainedAt = k.Version, k.Ref, k.Trash, k.MadeAt
	h.RevokedAt = k.RevokedAt
	if k.Planned != nil {
		h.Intent = &Intent{Why: ForMove, Blob: *k.Planned}
	}
	if h.Ref != nil {
		h.Status, h.Gen = StatusOK, keyGen
	}
	if h.Version < 1 || !h.pointsWell() {
		return nil, h.Damaged(nil)
	}
	return h, nil
}

// keyGen stands for the generation of keys, which is not counted.
const keyGen = 1

// sealedKey is the blob of the proxy's key.
type sealedKey struct {
	Version int    `json:"version"`
	StoreID string `json:"store_id"`
	Record  string `json:"record"`
	Key     string `json:"key"`
}

// NewProxyKey returns a key of 256 random bits. Its prefix tells people and
// secret scanners what it is.
func (f *Folder) NewProxyKey() (secret.Secret, error) {
	text, err := randomHex(f.random, 32)
	return secret.New("htui_" + text), err
}

// KeyBlob is the blob of the proxy's key, or of the fleet's.
func KeyBlob(storeID, id string, key secret.Secret) *Blob {
	return &Blob{StoreID: storeID, AccountID: id, Gen: keyGen, Why: ForMove, Access: key}
}
