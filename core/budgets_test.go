package core

import (
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/budget"
	"github.com/hermes-tui/hermes-tui/core/clientkey"
	"github.com/hermes-tui/hermes-tui/core/serve"
)

// However a key is revoked, what it has used is forgotten with it, and what others
// have used is not.
func TestRevoke_ForgetsWhatTheKeyHasUsed(t *testing.T) {
	limits := []budget.Limit{{Of: budget.Requests, Most: 9, In: 24 * time.Hour}}
	for name, tc := range map[string]struct {
		revoke func(*rig) error
		left   int
	}{
		"one":       {func(r *rig) error { return r.core.RevokeClientKey(t.Context(), "A", false) }, 2},
		"a file's":  {func(r *rig) error { _, err := r.core.RevokeClientKeysOf(t.Context(), "/a"); return err }, 2},
		"all":       {func(r *rig) error { return r.core.RevokeClientKeys(t.Context(), false) }, 0},
		"no file's": {func(r *rig) error { _, err := r.core.RevokeClientKeysOf(t.Context(), "/c"); return err }, 3},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			for _, key := range []string{"a", "b", "d"} {
				made, err := r.core.AddClientKey(t.Context(), serve.ClientKeyOptions{Name: key, File: "/" + key, Limits: limits, Allow: []clientkey.Right{clientkey.Proxy}})
				if err != nil {
					t.Fatal(err)
				}
				held, err := r.core.Reserve(t.Context(), made.Key, 1)
				if err != nil {
					t.Fatal(err)
				}
				if err := held.Charge(1, 1); err != nil {
					t.Fatal(err)
				}
			}
			if err := tc.revoke(r); err != nil {
				t.Fatal(err)
			}
			if got := r.core.books.Keys(); len(got) != tc.left {
				t.Errorf("books of %q, want %d", got, tc.left)
			}
		})
	}
}
