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
	found  []accounts.Account
	shared bool                   // one of them at least is another program's
	at     map[string]int         // by id
	fronts map[string]*pool.Front // by model; guarded by the ledger's mutex
}

// front is what is known of the beginning of the pool for a model. The caller holds the
// ledger's mutex.
func (s *selection) front(model string) *pool.Front {
	if s.fronts[model] == nil {
		if s.fronts == nil || len(s.fronts) >= mostSelected {
			s.fronts = map[string]*pool.Front{}
		}
		s.fronts[model] = &pool.Front{}
	}
	return s.fronts[model]
}

// places are where those accounts are that have one of these ids.
func (s *selection) places(ids []string) (all []int) {
	for _, id := range ids {
		if i, there := s.at[id]; there {
			all = append(all, i)
		}
	}
	return all
}

// mostSelected bounds what is kept.
const mostSelected = 64

// of returns whom a name means in a snapshot.
func (s *selections) of(snapshot accounts.Snapshot, name string, apis []string, find func() ([]accounts.Account, error)) (*selection, error) {
	if len(snapshot.Accounts) == 0 {
		found, err := find()
		return &selection{found: found}, err
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
	made := &selection{found: found, at: make(map[string]int, len(found))}
	for i := range found {
		made.at[found[i].ID] = i
		made.shared = made.shared || found[i].Shared()
	}
	if len(s.all) >= mostSelected {
		clear(s.all)
	}
	s.all[key] = made
	return made, nil
}
