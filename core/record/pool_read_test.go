package record

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/pool"
)

// account writes a head and its row.
func (f *Folder) account(t testing.TB, id, label string) *Head {
	t.Helper()
	h := &Head{Public: Public{ID: id, Status: StatusOK, Gen: 1, Provider: "minimax-oauth", Region: "global", SignedInAt: noon}, Label: label}
	if err := f.WriteHead(h); err != nil {
		t.Fatal(err)
	}
	if err := f.Publish(t.Context(), h); err != nil {
		t.Fatal(err)
	}
	return h
}

func TestReadPool_IsMendedFromWhatThereIs(t *testing.T) {
	const a, b = "aaaaaaaaaa", "bbbbbbbbbb"
	for name, tc := range map[string]struct {
		damage func(f *Folder) error
		found  Condition
		order  []string // ids
		label  string   // of b
	}{
		"whole":       {func(*Folder) error { return nil }, Whole, []string{b, a}, "renamed"},
		"cut":         {func(f *Folder) error { return os.Truncate(f.path("pool.json"), 10) }, Restored, []string{b, a}, "label"},
		"empty":       {func(f *Folder) error { return os.Truncate(f.path("pool.json"), 0) }, Restored, []string{b, a}, "label"},
		"without end": {func(f *Folder) error { return os.Truncate(f.path("pool.json"), 1<<40) }, Restored, []string{b, a}, "label"},
		"lost":        {func(f *Folder) error { return os.Remove(f.path("pool.json")) }, Restored, []string{b, a}, "label"},
		"lost, with its copy": {func(f *Folder) error {
			_ = os.Remove(f.path("pool.json.bak"))
			return os.Remove(f.path("pool.json"))
		}, Rebuilt, []string{a, b}, "label"},
		"no rows": {func(f *Folder) error {
			_ = os.Remove(f.path("pool.json"))
			f.put(t, f.path("pool.json"), `{"version":1,"rows":[]}`)
			return nil
		}, Whole, []string{a, b}, "label"},
		"one row missing": {func(f *Folder) error {
			return f.rewrite(func(p *PoolFile) { p.Rows = p.Rows[1:] })
		}, Whole, []string{a, b}, "label"},
		"a row twice": {func(f *Folder) error {
			return f.rewrite(func(p *PoolFile) { p.Rows = append(p.Rows, p.Rows[0], p.Rows[1]) })
		}, Whole, []string{b, a}, "renamed"},
		"a row of nobody's": {func(f *Folder) error {
			return f.rewrite(func(p *PoolFile) {
				p.Rows = append(p.Rows, Row{Public: Public{ID: "cccccccccc"}}, Row{Public: Public{ID: "../x"}})
			})
		}, Whole, []string{b, a}, "renamed"},
		"cut, no copy of it": {func(f *Folder) error {
			_ = os.Remove(f.path("pool.json.bak"))
			return os.Truncate(f.path("pool.json"), 10)
		}, Rebuilt, []string{a, b}, "label"},
		"cut, a newer copy": {func(f *Folder) error {
			f.put(t, f.path("pool.json.bak"), `{"version":9,"rows":[]}`)
			return os.Truncate(f.path("pool.json"), 10)
		}, Rebuilt, []string{a, b}, "label"},
		"newer": {func(f *Folder) error {
			_ = os.Remove(f.path("pool.json"))
			f.put(t, f.path("pool.json"), `{"version":9,"rows":[{"id":"`+b+`","label":"from the future","more":true}]}`)
			return nil
		}, Future, []string{b}, "from the future"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFolder(t)
			f.account(t, a, "label")
			f.account(t, b, "label")
			for _, change := range []func(*PoolFile) bool{
				func(p *PoolFile) bool { p.Rows[0], p.Rows[1] = p.Rows[1], p.Rows[0]; return true },
				func(p *PoolFile) bool { p.Find(b).Label = "renamed"; return true },
			} {
				if err := f.UpdatePool(t.Context(), change); err != nil {
					t.Fatal(err)
				}
			}
			if err := tc.damage(f); err != nil {
				t.Fatal(err)
			}
			f.looksLike(t, tc.found, tc.order, b, tc.label)
			if _, _, err := f.Reconcile(t.Context()); err != nil {
				t.Fatal(err)
			}
			if tc.found != Future {
				f.looksLike(t, Whole, tc.order, b, tc.label) // and it is written down
				return
			}
			f.looksLike(t, Future, tc.order, b, tc.label)
			if err := f.UpdatePool(t.Context(), func(*PoolFile) bool { return true }); codeOf(err) != autherr.CodeNewerStore {
				t.Errorf("a newer file was written: %v", err)
			}
		})
	}
}

// rewrite changes the pool file as somebody would who knows nothing of heads.
func (f *Folder) rewrite(change func(*PoolFile)) error {
	p, err := readPool(f.path("pool.json"))
	if err != nil {
		return err
	}
	change(p)
	data, err := json.Marshal(p)
	if err != nil {
		return err
	}
	_ = os.Remove(f.path("pool.json"))
	return os.WriteFile(f.path("pool.json"), data, 0o600)
}

