package keystore

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

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
		if err := s.Probe(t.Context(), "probe.a"); err != nil {
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
		for _, name := range []string{"", "../up", "a/b", "A", "a b", ".hidden", "-flag", "a\x00", strings.Repeat("a", maxName+1)} {
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
		_, get := s.Get(ctx, "a")
		for call, err := range map[string]error{
			"put": s.Put(ctx, "a", []byte("x")), "get": get, "delete": s.Delete(ctx, "a"), "probe": s.Probe(ctx, "probe.a"),
		} {
			if !errors.Is(err, context.Canceled) {
				t.Errorf("%s: %s: %v, want the context's error", kind, call, err)
			}
		}
		if err := s.Put(t.Context(), "a", []byte("x")); err != nil {
			t.Errorf("%s: after callers that gave up: %v", kind, err)
		}
	}
}

func TestStore_RoundTripsAnything(t *testing.T) {
	file, ring := fileStore(t), ringStore(t, newRing())
	n := 0
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.OneOf(
			rapid.IntRange(0, maxParts*partData),
			rapid.Map(rapid.IntRange(0, maxParts), func(parts int) int { return parts * partData }),
		).Draw(t, "size")
		pattern := rapid.SliceOfN(rapid.Byte(), 1, 40).Draw(t, "pattern")
		blob := bytes.Repeat(pattern, size/len(pattern)+1)[:size]
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
