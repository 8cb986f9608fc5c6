package core

import (
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
	err := r.core.folder.UpdatePool(b.Context(), func(p *record.Pool) bool {
		for i := len(p.Rows); i < n; i++ {
			row := p.Rows[0]
			row.ID, row.Label = fmt.Sprintf("%010x", i), fmt.Sprintf("account %d", i)
			p.Rows = append(p.Rows, row)
		}
		return true
	})
	if err != nil {
		b.Fatal(err)
	}
	return r, id
}

// BenchmarkToken is a token source on a fresh token, beside the one stat that
// it cannot do without.
func BenchmarkToken(b *testing.B) {
	for _, n := range []int{10, 10_000} {
		r, id := benchRig(b, n)
		source := r.core.TokenSource(b.Context(), id)
		b.Run(fmt.Sprintf("fresh/accounts=%d", n), func(b *testing.B) {
			for b.Loop() {
				if _, err := source.Token(); err != nil {
					b.Fatal(err)
				}
			}
		})
		path := r.core.folder.HeadPath(id)
		b.Run(fmt.Sprintf("stat/accounts=%d", n), func(b *testing.B) {
			for b.Loop() {
				if _, err := os.Stat(path); err != nil {
					b.Fatal(err)
				}
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
				if _, _, err := r.core.folder.ReadPool(); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(fmt.Sprintf("save/accounts=%d", n), func(b *testing.B) {
			for b.Loop() {
				err := r.core.folder.UpdatePool(b.Context(), func(p *record.Pool) bool {
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
