package keystore

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"testing"
)

// TestError_Is: an error is its condition's sentinel, through whatever wraps it,
// and no other; two errors that say something are not each other.
func TestError_Is(t *testing.T) {
	t.Parallel()
	sentinels := []*Error{ErrNotFound, ErrLocked, ErrUnavailable, ErrTooLarge, ErrDamaged, ErrMisused}
	for _, mine := range sentinels {
		err := fmt.Errorf("reading: %w", &Error{Condition: mine.Condition, Op: "get", Message: "something happened"})
		for _, other := range sentinels {
			if got := errors.Is(err, other); got != (mine == other) {
				t.Errorf("an error of %v is %v: %v", mine.Condition, other.Condition, got)
			}
		}
	}
	locked := &Error{Condition: Locked, Op: "get", Message: "the keyring is locked"}
	for _, target := range []*Error{{Condition: Locked, Op: "put"}, {Condition: Locked, Message: "another sentence"}} {
		if errors.Is(locked, target) {
			t.Errorf("%+v is %+v", locked, target)
		}
	}
}

// TestChoose_Named: what is named is taken if there is such a keystore, and said
// to be unknown if not.
func TestChoose_Named(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		kind   Kind
		memory bool
		want   Condition // 0: it is taken
	}{
		"the keyring":                {kind: KindKeyring},
		"sealed files":               {kind: KindFile},
		"memory, in a test":          {kind: KindMemory, memory: true},
		"memory, in the program":     {kind: KindMemory, want: Unavailable},
		"a word that is no kind":     {kind: "drawer", want: Misused},
		"the same, memory allowed":   {kind: "drawer", memory: true, want: Misused},
		"another spelling":           {kind: "FILE", want: Misused},
		"the beginning of a kind":    {kind: "key", want: Misused},
		"a kind with something more": {kind: "files", want: Misused},
	} {
		got, err := Choose(Request{Flag: c.kind, AllowMemory: c.memory})
		if ConditionOf(err) != c.want || c.want == 0 && (got.Kind != c.kind || got.ChosenBy != ByFlag) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

// TestParsePart_OfAnother: an item of whatever else is damaged, and is not read as
// one of ours.
func TestParsePart_OfAnother(t *testing.T) {
	t.Parallel()
	texts, err := split([]byte("a secret that was kept"))
	if err != nil || len(texts) != 1 {
		t.Fatalf("%v, %d parts", err, len(texts))
	}
	if _, err := parsePart(texts[0]); err != nil {
		t.Fatalf("a part of ours: %v", err)
	}
	sum := sha256.Sum256([]byte("a secret that was kept"))
	for name, text := range map[string]string{
		"one field more": texts[0] + " more", "another format": "x" + texts[0], "nothing": "", "a sum that is cut": strings.Replace(texts[0], hex.EncodeToString(sum[:]), hex.EncodeToString(sum[:31]), 1),
	} {
		if _, err := parsePart(text); !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
