package keystore

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"filippo.io/age"

	"github.com/hermes-tui/hermes-tui/internal/lockfile"
	"github.com/hermes-tui/hermes-tui/internal/private"

	"github.com/hermes-tui/hermes-tui/keystore/lock"
)

// Sealed reports whether the key file is sealed with a passphrase.
func (k *Key) Sealed() (bool, error) {
	if k.Identity != "" {
		return false, nil
	}
	data, err := k.file()
	if err != nil {
		return false, err
	}
	_, sealed := passphraseSealed(data)
	return sealed, nil
}

// Turn is another text after each lock and unlock of the key, and when the time
// is over that it was unlocked for; empty as long as no key was loaded that can
// be locked. What was read with the key under one turn is not to be used under
// another.
func (k *Key) Turn() string {
	k.mu.Lock()
	sealed, until := k.sealed, k.until
	k.mu.Unlock()
	if !sealed {
		return ""
	}
	turn := "turn " + k.Latch.State().Turn
	if over(until, k.now()) {
		turn += " over"
	}
	return turn
}

// Locked returns since when the key is locked, and this process has not got it.
func (k *Key) Locked() (since time.Time, locked bool) {
	state := k.Latch.State()
	if !state.Locked || k.loaded() != nil {
		return time.Time{}, false
	}
	sealed, err := k.Sealed()
	return state.At, sealed || err != nil
}

// Drop takes the key out of where it is held, for good.
func (k *Key) Drop() error {
	data, err := k.file()
	if err != nil {
		return nil // what is held is of no use without it
	}
	_, err = k.drop(k.Latch.State().Held(), data)
	return err
}

// Forget drops the key from memory where it can be had again without asking.
func (k *Key) Forget() {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.Identity == "" && (!k.sealed || !k.until.IsZero()) {
		k.identity = nil
	}
}

// Unlock asks for the passphrase, and lets every program of the person use the
// key for life. It returns where the key is held meanwhile.
func (k *Key) Unlock(ctx context.Context, life time.Duration) (lock.State, lock.Holder, error) {
	data, err := k.sealedFile()
	if err != nil {
		return lock.State{}, nil, err
	}
	sealed, _ := passphraseSealed(data)
	plain, err := k.unlock(ctx, sealed)
	if err != nil {
		return lock.State{}, nil, err
	}
	defer clear(plain)
	id, err := parseIdentity(plain)
	if err != nil {
		return lock.State{}, nil, err
	}
	done, err := k.changing(ctx)
	if err != nil {
		return lock.State{}, nil, err
	}
	defer done()
	before := k.Latch.State()
	now := k.now()
	next := lock.State{Turn: rand.Text(), At: now, Until: now.Add(life).Truncate(time.Second), Left: before.Held()}
	holder, err := k.hold(heldName(next.Turn, data), next.Until.UTC().Format(time.RFC3339)+" "+id.String(), life)
	if err != nil {
		return lock.State{}, nil, err
	}
	next.Holder = holder.ID()
	if err := k.write(next); err != nil {
		_ = holder.Drop(heldName(next.Turn, data))
		return lock.State{}, nil, err
	}
	_ = k.dropLeft(next, data) // nobody looks for them any more
	return next, holder, nil
}

// Lock makes every process drop the key, and what it has read with it. Whoever
// wants to use the key after that needs the passphrase.
func (k *Key) Lock(ctx context.Context) error {
	data, err := k.sealedFile()
	if err != nil {
		return err
	}
	done, err := k.changing(ctx)
	if err != nil {
		return err
	}
	defer done()
	next := lock.State{Turn: rand.Text(), Locked: true, At: k.now(), Left: k.Latch.State().Held()}
	if err := k.write(next); err != nil {
		return err
	}
	if err := k.dropLeft(next, data); err != nil {
		return &Error{
			Condition: Unavailable, Op: "lock", Err: err,
			Message: "it is locked, but the key could not be taken out of where it was held",
			Hint:    "unlock that and run `hermes-tui lock` again, or log out",
		}
	}
	return nil
}

// write tells the other processes.
func (k *Key) write(s lock.State) error {
	if err := k.Latch.Write(s); err != nil {
		return &Error{Condition: Unavailable, Op: "lock", Message: err.Error(), Hint: "check the folder's owner, its mode and the space on the disk"}
	}
	return nil
}

