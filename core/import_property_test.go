package core

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/hermes-tui/hermes-tui/core/hermes"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/secret"
)

// twoOwners is hermes-agent's file and two processes of ours beside it, and what
// has to be true of them.
type twoOwners struct {
	*rapid.T
	path  string
	cores [2]*Core
	now   time.Time

	n       int            // grants there ever were
	theirs  map[int]int    // generation of each grant in the file
	rows    map[int]string // id of its row there
	here    map[int]string // id of each grant's account
	adopted map[int]int    // generation that an adopted grant had then
}

func (o *twoOwners) core() *Core { return o.cores[rapid.IntRange(0, 1).Draw(o.T, "process")] }

func (o *twoOwners) must(err error) {
	if err != nil {
		o.Fatal(err)
	}
}

// some is one of the grants that have a place in a map.
func some[V any](o *twoOwners, of map[int]V) int {
	var all []int
	for n := range of {
		all = append(all, n)
	}
	if len(all) == 0 {
		o.Skip("none")
	}
	slices.Sort(all)
	return rapid.SampledFrom(all).Draw(o.T, "grant")
}

func refreshToken(n, gen int) string { return fmt.Sprintf("FAKE-rt-%d-%d", n, gen) }

// write is hermes-agent saving its file.
func (o *twoOwners) write() {
	rows := []any{}
	for n := range o.n {
		if gen, ok := o.theirs[n]; ok {
			rows = append(rows, map[string]any{
				"id": o.rows[n], "label": fmt.Sprint("grant ", n), "source": "manual", "priority": n,
				"access_token": fmt.Sprintf("FAKE-at-%d-%d", n, gen), "refresh_token": refreshToken(n, gen), "expires_at": o.now.Add(time.Hour),
			})
		}
	}
	data, err := json.Marshal(map[string]any{"kept": true, "credential_pool": map[string]any{"minimax-oauth": rows}})
	o.must(err)
	o.must(os.WriteFile(o.path, data, 0o600))
}

func (o *twoOwners) signIn() {
	o.theirs[o.n], o.rows[o.n] = 1, fmt.Sprintf("%06x", o.n)
	o.n++
	o.write()
}

func (o *twoOwners) refresh() {
	n := some(o, o.theirs)
	if _, ours := o.adopted[n]; ours {
		return // it must not
	}
	o.theirs[n]++
	o.write()
}

func (o *twoOwners) signOut() {
	n := some(o, o.theirs)
	if id, shared := o.here[n]; shared && o.adopted[n] == 0 { // an orphan that is ours from the next adoption on
		o.must(o.core().Remove(o.Context(), id))
		delete(o.here, n)
	}
	delete(o.theirs, n)
	o.write()
}

func (o *twoOwners) imports(options ImportOptions) {
	c := o.core()
	plan, err := c.PlanImport([]hermes.Source{{Format: hermes.AuthJSON, Path: o.path}})
	o.must(err)
	res, err := c.Import(o.Context(), plan, options)
	o.must(err)
	for _, a := range res.Imported {
		o.here[o.grantOf(a)] = a.ID
	}
	if !options.Adopt && !options.Remove {
		return
	}
	for n := range o.theirs {
		if o.adopted[n] == 0 {
			o.adopted[n] = o.theirs[n]
		}
		if options.Remove {
			delete(o.theirs, n)
		}
	}
}

// grantOf is the grant of an account, by the tokens that it has.
func (o *twoOwners) grantOf(a Account) (n int) {
	s, err := o.cores[0].state.Vault.Read(o.Context(), a.ID)
	o.must(err)
	gen := 0
	_, err = fmt.Sscanf(s.Blob.Refresh.Reveal(), "FAKE-rt-%d-%d", &n, &gen)
	o.must(err)
	return n
}

func (o *twoOwners) remove() {
	n := some(o, o.here)
	o.must(o.core().Remove(o.Context(), o.here[n]))
	delete(o.here, n)
	delete(o.adopted, n)
}

