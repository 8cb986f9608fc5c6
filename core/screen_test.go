package core

import (
	"context"
	"net/http"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hermes-tui/hermes-tui/core/clock"
	"github.com/hermes-tui/hermes-tui/core/secret"
)

// TestWatch_ShowsWithinASecondWhatAnswersTell: what one process is told stands in
// another one's snapshot within a second, however often something is told, and 100 ms
// of it are left for the disk and the drawing.
func TestWatch_ShowsWithinASecondWhatAnswersTell(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		open := func() *Core { return Open(config(dir, "http://127.0.0.1:1", clock.System{})) }
		serving, window := open(), open()
		a, err := serving.AddKey(t.Context(), KeyOptions{Provider: "openai-api", Label: "gpt"}, secret.New(pastedKey))
		if err != nil {
			t.Fatal(err)
		}
		ctx, end := context.WithCancel(t.Context())
		seen := map[float64]time.Time{} // what is used, when it was first shown
		watched := make(chan struct{})
		go func() {
			defer close(watched)
			for s := range window.Watch(ctx) {
				if left := s.Accounts[0].Left("", time.Now()); left.Told && seen[left.Used].IsZero() {
					seen[left.Used] = time.Now()
				}
			}
		}()
		told := map[float64]time.Time{}
		for used := 1.0; used <= 60; used++ {
			h := http.Header{}
			h.Set("X-Codex-Primary-Used-Percent", strconv.Itoa(int(used)))
			h.Set("X-Codex-Primary-Window-Minutes", "300")
			told[used] = time.Now()
			serving.Told(a.ID, h)
			time.Sleep([]time.Duration{30 * time.Millisecond, 170 * time.Millisecond, 1300 * time.Millisecond}[int(used)%3])
		}
		time.Sleep(2 * time.Second)
		end()
		<-watched
		for used, at := range told {
			shown := time.Duration(-1)
			for later := used; later <= 60; later++ {
				if lag := seen[later].Sub(at); !seen[later].IsZero() && (shown < 0 || lag < shown) {
					shown = lag
				}
			}
			if shown < 0 || shown > 900*time.Millisecond {
				t.Errorf("%v percent: shown after %s", used, shown)
			}
		}
		for _, c := range []*Core{serving, window} {
			if err := c.Close(t.Context()); err != nil {
				t.Error(err)
			}
		}
	})
}
