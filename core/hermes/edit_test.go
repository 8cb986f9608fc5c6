package hermes_test

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hermes-tui/hermes-tui/core/hermes"
)

// reparsed parses bytes that were made from a file.
func reparsed(t testing.TB, data []byte) *hermes.File {
	t.Helper()
	f, err := hermes.Parse(hermes.AuthJSON, data, now)
	if err != nil {
		t.Fatalf("%v in\n%s", err, data)
	}
	return f
}

// all are the numbers of a file's rows.
func all(f *hermes.File) (rows []int) {
	for i := range f.Rows {
		rows = append(rows, i)
	}
	return rows
}

// TestWithoutKeepsTheRest: what is not a token of the rows stays, to the byte.
func TestWithoutKeepsTheRest(t *testing.T) {
	f := fixture(t, "testdata/newer")[0]
	data, err := f.Without(all(f), now)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(data, []byte("FAKE")) {
		t.Errorf("tokens stay:\n%s", data)
	}
	for _, kept := range []string{
		`"shiny": {`, `2.50`, `1e3`, `"active_provider": null`, `"version": 2`, `"region": "global"`, `"brand-new-oauth": {}`, `"mapping"`,
	} {
		if !bytes.Contains(data, []byte(kept)) {
			t.Errorf("%s is lost:\n%s", kept, data)
		}
	}
	if i, j := bytes.Index(data, []byte(`"b": 1`)), bytes.Index(data, []byte(`"a": 2`)); i < 0 || j < i {
		t.Errorf("the order of keys changed:\n%s", data)
	}
	if rows := reparsed(t, data).Rows; len(rows) != 0 {
		t.Errorf("rows stay: %+v", rows)
	}
}

// TestWithoutTakesOnlyWhatIsNamed: other rows, other providers and the marker of
// a dead singleton stay.
func TestWithoutTakesOnlyWhatIsNamed(t *testing.T) {
	f := fixture(t, "testdata/codex-three-accounts")[0]
	data, err := f.Without([]int{0, 1}, now)
	if err != nil {
		t.Fatal(err)
	}
	left := reparsed(t, data)
	if len(left.Rows) != 2 || left.Rows[0].ID != "bbbbbb" || left.Rows[1].ID != "cccccc" {
		t.Errorf("left %+v", left.Rows)
	}
	if diff := cmp.Diff("2026-05-20T10:08:00.000000+00:00", field(t, data, "updated_at")); diff != "" {
		t.Error(diff)
	}
	dead := fixture(t, "testdata/minimax-quarantined")[0]
	if data, err = dead.Without(all(dead), now); err != nil {
		t.Fatal(err)
	}
	if rows := reparsed(t, data).Rows; len(rows) != 1 || !rows[0].Dead {
		t.Errorf("left %+v", rows)
	}
}

func field(t testing.TB, data []byte, name string) string {
	t.Helper()
	var all map[string]any
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	s, _ := all[name].(string)
	return s
}

// TestWithGivesEverythingBack: what was taken out and put in again is planned
// as before: the same ids, labels, places and tokens.
func TestWithGivesEverythingBack(t *testing.T) {
	for _, name := range []string{"example", "minimax-two-sign-ins", "minimax-china", "codex-three-accounts", "xai-legacy", "nous-only-pool"} {
		t.Run(name, func(t *testing.T) {
			f := fixture(t, "testdata/"+name)[0]
			before := alive(hermes.Plan([]*hermes.File{f}, nobody()))
			for i := range before {
				before[i].ID = first(before[i].ID, strings.Repeat("ab", 5))
			}
			data, err := f.Without(all(f), now)
			if err != nil {
				t.Fatal(err)
			}
			if data, err = reparsed(t, data).With(before, now); err != nil {
				t.Fatal(err)
			}
			after := alive(hermes.Plan([]*hermes.File{reparsed(t, data)}, nobody()))
			if diff := cmp.Diff(before, after, cmp.Comparer(sameEntry)); diff != "" {
				t.Errorf("changed (-before +after):\n%s\n%s", diff, data)
			}
			again, err := reparsed(t, data).With(before, now)
			if err != nil || !bytes.Equal(again, data) {
				t.Errorf("putting in twice changes something: %v\n%s", err, cmp.Diff(string(data), string(again)))
			}
		})
	}
}

// alive are the accounts of a plan that have tokens, as entries.
func alive(p *hermes.Planned) (all []hermes.Entry) {
	for _, d := range p.Drafts {
		r := d.Grant.Row
		if r.Dead {
			continue
		}
		all = append(all, hermes.Entry{
			ID: d.ID, Label: d.Label, Provider: d.Binding.Provider, Region: d.Binding.Region,
			Access: r.Access, Refresh: r.Refresh, IDToken: r.IDToken, TokenType: "Bearer", Scope: d.Binding.Scope, ClientID: d.Binding.ClientID,
			BaseURL: d.Binding.BaseURL, TokenURL: d.Binding.TokenURL, ObtainedAt: r.ObtainedAt, ExpiresAt: r.ExpiresAt,
		})
	}
	return all
}

func sameEntry(a, b hermes.Entry) bool {
	// A MiniMax row without an expiry is written with the singleton's shape, and
	// one without a portal gets none.
	return a.ID == b.ID && a.Label == b.Label && a.Provider == b.Provider && a.Region == b.Region &&
		a.Access == b.Access && a.Refresh == b.Refresh && a.ExpiresAt.Equal(b.ExpiresAt) && a.BaseURL == b.BaseURL
}

func first(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// TestWithIntoNothing writes the shapes that hermes-agent reads.
func TestWithIntoNothing(t *testing.T) {
	f := fixture(t, "testdata/example")[0]
	entries := alive(hermes.Plan([]*hermes.File{f}, nobody()))
	for i := range entries {
		entries[i].ID = first(entries[i].ID, "abcdef")
	}
	data, err := hermes.NewFile().With(entries, now)
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Providers map[string]struct {
			Access string `json:"access_token"`
			Tokens struct {
				Access string `json:"access_token"`
			} `json:"tokens"`
		} `json:"providers"`
		Pool map[string][]struct{ Source, ID string } `json:"credential_pool"`
	}
	if err := json.Unmarshal(data, &doc); err != nil {
		t.Fatal(err)
	}
	for id, flat := range map[string]bool{"minimax-oauth": true, "nous": true, "xai-oauth": false, "openai-codex": false} {
		block := doc.Providers[id]
		if (block.Access != "") != flat || (block.Tokens.Access == "") != flat || len(doc.Pool[id]) != 1 {
			t.Errorf("%s is written as %+v and %+v", id, block, doc.Pool[id])
		}
	}
}

// TestFixturesSurviveEditing: the fixtures can be written back without a change.
func TestFixturesSurviveEditing(t *testing.T) {
	whole, err := os.ReadFile("testdata/example/auth.json")
	if err != nil {
		t.Fatal(err)
	}
	data, err := fixture(t, "testdata/example")[0].Without(nil, now)
	if err != nil {
		t.Fatal(err)
	}
	updated := strings.Replace(string(whole), "2026-05-20T10:00:00.000000+00:00\"\n}", "2026-05-20T10:08:00.000000+00:00\"\n}", 1)
	if diff := cmp.Diff(updated+"\n", string(data)); diff != "" {
		t.Error(diff)
	}
}
