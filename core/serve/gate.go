package serve

import (
	"context"
	"errors"
	"maps"
	"sync"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/consent"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/state"
)

// noted bounds writing down what a person has said.
const noted = 5 * time.Second

// gate lets programs through to the tokens of accounts that are marked to be
// confirmed. It is safe for concurrent use.
type gate struct {
	state *state.State
	own   *consent.Visit // of the program that this process gives tokens to

	mu      sync.Mutex
	asks    map[question]*ask
	refused map[question]time.Time // until when; of those that the desk does not remember
}

// mostRefused is how many refusals are held; beyond them the oldest is let go, and
// asked about again.
const mostRefused = 200

// question is what a person is asked at once: several requests of one program for
// one account are one.
type question struct {
	account string
	who     consent.Asker
	visit   *consent.Visit // where nothing tells the program from others: each visit is asked about
}

// about is the question of a visit.
func about(account string, who consent.Asker, visit *consent.Visit) question {
	switch {
	case who.Key != "":
		who.PID, visit = 0, nil
	case who.PID != 0:
		visit = nil
	}
	return question{account, who, visit}
}

// ask is a question under way.
type ask struct {
	done    chan struct{}
	verdict consent.Verdict
	err     error
}

func newGate(s *state.State) *gate {
	who := s.Asker
	if who == nil {
		who = consent.Own
	}
	return &gate{state: s, own: consent.NewVisit(who), asks: map[question]*ask{}, refused: map[question]time.Time{}}
}

// pass returns nil once a person has allowed the program that asks the account,
// now or before, and else an error that is [consent.NotConfirmed]. asked says that
// the answer was waited for.
func (g *gate) pass(ctx context.Context, id string, at consent.Prompt) (asked bool, err error) {
	visit := consent.Of(ctx, g.own)
	if visit.Allowed(id) {
		return false, nil
	}
	who := visit.Asker()
	q := about(id, who, visit)
	if g.holds(q) {
		return false, refusedNow(id, who)
	}
	before, known, err := g.state.Desk.Recall(id, who)
	switch {
	case err != nil:
		return false, err
	case known && before.Verdict.Allows():
		return false, nil
	case known:
		return false, refusedBefore(id, before)
	}
	verdict, err := g.together(ctx, q, func() (consent.Verdict, error) {
		return g.ask(ctx, q, consent.Request{Account: id, Program: who, Command: g.state.Program}, at)
	})
	switch {
	case err != nil:
		return true, err
	case !verdict.Allows():
		return true, refusedNow(id, who)
	}
	visit.Allow(id)
	return true, nil
}

// hold keeps a refusal that the desk cannot remember.
func (g *gate) hold(q question) {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.state.Clock.Now()
	maps.DeleteFunc(g.refused, func(_ question, until time.Time) bool { return !now.Before(until) })
	if len(g.refused) >= mostRefused {
		var oldest question
		for other, until := range g.refused {
			if at := g.refused[oldest]; at.IsZero() || until.Before(at) {
				oldest = other
			}
		}
		delete(g.refused, oldest)
	}
	g.refused[q] = now.Add(consent.RefusedFor)
}

// holds reports whether a refusal still does.
func (g *gate) holds(q question) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.state.Clock.Now().Before(g.refused[q])
}

// together lets one of those with the same question ask, and the others wait for
// the answer. When the one that asks gives up, the next one does.
func (g *gate) together(ctx context.Context, q question, do func() (consent.Verdict, error)) (consent.Verdict, error) {
	for {
		g.mu.Lock()
		under, busy := g.asks[q]
		if !busy {
			under = &ask{done: make(chan struct{})}
			g.asks[q] = under
		}
		g.mu.Unlock()
		if !busy {
			g.lead(q, under, do)
			return under.verdict, under.err
		}
		select {
		case <-under.done:
		case <-ctx.Done():
			return "", ctx.Err()
		}
		if !errors.Is(under.err, context.Canceled) && !errors.Is(under.err, context.DeadlineExceeded) {
			return under.verdict, under.err
		}
	}
}

// lead asks for all that wait. Where that breaks off without an answer, one of
// them asks.
func (g *gate) lead(q question, under *ask, do func() (consent.Verdict, error)) {
	under.err = context.Canceled
	defer func() {
		g.mu.Lock()
		delete(g.asks, q)
		g.mu.Unlock()
		close(under.done)
	}()
	under.verdict, under.err = do()
}

// ask asks the person, and writes down what became of it.
func (g *gate) ask(ctx context.Context, q question, r consent.Request, at consent.Prompt) (consent.Verdict, error) {
	verdict, err := g.state.Desk.Ask(ctx, r, at)
	if err != nil && !errors.Is(err, consent.NotConfirmed) {
		return "", err
	}
	happened := record.Event{Kind: record.EventDenied, Message: r.Program.Words() + ", " + verdict.Words()}
	switch {
	case err != nil:
		happened.Message, happened.Code = err.Error(), autherr.CodeNotConfirmed
	case verdict.Allows():
		happened.Kind = record.EventAllowed
	}
	g.state.Vault.AddEvent(r.Account, happened)
	if err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), noted)
	defer cancel()
	if err = g.state.Desk.Remember(ctx, r.Account, r.Program, verdict); err != nil {
		g.state.Log.Warn("could not remember what was said about a program", "account", r.Account, "program", r.Program.Name, "error", err)
	}
	if verdict == consent.No && (err != nil || r.Program.Key == "") {
		g.hold(q)
	}
	return verdict, nil
}

// errRefused is in the error of a program that a person has refused, and in none
// of one that nobody has answered.
var errRefused = errors.New("refused by a person")

// refusedNow and refusedBefore are the errors of a program that a person has
// refused, just now or some minutes ago.
func refusedNow(id string, who consent.Asker) error {
	what := who.Words() + " was refused a token of this account"
	switch {
	case who.Key != "":
		return refused(what, mayAsk("in ten minutes", id))
	case who.PID != 0:
		return refused(what, "it may ask again in ten minutes, and another run of it at once: nothing tells one from another")
	default:
		return refused(what, "its next run, or its next request to `serve`, is asked about again: nothing tells it from other programs")
	}
}

func refusedBefore(id string, p consent.Program) error {
	return refused(p.Name+" was refused a token of this account at "+p.At.Local().Format(time.TimeOnly), mayAsk("at "+p.Until.Local().Format(time.TimeOnly), id))
}

func mayAsk(again, id string) string {
	return "it may ask again " + again + "; `hermes-tui confirm " + id + " --forget PROGRAM` forgets that"
}

func refused(what, hint string) error {
	return &autherr.Error{Code: autherr.CodeNotConfirmed, Message: what, Hint: hint, Err: errRefused}
}
