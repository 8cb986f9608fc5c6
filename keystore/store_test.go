package keystore

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/zalando/go-keyring"
	"pgregory.net/rapid"
)

// fakeRing is an OS keyring in memory that can be told to misbehave.
type fakeRing struct {
	mu      sync.Mutex
	items   map[string]string
	fail    error
	failAt  int // fail the nth call from now
	calls   int
	dismiss bool // Set and Delete say yes and do nothing
}

func newRing() *fakeRing { return &fakeRing{items: map[string]string{}} }

func (r *fakeRing) step() error {
	r.calls++
	if r.fail != nil && r.failAt <= 1 {
		return r.fail
	}
	if r.failAt > 0 {
		r.failAt--
	}
	return nil
}

func (r *fakeRing) Set(_, user, text string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.step(); err != nil {
		return err
	}
	if !r.dismiss {
		r.items[user] = text
	}
	return nil
}

func (r *fakeRing) Get(_, user string) (string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.step(); err != nil {
		return "", err
	}
	text, ok := r.items[user]
	if !ok {
		return "", keyring.ErrNotFound
	}
	return text, nil
}

func (r *fakeRing) Delete(_, user string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.step(); err != nil {
		return err
	}
	if _, ok := r.items[user]; !ok {
		return keyring.ErrNotFound
	}
	if !r.dismiss {
		delete(r.items, user)
	}
	return nil
}

func ringStore(t testing.TB, ring Backend) *Keyring {
	return OpenKeyring(KeyringOptions{
		StoreID: "store", LockPath: filepath.Join(t.TempDir(), "keyring.lock"), Backend: ring, Label: "test ring",
	})
}

func fileStore(t testing.TB) *File {
	return OpenFile(t.TempDir(), &Key{Path: filepath.Join(t.TempDir(), "data", "key"), Create: true})
}

// stores are all implementations; what follows holds for each.
func stores(t *testing.T) map[string]Store {
	return map[string]Store{"memory": NewMemory(), "file": fileStore(t), "keyring": ringStore(t, newRing())}
}

func TestStore_KeepsReturnsAndDeletes(t *testing.T) {
	for kind, s := range stores(t) {
		for _, size := range []int{0, 1, 1000, partData, partData + 1, 3000, 20_000} {
			t.Run(fmt.Sprintf("%s/%d", kind, size), func(t *testing.T) {
				ctx, name := t.Context(), fmt.Sprintf("ab12cd.%d", size)
				want := bytes.Repeat([]byte{0, 'x', 0xff}, size/3+1)[:size]
				if err := s.Prepare(ctx, name); err != nil {
					t.Fatal(err)
				}
				if err := s.Put(ctx, name, want); err != nil {
					t.Fatal(err)
				}
				if got, err := s.Get(ctx, name); err != nil || !bytes.Equal(got, want) {
					t.Fatalf("got %d bytes, %v; want %d", len(got), err, size)
				}
				if err := s.Put(ctx, name, want); err != nil {
					t.Fatalf("the same bytes again: %v", err)
				}
				if err := s.Put(ctx, name, append(want, 1)); err == nil {
					t.Fatal("other bytes replaced what was written once")
				}
				for range 2 {
					if err := s.Delete(ctx, name); err != nil {
						t.Fatal(err)
					}
				}
				if _, err := s.Get(ctx, name); !errors.Is(err, ErrNotFound) {
					t.Fatalf("after deleting: %v, want not found", err)
				}
			})
		}
	}
}

func TestStore_ProbeLeavesNothing(t *testing.T) {
	for kind, s := range stores(t) {
		if err := s.Probe(t.Context()); err != nil {
			t.Errorf("%s: %v", kind, err)
		}
		if l, ok := s.(Lister); ok {
			if names, err := l.List(t.Context()); err != nil || len(names) != 0 {
				t.Errorf("%s: left %v, %v", kind, names, err)
			}
		}
	}
}

func TestStore_RefusesNamesThatLeadElsewhere(t *testing.T) {
	for kind, s := range stores(t) {
		if kind == "memory" {
			continue
		}
		for _, name := range []string{"", "../up", "a/b", "A", "a b", ".hidden", "-flag", "a\x00"} {
			if err := s.Put(t.Context(), name, []byte("x")); !errors.Is(err, ErrMisused) {
				t.Errorf("%s: Put(%q) = %v, want misused", kind, name, err)
			}
			if _, err := s.Get(t.Context(), name); !errors.Is(err, ErrMisused) {
				t.Errorf("%s: Get(%q) = %v, want misused", kind, name, err)
			}
		}
	}
}

func TestStore_TooLarge(t *testing.T) {
	big := make([]byte, maxBlob+1)
	for kind, s := range stores(t) {
		if kind == "memory" {
			continue
		}
		if err := s.Put(t.Context(), "big", big); !errors.Is(err, ErrTooLarge) {
			t.Errorf("%s: %v, want too large", kind, err)
		}
	}
}

