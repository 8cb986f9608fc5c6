//go:build unix

package e2e

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hermes-tui/hermes-tui/sandbox"
)

const requireOpenCode = "HERMES_TUI_TEST_REQUIRE_OPENCODE"

// TestOpenCode runs opencode with the settings that `connect` writes, again and
// again until the token was refreshed.
func TestOpenCode(t *testing.T) {
	long(t)
	opencode := need(t, requireOpenCode, "testdata/opencode/node_modules/.bin/opencode")
	b := newBench(t, sandbox.Options{AccessTTL: clientLife})
	url, key := b.serve()
	b.run(nil, binary, "connect", "opencode", b.id, "--proxy", strings.TrimSuffix(url, "/anthropic"), "--write", "--yes")
	env := append(quietOpenCode(), "HERMES_TUI_LOCAL_KEY="+key, "XDG_CONFIG_HOME="+filepath.Join(b.home, ".config"))
	for n, more := 0, 2; more > 0; n++ {
		if b.sandbox.Grants()[0].Rotations > 0 {
			more--
		}
		word := fmt.Sprintf("hello-%d", n)
		if out := b.run(env, opencode, "run", word); !strings.Contains(out, "The sandbox read: "+word) {
			t.Fatalf("opencode printed %q", out)
		}
	}
	b.wantCrossed()
}

// quietOpenCode keeps opencode from looking for anything but what it was asked.
func quietOpenCode() []string {
	return []string{"OPENCODE_DISABLE_AUTOUPDATE=1", "OPENCODE_DISABLE_MODELS_FETCH=1", "OPENCODE_DISABLE_LSP_DOWNLOAD=1"}
}
