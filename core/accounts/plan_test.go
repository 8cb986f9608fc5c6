package accounts

import (
	"slices"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/pool"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/usage"
)

var noon = time.Date(2026, 5, 20, 12, 0, 0, 0, time.UTC)

// part is a window of which so much is used.
func part(name string, used float64) usage.Window {
	return usage.Window{Name: name, Used: &used, Resets: noon.Add(time.Hour), Told: noon}
}

func told(windows ...usage.Window) *usage.Known {
	return &usage.Known{Reading: usage.Reading{At: noon, Windows: windows}}
}

func TestPool_PlanSums(t *testing.T) {
	blocked := told(part("5h", 0), part("week", 10))
	blocked.Reading.Blocked = "no paid access"
	pace, scoped := part("requests", 50), part("5h", 90)
	pace.Rate, scoped.Scope = true, "video"
	dead := Account{Plan: told(part("5h", 0)), Public: record.Public{Status: record.StatusQuarantined}}
	for name, c := range map[string]struct {
		members []Account
		after   time.Duration
		want    []string
	}{
		"nobody told":                  {[]Account{{}, {Plan: &usage.Known{}}}, 0, nil},
		"each window for itself":       {[]Account{{Plan: told(part("5h", 60), part("week", 50))}, {Plan: told(part("5h", 0))}, {}}, 0, []string{"5h 1.4 of 2", "week 0.5 of 1"}},
		"blocked, nothing is left":     {[]Account{{Plan: told(part("5h", 60))}, {Plan: blocked}}, 0, []string{"5h 0.4 of 2", "week 0.0 of 1"}},
		"to sign in again":             {[]Account{{Plan: told(part("5h", 60))}, dead}, 0, []string{"5h 0.4 of 1"}},
		"neither pace nor one model's": {[]Account{{Plan: told(pace, scoped, part("week", 50))}}, 0, []string{"week 0.5 of 1"}},
		"begun anew":                   {[]Account{{Plan: told(part("5h", 60))}}, time.Hour, nil},
	} {
		var p Pool
		for i := range c.members {
			p.Members = append(p.Members, Member{Account: &c.members[i]})
		}
		var got []string
		for _, s := range p.PlanSums(noon.Add(c.after)) {
			got = append(got, s.Words())
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

// TestAccount_UsedUp: what is known, and what is not, of whether anything is left.
func TestAccount_UsedUp(t *testing.T) {
	blocked := told()
	blocked.Reading.Blocked = "no paid access"
	quota := func(named bool) pool.Limits {
		return pool.Limits{Cooldown: pool.Cooldown{At: noon, Until: noon.Add(time.Minute), Means: pool.Quota, Named: named}}
	}
	rate := pool.Limits{Cooldown: pool.Cooldown{At: noon, Until: noon.Add(time.Minute), Means: pool.Rate}}
	month := func(paid bool) *usage.Known {
		k := told(part("month", 100))
		k.Reading.Paid = paid
		w := &k.Reading.Windows[0]
		w.Length, w.Resets = 30*24*time.Hour, time.Time{}
		return k
	}
	for name, c := range map[string]struct {
		account     Account
		after       time.Duration
		used, known bool
	}{
		"a month that nobody knows the end of": {Account{Plan: month(false)}, 0, true, true},
		"… told a day ago":                     {Account{Plan: month(false)}, 24 * time.Hour, false, false},
		"… beside paid access":                 {Account{Plan: month(true)}, 0, false, true},
		"nothing is known":                     {Account{}, 0, false, true},
		"a window is used up":                  {Account{Plan: told(part("5h", 100))}, 0, true, true},
		"nearly":                               {Account{Plan: told(part("5h", 99.9))}, 0, false, true},
		"it has begun anew":                    {Account{Plan: told(part("5h", 100))}, time.Hour, false, true},
		"blocked":                              {Account{Plan: blocked}, 0, true, true},
		"blocked, a day ago":                   {Account{Plan: blocked}, 24 * time.Hour, false, false},
		"refused":                              {Account{Limits: quota(true)}, 0, true, true},
		"refused until then":                   {Account{Limits: quota(true)}, time.Minute, false, true},
		"refused, and a guess how long":        {Account{Limits: quota(false)}, time.Minute, false, false},
		"ended by what was told":               {Account{Limits: pool.Limits{Cooldown: quota(false).Cooldown.Over(noon)}}, time.Second, false, true},
		"a limit of the pace":                  {Account{Limits: rate}, 0, false, true},
		"a limit of the pace, over":            {Account{Limits: rate}, time.Minute, false, true},
		"it needs signing in":                  {Account{Plan: told(part("5h", 100)), Public: record.Public{Status: record.StatusQuarantined}}, 0, false, false},
		"signed out":                           {Account{Plan: told(part("5h", 100)), Public: record.Public{SignedOut: true}}, 0, false, false},
		"refused, by an earlier version":       {Account{Limits: pool.Limits{Cooldown: pool.Cooldown{At: noon, Until: noon.Add(time.Minute), Status: 429}}}, 0, false, true},
	} {
		if used, known := c.account.UsedUp(noon.Add(c.after)); used != c.used || known != c.known {
			t.Errorf("%s: used up %t, known %t", name, used, known)
		}
	}
}

// TestAccount_LeftIsForgotten: what nobody told for a day keeps no account last, because
// one that serves nothing is asked about nothing.
func TestAccount_LeftIsForgotten(t *testing.T) {
	const day = 24 * time.Hour
	week := part("week", 100)
	week.Resets, week.Length = time.Time{}, 7*day
	blocked := told()
	blocked.Reading.Blocked = "no paid access"
	for name, plan := range map[string]*usage.Known{"blocked": blocked, "a window of which nobody knows when it begins anew": told(week)} {
		a := Account{Plan: plan}
		if left := a.Left("", noon.Add(day-1)); left != (pool.Plan{Used: 100, Told: true}) {
			t.Errorf("%s: %+v", name, left)
		}
		if left := a.Left("", noon.Add(day)); left.Told {
			t.Errorf("%s, a day later: %+v", name, left)
		}
	}
}
