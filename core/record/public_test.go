package record

import (
	"testing"
	"time"
)

func TestPublic_WhenATokenIsDue(t *testing.T) {
	for name, tc := range map[string]struct {
		life, skew time.Duration
		age        time.Duration
		due, live  bool
	}{
		"fresh":                        {15 * time.Minute, time.Minute, 0, false, true},
		"just outside the skew":        {15 * time.Minute, time.Minute, 14*time.Minute - 1, false, true},
		"at the skew":                  {15 * time.Minute, time.Minute, 14 * time.Minute, true, true},
		"at its end":                   {15 * time.Minute, time.Minute, 15 * time.Minute, true, false},
		"skew over a third of it":      {90 * time.Second, time.Minute, 59 * time.Second, false, true},
		"at a third of it":             {90 * time.Second, time.Minute, 60 * time.Second, true, true},
		"without a skew":               {time.Minute, 0, 59 * time.Second, false, true},
		"life of no length":            {0, time.Minute, 0, true, false},
		"clock set back by a year":     {15 * time.Minute, time.Minute, -365 * 24 * time.Hour, false, true},
		"obtained after it ended":      {-time.Hour, time.Minute, 0, true, false},
		"laptop asleep for a weekend":  {15 * time.Minute, time.Minute, 60 * time.Hour, true, false},
		"one second of life, one old":  {time.Second, time.Minute, time.Second, true, false},
		"one second of life, half old": {time.Second, time.Minute, 500 * time.Millisecond, false, true},
	} {
		p := Public{ObtainedAt: noon, ExpiresAt: noon.Add(tc.life), Skew: tc.skew}
		now := noon.Add(tc.age)
		if p.Due(now) != tc.due || p.Live(now) != tc.live {
			t.Errorf("%s: due %t, live %t", name, p.Due(now), p.Live(now))
		}
	}
}

func TestPublic_EndlessIsNeverDue(t *testing.T) {
	p := Public{AuthType: APIKey, ObtainedAt: noon, Skew: time.Minute}
	for _, now := range []time.Time{{}, noon, noon.AddDate(50, 0, 0)} {
		if p.Due(now) || !p.Live(now) || !p.Endless() || !p.IsKey() {
			t.Errorf("at %s: due %t, live %t", now, p.Due(now), p.Live(now))
		}
	}
}

func TestPublic_GrantEnding(t *testing.T) {
	for name, tc := range map[string]struct {
		p    Public
		want bool
	}{
		"no end known":       {Public{Status: StatusOK}, false},
		"in a month":         {Public{Status: StatusOK, GrantExpiresAt: noon.AddDate(0, 1, 0)}, false},
		"in five days":       {Public{Status: StatusOK, GrantExpiresAt: noon.Add(GrantWarning)}, true},
		"over":               {Public{Status: StatusOK, GrantExpiresAt: noon.Add(-time.Hour)}, true},
		"dead all the same":  {Public{Status: StatusQuarantined, GrantExpiresAt: noon}, false},
		"just over five day": {Public{Status: StatusOK, GrantExpiresAt: noon.Add(GrantWarning + 1)}, false},
	} {
		if got := tc.p.GrantEnding(noon); got != tc.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}

func TestPublic_Is(t *testing.T) {
	p := Public{Provider: "minimax-oauth", Region: "cn", Owner: "hermes-agent", AuthType: OAuth, Status: StatusQuarantined}
	if !p.Shared() || !p.Quarantined() || p.IsKey() || p.Pool().Region != "cn" || p.Pool().Provider != "minimax-oauth" {
		t.Errorf("%+v", p)
	}
	if p.Owner, p.Status = "", StatusOK; p.Shared() || p.Quarantined() {
		t.Errorf("%+v", p)
	}
}

func TestValidID(t *testing.T) {
	for id, want := range map[string]bool{
		"a1b2c3": true, "0123456789": true, "": false, "a1b2c": false, "A1B2C3": false, "a1b2cg": false,
		"../../": false, "a1b2c3.head": false, "a1b2c3/": false, "a1b2c3\x00": false,
		"0123456789012345678901234567890123456789012345678901234567890123":  true,
		"01234567890123456789012345678901234567890123456789012345678901234": false,
	} {
		if got := ValidID(id); got != want {
			t.Errorf("%q: %t", id, got)
		}
	}
}
