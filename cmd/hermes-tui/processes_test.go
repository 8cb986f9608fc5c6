package main_test

import (
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/sandbox"
)

// together starts a command n times and waits for all.
func (b *bench) together(n int, args ...string) []result {
	b.t.Helper()
	var running []*process
	for range n {
		running = append(running, b.start(args...))
	}
	results := make([]result, n)
	var all sync.WaitGroup
	for i, p := range running {
		all.Go(func() { results[i] = p.end(b.t) })
	}
	all.Wait()
	return results
}

// oneToken holds that every command printed the same living token.
func (b *bench) oneToken(results []result) {
	b.t.Helper()
	for i, r := range results {
		if r.code != 0 || r.out != results[0].out {
			b.t.Fatalf("token %d of %d differs from the first or failed: code %d, %s", i, len(results), r.code, r.err)
		}
	}
	if !b.portal.IsLive(strings.TrimSpace(results[0].out)) {
		b.t.Error("the token is not alive at the portal")
	}
}

// TestManyProcessesOneRefresh: many programs ask at once for the token of an
// account that has expired. On Windows they also get in the way of each other
// with every file that they read and replace.
func TestManyProcessesOneRefresh(t *testing.T) {
	b := newBench(t, sandbox.Options{AccessTTL: 5 * time.Minute})
	b.signInExpired(5 * time.Minute)
	n := 50
	if runtime.GOOS == "windows" {
		n = 20 // a process takes longer to start
	}
	b.oneToken(b.together(n, "token", "--timeout", "2m"))
	if got := b.portal.Stats().Refreshes.Total; got != 1 {
		t.Errorf("%d refreshes for %d processes, want 1", got, n)
	}
}