func TestStore_EndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for kind, s := range stores(t) {
		if kind == "file" {
			continue // files do not wait
		}
		if err := s.Put(ctx, "a", []byte("x")); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v, want the context's error", kind, err)
		}
	}
}

func TestStore_RoundTripsAnything(t *testing.T) {
	file, ring := fileStore(t), ringStore(t, newRing())
	n := 0
	rapid.Check(t, func(t *rapid.T) {
		blob := rapid.SliceOfN(rapid.Byte(), 0, 6000).Draw(t, "blob")
		n++
		for _, s := range []Store{file, ring} {
			name := fmt.Sprintf("n%d", n)
			if err := s.Put(context.Background(), name, blob); err != nil {
				t.Fatal(err)
			}
			if got, err := s.Get(context.Background(), name); err != nil || !bytes.Equal(got, blob) {
				t.Fatalf("%s: %d bytes came back as %d, %v", s.Kind(), len(blob), len(got), err)
			}
		}
	})
}

func TestKeyring_AnyDamageIsNoticed(t *testing.T) {
	ring := newRing()
	s := ringStore(t, ring)
	blob := bytes.Repeat([]byte("token "), 1000)
	if err := s.Put(t.Context(), "a", blob); err != nil {
		t.Fatal(err)
	}
	if len(ring.items) < 3 {
		t.Fatalf("%d parts, want several", len(ring.items))
	}
	rapid.Check(t, func(t *rapid.T) {
		var users []string
		for u := range ring.items {
			users = append(users, u)
		}
		user := rapid.SampledFrom(users).Draw(t, "item")
		whole := ring.items[user]
		defer func() { ring.items[user] = whole }()
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
		got, err := s.Get(context.Background(), "a")
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
	for _, err := range []error{s.Put(t.Context(), "a", nil), s.Delete(t.Context(), "a"), s.Probe(t.Context())} {
		if !errors.Is(err, ErrUnavailable) {
			t.Errorf("%v, want unavailable", err)
		}
	}
	if ring.calls != 0 {
		t.Errorf("%d calls reached the keyring", ring.calls)
	}
}

func TestClassify(t *testing.T) {
	for text, want := range map[string]Condition{
		"failed to unlock correct collection '/org/freedesktop/secrets/aliases/default'": Locked,
		"The name org.freedesktop.secrets was not provided by any .service files":        Unavailable,
		"exec: \"dbus-launch\": executable file not found in $PATH":                      Unavailable,
		"SecKeychainItemCreateFromContent: User interaction is not allowed.":             Locked,
		"dbus: connection closed by user":                                                Unavailable,
		"secret service: Prompt was dismissed":                                           Locked,
		"something nobody has seen before":                                               Unavailable,
	} {
		if got := ConditionOf(classify("get", "ring", errors.New(text))); got != want {
			t.Errorf("%q is %d, want %d", text, got, want)
		}
	}
	if got := ConditionOf(classify("put", "ring", keyring.ErrSetDataTooBig)); got != TooLarge {
		t.Errorf("too big is %d", got)
	}
	if err := classify("get", "ring", context.Canceled); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled became %v", err)
	}
}

func FuzzParsePart(f *testing.F) {
	texts, _ := split([]byte("a blob"))
	f.Add(texts[0])
	f.Add("ht1 0 1  ")
	f.Add("ht1 -1 99999999999999999999 x y")
	f.Fuzz(func(t *testing.T, text string) {
		p, err := parsePart(text)
		if err != nil {
			if !errors.Is(err, ErrDamaged) {
				t.Fatalf("%v, want damaged", err)
			}
			return
		}
		if p.index < 0 || p.index >= p.count || p.count > maxParts {
			t.Fatalf("accepted part %d of %d", p.index, p.count)
		}
		if again, err := parsePart(p.String()); err != nil || again.index != p.index || !bytes.Equal(again.data, p.data) {
			t.Fatalf("does not survive being written again: %v", err)
		}
	})
}

func FuzzUnseal(f *testing.F) {
	key := &Key{Path: filepath.Join(f.TempDir(), "key"), Create: true}
	s := OpenFile(f.TempDir(), key)
	if err := s.Put(f.Context(), "seed", []byte("a blob")); err != nil {
		f.Fatal(err)
	}
	sealed, _ := os.ReadFile(s.path("seed"))
	id, _ := key.Load(f.Context())
	f.Add(sealed)
	f.Add(sealed[:len(sealed)-1])
	f.Add([]byte("age-encryption.org/v1\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := unseal(bytes.NewReader(data), id)
		if err != nil {
			if ConditionOf(err) == 0 {
				t.Fatalf("an error without a condition: %v", err)
			}
			return
		}
		if !bytes.Equal(got, []byte("a blob")) {
			t.Fatalf("opened something that was never sealed: %d bytes", len(got))
		}
	})
}
