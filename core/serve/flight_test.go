package serve

import (
	"errors"
	"testing"

	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/refresh"
	"github.com/hermes-tui/hermes-tui/core/vault"
)

func TestFlight_Answers(t *testing.T) {
	at := func(gen uint64) vault.Sealed {
		return vault.Sealed{Head: &record.Head{Public: record.Public{Gen: gen}}}
	}
	for name, tc := range map[string]struct {
		flight flight
		req    refresh.Request
		want   bool
	}{
		"new tokens":               {flight{result: refresh.Result{Current: at(2), Rotated: true}}, refresh.Request{Gen: 1}, true},
		"a failure":                {flight{err: errors.New("503")}, refresh.Request{Gen: 1}, true},
		"it gave up at once":       {flight{result: refresh.Result{Busy: true}}, refresh.Request{Gen: 1}, false},
		"refused, refreshed":       {flight{result: refresh.Result{Current: at(2)}}, refresh.Request{Gen: 1, Refused: true}, true},
		"refused, the same":        {flight{result: refresh.Result{Current: at(2)}}, refresh.Request{Gen: 2, Refused: true}, false},
		"refused, and it failed":   {flight{err: errors.New("503")}, refresh.Request{Gen: 2, Refused: true}, true},
		"forced, nothing was done": {flight{result: refresh.Result{Current: at(2)}}, refresh.Request{Force: true}, false},
		"forced, backing off":      {flight{err: errors.New("503")}, refresh.Request{Force: true}, false},
		"forced, rotated":          {flight{result: refresh.Result{Current: at(2), Rotated: true}}, refresh.Request{Force: true}, true},
		"forced, as was that":      {flight{req: refresh.Request{Force: true}, err: errors.New("503")}, refresh.Request{Force: true}, true},
	} {
		if got := tc.flight.answers(tc.req); got != tc.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}
