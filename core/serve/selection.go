package serve

import (
	"strings"
	"sync"

	"github.com/hermes-tui/hermes-tui/core/accounts"
	"github.com/hermes-tui/hermes-tui/core/pool"
)

// selections are whom names mean in one list of accounts: among thousands to find out
// costs more than everything else that a choice does. It is safe for concurrent use.
type selections struct {
	mu   sync.Mutex
	list *accounts.Account // the first of the list
	size int
	all  map[selected]*selection
}

// selected is what was asked for.
type selected struct{ name, apis string }

// selection is whom a name means.
type selection struct {
	found    []accounts.Account
	called   bool                    // the name is that of the only one, which then serves though it is paused
	shared   []accounts.Account      // those that are another program's
	at       map[string]int          // places by id
	models   map[string]bool         // that one of them has limits of its own for
	rankings map[pool.Order]*ranking // guarded by the ledger's mutex
}

// newSelection returns the selection of those that were found by a name.
func newSelection(found []accounts.Account, name string) *selection {
	s := &selection{found: found, at: make(map[string]int, len(found)), models: map[string]bool{}, rankings: map[pool.Order]*ranking{}}
	s.called = called(found, name)
	for i := range found {
		a := &found[i]
		s.at[a.ID] = i
		if a.Owner != "" {
			s.shared = append(s.shared, *a)
		}
		for model := range a.LimitedModels() {
			s.models[model] = true
		}
	}
	return s
}

// called reports whether a name is that of the only one who was found by it.
func called(found []accounts.Account, name string) bool {
	return len(found) == 1 && found[0].Called(name)
}

// mostSelected bounds what is kept.
const mostSelected = 64

// of returns whom a name means in a snapshot.
func (s *selections) of(snapshot accounts.Snapshot, name string, apis []string, find func() ([]accounts.Account, error)) (*selection, error) {
	if len(snapshot.Accounts) == 0 {
		found, err := find()
		return newSelection(found, name), err
	}
	key := selected{name, strings.Join(apis, " ")}
	first, size := &snapshot.Accounts[0], len(snapshot.Accounts)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.list != first || s.size != size {
		s.list, s.size, s.all = first, size, map[selected]*selection{}
	}
	if have := s.all[key]; have != nil {
		return have, nil
	}
	found, err := find()
	if err != nil {
		return nil, err
	}
	made := newSelection(found, name)
	if len(s.all) >= mostSelected {
		clear(s.all)
	}
	s.all[key] = made
	return made, nil
}
