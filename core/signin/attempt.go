package signin

import (
	"context"
	"errors"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/clock"
	"github.com/hermes-tui/hermes-tui/core/oauth"
	"github.com/hermes-tui/hermes-tui/core/provider"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/keystore"
)

// SignIn signs in by device code and reports each step. The channel is closed
// after the last event, which is a [SignedIn] or a [Failed]. Cancelling
// ctx ends the attempt at once: nothing of it is stored any more. Only an
// attempt that was already storing its tokens still ends with SignedIn.
//
// The receiver takes every event; one that left cancels ctx.
func (in *SignIns) SignIn(ctx context.Context, o Options) <-chan Event {
	a := &attempt{SignIns: in, options: o, authType: record.OAuth, events: make(chan Event, 8)}
	begun := in.state.Go(func() {
		defer close(a.events)
		defer in.state.Caught()
		signedIn, err := a.run(ctx)
		if err != nil {
			a.last(Failed{Err: asAuthError(ctx, err)})
			return
		}
		a.last(signedIn)
	})
	if !begun {
		a.last(Failed{Err: &autherr.Error{Kind: autherr.Failed, Code: autherr.CodeCanceled, Message: "no sign-in begins while the program ends"}})
		close(a.events)
	}
	return a.events
}

// attempt is one sign-in under way.
type attempt struct {
	*SignIns
	options  Options
	events   chan Event
	provider provider.Provider
	target   oauth.Target
	flow     oauth.Flow
	kind     keystore.Kind
	authType string // record.OAuth or record.APIKey
	owner    oauth.Identity
	odd      error // why the expiry of the tokens could not be read
}

// run is the whole sign-in.
func (a *attempt) run(ctx context.Context) (SignedIn, error) {
	if err := a.resolve(); err != nil {
		return SignedIn{}, err
	}
	if err := a.probe(ctx); err != nil {
		return SignedIn{}, err
	}
	release, err := a.claim(ctx)
	if err != nil {
		return SignedIn{}, err
	}
	defer release()
	code, err := a.flow.RequestCode(ctx, a.target)
	if err != nil {
		return SignedIn{}, err
	}
	a.target = code.Target
	a.emit(ctx, CodeIssued{
		UserCode: code.UserCode, VerificationURI: code.VerificationURI, Complete: code.Complete,
		PageTrusted: code.PageTrusted, ExpiresAt: code.ExpiresAt, Interval: code.Interval,
		Note: a.provider.Note,
	})
	tokens, err := a.poll(ctx, code)
	if err != nil {
		return SignedIn{}, err
	}
	if tokens.Identity.Known() {
		a.emit(ctx, Identified{tokens.Identity})
	}
	if err := a.confirmOwner(ctx, tokens.Identity); err != nil {
		return SignedIn{}, err
	}
	a.owner = tokens.Identity
	// A cancelled attempt is dead before it begins to store anything. From
	// here on it can no longer be cut.
	if err := ctx.Err(); err != nil {
		return SignedIn{}, err
	}
	id, err := a.store(context.WithoutCancel(ctx), a.blob(tokens))
	if err != nil {
		return SignedIn{}, err
	}
	account, _ := a.accounts.Snapshot().Find(id)
	return SignedIn{Account: account, Note: tokens.Notification}, nil
}

// resolve finds out where to sign in, and refuses what cannot work before the
// person is asked to do anything.
func (a *attempt) resolve() (err error) {
	o := &a.options
	if o.Account != "" {
		h, err := a.state.Folder.ReadHead(o.Account)
		if err != nil {
			return err
		}
		o.Provider, o.Region = h.Provider, h.Region
		if h.Gen > 0 && h.IsKey() != (a.authType == record.APIKey) {
			return otherKind(h)
		}
	}
	p, r, err := a.state.Provider(o.Provider, o.Region)
	if err != nil {
		return err
	}
	a.provider, a.target = p, provider.Target(p, r)
	o.Provider, o.Region = p.ID, r.ID
	if a.authType == record.OAuth {
		if a.flow, err = p.Flow(a.state.OAuth); err != nil {
			return err
		}
	}
	if o.Account == "" && o.Label != "" {
		return a.accounts.LabelFree(o.Label, o.Provider, o.Region, "")
	}
	return nil
}

