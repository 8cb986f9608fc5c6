package serve

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/hermes-tui/hermes-tui/core/pool"
)

var here = pool.ID{Provider: "xai-oauth", Region: "global"}

// world is a pool that is asked as [Serving.Pick] asks, with a clock of its own.
type world struct {
	rows     []pool.Row
	now      time.Time
	strategy pool.Strategy
	turn     uint64
	at       *conversations
}

func newWorld(n int, s pool.Strategy) *world {
	w := &world{now: time.Date(2026, 5, 20, 10, 0, 0, 0, time.UTC), strategy: s, at: newConversations(func() {})}
	for i := range n {
		w.rows = append(w.rows, pool.Row{ID: fmt.Sprintf("a%d", i)})
	}
	return w
}

func (w *world) gone(id string) bool { return gone(w.rows[pool.IndexOf(w.rows, id)]) }

// ask sends one request of a conversation; refuses says which accounts do not
// serve it. It returns who did, empty when nobody.
func (w *world) ask(of Conversation, refuses ...string) string {
	var not []string
	for {
		prefer := w.at.prefer(of, here, w.gone, w.now)
		i, _ := pool.Pick(w.rows, w.now, pool.Want{Strategy: w.strategy, Not: not, Prefer: prefer, Random: func(n int) int { w.turn++; return int(w.turn) % n }})
		if i < 0 {
			return ""
		}
		w.turn++
		w.rows[i].Turn = w.turn
		id := w.rows[i].ID
		w.at.sit(of, here, id, false, w.now)
		if slices.Contains(refuses, id) {
			not = append(not, id)
			continue
		}
		w.at.sit(of, here, id, true, w.now)
		return id
	}
}

func (w *world) row(id string) *pool.Row {
	return &w.rows[slices.IndexFunc(w.rows, func(r pool.Row) bool { return r.ID == id })]
}

func (w *world) rest(id string, d time.Duration) {
	w.row(id).Limits = pool.Limits{Cooldown: pool.Cooldown{At: w.now, Until: w.now.Add(d), Failures: 1}}
}

func TestConversation_StaysAndReturns(t *testing.T) {
	w := newWorld(3, pool.RoundRobin)
	one := Conversation{"default", "one"}
	home := w.ask(one)
	for range 5 {
		w.ask(Conversation{"default", "another"})
		if got := w.ask(one); got != home {
			t.Fatalf("it moved from %s to %s", home, got)
		}
	}
	w.rest(home, time.Minute)
	standIn := w.ask(one)
	for range 4 { // the stand-in stays the same
		if got := w.ask(one); got != standIn || got == home {
			t.Fatalf("while its home rests %s serves, then %s", standIn, got)
		}
	}
	w.now = w.now.Add(2 * time.Minute)
	if got := w.ask(one); got != home {
		t.Errorf("its home serves again, and %s is asked", got)
	}
	w.row(home).Out = pool.NeedsSignIn
	if got := w.ask(one); got != standIn {
		t.Errorf("its home is gone: %s serves, its stand-in was %s", got, standIn)
	}
	w.row(home).Out = ""
	if got := w.ask(one); got != standIn {
		t.Errorf("it went back to a home that was gone: %s", got)
	}
}

// A refusal of a first request makes no home.
func TestConversation_HomeIsWhoServed(t *testing.T) {
	w := newWorld(2, pool.FillFirst)
	one := Conversation{"default", "one"}
	if got := w.ask(one, "a0"); got != "a1" {
		t.Fatalf("%s served", got)
	}
	if got := w.ask(one); got != "a1" {
		t.Errorf("it moved to %s, which never served it", got)
	}
	if got := w.at.counts(w.now); got["a1"] != 1 || got["a0"] != 0 {
		t.Errorf("counted %v", got)
	}
}

func TestConversation_OfAnotherClientOrPool(t *testing.T) {
	w := newWorld(2, pool.RoundRobin)
	home := w.ask(Conversation{"default", "one"})
	if got := w.at.prefer(Conversation{"other", "one"}, here, w.gone, w.now); got != nil {
		t.Errorf("another client's conversation is at %v", got)
	}
	if got := w.at.prefer(Conversation{"default", "one"}, pool.ID{Provider: "other"}, w.gone, w.now); got != nil {
		t.Errorf("another pool's conversation is at %v", got)
	}
	if got := w.at.prefer(Conversation{"default", "one"}, here, w.gone, w.now.Add(conversationIdle+time.Second)); got != nil {
		t.Errorf("an idle one is still at %s: %v", home, got)
	}
}

func TestConversation_Bounded(t *testing.T) {
	w := newWorld(2, pool.FillFirst)
	for i := range mostConversations + 100 {
		w.ask(Conversation{"default", fmt.Sprint(i)})
		w.ask(Conversation{"other", fmt.Sprint(i % 10)})
	}
	if n := len(w.at.clients["default"].known); n != mostConversations || w.at.clients["default"].order.Len() != n {
		t.Errorf("%d conversations of one client are remembered", n)
	}
	if got := w.at.counts(w.now); got["a0"] != mostConversations+10 {
		t.Errorf("counted %v", got)
	}
	if got := w.at.counts(w.now.Add(2 * time.Hour)); len(got) != 0 || len(w.at.clients) != 0 {
		t.Errorf("later: %v, %d clients", got, len(w.at.clients))
	}
}

// A conversation never moves without a reason: while the account that served it
// last can serve, it does, unless it stood in for one that has served before and
// is back.
func TestConversation_NeverMovesWithoutAReason(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(rapid.IntRange(1, 5).Draw(t, "accounts"), rapid.SampledFrom(pool.Strategies()).Draw(t, "strategy"))
		served := map[string][]string{} // by conversation, the latest last
		asked := map[string]time.Time{}
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			which := w.rows[rapid.IntRange(0, len(w.rows)-1).Draw(t, "which")].ID
			switch rapid.IntRange(0, 6).Draw(t, "what") {
			case 0:
				w.rest(which, time.Duration(rapid.IntRange(1, 90).Draw(t, "minutes"))*time.Minute)
			case 1:
				w.row(which).Out = rapid.SampledFrom([]pool.Reason{"", pool.NeedsSignIn, pool.Locked}).Draw(t, "out")
			case 2:
				w.now = w.now.Add(time.Duration(rapid.IntRange(0, 40).Draw(t, "passes")) * time.Minute)
			default:
				name := rapid.SampledFrom([]string{"x", "y", "z"}).Draw(t, "conversation")
				if w.now.Sub(asked[name]) > conversationIdle {
					served[name] = nil
				}
				before := served[name]
				got := w.ask(Conversation{"default", name})
				if got == "" {
					continue
				}
				if len(before) > 0 && got != before[len(before)-1] {
					last := before[len(before)-1]
					why, _ := w.row(last).Why("", w.now)
					if why == "" && !slices.Contains(before, got) {
						t.Fatalf("%s moved from %s, which can serve, to %s, where it has never been", name, last, got)
					}
				}
				served[name], asked[name] = append(before, got), w.now
			}
		}
	})
}
