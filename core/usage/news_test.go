package usage

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/hermes-tui/hermes-tui/core/clock"
)

// look is one look at an account: so many seconds after the one before, with so much used of
// five hours that end so long after the first look; less than nothing is used where
// nobody told.
type look struct {
	after  int // seconds
	used   float64
	ends   time.Duration
	usedUp bool
	want   string
}

// TestNews: each of what is told of an account, one look after the other.
func TestNews(t *testing.T) {
	t.Parallel()
	const ends = 4 * time.Hour
	for name, looks := range map[string][]look{
		"each level once":            {{0, 60, ends, false, ""}, {60, 75, ends, false, "has used 75 % of 5h"}, {60, 80, ends, false, ""}, {60, 90, ends, false, "has used 90 % of 5h"}, {60, 99, ends, false, ""}},
		"the higher one alone":       {{0, 60, ends, false, ""}, {60, 95, ends, false, "has used 95 % of 5h"}, {60, 80, ends, false, ""}},
		"at the first look":          {{0, 80, ends, false, "has used 80 % of 5h"}, {60, 80, ends, false, ""}},
		"less and more again":        {{0, 76, ends, false, "has used 76 % of 5h"}, {60, 74, ends, false, ""}, {60, 76, ends, false, ""}},
		"the next run":               {{0, 80, ends, false, "has used 80 % of 5h"}, {5 * 3600, 80, ends + 5*time.Hour, false, "has used 80 % of 5h"}},
		"its end moves a little":     {{0, 80, ends, false, "has used 80 % of 5h"}, {60, 80, ends + 90*time.Second, false, ""}, {60, 80, ends - 90*time.Second, false, ""}},
		"begun anew before its end":  {{0, 80, time.Hour, false, "has used 80 % of 5h"}, {60, 80, ends, false, "has used 80 % of 5h"}},
		"room again":                 {{0, 100, ends, true, "has used 100 % of 5h"}, {60, 100, ends, true, ""}, {60, 8, ends, false, "has room again"}, {60, 8, ends, false, ""}},
		"used up anew in one run":    {{0, 100, ends, true, "has used 100 % of 5h"}, {60, 8, ends, false, "has room again"}, {60, 76, ends, false, "has used 76 % of 5h"}, {60, 100, ends, true, "has used 100 % of 5h"}, {60, 5, ends, false, "has room again"}},
		"room, but much is used":     {{0, 100, ends, true, "has used 100 % of 5h"}, {60, 80, ends, false, "has room again"}, {60, 80, ends, false, ""}, {60, 91, ends, false, "has used 91 % of 5h"}},
		"hardly any room":            {{0, 100, ends, true, "has used 100 % of 5h"}, {60, 99, ends, false, ""}, {60, 100, ends, true, ""}, {60, 99, ends, false, ""}, {60, 50, ends, false, "has room again"}},
		"of which nobody told":       {{0, -1, 0, false, ""}, {60, -1, 0, true, ""}, {60, -1, 0, false, "has room again"}, {60, -1, 0, false, ""}},
		"its window has ended":       {{0, 100, time.Hour, true, "has used 100 % of 5h"}, {3600, 100, time.Hour, false, "has room again"}},
		"it was never used up":       {{0, 10, ends, false, ""}, {60, 8, ends, false, ""}},
		"without an end":             {{0, 80, 0, false, "has used 80 % of 5h"}, {3600, 81, 0, false, ""}, {3600, 82, 0, false, ""}, {3 * 3600, 83, 0, false, "has used 83 % of 5h"}},
		"refused at 60 %, and again": {{0, 60, ends, true, ""}, {60, 60, ends, false, "has room again"}},
	} {
		var said telling
		first, now := now, now
		for i, l := range looks {
			now = now.Add(time.Duration(l.after) * time.Second)
			of := Standing{Account: "a", UsedUp: l.usedUp}
			if l.used >= 0 {
				w := Window{Name: "5h", Length: 5 * time.Hour, Used: &l.used, Told: now}
				if l.ends > 0 {
					w.Resets = first.Add(l.ends)
				}
				of.Plan = &Known{Reading: Reading{At: now, Windows: []Window{w}}}
			}
			next, news := said.next(of, now)
			said = next
			got := ""
			if news != nil {
				got = news.Words()
			}
			if got != l.want {
				t.Errorf("%s, look %d: %q, want %q", name, i, got, l.want)
			}
			if again, twice := said.next(of, now); twice != nil || !again.equal(said) {
				t.Errorf("%s, look %d: told twice", name, i)
			}
		}
	}
}

