package shared

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/pool"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/internal/etcd/etcdtest"
)

// refused makes the account rest for so long on this host, and tells the others.
func (h *host) refused(model string, rest time.Duration) {
	h.Helper()
	now := h.Now()
	err := h.Folder.UpdatePool(h.Context(), func(p *record.PoolFile) bool {
		row := p.Find(account)
		row.Limits, _ = row.Limits.With(pool.Refusal{Status: 429, Means: pool.Quota, Message: "used up", ResetAt: now.Add(rest), Model: model}, pool.Odds{Now: now})
		return true
	})
	if err != nil {
		h.Fatal(err)
	}
	h.Cool(h.row(), model)
}

// left is how long the account still rests on this host.
func (h *host) left(model string) time.Duration {
	h.Helper()
	until := h.row().Limits.Until(model, h.Now())
	if until.IsZero() {
		return 0
	}
	return until.Sub(h.Now())
}

func TestCool_IsHeededByTheOtherHosts(t *testing.T) {
	f := newTeam(t, 2)
	a, b := f.hosts[0], f.hosts[1]
	for _, model := range []string{"", "glm-5/air %"} {
		a.refused(model, time.Hour)
		b.look()
		if got := b.left(model); got != time.Hour {
			t.Errorf("model %q rests for %v on the other host, want an hour", model, got)
		}
	}
	got := b.row().Cooldown
	if got.Status != 429 || got.Means != pool.Quota || got.Message != "used up" || !got.Named {
		t.Errorf("the rest is %+v", got)
	}
	if len(b.events) != 2 || b.events[0].Kind != record.EventUsedUp || b.events[0].Message != "host-1: used up" {
		t.Errorf("the history has %+v", b.events)
	}
	b.look() // what is known already is no news
	if len(b.events) != 2 {
		t.Errorf("the history has %d events after a second look", len(b.events))
	}
	f.clock.Advance(time.Hour + time.Second)
	if f.etcd.Expire(); f.get(f.keys.Cool(account, "")).Found() {
		t.Error("the key stands longer than the rest")
	}
}

// A rest that stands is made longer by a later refusal and never shorter, whoever is
// refused.
func TestCool_IsNeverShortened(t *testing.T) {
	for name, tc := range map[string]struct{ first, second, want time.Duration }{
		"a shorter one":  {time.Hour, 10 * time.Minute, time.Hour},
		"a longer one":   {10 * time.Minute, time.Hour, time.Hour},
		"the same again": {time.Hour, time.Hour, time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			f := newTeam(t, 3)
			a, b, c := f.hosts[0], f.hosts[1], f.hosts[2]
			a.refused("", tc.first)
			b.refused("", tc.second) // it has not looked
			for _, h := range []*host{a, b, c} {
				h.look()
				if got := h.left(""); got != tc.want {
					t.Errorf("%s rests for %v, want %v", h.Host, got, tc.want)
				}
			}
		})
	}
}

// How long a rest goes on says etcd's clock, not that of the host which was refused.
func TestCool_ClocksDiffer(t *testing.T) {
	for _, wrong := range []time.Duration{-time.Hour, 2 * time.Second, 6 * time.Hour} {
		f := newTeam(t, 2)
		a, b := f.hosts[0], f.hosts[1]
		b.wall = wrong
		a.refused("", 10*time.Minute)
		f.clock.Advance(4 * time.Minute)
		b.look()
		if got := b.left(""); (got - 6*time.Minute).Abs() > near {
			t.Errorf("with a clock that is wrong by %v it rests for %v, want 6m", wrong, got)
		}
	}
}

func TestCool_EndsEarlyEverywhere(t *testing.T) {
	f := newTeam(t, 3)
	a, b, late := f.hosts[0], f.hosts[1], f.hosts[2]
	a.refused("", time.Hour)
	b.look()
	row := b.row()
	f.clock.Advance(time.Minute)
	b.Warm(row) // somebody has paid
	a.look()
	late.look()
	for _, h := range []*host{a, late} {
		if got := h.left(""); got != 0 {
			t.Errorf("%s still rests for %v", h.Host, got)
		}
	}
	f.clock.Advance(time.Minute)
	a.refused("", 30*time.Minute) // a new one
	b.look()
	late.look()
	if got := late.left(""); got != 30*time.Minute {
		t.Errorf("after the next refusal it rests for %v", got)
	}
}

