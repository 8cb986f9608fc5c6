package refresh

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/vault"
)

// turn is one holder's turn at an account: everything read under its lock.
type turn struct {
	*Engine
	*vault.Txn
	req   Request
	blob  *record.Blob
	rules Rules
	hash  string // of the current refresh token
}

// ours returns an error when the folder is another user's or of another machine.
func (e *Engine) ours() error {
	folder := e.Vault.Folder
	if err := folder.CheckOwner(); err != nil {
		return err
	}
	ident, _, err := folder.Store.Read()
	if err != nil {
		return err
	}
	return folder.Store.CheckMachine(ident)
}

// load settles what was left over and opens the tokens.
func (t *turn) load(ctx context.Context) (err error) {
	left := t.Head.Intent != nil
	switch err := t.Settle(ctx); {
	case errors.Is(err, vault.ErrAging):
		t.blob, _ = t.Unseal(ctx)
		return err
	case err != nil:
		return t.noteKeystore(ctx, err)
	}
	if left && t.Head.Ref == nil && !t.Head.Removed() {
		// There is nothing to refresh, so that nobody else would write that the
		// intent has come to its end; and readers go on taking the lock for it.
		if err := t.Write(ctx); err != nil {
			t.Log.Warn("could not write that a change was settled", "account", t.Head.ID, "error", err)
		}
	}
	if t.blob, err = t.Unseal(ctx); err != nil {
		return t.noteKeystore(ctx, err)
	}
	if t.Head.IsKey() {
		return nil // nothing is ever sent for it, whoever its provider is
	}
	t.hash = record.Hash(t.Store.StoreID, t.blob.Refresh)
	if t.rules, err = t.Rules(t.Head.Provider, t.Head.Region); t.rules.Exchanged {
		t.Head.Uncertain, t.Head.Unstored = "", false
	}
	return err
}

// sealed is the account as it is now.
func (t *turn) sealed() vault.Sealed { return vault.Sealed{Head: t.Head, Blob: t.blob} }

// adopt reports whether the tokens there are serve the request, or whether
// somebody else's failure is the answer to it.
func (t *turn) adopt(before *record.Head) (done bool, res Result, err error) {
	now, h := t.Clock.Now(), t.Head
	res = Result{Current: t.sealed()}
	waited := h.Attempts != before.Attempts || t.Recovered
	newer := newer(h, t.req, before)
	due := t.due(now)
	switch {
	case h.IsKey():
		res.Note = "nothing to do: an API key does not expire"
		return true, res, t.keyRefused()
	case newer && h.Live(now) && (!due || waited):
		res.Adopted = true
		t.adopted(h)
		return true, res, nil
	case waited && h.LastError != nil && !newer, h.NotIncluded && !t.req.Asked:
		return true, res, t.again()
	case t.req.Force:
		return false, res, nil
	case h.RetryIn(now) > 0:
		return true, res, t.again()
	case t.req.Refused && t.req.Gen == h.Gen:
		return false, res, nil
	case t.harmful(now):
		res.Note = "nothing done: the answer of the last refresh was lost, and to ask again before the token ends could end the sign-in"
		return true, res, nil
	case !due && t.req.Asked && !t.recent(now):
		return false, res, nil
	case !due:
		res.Note = "nothing to do: the token is current"
		if t.req.Asked {
			ago := int(now.Sub(h.LastRefreshAt).Seconds())
			res.Note = fmt.Sprintf("nothing done: refreshed %d s ago", ago)
		}
		return true, res, nil
	}
	return false, res, nil
}

// newer reports whether the head has newer tokens than whoever asks had seen.
func newer(h *record.Head, req Request, before *record.Head) bool {
	return h.Gen > before.Gen || req.Gen != 0 && h.Gen > req.Gen
}

// adopted notes that tokens were taken over which somebody else has fetched.
func (e *Engine) adopted(h *record.Head) {
	e.Vault.AddEvent(h.ID, record.Event{Kind: record.EventAdopted, Gen: h.Gen, Got: record.Fingerprint(h.Current)})
}