func (o *twoOwners) prioritize() {
	n := some(o, o.here)
	o.must(o.core().Prioritize(o.Context(), o.here[n], rapid.IntRange(0, 5).Draw(o.T, "place")))
}

func (o *twoOwners) export() {
	n := some(o, o.adopted)
	res, err := o.core().Export(o.Context(), o.path, []string{o.here[n]})
	o.must(err)
	if len(res.HandedOver) != 1 {
		o.Fatalf("%+v", res)
	}
	if _, stood := o.theirs[n]; !stood {
		o.rows[n] = o.here[n]
	}
	o.theirs[n] = o.adopted[n]
	delete(o.adopted, n)
}

// check holds that every grant is one account, that no account was lost or came
// back, that ours have the newest tokens, and that the file has what it must.
func (o *twoOwners) check() {
	accounts := o.core().Snapshot().Accounts
	if len(accounts) != len(o.here) {
		o.Fatalf("%d accounts, want %d", len(accounts), len(o.here))
	}
	labels, grant := map[string]bool{}, map[string]int{}
	for n, id := range o.here {
		grant[id] = n
	}
	ident, _, err := o.cores[0].state.Folder.Store.Read()
	o.must(err)
	for _, a := range accounts {
		n, known := grant[a.ID]
		if !known || labels[a.Label] {
			o.Fatalf("account %s (%q) is grant %d: %t", a.ID, a.Label, n, known)
		}
		labels[a.Label] = true
		gen, ours := o.adopted[n]
		if ours == a.Shared() {
			o.Fatalf("grant %d is ours: %t, shared: %t", n, ours, a.Shared())
		}
		h, err := o.cores[0].state.Folder.ReadHead(a.ID)
		o.must(err)
		if ours && h.Current != record.Hash(ident.StoreID, secret.New(refreshToken(n, gen))) {
			o.Fatalf("grant %d has not the token of generation %d", n, gen)
		}
	}
	text, err := os.ReadFile(o.path)
	o.must(err)
	for n := range o.n {
		if gen, ok := o.theirs[n]; ok != strings.Contains(string(text), refreshToken(n, gen)+`"`) {
			o.Fatalf("grant %d of generation %d is in the file: %t, want %t\n%s", n, gen, !ok, ok, text)
		}
	}
	if !strings.Contains(string(text), `"kept": true`) && !strings.Contains(string(text), `"kept":true`) {
		o.Fatal("an unknown key is lost")
	}
}

// TestImport_TwoProcessesBesideTheOwner lets hermes-agent sign in, refresh and sign
// out, and two processes import, adopt, take over, remove, move and give back, in
// any order.
func TestImport_TwoProcessesBesideTheOwner(t *testing.T) {
	t.Parallel()
	memory := memoryFolder(t)
	rapid.Check(t, func(t *rapid.T) {
		dir, err := os.MkdirTemp(memory, "owners-")
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = os.RemoveAll(dir) }()
		o := &twoOwners{
			T: t, path: filepath.Join(dir, "auth.json"), now: time.Now(),
			theirs: map[int]int{}, rows: map[int]string{}, here: map[int]string{}, adopted: map[int]int{},
		}
		for i := range o.cores {
			o.cores[i] = Open(config(dir, "https://account.minimax.io", &rushing{}))
			defer func() { _ = o.cores[i].Close(context.Background()) }()
		}
		o.signIn()
		do := func(action func()) func(*rapid.T) {
			return func(t *rapid.T) {
				o.T = t
				action()
			}
		}
		t.Repeat(map[string]func(*rapid.T){
			"": do(o.check), "sign in": do(o.signIn), "refresh": do(o.refresh), "sign out": do(o.signOut),
			"import": do(func() { o.imports(ImportOptions{}) }), "adopt": do(func() { o.imports(ImportOptions{Adopt: true}) }),
			"take over": do(func() { o.imports(ImportOptions{Remove: true}) }),
			"remove":    do(o.remove), "prioritize": do(o.prioritize), "export": do(o.export),
		})
	})
}
