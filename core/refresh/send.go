package refresh

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/clock"
	"github.com/hermes-tui/hermes-tui/core/expiry"
	"github.com/hermes-tui/hermes-tui/core/oauth"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/vault"
)

// send uses the single-use refresh token.
func (t *turn) send(ctx context.Context) (Result, error) {
	h := t.Head
	if t.hash == "" {
		return t.dead(ctx, &autherr.Error{
			Code: autherr.CodeNoRefreshToken, Message: "there is no refresh token",
		})
	}
	if h.WasRefused(t.hash) {
		return t.dead(ctx, &autherr.Error{
			Code: autherr.CodeRefreshFailed, Message: "its refresh token was refused before and is not sent again",
		})
	}
	if t.Awake != nil {
		defer t.Awake("new tokens are being fetched")() // until they are stored
	}
	if err := t.Begin(ctx, record.ForRefresh, t.hash); err != nil {
		return Result{Current: t.sealed()}, t.noteKeystore(ctx, err)
	}
	answer := t.ask(ctx)
	if answer.ClockSkew != 0 {
		h.ClockSkew = answer.ClockSkew
	}
	switch answer.Outcome {
	case oauth.Granted:
		return t.keep(ctx, answer)
	case oauth.Terminal:
		return t.dead(ctx, answer.Err)
	case oauth.NotIncluded:
		return t.notIncluded(ctx, answer.Err)
	default:
		return t.postpone(ctx, answer)
	}
}

// ask sends the request, and once more after a pause when the answer was lost
// or was 200 without success, and the repeat can do no harm. The second doubtful
// answer in a row is final.
func (t *turn) ask(ctx context.Context) oauth.Answer {
	ctx, cancel := oauth.WithRunningTime(ctx, networkTime)
	defer cancel()
	for try := 1; ; try++ {
		told := t.tell(ctx)
		answer := t.rules.Flow.Refresh(oauth.WithGate(ctx, t.MaySend), t.blob.Binding, t.blob.Refresh, t.blob.Access)
		told()
		switch answer.Outcome {
		case oauth.Doubtful:
			if t.Head.Doubts++; t.Head.Doubts >= 2 {
				answer.Outcome = oauth.Terminal
				return answer
			}
		case oauth.Unknown:
			t.Head.Doubts = 0
			t.Head.Uncertain, t.Head.Unstored = t.hash, false
		default:
			return answer
		}
		if try == 2 || t.harmful(t.Clock.Now()) || clock.Sleep(ctx, t.Clock, max(repeatPause, min(answer.RetryAfter, 5*time.Second))) != nil {
			return answer
		}
	}
}

// keep stores granted tokens before anything of them is used, whatever else is
// wrong with the answer.
func (t *turn) keep(ctx context.Context, answer oauth.Answer) (Result, error) {
	got, old := answer.Tokens, t.blob
	next := &record.Blob{
		StoreID: t.Store.StoreID, AccountID: t.Head.ID, Gen: t.Head.Gen + 1,
		Why: record.ForRefresh, Replaces: t.hash, Binding: old.Binding,
		Access: got.Access, Refresh: got.Refresh, TokenType: got.Type,
		ObtainedAt: got.ObtainedAt, ExpiresAt: got.ExpiresAt,
		GrantExpiresAt: old.GrantExpiresAt, AuthType: old.AuthType, Identity: got.Identity.Or(old.Identity),
	}
	if next.ID = got.ID; next.ID.IsZero() {
		next.ID = old.ID
	}
	if next.Refresh.IsZero() {
		next.Refresh = old.Refresh
	}
	if base, ok := old.Binding.ResourceBase(got.ResourceURL); ok && t.rules.Exchanged {
		next.Binding.BaseURL = base
	}
	if got.ExpiryErr != nil {
		next.ExpiresAt = got.ObtainedAt.Add(expiry.Guess(old.ExpiresAt.Sub(old.ObtainedAt)))
	}
	if t.rules.Skew != nil && !next.ExpiresAt.IsZero() {
		t.Head.Skew = t.rules.Skew(next.ExpiresAt.Sub(next.ObtainedAt))
	}
	if err := t.Commit(ctx, next); err != nil {
		return Result{}, err
	}
	t.blob = next
	if got.Unfit != nil {
		t.hash = record.Hash(t.Store.StoreID, next.Refresh)
		return t.dead(ctx, got.Unfit)
	}
	if got.ExpiryErr != nil {
		t.Head.LastError = OddExpiry(t.Head.Provider, got.ExpiryErr, t.Clock.Now())
		if err := t.Write(ctx); err != nil {
			t.Log.Warn("could not write the odd expiry down", "account", t.Head.ID, "error", err)
		}
	}
	return Result{Current: t.sealed(), Rotated: true}, nil
}

