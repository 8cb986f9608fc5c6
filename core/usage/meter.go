package usage

import (
	"context"
	"maps"
	"net/http"
	"sync"
	"time"

	"github.com/hermes-tui/hermes-tui/core/clock"
	"github.com/hermes-tui/hermes-tui/internal/paced"
)

const (
	// writeEvery is how often is written at most. Together with how often other
	// processes look it is less than a second.
	writeEvery = 600 * time.Millisecond
	writeTime  = 250 * time.Millisecond // for which other writers are waited for
)

// Meter keeps what is known of the plans of one state folder's accounts. It is
// safe for concurrent use.
type Meter struct {
	file   file
	clock  clock.Clock
	client *http.Client
	writes *paced.Work

	mu      sync.Mutex
	pending map[string][]Reading // not yet written
	written map[string][]Reading // being written; nil: nothing is
}

// NewMeter returns the meter of the state folder dir. client asks the providers'
// endpoints; it is led nowhere else by them.
func NewMeter(dir string, c clock.Clock, client *http.Client) *Meter {
	asking := *client
	asking.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	m := &Meter{file: file{dir}, clock: c, client: &asking, pending: map[string][]Reading{}}
	m.writes = paced.New(writeEvery, m.flush)
	return m
}

// Note reads what the headers of an answer of the model API tell of an account's
// plan. It is written at once, soon after the write before, or by Close, and
// may be lost. It reports whether they tell anything.
func (m *Meter) Note(account string, h http.Header) bool {
	r := Headers(h, m.clock.Now())
	if r.Empty() {
		return false
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if kept := m.pending[account]; len(kept) > 0 { // one a second is enough
		m.pending[account] = []Reading{kept[0].With(r)}
	} else {
		m.pending[account] = []Reading{r}
	}
	m.writes.Soon()
	return true
}

// Known returns what is known of every account's plan, by id. It opens no secret
// and sends nothing.
func (m *Meter) Known() map[string]Known {
	m.mu.Lock() // before the file is read, so that nothing is in neither
	written, pending := m.written, maps.Clone(m.pending)
	m.mu.Unlock()
	known := m.file.read()
	noted(known, written)
	noted(known, pending)
	return known
}

// noted adds readings to what is known.
func noted(known map[string]Known, more map[string][]Reading) {
	for id, readings := range more {
		for _, r := range readings {
			known[id] = known[id].with(r)
		}
	}
}

// Forget drops what is known of an account.
func (m *Meter) Forget(ctx context.Context, account string) error {
	m.mu.Lock()
	delete(m.pending, account)
	m.mu.Unlock()
	if _, ok := m.file.read()[account]; !ok {
		return nil
	}
	return m.file.change(ctx, func(known map[string]Known) { delete(known, account) })
}

// Close writes what is not written yet.
func (m *Meter) Close() { m.writes.Close() }

func (m *Meter) flush() {
	m.mu.Lock()
	more := m.pending
	m.pending, m.written = map[string][]Reading{}, more
	m.mu.Unlock()
	if len(more) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), writeTime)
	defer cancel()
	_ = m.file.change(ctx, func(known map[string]Known) { noted(known, more) }) // it may be lost
	m.mu.Lock()
	m.written = nil
	m.mu.Unlock()
}
