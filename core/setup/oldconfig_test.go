package setup

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/internal/oldstore"
)

// TestOldConfiguration_IsRead: every setting that an earlier build knew still
// means what it did.
func TestOldConfiguration_IsRead(t *testing.T) {
	read := 0
	oldstore.Each(t, func(t *testing.T, s *oldstore.Store) {
		path := filepath.Join(s.Dir, "config", "config.toml")
		if _, err := os.Stat(path); err != nil {
			t.Skip("this store was made without a configuration")
		}
		read++
		c, err := ReadConfig(path, true)
		if err != nil {
			t.Fatal(err)
		}
		acme := c.Providers["acme"]
		// A setting that is not known any more is an error already.
		if *c.AutoRefresh || *c.Browser || *c.Animation || c.KeyFile != "/home/ada/.local/share/hermes-tui/key" || acme.Skew != 2*time.Minute ||
			c.Colors.Dark["accent"] != "#FFB454" || acme.Headers["x-acme"] != "1" || c.Endpoints["minimax/cn"].InferenceURL != "https://api.example.org/anthropic" {
			t.Errorf("%+v", c)
		}
		found := Setup{Env: func(string) string { return "" }, Config: c}
		if _, err := found.Providers(); err != nil {
			t.Error(err)
		}
	})
	if read == 0 {
		t.Fatal("no old store has a configuration")
	}
}
