package vault

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/clock"
	"github.com/hermes-tui/hermes-tui/core/oauth"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/secret"
	"github.com/hermes-tui/hermes-tui/keystore"
	"github.com/hermes-tui/hermes-tui/keystore/keystoretest"
)

var start = time.Date(2026, 5, 20, 10, 0, 0, 0, time.UTC)

// world is a vault with two keystores that fail, hang and lock on demand.
type world struct {
	*testing.T
	vault  *Vault
	folder *record.Folder
	clock  *clock.Fake
	stores map[keystore.Kind]*keystoretest.Store
	ident  record.Store
	onOpen func() // called before a keystore is opened; may be nil
	onWait func() // called when somebody waits for the clock; may be nil
}

func (w *world) Open(_ context.Context, kind keystore.Kind, _ string) (keystore.Store, error) {
	if do := w.onOpen; do != nil {
		w.onOpen = nil // what it does opens keystores, too
		do()
	}
	if store, ok := w.stores[kind]; ok {
		return store, nil
	}
	return nil, &keystore.Error{Condition: keystore.Misused, Op: "open", Message: "no such keystore"}
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{T: t, clock: clock.NewFake(start), stores: map[keystore.Kind]*keystoretest.Store{
		keystore.KindFile:    keystoretest.Wrap(keystore.NewMemory()),
		keystore.KindKeyring: keystoretest.Wrap(keystore.NewMemory()),
	}}
	w.folder = record.Open(record.Options{Dir: filepath.Join(t.TempDir(), "state"), Machine: "machine", Random: rand.Reader})
	w.vault = &Vault{
		Folder: w.folder, Keystores: w, Clock: passing{w}, Log: slog.New(slog.DiscardHandler), PID: 4711, Program: "test",
		Patience: 30 * time.Second,
	}
	var err error
	if w.ident, err = w.folder.Store.Ensure(t.Context(), string(keystore.KindFile)); err != nil {
		t.Fatal(err)
	}
	// What a test let die holds its files, and Windows deletes none that is open.
	t.Cleanup(func() {
		ids, _ := w.folder.ReservedIDs()
		for _, id := range ids {
			w.folder.ReleaseHead(id)
		}
	})
	return w
}

// passing is a fake clock whose waits pass at once, moving it on.
type passing struct{ *world }

func (c passing) Now() time.Time { return c.clock.Now() }

func (c passing) After(d time.Duration) <-chan time.Time {
	if do := c.onWait; do != nil {
		c.onWait = nil
		do()
	}
	c.clock.Advance(d)
	ch := make(chan time.Time, 1)
	ch <- c.Now()
	return ch
}

// account signs in: access-token-1 and refresh-token-1.
func (w *world) account() string {
	w.Helper()
	id, err := w.folder.Reserve(w.Context())
	if err != nil {
		w.Fatal(err)
	}
	h := &record.Head{Public: record.Public{ID: id, Status: record.StatusOK, Provider: "minimax-oauth"}, Label: "work"}
	if err := w.change(h, record.ForLogin); err != nil {
		w.Fatal(err)
	}
	return id
}

// txn is a change of a head without its lock.
func (w *world) txn(h *record.Head) *Txn {
	return &Txn{vault: w.vault, claim: &fileClaim{folder: w.folder, id: h.ID}, Store: w.ident, Head: h}
}

// quarantine quarantines a head, to the end.
func (w *world) quarantine(h *record.Head, hash string) error {
	t := w.txn(h)
	if err := t.Quarantine(w.Context(), marker, hash); err != nil {
		return err
	}
	return t.Finish(w.Context())
}

// change brings the next generation of tokens to an account, from the intent to
// the commit.
func (w *world) change(h *record.Head, why record.Reason) error {
	w.Helper()
	lock, err := w.folder.Lock(w.Context(), h.ID)
	if err != nil {
		w.Fatal(err)
	}
	defer func() { _ = lock.Unlock() }()
	hash := ""
	if why == record.ForRefresh {
		hash = h.Current
	}
	if err := w.txn(h).Begin(w.Context(), why, hash); err != nil {
		return err
	}
	if err := w.txn(h).Commit(w.Context(), w.blob(h, why, hash)); err != nil {
		return err
	}
	_ = w.txn(h).Finish(w.Context())
	return nil
}

func (w *world) blob(h *record.Head, why record.Reason, replaces string) *record.Blob {
	n := h.Gen + 1
	return &record.Blob{
		StoreID: w.ident.StoreID, AccountID: h.ID, Gen: n, Why: why, Replaces: replaces,
		Binding: oauth.Binding{Provider: "minimax-oauth", Region: "global", BaseURL: "https://api.minimax.io/anthropic"},
		Access:  secret.New(fmt.Sprintf("access-token-%d", n)), Refresh: secret.New(fmt.Sprintf("refresh-token-%d", n)),
		TokenType: "Bearer", ObtainedAt: w.clock.Now(), ExpiresAt: w.clock.Now().Add(15 * time.Minute),
	}
}

// copied puts the blob of an account under a name of another one.
func (w *world) copied(from *record.Head, id string) (name string) {
	w.Helper()
	store := w.stores[keystore.Kind(from.Ref.Kind)]
	data, err := store.Get(w.Context(), from.Ref.Name)
	if err != nil {
		w.Fatal(err)
	}
	name = id + ".c0"
	if err := store.Put(w.Context(), name, data); err != nil {
		w.Fatal(err)
	}
	return name
}

func (w *world) head(id string) *record.Head {
	w.Helper()
	h, err := w.folder.ReadHead(id)
	if err != nil {
		w.Fatal(err)
	}
	return h
}

// names are the secrets in one keystore.
func (w *world) names(kind keystore.Kind) []string {
	w.Helper()
	names, err := w.stores[kind].List(w.Context())
	if err != nil {
		w.Fatal(err)
	}
	return names
}
