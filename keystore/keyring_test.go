package keystore

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/hermes-tui/hermes-tui/internal/lockfile"
)

func TestKeyring_AnyDamageIsNoticed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ring := newRing()
		s := OpenKeyring(KeyringOptions{StoreID: "store", Backend: ring, Label: "test ring"})
		blob := bytes.Repeat([]byte("token "), rapid.IntRange(0, 1500).Draw(t, "words"))
		if err := s.Put(context.Background(), "a", blob); err != nil {
			t.Fatal(err)
		}
		user := rapid.SampledFrom(slices.Sorted(maps.Keys(ring.items))).Draw(t, "item")
		whole := ring.items[user]
		switch rapid.IntRange(0, 2).Draw(t, "damage") {
		case 0:
			delete(ring.items, user)
		case 1:
			ring.items[user] = whole[:rapid.IntRange(0, len(whole)-1).Draw(t, "cut")]
		default:
			i := rapid.IntRange(0, len(whole)-1).Draw(t, "at")
			b := rapid.Byte().Filter(func(b byte) bool { return b != whole[i] }).Draw(t, "byte")
			ring.items[user] = whole[:i] + string(b) + whole[i+1:]
		}
		damaged := maps.Clone(ring.items)
		got, err := s.Get(context.Background(), "a")
		if !maps.Equal(ring.items, damaged) {
			t.Fatal("reading changed what is stored")
		}
		if err == nil && !bytes.Equal(got, blob) {
			t.Fatal("wrong bytes were returned")
		}
		if err != nil && !errors.Is(err, ErrNotFound) && !errors.Is(err, ErrDamaged) {
			t.Fatalf("%v, want not found or damaged", err)
		}
	})
}

func TestKeyring_PartsFitEveryPlatform(t *testing.T) {
	ring := newRing()
	if err := ringStore(t, ring).Put(t.Context(), "a", make([]byte, 20_000)); err != nil {
		t.Fatal(err)
	}
	for user, text := range ring.items {
		if len(text) > maxPart || bytes.ContainsRune([]byte(text), 0) {
			t.Errorf("%s: %d bytes", user, len(text))
		}
	}
}

func TestKeyring_HalfWrittenIsNotThereAndCanBeDeleted(t *testing.T) {
	blob := make([]byte, 5*partData)
	for calls := 2; calls < 7; calls++ {
		ring := newRing()
		s := ringStore(t, ring)
		ring.fail, ring.failAt = errors.New("the daemon went away"), calls
		if err := s.Put(t.Context(), "a", blob); err == nil {
			break
		}
		ring.fail = nil
		if _, err := s.Get(t.Context(), "a"); !errors.Is(err, ErrNotFound) {
			t.Errorf("after %d calls: %v, want not found", calls, err)
		}
		if err := s.Delete(t.Context(), "a"); err != nil || len(ring.items) != 0 {
			t.Errorf("after %d calls: %d items left, %v", calls, len(ring.items), err)
		}
	}
}

func TestKeyring_HalfDeletedCanBeDeletedAgain(t *testing.T) {
	for calls := 2; calls < 6; calls++ {
		ring := newRing()
		s := ringStore(t, ring)
		if err := s.Put(t.Context(), "a", make([]byte, 4*partData)); err != nil {
			t.Fatal(err)
		}
		ring.fail, ring.failAt = errors.New("the daemon went away"), calls
		if err := s.Delete(t.Context(), "a"); err == nil {
			t.Fatalf("deleting succeeded although call %d failed", calls)
		}
		ring.fail = nil
		if err := s.Delete(t.Context(), "a"); err != nil || len(ring.items) != 0 {
			t.Errorf("after %d calls: %d items left, %v", calls, len(ring.items), err)
		}
	}
}

func TestKeyring_DismissedPromptIsNotSuccess(t *testing.T) {
	ring := newRing()
	s := ringStore(t, ring)
	ring.dismiss = true
	if err := s.Put(t.Context(), "a", []byte("x")); !errors.Is(err, ErrLocked) {
		t.Errorf("put: %v, want locked", err)
	}
	ring.dismiss = false
	if err := s.Put(t.Context(), "a", []byte("x")); err != nil {
		t.Fatal(err)
	}
	ring.dismiss = true
	if err := s.Delete(t.Context(), "a"); !errors.Is(err, ErrLocked) {
		t.Errorf("delete: %v, want locked", err)
	}
}

func TestKeyring_IsNotCalledWithoutABus(t *testing.T) {
	ring := newRing()
	s := ringStore(t, ring)
	s.o.Reachable = func() error { return errors.New("there is no session bus") }
	for _, err := range []error{s.Put(t.Context(), "a", nil), s.Delete(t.Context(), "a"), s.Probe(t.Context(), "probe.a")} {
		if !errors.Is(err, ErrUnavailable) {
			t.Errorf("%v, want unavailable", err)
		}
	}
	if ring.calls != 0 {
		t.Errorf("%d calls reached the keyring", ring.calls)
	}
}

