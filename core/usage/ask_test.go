package usage

import (
	"context"
	"errors"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/clock"
	"github.com/hermes-tui/hermes-tui/internal/lockfile"
)

// slow is a provider that answers after a while.
type slow struct {
	after time.Duration
	asked int
}

func (s *slow) RoundTrip(r *http.Request) (*http.Response, error) {
	s.asked++
	select {
	case <-r.Context().Done():
		return nil, r.Context().Err()
	case <-time.After(s.after):
	}
	body := `{"model_remains":[` + bucket(`,"current_interval_remaining_percent":62`) + `]}`
	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
}

// meterOf asks that provider.
func meterOf(t *testing.T, s *slow) (m *Meter, c *clock.Fake, q Question) {
	c = clock.NewFake(now)
	q = Question{
		Account: "a1", Provider: "minimax-oauth", Endpoints: MiniMaxTells.Endpoints("https://api.example.invalid/anthropic"),
		Sign: func(*http.Request) error { return nil },
	}
	return NewMeter(t.TempDir(), c, &http.Client{Transport: s}), c, q
}

// TestAsk_WhoWaitedHasAllTheTime: the provider's time begins when it is asked, not
// while others ask.
func TestAsk_WhoWaitedHasAllTheTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, _, q := meterOf(t, &slow{after: askTime - time.Second})
		lock, err := lockfile.Acquire(t.Context(), filepath.Join(m.file.dir, "plans-minimax-oauth.lock"))
		if err != nil {
			t.Fatal(err)
		}
		time.AfterFunc(askTime, func() { _ = lock.Unlock() })
		if k, err := m.Ask(t.Context(), q); err != nil || len(k.Reading.Windows) != 1 {
			t.Errorf("%v, %v", said(k.Reading), err)
		}
	})
}

func TestAsk_WhoNeverComesToIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, _, q := meterOf(t, &slow{})
		lock, err := lockfile.Acquire(t.Context(), filepath.Join(m.file.dir, "plans-minimax-oauth.lock"))
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = lock.Unlock() }()
		if _, err := m.Ask(t.Context(), q); autherr.KindOf(err) != autherr.Network || !strings.Contains(err.Error(), "is being asked already") {
			t.Errorf("%v", err)
		}
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := m.Ask(gone, q); !errors.Is(err, context.Canceled) || autherr.KindOf(err) == autherr.Network {
			t.Errorf("taken back: %v", err)
		}
	})
}

// TestAsk_AHangingProviderRests: it has not said that it tells nothing.
func TestAsk_AHangingProviderRests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &slow{after: time.Hour}
		m, c, q := meterOf(t, s)
		for range 2 { // asked, and at rest
			if k, err := m.Ask(t.Context(), q); autherr.KindOf(err) != autherr.Network || errors.Is(err, ErrNotTold) || k.Silent {
				t.Errorf("silent: %t, %v", k.Silent, err)
			}
		}
		if s.asked != 1 {
			t.Errorf("asked %d times", s.asked)
		}
		c.Advance(askEvery)
		s.after = 0
		if k, err := m.Ask(t.Context(), q); err != nil || k.Late {
			t.Errorf("late: %t, %v", k.Late, err)
		}
	})
}

// TestAsk_AQuestionThatIsTakenBackIsNone: nothing is written down of it.
func TestAsk_AQuestionThatIsTakenBackIsNone(t *testing.T) {
	for name, short := range map[string]func(context.Context) (context.Context, context.CancelFunc){
		"cancelled": func(ctx context.Context) (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithCancel(ctx)
			time.AfterFunc(time.Second, cancel)
			return ctx, cancel
		},
		"of less time": func(ctx context.Context) (context.Context, context.CancelFunc) {
			return context.WithTimeout(ctx, time.Second)
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &slow{after: 2 * time.Second}
				m, _, q := meterOf(t, s)
				ctx, cancel := short(t.Context())
				defer cancel()
				if _, err := m.Ask(ctx, q); err == nil || errors.Is(err, ErrNotTold) || len(m.Known()) != 0 {
					t.Errorf("%v, known: %v", err, m.Known())
				}
				if k, err := m.Ask(t.Context(), q); err != nil || len(k.Reading.Windows) != 1 || s.asked != 2 {
					t.Errorf("asked again: %v, %v", said(k.Reading), err)
				}
			})
		})
	}
}
