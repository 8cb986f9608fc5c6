package proxy

import (
	"context"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/budget"
	"github.com/hermes-tui/hermes-tui/core/clientkey"
	"github.com/hermes-tui/hermes-tui/core/clock"
	"github.com/hermes-tui/hermes-tui/core/tally"
)

// slow are accounts at which a key's turn, a token and a new token take their time; a new
// token is one, too.
type slow struct {
	*book
	clock              *clock.Fake
	turn, token, fresh time.Duration
}

func (s *slow) Reserve(ctx context.Context, key clientkey.Key, tokens uint64) (*budget.Reservation, error) {
	s.clock.Advance(s.turn)
	return s.book.Reserve(ctx, key, tokens)
}

func (s *slow) Token(ctx context.Context, id string, o core.TokenOptions) (core.Token, error) {
	if o.Refused != 0 {
		s.clock.Advance(s.fresh)
	}
	s.clock.Advance(s.token)
	return s.book.Token(ctx, id, o)
}

// How long a request waits here is counted for its program and the account that served
// it: for its key's turn, for a token, and for a new one; not what nobody notices.
func TestCount_Waited(t *testing.T) {
	t.Parallel()
	ms := func(n time.Duration) time.Duration { return n * time.Millisecond }
	for name, tc := range map[string]struct {
		slow slow
		want tally.Counts
	}{
		"nothing":              {slow{}, tally.Counts{}},
		"what nobody notices":  {slow{token: ms(49)}, tally.Counts{}},
		"a token":              {slow{token: ms(125)}, tally.Counts{Waited: 1, WaitedMS: 250}},
		"a new one":            {slow{fresh: ms(3000)}, tally.Counts{Waited: 1, WaitedMS: 3000}},
		"its turn":             {slow{turn: ms(1500)}, tally.Counts{Waited: 1, WaitedMS: 1500}},
		"all of it, in pieces": {slow{turn: ms(60), token: ms(30), fresh: ms(50)}, tally.Counts{Waited: 1, WaitedMS: 170}},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, func(w http.ResponseWriter, q *http.Request) {
				if _, gen := accountOf(q); gen == 1 {
					w.WriteHeader(http.StatusUnauthorized)
					return
				}
				w.Header().Set("Content-Type", "application/json")
				_, _ = io.WriteString(w, `{"usage":{"input_tokens":1,"output_tokens":2}}`)
			}, func(o *Options) {
				s := tc.slow
				s.book, s.clock = o.Accounts.(*book), clock.NewFake(time.Now())
				key := testKey
				key.Limits = []budget.Limit{{Of: budget.Requests, Most: 9, In: time.Hour}}
				o.Accounts, o.Clock, o.Keys = &s, s.clock, clientkey.One{Key: key}
			})
			r.works()
			r.over()
			var got tally.Counts
			for _, row := range r.book.served {
				if row.Waited > 0 && (row.Account != alpha || row.Program != "test" || row.Model != "M2") {
					t.Errorf("of another: %+v", row)
				}
				got.Waited, got.WaitedMS = got.Waited+row.Waited, got.WaitedMS+row.WaitedMS
			}
			if got != tc.want {
				t.Errorf("%+v, want %+v", got, tc.want)
			}
		})
	}
}
