package core

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/hermes"
)

// tokensOf are an account's tokens, by label.
func tokensOf(t *testing.T, c *Core) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, a := range c.Snapshot().Accounts {
		s, err := c.state.Vault.Read(t.Context(), a.ID)
		if err != nil {
			t.Fatal(err)
		}
		all[a.ID+" "+a.Label] = s.Blob.Access.Reveal() + " " + s.Blob.Refresh.Reveal()
	}
	return all
}

func ids(c *Core) (all []string) {
	for _, a := range c.Snapshot().Accounts {
		all = append(all, a.ID)
	}
	return all
}

// TestExportRoundTrip: imported, given back and imported again by another store,
// every account has its id, its label, its place, its cool-down and its tokens.
func TestExportRoundTrip(t *testing.T) {
	a := newAgent(newRig(t), 3)
	a.imports(ImportOptions{Remove: true})
	before, order := tokensOf(t, a.core), ids(a.core)
	until := a.clock.Now().Add(2 * time.Hour).Truncate(time.Second)
	a.refused(order[1], Refusal{Status: 429, ResetAt: until})
	res, err := a.core.Export(t.Context(), a.path, order)
	if err != nil || len(res.HandedOver) != 3 || len(res.Skipped) != 0 || res.Backup == "" {
		t.Fatalf("%+v, %v", res, err)
	}
	if !strings.Contains(a.file(), `"active_provider": "minimax-oauth"`) || !strings.Contains(a.file(), `"shiny": true`) {
		t.Errorf("what was in the file is lost:\n%s", a.file())
	}
	other := &agent{rig: &rig{T: t, dir: t.TempDir(), portal: a.portal, clock: a.clock}, path: a.path}
	other.core = other.open()
	got := other.imports(ImportOptions{})
	if len(got.Imported) != 3 || strings.Join(ids(other.core), " ") != strings.Join(order, " ") {
		t.Fatalf("imported %v, want %v", ids(other.core), order)
	}
	for name, tokens := range tokensOf(t, other.core) {
		if before[name] != tokens {
			t.Errorf("%s has other tokens", name)
		}
	}
	if got := got.Imported[1].Cooldown; !got.Until.Equal(until) || got.Status != 429 {
		t.Errorf("the cool-down is lost: %+v", got)
	}
	text := a.file()
	if _, err := a.core.Export(t.Context(), a.path, order); err != nil || a.file() != text {
		t.Errorf("giving back what was given back changes the file: %v", err)
	}
}

// TestExportHandsOver: an account that was given back is not refreshed here any
// more, until it is adopted again.
func TestExportHandsOver(t *testing.T) {
	r := newRig(t)
	account := r.account("work")
	path := filepath.Join(t.TempDir(), "hermes", "auth.json")
	if _, err := r.core.Export(t.Context(), path, []string{account.ID}); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info, err)
	}
	if _, err := r.core.Refresh(t.Context(), account.ID, RefreshOptions{Force: true}); !errors.Is(err, &autherr.Error{Code: autherr.CodeHandedOver}) {
		t.Errorf("an account that was handed over is refreshed: %v", err)
	}
	plan, err := r.core.PlanImport([]hermes.Source{{Format: hermes.AuthJSON, Path: path}})
	if err != nil || plan.Shared != 1 || plan.Count(hermes.New) != 0 {
		t.Fatalf("%+v, %v", plan, err)
	}
	if _, err := r.core.Import(t.Context(), plan, ImportOptions{Remove: true}); err != nil {
		t.Fatal(err)
	}
	if res, err := r.core.Refresh(t.Context(), account.ID, RefreshOptions{Force: true}); err != nil || !res.Rotated {
		t.Errorf("after it was adopted again: %v", err)
	}
}

