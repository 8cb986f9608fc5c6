package serve

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/clock"
	"github.com/hermes-tui/hermes-tui/core/consent"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/state"
)

const marked = "a1b2c3d4e5"

// asker is a program that is recognised.
func asker(name string) func() consent.Asker {
	return func() consent.Asker {
		return consent.Asker{Name: name, Path: "/bin/" + name, PID: 7, Key: "/bin/" + name}
	}
}

func newTestGate(t *testing.T) (*gate, *clock.Fake) {
	t.Helper()
	fake := clock.NewFake(time.Date(2026, 5, 20, 12, 0, 0, 0, time.UTC))
	s := state.Open(state.Config{
		Dir: t.TempDir(), Clock: fake, Random: rand.Reader, Log: slog.New(slog.DiscardHandler), Asker: asker("agent"), Program: "token",
	})
	if err := s.Folder.Ensure(); err != nil {
		t.Fatal(err)
	}
	return newGate(s), fake
}

// answers is a terminal at which somebody says the same to every question.
func answers(v consent.Verdict, asked *int) consent.Prompt {
	return consent.Prompt{Ask: func(context.Context, consent.Request) (consent.Verdict, error) { *asked++; return v, nil }}
}

// What is asked again, of the same run and of the next.
func TestGate(t *testing.T) {
	for said, want := range map[consent.Verdict]struct {
		passes          bool
		again, next     int // questions of the same run, and of another, altogether
		elsewhere, late int // of another account, and after a day
	}{
		consent.Once:   {true, 1, 2, 3, 4},
		consent.Day:    {true, 1, 1, 2, 3},
		consent.Always: {true, 1, 1, 2, 2},
		consent.No:     {false, 1, 1, 2, 3},
	} {
		g, fake := newTestGate(t)
		asked := 0
		at := answers(said, &asked)
		pass := func(ctx context.Context, id string, questions int, when string) {
			t.Helper()
			_, err := g.pass(ctx, id, at)
			if (err == nil) != want.passes || err != nil && !errors.Is(err, consent.NotConfirmed) || asked != questions {
				t.Errorf("%s, %s: %v after %d questions, want %d", said, when, err, asked, questions)
			}
		}
		ctx := context.Background()
		other := func() context.Context { return consent.With(ctx, consent.NewVisit(asker("agent"))) }
		pass(ctx, marked, 1, "at first")
		pass(ctx, marked, want.again, "again")
		pass(other(), marked, want.next, "another run")
		pass(other(), "bbbbbbbbbb", want.elsewhere, "another account")
		fake.Advance(24*time.Hour + time.Second)
		pass(other(), marked, want.late, "a day later")
	}
}

// A program that nothing tells from others is asked about at each visit, and a
// refusal holds for that.
func TestGate_AStranger(t *testing.T) {
	g, fake := newTestGate(t)
	asked := 0
	for n, v := range []consent.Verdict{consent.Always, consent.No, consent.Always} {
		ctx := consent.With(context.Background(), consent.NewVisit(func() consent.Asker { return consent.Stranger("somebody") }))
		for range 2 {
			if _, err := g.pass(ctx, marked, answers(v, &asked)); (err == nil) != v.Allows() || asked != n+1 {
				t.Errorf("%d: %v after %d questions", n, err, asked)
			}
		}
		fake.Advance(time.Second)
	}
}

// A refusal holds for a process that is no program to recognise, whichever of its
// requests asks; no other process and no other account has a part in it.
func TestGate_ARefusedProcess(t *testing.T) {
	g, fake := newTestGate(t)
	asked := 0
	for n, tc := range []struct {
		pid       int
		account   string
		after     time.Duration
		questions int // altogether
	}{
		{7, marked, 0, 1}, {7, marked, 10*time.Minute - time.Second, 1}, {8, marked, 0, 2}, {7, "bbbbbbbbbb", 0, 3},
		{7, marked, time.Second, 4}, {7, marked, 0, 4},
	} {
		fake.Advance(tc.after)
		who := func() consent.Asker { return consent.Asker{Name: "python3", Path: "/usr/bin/python3", PID: tc.pid} }
		_, err := g.pass(consent.With(context.Background(), consent.NewVisit(who)), tc.account, answers(consent.No, &asked))
		if !errors.Is(err, errRefused) || asked != tc.questions {
			t.Errorf("%d: %v after %d questions, want %d", n, err, asked, tc.questions)
		}
	}
	for pid := range 2 * mostRefused {
		fake.Advance(time.Millisecond)
		g.hold(about(marked, consent.Asker{Name: "x", PID: pid + 100}, nil))
	}
	if len(g.refused) != mostRefused || !g.holds(about(marked, consent.Asker{Name: "x", PID: 2*mostRefused + 99}, nil)) {
		t.Errorf("%d refusals are held", len(g.refused))
	}
}

// A refusal that could not be written down holds all the same.
func TestGate_ARefusalThatIsNotWritten(t *testing.T) {
	g, _ := newTestGate(t)
	if err := os.MkdirAll(filepath.Join(g.state.Desk.Dir(), "known.lock"), 0o700); err != nil { // no file to lock
		t.Fatal(err)
	}
	asked := 0
	for range 2 {
		if _, err := g.pass(context.Background(), marked, answers(consent.No, &asked)); err == nil || asked != 1 {
			t.Errorf("%v after %d questions", err, asked)
		}
	}
}

