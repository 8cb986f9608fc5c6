package hermes_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/hermes"
)

// TestEndIsTheTokensOwn: hermes-agent refreshes Codex and xAI rows without touching
// an expires_at that stands in them. What the token says wins, whichever of the
// two is later; of fields alone the latest does.
func TestEndIsTheTokensOwn(t *testing.T) {
	want := map[string]time.Duration{
		"aaaaaa": 10 * 24 * time.Hour, "bbbbbb": -time.Minute, "cccccc": 10 * time.Minute, "dddddd": 2 * time.Hour, "eeeeee": 800 * time.Second,
	}
	p := hermes.Plan(fixture(t, "testdata/renewed-beside-our-field"), nobody())
	if len(p.Drafts) != len(want) {
		t.Fatalf("%d accounts", len(p.Drafts))
	}
	for _, d := range p.Drafts {
		if got := d.Grant.Row.ExpiresAt.Sub(now); got != want[d.ID] {
			t.Errorf("%s ends %v from now, want %v", d.ID, got, want[d.ID])
		}
	}
	i := slices.IndexFunc(p.Drafts, func(d hermes.Draft) bool { return d.ID == "dddddd" })
	if i < 0 || p.Drafts[i].Grant.Row.Refresh.Reveal() != "FAKE-xai-rt-2" {
		t.Error("the grant is the older one of the two")
	}
}

// TestWith_LeavesNoFieldThatGoesStale: rows of Codex and xAI get no expires_at,
// which hermes-agent would never refresh, and lose one that an earlier export left.
func TestWith_LeavesNoFieldThatGoesStale(t *testing.T) {
	f := fixture(t, "testdata/renewed-beside-our-field")[0]
	data, err := f.With(alive(hermes.Plan([]*hermes.File{f}, nobody())), now)
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Pool map[string][]map[string]json.RawMessage `json:"credential_pool"`
	}
	if err := json.Unmarshal(data, &doc); err != nil {
		t.Fatal(err)
	}
	for id, rows := range doc.Pool {
		for _, row := range rows {
			for key := range row {
				if strings.HasPrefix(key, "expires_at") && id != "nous" {
					t.Errorf("%s: a row has %s", id, key)
				}
			}
		}
	}
}
