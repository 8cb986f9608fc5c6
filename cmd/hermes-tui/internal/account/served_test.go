package account

import (
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/tally"
)

// A line of the log says what was used, and nothing that was not counted.
func TestHappened_Details(t *testing.T) {
	for want, n := range map[string]tally.Counts{
		"1 request": {Requests: 1},
		"41 requests · 12.3k tokens in, 4.1k out · 2 refused": {Requests: 41, Input: 12_300, Output: 4_100, Refused: 2},
		"3 requests · 3 told no tokens":                       {Requests: 3, Unknown: 3},
		"4 requests · 2 waited, 3s in all":                    {Requests: 4, Waited: 2, WaitedMS: 3_100},
		"given 1 token":                                       {Handed: 1},
		"2 requests, given 5 tokens":                          {Requests: 2, Handed: 5},
		"0 requests · 2 refused":                              {Refused: 2},
	} {
		h := happened{served: &servedJSON{From: time.Now(), Span: "hour", Counts: n}}
		if got := h.details(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
