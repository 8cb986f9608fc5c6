//go:build unix

package main_test

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/sandbox"
)

// tells lets the portal's model API tell in its headers how much of five hours is
// used, which the function gets.
func (b *bench) tells() (used *atomic.Int64) {
	b.t.Helper()
	used = &atomic.Int64{}
	portal := b.portal.Handler()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/anthropic/") {
			w.Header().Set("X-Codex-Primary-Used-Percent", strconv.FormatInt(used.Load(), 10))
			w.Header().Set("X-Codex-Primary-Window-Minutes", "300")
			w.Header().Set("X-Codex-Primary-Reset-At", strconv.FormatInt(time.Now().Add(42*time.Minute+30*time.Second).Unix(), 10))
		}
		portal.ServeHTTP(w, r)
	}))
	b.t.Cleanup(server.Close)
	b.env = append(b.env, "HERMES_TUI_MINIMAX_OAUTH_URL="+server.URL, "HERMES_TUI_MINIMAX_INFERENCE_URL="+server.URL+"/anthropic")
	return used
}

// TestServe_WhatIsLeftComesToTheWindow: what an answer's headers tell of the plan
// stands in the window of another process a moment later, and the next request is
// served by the account that has more left. Nobody is asked for it.
func TestServe_WhatIsLeftComesToTheWindow(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{AccessTTL: time.Hour})
	used := b.tells()
	b.signIn("--label", "first")
	b.signIn("--label", "second")
	b.must("pool", "strategy", "most_left")
	s := b.serve()
	x := b.session(120, 30, false, `exec hermes-tui`)
	x.match(`first .*● ok `)
	tell := func(percent int64, label string) {
		t.Helper()
		used.Store(percent)
		if got := b.asked(s); got.status != http.StatusOK {
			t.Fatalf("%+v", got)
		}
		answered := time.Now()
		x.match(label + ` .* ` + strconv.FormatInt(percent, 10) + ` % 5h`)
		t.Logf("the window shows it %s after the answer", time.Since(answered).Round(time.Millisecond))
	}
	tell(62, "first")
	tell(17, "second")
	tell(18, "second")
	x.match(`used 62 % of 5h · resets 4[12]m`) // on the card of the first
	if list := b.must("list"); !strings.Contains(list, "used 62 % of 5h, resets in 4") || !strings.Contains(list, "used 18 % of 5h") {
		t.Errorf("list says\n%s", list)
	}
	if n := b.asksForPlans(); n != 0 {
		t.Errorf("the provider was asked %d times what is left", n)
	}
	x.press("q")
}

// TestWindow_UsesABankedReset: in the details of an account of which a window is used up,
// a key asks whether a banked reset is spent, and only a yes spends it.
func TestWindow_UsesABankedReset(t *testing.T) {
	t.Parallel()
	b := signedInTo(t, "codex")
	if err := b.portal.UsePlan(b.portal.Grants()[0].ID, 100); err != nil {
		t.Fatal(err)
	}
	b.must("usage", "work")
	x := b.window(140, 40)
	x.match(`work .* 100 % 5h`)
	x.press("\r")
	x.match(`resets +1 banked · u uses one`)
	x.press("u")
	x.match(`(?s)Use a banked reset of “work”.*5h: used 100 %.*OpenAI Codex has saved up 1 reset for it`)
	x.press("n")
	x.match(`u use a reset`)
	x.press("u")
	x.match(`y use one`)
	if out := b.must("usage", "work", "--known", "--json"); !strings.Contains(out, `"banked_resets":1`) {
		t.Errorf("before the yes: %s", out)
	}
	x.press("y")
	x.match(`work: a banked reset was used; now used 0 % of .*, none is left\.`)
	x.press("u")
	x.match(`No reset is banked for work`)
	if out := b.must("usage", "work", "--known", "--json"); !strings.Contains(out, `"banked_resets":0`) || strings.Contains(out, `"used_percent":100`) {
		t.Errorf("afterwards: %s", out)
	}
	x.press("q")
}
