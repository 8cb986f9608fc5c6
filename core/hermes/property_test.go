package hermes_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/hermes-tui/hermes-tui/core/hermes"
)

// drawFile draws an auth.json whose rows share tokens now and then.
func drawFile(t *rapid.T) *hermes.File {
	token := rapid.StringMatching(`FAKE-[ar]t-[1-9]-[1-3]`)
	maybe := func(name string, into map[string]any, g *rapid.Generator[string]) {
		if rapid.Bool().Draw(t, "has "+name) {
			into[name] = g.Draw(t, name)
		}
	}
	tokens := func(into map[string]any) {
		maybe("access_token", into, token)
		maybe("refresh_token", into, token)
		maybe("expires_at", into, rapid.SampledFrom([]string{"2026-05-20T10:15:00+00:00", "2026-05-20T09:00:00Z", "never"}))
		maybe("base_url", into, rapid.SampledFrom([]string{"https://api.minimax.io/anthropic", "https://x.example"}))
		maybe("region", into, rapid.SampledFrom([]string{"global", "cn", "moon"}))
		into["kept"] = rapid.IntRange(0, 9).Draw(t, "kept")
	}
	ids := []string{"minimax-oauth", "nous", "openai-codex", "xai-oauth", "other"}
	providers, pools := map[string]any{}, map[string]any{}
	for _, id := range rapid.SliceOfDistinct(rapid.SampledFrom(ids), rapid.ID).Draw(t, "blocks") {
		block := map[string]any{}
		tokens(block)
		if rapid.IntRange(0, 4).Draw(t, "quarantined") == 0 {
			block["last_auth_error"] = map[string]any{"code": "invalid_grant"}
		}
		providers[id] = block
	}
	for _, id := range rapid.SliceOfDistinct(rapid.SampledFrom(ids), rapid.ID).Draw(t, "pools") {
		var rows []any
		for range rapid.IntRange(0, 5).Draw(t, "rows") {
			row := map[string]any{"source": rapid.SampledFrom([]string{
				"manual", "manual:minimax_oauth", "manual:device_code", "oauth", "device_code", "env:KEY",
			}).Draw(t, "source")}
			maybe("id", row, rapid.StringMatching(`[a-c]{6}`))
			maybe("label", row, rapid.SampledFrom([]string{"work", "Work", "home", "a/b"}))
			maybe("last_status", row, rapid.SampledFrom([]string{"ok", "dead", "exhausted"}))
			tokens(row)
			rows = append(rows, row)
		}
		pools[id] = rows
	}
	data, err := json.Marshal(map[string]any{"providers": providers, "credential_pool": pools, "kept": 1.50})
	if err != nil {
		t.Fatal(err)
	}
	f, err := hermes.Parse(hermes.AuthJSON, data, now)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// TestPlanProperties: every row gets one verdict, no grant becomes two accounts,
// no two accounts of a pool have one label, and nothing dead has tokens.
func TestPlanProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		files := []*hermes.File{drawFile(t), drawFile(t)}
		p := hermes.Plan(files, nobody())
		if want := len(files[0].Rows) + len(files[1].Rows); len(p.Items) != want {
			t.Fatalf("%d verdicts for %d rows", len(p.Items), want)
		}
		if n := p.Count(hermes.New) + p.Count(hermes.Quarantined); n != len(p.Drafts) {
			t.Fatalf("%d rows become %d accounts", n, len(p.Drafts))
		}
		tokens, labels := map[string]bool{}, map[string]bool{}
		for _, d := range p.Drafts {
			r := d.Grant.Row
			label := fmt.Sprintf("%s/%s %s", d.Binding.Provider, d.Binding.Region, strings.ToLower(d.Label))
			token := d.Binding.Provider + r.Refresh.Reveal()
			if labels[label] || d.Label == "" || tokens[token] && !r.Refresh.IsZero() {
				t.Fatalf("twice: %s", label)
			}
			if r.Dead && r.HasTokens() || !r.Dead && r.Access.IsZero() {
				t.Fatalf("%s is dead: %v, and has tokens: %v", label, r.Dead, r.HasTokens())
			}
			labels[label], tokens[token] = true, true
		}
	})
}

// TestWithoutProperties: what was imported is gone from the file, and so is what
// repeats it; what stays is planned as before.
func TestWithoutProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := drawFile(t)
		p := hermes.Plan([]*hermes.File{f}, nobody())
		var gone []int
		var tokens []string
		for _, d := range p.Drafts {
			if d.Grant.Row.Dead {
				continue
			}
			tokens = append(tokens, d.Binding.Provider+" "+d.Grant.Row.Refresh.Reveal())
			for _, ref := range d.Grant.Rows {
				gone = append(gone, ref.Row)
			}
		}
		data, err := f.Without(gone, now)
		if err != nil {
			t.Fatal(err)
		}
		left, err := hermes.Parse(hermes.AuthJSON, data, now)
		if err != nil {
			t.Fatalf("%v in\n%s", err, data)
		}
		for _, row := range left.Rows {
			for _, token := range tokens {
				if token == row.Provider+" "+row.Refresh.Reveal() && !row.Refresh.IsZero() {
					t.Fatalf("a token stays in %s:\n%s", row.Position, data)
				}
			}
		}
		if again := hermes.Plan([]*hermes.File{left}, nobody()); again.Count(hermes.New) > 0 {
			t.Fatalf("%d accounts would come again:\n%s", again.Count(hermes.New), data)
		}
		if !bytes.Contains(data, []byte(`"kept": 1.5`)) {
			t.Fatalf("an unknown key is lost:\n%s", data)
		}
	})
}
