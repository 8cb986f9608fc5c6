package cells

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestWrap_KeepsNamesWhole(t *testing.T) {
	for w := 14; w < 60; w++ {
		text := "hermes-agent owns this sign-in; it is used but not refreshed here."
		if lines := Wrap(text, w); strings.Join(lines, " ") != text {
			t.Errorf("at %d cells a name is broken: %q", w, lines)
		}
	}
}

func TestLink_BreaksWhereAReaderExpectsIt(t *testing.T) {
	got := BreakLink("https://platform.minimax.io/oauth-authorize?user_code=ABCD-1234&client=OpenClaw", 31)
	want := []string{"https://platform.minimax.io/", "oauth-authorize", "?user_code=ABCD-1234", "&client=OpenClaw"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	rapid.Check(t, func(t *rapid.T) {
		link, w := rapid.StringMatching(`https://[a-z.]{1,20}(/[a-z]{0,30}){0,4}(\?[a-z]{1,20}=[a-z]{0,80})?`).Draw(t, "link"), rapid.IntRange(1, 90).Draw(t, "w")
		lines := BreakLink(link, w)
		if strings.Join(lines, "") != link {
			t.Fatalf("%q became %q", link, lines)
		}
		for _, line := range lines {
			if Width(line) > w {
				t.Fatalf("%q is wider than %d", line, w)
			}
		}
	})
}
