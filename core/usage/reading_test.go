package usage

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func used(name, scope string, percent float64, resets time.Duration) Window {
	w := Window{Name: name, Scope: scope, Length: 5 * time.Hour, Used: &percent, Told: now}
	if resets != 0 {
		w.Resets = now.Add(resets)
	}
	return w
}

func TestReading_With(t *testing.T) {
	t.Parallel()
	whole := Reading{At: now, Source: FromEndpoint, Plan: "Max", Windows: []Window{used("5h", "", 10, time.Hour), used("week", "", 20, time.Hour)}, Balances: []Balance{{Name: "points", Amount: 3}}}
	part := Reading{At: now, Source: FromHeader, Windows: []Window{used("5h", "", 15, time.Hour)}}
	if got := said(whole.With(part)); !slices.Equal(got, []string{"5h 15% in 1h0m0s", "week 20% in 1h0m0s", "points 3 "}) || whole.With(part).Plan != "Max" {
		t.Errorf("headers beside what is known: %v", got)
	}
	if got := said(part.With(whole)); !slices.Equal(got, said(whole)) {
		t.Errorf("the whole takes the place of parts: %v", got)
	}
	if got := said(whole.With(Reading{At: now, Source: FromHeader})); !slices.Equal(got, said(whole)) {
		t.Errorf("nothing told changes nothing: %v", got)
	}
}

func TestReading_WhatIsOverIsGone(t *testing.T) {
	t.Parallel()
	r := Reading{Windows: []Window{used("5h", "", 10, time.Hour), used("week", "", 20, 3*time.Hour), used("unknown end", "", 30, 0)}}
	for after, want := range map[time.Duration]int{0: 3, time.Hour - 1: 3, time.Hour: 2, 3 * time.Hour: 1, 5*time.Hour - 1: 1, 5 * time.Hour: 0} {
		if got := len(r.Now(now.Add(after)).Windows); got != want {
			t.Errorf("after %v: %d windows, want %d", after, got, want)
		}
	}
}

func TestReading_Left(t *testing.T) {
	t.Parallel()
	short := used("requests", "", 99, time.Hour)
	short.Rate = true
	r := Reading{Windows: []Window{{Name: "month", Length: 30 * 24 * time.Hour, Told: now}, used("5h", "", 40, time.Hour), used("week", "", 62, 2*time.Hour), used("5h", "video", 90, time.Hour), short}}
	for title, want := range map[string]float64{"": 38, "5h": 60, "week": 38, "video 5h": 10, "requests": 1, "month": -1, "year": -1} {
		if left, ok := r.Left(title, now); ok != (want >= 0) || ok && left != want {
			t.Errorf("of %q %v is left, %v; want %v", title, left, ok, want)
		}
	}
	if left, ok := r.Left("", now.Add(2*time.Hour)); ok {
		t.Errorf("when all are over: %v", left)
	}
	r.At, r.Blocked = now, "no paid access"
	if left, ok := r.Left("", now); !ok || left != 0 {
		t.Errorf("of a blocked account: %v, %v", left, ok)
	}
}

// TestReading_ABlockEnds: of an account that is asked for nothing because it is
// blocked, no answer would take that back.
func TestReading_ABlockEnds(t *testing.T) {
	t.Parallel()
	r := Reading{At: now, Blocked: "no paid access"}
	for after, blocked := range map[time.Duration]bool{0: true, believed - 1: true, believed: false, 1 - believed: true, -believed: false} {
		at := now.Add(after)
		left, told := r.Left("", at)
		_, brief := r.Brief(at)
		if r.BlockedAt(at) != "" != blocked || r.Now(at).Empty() == blocked || told != blocked || left != 0 || brief != blocked {
			t.Errorf("after %v: %q, left %v, %t", after, r.BlockedAt(at), left, told)
		}
	}
}

func TestReading_Changes(t *testing.T) {
	t.Parallel()
	endless := used("week", "", 10, 0)
	endless.Resets, endless.Length = time.Time{}, 7*24*time.Hour
	unnamed := endless
	unnamed.Length = 0
	blocked := Reading{At: now, Blocked: "no paid access"}
	for name, c := range map[string]struct {
		r     Reading
		after []time.Duration
	}{
		"nothing":         {Reading{At: now}, nil},
		"resets":          {Reading{Windows: []Window{used("week", "", 1, 3*time.Hour), used("5h", "", 1, time.Hour)}}, []time.Duration{time.Hour, 3 * time.Hour}},
		"of no reset":     {Reading{Windows: []Window{endless}}, []time.Duration{24 * time.Hour, 7 * 24 * time.Hour}},
		"nor of a length": {Reading{Windows: []Window{unnamed}}, []time.Duration{24 * time.Hour}},
		"blocked":         {blocked, []time.Duration{24 * time.Hour}},
	} {
		at := now
		for _, after := range c.after {
			if at = c.r.Changes(at); !at.Equal(now.Add(after)) {
				t.Errorf("%s: changes at %v, want after %v", name, at, after)
			}
		}
		if at = c.r.Changes(at); !at.IsZero() {
			t.Errorf("%s: changes at %v, too", name, at)
		}
	}
}

