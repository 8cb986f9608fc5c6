package usage

import (
	"testing"
	"time"
)

func TestReading_Brief(t *testing.T) {
	t.Parallel()
	windows := []Window{used("5h", "", 40, time.Hour), used("week", "", 62, 2*time.Hour)}
	credits := []Balance{{Name: "credits", Amount: 3.1, Currency: "USD"}}
	for name, c := range map[string]struct {
		r     Reading
		after time.Duration
		want  string // empty: nothing
		old   bool
	}{
		"the tightest":         {Reading{At: now, Windows: windows, Balances: credits}, 0, "used 62 % of week", false},
		"told before":          {Reading{At: now, Windows: windows}, old, "used 62 % of week", true},
		"a window's own age":   {Reading{At: now.Add(old), Windows: windows}, old, "used 62 % of week", true},
		"when all are over":    {Reading{At: now, Windows: windows}, 2 * time.Hour, "", false},
		"a balance is left":    {Reading{At: now, Windows: windows, Balances: credits}, 2 * time.Hour, "$3.10 left", true},
		"blocked":              {Reading{At: now, Windows: windows, Balances: credits, Blocked: "no paid access"}, 0, "no paid access", false},
		"no more":              {Reading{At: now, Balances: credits, Blocked: "no paid access"}, believed, "$3.10 left", true},
		"a name says nothing":  {Reading{At: now, Plan: "Max"}, 0, "", false},
		"nor does what is not": {Reading{At: now, Windows: []Window{{Name: "5h", Length: 5 * time.Hour, Told: now}}}, 0, "", false},
	} {
		b, ok := c.r.Brief(now.Add(c.after))
		if words := ""; ok {
			if words = b.Words(); words != c.want || b.Old != c.old {
				t.Errorf("%s: %q, old: %t", name, words, b.Old)
			}
		} else if c.want != "" {
			t.Errorf("%s: nothing", name)
		}
	}
}
