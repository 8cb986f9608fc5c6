package core

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"filippo.io/age"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/hermes"
	"github.com/hermes-tui/hermes-tui/core/state"
	"github.com/hermes-tui/hermes-tui/keystore"
)

// TestImportIsShared: an imported account serves while its token lives, is never
// refreshed here, and follows its owner's file.
func TestImportIsShared(t *testing.T) {
	a := newAgent(newRig(t), 2)
	before := a.file()
	res := a.imports(ImportOptions{})
	if len(res.Imported) != 2 || res.Imported[0].ID != "abcde0" || res.Imported[1].Label != "label 1" || a.file() != before {
		t.Fatalf("imported %+v", res.Imported)
	}
	if n := a.plan().Count(hermes.Here); n != 2 {
		t.Errorf("%d rows are already here, want 2", n)
	}
	id := res.Imported[0].ID
	if got := res.Imported[0].State(a.clock.Now()); got != Shared {
		t.Errorf("state %s", got)
	}
	token, err := a.token(id)
	if err != nil || token.Access != a.sealed(0).Blob.Access {
		t.Fatalf("%v; the token is not hermes-agent's", err)
	}
	a.clock.Advance(20 * time.Minute)
	if _, err = a.token(id); !errors.Is(err, &autherr.Error{Code: autherr.CodeShared}) {
		t.Errorf("an expired shared account: %v", err)
	}
	if n := a.refreshes(); n != 0 {
		t.Fatalf("%d refreshes of a shared account", n)
	}
	a.refresh(0)
	if token, err = a.token(id); err != nil || token.Access != a.sealed(0).Blob.Access {
		t.Errorf("%v; the refreshed token is not served", err)
	}
	if _, err := a.core.Refresh(t.Context(), id, RefreshOptions{Force: true}); !errors.Is(err, &autherr.Error{Code: autherr.CodeShared}) {
		t.Errorf("a shared account that is refreshed by force: %v", err)
	}
	if n := a.refreshes(); n != 1 {
		t.Errorf("%d refreshes, want hermes-agent's own", n)
	}
}

// TestPickFollowsTheOwner: a shared account whose token has ended is picked
// again as soon as its owner has refreshed it.
func TestPickFollowsTheOwner(t *testing.T) {
	a := newAgent(newRig(t), 1)
	id := a.imports(ImportOptions{}).Imported[0].ID
	a.clock.Advance(20 * time.Minute)
	for range 2 {
		if _, err := a.core.Pick(t.Context(), id, PickOptions{}); !errors.Is(err, autherr.NeedsSignIn) {
			t.Errorf("picked with a token that has ended: %v", err)
		}
	}
	a.refresh(0)
	lease, err := a.core.Pick(t.Context(), id, PickOptions{})
	if err != nil {
		t.Fatal(err)
	}
	lease.Done()
	if a.refreshes() != 1 {
		t.Errorf("%d refreshes, want hermes-agent's own", a.refreshes())
	}
}

