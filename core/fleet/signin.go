package fleet

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"sync"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/internal/etcd"
	"github.com/hermes-tui/hermes-tui/internal/lockfile"
	"github.com/hermes-tui/hermes-tui/internal/private"
)

const (
	// signInTime is how long whoever signs an account in keeps others from asking for
	// it, about as long as a code holds. A host that dies gives it back with its lease.
	signInTime = 15 * time.Minute
	// endTime bounds how long it takes to say that a sign-in has ended.
	endTime = 3 * time.Second
)

// SigningIn says who signs an account in. It keeps people out of each other's way and
// decides nothing else: whoever has approved a code signs in.
type SigningIn struct {
	Host string    `json:"host"`
	At   time.Time `json:"at"`             // by that host's clock
	Once string    `json:"once"`           // of no two sign-ins
	Held bool      `json:"held,omitempty"` // a lock of that host is held for as long as it lives
	Mine bool      `json:"-"`              // by this program
}

// claims are the sign-ins of this program.
type claims struct {
	mu   sync.Mutex
	once map[string]string // by the account's id
}

// signInLock is held while a sign-in of this host lives, so that a claim whose lock is
// free is one of a program that was killed. It is named as a temporary file is, so that
// what was killed leaves nothing for long.
func (m mirror) signInLock(once string) (held *lockfile.Lock, free bool) {
	if once == "" || filepath.Base(once) != once || private.Make(m.dir()) != nil {
		return nil, false
	}
	held, free, err := lockfile.Try(m.path(".sign-in." + once + ".tmp"))
	return held, free && err == nil
}

// killed reports whether a claim is one of this host whose program was killed.
func (m mirror) killed(s SigningIn, here string) bool {
	if s.Host != here || !s.Held {
		return false
	}
	lock, free := m.signInLock(s.Once)
	if free {
		_ = lock.Remove()
	}
	return free
}

func (c *claims) mine(id, once string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return once != "" && c.once[id] == once
}

func (c *claims) take(id, once string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.once == nil {
		c.once = map[string]string{}
	}
	c.once[id] = once
}

func (c *claims) drop(id, once string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.once[id] == once {
		delete(c.once, id)
	}
}

// ClaimSignIn keeps others from signing an account in at the same time. Where somebody
// does already it returns an error with [autherr.CodeSigningIn], unless over says that
// a person takes it over. release gives it back.
func (h *Heads) ClaimSignIn(ctx context.Context, id string, over bool) (release func(), err error) {
	if h.mirror.whose(id) == own {
		return func() {}, nil
	}
	key := h.Keys.SignIn(id)
	once, err := h.Folder.NewBlobName(id)
	if err != nil {
		return nil, err
	}
	lock, locked := h.mirror.signInLock(once)
	unlock := func() {
		if locked {
			_ = lock.Remove()
		}
	}
	defer func() {
		if err != nil {
			h.claims.drop(id, once)
			unlock()
		}
	}()
	body, err := json.Marshal(SigningIn{Host: h.Host, At: h.Clock.Now().UTC(), Once: once, Held: locked})
	if err != nil {
		return nil, err
	}
	var written []byte
	for range swapTries {
		got, err := h.Store.Get(ctx, h.Keys.Stamp(), key)
		if err != nil {
			return nil, away(err)
		}
		view, err := h.Team.View(ctx, got.KVs[0].Value)
		if err != nil {
			return nil, err
		}
		compare := []etcd.Compare{etcd.Is(h.Keys.Stamp(), view.Stamp()), etcd.Absent(key)}
		if there := got.KVs[1]; there.Found() {
			if bytes.Equal(there.Value, written) { // it was not known whether that was done
				return h.releaser(id, once, there.Lease, unlock), nil
			}
			if who := readSignIn(view, key, there.Value); !over && !h.claims.mine(id, who.Once) && !h.mirror.killed(who, h.Host) {
				left, _ := h.Store.TimeToLive(ctx, there.Lease)
				return nil, signingIn(who, h.Host, left)
			}
			compare[1] = etcd.Is(key, there.Value)
		}
		if written, err = view.Wrap(key, body); err != nil {
			return nil, err
		}
		lease, err := h.Store.Grant(ctx, signInTime)
		if err != nil {
			return nil, away(err)
		}
		h.claims.take(id, once) // before the watch tells of it
		res, err := h.Store.Commit(ctx, etcd.Txn{If: compare, Then: []etcd.Op{etcd.Put(key, written, lease)}})
		if err == nil && res.Succeeded {
			return h.releaser(id, once, lease, unlock), nil
		}
		if err == nil { // somebody was faster
			written = nil
			_ = h.Store.Revoke(ctx, lease)
		}
	}
	return nil, moved(id)
}

// releaser gives a claim back. A key that another program has written since has
// another lease, and stays.
func (h *Heads) releaser(id, once string, lease etcd.Lease, unlock func()) func() {
	return func() {
		ctx, cancel := context.WithTimeout(context.Background(), endTime)
		defer cancel()
		_ = h.Store.Revoke(ctx, lease)
		h.claims.drop(id, once)
		unlock()
	}
}

func readSignIn(view View, key string, value []byte) (s SigningIn) {
	if body, err := view.Unwrap(key, value); err == nil {
		_ = json.Unmarshal(body, &s)
	}
	return s
}

// signingIn is that somebody else signs the account in, for so long at most.
func signingIn(who SigningIn, here string, left time.Duration) error {
	at := who.Host
	switch at {
	case "":
		at = "another host"
	case here:
		at = "this host, in another program"
	}
	wait := "wait for it"
	if left > 0 {
		wait += fmt.Sprintf(", %d minutes at most", (left+time.Minute-1)/time.Minute)
	}
	return &autherr.Error{
		Kind: autherr.Failed, Code: autherr.CodeSigningIn,
		Message: fmt.Sprintf("the account is being signed in on %s", at),
		Hint:    wait + ", or take it over with `hermes-tui login --account`",
	}
}
