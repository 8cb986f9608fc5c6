//go:build unix

package e2e

import (
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/sandbox"
)

const requireNPM = "HERMES_TUI_TEST_REQUIRE_NPM"

// clientLife is the life of access tokens that real clients are tested with. The
// first is refreshed when a third of it is left; the next refresh would come a
// minute later, when the tests have ended.
const clientLife = 30 * time.Second

// seconds is how long the script asks.
const seconds = "SECONDS=30"

// TestSDK runs Anthropic's JavaScript SDK for 30 seconds, in which the token of
// the beginning is refreshed.
func TestSDK(t *testing.T) {
	long(t)
	node := need(t, requireNPM, "node")
	need(t, requireNPM, "testdata/sdk/node_modules/@anthropic-ai/sdk/bin/cli")
	script := script(t, "testdata/sdk/messages.mjs")
	for name, run := range map[string]func(b *bench) string{
		"token as a helper": func(b *bench) string {
			return b.run([]string{seconds, "HELPER=hermes-tui token", "ANTHROPIC_BASE_URL=" + b.modelURL()}, node, script)
		},
		"exec": func(b *bench) string {
			return b.run([]string{seconds, "ANTHROPIC_API_KEY=a conflicting one"}, binary, "exec", "--", node, script)
		},
		"serve, key as a bearer": func(b *bench) string {
			url, key := b.serve()
			return b.run([]string{seconds, "ANTHROPIC_BASE_URL=" + url, "ANTHROPIC_AUTH_TOKEN=" + key}, node, script)
		},
		"serve, key as x-api-key": func(b *bench) string {
			url, key := b.serve()
			return b.run([]string{seconds, "ANTHROPIC_BASE_URL=" + url, "ANTHROPIC_API_KEY=" + key}, node, script)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, sandbox.Options{AccessTTL: clientLife})
			t.Log(run(b))
			b.wantCrossed()
		})
	}
}