// A refusal of tokens from before a sign-in says nothing of the account.
func TestCool_OfASignInBefore(t *testing.T) {
	f := newTeam(t, 2)
	a, b := f.hosts[0], f.hosts[1]
	b.signIn(start.Add(time.Minute))
	a.refused("", time.Hour)
	b.look()
	if got := b.left(""); got != 0 {
		t.Errorf("what was signed in to anew rests for %v", got)
	}
}

func TestCool_StoreAway(t *testing.T) {
	f := newTeam(t, 2)
	a, b := f.hosts[0], f.hosts[1]
	a.link.Cut(true)
	a.refused("", time.Hour)
	a.link.Cut(false)
	b.look()
	if a.left("") == 0 || b.left("") != 0 {
		t.Errorf("here it rests for %v, there for %v", a.left(""), b.left(""))
	}
}

// Who can write into the store and is no owner makes no account rest.
func TestCool_Forged(t *testing.T) {
	f := newTeam(t, 2)
	a, b := f.hosts[0], f.hosts[1]
	a.refused("m", time.Hour)
	real := f.get(f.keys.Cool(account, "m"))
	for name, raw := range map[string][]byte{
		"from another key": real.Value,
		"no JSON":          []byte("x"),
		"changed":          slices.Concat(real.Value[:len(real.Value)-8], []byte(`AAAA="}`)),
	} {
		f.put(f.keys.Cool(account, ""), raw, 0)
		b.look()
		if got := b.left(""); got != 0 {
			t.Errorf("%s: it rests for %v", name, got)
		}
		if got := b.left("m"); got != time.Hour {
			t.Errorf("%s: what was true rests for %v", name, got)
		}
		b.refused("", time.Minute)
		if got := f.get(f.keys.Cool(account, "")); !slices.Equal(got.Value, raw) {
			t.Errorf("%s: what is damaged was overwritten", name)
		}
		b.forget()
	}
	f.put(real.Key, real.Value, 0) // without the lease it ends by itself
	f.clock.Advance(2 * time.Hour)
	b.look()
	if got := b.left("m"); got != 0 {
		t.Errorf("an old value rests for %v", got)
	}
}

// forget ends the rests of this host.
func (h *host) forget() {
	h.Helper()
	if err := h.Folder.UpdatePool(h.Context(), func(p *record.PoolFile) bool { p.Find(account).Limits = pool.Limits{}; return true }); err != nil {
		h.Fatal(err)
	}
}

func TestCool_Followed(t *testing.T) {
	f := newTeam(t, 2)
	a, b := f.hosts[0], f.hosts[1]
	ctx, cancel := context.WithCancel(t.Context())
	heard, ended := make(chan struct{}, 8), make(chan struct{})
	b.OnChange(func() { heard <- struct{}{} })
	go func() { defer close(ended); b.Follow(ctx) }()
	a.refused("", time.Hour)
	<-heard
	if got := b.left(""); got != time.Hour {
		t.Errorf("it rests for %v", got)
	}
	cancel()
	<-ended
}

// A write that nobody answered is looked at.
func TestCool_Unclear(t *testing.T) {
	for name, fate := range map[string]etcdtest.Fate{"lost on the way": etcdtest.LoseRequest, "answer lost": etcdtest.LoseAnswer, "twice": etcdtest.Twice} {
		t.Run(name, func(t *testing.T) {
			f := newTeam(t, 2)
			a, b := f.hosts[0], f.hosts[1]
			a.link.Next(fate)
			a.refused("", time.Hour)
			b.look()
			if got := b.left(""); got != time.Hour {
				t.Errorf("it rests for %v", got)
			}
		})
	}
}

func TestNil(t *testing.T) {
	var b *Board
	b.Cool(record.Row{}, "")
	b.Warm(record.Row{})
	b.Follow(t.Context())
	b.OnChange(nil)
	b.Count(nil)
	b.Lost(true)
	b.Close(t.Context())
	if !b.MayAsk(t.Context(), account) || b.Elsewhere() != nil || b.LookAtUse(t.Context()) != nil {
		t.Error("where there is no fleet nobody else is there to ask")
	}
	if err := b.Look(t.Context()); err != nil {
		t.Error(err)
	}
}

// A store that is away is said once, however much is looked for in it.
func TestLook_Away(t *testing.T) {
	f := newTeam(t, 1)
	a := f.hosts[0]
	a.link.Cut(true)
	if err := a.Look(t.Context()); err == nil || strings.Contains(err.Error(), "\n") {
		t.Errorf("%q", err)
	}
}
