package proxy

import (
	"sync"

	"github.com/hermes-tui/hermes-tui/core/secret"
	"github.com/hermes-tui/hermes-tui/core/tally"
)

// longestLabel is how much of a name a series has, in characters.
const longestLabel = 80

// labels are the names that have series of their own: those that come and go, as
// keys that are made and revoked do, must not grow them for ever.
type labels struct {
	most    int
	foreign bool // programs choose them: they are cleaned

	mu   sync.Mutex
	have map[string]string // as they are shown
}

// of is the name under which a name is counted.
func (l *labels) of(name string) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	shown, ok := l.have[name]
	switch {
	case ok:
	case len(l.have) >= l.most:
		return tally.Other
	default:
		if l.have == nil {
			l.have = map[string]string{}
		}
		if shown = name; l.foreign {
			shown = secret.Words(name, longestLabel)
		}
		l.have[name] = shown
	}
	return shown
}
