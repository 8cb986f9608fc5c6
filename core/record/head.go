package record

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
)

// format is that of heads, blobs and the pool file that this program
// writes. A newer one can be listed; whatever must write refuses it.
const format = 1

// markedFormat is that of a head that says what a program of [format] does not know
// and must not pass over: it would serve an account that each program has to be
// confirmed for, and drop the mark with its next write.
const markedFormat = 2

// maxRefused is how many refused refresh tokens a head remembers.
const maxRefused = 16

// Head is the truth about one account. It is replaced as a whole, only under
// the account's lock, and holds no token.
type Head struct {
	Version int `json:"version"`
	Public
	// Label is a copy of the label at the last commit, used only when the pool
	// file has to be rebuilt.
	Label string `json:"label,omitempty"`
	// Ref points at the current blob; nil when there is none.
	Ref *Ref `json:"ref,omitempty"`
	// Current is the hash of the current refresh token: one grant must not
	// stand under two ids.
	Current string `json:"current,omitempty"`
	// Origin is where an imported grant stands in another program's file; nil
	// for one that was signed in here.
	Origin *Origin `json:"origin,omitempty"`
	// Intent is what was about to happen; its outcome is not known while it
	// stands here.
	Intent *Intent `json:"intent,omitempty"`
	// Uncertain is the hash of the refresh token that an interrupted attempt
	// may have spent.
	Uncertain string `json:"uncertain,omitempty"`
	// Unstored says that the answer to the uncertain attempt came, and could not be
	// stored.
	Unstored bool `json:"unstored,omitempty"`
	// Doubts counts answers in a row that were 200 with a status other than
	// success.
	Doubts int `json:"doubts,omitempty"`
	// Failures counts failures in a row, for the back-off.
	Failures int `json:"failures,omitempty"`
	// Attempts counts attempts that came to an end, good or bad. Who waited for
	// the lock sees by it that somebody else got an answer meanwhile.
	Attempts uint64 `json:"attempts"`
	// Refused are the hashes of refresh tokens that were finally refused and
	// are never sent again.
	Refused []string `json:"refused,omitempty"`
	// Trash are blobs that nothing needs any more, still to be deleted.
	Trash     []Item    `json:"trash,omitempty"`
	RemovedAt time.Time `json:"removed_at,omitzero"`
	// RevokedAt is when the proxy's key was taken away; an account has none.
	RevokedAt time.Time `json:"-"`

	seen headVersion // the file that it was read from, or written to
}

// Item is a stored blob, by the kind of its keystore and its name there.
type Item struct {
	Kind string `json:"kind"`
	Name string `json:"name"`
}

// Ref points at a blob and says what it must look like.
type Ref struct {
	Item
	Length int    `json:"length"`
	SHA256 string `json:"sha256"` // of the blob's bytes, hex
}

// Reason is why tokens are about to change.
type Reason string

// The reasons of an intent.
const (
	ForRefresh Reason = "refresh"
	ForLogin   Reason = "login"
	ForMove    Reason = "move"
	ForImport  Reason = "import" // read from another program's file
)

// Intent is written before something happens that cannot be taken back.
type Intent struct {
	Why  Reason    `json:"why"`
	Hash string    `json:"hash,omitempty"` // of the refresh token that is about to be sent
	Blob Item      `json:"blob"`           // where the new blob will be
	At   time.Time `json:"at"`
	PID  int       `json:"pid"`
	// Storing says that the tokens are granted and wait for the keystore.
	Storing bool `json:"storing,omitempty"`
}

// Discard adds a place to the trash; an empty one is ignored.
func (h *Head) Discard(p Item) {
	if p.Name == "" {
		return
	}
	if slices.Contains(h.Trash, p) {
		return
	}
	h.Trash = append(h.Trash, p)
}

// DiscardAll adds the current blob and the planned one to the trash.
func (h *Head) DiscardAll() {
	if h.Ref != nil {
		h.Discard(h.Ref.Item)
	}
	if h.Intent != nil {
		h.Discard(h.Intent.Blob)
	}
	h.Ref, h.Intent = nil, nil
}

// Copy returns a head that can be changed beside this one.
func (h *Head) Copy() *Head {
	next := *h
	next.Trash, next.Refused = slices.Clone(h.Trash), slices.Clone(h.Refused)
	return &next
}

