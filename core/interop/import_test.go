package interop

import (
	"errors"
	"testing"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/hermes"
)

func TestImportRow_Words(t *testing.T) {
	for want, row := range map[string]ImportRow{
		"new account":                    {Verdict: hermes.New},
		"new account, needs sign-in":     {Verdict: hermes.Quarantined},
		"same sign-in as row 3":          {Verdict: hermes.Duplicate, Of: 3},
		"already here, shared":           {Verdict: hermes.Here, Shared: true},
		"left alone: hermes-agent's own": {Verdict: hermes.Borrowed, Why: "hermes-agent's own"},
		"left alone: unknown provider":   {Verdict: hermes.Unsupported, Why: "unknown provider"},
	} {
		if got := row.Words(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestImport_DeletesFromKnownProgramsOnly(t *testing.T) {
	err := ImportOptions{Remove: true}.check(&ImportPlan{sources: []hermes.Source{{Format: "codex", Path: "auth.json"}}})
	if !errors.Is(err, &autherr.Error{Code: autherr.CodeUsage}) {
		t.Errorf("%v", err)
	}
	if err := (ImportOptions{Adopt: true}).check(&ImportPlan{sources: []hermes.Source{{Format: "codex"}}}); err != nil {
		t.Errorf("adopting deletes nothing: %v", err)
	}
}
