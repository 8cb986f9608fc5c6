package usage

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/clock"
)

// portal answers at MiniMax's endpoints.
type portal struct {
	*httptest.Server
	asked  atomic.Int64
	newer  http.HandlerFunc // at the newer address
	older  http.HandlerFunc
	bearer atomic.Value
}

func newPortal(t *testing.T) *portal {
	p := &portal{newer: answers(`{"model_remains":[` + bucket(`,"current_interval_remaining_percent":62`) + `]}`), older: http.NotFound}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /v1/token_plan/remains", func(w http.ResponseWriter, r *http.Request) {
		p.asked.Add(1)
		p.bearer.Store(r.Header.Get("Authorization"))
		p.newer(w, r)
	})
	mux.HandleFunc("GET /v1/api/openplatform/coding_plan/remains", func(w http.ResponseWriter, r *http.Request) {
		p.asked.Add(1)
		p.older(w, r)
	})
	p.Server = httptest.NewServer(mux)
	t.Cleanup(p.Close)
	return p
}

func answers(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(body)) }
}

func (p *portal) question() Question {
	return Question{Account: "a1", Provider: "minimax-oauth", Endpoints: MiniMaxTells.Endpoints(p.URL + "/anthropic"), Sign: func(r *http.Request) error {
		r.Header.Set("Authorization", "Bearer x")
		return nil
	}}
}

func TestAsk(t *testing.T) {
	t.Parallel()
	p, c := newPortal(t), clock.NewFake(now)
	m := NewMeter(t.TempDir(), c, http.DefaultClient)
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if k, err := m.Ask(t.Context(), p.question()); err != nil || len(k.Reading.Windows) != 1 {
				t.Errorf("%v, %v", said(k.Reading), err)
			}
		})
	}
	all.Wait()
	if n := p.asked.Load(); n != 1 {
		t.Errorf("the provider was asked %d times for one account at one moment", n)
	}
	c.Advance(askEvery - time.Second)
	_, _ = m.Ask(t.Context(), p.question())
	if n := p.asked.Load(); n != 1 {
		t.Errorf("asked again within five minutes: %d", n)
	}
	c.Advance(time.Second)
	_, _ = m.Ask(t.Context(), p.question())
	if n := p.asked.Load(); n != 2 {
		t.Errorf("after five minutes: %d", n)
	}
	if got := p.bearer.Load(); got != "Bearer x" {
		t.Errorf("signed with %v", got)
	}
}

func TestAsk_WhatIsNotTold(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		newer, older http.HandlerFunc
		told         bool
		rests        time.Duration
	}{
		"the older address":          {http.NotFound, answers(`{"model_remains":[` + bucket(`,"current_interval_remaining_percent":62`) + `]}`), true, askEvery},
		"an unreadable answer first": {answers(`<html>`), answers(`{"model_remains":[` + bucket(`,"current_interval_remaining_percent":62`) + `]}`), true, askEvery},
		"neither":                    {http.NotFound, http.NotFound, false, askEvery},
		"not signed in":              {answers(`{"base_resp":{"status_code":1004}}`), http.NotFound, false, askEvery},
		"too often": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "1800")
			w.WriteHeader(http.StatusTooManyRequests)
		}, nil, false, 30 * time.Minute},
		"elsewhere": {func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/away", http.StatusFound) }, http.NotFound, false, askEvery},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, fake := newPortal(t), clock.NewFake(now)
			p.newer, p.older = c.newer, c.older
			m := NewMeter(t.TempDir(), fake, http.DefaultClient)
			k, err := m.Ask(t.Context(), p.question())
			if c.told != (err == nil) || !c.told && !errors.Is(err, ErrNotTold) {
				t.Fatalf("%v, %v", said(k.Reading), err)
			}
			before := p.asked.Load()
			fake.Advance(c.rests - time.Second)
			_, _ = m.Ask(t.Context(), p.question())
			if p.asked.Load() != before {
				t.Error("asked again too early")
			}
			fake.Advance(time.Second)
			_, _ = m.Ask(t.Context(), p.question())
			if p.asked.Load() == before {
				t.Error("not asked again")
			}
		})
	}
}

func TestAsk_NothingIsSentUnsigned(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	q, refused := p.question(), errors.New("not there")
	q.Sign = func(*http.Request) error { return refused }
	if _, err := NewMeter(t.TempDir(), clock.NewFake(now), http.DefaultClient).Ask(t.Context(), q); !errors.Is(err, refused) || p.asked.Load() != 0 {
		t.Errorf("%v, asked %d times", err, p.asked.Load())
	}
}