// TestNews_OnceInARun: whatever is read, no level of a run is told twice, none without
// so much being used, and that there is room again only after it was used up.
func TestNews_OnceInARun(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var said telling
		at, wasUsedUp := now, false
		told := map[int]int{}
		for range rapid.IntRange(1, 40).Draw(t, "looks") {
			at = at.Add(time.Duration(rapid.IntRange(0, 300).Draw(t, "seconds")) * time.Second)
			used := rapid.Float64Range(0, 100).Draw(t, "used")
			of := Standing{Account: "a", UsedUp: used == 100}
			of.Plan = &Known{Reading: Reading{At: at, Windows: []Window{{Name: "5h", Length: 5 * time.Hour, Used: &used, Told: at, Resets: now.Add(5 * time.Hour)}}}}
			next, news := said.next(of, at)
			said, wasUsedUp = next, wasUsedUp || of.UsedUp
			switch {
			case news == nil:
			case news.Level == 0 && !wasUsedUp:
				t.Fatal("room again, and it was never used up")
			case news.Level == 0:
				told, wasUsedUp = map[int]int{}, false
			default:
				if told[news.Level]++; told[news.Level] > 1 || used < float64(news.Level) {
					t.Fatalf("%d: told %d times, at %v", news.Level, told[news.Level], used)
				}
			}
		}
	})
}

// TestMeter_News: of several processes one tells, each voice for itself, also after all
// have started anew; what is told next of the plan does not make that forgotten.
func TestMeter_News(t *testing.T) {
	t.Parallel()
	dir, c := t.TempDir(), clock.NewFake(now)
	open := func() *Meter {
		m := NewMeter(dir, c, http.DefaultClient)
		t.Cleanup(m.Close)
		return m
	}
	tell := func(id, percent string) {
		m := open()
		h := http.Header{}
		h.Set("X-Codex-Primary-Used-Percent", percent)
		h.Set("X-Codex-Primary-Window-Minutes", "300")
		h.Set("X-Codex-Primary-Reset-After-Seconds", "9000")
		m.Note(id, h)
		m.Close()
	}
	ask := func(by Voice, m *Meter) (all []string) {
		var standing []Standing
		for id, k := range Read(dir) {
			standing = append(standing, Standing{Account: id, Plan: &k})
		}
		news, err := m.News(t.Context(), by, standing)
		if err != nil {
			t.Error(err)
		}
		for _, n := range news {
			all = append(all, n.Account+" "+n.Words())
		}
		slices.Sort(all)
		return all
	}
	tell("a", "76")
	tell("b", "92")
	var mu sync.Mutex
	var under sync.WaitGroup
	var got []string
	for range 8 {
		m := open()
		under.Go(func() {
			all := ask(ByCommand, m)
			mu.Lock()
			defer mu.Unlock()
			got = append(got, all...)
		})
	}
	under.Wait()
	slices.Sort(got)
	want := []string{"a has used 76 % of 5h", "b has used 92 % of 5h"}
	if !slices.Equal(got, want) {
		t.Errorf("eight at once: %q", got)
	}
	tell("a", "77")
	if got := ask(ByCommand, open()); len(got) != 0 {
		t.Errorf("anew: %q", got)
	}
	if got := ask(ByWindow, open()); len(got) != 2 {
		t.Errorf("the window: %q", got)
	}
	tell("a", "91")
	if got := ask(ByCommand, open()); strings.Join(got, "") != "a has used 91 % of 5h" {
		t.Errorf("the next level: %q", got)
	}
}

// TestMeter_NewsThatCannotBeNoted is not told: it would be told again and again.
func TestMeter_NewsThatCannotBeNoted(t *testing.T) {
	t.Parallel()
	m := NewMeter(t.TempDir()+"/missing", clock.NewFake(now), http.DefaultClient)
	t.Cleanup(m.Close)
	full := 100.0
	k := Known{Reading: Reading{At: now, Windows: []Window{{Name: "5h", Length: 5 * time.Hour, Used: &full, Told: now}}}}
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if news, err := m.News(ctx, ByWindow, []Standing{{Account: "a", Plan: &k}}); err == nil || len(news) != 0 {
		t.Errorf("%v, %v", fmt.Sprint(news), err)
	}
}
