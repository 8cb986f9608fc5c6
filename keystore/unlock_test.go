package keystore

import (
	"cmp"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"filippo.io/age"

	"github.com/hermes-tui/hermes-tui/keystore/lock"
)

// shelf is a holder in memory, which all processes of a test share.
type shelf struct {
	mu   sync.Mutex
	held map[string]string
	err  error // of every call
	kept error // of every Drop, which then drops nothing

	drops int // that were asked for
}

func (s *shelf) ID() string   { return "shelf" }
func (s *shelf) Name() string { return "shelf" }

func (s *shelf) Hold(name, text string, _ time.Duration) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err == nil {
		s.held[name] = text
	}
	return s.err
}

func (s *shelf) Take(name string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if text, ok := s.held[name]; ok {
		return text, s.err
	}
	return "", lock.ErrNotHeld
}

func (s *shelf) Drop(name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.drops++
	if err := cmp.Or(s.err, s.kept); err != nil {
		return err
	}
	delete(s.held, name)
	return nil
}

// desk is a person's sealed key, and the processes that use it.
type desk struct {
	*testing.T
	dir   string
	now   time.Time
	shelf *shelf
}

const passphrase = "correct horse"

func newDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{T: t, dir: t.TempDir(), now: time.Date(2026, 5, 20, 14, 2, 14, 0, time.UTC), shelf: &shelf{held: map[string]string{}}}
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	recipient, err := age.NewScryptRecipient(passphrase)
	if err != nil {
		t.Fatal(err)
	}
	recipient.SetWorkFactor(8)
	file, err := os.OpenFile(d.key(), os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	w, err := age.Encrypt(file, recipient)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = w.Write([]byte(id.String()))
	if err := errors.Join(w.Close(), file.Close()); err != nil {
		t.Fatal(err)
	}
	return d
}

func (d *desk) key() string { return filepath.Join(d.dir, "key") }

// process is one that nobody can be asked in, unless it is given a passphrase.
func (d *desk) process(says ...string) *Key {
	k := &Key{
		Path: d.key(), Latch: &lock.Latch{Path: filepath.Join(d.dir, "state", "lock.json")},
		Holders: []lock.Holder{d.shelf}, Now: func() time.Time { return d.now },
	}
	if len(says) > 0 {
		k.Passphrase = func(context.Context) (string, error) { return says[0], nil }
	}
	return k
}

func (d *desk) unlock(life time.Duration) {
	d.Helper()
	if _, _, err := d.process(passphrase).Unlock(d.Context(), life); err != nil {
		d.Fatal(err)
	}
}

func (d *desk) lock() {
	d.Helper()
	if err := d.process().Lock(d.Context()); err != nil {
		d.Fatal(err)
	}
}

// opens says whether a process has the key, and fails when it has it not for
// another reason than that it is locked.
func (d *desk) opens(k *Key) bool {
	d.Helper()
	_, err := k.Load(d.Context())
	if err != nil && !errors.Is(err, ErrLocked) {
		d.Errorf("%v, want locked", err)
	}
	return err == nil
}

func TestUnlock_IsForAllProgramsAndForATime(t *testing.T) {
	d := newDesk(t)
	running := d.process()
	if d.opens(running) {
		t.Error("it was opened without the passphrase")
	}
	d.unlock(time.Hour)
	if !d.opens(running) || !d.opens(d.process()) {
		t.Error("it is not unlocked for all")
	}
	turn := running.Turn()
	d.now = d.now.Add(time.Hour - time.Second)
	if !d.opens(running) || running.Turn() != turn {
		t.Error("it was locked before the time was over")
	}
	d.now = d.now.Add(time.Second)
	if d.opens(running) || d.opens(d.process()) {
		t.Error("it is open although the time is over")
	}
	if len(d.shelf.held) != 0 {
		t.Error("the key is still held although the time is over")
	}
	if running.Turn() == turn {
		t.Error("what was read with the key may still be used")
	}
	if _, ok := running.Unlocked(); ok {
		t.Error("the key is handed on after the time is over")
	}
}

func TestLock_TakesTheKeyFromWhoHasIt(t *testing.T) {
	d := newDesk(t)
	own, held := d.process(passphrase), d.process()
	if !d.opens(own) {
		t.Fatal("the passphrase did not open it")
	}
	d.unlock(time.Hour)
	if !d.opens(held) || !d.opens(own) {
		t.Fatal("it is not unlocked")
	}
	d.lock()
	if d.opens(held) || d.opens(own) || d.opens(d.process()) {
		t.Error("it is open after the lock")
	}
	if len(d.shelf.held) != 0 {
		t.Error("the key is still held")
	}
	if !d.opens(d.process(passphrase)) {
		t.Error("the passphrase does not open it any more")
	}
	d.unlock(time.Hour)
	if !d.opens(held) || !d.opens(own) {
		t.Error("what runs cannot use it although it was unlocked again")
	}
}

