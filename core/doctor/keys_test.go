package doctor

import (
	"io/fs"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hermes-tui/hermes-tui/core/connect"
)

// A key in a program's file that opens the proxy no more is one line, with its
// cure; the key itself is not shown.
func TestPrograms_KeysThatOpenNoMore(t *testing.T) {
	if filepath.Separator != '/' {
		t.Skip("the paths of this test are those of Unix")
	}
	for end, says := range map[string]string{"0": "", "1": "was revoked", "2": "has expired", "3": ""} {
		key := "htui_key_" + strings.Repeat("a", 63) + end
		text := `{"provider": {"hermes-tui-x": {"options": {"apiKey": "` + key + `"}, "again": "` + key + `"}}}`
		p := patient(t, accounts{})
		p.Programs = connect.World{
			Env: func(string) string { return "" }, Home: "/home/me", OS: "linux", Glob: func(string) []string { return nil },
			Read: func(path string) ([]byte, error) {
				if path == "/home/me/.config/opencode/opencode.json" {
					return []byte(text), nil
				}
				return nil, fs.ErrNotExist
			},
		}
		said := 0
		for _, f := range examine(t, "programs", p) {
			if strings.Contains(f.Saw+f.Cure, key) {
				t.Errorf("the key is shown: %+v", f)
			}
			if f.Level == Bad {
				said++
				if says == "" || !strings.Contains(f.Saw, says) || !strings.Contains(f.Saw, "opencode.json") || f.Cure != "hermes-tui connect opencode --form proxy --write" {
					t.Errorf("%+v", f)
				}
			}
		}
		if (said == 1) != (says != "") {
			t.Errorf("…%s: %d findings", end, said)
		}
	}
}