// TestKnown_LateReadings: what was told before, and is written down after, changes
// nothing.
func TestKnown_LateReadings(t *testing.T) {
	t.Parallel()
	var k Known
	tell := func(after time.Duration, source Source, percent float64) {
		w := used("5h", "", percent, 10*time.Hour)
		w.Told = now.Add(after)
		k = k.with(Reading{At: w.Told, Source: source, Windows: []Window{w}})
	}
	for i := range 4 {
		tell(time.Duration(i)*10*time.Minute, FromHeader, 10+float64(10*i))
	}
	tell(30*time.Minute-time.Second, FromHeader, 39)
	w := k.Reading.Windows[0]
	if *w.Used != 40 {
		t.Errorf("%v %% are used", *w.Used)
	}
	if _, ok := k.Runway(w, now.Add(30*time.Minute)); !ok {
		t.Error("the pace was forgotten")
	}
	tell(-24*time.Hour, FromHeader, 5)
	if got := *k.Reading.Windows[0].Used; got != 5 {
		t.Errorf("after the clock was set back %v %% are used", got)
	}
}

// TestKnown_WhatServersWriteIsTidied: names are of no token and of an end, and there
// are not endlessly many.
func TestKnown_WhatServersWriteIsTidied(t *testing.T) {
	t.Parallel()
	token := "sk-cp-" + strings.Repeat("aB3dE6gH9", 6)
	var k Known
	for i := range 100 {
		w := used("5h", fmt.Sprintf("model %d \x1b[2J %s %s", i, token, strings.Repeat("long ", 100)), 10, time.Hour)
		k = k.with(Reading{At: now.Add(time.Duration(i) * time.Second), Source: FromHeader, Plan: "plan " + token, Windows: []Window{w}})
	}
	text, err := json.Marshal(k)
	if err != nil || strings.Contains(string(text), token) || strings.Contains(string(text), "\\u001b") || len(k.Reading.Windows) > mostWindows || len(text) > 32<<10 {
		t.Errorf("%d windows, %d bytes, %v: %.300s", len(k.Reading.Windows), len(text), err, text)
	}
}

func points(all ...float64) (found []Point) {
	for i := 0; i < len(all); i += 2 {
		found = add(found, Point{At: now.Add(time.Duration(all[i]) * time.Minute), Used: all[i+1]})
	}
	return found
}

func TestRunway(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		points []Point
		resets time.Duration
		want   time.Duration // from now; 0: nothing is said
	}{
		"at the pace of the last hour": {points(-20, 40, -10, 50, 0, 60), 2 * time.Hour, 40 * time.Minute},
		"two readings":                 {points(-10, 50, 0, 60), 2 * time.Hour, 0},
		"three within five minutes":    {points(-4, 50, -2, 55, 0, 60), 2 * time.Hour, 0},
		"it begins anew before":        {points(-20, 40, -10, 50, 0, 60), 30 * time.Minute, 0},
		"nobody knows when it ends":    {points(-20, 40, -10, 50, 0, 60), 0, 0},
		"no use":                       {points(-20, 60, -10, 60, 0, 60), 2 * time.Hour, 0},
		"it began anew meanwhile":      {points(-30, 80, -20, 90, -10, 1, 0, 5), 5 * time.Hour, 0},
		"use of long ago":              {points(-180, 10, -170, 40, -10, 50, 0, 60), 2 * time.Hour, 0},
		"a clock that was set back":    {points(20, 40, 30, 50, 40, 60), 2 * time.Hour, 0},
		"used up":                      {points(-20, 90, -10, 95, 0, 100), 2 * time.Hour, -1},
	} {
		t.Run(name, func(t *testing.T) {
			resets := time.Time{}
			if c.resets != 0 {
				resets = now.Add(c.resets)
			}
			at, ok := Runway(c.points, resets, now)
			switch {
			case c.want == -1 && (!ok || !at.Equal(now)):
				t.Errorf("used up: %v, %v", at.Sub(now), ok)
			case c.want > 0 && (!ok || at.Sub(now).Round(time.Second) != c.want):
				t.Errorf("%v, %v; want %v", at.Sub(now), ok, c.want)
			case c.want == 0 && ok:
				t.Errorf("%v, want nothing", at.Sub(now))
			}
		})
	}
}

// TestRunway_Property: whatever readings come, in whatever order and by whatever
// clock, what is said lies between now and the window's end, and the points stay
// few, in order, and never falling.
func TestRunway_Property(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var all []Point
		at := now
		for range rapid.IntRange(0, 60).Draw(t, "readings") {
			at = at.Add(time.Duration(rapid.IntRange(-3600, 3600).Draw(t, "seconds")) * time.Second)
			all = add(all, Point{At: at, Used: rapid.Float64Range(0, 100).Draw(t, "used")})
		}
		if len(all) > kept {
			t.Fatalf("%d points", len(all))
		}
		for i := 1; i < len(all); i++ {
			if all[i].At.Before(all[i-1].At) || all[i].Used < all[i-1].Used {
				t.Fatalf("out of order: %v", all)
			}
		}
		resets := at.Add(time.Duration(rapid.IntRange(1, 10000).Draw(t, "resets")) * time.Minute)
		if empty, ok := Runway(all, resets, at); ok && (empty.Before(at) || !empty.Before(resets)) {
			t.Fatalf("empty at %v, now %v, resets %v", empty, at, resets)
		}
	})
}
