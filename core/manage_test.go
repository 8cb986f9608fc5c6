package core

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/internal/atomicfile"
	"github.com/hermes-tui/hermes-tui/keystore"
)

func (r *rig) state(name string) string { return filepath.Join(r.dir, "state", name) }

func (r *rig) truncate(name string) {
	r.Helper()
	if err := os.Truncate(r.state(name), 3); err != nil {
		r.Fatal(err)
	}
}

func TestReconcile_MendsAndSaysSo(t *testing.T) {
	for name, tc := range map[string]struct {
		damage func(r *rig)
		words  string // of the notice
		label  string
	}{
		"whole":   {func(*rig) {}, "", "work"},
		"damaged": {func(r *rig) { r.truncate("pool.json") }, "restored from its previous version", "other"},
		"lost": {func(r *rig) {
			r.truncate("pool.json")
			r.truncate("pool.json.bak")
		}, "has been rebuilt", "work"},
	} {
		r := newRig(t)
		a := r.account("work")
		if err := r.core.Rename(t.Context(), a.ID, "other"); err != nil {
			t.Fatal(err)
		}
		if err := r.core.Rename(t.Context(), a.ID, "work"); err != nil {
			t.Fatal(err)
		}
		tc.damage(r)
		old := r.state(".pool.json.0123456789abcdef.tmp")
		if err := os.WriteFile(old, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		fresh, err := atomicfile.Stage(r.state("acct/x.head"), 0o600)
		if err != nil {
			t.Fatal(err)
		}
		long := r.clock.Now().Add(-2 * time.Hour)
		if err := os.Chtimes(old, long, long); err != nil {
			t.Fatal(err)
		}
		notice, err := r.core.Reconcile(t.Context())
		if err != nil || (tc.words == "") != (notice == "") || !strings.Contains(notice, tc.words) {
			t.Errorf("%s: %q, %v", name, notice, err)
		}
		if s := r.core.Snapshot(); len(s.Accounts) != 1 || s.Accounts[0].Label != tc.label || s.Notice != "" {
			t.Errorf("%s: %+v", name, s)
		}
		if _, err := os.Stat(old); err == nil {
			t.Errorf("%s: a killed writer's file is left", name)
		}
		if err := fresh.Commit(nil); err != nil {
			t.Errorf("%s: a file that somebody is writing is gone: %v", name, err)
		}
	}
}

func TestReconcile_ForgetsAccountsThatWereRemovedLongAgo(t *testing.T) {
	r := newRig(t)
	a := r.account("work")
	if err := r.core.Remove(t.Context(), a.ID); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		wait time.Duration
		left bool
	}{{0, true}, {31 * 24 * time.Hour, false}} {
		r.clock.Advance(tc.wait)
		if _, err := r.core.Reconcile(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := r.core.state.Folder.ReadHead(a.ID); (err == nil) != tc.left {
			t.Errorf("after %s: %v", tc.wait, err)
		}
	}
}

func TestSnapshot_SaysWhatIsWrongWithThePoolFile(t *testing.T) {
	for name, tc := range map[string]struct {
		damage func(r *rig)
		words  string
		n      int
		err    bool
	}{
		"damaged": {func(r *rig) { r.truncate("pool.json"); _ = os.Remove(r.state("pool.json.bak")) }, "rebuilt", 1, false},
		"newer": {func(r *rig) {
			_ = os.Remove(r.state("pool.json"))
			_ = os.WriteFile(r.state("pool.json"), []byte(`{"version":7,"rows":[]}`), 0o600)
		}, "newer", 0, false},
		"a folder": {func(r *rig) {
			_ = os.Remove(r.state("pool.json"))
			_ = os.Mkdir(r.state("pool.json"), 0o700)
		}, "lost or damaged", 1, false},
		"no rows": {func(r *rig) {
			_ = os.Remove(r.state("pool.json"))
			_ = os.WriteFile(r.state("pool.json"), []byte(`{"version":1,"rows":[]}`), 0o600)
		}, "", 1, false},
		"lost": {func(r *rig) { _ = os.Remove(r.state("pool.json")) }, "", 1, false},
		"a damaged record": {func(r *rig) {
			_ = os.WriteFile(r.state("acct/bbbbbbbbbb.head"), []byte(`{"version":1,"id":"bbbbbbbbbb","status":"ok","ref":{"name":"../x","sha256":"00"}}`), 0o600)
		}, "bbbbbbbbbb.head", 1, false},
		"nothing can be read": {func(r *rig) {
			_ = os.Remove(r.state("pool.json"))
			_ = os.RemoveAll(r.state("acct"))
			_ = os.WriteFile(r.state("acct"), nil, 0o600)
		}, "could not read", 0, true},
	} {
		r := newRig(t)
		r.account("work")
		tc.damage(r)
		r.core = r.open()
		s := r.core.Snapshot()
		if !strings.Contains(s.Notice, tc.words) || len(s.Accounts) != tc.n || (s.Err != nil) != tc.err {
			t.Errorf("%s: %+v", name, s)
		}
		if _, err := r.core.Select(""); tc.err && autherr.KindOf(err) != autherr.Keystore {
			t.Errorf("%s: selecting: %v", name, err)
		}
	}
}

// A killed process could not copy its head into the pool file any more: a window
// that watches does it.
func TestWatch_BringsThePoolFileUpToTheHeads(t *testing.T) {
	r := newRig(t)
	a := r.account("work")
	h, err := r.core.state.Folder.ReadHead(a.ID)
	if err != nil {
		t.Fatal(err)
	}
	h.Gen = 9
	if err := r.core.state.Folder.WriteHead(h); err != nil {
		t.Fatal(err)
	}
	later := time.Now().Add(time.Hour) // file systems whose times are coarse
	if err := os.Chtimes(r.state("acct"), later, later); err != nil {
		t.Fatal(err)
	}
	r.clock.Advance(2 * time.Hour)
	for s := range r.core.Watch(t.Context()) {
		if one, _ := s.Find(a.ID); one.Gen == 9 {
			return
		}
	}
}

func TestPurge(t *testing.T) {
	for name, keep := range map[string]bool{"keeping what cannot be deleted": true, "all of it": false} {
		r := newRig(t)
		a := r.account("work")
		if _, err := r.core.RotateProxyKey(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := r.token(a.ID); err != nil {
			t.Fatal(err)
		}
		foreign := r.state("notes.txt")
		if err := os.WriteFile(foreign, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		stores := r.core.state.Vault.Keystores
		r.core.state.Vault.Keystores = noKeystore{}
		err := r.core.Purge(t.Context(), keep)
		if (err != nil) != keep {
			t.Fatalf("%s: %v", name, err)
		}
		if r.core.state.Vault.Keystores = stores; keep {
			if err := r.core.Purge(t.Context(), keep); err != nil {
				t.Fatal(err)
			}
		}
		left, err := os.ReadDir(r.state(""))
		if err != nil || len(left) != 1 || left[0].Name() != "notes.txt" {
			t.Errorf("%s: left are %v, %v", name, left, err)
		}
		if n := len(r.core.Snapshot().Accounts); n != 0 {
			t.Errorf("%s: %d accounts", name, n)
		}
	}
}

func TestVerify_LooksWithoutRefreshing(t *testing.T) {
	for name, tc := range map[string]struct {
		spoil func(r *rig, h *record.Head)
		code  string
	}{
		"whole":     {func(*rig, *record.Head) {}, ""},
		"ended":     {func(r *rig, _ *record.Head) { r.clock.Advance(time.Hour) }, ""},
		"dead":      {func(_ *rig, h *record.Head) { h.Status, h.Ref = record.StatusQuarantined, nil }, ""},
		"blob gone": {func(_ *rig, h *record.Head) { h.Ref.Name = h.ID + ".0e" }, autherr.CodeRecordDamaged},
		"unfinished": {func(_ *rig, h *record.Head) {
			h.Intent = &record.Intent{Why: record.ForLogin, Blob: record.Item{Kind: "file", Name: h.ID + ".0e"}}
			h.Ref = nil
		}, ""},
	} {
		r := newRig(t)
		a := r.account("work")
		h, err := r.core.state.Folder.ReadHead(a.ID)
		if err != nil {
			t.Fatal(err)
		}
		tc.spoil(r, h)
		if err := r.core.state.Folder.WriteHead(h); err != nil {
			t.Fatal(err)
		}
		if err := r.core.Verify(t.Context(), a.ID); codeOf(err) != tc.code || r.refreshes() != 0 {
			t.Errorf("%s: %v, %d refreshes", name, err, r.refreshes())
		}
	}
	r := newRig(t)
	a := r.account("work")
	r.core.state.Providers = config(r.dir, "http://127.0.0.1:1", r.clock).Providers // its hosts are others by now
	if err := r.core.Verify(t.Context(), a.ID); codeOf(err) != autherr.CodeHostNotAllowed {
		t.Errorf("hosts that are not configured: %v", err)
	}
}

func TestServers(t *testing.T) {
	r := newRig(t)
	first := r.core.Servers()
	if len(first) != 2 || first[0].Name != "MiniMax" || !strings.HasPrefix(first[0].URL, r.portal.URL()) || first[1].URL != r.portal.URL()+"/anthropic" {
		t.Errorf("before the first account: %+v", first)
	}
	r.account("work")
	if got := r.core.Servers(); len(got) != 2 || got[0] != first[0] {
		t.Errorf("with an account: %+v", got)
	}
}

func TestProbe_SaysWhyNothingCouldBeKept(t *testing.T) {
	r := newRig(t)
	r.account("work")
	if choice, err := r.core.Probe(t.Context()); err != nil || choice.Kind != keystore.KindFile {
		t.Errorf("%+v, %v", choice, err)
	}
	c := r.open()
	c.state.Keystores = noKeystore{}
	choice, err := c.Probe(t.Context())
	if autherr.KindOf(err) != autherr.Keystore || choice.Kind != keystore.KindFile {
		t.Errorf("no keystore: %+v, %v", choice, err)
	}
	conf := r.core.state.Config
	conf.Machine = "another"
	if _, err := Open(conf).Probe(t.Context()); codeOf(err) != autherr.CodeForeignStore {
		t.Errorf("on another machine: %v", err)
	}
	r.truncate("store.json")
	if _, err := r.core.Probe(t.Context()); codeOf(err) != autherr.CodeRecordDamaged {
		t.Errorf("without an identity: %v", err)
	}
}

func TestDetectStore(t *testing.T) {
	r := newRig(t)
	if s := r.core.Snapshot().Store; s.Kind != "" {
		t.Errorf("a keystore is named before it was looked for: %+v", s)
	}
	info, err := r.core.DetectStore(t.Context())
	if err != nil || info.Kind != "file" || !info.Available || info.ChosenBy != "flag" {
		t.Errorf("%+v, %v", info, err)
	}
	if s := r.core.Snapshot().Store; s != info {
		t.Errorf("shown is %+v", s)
	}
	r.account("work")
	if info, err := r.core.DetectStore(t.Context()); err != nil || info.Kind != "file" {
		t.Errorf("%+v, %v", info, err)
	}
	c := r.open()
	c.state.Keystores = noKeystore{}
	if info, err := c.DetectStore(t.Context()); autherr.KindOf(err) != autherr.Keystore || info.Kind != "file" || info.Available {
		t.Errorf("without it: %+v, %v", info, err)
	}
	r.truncate("store.json")
	if _, err := r.core.DetectStore(t.Context()); codeOf(err) != autherr.CodeRecordDamaged {
		t.Errorf("%v", err)
	}
	if s := r.core.Snapshot().Store; s.Name != "unknown" || s.Reason == "" {
		t.Errorf("%+v", s)
	}
}

// A locked keystore is marked until it answers again.
func TestToken_LockedIsShownUntilItAnswers(t *testing.T) {
	r := newRig(t)
	a := r.account("work")
	stores := r.core.state.Vault.Keystores
	r.core.state.Vault.Keystores = noKeystore{keystore.Locked}
	r.clock.Advance(time.Hour)
	if _, err := r.token(a.ID); codeOf(err) != autherr.CodeKeystoreLocked {
		t.Fatalf("%v", err)
	}
	if _, err := r.core.Refresh(t.Context(), a.ID, RefreshOptions{Force: true}); codeOf(err) != autherr.CodeKeystoreLocked {
		t.Fatalf("%v", err)
	}
	s := r.core.Snapshot()
	if one, _ := s.Find(a.ID); one.State(r.clock.Now()) != Locked || !s.Store.Locked || s.Store.Available {
		t.Errorf("%+v, %+v", one, s.Store)
	}
	if lease, err := r.core.Pick(t.Context(), "", PickOptions{}); err != nil || lease.Account.ID != a.ID {
		t.Errorf("only asking again tells: %v", err)
	}
	if _, err := r.core.Pick(t.Context(), "", PickOptions{Not: []string{a.ID}}); codeOf(err) != autherr.CodeKeystoreLocked {
		t.Errorf("%v", err)
	}
	r.core.state.Vault.Keystores = stores
	if _, err := r.token(a.ID); err != nil {
		t.Fatal(err)
	}
	if one, _ := r.core.Snapshot().Find(a.ID); one.Locked {
		t.Error("still locked")
	}
	h, err := r.core.state.Folder.ReadHead(a.ID)
	if err != nil {
		t.Fatal(err)
	}
	h.Locked = true // by another process, which met it later
	if err := r.core.state.Folder.WriteHead(h); err != nil {
		t.Fatal(err)
	}
	if got, err := r.token(a.ID); err != nil || got.Gen != 2 {
		t.Fatalf("%v", err)
	}
	if h, err = r.core.state.Folder.ReadHead(a.ID); err != nil || h.Locked {
		t.Errorf("still locked: %v", err)
	}
}

func TestRemove_Unknown(t *testing.T) {
	r := newRig(t)
	if err := r.core.Remove(t.Context(), "ffffffffff"); !errors.Is(err, autherr.NotFound) {
		t.Error(err)
	}
}
