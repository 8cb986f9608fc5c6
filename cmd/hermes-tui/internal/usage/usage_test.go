package usage

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/usage"
)

// counter counts who is asked at a time; the provider of the account "a 1" is a.
type counter struct {
	mu        sync.Mutex
	now       map[string]int
	all, most int
	twice     string // a provider that was asked about two accounts at a time
}

func (c *counter) AskPlan(_ context.Context, id string) (usage.Known, error) {
	provider, _, _ := strings.Cut(id, " ")
	c.add(provider, 1)
	time.Sleep(time.Second)
	c.add(provider, -1)
	return usage.Known{Reading: usage.Reading{Plan: id}}, errors.New(id)
}

func (c *counter) add(provider string, n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now[provider] += n
	c.all += n
	c.most = max(c.most, c.all)
	if c.now[provider] > 1 {
		c.twice = provider
	}
}

// TestAskAll: an account does not wait, and lose its time, while its provider is asked
// about another.
func TestAskAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var plans []plan
		for _, id := range []string{"a 1", "a 2", "b 1", "a 3", "c 1", "b 2"} {
			provider, _, _ := strings.Cut(id, " ")
			plans = append(plans, plan{account: core.Account{Public: record.Public{ID: id, Provider: provider}}})
		}
		c := &counter{now: map[string]int{}}
		askAll(t.Context(), c, plans)
		if c.twice != "" || c.most != 3 {
			t.Errorf("%s was asked about two accounts at a time; %d providers at a time, want 3", c.twice, c.most)
		}
		for _, p := range plans {
			if p.known.Reading.Plan != p.account.ID || p.err == nil || p.err.Error() != p.account.ID {
				t.Errorf("%s: %q, %v", p.account.ID, p.known.Reading.Plan, p.err)
			}
		}
	})
}
