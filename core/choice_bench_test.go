package core

import (
	"fmt"
	"testing"

	"github.com/hermes-tui/hermes-tui/core/oauth"
	"github.com/hermes-tui/hermes-tui/core/pool"
)

// BenchmarkChoice is the choice of the account that serves the next request, with each
// strategy, while no file changes. What must hold: 10 µs at most, also among 10,000
// accounts.
func BenchmarkChoice(b *testing.B) {
	apis := []string{oauth.AnthropicMessages}
	for _, n := range []int{10, 100, 10_000} {
		r, id := benchRig(b, n)
		for _, s := range pool.Strategies() {
			if _, err := r.core.SetStrategy(b.Context(), id, s); err != nil {
				b.Fatal(err)
			}
			b.Run(fmt.Sprintf("%s/accounts=%d", s, n), func(b *testing.B) {
				b.ReportAllocs()
				choose := func() {
					lease, err := r.core.Pick(b.Context(), "", PickOptions{APIs: apis, Model: "M2"})
					if err != nil {
						b.Fatal(err)
					}
					lease.Done()
				}
				choose() // the files are read, and the accounts ranked
				for b.Loop() {
					choose()
				}
			})
		}
	}
}
