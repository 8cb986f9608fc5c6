package refresh

import (
	"context"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/oauth"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/secret"
	"github.com/hermes-tui/hermes-tui/keystore"
)

// Whoever waits for somebody else's refresh stops waiting once there are newer
// tokens that live, and for nothing else that is written meanwhile.
func TestWatch_EndsWithNewerTokensOnly(t *testing.T) {
	for name, tc := range map[string]struct {
		change func(w *world, h *record.Head)
		moved  bool
	}{
		"nothing new":         {func(*world, *record.Head) {}, false},
		"newer, and it lives": {func(_ *world, h *record.Head) { h.Gen++ }, true},
		"newer, and ended":    {func(w *world, h *record.Head) { h.Gen++; h.ExpiresAt = w.clock.Now() }, false},
		"newer, and no tokens": {func(_ *world, h *record.Head) {
			h.Gen, h.Ref = h.Gen+1, nil
		}, false},
		"quarantined": {func(_ *world, h *record.Head) {
			h.Ref, h.Status = nil, record.StatusQuarantined
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			before := w.head()
			after := w.head()
			tc.change(w, after)
			if err := w.folder.WriteHead(after); err != nil {
				t.Fatal(err)
			}
			if got := w.watched(before); got != tc.moved {
				t.Errorf("moved: %t", got)
			}
		})
	}
	w := newWorld(t)
	before := w.head()
	if err := os.Remove(w.folder.HeadPath(w.id)); err != nil {
		t.Fatal(err)
	}
	if w.watched(before) {
		t.Error("a head that is gone counts as newer tokens")
	}
}

// watched reports whether a watch that lasts a while ends by itself.
func (w *world) watched(before *record.Head) (moved bool) {
	synctest.Test(w.T, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 5*watchEvery+time.Millisecond)
		defer cancel()
		w.engine.watch(ctx, w.id, Request{}, before, func(error) { moved = true })
	})
	return moved
}

// A keystore that stays locked is written down once, not at every try.
func TestRefresh_ALockedKeystoreIsNotedOnce(t *testing.T) {
	w := newWorld(t)
	w.expire()
	w.ring.get = keystore.ErrLocked
	var revs []uint64
	for range 3 {
		if _, err := w.refresh(Request{}); autherr.CodeOf(err) != autherr.CodeKeystoreLocked {
			t.Fatalf("%v", err)
		}
		h := w.head()
		if !h.Locked {
			t.Error("the head does not say that the keystore is locked")
		}
		revs = append(revs, uint64(h.Rev))
	}
	if revs[1] != revs[0] || revs[2] != revs[0] {
		t.Errorf("the head was written at each try: revisions %v", revs)
	}
}

// An account whose provider gave no refresh token ends with its token; nobody
// says that an answer was lost.
func TestRefresh_WithoutARefreshTokenNothingWasInterrupted(t *testing.T) {
	w := newWorld(t)
	h := w.head()
	ident, _, err := w.folder.Store.Read()
	if err != nil {
		t.Fatal(err)
	}
	err = w.store(h, &record.Blob{
		StoreID: ident.StoreID, AccountID: w.id, Gen: 2, Why: record.ForLogin, Access: secret.New("access-token-2"),
		Binding: oauth.Binding{Provider: "minimax-oauth"}, ObtainedAt: w.clock.Now(), ExpiresAt: w.clock.Now().Add(life),
	}, "")
	if err != nil {
		t.Fatal(err)
	}
	w.expire()
	if _, err := w.refresh(Request{}); autherr.CodeOf(err) != autherr.CodeNoRefreshToken {
		t.Errorf("%v", err)
	}
	if m := w.head().Marker; m == nil || m.Reason != "runtime_refresh_failure" || strings.Contains(m.Message, "earlier") {
		t.Errorf("%+v", m)
	}
}

// What a keystore made ready for an answer that never came is given back at
// once: the file keystore holds space on the disk for it.
func TestRefresh_AFailureGivesThePlannedNameBack(t *testing.T) {
	for name, answer := range map[string]func(string) oauth.Answer{
		"busy":         failing(oauth.NotSpent, "busy", 0),
		"not included": failing(oauth.NotIncluded, "not_included", 0),
	} {
		w := newWorld(t)
		w.expire()
		kept := &deleting{Store: w.ring}
		w.vault.Keystores = opened{kept}
		w.script.then(answer)
		if _, err := w.refresh(Request{}); err == nil {
			t.Fatal("no error")
		}
		if h := w.head(); len(kept.names) != 1 || kept.names[0] == h.Ref.Name || len(h.Trash) != 0 || h.Intent != nil {
			t.Errorf("%s: deleted %v; trash %v, intent %v", name, kept.names, h.Trash, h.Intent)
		}
		if slices.Contains(kept.names, w.head().Ref.Name) {
			t.Errorf("%s: the tokens are gone", name)
		}
	}
}

// deleting is a keystore that remembers what it was asked to delete.
type deleting struct {
	keystore.Store
	names []string
}

func (d *deleting) Delete(ctx context.Context, name string) error {
	d.names = append(d.names, name)
	return d.Store.Delete(ctx, name)
}

// opened is one keystore for every kind.
type opened struct{ store keystore.Store }

func (o opened) Open(context.Context, keystore.Kind, string) (keystore.Store, error) {
	return o.store, nil
}
