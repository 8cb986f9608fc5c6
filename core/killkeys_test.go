//go:build unix

package core

import (
	"slices"
	"testing"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/clientkey"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/serve"
)

// A process is killed at each step of making or revoking a key: that happened
// whole or not at all, the other keys go on opening, and the next command leaves
// nothing behind.
func TestKill_AtEachStepOfAKey(t *testing.T) {
	for _, what := range []string{"add key", "revoke key", "revoke default"} {
		for _, step := range []string{"before prepare", "after prepare", "before put", "after put", "before delete", "after delete"} {
			if what == "revoke default" && step != "before delete" && step != "after delete" {
				continue // nothing is put
			}
			t.Run(what+" "+step, func(t *testing.T) {
				t.Parallel()
				r := newRig(t)
				r.account("work")
				shared := proxyKey(t, r.core).Reveal()
				stays, goes := r.clientKey(serve.ClientKeyOptions{Name: "stays"}), r.clientKey(serve.ClientKeyOptions{Name: "goes"})
				verb, name := what, "goes"
				if what == "revoke default" {
					verb, name = "revoke key", clientkey.Default
				}
				r.kill(verb, step, name)

				c := r.open()
				if _, err := c.Reconcile(t.Context()); err != nil {
					t.Fatal(err)
				}
				if got := opens(t, c, stays); got != "stays" {
					t.Errorf("the other key: %s", got)
				}
				committed := step == "before delete" || step == "after delete"
				if got := opens(t, c, goes); (got == autherr.CodeKeyUnknown) != (committed && what == "revoke key") {
					t.Errorf("the key: %s", got)
				}
				if got := opens(t, c, shared); (got == autherr.CodeKeyRevoked) != (committed && what == "revoke default") {
					t.Errorf("the default key: %s", got)
				}
				keys, err := c.ClientKeys(t.Context())
				if err != nil || slices.ContainsFunc(keys, func(k serve.ListedClientKey) bool { return k.Name == "next" }) != (committed && what == "add key") {
					t.Errorf("%+v, %v", keys, err)
				}
				if files := len(r.clientFiles()); files != 1 {
					t.Errorf("left behind: %q", r.clientFiles())
				}
				if files := len(r.keyFiles()); (files == 0) != (committed && what == "revoke default") {
					t.Errorf("of the default key: %q", r.keyFiles())
				}
				r.keysDone(c)
			})
		}
	}
}

// keysDone looks whether a record of keys has something to be done.
func (r *rig) keysDone(c *Core) {
	r.Helper()
	if h, err := c.state.Folder.ReadKeyHead(record.ClientKeysID); err != nil || h.Left() {
		r.Errorf("the record of the keys is not finished: %v", err)
	}
	if h, err := c.state.Folder.ReadKeyHead(record.ProxyKeyID); err != nil || h.Left() {
		r.Errorf("the record of the default key is not finished: %v", err)
	}
}
