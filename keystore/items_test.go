package keystore

import (
	"context"
	"errors"
	"slices"
	"testing"
)

// listing is a ring that can say what it holds.
type listing struct{ *fakeRing }

func (l listing) Items(string) (users []string, err error) {
	if err := l.step(); err != nil {
		return nil, err
	}
	for user := range l.items {
		users = append(users, user)
	}
	return users, nil
}

func TestKeyring_ListsItsOwnNames(t *testing.T) {
	ring := newRing()
	s := ringStore(t, listing{ring})
	for name, size := range map[string]int{"aaaaaaaaaa.0d": 10, "aaaaaaaaaa.0e": 5000, "proxy.0f": 10} {
		if err := s.Put(t.Context(), name, make([]byte, size)); err != nil {
			t.Fatal(err)
		}
	}
	delete(ring.items, "store/aaaaaaaaaa.0e/0") // of one that was interrupted
	for _, user := range []string{"other/bbbbbbbbbb.0d/0", "store", "store/", "store/x", "store/x/y", "store/X/0", "store2/x/0", "store/x/0/0", "somebody"} {
		ring.items[user] = ""
	}
	names, err := s.List(t.Context())
	slices.Sort(names)
	if want := []string{"aaaaaaaaaa.0d", "aaaaaaaaaa.0e", "proxy.0f"}; err != nil || !slices.Equal(names, want) {
		t.Errorf("%v, %v, want %v", names, err, want)
	}
	if err := s.Delete(t.Context(), "aaaaaaaaaa.0e"); err != nil {
		t.Fatal(err)
	}
	if names, err := s.List(t.Context()); err != nil || slices.Contains(names, "aaaaaaaaaa.0e") {
		t.Errorf("%v, %v: what is listed was not deleted", names, err)
	}
	if names, err := ringStore(t, ring).List(t.Context()); len(names) > 0 || err != nil {
		t.Errorf("one that cannot be listed: %v, %v", names, err)
	}
	ring.fail = errCollectionLockedWords
	if _, err := s.List(context.Background()); !errors.Is(err, ErrLocked) {
		t.Errorf("%v, want locked", err)
	}
}

// errCollectionLockedWords is what a locked keyring is known by.
var errCollectionLockedWords = errors.New("the collection is locked")
