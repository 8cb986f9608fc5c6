package usage

import (
	"context"
	"errors"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/expiry"
	"github.com/hermes-tui/hermes-tui/internal/lockfile"
)

var errLate = errors.New("it did not answer in time")

const (
	askEvery = 5 * time.Minute
	askTime  = 8 * time.Second
	turnTime = 2 * askTime // for which it is waited that others have asked
	maxBody  = 256 << 10
	// longestRest bounds what a provider may ask for.
	longestRest = 24 * time.Hour
)

// Question is what it takes to ask a provider about one account.
type Question struct {
	Account   string
	Provider  string
	Endpoints []Endpoint // asked one after the other until one answers
	// Sign puts the account's token on a request, if it may go there.
	Sign func(*http.Request) error
	// May reports whether no other host of the fleet has asked a moment ago; nil: there is
	// none.
	May func(context.Context) bool
}

// Ask returns what the provider tells of an account's plan. It is asked at most
// once in five minutes, however many processes ask; in between the last answer
// counts. A provider that has no endpoint, or answers something else, is
// ErrNotTold beside what is known already.
func (m *Meter) Ask(ctx context.Context, q Question) (Known, error) {
	if len(q.Endpoints) == 0 {
		return m.Known()[q.Account], ErrNotTold
	}
	lock, err := m.inTurn(ctx, q.Provider)
	if err != nil {
		return m.Known()[q.Account], err
	}
	defer func() { _ = lock.Unlock() }()
	known, recent := m.Recent(q.Account)
	if recent {
		return known, known.Told()
	}
	if q.May != nil && !q.May(ctx) {
		return known, known.Told()
	}
	asking, cancel := context.WithTimeoutCause(ctx, askTime, errLate)
	defer cancel()
	got, asked := m.ask(asking, q)
	if !got.reached {
		return known, asked // so that it is tried again once the network is there
	}
	now := m.clock.Now()
	ctx, done := context.WithTimeout(context.WithoutCancel(ctx), askTime)
	defer done()
	err = m.file.change(ctx, func(all map[string]Known) {
		k := all[q.Account]
		k.Asked, k.NotBefore = now, got.notBefore
		k.Silent = errors.Is(asked, ErrNotTold)
		k.Late = asked != nil && !k.Silent
		if asked == nil {
			k = k.with(got.reading)
		}
		all[q.Account], known = k, k
	})
	return known, errors.Join(asked, err)
}

// inTurn waits until nobody else asks the provider: it is asked about one account at
// a time.
func (m *Meter) inTurn(ctx context.Context, provider string) (*lockfile.Lock, error) {
	waiting, cancel := context.WithTimeout(ctx, turnTime)
	defer cancel()
	lock, err := lockfile.Acquire(waiting, filepath.Join(m.file.dir, "plans-"+safe(provider)+".lock"))
	switch {
	case err == nil:
		return lock, nil
	case ctx.Err() == nil && waiting.Err() != nil:
		return nil, &autherr.Error{
			Kind: autherr.Network, Code: autherr.CodeTimeout, Err: err,
			Message: provider + " is being asked already", Hint: "try again in a moment",
		}
	default:
		return nil, err
	}
}

// Recent returns what is known of an account's plan, and whether that has to do
// for now, because the provider was asked a moment ago.
func (m *Meter) Recent(account string) (known Known, ok bool) {
	known = m.Known()[account]
	return known, known.Resting(m.clock.Now())
}

// Told is ErrNotTold where nothing is known, or the endpoint told nothing when it was
// asked last, and an error of the network's where it did not answer then.
func (k Known) Told() error {
	switch {
	case k.Late:
		return unreachable("the provider", errLate)
	case k.Silent || k.Reading.Empty():
		return ErrNotTold
	}
	return nil
}

// Resting reports whether the provider is not to be asked yet. A clock that was
// set back does not keep it from being asked.
func (k Known) Resting(now time.Time) bool {
	since := now.Sub(k.Asked)
	return since >= 0 && since < askEvery || now.Before(k.NotBefore) && k.NotBefore.Sub(now) <= longestRest
}

// answer is what came of asking.
type answer struct {
	reading   Reading
	notBefore time.Time // when the provider may be asked again; zero: it did not say
	reached   bool      // the provider has answered, or had all the time to
	moved     bool      // another address may have what this one has not
}

// ask goes from one endpoint to the next where an older or newer one may be
// served instead.
func (m *Meter) ask(ctx context.Context, q Question) (got answer, err error) {
	for _, e := range q.Endpoints {
		if got, err = m.askOne(ctx, q, e); err == nil || !got.moved {
			break
		}
	}
	return got, err
}

func (m *Meter) askOne(ctx context.Context, q Question, e Endpoint) (answer, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, e.URL, nil)
	if err != nil {
		return answer{}, err
	}
	if err := q.Sign(request); err != nil {
		return answer{}, err
	}
	request.Header.Set("Accept", "application/json")
	for name, value := range e.Header {
		request.Header.Set(name, value)
	}
	res, err := m.client.Do(request)
	if err != nil {
		return answer{reached: timeIsUp(ctx)}, unreachable(request.URL.Hostname(), err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(res.Body, maxBody))
	now := m.clock.Now()
	switch {
	case err != nil:
		return answer{reached: timeIsUp(ctx)}, unreachable(request.URL.Hostname(), err)
	case res.StatusCode == http.StatusTooManyRequests:
		rest := min(max(expiry.Wait(res.Header, now), askEvery), longestRest)
		return answer{reached: true, notBefore: now.Add(rest)}, ErrNotTold
	case res.StatusCode != http.StatusOK:
		return answer{reached: true, moved: elsewhere(res.StatusCode)}, ErrNotTold
	}
	r, err := e.Parse(body, now)
	return answer{reading: r.Now(now), reached: true, moved: err != nil}, err
}

// timeIsUp reports whether the provider had all its time: who asks may have less.
func timeIsUp(ctx context.Context) bool { return errors.Is(context.Cause(ctx), errLate) }

// elsewhere reports whether a status says that there is nothing at an address.
func elsewhere(status int) bool {
	return status/100 == 3 || status == http.StatusNotFound || status == http.StatusMethodNotAllowed || status == http.StatusGone
}

func unreachable(host string, err error) error {
	return &autherr.Error{
		Kind: autherr.Network, Code: autherr.CodeUnreachable, Err: err,
		Message: host + " could not be asked what is left of the plan", Hint: "check the network, and try again",
	}
}

// safe is a provider's id as part of a file's name.
func safe(id string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, id)
}
