package core

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/sandbox"
)

// benchRig is a rig with one signed-in account and n rows in its pool file.
func benchRig(b *testing.B, n int) (*rig, string) {
	b.Helper()
	r := &rig{dir: b.TempDir(), clock: &rushing{}}
	r.portal = newPortal(r.clock, sandbox.Options{AccessTTL: 15 * time.Minute})
	if err := r.portal.Listen(""); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = r.portal.Close(context.Background()) })
	r.core = r.open()
	b.Cleanup(func() { _ = r.core.Close(context.Background()) })
	var id string
	for e := range r.core.SignIn(b.Context(), SignInOptions{Provider: "minimax"}) {
		if s, ok := e.(SignedIn); ok {
			id = s.Account.ID
		}
	}
	head, err := os.ReadFile(r.core.state.Folder.HeadPath(id))
	if err != nil {
		b.Fatal(err)
	}
	for i := 1; i < n; i++ {
		other := fmt.Sprintf("%010x", i)
		if err := os.WriteFile(r.core.state.Folder.HeadPath(other), bytes.ReplaceAll(head, []byte(id), []byte(other)), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	if _, _, err := r.core.state.Folder.Reconcile(b.Context()); err != nil {
		b.Fatal(err)
	}
	return r, id
}

// BenchmarkToken is a token source on a fresh token, side by side with the one
// stat that it cannot do without. Both are timed in turns, a few hundred calls
// each, and the quickest turn counts: on a machine that is busy with other things
// the rest is their time.
func BenchmarkToken(b *testing.B) {
	const calls = 200
	for _, n := range []int{10, 10_000} {
		b.Run(fmt.Sprintf("accounts=%d", n), func(b *testing.B) {
			r, id := benchRig(b, n)
			source, path := r.core.TokenSource(b.Context(), id), r.core.state.Folder.HeadPath(id)
			quickest := func(best *time.Duration, call func() error) {
				start := time.Now()
				for range calls {
					if err := call(); err != nil {
						b.Fatal(err)
					}
				}
				if took := time.Since(start); *best == 0 || took < *best {
					*best = took
				}
			}
			var token, stat time.Duration
			for b.Loop() {
				quickest(&stat, func() error { _, err := os.Stat(path); return err })
				quickest(&token, func() error { _, err := source.Token(); return err })
			}
			b.ReportMetric(0, "ns/op") // of both together, it says nothing
			for unit, took := range map[string]time.Duration{"stat-ns": stat, "token-ns": token, "beyond-stat-ns": token - stat} {
				b.ReportMetric(float64(took)/calls, unit)
			}
		})
	}
}

// BenchmarkPool reads and writes the pool file.
func BenchmarkPool(b *testing.B) {
	for _, n := range []int{10, 1000, 10_000} {
		r, _ := benchRig(b, n)
		b.Run(fmt.Sprintf("load/accounts=%d", n), func(b *testing.B) {
			for b.Loop() {
				if _, _, err := r.core.state.Folder.ReadPool(); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(fmt.Sprintf("save/accounts=%d", n), func(b *testing.B) {
			for b.Loop() {
				err := r.core.state.Folder.UpdatePool(b.Context(), func(p *record.PoolFile) bool {
					p.Rows[0].LastRefreshAt = p.Rows[0].LastRefreshAt.Add(time.Second)
					return true
				})
				if err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
