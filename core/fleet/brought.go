package fleet

import "sync"

// brought are the values of heads that this program has brought into its folder: what a
// watch tells of them afterwards is nothing new, and the store is not asked for it.
type brought struct {
	mu  sync.Mutex
	all map[string]string // by the account's id
}

func (b *brought) note(id string, raw []byte) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.all == nil {
		b.all = map[string]string{}
	}
	b.all[id] = string(raw)
}

// is reports whether a value is the one that was brought last.
func (b *brought) is(id string, raw []byte) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(raw) > 0 && b.all[id] == string(raw)
}