// probe proves that the tokens could be kept, so that an approval is never lost
// to a locked keyring.
func (a *attempt) probe(ctx context.Context) error {
	if err := a.state.MayMake(); err != nil {
		return err
	}
	choice, err := a.upkeep.Probe(ctx)
	a.kind = choice.Kind
	if err != nil {
		return err
	}
	if _, err := a.upkeep.Reconcile(ctx); err != nil { // no reason not to sign in
		a.state.Log.Warn("what was left behind could not be cleared up", "error", err)
	}
	return nil
}

// claimer are heads that several hosts share: there one person at a time is asked to
// sign an account in.
type claimer interface {
	ClaimSignIn(ctx context.Context, id string, over bool) (release func(), err error)
}

// claim keeps other hosts from signing the same account in meanwhile.
func (a *attempt) claim(ctx context.Context) (release func(), err error) {
	heads, ok := a.state.Vault.Heads.(claimer)
	if !ok || a.options.Account == "" {
		return func() {}, nil
	}
	return heads.ClaimSignIn(ctx, a.options.Account, a.options.TakeOver)
}

// poll asks until the person approved, somebody refused, or the code ended.
func (a *attempt) poll(ctx context.Context, code *oauth.DeviceCode) (*oauth.Tokens, error) {
	pace := oauth.NewPace(code, a.state.Jitter)
	for {
		answer := a.flow.Poll(ctx, code)
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		switch answer.Outcome {
		case oauth.Granted:
			return answer.Tokens, nil
		case oauth.Terminal:
			return nil, a.ended(answer.Err)
		}
		wait, reason := pace.Next(answer)
		now := a.state.Clock.Now()
		wait = min(wait, code.ExpiresAt.Sub(now))
		if wait <= 0 {
			return nil, a.expired(code)
		}
		a.emit(ctx, PollScheduled{NextAt: now.Add(wait), Reason: reason})
		if err := clock.Sleep(ctx, a.state.Clock, wait); err != nil {
			return nil, err
		}
		if !a.state.Clock.Now().Before(code.ExpiresAt) {
			return nil, a.expired(code)
		}
	}
}

func (a *attempt) expired(code *oauth.DeviceCode) error {
	if code.Approved() {
		return &autherr.Error{
			Kind: autherr.Failed, Provider: a.options.Provider, Code: autherr.CodeTokenExchangeFailed,
			Message: "the sign-in was approved, but brought no token for the API in time",
			Hint:    "nothing was saved; end the sign-in on " + a.provider.Name + "'s account page, and try again",
		}
	}
	return a.ended(&autherr.Error{
		Kind: autherr.Failed, Provider: a.options.Provider, Code: autherr.CodeTimeout,
		Message: "the code expired before it was approved",
		Hint:    "nothing was saved; a new code takes a second",
	})
}

// ended adds what to try at this provider when a code ended unapproved.
func (a *attempt) ended(e *autherr.Error) error {
	if e.Code == autherr.CodeTimeout && a.provider.Late != "" {
		e.Hint = a.provider.Late
	}
	return e
}

// emit sends an event unless the receiver has left.
func (a *attempt) emit(ctx context.Context, e Event) {
	select {
	case a.events <- e:
	case <-ctx.Done():
	}
}

// last sends the final event, which must not be lost to a cancelled context as
// long as there is room for it.
func (a *attempt) last(e Event) {
	for {
		select {
		case a.events <- e:
			return
		default:
		}
		select { // drop an older event that nobody took
		case <-a.events:
		default:
		}
	}
}

// asAuthError gives every failure of a sign-in a code and a sentence.
func asAuthError(ctx context.Context, err error) *autherr.Error {
	var e *autherr.Error
	if errors.As(err, &e) {
		return e
	}
	if ctx.Err() != nil || errors.Is(err, context.Canceled) {
		return &autherr.Error{Kind: autherr.Failed, Code: autherr.CodeCanceled, Message: "the sign-in was cancelled; nothing was saved", Err: err}
	}
	return &autherr.Error{Kind: autherr.Failed, Code: autherr.CodeAuthorizationFailed, Message: err.Error(), Err: err}
}
