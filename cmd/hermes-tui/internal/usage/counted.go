package usage

import (
	"time"

	"github.com/hermes-tui/hermes-tui/core/tally"
	"github.com/hermes-tui/hermes-tui/tui/say"
)

// countedJSON is what went through the proxy in the last hours, for an account
// whose provider tells nothing.
type countedJSON struct {
	Window   string `json:"window"`
	Requests uint64 `json:"requests"`
	Tokens   uint64 `json:"tokens"`  // in, from a cache or not, and out
	Unknown  uint64 `json:"unknown"` // requests whose answers told no tokens
}

// spans are the times that are summed up, ending now.
var spans = [...]struct {
	name string
	long time.Duration
}{{"5h", 5 * time.Hour}, {"day", 24 * time.Hour}, {"week", longestSpan}}

const longestSpan = 7 * 24 * time.Hour

// count sums up what was counted here of each account of which nothing was told.
func count(plans []plan, rows []tally.Row, now time.Time) {
	of := map[string][]tally.Row{}
	for _, r := range rows {
		of[r.Account] = append(of[r.Account], r)
	}
	for i := range plans {
		p := &plans[i]
		theirs := of[p.account.ID]
		if !p.known.Reading.Empty() || len(theirs) == 0 {
			continue
		}
		for _, span := range spans {
			var n tally.Counts
			for _, r := range theirs {
				if r.Since(now.Add(-span.long)) {
					n = n.Plus(r.Counts)
				}
			}
			p.counted = append(p.counted, countedJSON{span.name, n.Requests, n.Tokens(), n.Unknown})
		}
	}
}

// words say what was counted: "41 requests, 16.4k tokens, counted here".
func (c countedJSON) words() string {
	words := say.Plural(int(min(c.Requests, 1<<40)), "request", "requests") + ", " + say.Amount(c.Tokens) + " tokens"
	if c.Unknown > 0 && c.Tokens == 0 {
		words = say.Plural(int(min(c.Requests, 1<<40)), "request", "requests")
	}
	return words + ", counted here"
}