// Of two that nothing tells apart each gets its own answer.
func TestGate_StrangersAskApart(t *testing.T) {
	g, fake := newTestGate(t)
	leave, _, err := g.state.Desk.Attend()
	if err != nil {
		t.Fatal(err)
	}
	defer leave()
	passed := make(chan bool, 2)
	for range 2 {
		ctx := consent.With(context.Background(), consent.NewVisit(func() consent.Asker { return consent.Stranger("somebody") }))
		go func() {
			_, err := g.pass(ctx, marked, consent.Prompt{})
			passed <- err == nil
		}()
	}
	fake.WaitFor(2)
	asks := g.state.Desk.Requests()
	if len(asks) != 2 {
		t.Fatalf("%d questions", len(asks))
	}
	if err := errors.Join(g.state.Desk.Answer(asks[0], consent.Once), g.state.Desk.Answer(asks[1], consent.No)); err != nil {
		t.Fatal(err)
	}
	fake.Advance(time.Second)
	if one, other := <-passed, <-passed; one == other {
		t.Errorf("both: %t", one)
	}
}

// A question that breaks off leaves nobody waiting.
func TestGate_AQuestionBreaksOff(t *testing.T) {
	g, _ := newTestGate(t)
	func() {
		defer func() { _ = recover() }()
		_, _ = g.pass(context.Background(), marked, consent.Prompt{Ask: func(context.Context, consent.Request) (consent.Verdict, error) { panic("no terminal") }})
	}()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	asked := 0
	if _, err := g.pass(ctx, marked, answers(consent.Once, &asked)); err != nil || asked != 1 {
		t.Errorf("%v after %d questions", err, asked)
	}
}

// A list that cannot be read refuses everybody, and nobody is asked.
func TestGate_ADamagedList(t *testing.T) {
	g, _ := newTestGate(t)
	dir := g.state.Desk.Dir()
	if err := errors.Join(os.MkdirAll(dir, 0o700), os.WriteFile(filepath.Join(dir, marked+".json"), []byte("{"), 0o600)); err != nil {
		t.Fatal(err)
	}
	asked := 0
	if _, err := g.pass(context.Background(), marked, answers(consent.Always, &asked)); !errors.Is(err, consent.NotConfirmed) || asked != 0 {
		t.Errorf("%v after %d questions", err, asked)
	}
}

// What is forgotten is asked about at the next request.
func TestGate_Forgotten(t *testing.T) {
	g, _ := newTestGate(t)
	asked := 0
	for n := 1; n <= 2; n++ {
		if _, err := g.pass(consent.With(context.Background(), consent.NewVisit(asker("agent"))), marked, answers(consent.Always, &asked)); err != nil || asked != n {
			t.Errorf("%v after %d questions, want %d", err, asked, n)
		}
		if _, err := g.state.Desk.Forget(context.Background(), marked, "agent", false); err != nil {
			t.Fatal(err)
		}
	}
}

// Many requests of one program at once are one question; of another one, another.
func TestGate_AsksTogether(t *testing.T) {
	g, fake := newTestGate(t)
	leave, _, err := g.state.Desk.Attend()
	if err != nil {
		t.Fatal(err)
	}
	defer leave()
	var all sync.WaitGroup
	for range 20 {
		for _, name := range []string{"agent", "other"} {
			ctx := consent.With(context.Background(), consent.NewVisit(asker(name)))
			all.Go(func() {
				if _, err := g.pass(ctx, marked, consent.Prompt{}); (err == nil) != (name == "agent") {
					t.Errorf("%s: %v", name, err)
				}
			})
		}
	}
	fake.WaitFor(2)
	asks := g.state.Desk.Requests()
	if len(asks) != 2 {
		t.Fatalf("%d questions", len(asks))
	}
	for _, r := range asks {
		v := consent.Always
		if r.Program.Name == "other" {
			v = consent.No
		}
		if err := g.state.Desk.Answer(r, v); err != nil {
			t.Fatal(err)
		}
	}
	fake.Advance(time.Second)
	all.Wait()
}

// When the one that asks hangs up, those who waited with it ask on.
func TestGate_TheOneThatAsksHangsUp(t *testing.T) {
	g, fake := newTestGate(t)
	leave, _, err := g.state.Desk.Attend()
	if err != nil {
		t.Fatal(err)
	}
	defer leave()
	visit := func(ctx context.Context) context.Context { return consent.With(ctx, consent.NewVisit(asker("agent"))) }
	first, hangUp := context.WithCancel(context.Background())
	var all sync.WaitGroup
	all.Go(func() {
		if _, err := g.pass(visit(first), marked, consent.Prompt{}); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
	fake.WaitFor(1)
	one := g.state.Desk.Requests()[0]
	all.Go(func() {
		if _, err := g.pass(visit(context.Background()), marked, consent.Prompt{}); err != nil {
			t.Error(err)
		}
	})
	hangUp()
	fake.WaitFor(2) // the first one's wait, and the second's
	for _, r := range g.state.Desk.Requests() {
		if r.ID == one.ID {
			t.Error("the question of the one that hung up stands on")
		}
		if err := g.state.Desk.Answer(r, consent.Once); err != nil {
			t.Fatal(err)
		}
	}
	fake.Advance(time.Second)
	all.Wait()
}

// What was said stands in the account's history.
func TestGate_History(t *testing.T) {
	g, _ := newTestGate(t)
	asked := 0
	_, _ = g.pass(context.Background(), marked, consent.Prompt{})
	_, _ = g.pass(context.Background(), marked, answers(consent.Day, &asked))
	events, err := g.state.Folder.History.Events(marked)
	if err != nil || len(events) != 2 {
		t.Fatalf("%+v, %v", events, err)
	}
	if e := events[0]; e.Kind != record.EventDenied || e.Code != "not_confirmed" {
		t.Errorf("%+v", e)
	}
	if e := events[1]; e.Kind != record.EventAllowed || e.Message != "agent (pid 7), for a day" || e.Program != "token" {
		t.Errorf("%+v", e)
	}
}
