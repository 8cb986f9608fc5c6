//go:build unix

package core

import (
	"context"
	"errors"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/pool"
)

// Two processes change one pool file at the same time: each moves everybody's
// accounts about, and lets its own rest, serve again, be refreshed and go.

// fate is what becomes of the nth account of a process in the end.
func fate(n int) string { return []string{"removed", "resting", "serving"}[n%3] }

// restOf is how long the nth account rests in the end.
func restOf(n int) time.Duration { return 2*time.Hour + time.Duration(n)*time.Minute }

// churn is what such a process does. Its own accounts are those from first on,
// the others every other one.
func churn(c *Core, ids []string, first string) error {
	ctx, own := context.Background(), ids[:len(ids)/2]
	if first == "second" {
		own = ids[len(ids)/2:]
	}
	var failed []error
	try := func(err error) {
		if err != nil && !errors.Is(err, autherr.NotFound) { // the other process removed it
			failed = append(failed, err)
		}
	}
	for range 60 {
		id := own[rand.IntN(len(own))]
		try(c.Prioritize(ctx, ids[rand.IntN(len(ids))], rand.IntN(len(ids))))
		switch rand.IntN(4) {
		case 0:
			try(c.Refused(ctx, id, Refusal{Status: 429}))
		case 1:
			try(c.ClearCooldown(ctx, id))
		case 2:
			_, err := c.SetStrategy(ctx, "", pool.Strategies()[rand.IntN(4)])
			try(err)
		case 3:
			_, err := c.Refresh(ctx, id, RefreshOptions{Force: true})
			try(err)
		}
	}
	for n, id := range own {
		try(c.ClearCooldown(ctx, id))
		switch fate(n) {
		case "removed":
			try(c.Remove(ctx, id))
			// What was under way for it comes too late.
			try(c.Refused(ctx, id, Refusal{Status: 429}))
			try(c.Refused(ctx, id, Refusal{Status: 401, Code: "token_revoked"}))
			try(c.Prioritize(ctx, id, 0))
			try(c.Rename(ctx, id, "back"))
		case "resting":
			try(c.Refused(ctx, id, Refusal{Status: 402, ResetAt: c.state.Clock.Now().Add(restOf(n))}))
		}
	}
	return errors.Join(failed...)
}

func TestRows_TwoProcessesRace(t *testing.T) {
	const n = 12
	r := newRig(t)
	ids := make([]string, n)
	for i := range ids {
		ids[i] = r.account(string(rune('a' + i))).ID
	}
	var processes sync.WaitGroup
	for _, half := range []string{"first", "second"} {
		processes.Go(func() {
			if out, err := r.process("churn", half, strings.Join(ids, ",")).CombinedOutput(); err != nil {
				t.Errorf("%s: %v\n%s", half, err, out)
			}
		})
	}
	processes.Wait()
	var left []string
	for i, id := range ids {
		a, there := r.core.Snapshot().Find(id)
		n := i % (n / 2)
		if there != (fate(n) != "removed") {
			t.Errorf("%d, to be %s, is there: %t", i, fate(n), there)
		}
		if !there {
			continue
		}
		left = append(left, id)
		if a.Label != string(rune('a'+i)) {
			t.Errorf("%d is called %q", i, a.Label)
		}
		if rest := a.Cooldown.Until.Sub(a.Cooldown.At).Round(time.Second); fate(n) == "resting" && rest != restOf(n) {
			t.Errorf("%d rests %s, want %s", i, rest, restOf(n))
		}
		if fate(n) == "serving" && !a.Limits.IsZero() {
			t.Errorf("%d rests: %+v", i, a.Limits)
		}
	}
	r.rowsAgree(left)
}
