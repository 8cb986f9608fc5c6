package core

import (
	"encoding/json"
	"errors"
	"os"
	"testing"

	"github.com/hermes-tui/hermes-tui/core/autherr"
)

// TestImportBesideABusyOwner: what the owner writes into its file between the
// table and the yes does not undo the yes: counts, statuses, the order of rows, a
// new row. The new row is not brought over, because nobody has seen it. What was
// seen and is gone is another matter.
func TestImportBesideABusyOwner(t *testing.T) {
	a := newAgent(newRig(t), 3)
	plan := a.plan()
	edit := func(change func(rows []any) []any) {
		t.Helper()
		var doc map[string]any
		if err := json.Unmarshal([]byte(a.file()), &doc); err != nil {
			t.Fatal(err)
		}
		pools := doc["credential_pool"].(map[string]any)
		pools["minimax-oauth"] = change(pools["minimax-oauth"].([]any))
		data, _ := json.Marshal(doc)
		if err := os.WriteFile(a.path, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	edit(func(rows []any) []any {
		rows[2].(map[string]any)["request_count"] = 900
		rows[2].(map[string]any)["last_status"], rows[2].(map[string]any)["last_status_at"] = "exhausted", a.clock.Now().Unix()
		unseen := map[string]any{"id": "ffffff", "label": "unseen", "source": "manual", "access_token": "FAKE-at", "refresh_token": "FAKE-rt", "region": "global"}
		return []any{unseen, rows[2], rows[0], rows[1], map[string]any{"source": "env:X"}}
	})
	res, err := a.core.Import(t.Context(), plan, ImportOptions{Remove: true})
	if err != nil || len(res.Imported) != 3 || len(res.Adopted) != 3 {
		t.Fatalf("%v: imported %d, adopted %d", err, len(res.Imported), len(res.Adopted))
	}
	if all := a.core.Snapshot().Accounts; len(all) != 3 {
		t.Errorf("%d accounts, want the three that were seen", len(all))
	}
	next := a.plan()
	edit(func([]any) []any { return nil })
	if _, err := a.core.Import(t.Context(), next, ImportOptions{}); !errors.Is(err, &autherr.Error{Code: autherr.CodeFileChanged}) {
		t.Errorf("the row that was seen is gone: %v", err)
	}
}

// TestExportKeepsTheIDToken: it comes back into hermes-agent's file with the
// tokens that it was taken out with.
func TestExportKeepsTheIDToken(t *testing.T) {
	a := newAgent(newRig(t), 1)
	var doc map[string]any
	if err := json.Unmarshal([]byte(a.file()), &doc); err != nil {
		t.Fatal(err)
	}
	row := doc["credential_pool"].(map[string]any)["minimax-oauth"].([]any)[0].(map[string]any)
	row["id_token"] = "FAKE-id-token"
	data, _ := json.Marshal(doc)
	if err := os.WriteFile(a.path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	id := a.imports(ImportOptions{Remove: true}).Imported[0].ID
	if _, err := a.core.Export(t.Context(), a.path, []string{id}); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(a.file()), &doc); err != nil {
		t.Fatal(err)
	}
	row = doc["credential_pool"].(map[string]any)["minimax-oauth"].([]any)[0].(map[string]any)
	if row["id_token"] != "FAKE-id-token" {
		t.Errorf("the row is %v", row)
	}
}
