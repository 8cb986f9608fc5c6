//go:build unix

package main_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/sandbox"
)

// TestPool_TheNextServesWhileARefreshFails: the first of two accounts has expired
// and cannot be refreshed. Commands and requests get the second one's token, and
// the first one's again once it is well.
func TestPool_TheNextServesWhileARefreshFails(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"503", "429", "reset", "hang"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, sandbox.Options{AccessTTL: 5 * time.Minute})
			b.signInExpired(5 * time.Minute)
			first := b.id
			b.signIn("--label", "second")
			second := b.id
			s := b.serve()
			fault, err := sandbox.ParseFault(name)
			if err != nil {
				t.Fatal(err)
			}
			b.portal.SetFaults(fault)
			var longest time.Duration
			shown := false
			for range rounds {
				var got struct{ Account string }
				r := b.run("token", "--json")
				if r.code != 0 || r.err != "" {
					t.Fatalf("token: %s", r)
				}
				b.decode(r.out, &got)
				began := time.Now()
				said := b.asked(s)
				longest = max(longest, r.took, time.Since(began))
				_, reasons := b.next()
				shown = shown || reasons["minimax"] == "not_renewed"
				if got.Account != second || said.status != http.StatusOK {
					t.Fatalf("account %s, status %d: %s", got.Account, said.status, said.body)
				}
			}
			t.Logf("%d commands and requests, the longest took %s, %d refreshes", 2*rounds, longest, b.portal.Stats().Refreshes.Total)
			if !shown {
				t.Error("pool show never said why the first one does not serve")
			}
			b.portal.SetFaults()
			b.until(func() bool {
				var got struct{ Account string }
				b.decode(b.must("token", "--json"), &got)
				return got.Account == first
			})
		})
	}
}

// rounds are enough to meet every stage of a refresh: before, while and after it
// is known to fail.
const rounds = 20
