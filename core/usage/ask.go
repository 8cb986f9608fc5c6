package usage

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"time"

	"github.com/hermes-tui/hermes-tui/core/expiry"
	"github.com/hermes-tui/hermes-tui/internal/lockfile"
)

const (
	askEvery = 5 * time.Minute
	askTime  = 8 * time.Second
	maxBody  = 256 << 10
)

// Question is what it takes to ask a provider about one account.
type Question struct {
	Account  string
	Provider string
	Base     string // of the account's model API
	// Sign puts the account's token on a request, if it may go there.
	Sign func(*http.Request) error
}

// Ask returns what the provider tells of an account's plan. It is asked at most
// once in five minutes, however many processes ask; in between the last answer
// counts. A provider that has no endpoint, or answers something else, is
// ErrNotTold beside what is known already.
func (m *Meter) Ask(ctx context.Context, q Question) (Known, error) {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	endpoints := Endpoints(q.Provider, q.Base)
	if len(endpoints) == 0 {
		return m.Known()[q.Account], ErrNotTold
	}
	// one at a time at each provider
	lock, err := lockfile.Acquire(ctx, filepath.Join(m.file.dir, "plans-"+safe(q.Provider)+".lock"))
	if err != nil {
		return m.Known()[q.Account], fmt.Errorf("another process asks %s: %w", q.Provider, err)
	}
	defer func() { _ = lock.Unlock() }()
	known, recent := m.Recent(q.Account)
	if recent {
		return known, known.Told()
	}
	now := m.clock.Now()
	r, notBefore, asked := m.ask(ctx, q, endpoints)
	err = m.file.change(ctx, func(all map[string]Known) {
		k := all[q.Account]
		k.Asked, k.NotBefore = now, notBefore
		if asked == nil {
			k = k.with(r)
		}
		all[q.Account], known = k, k
	})
	return known, errors.Join(asked, err)
}

// Recent returns what is known of an account's plan, and whether that has to do
// for now, because the provider was asked a moment ago.
func (m *Meter) Recent(account string) (known Known, ok bool) {
	known = m.Known()[account]
	return known, known.resting(m.clock.Now())
}

// Told is ErrNotTold where nothing is known.
func (k Known) Told() error {
	if k.Reading.Empty() {
		return ErrNotTold
	}
	return nil
}

// resting reports whether the provider is not to be asked yet. A clock that was
// set back does not keep it from being asked.
func (k Known) resting(now time.Time) bool {
	since := now.Sub(k.Asked)
	return since >= 0 && since < askEvery || now.Before(k.NotBefore) && k.NotBefore.Sub(now) <= 24*time.Hour
}

// ask goes from one endpoint to the next where an older or newer one may be
// served instead.
func (m *Meter) ask(ctx context.Context, q Question, endpoints []Endpoint) (r Reading, notBefore time.Time, err error) {
	for _, e := range endpoints {
		var again bool
		if r, notBefore, again, err = m.askOne(ctx, q, e); err == nil || !again {
			break
		}
	}
	return r, notBefore, err
}

func (m *Meter) askOne(ctx context.Context, q Question, e Endpoint) (r Reading, notBefore time.Time, again bool, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, e.URL, nil)
	if err != nil {
		return r, notBefore, false, err
	}
	if err := q.Sign(request); err != nil {
		return r, notBefore, false, err
	}
	request.Header.Set("Accept", "application/json")
	for name, value := range e.Header {
		request.Header.Set(name, value)
	}
	res, err := m.client.Do(request)
	if err != nil {
		return r, notBefore, false, err
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(res.Body, maxBody))
	now := m.clock.Now()
	switch {
	case err != nil:
		return r, notBefore, false, err
	case res.StatusCode == http.StatusTooManyRequests:
		return r, now.Add(max(expiry.Wait(res.Header, now), askEvery)), false, ErrNotTold
	case res.StatusCode != http.StatusOK:
		return r, notBefore, true, ErrNotTold
	}
	r, err = e.Parse(body, now)
	return r.Now(now), notBefore, err != nil, err
}

// safe is a provider's id as part of a file's name.
func safe(id string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, id)
}