func TestKeyring_InterruptedPutIsCompletedBySameBytesOnly(t *testing.T) {
	blob, other := make([]byte, 4*partData), bytes.Repeat([]byte{1}, 4*partData)
	for written := 1; written < 4; written++ {
		ring := newRing()
		s := ringStore(t, ring)
		ring.fail, ring.failAt = errors.New("the daemon went away"), 1+written+1 // one search, then the parts
		if err := s.Put(t.Context(), "a", blob); err == nil || len(ring.items) != written {
			t.Fatalf("%d items are written, %v; want %d and an error", len(ring.items), err, written)
		}
		ring.fail = nil
		before := maps.Clone(ring.items)
		if err := s.Put(t.Context(), "a", other); !errors.Is(err, ErrDamaged) || !maps.Equal(ring.items, before) {
			t.Errorf("other bytes over %d items: %v, want damaged and nothing changed", written, err)
		}
		if err := s.Put(t.Context(), "a", blob); err != nil {
			t.Errorf("the same bytes over %d items: %v", written, err)
		}
		if got, err := s.Get(t.Context(), "a"); err != nil || !bytes.Equal(got, blob) {
			t.Errorf("after completing: %v", err)
		}
	}
}

func TestKeyring_DamagedIsNeverOverwrittenButCanBeDeleted(t *testing.T) {
	ring := newRing()
	s := ringStore(t, ring)
	blob := make([]byte, 3*partData)
	if err := s.Put(t.Context(), "a", blob); err != nil {
		t.Fatal(err)
	}
	ring.items["store/a/0"] = "not ours"
	before := maps.Clone(ring.items)
	if _, err := s.Get(t.Context(), "a"); !errors.Is(err, ErrDamaged) {
		t.Errorf("get: %v, want damaged", err)
	}
	if err := s.Put(t.Context(), "a", blob); !errors.Is(err, ErrDamaged) || !maps.Equal(ring.items, before) {
		t.Errorf("put: %v, want damaged and nothing changed", err)
	}
	if err := s.Delete(t.Context(), "a"); err != nil || len(ring.items) != 0 {
		t.Errorf("delete: %v, %d items stay behind", err, len(ring.items))
	}
}

func TestKeyring_PartsOfTwoBlobsAreNotMixed(t *testing.T) {
	ring := newRing()
	s := ringStore(t, ring)
	for name, fill := range map[string]byte{"a": 'a', "b": 'b'} {
		if err := s.Put(t.Context(), name, bytes.Repeat([]byte{fill}, 3*partData)); err != nil {
			t.Fatal(err)
		}
	}
	for _, swap := range [][2]string{{"store/a/1", "store/b/1"}, {"store/a/1", "store/a/2"}, {"store/a/0", "store/b/0"}} {
		whole := maps.Clone(ring.items)
		ring.items[swap[0]] = whole[swap[1]]
		if _, err := s.Get(t.Context(), "a"); !errors.Is(err, ErrDamaged) {
			t.Errorf("%v: %v, want damaged", swap, err)
		}
		ring.items = whole
	}
}

// TestKeyring_SurvivesAnyFailures lets calls fail at random: what was stored is
// read back exactly or not at all, and what was deleted is gone.
func TestKeyring_SurvivesAnyFailures(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ring := newRing()
		s := OpenKeyring(KeyringOptions{StoreID: "store", Backend: ring, Label: "test ring"})
		blobs, ctx := map[string][]byte{}, context.Background()
		for i := range 4 {
			blobs[fmt.Sprintf("n%d", i)] = bytes.Repeat([]byte{byte(i)}, i*partData)
		}
		stored := map[string]bool{}
		t.Repeat(map[string]func(*rapid.T){
			"fail": func(t *rapid.T) {
				ring.fail, ring.failAt = errors.New("the daemon went away"), rapid.IntRange(1, 9).Draw(t, "call")
			},
			"repair": func(*rapid.T) { ring.fail = nil },
			"put": func(t *rapid.T) {
				name := rapid.SampledFrom(slices.Sorted(maps.Keys(blobs))).Draw(t, "name")
				if err := s.Put(ctx, name, blobs[name]); err == nil {
					stored[name] = true
				} else if ring.fail == nil {
					t.Fatalf("%v without a failure", err)
				}
			},
			"delete": func(t *rapid.T) {
				name := rapid.SampledFrom(slices.Sorted(maps.Keys(blobs))).Draw(t, "name")
				delete(stored, name) // whether it fails or not
				if err := s.Delete(ctx, name); err == nil {
					for user := range ring.items {
						if strings.HasPrefix(user, "store/"+name+"/") {
							t.Fatalf("%s stays behind", user)
						}
					}
				} else if ring.fail == nil {
					t.Fatalf("%v without a failure", err)
				}
			},
			"": func(t *rapid.T) {
				fail := ring.fail
				ring.fail = nil
				defer func() { ring.fail = fail }()
				for name, want := range blobs {
					got, err := s.Get(ctx, name)
					if err != nil && (stored[name] || !errors.Is(err, ErrNotFound)) {
						t.Fatalf("%s, stored %v: %v", name, stored[name], err)
					}
					if err == nil && !bytes.Equal(got, want) {
						t.Fatalf("%s: wrong bytes", name)
					}
				}
			},
		})
	})
}

