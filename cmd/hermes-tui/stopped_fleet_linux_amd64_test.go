package main_test

import (
	"fmt"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/internal/etcd/etcdtest"
	"github.com/hermes-tui/hermes-tui/sandbox"
)

// newStopped is a fleet of two hosts at a provider that refuses a spent token.
func newStopped(t *testing.T) *killedFleet {
	t.Helper()
	f := &killedFleet{what: "stopped", store: etcdtest.Start(t, 1, etcdtest.Options{})}
	f.depot = openDepot(t, f.store)
	f.a = newBench(t, sandbox.Options{AutoApprove: time.Millisecond, Interval: time.Second, AccessTTL: 24 * time.Hour, OnlyRefuse: true})
	f.b = f.a.host()
	f.a.must("login", "minimax", "--no-browser", "--label", "kept", "--yes")
	f.found()
	f.a.admit(f.b, "host-2")
	f.b.must("list")
	return f
}

// takenOver has the other host take the refresh over: the lease has ended, and the token
// was refused.
func (f *killedFleet) takenOver(job string) {
	f.a.t.Helper()
	if err := f.depot.drop(f.depot.Busy(f.id)); err != nil {
		f.a.t.Error(err)
	}
	if r := f.b.runWith(job, "__refresh"); r.code != 0 {
		f.a.t.Errorf("step %d: the other host: %s", f.n, r)
	}
}

// TestStopped_InTheAnswer: a process stands still while its answer is on the way, and for
// longer than its lease. Another host takes over and finds the token spent; the tokens
// that lie in the socket undo that.
func TestStopped_InTheAnswer(t *testing.T) {
	t.Parallel()
	f := newStopped(t)
	job := f.job()
	letGo := f.a.hold()
	refresh := f.a.startWith(job, "__refresh")
	f.a.await(sandbox.KindRefresh, sandbox.Received)
	signal := func(s syscall.Signal) {
		t.Helper()
		if err := refresh.Process.Signal(s); err != nil {
			t.Fatal(err)
		}
	}
	signal(syscall.SIGSTOP)
	letGo()
	f.a.await(sandbox.KindRefresh, sandbox.Rotated)
	f.takenOver(job)
	if h, _, _ := f.depot.head(f.id); !h.Body.Head.Quarantined() {
		t.Error("the other host has not found the token spent")
	}
	signal(syscall.SIGCONT)
	if r := refresh.end(t); r.code != 0 {
		t.Errorf("the one that stood still: %s", r)
	}
	f.works(f.b, f.a)
	f.nothingStray()
	if got := f.a.portal.Stats().Refreshes; got.Total != 2 || got.Outcomes[sandbox.Rotated] != 1 {
		t.Errorf("refreshes %+v", got)
	}
}

// TestStopped_AtEachStep: a process that refreshes stands still before a step for longer
// than it may send, the lease ends, and another host takes over. What goes on finds that
// its claim is gone: it sends nothing any more, but in the moment between the question
// whether it may and the first byte, of which there is one.
func TestStopped_AtEachStep(t *testing.T) {
	if !everyStep() {
		t.Skip("it takes minutes: HERMES_TUI_TEST_KILLS=all")
	}
	var late atomic.Int32
	t.Run("step", func(t *testing.T) {
		for n := 1; n < 130; n += 6 { // about as many as a refresh has
			t.Run(fmt.Sprint(n), func(t *testing.T) {
				t.Parallel()
				f := newStopped(t)
				f.n = n
				late.Add(int32(f.standsStill()))
			})
		}
	})
	if late.Load() > 1 {
		t.Errorf("at %d steps something was sent although the claim was gone", late.Load())
	}
}

// standsStill stops a refresh before the step, and lets it go on. late is how often
// something was sent afterwards.
func (f *killedFleet) standsStill() (late int) {
	t := f.a.t
	job, sent := f.job(), 0
	came := f.a.trace(traced{n: f.n, isStep: isStepOrSent, stdin: job, held: func() {
		began := time.Now() // the claim goes by the system's clocks
		f.a.until(func() bool { return time.Since(began) > 21*time.Second })
		f.takenOver(job)
		sent = f.a.portal.Stats().Refreshes.Total
	}}, "__refresh")
	if !came {
		t.Logf("a refresh has not %d steps", f.n)
		return 0
	}
	f.must(f.a, "list")
	f.works(f.a, f.b)
	f.nothingStray()
	after := f.a.portal.Stats().Refreshes
	t.Logf("step %d: %d requests before it went on, %d after; %d granted, %d of a spent token", f.n, sent, after.Total-sent, after.Outcomes[sandbox.Rotated], after.Outcomes[sandbox.Reused])
	return after.Total - sent
}