// due reports whether the token is inside its skew, or lives shorter than the
// request wants and was not just refreshed.
func (t *turn) due(now time.Time) bool {
	if t.Head.Due(now) {
		return true
	}
	if t.req.MinLife <= 0 || t.Head.Endless() || t.recent(now) {
		return false
	}
	life := t.Head.ExpiresAt.Sub(t.Head.ObtainedAt)
	return t.req.MinLife < life && t.Head.ExpiresAt.Sub(now) < t.req.MinLife
}

// harmful reports whether sending the refresh token could cost more than it can
// bring: its last answer was lost, so that it may be spent. A provider that sees
// one twice may end the grant and with it the access token, which is good as yet.
func (t *turn) harmful(now time.Time) bool {
	spent := t.hash != "" && t.Head.Uncertain == t.hash || t.Head.Doubts > 0
	needed := t.Head.Due(now) || t.req.Refused && t.req.Gen == t.Head.Gen
	return spent && !needed && t.rules.Grace < 2*repeatPause
}

// recent reports whether the token was rotated within the last minute, by a
// clock that was not set back since. A sign-in is no rotation.
func (t *turn) recent(now time.Time) bool {
	ago := now.Sub(t.Head.LastRefreshAt)
	return ago >= 0 && ago < record.RotationPause
}

// again repeats the last failure without a request.
func (t *turn) again() error { return LastFailure(t.Head, t.Clock.Now()) }

// LastFailure is the error that an account's last attempt ended with, as its
// head tells it: for those who waited for an attempt of somebody else.
func LastFailure(h *record.Head, now time.Time) error {
	last := h.LastError
	if last == nil {
		last = &record.Note{Provider: h.Provider, Code: autherr.CodeRefreshFailed, Message: "the last refresh failed"}
	}
	err := &autherr.Error{
		Kind: autherr.Network, Provider: last.Provider, Code: last.Code, Message: last.Message,
		Hint: "it is tried again by itself; `hermes-tui refresh --force` tries now",
	}
	if h.NotIncluded {
		err.Kind, err.Hint = autherr.Failed, h.NoAPI("").Hint
	}
	err.RetryAfter = h.RetryIn(now)
	return err
}

// keyRefused is the answer to an API's 401 for a key: no request can help.
func (t *turn) keyRefused() error {
	if !t.req.Refused || t.req.Gen < t.Head.Gen {
		return nil
	}
	return &autherr.Error{
		Kind: autherr.SignIn, Provider: t.Head.Provider, Code: autherr.CodeKeyRefused, Relogin: true,
		Message: "the API refused the key",
		Hint:    "give a new one with `hermes-tui login --account " + t.Head.ID + " --api-key`",
	}
}

// permitted returns why no request may be sent for this account, if so.
func (t *turn) permitted() error {
	h := t.Head
	if h.Shared() {
		return h.Foreign("this account")
	}
	return t.rules.Check(t.blob.Binding)
}

// noteKeystore writes down that the keystore was locked, so that every window
// shows it, and returns the error.
func (t *turn) noteKeystore(ctx context.Context, err error) error {
	if !t.Head.Locked && autherr.CodeOf(err) == autherr.CodeKeystoreLocked {
		t.Head.Locked = true
		t.Fail(ctx)
	}
	return err
}

// waiting explains why the lock was not to be had: in time, or, on a folder that
// cannot be written or locked, at all.
func (e *Engine) waiting(id string, cause error) error {
	if !errors.Is(cause, context.DeadlineExceeded) && !errors.Is(cause, context.Canceled) {
		return cause
	}
	h, err := e.Vault.Folder.ReadHead(id)
	if err != nil || h.Intent == nil {
		return timedOut("another process is busy with this account", cause)
	}
	if h.Intent.Storing {
		return &autherr.Error{
			Kind: autherr.Keystore, Provider: h.Provider, Code: autherr.CodeKeystoreLocked,
			Message: fmt.Sprintf("waiting for the keyring (pid %d): new tokens are granted but cannot be stored yet", h.Intent.PID),
			Hint:    "unlock the keyring", Err: cause,
		}
	}
	return timedOut(fmt.Sprintf("the refresh by pid %d has not ended yet", h.Intent.PID), cause)
}

func timedOut(message string, cause error) error {
	return &autherr.Error{
		Kind: autherr.Network, Code: autherr.CodeTimeout, Message: message,
		Hint: "try again in a moment; nothing was lost", Err: cause,
	}
}
