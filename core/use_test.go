package core

import (
	"errors"
	"testing"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/oauth"
	"github.com/hermes-tui/hermes-tui/core/pool"
)

// The default serves who names nobody, in every process, as long as it is there and
// speaks what is asked; whoever is named goes before it.
func TestUse(t *testing.T) {
	r := newRig(t)
	one, two := r.account("one"), r.account("two")
	other := r.open()
	picks := func(name string, apis []string, want string) {
		t.Helper()
		lease, err := other.Pick(t.Context(), name, PickOptions{APIs: apis})
		got := ""
		if err == nil {
			got = lease.Account.Label
			lease.Done()
		}
		if got != want {
			t.Errorf("%q in %v: %q, %v; want %q", name, apis, got, err, want)
		}
	}
	use := func(name, want string) {
		t.Helper()
		if got, err := r.core.Use(t.Context(), name); got != want || err != nil {
			t.Errorf("use %q: %q, %v; want %q", name, got, err, want)
		}
	}
	picks("", nil, "one")
	use("two", two.ID)
	picks("", nil, "two")
	picks("", []string{oauth.AnthropicMessages}, "two")
	picks("one", nil, "one")
	picks("minimax", nil, "one")
	use("minimax/two", two.ID)
	use("minimax", (pool.ID{Provider: "minimax-oauth", Region: "global"}).String())
	picks("", nil, "one")
	if s := other.Snapshot(); !s.IsDefault(s.Accounts[0]) || !s.IsDefault(s.Accounts[1]) {
		t.Error("the pool's accounts are not the default")
	}
	if _, err := r.core.Use(t.Context(), "nobody"); !errors.Is(err, &autherr.Error{Code: autherr.CodeNoSuchAccount}) {
		t.Errorf("nobody: %v", err)
	}
	use(two.ID, two.ID)
	if err := r.core.Remove(t.Context(), two.ID); err != nil {
		t.Fatal(err)
	}
	picks("", nil, "one")
	use(one.ID, one.ID)
	use("", "")
	picks("", nil, "one")
}
