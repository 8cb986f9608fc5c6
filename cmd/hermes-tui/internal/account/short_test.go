package account

import (
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/tui/style"
)

func TestShort(t *testing.T) {
	now := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	in := func(s core.State) core.Account {
		a := core.Account{Public: record.Public{ObtainedAt: now.Add(-time.Hour), Skew: time.Minute, ExpiresAt: now.Add(time.Hour)}}
		switch s {
		case core.OK:
		case core.Expiring:
			a.ExpiresAt = now.Add(time.Second)
		case core.Refreshing:
			a.RefreshingSince = now
		case core.Expired:
			a.ExpiresAt = now.Add(-time.Hour)
		case core.CoolingDown:
			a.Cooldown.At, a.Cooldown.Until = now, now.Add(time.Minute)
		case core.NotIncluded:
			a.NotIncluded = true
		case core.SignedOut:
			a.SignedOut = true
		case core.Locked:
			a.Locked = true
		case core.NeedsSignIn:
			a.Status, a.Marker = record.StatusQuarantined, &record.Note{Code: "refresh_token_revoked"}
		}
		if have := a.State(now); have != s {
			t.Fatalf("the account is %s, not %s", have, s)
		}
		return a
	}
	all := []core.State{core.NeedsSignIn, core.Locked, core.SignedOut, core.NotIncluded, core.CoolingDown, core.Expired, core.Refreshing, core.Expiring, core.OK}
	for _, test := range []struct {
		states              []core.State
		marks, ascii, words string
	}{
		{nil, "no accounts", "no accounts", "no accounts"},
		{[]core.State{core.OK}, "●1", "*1", "1 ok"},
		{[]core.State{core.NeedsSignIn, core.OK, core.Expiring, core.CoolingDown}, "●2 ■1 !1", "*2 =1 !1", "2 ok, 1 cooling down, 1 needs sign-in"},
		{all, "●3 ○1 ■2 –1 !2", "*3 o1 =2 -1 !2", "3 ok, 1 expired, 1 cooling down, 1 not included, 1 signed out, 1 locked, 1 needs sign-in"},
	} {
		var have []core.Account
		for _, s := range test.states {
			have = append(have, in(s))
		}
		for g, want := range map[*style.Glyphs]string{style.NewGlyphs(false): test.marks, style.NewGlyphs(true): test.ascii, nil: test.words} {
			if got := short(have, g, now); got != want {
				t.Errorf("%v is %q, not %q", test.states, got, want)
			}
		}
	}
}
