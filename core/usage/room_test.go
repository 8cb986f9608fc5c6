package usage

import (
	"testing"
	"time"
)

// TestReading_Refilled: only what was told since, of all of the plan, contradicts that
// it was used up.
func TestReading_Refilled(t *testing.T) {
	t.Parallel()
	before, pace := used("week", "", 20, time.Hour), used("requests", "", 1, time.Hour)
	before.Told, pace.Rate = now.Add(-time.Hour), true
	for name, c := range map[string]struct {
		change func(*Reading)
		want   string
	}{
		"room":                           {func(*Reading) {}, "used 8 % of 5h"},
		"the tightest is what counts":    {func(r *Reading) { r.Windows = append(r.Windows, used("week", "", 99, time.Hour)) }, "used 99 % of week"},
		"another one is used up":         {func(r *Reading) { r.Windows = append(r.Windows, used("week", "", 100, time.Hour)) }, ""},
		"another one was told before":    {func(r *Reading) { r.Windows = append(r.Windows, before) }, ""},
		"a model's own is used up":       {func(r *Reading) { r.Windows = append(r.Windows, used("week", "video", 100, time.Hour)) }, "used 8 % of 5h"},
		"told before":                    {func(r *Reading) { r.At, r.Windows[0].Told = now.Add(-2*time.Minute), now.Add(-2*time.Minute) }, ""},
		"told at the same moment":        {func(r *Reading) { r.At, r.Windows[0].Told = now.Add(-time.Minute), now.Add(-time.Minute) }, ""},
		"headers a minute later":         {func(r *Reading) { r.Source = FromHeader }, "used 8 % of 5h"},
		"headers of what was under way":  {func(r *Reading) { r.Source, r.At = FromHeader, now.Add(-time.Second) }, ""},
		"served no more":                 {func(r *Reading) { r.Blocked = "no paid access" }, ""},
		"a limit of the pace":            {func(r *Reading) { r.Windows = []Window{pace} }, ""},
		"nothing":                        {func(r *Reading) { r.Windows = nil }, ""},
		"money, which is another thing":  {func(r *Reading) { r.Windows, r.Balances = nil, []Balance{{Amount: 3, Told: now}} }, ""},
		"a window that has ended since":  {func(r *Reading) { r.Windows = []Window{used("5h", "", 8, -time.Second)} }, ""},
		"of which nobody said how much":  {func(r *Reading) { r.Windows[0].Used = nil }, ""},
		"one more that tells no percent": {func(r *Reading) { r.Windows = append(r.Windows, Window{Name: "month", Told: now}) }, "used 8 % of 5h"},
	} {
		r := Reading{At: now, Source: FromEndpoint, Windows: []Window{used("5h", "", 8, time.Hour)}}
		c.change(&r)
		if words, ok := r.Refilled(now.Add(-time.Minute), now); words != c.want || ok != (c.want != "") {
			t.Errorf("%s: %q, %t; want %q", name, words, ok, c.want)
		}
	}
}

// TestReading_ToppedUp: only money, or the provider's word that it serves, contradicts
// that an account was out of money.
func TestReading_ToppedUp(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*Reading)
		want   string
	}{
		"money":                     {func(*Reading) {}, "$3.10 left"},
		"none":                      {func(r *Reading) { r.Balances[0].Amount = 0 }, ""},
		"less than none":            {func(r *Reading) { r.Balances[0].Amount = -2 }, ""},
		"unlimited":                 {func(r *Reading) { r.Balances[0].Amount, r.Balances[0].Unlimited = 0, true }, "unlimited"},
		"told before, kept":         {func(r *Reading) { r.Balances[0].Told = now.Add(-time.Minute) }, ""},
		"by an earlier version":     {func(r *Reading) { r.Balances[0].Told = time.Time{} }, ""},
		"told before":               {func(r *Reading) { r.At = now.Add(-time.Minute) }, ""},
		"of what was under way":     {func(r *Reading) { r.Source, r.At = FromHeader, now.Add(-time.Second) }, ""},
		"money, but no paid access": {func(r *Reading) { r.Blocked = "no paid access" }, ""},
		"paid access, nothing left": {func(r *Reading) { r.Balances[0].Amount, r.Paid = 0, true }, "paid access"},
		"room in a window":          {func(r *Reading) { r.Balances, r.Windows = nil, []Window{used("5h", "", 8, time.Hour)} }, ""},
	} {
		r := Reading{At: now, Source: FromEndpoint, Balances: []Balance{{Name: "credits", Amount: 3.1, Currency: "USD", Told: now}}}
		c.change(&r)
		if words, ok := r.ToppedUp(now.Add(-time.Minute), now); ok != (c.want != "") || ok && words != c.want {
			t.Errorf("%s: %q, %t; want %q", name, words, ok, c.want)
		}
	}
}

// TestReading_KeptBalancesAreAsOldAsTheyAre: headers that say nothing of money make no
// older balance a newer one.
func TestReading_KeptBalancesAreAsOldAsTheyAre(t *testing.T) {
	t.Parallel()
	whole := Reading{At: now, Source: FromEndpoint, Balances: []Balance{{Name: "credits", Amount: 3, Told: now}}}
	later := now.Add(time.Hour)
	window := used("5h", "", 8, 2*time.Hour)
	window.Told = later
	merged := whole.With(Reading{At: later, Source: FromHeader, Windows: []Window{window}})
	if words, ok := merged.ToppedUp(now.Add(time.Minute), later); ok {
		t.Errorf("topped up: %q", words)
	}
}
