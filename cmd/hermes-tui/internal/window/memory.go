package window

import (
	"encoding/json"
	"log/slog"
	"path/filepath"
	"sync"

	"github.com/hermes-tui/hermes-tui/internal/atomicfile"
	"github.com/hermes-tui/hermes-tui/tui"
)

// memory is ui.json in the state folder: what one window hands on to the next.
// Nothing depends on it; a file that cannot be read is an empty one.
type memory struct {
	path string
	log  *slog.Logger
	mu   sync.Mutex
	over bool
}

func newMemory(state string, log *slog.Logger) *memory {
	return &memory{path: filepath.Join(state, "ui.json"), log: log}
}

func (m *memory) load() tui.Memory {
	var have tui.Memory
	data, err := atomicfile.Read(m.path, 1<<20)
	if err != nil || json.Unmarshal(data, &have) != nil {
		return tui.Memory{}
	}
	return have
}

func (m *memory) keep(have tui.Memory) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.over {
		return
	}
	data, err := json.Marshal(have)
	if err == nil {
		err = atomicfile.Write(m.path, append(data, '\n'), 0o600)
	}
	if err != nil {
		m.log.Warn("what the window remembers could not be kept", "error", err)
	}
}

// end waits until nothing is written any more.
func (m *memory) end() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.over = true
}
