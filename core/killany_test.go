//go:build unix

package core

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/keystore"
)

// A process is killed at each step of whatever it does; then any one command
// clears up before it does what it is for.
func TestKill_AnyCommandClearsUp(t *testing.T) {
	change := []string{"before prepare", "after prepare", "before put", "after put", "before delete", "after delete"}
	for what, steps := range map[string][]string{
		"refresh": append([]string{"before request", "after request"}, change...),
		"sign-in": change,
		"new":     append([]string{"before probe", "in probe"}, change[:4]...),
		"remove":  {"before delete", "after delete"},
		"move":    change,
		"import":  append([]string{"before probe", "in probe"}, change[:4]...),
	} {
		for _, step := range steps {
			t.Run(what+" "+step, func(t *testing.T) {
				t.Parallel()
				a := newAgent(newRig(t), 2)
				r := a.rig
				victim, other := r.account("victim"), r.account("other")
				id, verb := victim.ID, what
				switch what {
				case "new":
					id, verb = "", "sign-in"
				case "import":
					id = a.path
				case "move":
					id = ""
				}
				r.core.state.Vault.Keystores = twoFolders{r.core.state.Keystores.(*keystore.Manager)}
				mkdir(t, filepath.Join(r.dir, "state", "ring"))
				r.kill(verb, step, id)

				listed := ids(r.open())
				if gone := what == "remove"; gone == slices.Contains(listed, victim.ID) || !slices.Contains(listed, other.ID) {
					t.Errorf("the list says %v", listed)
				}
				next := r.open() // any one command
				next.state.Vault.Keystores = r.core.state.Vault.Keystores
				before, err := next.Leftovers(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				if _, err := next.Reconcile(t.Context()); err != nil {
					t.Fatal(err)
				}
				after, err := next.Leftovers(t.Context())
				if err != nil || len(after.Rows)+len(after.Accounts)+after.Probes+len(after.Secrets)+len(after.Files)+len(after.Orphans) != 0 {
					t.Errorf("left over: %+v, before %+v, %v", after, before, err)
				}
				r.nothingLeft(next)
			})
		}
	}
}

// nothingLeft looks for itself: every file in the folder is one that belongs
// there, every secret one that a record names, and every row what its record
// says.
func (r *rig) nothingLeft(c *Core) {
	r.Helper()
	named := map[string]bool{}
	all, err := c.state.Folder.IDs()
	if err != nil {
		r.Fatal(err)
	}
	var want []string
	for _, id := range all {
		h, err := c.state.Folder.ReadHead(id)
		if err != nil {
			r.Fatal(err)
		}
		if h.Intent != nil || len(h.Trash) > 0 || h.Gen == 0 && !h.Removed() {
			r.Errorf("%s is not finished: intent %+v, trash %v", id, h.Intent, h.Trash)
		}
		if h.Ref != nil {
			named[h.Ref.Name+".age"] = true
		}
		if h.Status == record.StatusOK || h.Quarantined() {
			want = append(want, id)
		}
	}
	got := ids(c)
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		r.Errorf("the list has %v, the records %v", got, want)
	}
	_ = filepath.WalkDir(r.dir, func(path string, d fs.DirEntry, err error) error {
		name := filepath.Base(path)
		switch {
		case err != nil || d.IsDir():
		case strings.HasSuffix(name, ".tmp") && !strings.Contains(path, "/ring/"), strings.HasPrefix(name, "probe"), strings.HasSuffix(name, ".age") && !named[name] && !strings.Contains(path, "backup"):
			r.Errorf("left over: %s", path)
		}
		return nil
	})
}

// A removal that meets a locked keystore leaves the secret, says so, and counts
// it; the next command deletes it.
func TestRemove_WhatALockedKeystoreKeptIsDeletedLater(t *testing.T) {
	r := newRig(t)
	a, b := r.account("work"), r.account("home")
	locked := r.open()
	locked.state.Vault.Keystores = noKeystore{keystore.Locked}
	if err := locked.Remove(t.Context(), a.ID); err == nil || !strings.Contains(err.Error(), "not deleted yet") {
		t.Fatalf("%v", err)
	}
	if left, err := locked.Leftovers(t.Context()); err != nil || !slices.Equal(left.Accounts, []string{a.ID}) {
		t.Errorf("%+v, %v", left, err)
	}
	if _, err := locked.Reconcile(t.Context()); err == nil {
		t.Error("cleared up although the keystore is locked")
	}
	next := r.open()
	if got := ids(next); !slices.Equal(got, []string{b.ID}) {
		t.Errorf("listed: %v", got)
	}
	if _, err := next.Reconcile(t.Context()); err != nil {
		t.Fatal(err)
	}
	r.onlyCurrent(b.ID)
}

// Another user's folder, and a store of another machine, stay as they are.
func TestReconcile_LeavesAForeignStoreAlone(t *testing.T) {
	r := newRig(t)
	a := r.account("work")
	locked := r.open()
	locked.state.Vault.Keystores = noKeystore{keystore.Locked}
	_ = locked.Remove(t.Context(), a.ID)
	conf := config(r.dir, r.portal.URL(), r.clock)
	conf.Machine = "another"
	if _, err := Open(conf).Reconcile(t.Context()); codeOf(err) != "foreign_store" {
		t.Errorf("%v", err)
	}
	if n := len(r.secrets()); n != 1 {
		t.Errorf("%d secrets", n)
	}
	if _, err := os.Stat(r.core.state.Folder.HeadPath(a.ID)); err != nil {
		t.Error(err)
	}
}
