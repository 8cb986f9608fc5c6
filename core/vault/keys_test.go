package vault

import (
	"bytes"
	"os"
	"testing"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/clientkey"
	"github.com/hermes-tui/hermes-tui/core/record"
)

// Keys that a newer program has written are not replaced, changed or deleted.
func TestKeys_OfANewerProgram(t *testing.T) {
	for name, head := range map[string]string{
		"known words": `{"version":9,"ref":null}`, "other words": `{"version":9,"ref":"elsewhere"}`,
	} {
		w := newWorld(t)
		w.makeKey(false)
		same := func(keys clientkey.Table) (clientkey.Table, error) { return keys, nil }
		if err := w.vault.Clients().Edit(t.Context(), same); err != nil {
			t.Fatal(err)
		}
		for _, id := range []string{record.ProxyKeyID, record.ClientKeysID} {
			if err := os.WriteFile(w.folder.HeadPath(id), []byte(head), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		rotate := func(replace bool) error { _, err := w.vault.MakeProxyKey(t.Context(), replace); return err }
		for what, err := range map[string]error{
			"made": rotate(false), "replaced": rotate(true), "revoked": w.vault.RevokeProxyKey(t.Context()),
			"edited": w.vault.Clients().Edit(t.Context(), same), "cleared": w.vault.Clients().Clear(t.Context()),
		} {
			if autherr.CodeOf(err) != autherr.CodeNewerStore {
				t.Errorf("%s, %s: %v", name, what, err)
			}
		}
		for _, id := range []string{record.ProxyKeyID, record.ClientKeysID} {
			if data, err := os.ReadFile(w.folder.HeadPath(id)); err != nil || !bytes.Equal(data, []byte(head)) {
				t.Errorf("%s: %s, %v", id, data, err)
			}
		}
	}
}