func (f *Folder) looksLike(t *testing.T, found Condition, order []string, id, label string) {
	t.Helper()
	p, got, err := f.ReadPool()
	if err != nil || got != found || len(p.Rows) != len(order) {
		t.Fatalf("condition %d, want %d; %+v, %v", got, found, p, err)
	}
	for i, want := range order {
		if p.Rows[i].ID != want {
			t.Errorf("row %d is %s, want %s", i, p.Rows[i].ID, want)
		}
	}
	if row := p.Find(id); row == nil || row.Label != label {
		t.Errorf("the row of %s is %+v, want the label %q", id, row, label)
	}
}

func TestReadPool_NothingThereIsAnEmptyOne(t *testing.T) {
	f := Open(Options{Dir: t.TempDir() + "/none"})
	if p, found, err := f.ReadPool(); err != nil || found != Whole || len(p.Rows) != 0 {
		t.Errorf("%+v, %d, %v", p, found, err)
	}
	if found, _, err := f.Reconcile(t.Context()); err != nil || found != Whole {
		t.Errorf("%d, %v", found, err)
	}
	if _, err := os.Stat(f.Dir()); err == nil {
		t.Error("looking made the folder")
	}
}

// A folder in the place of the pool file is no pool file: it is set aside with
// what is in it, and the accounts are those of the heads.
func TestReadPool_AFolderInItsPlaceIsSetAside(t *testing.T) {
	for name, full := range map[string]bool{"empty": false, "with something in it": true} {
		t.Run(name, func(t *testing.T) {
			f := newFolder(t)
			f.account(t, someID, "work")
			for _, name := range []string{"pool.json", "pool.json.bak"} {
				_ = os.Remove(f.path(name))
			}
			if err := os.Mkdir(f.path("pool.json"), 0o700); err != nil {
				t.Fatal(err)
			}
			if full {
				f.put(t, f.path("pool.json/mine"), "precious")
			}
			f.looksLike(t, Rebuilt, []string{someID}, someID, "work")
			if _, _, err := f.Reconcile(t.Context()); err != nil {
				t.Fatal(err)
			}
			f.looksLike(t, Whole, []string{someID}, someID, "work")
			kept, _ := filepath.Glob(f.path("pool.json.set-aside-*/mine"))
			if full != (len(kept) == 1) {
				t.Errorf("set aside: %v", kept)
			}
		})
	}
}

// Another user's file is no reason to write a new one over it.
func TestReadPool_ThatCannotBeReadIsNotTakenForAnEmptyOne(t *testing.T) {
	if os.Geteuid() == 0 || runtime.GOOS == "windows" {
		t.Skip("no mode keeps root, or anybody on Windows, from reading a file")
	}
	f := newFolder(t)
	f.account(t, someID, "work")
	if err := os.Chmod(f.path("pool.json"), 0); err != nil {
		t.Fatal(err)
	}
	if _, _, err := f.ReadPool(); codeOf(err) != autherr.CodeKeystoreUnavailable {
		t.Errorf("%v", err)
	}
	if _, _, err := f.Reconcile(t.Context()); codeOf(err) != autherr.CodeKeystoreUnavailable {
		t.Errorf("%v", err)
	}
	if err := f.UpdatePool(t.Context(), func(*PoolFile) bool { return true }); codeOf(err) != autherr.CodeKeystoreUnavailable {
		t.Errorf("%v", err)
	}
}

