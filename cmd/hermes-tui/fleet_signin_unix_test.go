//go:build unix

package main_test

import (
	"strings"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/sandbox"
)

// TestFleet_SignInWhileTheStoreIsAway: the link to the store is cut while a person looks
// at the code. What they approve is kept on their host, which says so, and its next
// command that opens the keystore brings it to all.
func TestFleet_SignInWhileTheStoreIsAway(t *testing.T) {
	for name, args := range map[string][]string{"again": nil, "a new account": {"minimax", "--label", "second", "--yes"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newRelayed(t, 15*time.Minute)
			a, b := f.hosts[0], f.hosts[1]
			which := a.id
			if args == nil {
				args = []string{"--account", a.id}
			} else {
				which = "second"
			}
			login := a.start(append([]string{"login", "--no-browser"}, args...)...)
			a.await(sandbox.KindCode, sandbox.Issued)
			f.links[0].Cut()
			for _, c := range a.portal.Codes() {
				if c.State == sandbox.CodePending {
					if err := a.portal.Approve(c.UserCode); err != nil {
						t.Fatal(err)
					}
				}
			}
			if r := login.end(t); r.code != 4 || !strings.Contains(r.err, "you are signed in") {
				t.Errorf("login without the store: %s", r)
			}
			f.links[0].Mend()
			here, there := strings.TrimSpace(a.must("token", which)), strings.TrimSpace(b.must("token", which))
			grants := a.portal.Grants()
			if here != there || !a.portal.IsLive(here) || a.portal.Stats().Refreshes.Total != 0 {
				t.Errorf("the same token on both: %t, which works: %t; %+v", here == there, a.portal.IsLive(here), a.portal.Stats().Refreshes)
			}
			if len(grants) != 2 || grants[0].Revoked != "" {
				t.Errorf("sign-ins: %+v", grants)
			}
		})
	}
}