// postpone notes a failure that says nothing about the grant, and backs off.
func (t *turn) postpone(ctx context.Context, answer oauth.Answer) (Result, error) {
	h, now := t.Head, t.Clock.Now()
	h.Failures++
	wait := max(t.backOff(h.Failures), answer.RetryAfter)
	h.NotBefore = now.Add(min(wait, record.LongestWait-time.Second))
	err := answer.Err
	if err == nil {
		err = &autherr.Error{Kind: autherr.Network, Provider: h.Provider, Code: autherr.CodeRefreshFailed, Message: "the refresh failed", Hint: "try again later"}
	}
	err.RetryAfter = h.NotBefore.Sub(now)
	t.note(err.Code, err.Message)
	t.record(answer.Outcome, err)
	// The planned name was never written to, and what is not known about the
	// token is kept in h.Uncertain.
	h.Discard(h.Intent.Blob)
	h.Intent = nil
	if answer.Outcome == oauth.Unknown && !answer.Answered {
		t.FailOpen(ctx)
	} else {
		t.Fail(ctx)
	}
	return Result{Current: t.sealed()}, err
}

// record adds the failure to the account's history. Of many in a row the first,
// second, fourth, eighth and so on are noted, so that a week without a network
// does not push out everything else.
func (t *turn) record(o oauth.Outcome, err *autherr.Error) {
	h := t.Head
	if h.Failures&(h.Failures-1) != 0 {
		return
	}
	e := record.Event{
		Kind: record.EventFailed, Gen: h.Gen, Until: h.NotBefore.UTC(), InARow: h.Failures,
		Code: err.Code, Message: err.Message,
	}
	if o == oauth.Unknown || o == oauth.Doubtful {
		e.Spent = record.Fingerprint(t.hash) // perhaps
	}
	t.Vault.AddEvent(h.ID, e)
}

// notIncluded notes that the plan does not include what the token is for. The
// tokens stay, and nothing is asked again before a person does.
func (t *turn) notIncluded(ctx context.Context, cause *autherr.Error) (Result, error) {
	h := t.Head
	h.NotIncluded, h.Failures, h.NotBefore = true, 0, time.Time{}
	t.note(cause.Code, cause.Message)
	h.Discard(h.Intent.Blob)
	h.Intent = nil
	t.Vault.AddEvent(h.ID, record.Event{Kind: record.EventFailed, Gen: h.Gen, Code: cause.Code, Message: cause.Message})
	t.Fail(ctx)
	return Result{Current: t.sealed()}, LastFailure(h, t.Clock.Now())
}

// backOff doubles from two seconds to five minutes, with a quarter of jitter so
// that accounts that failed together are not asked together again.
func (t *turn) backOff(failures int) time.Duration {
	wait := 5 * time.Minute
	if failures < 9 {
		wait = min(wait, time.Second<<failures)
	}
	return wait + time.Duration(t.Jitter()*float64(wait)/4)
}

// dead quarantines the account and returns the failure as an error that only a
// new sign-in repairs.
func (t *turn) dead(ctx context.Context, cause *autherr.Error) (Result, error) {
	h := t.Head
	marker := record.Note{
		Provider: h.Provider, Code: cause.Code, Message: cause.Message,
		Reason: "runtime_refresh_failure", Relogin: true, At: t.Clock.Now().UTC(),
	}
	if marker.Code == "" {
		marker.Code = autherr.CodeRefreshFailed
	}
	if h.Uncertain != "" && h.Uncertain == t.hash {
		marker.Reason = "refresh_interrupted"
		what := "was interrupted, and its answer was lost"
		if h.Unstored {
			what = "was granted, and its tokens could not be stored here"
		}
		marker.Message += " (an earlier refresh " + what + ")"
	}
	err := &autherr.Error{
		Kind: autherr.SignIn, Provider: h.Provider, Code: marker.Code, Relogin: true,
		Message: marker.Message, Hint: "run `hermes-tui login --account " + h.ID + "`", Err: cause,
	}
	switch failed := t.Quarantine(ctx, marker, t.hash); {
	case errors.Is(failed, vault.ErrMoved):
		return Result{}, failed // there may be tokens of another machine by now
	case failed != nil:
		t.Log.Error("could not write the quarantine down", "account", h.ID, "error", failed)
		return Result{}, errors.Join(err, failed)
	}
	return Result{Current: t.sealed()}, err
}

// OddExpiry is the note of tokens whose expiry could not be read.
func OddExpiry(provider string, err error, now time.Time) *record.Note {
	return &record.Note{
		Provider: provider, Code: cmp.Or(autherr.CodeOf(err), autherr.CodeInvalidExpiry),
		Message: "the new token's expiry could not be read: " + err.Error(),
		Reason:  "runtime_refresh_failure", At: now.UTC(),
	}
}

// note writes the last error into the head, in memory.
func (t *turn) note(code, message string) {
	t.Head.LastError = &record.Note{
		Provider: t.Head.Provider, Code: code, Message: message,
		Reason: "runtime_refresh_failure", At: t.Clock.Now().UTC(),
	}
}