// What the holder does not let be dropped is dropped by the next lock, however
// many turns it is of, and no lock claims that it is gone.
func TestLock_TriesAgainToDropTheKey(t *testing.T) {
	d := newDesk(t)
	d.unlock(time.Hour)
	d.shelf.kept = errors.New("not now")
	d.unlock(time.Hour)
	for range 2 {
		if err := d.process().Lock(t.Context()); !errors.Is(err, ErrUnavailable) {
			t.Errorf("%v, although the key is still held", err)
		}
		if d.opens(d.process()) {
			t.Error("it is open after the lock")
		}
	}
	d.unlock(time.Hour)
	if len(d.shelf.held) != 3 {
		t.Fatalf("%d keys are held", len(d.shelf.held))
	}
	d.shelf.kept = nil
	d.lock()
	if len(d.shelf.held) != 0 {
		t.Errorf("%d keys are still held", len(d.shelf.held))
	}
	d.shelf.kept = errors.New("never again")
	d.lock() // has nothing to drop
}

// Before everything is deleted, so is what an earlier lock had to leave.
func TestDrop_DropsWhatALockLeft(t *testing.T) {
	d := newDesk(t)
	d.unlock(time.Hour)
	d.shelf.kept = errors.New("not now")
	if err := d.process().Lock(t.Context()); err == nil {
		t.Fatal("the key is said to be gone")
	}
	if err := d.process().Drop(); err == nil {
		t.Error("the key is said to be gone")
	}
	d.shelf.kept = nil
	if err := d.process().Drop(); err != nil || len(d.shelf.held) != 0 {
		t.Errorf("%v; %d keys are still held", err, len(d.shelf.held))
	}
}

// A holder that keeps the key of a turn whose time is over is asked once by each
// process, and by none when the key is gone.
func TestUnlock_TheEndIsCleanedUpOnce(t *testing.T) {
	d := newDesk(t)
	d.unlock(time.Hour)
	d.now = d.now.Add(time.Hour)
	d.shelf.kept = errors.New("not now")
	running := d.process()
	for range 3 {
		d.opens(running)
	}
	if d.shelf.drops != 1 {
		t.Errorf("one process asked %d times", d.shelf.drops)
	}
	d.shelf.kept = nil
	for range 3 {
		d.opens(d.process())
	}
	if d.shelf.drops != 2 || len(d.shelf.held) != 0 {
		t.Errorf("asked %d times by all; %d keys are held", d.shelf.drops, len(d.shelf.held))
	}
}

// A program that had the key does not ask for it in the middle of its work.
func TestLock_ARunningProgramAsksNobody(t *testing.T) {
	d := newDesk(t)
	asked := 0
	k := d.process()
	k.Passphrase = func(context.Context) (string, error) { asked++; return passphrase, nil }
	if !d.opens(k) {
		t.Fatal("the passphrase did not open it")
	}
	d.lock()
	if d.opens(k) || asked != 1 {
		t.Errorf("asked %d times", asked)
	}
}