// Names reports whether the head names a place: as the current blob, as a
// planned one, or as one to be deleted.
func (h *Head) Names(p Item) bool {
	return h.Ref != nil && h.Ref.Item == p || h.Intent != nil && h.Intent.Blob == p || slices.Contains(h.Trash, p)
}

// Refuse remembers the hash of a refused refresh token, forgetting the oldest
// of more than [maxRefused].
func (h *Head) Refuse(hash string) {
	if hash == "" || h.WasRefused(hash) {
		return
	}
	h.Refused = append(h.Refused, hash)
	if n := len(h.Refused); n > maxRefused {
		h.Refused = h.Refused[n-maxRefused:]
	}
}

// Forgive forgets a hash: a new sign-in brought the same token again, alive.
func (h *Head) Forgive(hash string) {
	kept := h.Refused[:0:0]
	for _, r := range h.Refused {
		if r != hash {
			kept = append(kept, r)
		}
	}
	h.Refused = kept
}

// WasRefused reports whether the token with this hash must not be sent again.
func (h *Head) WasRefused(hash string) bool { return slices.Contains(h.Refused, hash) }

// Left reports whether somebody still has to finish a change of the account: one
// was begun, or blobs are to be deleted.
func (h *Head) Left() bool {
	return h.Intent != nil || len(h.Trash) > 0 || h.Gen == 0 && !h.Removed()
}

// listed reports whether the account belongs into the pool file.
func (h *Head) listed() bool { return !h.Removed() && h.Gen > 0 }

// Removed reports whether the account was deleted.
func (h *Head) Removed() bool { return h.Status == StatusRemoved }

// decodeAccount parses the bytes of a head file. A damaged one is an error with
// code record_damaged, one of a newer format an error with code newer_store
// together with what could be read of it.
func decodeAccount(data []byte) (*Head, error) {
	var h Head
	if err := json.Unmarshal(data, &h); err != nil {
		return nil, damaged("a record cannot be read", err)
	}
	h.clean()
	if h.Version > h.format() {
		return &h, newer(h.Version)
	}
	switch {
	case h.Version < 1:
		return nil, damaged("a record has no version", nil)
	case !ValidID(h.ID):
		return nil, damaged(fmt.Sprintf("a record has the id %q", h.ID), nil)
	case h.Status != StatusOK && h.Status != StatusQuarantined && h.Status != StatusRemoved:
		return nil, damaged(fmt.Sprintf("the record of %s has the status %q", h.ID, h.Status), nil)
	case !h.pointsWell():
		return nil, damaged(fmt.Sprintf("the record of %s points to no secret of this account", h.ID), nil)
	}
	return &h, nil
}

// format is that of the head as it is written: no newer than it has to be.
func (h *Head) format() int {
	if h.Confirm {
		return markedFormat
	}
	return format
}

// pointsWell reports whether every blob that the head names is one of this
// account, in a keystore that there is.
func (h *Head) pointsWell() bool {
	if h.Ref != nil && (!h.Ref.of(h.ID) || h.Ref.Length < 0 || !isHex(h.Ref.SHA256)) {
		return false
	}
	if h.Intent != nil && !h.Intent.Blob.of(h.ID) {
		return false
	}
	return !slices.ContainsFunc(h.Trash, func(p Item) bool { return !p.of(h.ID) })
}

// of reports whether the place can be that of a blob of the account.
func (p Item) of(id string) bool {
	tail, ok := strings.CutPrefix(p.Name, id+".")
	return ok && isHex(tail) && isKind(p.Kind)
}

// isKind reports whether there is a keystore of this kind.
func isKind(kind string) bool { return kind == "keyring" || kind == "file" || kind == "memory" }

func damaged(message string, cause error) error {
	return &autherr.Error{
		Kind: autherr.Keystore, Code: autherr.CodeRecordDamaged, Message: message,
		Hint: "nothing was changed or deleted; run `hermes-tui doctor`", Err: cause,
	}
}

func newer(version int) error {
	return &autherr.Error{
		Kind: autherr.Keystore, Code: autherr.CodeNewerStore,
		Message: fmt.Sprintf("these records were written by a newer hermes-tui (format %d)", version),
		Hint:    "update this hermes-tui; nothing was changed",
	}
}
