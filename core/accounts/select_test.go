package accounts

import (
	"fmt"
	"strings"
	"testing"

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