// A lock while tokens are on their way takes nothing from them: what was prepared
// is stored, and nothing else is.
func TestLock_DoesNotCutWhatIsUnderWay(t *testing.T) {
	d := newDesk(t)
	d.unlock(time.Hour)
	if err := os.Mkdir(filepath.Join(d.dir, "acct"), 0o700); err != nil {
		t.Fatal(err)
	}
	store := OpenFile(filepath.Join(d.dir, "acct"), d.process())
	if err := store.Prepare(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	d.lock()
	if err := store.Put(t.Context(), "a", []byte("tokens")); err != nil {
		t.Fatalf("the tokens are lost: %v", err)
	}
	if _, err := store.Get(t.Context(), "a"); !errors.Is(err, ErrLocked) {
		t.Errorf("%v, want locked", err)
	}
	if err := store.Prepare(t.Context(), "b"); !errors.Is(err, ErrLocked) {
		t.Errorf("%v, want locked: nothing new is begun", err)
	}
	d.unlock(time.Hour)
	if got, err := store.Get(t.Context(), "a"); err != nil || string(got) != "tokens" {
		t.Errorf("%q, %v", got, err)
	}
}

// What was prepared for a blob that will never come does not outlive a lock.
func TestFile_ReleasedIsNotPutAfterALock(t *testing.T) {
	d := newDesk(t)
	d.unlock(time.Hour)
	store := OpenFile(d.dir, d.process())
	if err := store.Prepare(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	store.Release("a")
	d.lock()
	if err := store.Put(t.Context(), "a", []byte("tokens")); !errors.Is(err, ErrLocked) {
		t.Errorf("%v, want locked", err)
	}
	if left, _ := filepath.Glob(filepath.Join(d.dir, ".*.tmp")); len(left) != 0 {
		t.Errorf("left is %v", left)
	}
	store.Release("b") // nothing
}

func TestUnlock_WhatTheFileSaysOpensNothing(t *testing.T) {
	for name, write := range map[string]string{
		"damaged":  "{",
		"empty":    "",
		"newer":    `{"version":2,"turn":"x","locked":false}`,
		"for ever": `{"version":1,"turn":"x","locked":false,"until":"2099-01-01T00:00:00Z","holder":"shelf"}`,
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			d.unlock(time.Hour)
			k := d.process()
			if !d.opens(k) {
				t.Fatal("it is not unlocked")
			}
			if err := os.WriteFile(k.Latch.Path, []byte(write), 0o600); err != nil {
				t.Fatal(err)
			}
			if d.opens(k) || d.opens(d.process()) {
				t.Error("it is open")
			}
			d.unlock(time.Hour)
			if !d.opens(k) {
				t.Error("it cannot be unlocked again")
			}
		})
	}
}

func TestUnlock_ChangedByHand(t *testing.T) {
	for name, tc := range map[string]struct {
		old, new string
		pass     time.Duration
	}{
		"a longer time":          {`"until":"2026`, `"until":"2099`, time.Minute},
		"a newer program's file": {`"version":1`, `"version":2`, 0},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			d.unlock(time.Minute)
			k := d.process()
			data, err := os.ReadFile(k.Latch.Path)
			if err != nil || !strings.Contains(string(data), tc.old) {
				t.Fatalf("%s, %v", data, err)
			}
			if err := os.WriteFile(k.Latch.Path, []byte(strings.Replace(string(data), tc.old, tc.new, 1)), 0o600); err != nil {
				t.Fatal(err)
			}
			d.now = d.now.Add(tc.pass)
			if d.opens(k) {
				t.Error("it is open")
			}
		})
	}
}

func TestUnlock_SaysWhyNot(t *testing.T) {
	d := newDesk(t)
	if _, _, err := d.process("wrong").Unlock(t.Context(), time.Hour); !errors.Is(err, ErrLocked) {
		t.Errorf("wrong passphrase: %v", err)
	}
	if _, _, err := d.process().Unlock(t.Context(), time.Hour); !errors.Is(err, ErrLocked) {
		t.Errorf("nobody to ask: %v", err)
	}
	d.shelf.err = errors.New("not permitted")
	if _, _, err := d.process(passphrase).Unlock(t.Context(), time.Hour); !errors.Is(err, ErrUnavailable) || !strings.Contains(err.Error(), "the shelf: not permitted") {
		t.Errorf("nothing holds it: %v", err)
	}
	d.shelf.err = nil
	if d.opens(d.process()) {
		t.Error("it is open although every attempt failed")
	}
	plain := &Key{Path: filepath.Join(t.TempDir(), "key"), Create: true, Latch: &lock.Latch{Path: filepath.Join(t.TempDir(), "lock.json")}}
	if _, err := plain.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := plain.Lock(t.Context()); !errors.Is(err, ErrMisused) {
		t.Errorf("a key without a passphrase: %v", err)
	}
}

// TestHolders: those of this machine, and an OS keyring, hold, give back and
// forget.
func TestHolders(t *testing.T) {
	ring := ringHolder{newRing(), func() error { return nil }, "ring", newCaller(keyringCall)}
	for _, h := range append(lock.Platform(), ring) {
		name := "test-" + filepath.Base(t.TempDir()) + t.Name()
		if err := h.Hold(name, "secret", time.Minute); err != nil {
			t.Logf("not looked at, because the %s cannot be used here: %v", h.Name(), err)
			continue
		}
		t.Cleanup(func() { _ = h.Drop(name) })
		if got, err := h.Take(name); got != "secret" || err != nil {
			t.Errorf("%s: %q, %v", h.Name(), got, err)
		}
		for range 2 {
			if err := h.Drop(name); err != nil {
				t.Errorf("%s: %v", h.Name(), err)
			}
		}
		if _, err := h.Take(name); !errors.Is(err, lock.ErrNotHeld) {
			t.Errorf("%s, dropped: %v", h.Name(), err)
		}
	}
}