// TestExportToDamage: a file that cannot be read or written changes nothing,
// there or here.
func TestExportToDamage(t *testing.T) {
	r := newRig(t)
	account := r.account("work")
	path := filepath.Join(t.TempDir(), "auth.json")
	if err := os.WriteFile(path, []byte(`{"providers": {`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := r.core.Export(t.Context(), path, []string{account.ID}); !errors.Is(err, &autherr.Error{Code: autherr.CodeFileDamaged}) {
		t.Errorf("damaged file: %v", err)
	}
	if data, _ := os.ReadFile(path); string(data) != `{"providers": {` {
		t.Errorf("the damaged file was written: %s", data)
	}
	if now, _ := r.core.Snapshot().Find(account.ID); now.Shared() {
		t.Error("the account was handed over all the same")
	}
	if _, err := r.core.Export(t.Context(), filepath.Join(path, "auth.json"), []string{account.ID}); err == nil {
		t.Error("a folder that cannot be made is no error")
	}
	if now, _ := r.core.Snapshot().Find(account.ID); now.Shared() {
		t.Error("the account was handed over all the same")
	}
}

// TestExportKey: a key is copied, once, to where hermes-agent keeps keys, and
// stays in use here.
func TestExportKey(t *testing.T) {
	r := newRig(t)
	oauth := r.account("work")
	key, err := r.key(KeyOptions{Label: "spare"}, pastedKey)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "auth.json")
	res, err := r.core.Export(t.Context(), path, []string{oauth.ID, key.ID})
	if err != nil || len(res.HandedOver) != 1 || len(res.Keys) != 1 || res.Keys[0].ID != key.ID {
		t.Fatalf("%+v, %v", res, err)
	}
	plan, err := r.core.PlanImport([]hermes.Source{{Format: hermes.AuthJSON, Path: path}})
	if err != nil || plan.Count(hermes.New) != 0 || plan.Rows[1].Where != "credential_pool.minimax "+key.ID {
		t.Fatalf("%+v, %v", plan.Rows, err)
	}
	if now, _ := r.core.Snapshot().Find(key.ID); now.Shared() {
		t.Error("the key is hermes-agent's alone now")
	}
	if res, err = r.core.Export(t.Context(), path, []string{key.ID}); err != nil || len(res.Keys) != 0 || len(res.Skipped) != 1 {
		t.Errorf("copied twice: %+v, %v", res, err)
	}
	other := (&rig{T: t, dir: t.TempDir(), portal: r.portal, clock: r.clock}).open()
	plan, err = other.PlanImport([]hermes.Source{{Format: hermes.AuthJSON, Path: path}})
	if err != nil || plan.Count(hermes.New) != 2 {
		t.Fatalf("%+v, %v", plan.Rows, err)
	}
}

// TestNotRefreshed: hermes-agent refreshes one sign-in of MiniMax.
func TestNotRefreshed(t *testing.T) {
	r := newRig(t)
	a, b := r.account("a"), r.account("b")
	key, err := r.key(KeyOptions{Label: "key"}, pastedKey)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "auth.json")
	ended := func(ids ...string) string {
		t.Helper()
		found, err := r.core.NotRefreshed(path, ids)
		if err != nil {
			t.Fatal(err)
		}
		var labels []string
		for _, account := range found {
			labels = append(labels, account.Label)
		}
		return strings.Join(labels, " ")
	}
	for want, ids := range map[string][]string{"": {a.ID, key.ID}, "b": {a.ID, b.ID, key.ID}} {
		if got := ended(ids...); got != want {
			t.Errorf("not refreshed: %q, want %q", got, want)
		}
	}
	if _, err := r.core.Export(t.Context(), path, []string{a.ID}); err != nil {
		t.Fatal(err)
	}
	if got := ended(a.ID, b.ID); got != "b" {
		t.Errorf("beside another one: %q", got)
	}
}

// TestExportOverWhatIsThere: a token that was left behind when its account was
// adopted is replaced, wherever it stands, and a sign-in that is none of ours is
// not.
func TestExportOverWhatIsThere(t *testing.T) {
	a := newAgent(newRig(t), 2)
	a.imports(ImportOptions{Adopt: true})
	order := ids(a.core)
	for _, id := range order {
		if _, err := a.core.Refresh(t.Context(), id, RefreshOptions{Force: true}); err != nil {
			t.Fatal(err)
		}
	}
	if res, err := a.core.Export(t.Context(), a.path, order); err != nil || len(res.HandedOver) != 2 {
		t.Fatalf("%+v, %v", res, err)
	}
	for n := range a.ids {
		if strings.Contains(a.file(), a.sealed(n).Blob.Refresh.Reveal()) {
			t.Errorf("the older token of account %d stays", n)
		}
	}
	if plan := a.plan(); plan.Count(hermes.Here) != 2 || len(plan.Rows) != 3 {
		t.Errorf("%+v", plan.Rows)
	}
	a.imports(ImportOptions{Adopt: true})
	mine, err := a.core.state.Vault.Read(t.Context(), order[1])
	if err != nil {
		t.Fatal(err)
	}
	other := strings.ReplaceAll(a.file(), mine.Blob.Refresh.Reveal(), "FAKE-somebody-elses")
	if err := os.WriteFile(a.path, []byte(other), 0o600); err != nil {
		t.Fatal(err)
	}
	res, err := a.core.Export(t.Context(), a.path, order)
	if err != nil || len(res.HandedOver) != 1 || len(res.Skipped) != 1 || !strings.Contains(a.file(), "FAKE-somebody-elses") {
		t.Errorf("%+v, %v", res, err)
	}
}
