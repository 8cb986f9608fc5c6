package usage

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/hermes-tui/hermes-tui/core/clock"
)

const (
	writeEvery = time.Second            // at most
	writeTime  = 250 * time.Millisecond // for which other writers are waited for
)

// Meter keeps what is known of the plans of one state folder's accounts. It is
// safe for concurrent use.
type Meter struct {
	file   file
	clock  clock.Clock
	client *http.Client

	mu      sync.Mutex
	pending map[string][]Reading // not yet written
	timer   *time.Timer          // until they are; nil: nothing is pending
	writing sync.WaitGroup
}

// NewMeter returns the meter of the state folder dir. client asks the providers'
// endpoints; it is led nowhere else by them.
func NewMeter(dir string, c clock.Clock, client *http.Client) *Meter {
	asking := *client
	asking.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &Meter{file: file{dir}, clock: c, client: &asking, pending: map[string][]Reading{}}
}

// Note reads what the headers of an answer of the model API tell of an account's
// plan. It is written within a second, or by Close, and may be lost.
func (m *Meter) Note(account string, h http.Header) {
	r := Headers(h, m.clock.Now())
	if r.Empty() {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if kept := m.pending[account]; len(kept) > 0 { // one a second is enough
		m.pending[account] = []Reading{kept[0].With(r)}
	} else {
		m.pending[account] = []Reading{r}
	}
	if m.timer == nil {
		m.timer = time.AfterFunc(writeEvery, func() {
			m.mu.Lock()
			m.timer = nil
			m.writing.Add(1)
			m.mu.Unlock()
			defer m.writing.Done()
			m.flush()
		})
	}
}

// Known returns what is known of every account's plan, by id. It opens no secret
// and sends nothing.
func (m *Meter) Known() map[string]Known {
	known := m.file.read()
	m.mu.Lock()
	defer m.mu.Unlock()
	for id, readings := range m.pending {
		for _, r := range readings {
			known[id] = known[id].with(r)
		}
	}
	return known
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
func (m *Meter) Close() {
	m.mu.Lock()
	if m.timer != nil && m.timer.Stop() {
		m.timer = nil
	}
	m.mu.Unlock()
	m.writing.Wait()
	m.flush()
}

func (m *Meter) flush() {
	m.mu.Lock()
	more := m.pending
	m.pending = map[string][]Reading{}
	m.mu.Unlock()
	if len(more) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), writeTime)
	defer cancel()
	_ = m.file.change(ctx, func(known map[string]Known) { // it may be lost
		for id, readings := range more {
			for _, r := range readings {
				known[id] = known[id].with(r)
			}
		}
	})
}
