package consent

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/hermes-tui/hermes-tui/core/clock"
	"github.com/hermes-tui/hermes-tui/internal/lockfile"
	"github.com/hermes-tui/hermes-tui/internal/presence"
)

// said is what became of a question.
type said struct {
	verdict Verdict
	err     error
}

// asking asks beside the test, and returns the question once a window sees it.
func asking(t *testing.T, d *Desk, fake *clock.Fake, at Prompt) (Request, <-chan said) {
	t.Helper()
	got := make(chan said, 1)
	go func() {
		v, err := d.Ask(context.Background(), Request{Account: someAccount, Program: claude, Command: "token"}, at)
		got <- said{v, err}
	}()
	fake.WaitFor(1)
	all := d.Requests()
	if len(all) != 1 || all[0].Program != claude || all[0].Account != someAccount || all[0].Until != noon.Add(Patience) {
		t.Fatalf("asked: %+v", all)
	}
	return all[0], got
}

// left are the names of the files that are there.
func left(d *Desk) string {
	names, _ := filepath.Glob(filepath.Join(d.dir, "ask-*"))
	return strings.Join(names, " ")
}

// attended is a desk with an open window.
func attended(t *testing.T) (d *Desk, fake *clock.Fake, leave func()) {
	t.Helper()
	d, fake = newDesk(t)
	leave, ok, err := d.Attend()
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	t.Cleanup(func() { leave() })
	return d, fake, sync.OnceFunc(leave)
}

func TestAsk_InTheWindow(t *testing.T) {
	for _, v := range []Verdict{Once, Day, Always, No} {
		d, fake := newDesk(t)
		leave, _, err := d.Attend()
		if err != nil {
			t.Fatal(err)
		}
		told := 0
		r, got := asking(t, d, fake, Prompt{
			Ask:     func(context.Context, Request) (Verdict, error) { t.Error("asked at the terminal"); return No, nil },
			Waiting: func(Request) { told++ },
		})
		if err := d.Answer(r, v); err != nil {
			t.Fatal(err)
		}
		if len(d.Requests()) != 0 {
			t.Error("an answered question is shown")
		}
		fake.Advance(glance)
		if s := <-got; s.verdict != v || s.err != nil || told != 1 {
			t.Errorf("%s: %+v, told %d times", v, s, told)
		}
		if left(d) != "" {
			t.Errorf("left: %s", left(d))
		}
		if err := d.Answer(r, Always); !errors.Is(err, NotConfirmed) || left(d) != "" {
			t.Errorf("a late answer: %v", err)
		}
		leave()
	}
}

func TestAsk_WithoutAWindow(t *testing.T) {
	d, _ := newDesk(t)
	q := Request{Account: someAccount, Program: claude}
	if v, err := d.Ask(context.Background(), q, Prompt{}); !errors.Is(err, NotConfirmed) || v.Allows() {
		t.Errorf("%v, %v", v, err)
	}
	terminal := Prompt{Ask: func(context.Context, Request) (Verdict, error) { return Day, nil }}
	if v, err := d.Ask(context.Background(), q, terminal); v != Day || err != nil {
		t.Errorf("at the terminal: %v, %v", v, err)
	}
}

func TestAsk_NobodyAnswers(t *testing.T) {
	d, fake, _ := attended(t)
	_, got := asking(t, d, fake, Prompt{})
	fake.Advance(Patience - time.Second)
	fake.WaitFor(1)
	if left(d) == "" {
		t.Error("the question was given up early")
	}
	fake.Advance(time.Second)
	if s := <-got; !errors.Is(s.err, NotConfirmed) || s.verdict.Allows() || left(d) != "" {
		t.Errorf("%+v, left %q", s, left(d))
	}
}

// A clock that jumps back must not let a question stand for hours.
func TestAsk_TheClockJumpsBack(t *testing.T) {
	d, _, _ := attended(t)
	if v, err := d.await(context.Background(), Request{Program: claude, Until: noon.Add(Patience + time.Hour)}); !errors.Is(err, NotConfirmed) || v.Allows() {
		t.Errorf("%v, %v", v, err)
	}
}

