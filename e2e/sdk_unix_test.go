//go:build unix

package e2e

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/sandbox"
)

const requireNPM = "HERMES_TUI_TEST_REQUIRE_NPM"

// clientLife is the life of access tokens that real clients are tested with.
// They are renewed when a third of it is left.
const clientLife = 6 * time.Second

// TestSDK runs Anthropic's JavaScript SDK for 20 seconds, in which tokens of 6
// seconds expire at least three times.
func TestSDK(t *testing.T) {
	long(t)
	node := need(t, requireNPM, "node")
	need(t, requireNPM, "testdata/sdk/node_modules/@anthropic-ai/sdk/bin/cli")
	script, err := filepath.Abs("testdata/sdk/messages.mjs")
	if err != nil {
		t.Fatal(err)
	}
	t.Run("token as a helper", func(t *testing.T) {
		t.Parallel()
		b := newBench(t, sandbox.Options{AccessTTL: clientLife})
		env := []string{"SECONDS=20", "HELPER=hermes-tui token", "ANTHROPIC_BASE_URL=" + b.modelURL()}
		t.Log(b.run(env, node, script))
		b.wantCrossed()
	})
}