func TestUpdatePool_WithoutAChangeWritesNothing(t *testing.T) {
	f := newFolder(t)
	f.account(t, someID, "work")
	before, err := os.Stat(f.path("pool.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := f.UpdatePool(t.Context(), func(*PoolFile) bool { return false }); err != nil {
		t.Fatal(err)
	}
	after, err := os.Stat(f.path("pool.json"))
	if err != nil || !os.SameFile(before, after) {
		t.Errorf("the file was written anew, %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	lock, err := f.locks.acquire(ctx, f.path("pool.lock"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = lock.Unlock() }()
	cancel()
	if err := f.UpdatePool(ctx, func(*PoolFile) bool { t.Error("changed without the lock"); return true }); err == nil {
		t.Error("changed without the lock")
	}
}

func TestTake_NewerHeadsOnly(t *testing.T) {
	var p PoolFile
	h := &Head{Public: Public{ID: someID, Rev: 5, Status: StatusOK, Gen: 1, SignedInAt: noon}, Label: "work", Current: "one", Ref: &Ref{Item: Item{Kind: "file", Name: "x"}}}
	if !p.Take(h) || p.Take(h) {
		t.Fatalf("%+v", p)
	}
	p.Rows[0].Label = "renamed"
	p.Rows[0].Limits = pool.Limits{Cooldown: pool.Cooldown{At: noon, Until: noon.Add(time.Hour)}}
	next := *h
	next.Rev, next.Gen, next.Current, next.Ref, next.Label = 6, 2, "two", nil, "old"
	if !p.Take(&next) || p.Take(h) {
		t.Fatal("a newer head was not taken, or an older one was")
	}
	if row := p.Find(someID); row.Gen != 2 || row.Secret != "two" || row.Label != "renamed" || row.Keystore != "file" || row.SignInGen != 1 || row.Limits.IsZero() {
		t.Errorf("%+v", row)
	}
	next.Rev, next.Gen, next.SignedInAt = 7, 3, noon.Add(time.Minute) // a new sign-in
	if !p.Take(&next) {
		t.Fatal("not taken")
	}
	if row := p.Find(someID); row.SignInGen != 3 || !row.Limits.IsZero() {
		t.Errorf("after a sign-in %+v", row)
	}
	next.Rev, next.Status = 8, StatusRemoved
	if !p.Take(&next) || p.Find(someID) != nil || p.Take(&next) {
		t.Errorf("after the removal %+v", p)
	}
	if p.Take(&Head{Public: Public{ID: someID, Rev: 9, Status: StatusOK}}) {
		t.Error("an account that never was signed in got a row")
	}
}

func TestPool_Sole(t *testing.T) {
	row := func(id, region string, change func(*Row)) Row {
		r := Row{Public: Public{ID: id, Provider: "minimax-oauth", Region: region, Status: StatusOK}}
		change(&r)
		return r
	}
	nothing := func(*Row) {}
	for name, tc := range map[string]struct {
		others []Row
		want   bool
	}{
		"alone":                {nil, true},
		"beside another":       {[]Row{row("b", "global", nothing)}, false},
		"of another region":    {[]Row{row("b", "cn", nothing)}, true},
		"the other is dead":    {[]Row{row("b", "global", func(r *Row) { r.Status = StatusQuarantined })}, true},
		"… has no tokens":      {[]Row{row("b", "global", func(r *Row) { r.SignedOut = true })}, true},
		"… may not":            {[]Row{row("b", "global", func(r *Row) { r.NotIncluded = true })}, true},
		"… is paused":          {[]Row{row("b", "global", func(r *Row) { r.Paused = pool.Pause{At: noon} })}, true},
		"one of two can serve": {[]Row{row("b", "global", func(r *Row) { r.SignedOut = true }), row("c", "global", nothing)}, false},
	} {
		p := PoolFile{Rows: append([]Row{row("a", "global", nothing)}, tc.others...)}
		if got := p.Sole("a", noon); got != tc.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}

func TestPool_SetStrategy(t *testing.T) {
	id := pool.ID{Provider: "minimax-oauth", Region: "global"}
	var p PoolFile
	for _, tc := range []struct {
		set     pool.Strategy
		changed bool
		left    int
	}{{pool.FillFirst, false, 0}, {pool.RoundRobin, true, 1}, {pool.RoundRobin, false, 1}, {pool.Random, true, 1}, {pool.FillFirst, true, 0}} {
		if got := p.SetStrategy(id, tc.set); got != tc.changed || len(p.Strategies) != tc.left {
			t.Errorf("%s: %t, %v", tc.set, got, p.Strategies)
		}
	}
}

func TestRow_SameSecret(t *testing.T) {
	a, b, none := &Row{Secret: "x"}, &Row{Secret: "x"}, &Row{}
	if !a.SameSecret(b) || a.SameSecret(none) || none.SameSecret(&Row{}) {
		t.Error("rows share their fate without a secret, or do not with one")
	}
}

// FuzzDecodePool: bytes of pool.json. What is accepted can be listed and changed,
// and is accepted again.
func FuzzDecodePool(f *testing.F) {
	f.Add([]byte(`{"version":1,"rows":[{"id":"a1b2c3d4e5","rev":3,"gen":1,"status":"ok","label":"work","cooldown":{"at":"2026-05-20T12:00:00Z","until":"2026-05-20T13:00:00Z"},"model_cooldowns":{"big":{"until":"2026-05-20T13:00:00Z"}}}],"strategies":{"minimax-oauth/global":"round_robin"}}`))
	f.Add([]byte(`{"version":1,"rows":[{"id":"a1b2c3d4e5"},{"id":"a1b2c3d4e5"}]}`))
	f.Add([]byte(`{"version":9}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := decodePool(data)
		if err != nil {
			return
		}
		if p.Version < 1 {
			t.Fatalf("%q was accepted", data)
		}
		again, err := json.Marshal(p)
		if err != nil {
			t.Skip("a year that JSON cannot write")
		}
		if got, err := decodePool(again); err != nil || len(got.Rows) != len(p.Rows) || len(got.Strategies) != len(p.Strategies) {
			t.Fatalf("%s: %v", again, err)
		}
		for i := range p.Rows {
			row := &p.Rows[i]
			_, _, _ = row.Resting(noon), row.Limits.Until("big", noon), p.Sole(row.ID, noon)
		}
		n := len(p.Rows)
		p.SetStrategy(pool.ID{Provider: "p", Region: "r"}, pool.RoundRobin)
		h := &Head{Public: Public{ID: "0123456789", Rev: 1 << 63, Gen: 1, Status: StatusOK}}
		if p.Find(h.ID) == nil && (!p.Take(h) || len(p.Rows) != n+1) {
			t.Fatalf("no row for a new account among %d", n)
		}
	})
}
