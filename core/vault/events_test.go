package vault

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/keystore"
	"github.com/hermes-tui/hermes-tui/keystore/keystoretest"
)

// rows are what stands in the pool file, whatever the heads say.
func (w *world) rows() []record.Row {
	w.Helper()
	var pool record.PoolFile
	data, err := os.ReadFile(filepath.Join(w.folder.Dir(), "pool.json"))
	if err == nil {
		err = json.Unmarshal(data, &pool)
	}
	if err != nil {
		w.Fatal(err)
	}
	return pool.Rows
}

// history is what happened to the account, one word each.
func (w *world) history(id string) (kinds []record.EventKind, last record.Event) {
	w.Helper()
	events, err := w.folder.History.Events(id)
	if err != nil || len(events) == 0 {
		w.Fatalf("%v, %v", events, err)
	}
	for _, e := range events {
		kinds = append(kinds, e.Kind)
		if e.PID != 4711 || e.Program != "test" || e.At.IsZero() {
			w.Errorf("nobody can tell who did it: %+v", e)
		}
	}
	return kinds, events[len(events)-1]
}

// Whatever happens to an account stands in its history, under the name that `log`
// has for it.
func TestHistory_TellsWhatHappened(t *testing.T) {
	for name, tc := range map[string]struct {
		do   func(w *world, id string)
		want []record.EventKind
		says string
	}{
		"refresh": {func(w *world, id string) { w.rotate(id) }, []record.EventKind{record.EventRefreshed}, ""},
		"import": {func(w *world, id string) {
			if err := w.change(w.head(id), record.ForImport); err != nil {
				w.Fatal(err)
			}
		}, []record.EventKind{record.EventImported}, ""},
		"move": {func(w *world, _ string) {
			if err := w.vault.Move(w.Context(), keystore.KindKeyring, nil); err != nil {
				w.Fatal(err)
			}
		}, []record.EventKind{record.EventMoved}, "keyring"},
		"quarantine": {func(w *world, id string) {
			if err := w.vault.Quarantine(w.Context(), id, 0, marker); err != nil {
				w.Fatal(err)
			}
		}, []record.EventKind{record.EventQuarantined}, "invalid_grant"},
		"removal": {func(w *world, id string) {
			if err := w.vault.Remove(w.Context(), id); err != nil {
				w.Fatal(err)
			}
		}, []record.EventKind{record.EventRemoved}, ""},
		"a refresh that was killed": {func(w *world, id string) {
			w.killed(w.head(id), record.ForRefresh, "")
			w.repair(id)
		}, []record.EventKind{record.EventInterrupted}, "the token may be spent"},
		"a refresh that was killed after its tokens were stored": {func(w *world, id string) {
			h := w.head(id)
			data, err := w.blob(h, record.ForRefresh, h.Current).Seal()
			if err != nil {
				w.Fatal(err)
			}
			w.killed(h, record.ForRefresh, string(data))
			w.repair(id)
		}, []record.EventKind{record.EventRecovered}, "interrupted after its tokens were stored"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			id := w.account()
			tc.do(w, id)
			kinds, last := w.history(id)
			if want := append([]record.EventKind{record.EventSignedIn}, tc.want...); !slices.Equal(kinds, want) {
				t.Errorf("%v, want %v", kinds, want)
			}
			if !strings.Contains(last.Detail(), tc.says) {
				t.Errorf("it says %q", last.Detail())
			}
		})
	}
}

// Every change stands in the pool file itself once it is over, so that programs
// which read nothing else see it.
func TestFinish_WritesThePoolFile(t *testing.T) {
	w := newWorld(t)
	id := w.account()
	w.rotate(id)
	if row := w.listed(id); row == nil || row.Gen != 2 || row.Rev != w.head(id).Rev {
		t.Errorf("%+v", row)
	}
	if err := w.vault.Quarantine(t.Context(), id, 0, marker); err != nil {
		t.Fatal(err)
	}
	if row := w.listed(id); row == nil || !row.Quarantined() {
		t.Errorf("%+v", row)
	}
	w.makeKey(false)
	if rows := w.rows(); len(rows) != 1 {
		t.Errorf("the proxy's key is listed: %+v", rows)
	}
	if h, err := w.folder.ReadKeyHead(record.ProxyKeyID); err != nil || !h.ObtainedAt.Equal(w.clock.Now()) {
		t.Errorf("nobody can tell when the key was made: %+v, %v", h, err)
	}
}

// The space for the head that a refresh ends with is taken before the token is
// sent, and given back when nothing came of it.
func TestBegin_TakesTheSpaceForTheHead(t *testing.T) {
	w := newWorld(t)
	h := w.head(w.account())
	reserved := func() int {
		found, _ := filepath.Glob(filepath.Join(w.folder.BlobDir(), "."+h.ID+".head.*.tmp"))
		return len(found)
	}
	if err := w.txn(h).Begin(t.Context(), record.ForRefresh, h.Current); err != nil || reserved() != 1 {
		t.Errorf("%v, %d", err, reserved())
	}
	if w.txn(h).Abandon(t.Context()); reserved() != 0 {
		t.Errorf("%d", reserved())
	}
}

// A clock that is set back while the keystore fails does not make a command wait
// for as long as it was set back.
func TestCommit_GivesUpWhenTheClockIsSetBack(t *testing.T) {
	w := newWorld(t)
	h := w.head(w.account())
	if err := w.txn(h).Begin(t.Context(), record.ForRefresh, h.Current); err != nil {
		t.Fatal(err)
	}
	store := w.stores[keystore.KindFile]
	store.FailNext(keystoretest.Put, 100, keystore.ErrUnavailable)
	before := store.Calls(keystoretest.Put)
	w.onWait = func() { w.clock.Set(start.Add(-time.Hour)) }
	if err := w.txn(h).Commit(t.Context(), w.blob(h, record.ForRefresh, h.Current)); autherr.CodeOf(err) != autherr.CodeCredentialPersistFailed {
		t.Errorf("%v", err)
	}
	if tries := store.Calls(keystoretest.Put) - before; tries > 3 {
		t.Errorf("it tried %d times", tries)
	}
}

// A failure deletes what was planned for an answer that never came.
func TestFail_DeletesWhatWasPlanned(t *testing.T) {
	w := keyring(t)
	h := w.head(w.account())
	planned := w.killed(h, record.ForRefresh, "made ready")
	h.Discard(planned)
	h.Intent = nil
	w.txn(h).Fail(t.Context())
	if got := w.names(keystore.KindKeyring); !slices.Equal(got, []string{h.Ref.Name}) {
		t.Errorf("the keyring holds %v", got)
	}
	if disk := w.head(h.ID); len(disk.Trash) != 0 || disk.Attempts != h.Attempts {
		t.Errorf("%+v", disk)
	}
}