// TestImportRests: a cool-down that hermes-agent knew of holds here too.
func TestImportRests(t *testing.T) {
	a := newAgent(newRig(t), 1)
	until := a.clock.Now().Add(30 * time.Minute)
	row := fmt.Sprintf(`"last_status": "exhausted", "last_error_code": 429, "last_error_reset_at": %d, "shiny": 1.5`, until.Unix())
	if err := os.WriteFile(a.path, []byte(strings.Replace(a.file(), `"shiny": 1.5`, row, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	res := a.imports(ImportOptions{})
	if got := res.Imported[0]; got.State(a.clock.Now()) != CoolingDown || got.Cooldown.Until.Unix() != until.Unix() || got.Requests != 3 {
		t.Errorf("%s until %v after %d requests", got.State(a.clock.Now()), got.Cooldown.Until, got.Requests)
	}
}

// TestImportRefusedToken: after a 401 the owner's file is looked at, and the
// refused token is not served again.
func TestImportRefusedToken(t *testing.T) {
	a := newAgent(newRig(t), 1)
	id := a.imports(ImportOptions{}).Imported[0].ID
	token, err := a.token(id)
	if err != nil {
		t.Fatal(err)
	}
	again := func() (Token, error) { return a.core.Token(t.Context(), id, TokenOptions{Refused: token.Gen}) }
	if _, err := again(); !errors.Is(err, &autherr.Error{Code: autherr.CodeShared}) {
		t.Errorf("a refused token without a newer one: %v", err)
	}
	a.refresh(0)
	if next, err := again(); err != nil || next.Access == token.Access {
		t.Errorf("%v; the refused token is served again", err)
	}
}

// TestImportAdopt: the account is refreshed here, and what stays behind in the
// file is never taken for a new sign-in.
func TestImportAdopt(t *testing.T) {
	a := newAgent(newRig(t), 2)
	a.imports(ImportOptions{})
	a.clock.Advance(20 * time.Minute)
	a.refresh(1) // after the import: the newer token has to be adopted
	res := a.imports(ImportOptions{Adopt: true})
	if len(res.Imported) != 0 || len(res.Adopted) != 2 || len(res.Left) != 0 || res.Removed != 0 {
		t.Fatalf("%+v", res)
	}
	for _, account := range res.Adopted {
		if _, err := a.core.Refresh(t.Context(), account.ID, RefreshOptions{Force: true}); err != nil {
			t.Errorf("%s is not refreshed: %v", account.Label, err)
		}
	}
	if n := a.plan().Count(hermes.Here); n != 2 {
		t.Errorf("%d rows are known after their tokens were refreshed here, want 2", n)
	}
}

// unsealed opens a backup as a person would: with age and the key's file.
func (a *agent) unsealed(path string) string {
	a.Helper()
	key, err := os.Open(filepath.Join(a.dir, "data", "key"))
	if err != nil {
		a.Fatal(err)
	}
	defer func() { _ = key.Close() }()
	identities, err := age.ParseIdentities(key)
	if err != nil {
		a.Fatal(err)
	}
	sealed, err := os.ReadFile(path)
	if err != nil {
		a.Fatal(err)
	}
	plain, err := age.Decrypt(bytes.NewReader(sealed), identities...)
	if err != nil {
		a.Fatal(err)
	}
	data, err := io.ReadAll(plain)
	if err != nil {
		a.Fatal(err)
	}
	return string(data)
}

// TestImportRemove: the tokens are here and nowhere else; everything else in the
// file stays, and the sealed backup has the file as it was.
func TestImportRemove(t *testing.T) {
	a := newAgent(newRig(t), 3)
	before := a.file()
	res := a.imports(ImportOptions{Remove: true})
	if len(res.Imported) != 3 || len(res.Adopted) != 3 || res.Removed != 4 || len(res.Backups) != 1 {
		t.Fatalf("%+v", res)
	}
	after := a.file()
	for n := range a.ids {
		for _, token := range []string{a.sealed(n).Blob.Access.Reveal(), a.sealed(n).Blob.Refresh.Reveal()} {
			if strings.Contains(after, token) {
				t.Errorf("a token of account %d stays in auth.json", n)
			}
		}
		if _, err := a.core.Refresh(t.Context(), res.Adopted[n].ID, RefreshOptions{Force: true}); err != nil {
			t.Error(err)
		}
	}
	for _, kept := range []string{`"active_provider": "minimax-oauth"`, `"shiny": true`, `"region": "global"`} {
		if !strings.Contains(after, kept) {
			t.Errorf("%s is lost:\n%s", kept, after)
		}
	}
	if info, err := os.Stat(a.path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if data, err := os.ReadFile(res.Backups[0]); err != nil || strings.Contains(string(data), before[:40]) {
		t.Errorf("the backup is not sealed: %v", err)
	}
	if got := a.unsealed(res.Backups[0]); got != before {
		t.Errorf("the backup has\n%s", got)
	}
	if p := a.plan(); len(p.Rows) != 0 {
		t.Errorf("rows stay: %+v", p.Rows)
	}
}

// TestImportRemoveWhatChanged: a grant that its owner refreshes between the
// reading and the deleting is read anew, not lost.
func TestImportRemoveWhatChanged(t *testing.T) {
	a := newAgent(newRig(t), 2)
	a.imports(ImportOptions{})
	a.refresh(0)
	res := a.imports(ImportOptions{Remove: true})
	if len(res.Adopted) != 2 || len(res.Left) != 0 {
		t.Fatalf("%+v", res)
	}
	for _, account := range res.Adopted {
		if _, err := a.core.Refresh(t.Context(), account.ID, RefreshOptions{Force: true}); err != nil {
			t.Errorf("%s: %v", account.Label, err)
		}
	}
}

// TestImportOrphans: a removal that was killed after the file was written leaves
// shared accounts that nobody else has; they can still be taken over.
func TestImportOrphans(t *testing.T) {
	a := newAgent(newRig(t), 2)
	a.imports(ImportOptions{})
	if err := os.WriteFile(a.path, []byte(`{"credential_pool":{"minimax-oauth":[]}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if plan := a.plan(); len(plan.Orphans) != 2 || len(plan.Rows) != 0 {
		t.Fatalf("%+v", plan)
	}
	res := a.imports(ImportOptions{Adopt: true})
	if len(res.Adopted) != 2 || len(res.Left) != 0 {
		t.Fatalf("%+v", res)
	}
	for _, account := range res.Adopted {
		if _, err := a.core.Refresh(t.Context(), account.ID, RefreshOptions{Force: true}); err != nil {
			t.Error(err)
		}
	}
}

// TestImportKey: an API key comes over as one, is nobody's to refresh, and is
// deleted with the rest when that is asked for.
func TestImportKey(t *testing.T) {
	a := newAgent(newRig(t), 1)
	row := fmt.Sprintf(`"minimax": [{"id": "fedcba", "label": "key", "auth_type": "api_key", "source": "manual", "access_token": %q}],
    "minimax-oauth": [`, pastedKey)
	if err := os.WriteFile(a.path, []byte(strings.Replace(a.file(), `"minimax-oauth": [`, row, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	res := a.imports(ImportOptions{})
	key, ok := a.core.Snapshot().Find("fedcba")
	if len(res.Imported) != 2 || !ok || !key.IsKey() || key.State(a.clock.Now()) != OK {
		t.Fatalf("%+v", res.Imported)
	}
	a.clock.Advance(365 * 24 * time.Hour)
	if token, err := a.token(key.ID); err != nil || token.Access.Reveal() != pastedKey {
		t.Errorf("token %v, %v", token.Expiry, err)
	}
	a.imports(ImportOptions{Remove: true})
	if strings.Contains(a.file(), pastedKey) {
		t.Error("the key stays in auth.json")
	}
	if token, err := a.token(key.ID); err != nil || token.Access.Reveal() != pastedKey {
		t.Errorf("after it was removed there: %v", err)
	}
}

// TestImportKeepsThePlan: what a person agreed to is what happens, or nothing.
func TestImportKeepsThePlan(t *testing.T) {
	a := newAgent(newRig(t), 1)
	plan := a.plan()
	if err := os.WriteFile(a.path, []byte(`{"credential_pool":{"minimax-oauth":[{"id":"ffffff","access_token":"FAKE"}]}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := a.core.Import(t.Context(), plan, ImportOptions{})
	if !errors.Is(err, &autherr.Error{Code: autherr.CodeFileChanged}) || len(a.core.Snapshot().Accounts) != 0 {
		t.Errorf("%v, %d accounts", err, len(a.core.Snapshot().Accounts))
	}
}

// TestImportDamaged: nothing is written after a failed read, here or there.
func TestImportDamaged(t *testing.T) {
	a := newAgent(newRig(t), 1)
	plan := a.plan()
	cut := a.file()[:100]
	if err := os.WriteFile(a.path, []byte(cut), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, o := range []ImportOptions{{}, {Remove: true}} {
		if _, err := a.core.Import(t.Context(), plan, o); !errors.Is(err, &autherr.Error{Code: autherr.CodeFileDamaged}) {
			t.Errorf("damaged file: %v", err)
		}
	}
	if a.file() != cut || len(a.core.Snapshot().Accounts) != 0 {
		t.Error("something was written after a failed read")
	}
}

// TestImportRace: processes that import at the same time make each account
// once.
func TestImportRace(t *testing.T) {
	a := newAgent(newRig(t), 4)
	plan := a.plan()
	var all sync.WaitGroup
	for n := range 4 {
		all.Go(func() {
			other := a.open()
			_, err := other.Import(t.Context(), plan, ImportOptions{Adopt: n%2 == 0})
			if err != nil && !errors.Is(err, &autherr.Error{Code: autherr.CodeFileChanged}) {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if n := len(a.core.Snapshot().Accounts); n != 4 {
		t.Errorf("%d accounts, want 4", n)
	}
}

// TestImportQuarantined: an account that hermes-agent gave up keeps its label
// and its place, and is repaired by signing in, here or there.
func TestImportQuarantined(t *testing.T) {
	a := newAgent(newRig(t), 2)
	text := strings.Replace(a.file(), `"label": "label 1"`, `"label": "label 1", "last_status": "dead", "last_error_reason": "invalid_grant"`, 1)
	if err := os.WriteFile(a.path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	res := a.imports(ImportOptions{})
	if len(res.Imported) != 2 || res.Imported[1].State(a.clock.Now()) != NeedsSignIn || res.Imported[1].Marker.Code != "invalid_grant" {
		t.Fatalf("%+v", res.Imported)
	}
	if _, err := a.token(res.Imported[1].ID); !errors.Is(err, autherr.NeedsSignIn) {
		t.Errorf("token of a dead account: %v", err)
	}
	a.write() // alive again in the file
	a.imports(ImportOptions{})
	if token, err := a.token(res.Imported[1].ID); err != nil || token.Access != a.sealed(1).Blob.Access {
		t.Errorf("after a sign-in there: %v", err)
	}
	if e, ok := a.signIn(SignInOptions{Account: res.Imported[1].ID}).(SignedIn); !ok || e.Account.Shared() {
		t.Errorf("a sign-in here does not make it ours: %+v", e)
	}
}

// unreadable is a keystore that has lost what it was given.
type unreadable struct{ state.Keystores }

type unreadableStore struct{ keystore.Store }

func (s unreadable) Open(ctx context.Context, kind keystore.Kind, id string) (keystore.Store, error) {
	store, err := s.Keystores.Open(ctx, kind, id)
	return unreadableStore{store}, err
}

func (unreadableStore) Get(context.Context, string) ([]byte, error) {
	return nil, &keystore.Error{Condition: keystore.Damaged, Message: "the item is damaged"}
}

// TestImportRemove_NothingUnreadIsDeleted: tokens that the keystore does not give
// back stay where they are, and their owner stays who it is.
func TestImportRemove_NothingUnreadIsDeleted(t *testing.T) {
	a := newAgent(newRig(t), 2)
	a.imports(ImportOptions{})
	before := a.file()
	good := a.core.state.Keystores
	a.core.state.Vault.Keystores, a.core.state.Keystores = unreadable{good}, unreadable{good}
	if _, err := a.core.Import(t.Context(), a.plan(), ImportOptions{Remove: true}); autherr.KindOf(err) != autherr.Keystore {
		t.Errorf("taken over: %v", err)
	}
	if a.file() != before {
		t.Error("something was deleted")
	}
	for _, account := range a.core.Snapshot().Accounts {
		if !account.Shared() {
			t.Errorf("%s is ours now", account.Label)
		}
	}
	a.core.state.Vault.Keystores, a.core.state.Keystores = good, good
	if res := a.imports(ImportOptions{Remove: true}); len(res.Adopted) != 2 || res.Removed != 3 {
		t.Errorf("once it can be read: %+v", res)
	}
}
