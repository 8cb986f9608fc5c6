package refresh

import (
	"context"
	"crypto/rand"
	"errors"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/secret"
	"github.com/hermes-tui/hermes-tui/core/vault"
	"github.com/hermes-tui/hermes-tui/keystore"
)

// other is another process that has the account's lock.
type other struct {
	*world
	vault  *vault.Vault
	claim  vault.Claim
	done   chan struct{} // closed when it is to end
	ending chan error
}

func (w *world) other() *other {
	w.Helper()
	o := &other{world: w, vault: &vault.Vault{}, done: make(chan struct{}), ending: make(chan error)}
	*o.vault = *w.vault
	o.vault.Folder = record.Open(record.Options{Dir: w.folder.Dir(), Machine: "machine", Random: rand.Reader})
	var err error
	if o.claim, err = o.vault.At(w.id).Claim(w.Context(), w.id); err != nil {
		w.Fatal(err)
	}
	return o
}

// commit brings generation 2, which lives for d, and keeps the lock.
func (o *other) commit(d time.Duration) {
	o.Helper()
	committed := make(chan error)
	go func() {
		o.ending <- o.vault.Hold(o.Context(), o.claim, func(t *vault.Txn) error {
			err := t.Begin(o.Context(), record.ForRefresh, t.Head.Current)
			if err == nil {
				err = t.Commit(o.Context(), &record.Blob{
					StoreID: t.Store.StoreID, AccountID: o.id, Gen: 2, Why: record.ForRefresh, Replaces: t.Head.Current,
					Access: secret.New("access-token-2"), Refresh: secret.New("refresh-token-2"), TokenType: "Bearer",
					ObtainedAt: o.clock.Now(), ExpiresAt: o.clock.Now().Add(d),
				})
			}
			committed <- err
			<-o.done
			return nil
		})
	}()
	if err := <-committed; err != nil {
		o.Fatal(err)
	}
}

// unlock ends the change.
func (o *other) unlock() {
	o.Helper()
	close(o.done)
	if err := <-o.ending; err != nil {
		o.Fatal(err)
	}
}

// Whoever waits takes the tokens that are committed, although the lock is still
// held: deleting the old ones may take a keyring a while.
func TestRefresh_WhoWaitsSeesTheCommit(t *testing.T) {
	w := newWorld(t)
	w.expire()
	o := w.other()
	defer o.unlock()
	type end struct {
		Result
		error
	}
	done := make(chan end)
	go func() {
		got, err := w.engine.Refresh(context.Background(), w.id, Request{Gen: 1})
		done <- end{got, err}
	}()
	o.commit(life)
	e := <-done
	if e.error != nil || !e.Adopted || e.Rotated || e.Current.Blob == nil || e.Current.Blob.Gen != 2 || w.script.requests() != 0 {
		t.Fatalf("%+v, %v", e.Result, e.error)
	}
}

// Tokens that have ended already, or cannot be read, are no reason to stop
// waiting for the lock.
func TestRefresh_WhoWaitsTakesNothingThatIsNotGood(t *testing.T) {
	for name, tc := range map[string]struct {
		life time.Duration
		get  error
		want error
	}{
		"ended":      {0, nil, nil},
		"unreadable": {life, keystore.ErrLocked, &autherr.Error{Code: autherr.CodeKeystoreLocked}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.expire()
			o := w.other()
			done := make(chan error)
			w.script.then(w.granted(3))
			go func() {
				_, err := w.engine.Refresh(context.Background(), w.id, Request{Gen: 1})
				done <- err
			}()
			o.commit(tc.life)
			w.ring.mu.Lock()
			w.ring.get = tc.get
			w.ring.mu.Unlock()
			select {
			case err := <-done:
				t.Fatalf("it did not wait: %v", err)
			case <-time.After(3 * watchEvery):
			}
			o.unlock()
			if err := <-done; !errors.Is(err, tc.want) {
				t.Fatalf("%v", err)
			}
		})
	}
}
