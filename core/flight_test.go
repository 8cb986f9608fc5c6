package core

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/refresh"
	"github.com/hermes-tui/hermes-tui/core/state"
	"github.com/hermes-tui/hermes-tui/core/vault"
)

func codeOf(err error) string {
	var e *autherr.Error
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

// Some callers can do with the token there is, others cannot, while another
// process holds the lock: nobody gets the others' answer.
func TestToken_WhoWaitsAndWhoDoesNot(t *testing.T) {
	r := newRig(t)
	a := r.account("work")
	r.clock.Advance(14*time.Minute + 20*time.Second)
	lock, err := r.open().state.Folder.Lock(t.Context(), a.ID)
	if err != nil {
		t.Fatal(err)
	}
	var content, waiting sync.WaitGroup
	for range 30 {
		content.Go(func() {
			if got, err := r.token(a.ID); err != nil || got.Gen != 1 || got.Access.IsZero() {
				t.Errorf("a token that is still valid: generation %d, %v", got.Gen, err)
			}
		})
		waiting.Go(func() {
			got, err := r.core.Token(context.Background(), a.ID, TokenOptions{Refused: 1})
			if err != nil || got.Gen != 2 || got.Access.IsZero() {
				t.Errorf("instead of a refused token: generation %d, %v", got.Gen, err)
			}
		})
	}
	content.Wait()
	if err := lock.Unlock(); err != nil {
		t.Fatal(err)
	}
	waiting.Wait()
	if n := r.refreshes(); n != 1 {
		t.Errorf("%d refreshes", n)
	}
}

// detached lets a rig's accounts be refreshed by a process that launch stands
// for, and counts how often one was started.
func (r *rig) detached(launch state.Detached) (c *Core, started *atomic.Int64) {
	started = new(atomic.Int64)
	conf := r.core.state.Config
	conf.Detach = func(ctx context.Context, id string, req refresh.Request) (string, error) {
		started.Add(1)
		return launch(ctx, id, req)
	}
	c = Open(conf)
	r.Cleanup(func() { _ = c.Close(context.Background()) })
	return c, started
}

// child is a detached process that does what it should.
func (r *rig) child(_ context.Context, id string, req refresh.Request) (string, error) {
	return r.open().RefreshDetached(context.Background(), id, req)
}

func TestDetached_BringsNewTokens(t *testing.T) {
	r := newRig(t)
	a := r.account("work")
	c, started := r.detached(r.child)
	r.clock.Advance(time.Hour)
	got, err := c.Token(t.Context(), a.ID, TokenOptions{})
	if err != nil || got.Gen != 2 || !r.portal.IsLive(got.Access.Reveal()) || started.Load() != 1 {
		t.Fatalf("generation %d, %v, %d started", got.Gen, err, started.Load())
	}
	res, err := c.Refresh(t.Context(), a.ID, RefreshOptions{})
	if err != nil || res.Rotated || res.Note == "" {
		t.Errorf("right after: %+v, %v", res, err)
	}
	if res, err = c.Refresh(t.Context(), a.ID, RefreshOptions{Force: true}); err != nil || !res.Rotated || r.refreshes() != 2 {
		t.Errorf("forced: %+v, %v, %d refreshes", res, err, r.refreshes())
	}
}

func TestDetached_FailsAsItsChildDoes(t *testing.T) {
	r := newRig(t)
	a := r.account("work")
	c, _ := r.detached(r.child)
	r.clock.Advance(time.Hour)
	r.fault("503@refresh")
	if _, err := c.Token(t.Context(), a.ID, TokenOptions{}); autherr.KindOf(err) != autherr.Network {
		t.Errorf("%v", err)
	}
	r.portal.SetFaults()
	r.portal.RevokeAll()
	if _, err := c.Refresh(t.Context(), a.ID, RefreshOptions{Force: true}); !errors.Is(err, autherr.NeedsSignIn) {
		t.Errorf("%v", err)
	}
	if _, err := c.Token(t.Context(), "ffffffffff", TokenOptions{}); !errors.Is(err, autherr.NotFound) {
		t.Errorf("%v", err)
	}
	if _, err := c.SendRefresh(t.Context(), "ffffffffff", refresh.Request{}); !errors.Is(err, autherr.NotFound) {
		t.Errorf("%v", err)
	}
}

// While another process is at it, none is started; what comes of it counts.
func TestDetached_WaitsForWhoeverIsAtIt(t *testing.T) {
	for name, tc := range map[string]struct {
		ends func(r *rig, t *vault.Txn) error // what the holder of the lock comes to
		code string
		gen  uint64
	}{
		"it succeeds": {func(r *rig, t *vault.Txn) error { return r.commitIn(t) }, "", 2},
		"it fails": {func(_ *rig, t *vault.Txn) error {
			t.Head.LastError = &record.Note{Code: "unreachable", Message: "no network"}
			t.Fail(context.Background())
			return nil
		}, "unreachable", 0},
		"it is refused": {func(_ *rig, t *vault.Txn) error {
			return t.Quarantine(context.Background(), record.Note{Code: "invalid_grant"}, t.Head.Current)
		}, "invalid_grant", 0},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			a := r.account("work")
			c, started := r.detached(r.child)
			looking := &lookingClock{rushing: r.clock, looked: make(chan struct{}, 1)}
			c.state.Clock = looking
			claim, err := r.core.state.Vault.At(a.ID).Claim(t.Context(), a.ID)
			if err != nil {
				t.Fatal(err)
			}
			type end struct {
				token Token
				err   error
			}
			var e end
			err = r.core.state.Vault.Hold(t.Context(), claim, func(txn *vault.Txn) error {
				if got, err := c.SendRefresh(t.Context(), a.ID, refresh.Request{NoWait: true}); err != nil || !got.Busy {
					t.Errorf("who does not wait: %+v, %v", got, err)
				}
				r.clock.Advance(time.Hour)
				done := make(chan end)
				go func() {
					got, err := c.Token(context.Background(), a.ID, TokenOptions{})
					done <- end{got, err}
				}()
				<-looking.looked
				err := tc.ends(r, txn)
				e = <-done // with the lock still held
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			if codeOf(e.err) != tc.code || e.token.Gen != tc.gen || started.Load() != 0 {
				t.Errorf("generation %d, %v, %d started", e.token.Gen, e.err, started.Load())
			}
		})
	}
}

// lookingClock tells when somebody waits to look again.
type lookingClock struct {
	*rushing
	looked chan struct{}
}

func (c *lookingClock) After(d time.Duration) <-chan time.Time {
	if d == 30*time.Millisecond { // between two looks at a head
		select {
		case c.looked <- struct{}{}:
		default:
		}
	}
	return c.rushing.After(d)
}

// commit brings new tokens to an account, which nobody copies into the pool file.
func (r *rig) commit(id string) error {
	return r.open().state.Vault.Change(context.Background(), id, func(t *vault.Txn) error {
		t.Batch()
		return r.commitIn(t)
	})
}

func (r *rig) commitIn(t *vault.Txn) error {
	ctx := context.Background()
	blob, err := t.Unseal(ctx)
	if err != nil {
		return err
	}
	blob.Gen, blob.Why, blob.Replaces = t.Head.Gen+1, record.ForRefresh, t.Head.Current
	blob.ObtainedAt, blob.ExpiresAt = r.clock.Now(), r.clock.Now().Add(15*time.Minute)
	if err := t.Begin(ctx, record.ForRefresh, t.Head.Current); err != nil {
		return err
	}
	return t.Commit(ctx, blob)
}

// The child may hang, or the tokens may come from somebody else: the head tells.
func TestDetached_LooksAtTheHeadMeanwhile(t *testing.T) {
	r := newRig(t)
	a := r.account("work")
	begun := make(chan struct{})
	c, _ := r.detached(func(ctx context.Context, _ string, _ refresh.Request) (string, error) {
		close(begun)
		<-ctx.Done()
		return "", ctx.Err()
	})
	r.clock.Advance(time.Hour)
	go func() {
		<-begun
		if err := r.commit(a.ID); err != nil {
			t.Error(err)
		}
	}()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	if got, err := c.Token(ctx, a.ID, TokenOptions{}); err != nil || got.Gen != 2 {
		t.Errorf("generation %d, %v", got.Gen, err)
	}
}

// What a person asked for is in the list when they are told so, although whoever
// did it has not come to copying it.
func TestDetached_TheListKnowsWhatWasDone(t *testing.T) {
	r := newRig(t)
	a := r.account("work")
	c, _ := r.detached(func(ctx context.Context, id string, _ refresh.Request) (string, error) {
		if err := r.commit(id); err != nil {
			return "", err
		}
		<-ctx.Done()
		return "", ctx.Err()
	})
	r.clock.Advance(time.Hour)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	res, err := c.Refresh(ctx, a.ID, RefreshOptions{Force: true})
	listed, _ := r.open().Snapshot().Find(a.ID)
	if err != nil || !res.Rotated || res.Account.Gen != 2 || listed.Gen != 2 {
		t.Errorf("%+v, %v, listed %+v", res, err, listed)
	}
}

func TestDetached_CallerStopsWaiting(t *testing.T) {
	hang := func(ctx context.Context, _ string, _ refresh.Request) (string, error) {
		<-ctx.Done()
		return "", ctx.Err()
	}
	for name, tc := range map[string]struct {
		busy bool
		end  func(context.Context) (context.Context, context.CancelFunc)
		code string
		kind autherr.Kind
	}{
		"too late": {false, func(c context.Context) (context.Context, context.CancelFunc) {
			return context.WithTimeout(c, 50*time.Millisecond)
		}, autherr.CodeTimeout, autherr.Network},
		"too late, another at it": {true, func(c context.Context) (context.Context, context.CancelFunc) {
			return context.WithTimeout(c, 50*time.Millisecond)
		}, autherr.CodeTimeout, autherr.Network},
		"cancelled":                {false, canceled, autherr.CodeCanceled, autherr.Failed},
		"cancelled, another at it": {true, canceled, autherr.CodeCanceled, autherr.Failed},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			a := r.account("work")
			c, _ := r.detached(hang)
			if tc.busy {
				claim, err := r.core.state.Vault.At(a.ID).Claim(t.Context(), a.ID)
				if err != nil {
					t.Fatal(err)
				}
				defer claim.Release()
			}
			ctx, stop := tc.end(t.Context())
			defer stop()
			if _, err := c.SendRefresh(ctx, a.ID, refresh.Request{Gen: 1}); codeOf(err) != tc.code || autherr.KindOf(err) != tc.kind {
				t.Errorf("%v", err)
			}
		})
	}
}

