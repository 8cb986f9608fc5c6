package consent

import (
	"context"
	"crypto/rand"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/clock"
)

const someAccount = "a1b2c3d4e5"

var noon = time.Date(2026, 5, 20, 12, 0, 0, 0, time.UTC)

// claude is a program that is recognised, and piped one that is not.
var (
	claude = Asker{Name: "claude", Path: "/usr/bin/claude", PID: 4711, Key: "/usr/bin/claude"}
	piped  = Asker{Name: "bash", Path: "/usr/bin/bash", PID: 4712}
)

func newDesk(t *testing.T) (*Desk, *clock.Fake) {
	t.Helper()
	fake := clock.NewFake(noon)
	return NewDesk(t.TempDir(), fake, rand.Reader), fake
}

// How long a verdict counts, at which moments the person is asked again.
func TestRemember(t *testing.T) {
	for name, tc := range map[string]struct {
		who      Asker
		said     Verdict
		after    time.Duration
		known    bool
		isntSaid bool // nothing is written at all
	}{
		"once is not remembered":                 {who: claude, said: Once, isntSaid: true},
		"a day":                                  {who: claude, said: Day, after: 24*time.Hour - time.Second, known: true},
		"more than a day":                        {who: claude, said: Day, after: 24 * time.Hour},
		"always":                                 {who: claude, said: Always, after: 10 * 365 * 24 * time.Hour, known: true},
		"a refusal":                              {who: claude, said: No, after: 10*time.Minute - time.Second, known: true},
		"an old refusal":                         {who: claude, said: No, after: 10 * time.Minute},
		"a day, and the clock jumped back":       {who: claude, said: Day, after: -time.Hour},
		"a refusal, and the clock jumped back":   {who: claude, said: No, after: -time.Hour},
		"always, and the clock jumped back":      {who: claude, said: Always, after: -time.Hour, known: true},
		"a program that nothing tells, for good": {who: piped, said: Always, isntSaid: true},
		"a program that nothing tells, refused":  {who: piped, said: No, isntSaid: true},
	} {
		d, fake := newDesk(t)
		if err := d.Remember(context.Background(), someAccount, tc.who, tc.said); err != nil {
			t.Fatal(name, err)
		}
		if _, err := os.Stat(d.knownPath(someAccount)); tc.isntSaid != errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s: the list: %v", name, err)
		}
		fake.Advance(tc.after)
		again := tc.who
		again.PID = 99 // the next run of it
		p, known, err := d.Recall(someAccount, again)
		if err != nil || known != tc.known || known && (p.Verdict != tc.said || p.PID != 0) {
			t.Errorf("%s: %+v, %v, %v", name, p, known, err)
		}
		if _, known, _ := d.Recall("bbbbbbbbbb", tc.who); known {
			t.Errorf("%s: it is known to another account", name)
		}
	}
}

// The last word counts, and each program has one.
func TestRemember_TheLastWordCounts(t *testing.T) {
	d, fake := newDesk(t)
	for _, v := range []Verdict{Always, No, Day} {
		if err := d.Remember(context.Background(), someAccount, claude, v); err != nil {
			t.Fatal(err)
		}
		fake.Advance(time.Second)
	}
	all, err := d.Known(someAccount)
	if err != nil || len(all) != 1 || all[0].Verdict != Day {
		t.Errorf("%+v, %v", all, err)
	}
}

func TestForget(t *testing.T) {
	d, _ := newDesk(t)
	ctx := context.Background()
	codex := Asker{Name: "codex", Path: "/usr/bin/codex", Key: "/usr/bin/codex"}
	for _, who := range []Asker{claude, codex} {
		if err := d.Remember(ctx, someAccount, who, Always); err != nil {
			t.Fatal(err)
		}
	}
	if gone, err := d.Forget(ctx, someAccount, "vim", false); len(gone) != 0 || err != nil {
		t.Errorf("%v, %v", gone, err)
	}
	if gone, err := d.Forget(ctx, someAccount, "/usr/bin/claude", false); len(gone) != 1 || err != nil {
		t.Errorf("%v, %v", gone, err)
	}
	if _, known, _ := d.Recall(someAccount, claude); known {
		t.Error("it is known still")
	}
	if _, known, _ := d.Recall(someAccount, codex); !known {
		t.Error("the other one is not known any more")
	}
	if err := os.WriteFile(d.knownPath(someAccount), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Forget(ctx, someAccount, "codex", false); !errors.Is(err, NotConfirmed) {
		t.Errorf("a damaged list: %v", err)
	}
	if _, err := d.Forget(ctx, someAccount, "", true); err != nil {
		t.Error(err)
	}
	if all, err := d.Known(someAccount); len(all) != 0 || err != nil {
		t.Errorf("%v, %v", all, err)
	}
}

// What is not understood refuses every program, and says which file it is.
func TestKnown_Damaged(t *testing.T) {
	whole := `{"version":1,"programs":[{"name":"claude","path":"/usr/bin/claude","key":"/usr/bin/claude","verdict":"always","at":"2026-05-20T11:00:00Z"}]}`
	for name, text := range map[string]string{
		"whole":                whole,
		"cut":                  whole[:60],
		"empty":                "",
		"a newer one":          strings.Replace(whole, `"version":1`, `"version":2`, 1),
		"no version":           `{"programs":[]}`,
		"an unknown verdict":   strings.Replace(whole, "always", "perhaps", 1),
		"once":                 strings.Replace(whole, "always", "once", 1),
		"a day without end":    strings.Replace(whole, "always", "day", 1),
		"a refusal without":    strings.Replace(whole, "always", "no", 1),
		"no key":               strings.Replace(whole, `"key":"/usr/bin/claude",`, "", 1),
		"a key that is a name": strings.Replace(whole, `"key":"/usr/bin/claude"`, `"key":"claude"`, 1),
		"a name that paints":   strings.Replace(whole, `"name":"claude"`, `"name":"\u001b[2Jclaude"`, 1),
		"too long":             whole + strings.Repeat(" ", maxKnown),
	} {
		d, _ := newDesk(t)
		if err := errors.Join(d.make(), os.WriteFile(d.knownPath(someAccount), []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
		_, known, err := d.Recall(someAccount, claude)
		if name == "whole" {
			if !known || err != nil {
				t.Errorf("%s: %v, %v", name, known, err)
			}
			continue
		}
		if known || !errors.Is(err, NotConfirmed) || !strings.Contains(err.Error(), d.knownPath(someAccount)) {
			t.Errorf("%s: %v, %v", name, known, err)
		}
		if err := d.Remember(context.Background(), someAccount, claude, Always); err == nil {
			t.Errorf("%s: it was written over", name)
		}
	}
}
