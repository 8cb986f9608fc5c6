package core

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/hermes-tui/hermes-tui/core/hermes"
)

// TestImport_RefreshesWhereTheIssuerSays: an account that was signed in elsewhere
// has no token endpoint written down; once adopted it is refreshed at the one that
// its provider's issuer names.
func TestImport_RefreshesWhereTheIssuerSays(t *testing.T) {
	o, there := newOpenID(t)
	sealed, err := there.core.state.Vault.Read(t.Context(), there.signedInAs(o, "id1").ID)
	if err != nil {
		t.Fatal(err)
	}
	row := map[string]any{
		"id": "abcdef", "source": "manual:device_code", "expires_at": sealed.Blob.ExpiresAt,
		"access_token": sealed.Blob.Access.Reveal(), "refresh_token": sealed.Blob.Refresh.Reveal(),
	}
	data, err := json.Marshal(map[string]any{"credential_pool": map[string]any{"acme": []any{row}}})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "auth.json")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	c := config(t.TempDir(), o.URL, there.clock)
	c.Providers = there.core.state.Providers
	here := Open(c)
	t.Cleanup(func() { _ = here.Close(context.Background()) })
	plan, err := here.PlanImport([]hermes.Source{{Format: hermes.AuthJSON, Path: path}})
	if err != nil {
		t.Fatal(err)
	}
	res, err := here.Import(t.Context(), plan, ImportOptions{Adopt: true})
	if err != nil || len(res.Adopted) != 1 {
		t.Fatalf("%+v, %v", res, err)
	}
	for range 2 {
		if done, err := here.Refresh(t.Context(), "abcdef", RefreshOptions{Force: true}); err != nil || !done.Rotated {
			t.Fatalf("%+v, %v", done, err)
		}
	}
}
