package hermes_test

import (
	"testing"

	"github.com/hermes-tui/hermes-tui/core/hermes"
)

// TestIDTokensComeBack: what is taken out of the file and put in again has its ID
// token, in the block and in the row, as hermes-agent and the Codex CLI want it.
func TestIDTokensComeBack(t *testing.T) {
	f := fixture(t, "testdata/labels")[0]
	p := hermes.Plan([]*hermes.File{f}, nobody())
	var id string
	for _, d := range p.Drafts {
		if d.Binding.Provider == "openai-codex" {
			id = d.Grant.Row.IDToken.Reveal()
		}
	}
	if id == "" {
		t.Fatal("the ID token is not read")
	}
	data, err := f.Without(all(f), now)
	if err != nil {
		t.Fatal(err)
	}
	if data, err = reparsed(t, data).With(alive(p), now); err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, row := range reparsed(t, data).Rows {
		if row.Provider == "openai-codex" && row.IDToken.Reveal() == id {
			found++
		}
	}
	if found != 2 {
		t.Errorf("%d of block and row have the ID token:\n%s", found, data)
	}
}
