package core

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/state"
)

// An account that could not be written into the other program's file is ours
// again, and is refreshed here.
func TestExport_TakesBackWhatCouldNotBeWritten(t *testing.T) {
	a := newAgent(newRig(t), 1)
	account := a.account("work")
	if err := os.Mkdir(a.sources()[0].LockPath(), 0o700); err != nil { // what cannot be locked
		t.Fatal(err)
	}
	before := a.file()
	if _, err := a.core.Export(t.Context(), a.path, []string{account.ID}); codeOf(err) != autherr.CodeForeignLock {
		t.Fatalf("%v", err)
	}
	if a.file() != before {
		t.Error("the file was written without its lock")
	}
	now, _ := a.core.Snapshot().Find(account.ID)
	if now.Shared() || now.HandedOver {
		t.Errorf("it is still another program's: %+v", now)
	}
	if res, err := a.core.Refresh(t.Context(), account.ID, RefreshOptions{Force: true}); err != nil || !res.Rotated {
		t.Errorf("it is not refreshed here: %v", err)
	}
}

type noBackup struct{ state.Keystores }

func (noBackup) Backup(context.Context, string, []byte) error { return context.DeadlineExceeded }

func TestExport_WithoutABackupNothingIsReplaced(t *testing.T) {
	a := newAgent(newRig(t), 1)
	account := a.account("work")
	before := a.file()
	a.core.state.Keystores = noBackup{a.core.state.Keystores}
	if _, err := a.core.Export(t.Context(), a.path, []string{account.ID}); err == nil {
		t.Fatal("exported without a backup")
	}
	if now, _ := a.core.Snapshot().Find(account.ID); a.file() != before || now.Shared() {
		t.Errorf("%+v", now)
	}
}

func TestExport_LeavesAlone(t *testing.T) {
	a := newAgent(newRig(t), 1)
	shared := a.imports(ImportOptions{}).Imported[0]
	dead := a.account("dead")
	if err := a.core.state.Vault.Quarantine(t.Context(), dead.ID, 0, record.Note{Code: "invalid_grant"}); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "auth.json")
	res, err := a.core.Export(t.Context(), path, []string{shared.ID, dead.ID, "ffffffffff"})
	if err != nil || len(res.HandedOver) != 0 || len(res.Skipped) != 2 {
		t.Fatalf("%+v, %v", res, err)
	}
	for i, words := range []string{"has it already", "needs signing in"} {
		if !strings.Contains(res.Skipped[i].Why, words) {
			t.Errorf("%q", res.Skipped[i].Why)
		}
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("a file without accounts was written")
	}
}

// What an import that was killed had stored comes to light with the next one.
func TestImport_GoesOnAfterAKill(t *testing.T) {
	for name, stored := range map[string]bool{"stored": true, "not stored": false} {
		t.Run(name, func(t *testing.T) {
			a := newAgent(newRig(t), 1)
			id := a.imports(ImportOptions{}).Imported[0].ID
			c := a.core
			h, err := c.state.Folder.ReadHead(id)
			if err != nil {
				t.Fatal(err)
			}
			// As it was before the head moved: planned, and put or not.
			h.Intent = &record.Intent{Why: record.ForImport, Blob: h.Ref.Item}
			if !stored {
				h.Intent.Blob.Name += "0"
			}
			h.Ref, h.Gen, h.Current = nil, 0, ""
			if err := c.state.Folder.WriteHead(h); err != nil {
				t.Fatal(err)
			}
			if err := os.Remove(a.state("pool.json")); err != nil {
				t.Fatal(err)
			}
			if n := len(a.open().Snapshot().Accounts); n != 0 {
				t.Fatalf("%d accounts before it goes on", n)
			}
			var seen [][2]int
			res := a.imports(ImportOptions{Progress: func(done, total int) { seen = append(seen, [2]int{done, total}) }})
			all := a.core.Snapshot().Accounts
			if len(all) != 1 || (all[0].ID == id) != stored || (len(res.Imported) == 0) != stored || (len(seen) == 0) != stored {
				t.Errorf("imported %+v, there are %+v, progress %v", res.Imported, all, seen)
			}
			if got, err := a.token(all[0].ID); err != nil || got.Access.IsZero() {
				t.Errorf("%v", err)
			}
		})
	}
}

// A shared account whose owner has nothing newer says so, and where it looked.
func TestToken_TheOwnerHasNothingNewer(t *testing.T) {
	for name, tc := range map[string]struct {
		spoil func(a *agent)
		words string
	}{
		"the file is gone": {func(a *agent) { _ = os.Remove(a.path) }, ""},
		"the row is gone":  {func(a *agent) { _ = os.WriteFile(a.path, []byte(`{"version":1}`), 0o600) }, "no longer there"},
	} {
		a := newAgent(newRig(t), 1)
		id := a.imports(ImportOptions{}).Imported[0].ID
		a.clock.Advance(time.Hour)
		tc.spoil(a)
		_, err := a.token(id)
		if codeOf(err) != autherr.CodeShared || autherr.KindOf(err) != autherr.SignIn || !strings.Contains(err.Error(), a.path) || !strings.Contains(err.Error(), tc.words) {
			t.Errorf("%s: %v", name, err)
		}
		if a.refreshes() != 0 {
			t.Errorf("%s: it was refreshed here", name)
		}
	}
}
