package core

import (
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/pool"
)

func (r *rig) strategy(s pool.Strategy) {
	r.Helper()
	if _, err := r.core.SetStrategy(r.Context(), "", s); err != nil {
		r.Fatal(err)
	}
}

// serve is one request: the label of the account that served it.
func (r *rig) serve(c *Core) string {
	r.Helper()
	lease, err := c.Pick(r.Context(), "", PickOptions{})
	if err != nil {
		r.Fatal(err)
	}
	defer lease.Done()
	if _, err := c.Token(r.Context(), lease.Account.ID, TokenOptions{}); err != nil {
		r.Fatal(err)
	}
	return lease.Account.Label
}

func TestPick_RoundRobinGoesOnInTheNextProcess(t *testing.T) {
	r := newRig(t)
	for _, label := range []string{"a", "b", "c"} {
		r.account(label)
	}
	r.strategy(pool.RoundRobin)
	var served []string
	for range 7 { // seven commands, each a process of its own
		c := r.open()
		served = append(served, r.serve(c))
		if err := c.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	for range 4 { // one process that stays
		served = append(served, r.serve(r.core))
	}
	if got := strings.Join(served, ""); got != "abcabcabcab" {
		t.Fatalf("served by %s", got)
	}
	for i, a := range r.core.Snapshot().Accounts {
		if a.Label != "abc"[i:i+1] {
			t.Fatal("the order of the accounts was changed")
		}
	}
}

func TestPick_LeastUsedCounts(t *testing.T) {
	r := newRig(t)
	a := r.account("a")
	r.account("b")
	for range 3 {
		if _, err := r.token(a.ID); err != nil {
			t.Fatal(err)
		}
	}
	r.strategy(pool.LeastUsed)
	var served strings.Builder
	for range 7 {
		served.WriteString(r.serve(r.core))
	}
	if served.String() != "bbbabab" {
		t.Fatalf("served by %s", &served)
	}
}

func TestPick_RandomIsInjected(t *testing.T) {
	r := newRig(t)
	for _, label := range []string{"a", "b", "c"} {
		r.account(label)
	}
	r.strategy(pool.Random)
	for number, want := range map[float64]string{0: "a", 0.34: "b", 0.99999: "c"} {
		r.core.state.Jitter = func() float64 { return number }
		if got := r.picked("", PickOptions{}); got != want {
			t.Errorf("%v: picked %s, want %s", number, got, want)
		}
	}
}

func TestPick_LeasesSpreadWhatRunsAtOnce(t *testing.T) {
	r := newRig(t)
	r.account("a")
	r.account("b")
	r.strategy(pool.LeastUsed)
	var leases []*Lease
	count := map[string]int{}
	for range 4 {
		lease, err := r.core.Pick(t.Context(), "", PickOptions{})
		if err != nil {
			t.Fatal(err)
		}
		count[lease.Account.Label]++
		leases = append(leases, lease)
	}
	if count["a"] != 2 || count["b"] != 2 {
		t.Fatalf("%v", count)
	}
	for _, l := range leases {
		l.Done()
		l.Done()
	}
	if again := []string{r.picked("", PickOptions{}), r.picked("", PickOptions{})}; again[0] != "a" || again[1] != "a" {
		t.Fatalf("something is left over: %v", again)
	}
}

// What answers told one process is what the next picks by, in every process.
func TestPick_ByWhatProvidersTold(t *testing.T) {
	r := newRig(t)
	a, b := r.account("a"), r.account("b")
	tell := func(id string, used int, resets time.Duration) {
		h, c := http.Header{}, r.open()
		h.Set("X-Codex-Primary-Used-Percent", strconv.Itoa(used))
		h.Set("X-Codex-Primary-Window-Minutes", "10080")
		h.Set("X-Codex-Primary-Reset-At", strconv.FormatInt(r.clock.Now().Add(resets).Unix(), 10))
		c.Told(id, h)
		if err := c.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	picks := func(want string) {
		t.Helper()
		c := r.open()
		if got := r.serve(c); got != want {
			t.Errorf("served by %s, not %s", got, want)
		}
		if err := c.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, p := range r.core.Snapshot().Pools(r.clock.Now()) {
			for _, m := range p.Members {
				if m.Next != (m.Label == want) {
					t.Errorf("%s serves next: %t", m.Label, m.Next)
				}
			}
		}
	}
	tell(a.ID, 60, time.Hour)
	r.strategy(pool.MostLeft)
	picks("b") // of which nothing is known
	tell(b.ID, 61, 2*time.Hour)
	picks("a")
	r.strategy(pool.SoonestReset)
	picks("a")
	tell(a.ID, 91, time.Hour)
	tell(b.ID, 80, 2*time.Hour)
	picks("a") // which begins anew first
	tell(a.ID, 98, time.Hour)
	picks("b")
	tell(a.ID, 12, time.Hour) // as after a top-up
	picks("b")                // it had the last turn, and has enough
	r.clock.Advance(3 * time.Hour)
	picks("b") // both weeks are over: nothing is known any more
}

func TestPick_ManyAtOnce(t *testing.T) {
	r := newRig(t)
	a := r.account("a")
	r.account("b")
	for _, s := range pool.Strategies() {
		r.strategy(s)
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				for range 20 {
					lease, err := r.core.Pick(t.Context(), "", PickOptions{})
					if err != nil {
						t.Error(err)
						return
					}
					lease.Done()
				}
			})
		}
		wg.Wait()
		if err := r.core.Refused(t.Context(), a.ID, Refusal{Status: 429}); err != nil {
			t.Fatal(err)
		}
		if got := r.picked("", PickOptions{}); got != "b" {
			t.Errorf("%s: picked %s", s, got)
		}
		if err := r.core.ClearCooldown(t.Context(), a.ID); err != nil {
			t.Fatal(err)
		}
	}
}

