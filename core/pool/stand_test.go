package pool

import (
	"testing"
	"time"
)

func TestStand_OfNobodyWhoCanServe(t *testing.T) {
	for _, s := range Stand([]Row{{ID: "a", Out: NeedsSignIn}}, noon, FillFirst) {
		if s.Next || s.Reason != NeedsSignIn {
			t.Errorf("%+v", s)
		}
	}
}

func TestRefusal_OfTheSignInsOwnGenerationCounts(t *testing.T) {
	if (Refusal{Status: 429, Gen: 2}).Outdated(2, 4) {
		t.Error("a limit of the sign-in's first token is taken for one from before")
	}
}

// Without another account a short rest is worth a try, but not where only money
// or another plan helps.
func TestCooldown_RestOfTheOnlyAccount(t *testing.T) {
	for means, want := range map[Meaning]time.Duration{
		Rate: time.Minute, Quota: time.Minute, Token: time.Minute, Denied: time.Minute, Billing: time.Hour, Model: time.Hour,
	} {
		c := Cooldown{}.After(Refusal{Status: 400, Means: means, Model: "big"}, Odds{Now: noon, Sole: true})
		if got := c.Until.Sub(noon); got != want {
			t.Errorf("%s: %s, want %s", means, got, want)
		}
	}
}
