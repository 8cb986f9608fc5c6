package core

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/hermes"
)

// nousToken is an access token that is a key of Nous's model API for an hour.
func nousToken(now time.Time) string {
	claims := fmt.Sprintf(`{"exp":%d,"sub":"me","scope":"inference:invoke"}`, now.Add(time.Hour).Unix())
	return "eyFAKE." + base64.RawURLEncoding.EncodeToString([]byte(claims)) + ".sig"
}

// TestImportNousShared: the copy of the Nous sign-in that hermes-agent keeps for
// its profiles is the same account; taking it over deletes it there, too, and
// the refresh token that is sent next is the one that stood there, once.
func TestImportNousShared(t *testing.T) {
	clk := &rushing{}
	var sent atomic.Int32
	portal := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if got, want := r.Header.Get("x-nous-refresh-token"), fmt.Sprintf("FAKE-nous-rt-%d", sent.Load()); got != want {
			t.Errorf("sent %q, want %q", got, want)
		}
		_ = json.NewEncoder(w).Encode(map[string]any{
			"access_token": nousToken(clk.Now()), "refresh_token": fmt.Sprintf("FAKE-nous-rt-%d", sent.Add(1)), "expires_in": 3600,
		})
	}))
	t.Cleanup(portal.Close)
	c := config(t.TempDir(), portal.URL, clk)
	table, err := c.Providers.WithOverride("nous", "global", portal.URL, portal.URL+"/v1")
	if err != nil {
		t.Fatal(err)
	}
	c.Providers = table
	core := Open(c)
	t.Cleanup(func() { _ = core.Close(context.Background()) })

	home := t.TempDir()
	block := map[string]any{
		"access_token": nousToken(clk.Now()), "refresh_token": "FAKE-nous-rt-0", "client_id": "hermes-cli", "scope": "inference:invoke",
		"portal_base_url": portal.URL, "inference_base_url": portal.URL + "/v1",
	}
	for path, doc := range map[string]any{
		"auth.json":             map[string]any{"active_provider": "nous", "providers": map[string]any{"nous": block}},
		"shared/nous_auth.json": map[string]any{"_schema": 1, "access_token": block["access_token"], "refresh_token": "FAKE-nous-rt-0", "portal_base_url": portal.URL},
	} {
		data, err := json.Marshal(doc)
		if err != nil {
			t.Fatal(err)
		}
		mkdirs(t, filepath.Join(home, filepath.Dir(path)))
		if err := os.WriteFile(filepath.Join(home, path), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	plan, err := core.PlanImport(hermes.Discover(home))
	if err != nil || len(plan.Rows) != 2 || plan.Count(hermes.New) != 1 || plan.Count(hermes.Duplicate) != 1 {
		t.Fatalf("%+v, %v", plan, err)
	}
	res, err := core.Import(t.Context(), plan, ImportOptions{Remove: true})
	if err != nil || len(res.Adopted) != 1 || res.Removed != 2 || len(res.Backups) != 2 {
		t.Fatalf("%+v, %v", res, err)
	}
	for _, path := range []string{"auth.json", "shared/nous_auth.json"} {
		data, err := os.ReadFile(filepath.Join(home, path))
		if err != nil || strings.Contains(string(data), "FAKE") || !strings.Contains(string(data), "portal_base_url") {
			t.Errorf("%s: %v\n%s", path, err, data)
		}
	}
	for range 2 {
		if done, err := core.Refresh(t.Context(), res.Adopted[0].ID, RefreshOptions{Force: true}); err != nil || !done.Rotated {
			t.Fatalf("%+v, %v", done, err)
		}
	}
}

// TestImportQwenIsFollowed: what Qwen Code refreshes in its own file is served.
func TestImportQwenIsFollowed(t *testing.T) {
	r := newRig(t)
	path := filepath.Join(t.TempDir(), "oauth_creds.json")
	write := func(n int) {
		t.Helper()
		text := fmt.Sprintf(`{"access_token":"FAKE-q-at-%d","refresh_token":"FAKE-q-rt-%d","resource_url":"portal.qwen.ai","expiry_date":%d}`,
			n, n, r.clock.Now().Add(time.Hour).UnixMilli())
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(1)
	plan, err := r.core.PlanImport([]hermes.Source{{Format: hermes.Qwen, Path: path}})
	if err != nil {
		t.Fatal(err)
	}
	res, err := r.core.Import(t.Context(), plan, ImportOptions{})
	if err != nil || len(res.Imported) != 1 {
		t.Fatalf("%+v, %v", res, err)
	}
	for n := 1; n < 3; n++ {
		write(n)
		if token, err := r.token(res.Imported[0].ID); err != nil || token.Access.Reveal() != fmt.Sprintf("FAKE-q-at-%d", n) || token.BaseURL != "https://portal.qwen.ai/v1" {
			t.Errorf("%d: %+v, %v", n, token, err)
		}
		r.clock.Advance(2 * time.Hour)
	}
	if _, err := r.token(res.Imported[0].ID); err == nil {
		t.Error("a token that has ended is served")
	}
}

func mkdirs(t *testing.T, dir string) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
}
