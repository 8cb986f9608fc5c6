package keystore

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
)

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

func FuzzParseIdentity(f *testing.F) {
	f.Add([]byte("AGE-SECRET-KEY-1QQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQSM7FJ5\n"))
	f.Add([]byte("# a comment\n\n"))
	f.Add([]byte("\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		id, err := parseIdentity(data)
		if (id == nil) == (err == nil) || err != nil && !errors.Is(err, ErrDamaged) {
			t.Fatalf("%v, %v; want an identity or damaged", id, err)
		}
		if err == nil {
			if again, err := parseIdentity([]byte(id.String())); err != nil || again.String() != id.String() {
				t.Fatalf("does not survive being handed over: %v", err)
			}
		}
	})
}
