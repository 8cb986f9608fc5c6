package accounts

import (
	"crypto/rand"
	"path/filepath"
	"testing"

	"github.com/hermes-tui/hermes-tui/core/hermes"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/state"
	"github.com/hermes-tui/hermes-tui/core/vault"
)

// A token that another process has spent meanwhile ends nothing at the provider,
// or is taken for a thief's there: only the tokens that were removed are shown.
func TestRevocation_OfWhatWasRead(t *testing.T) {
	s := state.Open(state.Config{Dir: filepath.Join(t.TempDir(), "state"), Machine: "machine", Random: rand.Reader})
	if err := s.Folder.Ensure(); err != nil {
		t.Fatal(err)
	}
	head := func() *record.Head {
		return &record.Head{Public: record.Public{ID: "aaaaaaaaaa", Gen: 3, Status: record.StatusOK, Provider: "minimax-oauth"}}
	}
	for name, test := range map[string]struct {
		change  func(*record.Head)
		refused bool
	}{
		"as it was read":               {func(*record.Head) {}, false},
		"refreshed meanwhile":          {func(h *record.Head) { h.Gen++ }, true},
		"handed to another meanwhile":  {func(h *record.Head) { h.Owner = hermes.AuthJSON.Owner() }, true},
		"removed, which was the order": {func(h *record.Head) { h.Status = record.StatusRemoved }, false},
	} {
		now := head()
		test.change(now)
		if err := s.Folder.WriteHead(now); err != nil {
			t.Fatal(err)
		}
		if err := (revoking{s}).unchanged(vault.Sealed{Head: head()}); (err != nil) != test.refused {
			t.Errorf("%s: %v", name, err)
		}
	}
}
