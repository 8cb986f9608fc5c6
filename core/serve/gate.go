package serve

import (
	"context"
	"errors"
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

	mu   sync.Mutex
	asks map[question]*ask
}

// question is what a person is asked at once: several requests of one program for
// one account are one.
type question struct {
	account, key string
	pid          int
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
	return &gate{state: s, own: consent.NewVisit(who), asks: map[question]*ask{}}
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
	if visit.Refused(id, g.state.Clock.Now()) {
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
	verdict, err := g.together(ctx, question{id, who.Key, who.PID}, func() (consent.Verdict, error) {
		return g.ask(ctx, consent.Request{Account: id, Program: who, Command: g.state.Program}, at)
	})
	switch {
	case err != nil:
		return true, err
	case !verdict.Allows():
		visit.Refuse(id, g.state.Clock.Now())
		return true, refusedNow(id, who)
	}
	visit.Allow(id)
	return true, nil
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
			under.verdict, under.err = do()
			g.mu.Lock()
			delete(g.asks, q)
			g.mu.Unlock()
			close(under.done)
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

// ask asks the person, and writes down what became of it.
func (g *gate) ask(ctx context.Context, r consent.Request, at consent.Prompt) (consent.Verdict, error) {
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
	g.state.Vault.Record(r.Account, happened)
	if err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), noted)
	defer cancel()
	if err := g.state.Desk.Remember(ctx, r.Account, r.Program, verdict); err != nil {
		g.state.Log.Warn("could not remember what was said about a program", "account", r.Account, "program", r.Program.Name, "error", err)
	}
	return verdict, nil
}

// refusedNow and refusedBefore are the errors of a program that a person has
// refused, just now or some minutes ago.
func refusedNow(id string, who consent.Asker) error {
	return refused(id, who.Words()+" was refused a token of this account", "in ten minutes")
}

func refusedBefore(id string, p consent.Program) error {
	return refused(id, p.Name+" was refused a token of this account at "+p.At.Local().Format(time.TimeOnly), "at "+p.Until.Local().Format(time.TimeOnly))
}

func refused(id, what, again string) error {
	return &autherr.Error{
		Code: autherr.CodeNotConfirmed, Message: what,
		Hint: "it may ask again " + again + "; `hermes-tui confirm " + id + " --forget PROGRAM` forgets that",
	}
}