// The window closes while a question stands in it: the terminal asks, and without
// one the program is refused at once.
func TestAsk_TheWindowCloses(t *testing.T) {
	for name, terminal := range map[string]Prompt{
		"no terminal": {}, "a terminal": {Ask: func(context.Context, Request) (Verdict, error) { return Once, nil }},
	} {
		d, fake, leave := attended(t)
		_, got := asking(t, d, fake, terminal)
		leave()
		var s said
		for done := false; !done; {
			select {
			case s = <-got:
				done = true
			default:
				if _, waits := fake.Next(); waits {
					fake.Advance(glance)
				}
				runtime.Gosched()
			}
		}
		if allowed := terminal.Ask != nil; allowed != s.verdict.Allows() || allowed == errors.Is(s.err, NotConfirmed) || left(d) != "" {
			t.Errorf("%s: %+v, left %q", name, s, left(d))
		}
		if took := fake.Now().Sub(noon); took > 5*time.Second {
			t.Errorf("%s: that took %s", name, took)
		}
	}
}

// Whoever gives up takes the question along.
func TestAsk_GivenUp(t *testing.T) {
	d, fake, _ := attended(t)
	ctx, cancel := context.WithCancel(context.Background())
	got := make(chan said, 1)
	go func() {
		v, err := d.Ask(ctx, Request{Account: someAccount, Program: claude}, Prompt{})
		got <- said{v, err}
	}()
	fake.WaitFor(1)
	cancel()
	if s := <-got; !errors.Is(s.err, context.Canceled) || left(d) != "" {
		t.Errorf("%+v, left %q", s, left(d))
	}
}

// An answer that comes in time counts, however late it is looked for; one that comes
// later is refused.
func TestAnswer_InTime(t *testing.T) {
	for name, tc := range map[string]struct {
		after time.Duration
		ok    bool
	}{
		"at once": {0, true}, "in the last moment": {Patience - 1, true}, "at the end": {Patience, false}, "an hour later": {time.Hour, false},
	} {
		d, fake, _ := attended(t)
		r := Request{ID: "00000000000000aa", Account: someAccount, Program: claude, At: noon, Until: noon.Add(Patience)}
		if err := os.WriteFile(d.asked.Path(r.ID, ".json"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		fake.Advance(tc.after)
		if err := d.Answer(r, Always); (err == nil) != tc.ok || err != nil && !errors.Is(err, NotConfirmed) || d.answered(r.ID) != tc.ok {
			t.Errorf("%s: %v", name, err)
		}
		fake.Advance(time.Hour)
		if v, err := d.await(t.Context(), r); (err == nil) != tc.ok || v.Allows() != tc.ok {
			t.Errorf("%s: told %q, %v", name, v, err)
		}
	}
}

// lateClock has something happen in the moment in which it is read.
type lateClock struct {
	clock.Clock
	do func()
}

func (c lateClock) Now() time.Time { c.do(); return c.Clock.Now() }

// An answer that comes in the last moment is found.
func TestAnswer_BetweenTwoLooks(t *testing.T) {
	d, fake, _ := attended(t)
	r := Request{ID: "00000000000000aa", Account: someAccount, Program: claude, Until: noon.Add(Patience)}
	fake.Advance(Patience)
	d.clock = lateClock{fake, func() {
		_ = os.WriteFile(d.asked.Path(r.ID, ".answer"), []byte(`{"version":1,"verdict":"once"}`), 0o600)
	}}
	if v, err := d.await(t.Context(), r); v != Once || err != nil {
		t.Errorf("%q, %v", v, err)
	}
}

// A question whose place is taken, as by somebody who tidies up, takes another one.
func TestAsk_ThePlaceIsTaken(t *testing.T) {
	for taken := range presence.Places + 1 {
		d, fake, _ := attended(t)
		ids := make([]byte, 0, presence.IDDigits/2*presence.Places)
		for n := range presence.Places {
			ids = append(ids, bytes.Repeat([]byte{byte(n)}, presence.IDDigits/2)...)
		}
		d.asked.Random = bytes.NewReader(ids)
		for n := range taken {
			lock, _, err := lockfile.Try(d.asked.Path(hex.EncodeToString(ids[n*presence.IDDigits/2:][:presence.IDDigits/2]), ".lock"))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = lock.Unlock() })
		}
		if taken == presence.Places {
			if _, err := d.Ask(t.Context(), Request{Account: someAccount, Program: claude}, Prompt{}); !errors.Is(err, NotConfirmed) {
				t.Error(err)
			}
			continue
		}
		r, got := asking(t, d, fake, Prompt{})
		if err := d.Answer(r, Once); err != nil {
			t.Error(err)
		}
		fake.Advance(glance)
		if s := <-got; s.verdict != Once || s.err != nil {
			t.Errorf("after %d: %+v", taken, s)
		}
	}
}

