package accounts

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hermes-tui/hermes-tui/core/provider"
	"github.com/hermes-tui/hermes-tui/core/record"
)

func TestCandidates_NamesAFew(t *testing.T) {
	var many []Account
	for i := range 20 {
		many = append(many, Account{Public: record.Public{ID: fmt.Sprint("id", i)}, Label: "x"})
	}
	if got := candidates(many); !strings.HasSuffix(got, "id7 (x), and 12 more") {
		t.Error(got)
	}
}

// A label that is one account's alone is enough.
func TestCandidates_ByLabel(t *testing.T) {
	all := []Account{
		{Public: record.Public{ID: "a1"}, Label: "work"}, {Public: record.Public{ID: "b2"}, Label: "spare"}, {Public: record.Public{ID: "c3"}, Label: "Spare"},
	}
	if got, want := candidates(all), "work, b2 (spare), c3 (Spare)"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestCandidates_OneLabelInTwoPools(t *testing.T) {
	here := Account{Public: record.Public{ID: "a1b2c3d4e5", Provider: "minimax-oauth", Region: "global"}, Label: "third", ProviderName: "MiniMax"}
	there := here
	there.ID, there.Region, there.ProviderName = "abcdef0123", "cn", "MiniMax China"
	if got, want := candidates([]Account{here, there}), "a1b2c3d4e5 (third, MiniMax), abcdef0123 (third, MiniMax China)"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// The first account of a provider is called like the provider. Where a pool is asked
// for, the pool is meant.
func TestSnapshot_PoolCalled(t *testing.T) {
	var s Snapshot
	for i, one := range []struct{ provider, region, label string }{
		{"minimax-oauth", "global", "minimax"}, {"minimax-oauth", "global", "minimax-2"}, {"nous", "global", "xai"},
		{"xai-oauth", "global", "grok"}, {"qwen-oauth", "global", "work"},
	} {
		s.Accounts = append(s.Accounts, Account{Public: record.Public{ID: fmt.Sprintf("aaaaa%d", i), Provider: one.provider, Region: one.region}, Label: one.label})
	}
	table := provider.Default()
	for name, want := range map[string]string{
		"minimax": "minimax-oauth/global", "MiniMax/global": "minimax-oauth/global", "xai": "xai-oauth/global", "nous": "nous/global",
		"minimax-2": "minimax-2", "minimax/minimax": "minimax/minimax", "minimax/cn": "minimax/cn", "codex": "codex", "nobody": "nobody", "": "",
	} {
		if got := s.PoolCalled(name, table); got != want {
			t.Errorf("%q means %q, want %q", name, got, want)
		}
	}
	if found, err := s.Select(s.PoolCalled("minimax", table), table); err != nil || len(found) != 2 {
		t.Errorf("the pool: %+v, %v", found, err)
	}
	if found, err := s.Select("minimax", table); err != nil || len(found) != 1 || found[0].ID != "aaaaa0" {
		t.Errorf("the account: %+v, %v", found, err)
	}
	s.Accounts = append(s.Accounts, Account{Public: record.Public{ID: "bbbbb0", Provider: "minimax-oauth", Region: "cn"}, Label: "home"})
	if got := s.PoolCalled("minimax", table); got != "minimax" {
		t.Errorf("of two pools it means %q", got)
	}
}
