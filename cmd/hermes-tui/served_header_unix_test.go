//go:build unix

package main_test

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/proxies"
	"github.com/hermes-tui/hermes-tui/sandbox"
)

// TestServe_IsShown: a proxy that runs stands in the window's header with what goes
// through it, and in status, doctor and the plain lines. One that is killed is gone
// from all of them within seconds, and so is its note at the next command; one that
// ends takes its note along.
func TestServe_IsShown(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{AccessTTL: time.Hour})
	b.signIn()
	if out := b.must("status"); strings.Contains(out, "proxy:") {
		t.Errorf("without one: %s", out)
	}
	x := b.session(100, 30, false, `exec hermes-tui`)
	x.match(`● ok`)
	s := b.serve()
	at, _ := url.Parse(s.url)
	x.match(`serve ` + at.Port() + `   encrypted file`)
	for range 3 {
		if got := b.asked(s); got.status != http.StatusOK {
			t.Fatalf("%+v", got)
		}
	}
	x.match(`serve ` + at.Port() + ` · 3/min   `)
	for _, args := range [][]string{{"status"}, {"--plain"}, {"doctor"}} {
		r := b.run(args...)
		if said := r.out + r.err; !strings.Contains(said, at.Host+", 3 requests in the last minute") && !strings.Contains(said, "), 3 requests in the last minute") {
			t.Errorf("%v does not tell of it: %s", args, r)
		}
	}
	var told struct {
		Proxies []struct {
			Listens           []string
			PID               int
			RequestsPerMinute int `json:"requests_per_minute"`
		}
	}
	b.decode(b.must("status", "--json"), &told)
	if len(told.Proxies) != 1 || told.Proxies[0].Listens[0] != at.Host || told.Proxies[0].PID != s.cmd.Process.Pid || told.Proxies[0].RequestsPerMinute != 3 {
		t.Errorf("status --json: %+v", told)
	}
	notes := func() (names []string) {
		entries, err := os.ReadDir(filepath.Join(b.state(), proxies.Folder))
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			names = append(names, e.Name())
		}
		return names
	}

	_ = s.cmd.Process.Kill()
	_ = s.cmd.Wait()
	x.match(`ccount +encrypted file`)
	if out := b.must("status"); strings.Contains(out, "proxy:") {
		t.Errorf("it was killed, and status says %s", out)
	}
	if r := b.run("doctor"); len(notes()) != 2 || !strings.Contains(r.out, "left behind by a proxy that was killed") {
		t.Errorf("doctor finds nothing of it, or changed something: %s; %v", r, notes())
	}
	b.must("token")
	if left := notes(); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}

	s = b.serve()
	at, _ = url.Parse(s.url)
	x.match(`serve ` + at.Port() + `   encrypted file`)
	s.end()
	if left := notes(); len(left) != 0 {
		t.Errorf("it ended, and left %v", left)
	}
	x.match(`ccount +encrypted file`)
	x.press("q")
}