// What stands in the place of an answer and cannot be read is a no.
func TestAsk_ARottenAnswer(t *testing.T) {
	for name, put := range map[string]func(path string) error{
		"a word":           func(path string) error { return os.WriteFile(path, []byte("yes"), 0o600) },
		"another version":  func(path string) error { return os.WriteFile(path, []byte(`{"version":2,"verdict":"always"}`), 0o600) },
		"an empty verdict": func(path string) error { return os.WriteFile(path, []byte(`{"version":1}`), 0o600) },
		"a folder":         func(path string) error { return os.Mkdir(path, 0o700) },
		"too long": func(path string) error {
			return os.WriteFile(path, []byte(`{"version":1,"verdict":"always"}`+strings.Repeat(" ", maxRequest)), 0o600)
		},
	} {
		d, fake, _ := attended(t)
		r, got := asking(t, d, fake, Prompt{})
		if err := put(d.asked.Path(r.ID, ".answer")); err != nil {
			t.Fatal(err)
		}
		fake.Advance(glance)
		if s := <-got; s.verdict != No || s.err != nil {
			t.Errorf("%s: %+v", name, s)
		}
	}
}

// A program that was killed while it asked leaves nothing that stays.
func TestTidy(t *testing.T) {
	d, fake, _ := attended(t)
	r, got := asking(t, d, fake, Prompt{})
	if n := d.Tidy(); n != 0 {
		t.Errorf("%d questions were taken from those who ask", n)
	}
	// The files of one whose lock nobody holds.
	for _, suffix := range []string{".json", ".lock", ".answer"} {
		if err := os.WriteFile(d.asked.Path("00000000000000aa", suffix), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if n, _ := d.Dead(nil); n != 1 {
		t.Errorf("%d dead questions are counted", n)
	}
	if n := d.Tidy(); n != 1 || strings.Contains(left(d), "aa.") || !strings.Contains(left(d), r.ID) {
		t.Errorf("%d cleared up, left %q", n, left(d))
	}
	if n, _ := d.Dead(nil); n != 0 {
		t.Errorf("%d dead questions are counted", n)
	}
	if err := d.Answer(r, Once); err != nil {
		t.Fatal(err)
	}
	fake.Advance(glance)
	<-got
}

// One window at a time says that it is there.
func TestAttend(t *testing.T) {
	d, _ := newDesk(t)
	if d.Attended() {
		t.Error("nobody is there")
	}
	leave, ok, err := d.Attend()
	if !ok || err != nil || !d.Attended() {
		t.Fatal(ok, err)
	}
	if _, ok, err := d.Attend(); ok || err != nil {
		t.Error("two at once", err)
	}
	leave()
	if d.Attended() {
		t.Error("nobody is there any more")
	}
}

// Of many who answer at once one is heard, and it is what the program gets.
func TestAnswer_TheFirstCounts(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		d, fake := newDesk(t)
		leave, _, err := d.Attend()
		if err != nil {
			r.Fatal(err)
		}
		defer leave()
		q, got := asking(t, d, fake, Prompt{})
		verdicts := rapid.SliceOfN(rapid.SampledFrom([]Verdict{Once, Day, Always, No}), 1, 8).Draw(r, "verdicts")
		heard := make(chan Verdict, len(verdicts))
		var all sync.WaitGroup
		for _, v := range verdicts {
			all.Go(func() {
				switch err := d.Answer(q, v); {
				case err == nil:
					heard <- v
				case !errors.Is(err, NotConfirmed):
					t.Error(err)
				}
			})
		}
		all.Wait()
		fake.Advance(glance)
		s := <-got
		if len(heard) != 1 || s.err != nil || s.verdict != <-heard {
			r.Fatalf("%v: %d were heard, and it was told %+v", verdicts, len(heard), s)
		}
	})
}