// changing lets one process at a time lock or unlock.
func (k *Key) changing(ctx context.Context) (done func(), err error) {
	if err := private.Make(filepath.Dir(k.Latch.Path)); err != nil {
		return nil, &Error{Condition: Unavailable, Op: "lock", Message: "the state folder cannot be made", Hint: "check the owner and mode of the folder above it", Err: err}
	}
	held, err := lockfile.Acquire(ctx, k.Latch.Path+".lock")
	if err != nil {
		return nil, &Error{Condition: Unavailable, Op: "lock", Message: "the state folder cannot be locked", Hint: "check its owner and mode", Err: err}
	}
	return func() { _ = held.Unlock() }, nil
}

// sealedFile is the content of the key file, which has to be sealed.
func (k *Key) sealedFile() ([]byte, error) {
	if k.Latch == nil || k.Identity != "" {
		return nil, notSealed(k.Path)
	}
	data, err := k.file()
	if missingFile(err) {
		return nil, noSuchKey(k.Path)
	}
	if err != nil {
		return nil, err
	}
	if _, ok := passphraseSealed(data); !ok {
		return nil, notSealed(k.Path)
	}
	return data, nil
}

// hold gives the key to the first holder that takes it.
func (k *Key) hold(name, text string, life time.Duration) (lock.Holder, error) {
	var reasons []string
	for _, h := range k.Holders {
		err := h.Hold(name, text, life)
		if err == nil {
			return h, nil
		}
		reasons = append(reasons, fmt.Sprintf("the %s: %v", h.Name(), err))
	}
	return nil, &Error{
		Condition: Unavailable, Op: "unlock", Err: errors.New(strings.Join(reasons, "; ")),
		Message: "nothing here can hold the unlocked key, and it is never written to a file",
		Hint:    "give the passphrase to each program, or use a key file without one",
	}
}

// held looks for the key where it is held, and returns until when it may be used.
func (k *Key) held(ctx context.Context, data []byte) (*age.X25519Identity, time.Time, bool) {
	state := k.Latch.State()
	now := k.now()
	if !state.Open(now) {
		if over(state.Until, now) {
			k.dropEnded(ctx, state, data)
		}
		return nil, time.Time{}, false
	}
	for _, h := range k.Holders {
		if h.ID() != state.Holder {
			continue
		}
		name := heldName(state.Turn, data)
		text, err := h.Take(name)
		if err != nil {
			return nil, time.Time{}, false
		}
		// The time that stands beside the key counts, not the one in the file.
		end, secret, _ := strings.Cut(text, " ")
		until, err := time.Parse(time.RFC3339, end)
		if err != nil || !now.Before(until) {
			_ = h.Drop(name)
			return nil, time.Time{}, false
		}
		id, err := parseIdentity([]byte(secret))
		return id, until, err == nil
	}
	return nil, time.Time{}, false
}

// drop takes keys out of where they are held, and returns those that it could
// not, and why.
func (k *Key) drop(held []lock.Held, data []byte) (left []lock.Held, failed error) {
	for _, one := range held {
		for _, h := range k.Holders {
			if h.ID() != one.Holder {
				continue
			}
			if err := h.Drop(heldName(one.Turn, data)); err != nil {
				left, failed = append(left, one), errors.Join(failed, err)
			}
		}
	}
	return left, failed
}

// dropLeft drops what s, which is in the latch, says is left, and writes down
// what still is, for the next one who locks or unlocks.
func (k *Key) dropLeft(s lock.State, data []byte) error {
	left, err := k.drop(s.Left, data)
	if len(left) < len(s.Left) {
		s.Left = left
		_ = k.Latch.Write(s) // if not, they are dropped once more, which does no harm
	}
	return err
}

// dropEnded drops the keys of a turn whose time is over, and writes that down, so
// that no other process does. Each tries once: a keyring that does not let it
// is not asked at every call.
func (k *Key) dropEnded(ctx context.Context, s lock.State, data []byte) {
	k.mu.Lock()
	tried := k.ended == s.Turn
	k.ended = s.Turn
	k.mu.Unlock()
	held := s.Held()
	if tried || len(held) == 0 {
		return
	}
	if _, err := k.drop(held, data); err != nil {
		return
	}
	done, err := k.changing(ctx)
	if err != nil {
		return
	}
	defer done()
	if now := k.Latch.State(); now.Turn == s.Turn {
		now.Holder, now.Left = "", nil
		_ = k.Latch.Write(now)
	}
}

// heldName is what a key is held under. It is another one for each turn, so that
// nobody finds what was left behind, and for each key file.
func heldName(turn string, sealedKey []byte) string {
	sum := sha256.New()
	_, _ = io.WriteString(sum, turn)
	_, _ = sum.Write(sealedKey)
	return hex.EncodeToString(sum.Sum(nil)[:16])
}

func over(until, now time.Time) bool { return !until.IsZero() && !now.Before(until) }