// Who stops waiting for a refresh that waits for another host of the fleet is told so,
// and not that the provider does not answer.
func TestDetached_WaitsForAnotherHost(t *testing.T) {
	r := newRig(t)
	a := r.account("work")
	c, _ := r.detached(func(ctx context.Context, _ string, _ refresh.Request) (string, error) {
		<-ctx.Done()
		return "", ctx.Err()
	})
	err := r.core.state.Vault.Change(t.Context(), a.ID, func(x *vault.Txn) error {
		if err := x.Begin(t.Context(), record.ForRefresh, ""); err != nil {
			return err
		}
		x.Head.Intent.PID, x.Head.Intent.At = 0, r.clock.Now().Add(-time.Second) // as of what a fleet's store shows
		return x.Write(t.Context())
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer stop()
	if _, err := c.SendRefresh(ctx, a.ID, refresh.Request{Gen: 1}); codeOf(err) != autherr.CodeTimeout || !strings.Contains(err.Error(), "a host of the fleet began a refresh before this one") {
		t.Errorf("%v", err)
	}
}

func canceled(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	cancel()
	return ctx, cancel
}

// A caller that leaves does not cut the refresh: the token is there when it asks
// again, and Close waits for it.
func TestToken_CallerLeavesAndTheRefreshGoesOn(t *testing.T) {
	r := newRig(t)
	a := r.account("work")
	r.clock.Advance(time.Hour)
	lock, err := r.open().state.Folder.Lock(t.Context(), a.ID)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	watch := r.core.Watch(t.Context())
	left := make(chan error)
	go func() {
		_, err := r.core.Token(ctx, a.ID, TokenOptions{})
		left <- err
	}()
	for s := range watch { // until its refresh is under way
		if one, _ := s.Find(a.ID); one.State(r.clock.Now()) == Refreshing {
			break
		}
	}
	cancel()
	if err := <-left; !errors.Is(err, autherr.Canceled) {
		t.Errorf("%v", err)
	}
	late, stop := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer stop()
	if err := r.core.Close(late); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("closed while a refresh is under way: %v", err)
	}
	if err := lock.Unlock(); err != nil {
		t.Fatal(err)
	}
	if err := r.core.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got, err := r.open().Token(t.Context(), a.ID, TokenOptions{}); err != nil || got.Gen != 2 || r.refreshes() != 1 {
		t.Errorf("generation %d, %v, %d refreshes", got.Gen, err, r.refreshes())
	}
}

// None begins for a caller that has left, nor once the program has waited for the
// last: it would be cut in the middle.
func TestToken_NoRefreshBeginsAtTheEnd(t *testing.T) {
	r := newRig(t)
	a := r.account("work")
	r.clock.Advance(time.Hour)
	r.core = r.open() // one that has not just signed in: that ends a moment after it is told
	gone, cancel := canceled(t.Context())
	defer cancel()
	late, stop := context.WithDeadline(t.Context(), time.Unix(0, 0))
	defer stop()
	for what, ctx := range map[string]context.Context{"canceled": gone, "out of time": late} {
		if _, err := r.core.SendRefresh(ctx, a.ID, refresh.Request{Gen: a.Gen}); err == nil || r.core.state.Busy() {
			t.Errorf("%s: %v, under way: %t", what, err, r.core.state.Busy())
		}
	}
	if err := r.core.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := r.core.SendRefresh(t.Context(), a.ID, refresh.Request{Gen: a.Gen}); !errors.Is(err, autherr.Canceled) {
		t.Errorf("closed: %v", err)
	}
	if _, err := r.core.RefreshDetached(t.Context(), a.ID, refresh.Request{Gen: a.Gen}); !errors.Is(err, autherr.Canceled) {
		t.Errorf("closed, detached: %v", err)
	}
	if failed, ok := r.signIn(SignInOptions{Label: "new"}).(SignInFailed); !ok || !errors.Is(failed.Err, autherr.Canceled) {
		t.Errorf("closed, a sign-in: %+v", failed)
	}
	if n := r.refreshes(); n != 0 {
		t.Errorf("%d refreshes", n)
	}
}
