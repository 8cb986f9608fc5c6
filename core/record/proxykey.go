package record

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/secret"
	"github.com/hermes-tui/hermes-tui/internal/atomicfile"
)

// ProxyKeyID is the reserved record of the key that programs show to the proxy.
// It is no account's id, so that no listing finds it.
const ProxyKeyID = "proxy-key"

// ProxyKeyHead is the truth about the proxy's key: where its blob is. Like an
// account's head it is replaced as a whole, only under its lock, and holds no
// secret.
type ProxyKeyHead struct {
	Version int       `json:"version"`
	Ref     *Ref      `json:"ref,omitempty"`     // nil when there is no key
	Planned *Place    `json:"planned,omitempty"` // where a new blob is about to be
	Trash   []Place   `json:"trash,omitempty"`   // blobs that nothing needs any more
	MadeAt  time.Time `json:"made_at,omitzero"`
}

// Discard adds a place to the trash.
func (h *ProxyKeyHead) Discard(p *Place) {
	if p != nil {
		h.Trash = append(h.Trash, *p)
	}
}

// LockProxyKey takes the lock of the proxy's key, waiting until ctx is done. It
// stands where an account's lock stands in the order of locks.
func (f *Folder) LockProxyKey(ctx context.Context) (*Lock, error) {
	return f.acquire(ctx, f.acct(ProxyKeyID, ".lock"))
}

// TryLockProxyKey takes that lock if it is free now. Without it, both results
// are nil.
func (f *Folder) TryLockProxyKey() (*Lock, error) {
	return f.tryPath(f.acct(ProxyKeyID, ".lock"))
}

// ReadProxyKeyHead returns where the proxy's key is. Before one was made, it is
// the zero head.
func (f *Folder) ReadProxyKeyHead() (ProxyKeyHead, error) {
	data, err := atomicfile.Read(f.HeadPath(ProxyKeyID), maxRecord)
	if errors.Is(err, fs.ErrNotExist) {
		return ProxyKeyHead{}, nil
	}
	if err != nil {
		return ProxyKeyHead{}, unreadable(f.HeadPath(ProxyKeyID), err)
	}
	return DecodeProxyKeyHead(data)
}

// DecodeProxyKeyHead parses the bytes of the head of the proxy's key.
func DecodeProxyKeyHead(data []byte) (ProxyKeyHead, error) {
	var h ProxyKeyHead
	switch err := json.Unmarshal(data, &h); {
	case err != nil:
		return ProxyKeyHead{}, DamagedProxyKey(err)
	case h.Version > Version:
		return ProxyKeyHead{}, newer(h.Version)
	case h.Version < 1, h.Ref != nil && (h.Ref.Name == "" || h.Ref.SHA256 == ""):
		return ProxyKeyHead{}, DamagedProxyKey(nil)
	}
	return h, nil
}

// WriteProxyKeyHead replaces the head. The caller holds its lock.
func (f *Folder) WriteProxyKeyHead(h ProxyKeyHead) error {
	h.Version = Version
	data, err := json.MarshalIndent(h, "", "  ")
	if err != nil {
		return err
	}
	if err := atomicfile.Write(f.HeadPath(ProxyKeyID), append(data, '\n'), 0o600); err != nil {
		return unwritable(f.HeadPath(ProxyKeyID), err)
	}
	return nil
}

// sealedProxyKey is the blob of the proxy's key.
type sealedProxyKey struct {
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

// SealProxyKey returns the bytes to put into the keystore. They hold the key.
func SealProxyKey(storeID string, key secret.Secret) ([]byte, error) {
	return json.Marshal(sealedProxyKey{Version: Version, StoreID: storeID, Record: ProxyKeyID, Key: key.Reveal()})
}

// OpenProxyKey parses the bytes that SealProxyKey made for this store.
func OpenProxyKey(storeID string, data []byte) (secret.Secret, error) {
	var s sealedProxyKey
	if err := json.Unmarshal(data, &s); err != nil || s.StoreID != storeID || s.Record != ProxyKeyID || s.Key == "" {
		return secret.Secret{}, DamagedProxyKey(nil)
	}
	return secret.New(s.Key), nil
}

// DamagedProxyKey is the error for a key that cannot be read.
func DamagedProxyKey(cause error) error {
	return &autherr.Error{
		Kind: autherr.Keystore, Code: autherr.CodeRecordDamaged,
		Message: "the key of the proxy is missing or damaged",
		Hint:    "make a new one with `hermes-tui serve --rotate-key` and give it to the programs that use the proxy",
		Err:     cause,
	}
}
