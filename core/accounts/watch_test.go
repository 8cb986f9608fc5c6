package accounts

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hermes-tui/hermes-tui/core/clock"
	"github.com/hermes-tui/hermes-tui/core/provider"
	"github.com/hermes-tui/hermes-tui/core/proxies"
	"github.com/hermes-tui/hermes-tui/core/state"
	"github.com/hermes-tui/hermes-tui/internal/lockfile"
)

// open is a keystore that nobody has locked.
type open struct{ state.Keystores }

func (open) Locked() (time.Time, bool) { return time.Time{}, false }

// TestWatch_Proxies: whoever watches sees a proxy come, be busy, and be killed, which
// changes no file. Who looks once sees the same.
func TestWatch_Proxies(t *testing.T) { synctest.Test(t, watchProxies) }

func watchProxies(t *testing.T) {
	s := state.Open(state.Config{Dir: t.TempDir(), Clock: clock.System{}, Providers: provider.Default(), Log: slog.New(slog.DiscardHandler), Keystores: open{}})
	as := New(s, &Refreshes{})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	seen := as.Watch(ctx)
	sees := func(when string, want int) {
		t.Helper()
		late := time.After(2 * proxyLooks * pollEvery)
		for {
			select {
			case got := <-seen:
				if n := len(got.Proxies); n == 0 && want < 0 || n == 1 && got.Proxies[0].PerMinute == want {
					return
				}
			case <-late:
				t.Fatalf("%s: it is not seen", when)
			}
		}
	}
	if got := <-seen; len(got.Proxies) != 0 {
		t.Fatalf("%+v", got.Proxies)
	}
	const id = "00000000000000aa"
	at := func(suffix string) string { return filepath.Join(s.Dir, proxies.Folder, id+suffix) }
	note := func(perMinute string) {
		t.Helper()
		text := `{"version":1,"id":"` + id + `","listens":["127.0.0.1:8787"],"pid":4121,"began":"2026-05-20T12:00:00Z","per_minute":` + perMinute + `}`
		if err := os.WriteFile(at(".new"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(at(".new"), at(".json")); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(s.Dir, proxies.Folder), 0o700); err != nil {
		t.Fatal(err)
	}
	lock, _, err := lockfile.Try(at(".lock"))
	if err != nil {
		t.Fatal(err)
	}
	note("0")
	sees("begun", 0)
	note("12")
	sees("busy", 12)
	if got := as.Snapshot().Proxies; len(got) != 1 || got[0].PerMinute != 12 {
		t.Errorf("who looks once: %+v", got)
	}
	_ = lock.Unlock() // as the kernel does when it is killed
	sees("killed", -1)
	if got := as.Snapshot().Proxies; len(got) != 0 {
		t.Errorf("who looks once, after it was killed: %+v", got)
	}
}
