package serve

import (
	"context"
	"crypto/rand"
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/accounts"
	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/clock"
	"github.com/hermes-tui/hermes-tui/core/consent"
	"github.com/hermes-tui/hermes-tui/core/provider"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/state"
)

// away are the owners of a fleet none of whom runs anything.
type away struct{ waited []bool }

func (a *away) Follow(context.Context, string) (bool, error) { return false, nil }

func (a *away) FollowDue(_ context.Context, _ []accounts.Account, wait bool, _ time.Time) bool {
	a.waited = append(a.waited, wait)
	return false
}

// Where the token of a reader of a fleet has ended and no owner runs, the owners are waited
// for once, within the time that the program has for its token.
func TestAdmit_WaitsForNoOwner(t *testing.T) {
	t.Parallel()
	fake := clock.NewFake(time.Date(2026, 5, 20, 12, 0, 0, 0, time.UTC))
	s := state.Open(state.Config{
		Dir: t.TempDir(), Clock: fake, Random: rand.Reader, Log: slog.New(slog.DiscardHandler), Providers: provider.Default(),
	})
	if err := s.Folder.Ensure(); err != nil {
		t.Fatal(err)
	}
	h := &record.Head{Label: "work", Ref: &record.Ref{Item: record.Item{Kind: "file", Name: marked + ".aa"}, SHA256: record.Checksum(nil)}, Public: record.Public{
		ID: marked, Rev: 1, Gen: 1, Status: record.StatusOK, Provider: "minimax-oauth", Region: "global", ObtainedAt: fake.Now().Add(-time.Hour), ExpiresAt: fake.Now().Add(-time.Minute),
	}}
	h.Lend()
	if err := s.Folder.WriteHead(h); err != nil {
		t.Fatal(err)
	}
	if err := s.Folder.Publish(t.Context(), h); err != nil {
		t.Fatal(err)
	}
	owners := &away{}
	sv := New(s, accounts.New(s, &accounts.Refreshes{}), &accounts.Refreshes{}, owners, Engine(s))
	if err := Admit(t.Context(), sv, "work", PickOptions{}, consent.Prompt{}); err != nil {
		t.Errorf("admit: %v", err)
	}
	_, _, err := Ready(t.Context(), sv, "work", PickOptions{}, TokenOptions{})
	if autherr.CodeOf(err) != autherr.CodeShared {
		t.Errorf("ready: %v", err)
	}
	if !slices.Equal(owners.waited, []bool{false, true}) {
		t.Errorf("looked after the owners, waiting: %v", owners.waited)
	}
}