func TestMeter_HeadersReachOtherProcesses(t *testing.T) {
	t.Parallel()
	dir, c := t.TempDir(), clock.NewFake(now)
	serving, showing := NewMeter(dir, c, http.DefaultClient), NewMeter(dir, c, http.DefaultClient)
	for i := range 40 {
		h := http.Header{}
		h.Set("X-Codex-Primary-Used-Percent", fmt.Sprint(i))
		h.Set("X-Codex-Primary-Window-Minutes", "300")
		serving.Note("a1", h)
		serving.Note("a2", http.Header{"Content-Type": {"text/html"}})
	}
	if got := said(serving.Known()["a1"].Reading); len(got) != 1 || got[0] != "5h 39%" {
		t.Errorf("where it was noted: %v", got)
	}
	serving.Close()
	known := showing.Known()
	if got := said(known["a1"].Reading); len(got) != 1 || got[0] != "5h 39%" || len(known) != 1 {
		t.Errorf("in another process: %v of %d", got, len(known))
	}
	if err := showing.Forget(t.Context(), "a1"); err != nil || len(serving.Known()) != 0 {
		t.Errorf("%v; still known: %v", err, serving.Known())
	}
}

// The first reading is written at once, so that a window shows it a moment later;
// those of the second after it are written together.
func TestMeter_WritesAtOnce(t *testing.T) {
	t.Parallel()
	dir, c := t.TempDir(), clock.NewFake(now)
	m := NewMeter(dir, c, http.DefaultClient)
	note := func(used int) {
		h := http.Header{}
		h.Set("X-Codex-Primary-Used-Percent", fmt.Sprint(used))
		h.Set("X-Codex-Primary-Window-Minutes", "300")
		m.Note("a1", h)
		m.writes.Wait()
	}
	note(12)
	if got := said(Read(dir)["a1"].Reading); len(got) != 1 || got[0] != "5h 12%" {
		t.Errorf("after the first: %v", got)
	}
	note(13)
	m.Close()
	if got := said(Read(dir)["a1"].Reading); len(got) != 1 || got[0] != "5h 13%" {
		t.Errorf("after all: %v", got)
	}
}

func TestMeter_ADamagedFileIsEmpty(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "null", "[]", "{", `{"a1":7}`, `{"a1":{"reading":{"at":"yesterday"}}}`} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, FileName), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		m := NewMeter(dir, clock.NewFake(now), http.DefaultClient)
		h := http.Header{}
		h.Set("X-Codex-Primary-Used-Percent", "12")
		h.Set("X-Codex-Primary-Window-Minutes", "300")
		m.Note("a2", h)
		m.Close()
		if got := m.Known(); len(got) != 1 || len(got["a2"].Reading.Windows) != 1 {
			t.Errorf("%q: %v", text, got)
		}
	}
}

// TestRead_NoWindowSaysWhatNoneCan: whoever has written that, it is nobody's reading.
func TestRead_NoWindowSaysWhatNoneCan(t *testing.T) {
	t.Parallel()
	for percent, windows := range map[string]int{"150": 0, "-1": 0, "1e300": 0, "0": 1, "100": 1, "null": 1} {
		dir := t.TempDir()
		text := `{"a1":{"reading":{"at":"2026-11-20T10:00:00Z","windows":[{"name":"5h","used_percent":` + percent + `,"told_at":"2026-11-20T10:00:00Z"}]}}}`
		if err := os.WriteFile(filepath.Join(dir, FileName), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		known := Read(dir)
		if got := len(known["a1"].Reading.Windows); got != windows || len(known) != 1 {
			t.Errorf("%s %%: %d windows of %d accounts", percent, got, len(known))
		}
	}
}

// TestAsk_ANetworkThatIsDownIsNoAnswer: nothing rests for it, and the error says what
// to do.
func TestAsk_ANetworkThatIsDownIsNoAnswer(t *testing.T) {
	t.Parallel()
	p, c := newPortal(t), clock.NewFake(now)
	m, q := NewMeter(t.TempDir(), c, http.DefaultClient), p.question()
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	down := q
	down.Endpoints = MiniMaxTells.Endpoints(gone.URL)
	if _, err := m.Ask(t.Context(), down); autherr.KindOf(err) != autherr.Network {
		t.Errorf("%v", err)
	}
	if k, err := m.Ask(t.Context(), q); err != nil || len(k.Reading.Windows) != 1 {
		t.Errorf("once the network is there: %v, %v", said(k.Reading), err)
	}
}

// TestAsk_WhatWasToldBeforeIsNotToldNow: a provider that tells nothing any more is
// said to, until it tells something.
func TestAsk_WhatWasToldBeforeIsNotToldNow(t *testing.T) {
	t.Parallel()
	p, c := newPortal(t), clock.NewFake(now)
	m := NewMeter(t.TempDir(), c, http.DefaultClient)
	if _, err := m.Ask(t.Context(), p.question()); err != nil {
		t.Fatal(err)
	}
	p.newer = answers(`{"base_resp":{"status_code":1004}}`)
	c.Advance(askEvery)
	for range 2 { // asked, and at rest
		if k, err := m.Ask(t.Context(), p.question()); !errors.Is(err, ErrNotTold) || len(k.Reading.Windows) != 1 {
			t.Errorf("%v, %v", said(k.Reading), err)
		}
	}
	c.Advance(askEvery)
	p.newer = func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) }
	before := p.asked.Load()
	if _, err := m.Ask(t.Context(), p.question()); !errors.Is(err, ErrNotTold) || p.asked.Load() != before+1 {
		t.Errorf("a refused token was sent %d times, %v", p.asked.Load()-before, err)
	}
}