// slowRing says when a write begins and ends it when it is told to.
type slowRing struct {
	*fakeRing
	begun, end chan struct{}
}

func (r *slowRing) Set(service, user, text string) error {
	close(r.begun)
	<-r.end
	return r.fakeRing.Set(service, user, text)
}

func TestKeyring_WriteThatHangsKeepsTheLock(t *testing.T) {
	ring := &slowRing{newRing(), make(chan struct{}), make(chan struct{})}
	s := ringStore(t, ring)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- s.Put(ctx, "a", []byte("x")) }()
	<-ring.begun
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Fatalf("%v, want the context's error", err)
	}
	if _, ok, err := lockfile.Try(s.o.LockPath); ok || err != nil {
		t.Fatalf("%v, %v; another process could write while ours may still do so", ok, err)
	}
	released := make(chan struct{})
	s.calls.whenIdle(func() { close(released) })
	close(ring.end)
	<-released
	lock, ok, err := lockfile.Try(s.o.LockPath)
	if !ok || err != nil {
		t.Fatalf("%v, %v; want the lock back", ok, err)
	}
	defer func() { _ = lock.Unlock() }() // or Windows keeps the test's folder
	if len(ring.items) != 1 {
		t.Fatalf("%d items; the late write did land", len(ring.items))
	}
}

func TestKeyring_SaysWhyTheLockCannotBeTaken(t *testing.T) {
	s := ringStore(t, newRing())
	held, ok, err := lockfile.Try(s.o.LockPath)
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	late, stop := context.WithTimeout(t.Context(), time.Nanosecond)
	defer stop()
	if err := s.Put(late, "a", nil); !errors.Is(err, ErrLocked) || !strings.Contains(err.Error(), "another program") {
		t.Errorf("held by another: %v, want locked", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Delete(ctx, "a"); !errors.Is(err, context.Canceled) || ConditionOf(err) != 0 {
		t.Errorf("cancelled: %v, want the context's error", err)
	}
	if err := held.Unlock(); err != nil {
		t.Fatal(err)
	}
	s.o.LockPath = filepath.Join(t.TempDir(), "missing", "lock")
	if err := s.Put(t.Context(), "a", nil); !errors.Is(err, ErrUnavailable) {
		t.Errorf("no folder: %v, want unavailable", err)
	}
}

// crowdedRing notices writers that come at once, as KeePassXC does by losing
// items.
type crowdedRing struct {
	*fakeRing
	writers, crowds atomic.Int32
}

func (r *crowdedRing) Set(service, user, text string) error {
	if r.writers.Add(1) > 1 {
		r.crowds.Add(1)
	}
	defer r.writers.Add(-1)
	return r.fakeRing.Set(service, user, text)
}

func TestKeyring_WritersOfTwoStoresTakeTurns(t *testing.T) {
	ring, path := &crowdedRing{fakeRing: newRing()}, filepath.Join(t.TempDir(), "keyring.lock")
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			s := OpenKeyring(KeyringOptions{StoreID: fmt.Sprint("store", i), LockPath: path, Backend: ring, Label: "test ring"})
			for n := range 5 {
				if err := s.Put(context.Background(), fmt.Sprint("n", n), make([]byte, 3*partData)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if n := ring.crowds.Load(); n != 0 {
		t.Errorf("%d writes met another one", n)
	}
	if len(ring.items) != 4*5*3 {
		t.Errorf("%d items, want %d", len(ring.items), 4*5*3)
	}
}

func TestKeyring_ErrorsHoldNothingOfTheSecret(t *testing.T) {
	secret := []byte("token-that-must-not-be-shown")
	ring := newRing()
	s := ringStore(t, ring)
	ring.fail, ring.failAt = errors.New("the daemon went away"), 2
	shown := fmt.Sprintf("%+v", s.Put(t.Context(), "a", secret))
	for _, text := range []string{string(secret), part{data: secret}.String()[8:20]} {
		if strings.Contains(shown, text) {
			t.Errorf("%q shows the secret", shown)
		}
	}
}
