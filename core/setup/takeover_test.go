package setup

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/hermes-tui/hermes-tui/core/autherr"
)

// What becomes of another host's refresh is one of two words, and everything else is an
// error of the usage that names both.
func TestReadConfig_TakeOver(t *testing.T) {
	for text, want := range map[string]string{
		"":                        "",
		`take_over = "auto"`:      "",
		`take_over = "ask"`:       "",
		`take_over = "sometimes"`: `there is no take_over "sometimes"`,
		`take_over = "Ask"`:       `there is no take_over "Ask"`,
	} {
		path := filepath.Join(t.TempDir(), "config.toml")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := ReadConfig(path, true)
		if want == "" {
			if err != nil {
				t.Errorf("%s: %v", text, err)
			}
			continue
		}
		if want += ", which " + path + " asks for"; autherr.KindOf(err) != autherr.Usage || err.Error() != want {
			t.Errorf("%s: %v", text, err)
		}
	}
}