func TestLease_ServedForgetsFailures(t *testing.T) {
	r := newRig(t)
	a := r.account("a")
	r.account("b")
	rest := func() (time.Duration, int) {
		r.refused(a.ID, Refusal{Status: 429, Gen: 1})
		got, _ := r.core.Snapshot().Find(a.ID)
		return got.Cooldown.Until.Sub(got.Cooldown.At), got.Cooldown.Failures
	}
	early, err := r.core.Pick(t.Context(), a.ID, PickOptions{})
	if err != nil {
		t.Fatal(err)
	}
	rest()
	if err := early.Served(t.Context()); err != nil { // sent before it was refused
		t.Fatal(err)
	}
	if autherr.KindOf(r.core.Servable(a.ID)) != autherr.CoolingDown {
		t.Fatal("an answer to an older request ended the cool-down")
	}
	r.clock.Advance(2 * time.Minute)
	if d, n := rest(); d != 2*time.Minute || n != 2 {
		t.Fatalf("the second failure in a row rests %s, %d", d, n)
	}
	r.clock.Advance(3 * time.Minute)
	late, err := r.core.Pick(t.Context(), a.ID, PickOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := late.Served(t.Context()); err != nil {
		t.Fatal(err)
	}
	if d, n := rest(); d != time.Minute || n != 1 {
		t.Fatalf("after it has served it rests %s, %d", d, n)
	}
}

func TestPrioritize_MovesWithinThePool(t *testing.T) {
	r := newRig(t)
	a := r.account("a")
	r.account("b")
	c := r.account("c")
	for _, tc := range []struct {
		id    string
		place int
		want  string
	}{{c.ID, 0, "cab"}, {a.ID, 99, "cba"}, {c.ID, 1, "bca"}} {
		if err := r.core.Prioritize(t.Context(), tc.id, tc.place); err != nil {
			t.Fatal(err)
		}
		var order strings.Builder
		for i, a := range r.core.Snapshot().Accounts {
			order.WriteString(a.Label)
			if a.Priority != i {
				t.Errorf("%s has priority %d at %d", a.Label, a.Priority, i)
			}
		}
		if order.String() != tc.want {
			t.Fatalf("order %s, want %s", &order, tc.want)
		}
	}
	if err := r.core.Prioritize(t.Context(), "0123456789", 0); autherr.KindOf(err) != autherr.Usage {
		t.Fatalf("an account that is not there: %v", err)
	}
	if _, err := r.core.SetStrategy(t.Context(), "", "fastest"); autherr.KindOf(err) != autherr.Usage {
		t.Fatalf("a strategy that is not there: %v", err)
	}
}
