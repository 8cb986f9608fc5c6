package keystore

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"filippo.io/age"

	"github.com/hermes-tui/hermes-tui/keystore/lock"
)

// A key is dropped from memory where it can be had again without asking, and only
// there: else a program that runs for days would ask in the middle of the night.
func TestKey_ForgetsWhatItCanHaveAgain(t *testing.T) {
	d := newDesk(t)
	asked := d.process(passphrase)
	if !d.opens(asked) {
		t.Fatal("the passphrase does not open it")
	}
	asked.Passphrase = nil
	if asked.Forget(); !d.opens(asked) {
		t.Error("a key that a person typed is forgotten, and cannot be had again")
	}
	d.unlock(time.Hour)
	held := d.process()
	if !d.opens(held) || held.identity == nil {
		t.Fatal("it is not unlocked for all")
	}
	if held.Forget(); held.identity != nil || !d.opens(held) {
		t.Error("a key that is held for all stays in memory, or cannot be had again")
	}
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(path, []byte(id.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	plain := &Key{Path: path}
	if !d.opens(plain) || plain.identity == nil {
		t.Fatal("a key without a passphrase does not open")
	}
	if plain.Forget(); plain.identity != nil || !d.opens(plain) {
		t.Error("a key without a passphrase stays in memory, or cannot be had again")
	}
	given := &Key{Identity: id.String()}
	if !d.opens(given) {
		t.Fatal("a key that was given does not open")
	}
	if given.Forget(); given.identity == nil {
		t.Error("a key that was given is forgotten")
	}
}

func TestParseIdentity_PassesOverCommentsAndEmptyLines(t *testing.T) {
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"%s", "%s\n", "\n\n  \n%s\n", "# made by age\r\n\r\n%s\r\n", "#\n%s\n\n# the end\n"} {
		got, err := parseIdentity(fmt.Appendf(nil, text, id))
		if err != nil || got.String() != id.String() {
			t.Errorf("%q: %v", text, err)
		}
	}
	for _, text := range []string{"", "\n", "# nothing\n", "AGE-SECRET-KEY-1\n", "no key\n" + id.String()} {
		if _, err := parseIdentity([]byte(text)); err == nil {
			t.Errorf("%q: no error", text)
		}
	}
}

func TestCheckName(t *testing.T) {
	long := make([]byte, maxName+1)
	for i := range long {
		long[i] = 'a'
	}
	for name, ok := range map[string]bool{
		"a": true, "z": true, "0": true, "9": true, "a.b-c": true, "az09": true, string(long[1:]): true,
		"": false, ".a": false, "-a": false, "A": false, "{": false, "`": false, "/": false, "a/b": false, ":": false, "é": false, string(long): false,
	} {
		if err := checkName("put", name); (err == nil) != ok {
			t.Errorf("%.20q: %v", name, err)
		}
	}
}

// full is a holder that holds nothing, and is asked for nothing.
type full struct{ asked int }

func (*full) ID() string                               { return "full" }
func (*full) Name() string                             { return "full" }
func (*full) Hold(string, string, time.Duration) error { return errors.New("no room") }
func (f *full) Take(string) (string, error)            { f.asked++; return "", lock.ErrNotHeld }
func (f *full) Drop(string) error                      { f.asked++; return nil }

// Where the first holder cannot hold the key the next one does, and it alone is
// asked for it.
func TestUnlock_TheNextHolderWhereTheFirstCannot(t *testing.T) {
	d, none := newDesk(t), &full{}
	process := func(says ...string) *Key {
		k := d.process(says...)
		k.Holders = []lock.Holder{none, d.shelf}
		return k
	}
	_, holder, err := process(passphrase).Unlock(t.Context(), time.Hour)
	if err != nil || holder.ID() != d.shelf.ID() {
		t.Fatalf("held by %v, %v", holder, err)
	}
	if !d.opens(process()) {
		t.Error("the key is not found where it is held")
	}
	d.lock()
	if d.opens(process()) || none.asked != 0 {
		t.Errorf("after a lock it opens, or the wrong holder was asked (%d times)", none.asked)
	}
}
