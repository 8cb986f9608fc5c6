package core

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/hermes-tui/hermes-tui/core/hermes"
	"github.com/hermes-tui/hermes-tui/core/vault"
)

// agent is hermes-agent beside us: an auth.json, and accounts of its own with
// which it refreshes what is in there.
type agent struct {
	*rig
	path string
	own  *Core
	ids  []string
}

// newAgent signs in n times, as hermes-agent would, and writes auth.json.
func newAgent(r *rig, n int) *agent {
	r.Helper()
	dir := r.TempDir()
	a := &agent{rig: r, path: filepath.Join(dir, "auth.json"), own: Open(config(dir, r.portal.URL(), r.clock))}
	r.Cleanup(func() { _ = a.own.Close(context.Background()) })
	for range n {
		for e := range a.own.SignIn(r.Context(), SignInOptions{Provider: "minimax"}) {
			if done, ok := e.(SignedIn); ok {
				a.ids = append(a.ids, done.Account.ID)
			}
		}
	}
	if len(a.ids) != n {
		r.Fatalf("%d of %d sign-ins worked", len(a.ids), n)
	}
	a.write()
	return a
}

// sealed are the tokens of hermes-agent's n-th account.
func (a *agent) sealed(n int) vault.Sealed {
	a.Helper()
	s, err := a.own.state.Vault.Read(a.Context(), a.ids[n])
	if err != nil {
		a.Fatal(err)
	}
	return s
}

// write puts hermes-agent's tokens into auth.json: the first account as
// singleton and row, the others as rows.
func (a *agent) write() {
	a.Helper()
	providers, rows := map[string]any{}, []any{}
	for n := range a.ids {
		b := a.sealed(n).Blob
		row := map[string]any{
			"id": fmt.Sprintf("abcde%d", n), "label": fmt.Sprintf("label %d", n), "auth_type": "oauth", "priority": n, "source": "manual",
			"access_token": b.Access.Reveal(), "refresh_token": b.Refresh.Reveal(), "expires_at": b.ExpiresAt, "obtained_at": b.ObtainedAt,
			"base_url": b.Binding.BaseURL, "shiny": 1.50, "request_count": 3,
		}
		if n == 0 {
			row["source"] = "oauth"
			block := map[string]any{"region": "global", "portal_base_url": a.portal.URL(), "inference_base_url": b.Binding.BaseURL}
			for _, key := range []string{"access_token", "refresh_token", "expires_at", "obtained_at"} {
				block[key] = row[key]
			}
			providers["minimax-oauth"] = block
		}
		rows = append(rows, row)
	}
	doc := map[string]any{
		"version": 1, "active_provider": "minimax-oauth", "shiny": true,
		"providers": providers, "credential_pool": map[string]any{"minimax-oauth": rows},
	}
	data, err := json.MarshalIndent(doc, "", "  ")
	if err == nil {
		err = os.WriteFile(a.path, data, 0o600)
	}
	if err != nil {
		a.Fatal(err)
	}
}

// refresh lets hermes-agent refresh its n-th account and write it down.
func (a *agent) refresh(n int) {
	a.Helper()
	if _, err := a.own.Refresh(a.Context(), a.ids[n], RefreshOptions{Force: true}); err != nil {
		a.Fatal(err)
	}
	a.write()
}

func (a *agent) sources() []hermes.Source {
	return []hermes.Source{{Format: hermes.AuthJSON, Path: a.path}}
}

func (a *agent) plan() *ImportPlan {
	a.Helper()
	p, err := a.core.PlanImport(a.sources())
	if err != nil {
		a.Fatal(err)
	}
	return p
}

func (a *agent) imports(o ImportOptions) ImportResult {
	a.Helper()
	res, err := a.core.Import(a.Context(), a.plan(), o)
	if err != nil {
		a.Fatal(err)
	}
	return res
}

func (a *agent) file() string {
	a.Helper()
	data, err := os.ReadFile(a.path)
	if err != nil {
		a.Fatal(err)
	}
	return string(data)
}
