//go:build unix

package anthropicauth_test

import (
	"context"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/anthropics/anthropic-sdk-go"
	"github.com/anthropics/anthropic-sdk-go/option"

	"github.com/hermes-tui/hermes-tui/internal/buildtest"
	"github.com/hermes-tui/hermes-tui/sandbox"
)

// inExec makes the test binary the command of `exec`.
const inExec = "HERMES_TUI_TEST_IN_EXEC"

// TestThroughExec runs a client that knows nothing of hermes-tui as the command
// of `exec`, for so long that tokens of 6 seconds are refreshed three times.
func TestThroughExec(t *testing.T) {
	if os.Getenv(inExec) != "" {
		askForAWhile(t)
		return
	}
	if testing.Short() {
		t.Skip("it takes a quarter of a minute, and -short is set")
	}
	home := t.TempDir()
	// the program is not of this module: only by a link in it does go test see it change
	binary := buildtest.Program(t, "testdata/tree", "./cmd/hermes-tui", home)
	s := sandbox.New(sandbox.Options{AccessTTL: 6 * time.Second, AutoApprove: time.Millisecond, Interval: 10 * time.Millisecond})
	if err := s.Listen(""); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close(context.Background()) })
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"login", "--no-browser"}, {"exec", "--", self, "-test.run", "^TestThroughExec$", "-test.v"}} {
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
		cmd := exec.CommandContext(ctx, binary, args...)
		cmd.Env = []string{
			"HOME=" + home, "HERMES_TUI_HOME=" + home, "HERMES_TUI_KEYSTORE=file", inExec + "=1",
			"HERMES_TUI_MINIMAX_OAUTH_URL=" + s.URL(), "HERMES_TUI_MINIMAX_INFERENCE_URL=" + s.URL() + "/anthropic",
		}
		out, err := cmd.CombinedOutput()
		cancel()
		if err != nil {
			t.Fatalf("%v: %v\n%s", args, err, out)
		}
	}
	models, rotations := s.Stats().Models, s.Grants()[0].Rotations
	t.Logf("%d requests: %v; %d refreshes", models.Total, models.Outcomes, rotations)
	// Tokens that live for less than a minute are refreshed once the API refuses
	// them, and each refusal is one that no program sees.
	if models.Total-models.Outcomes[sandbox.Served] >= rotations || rotations < 2 {
		t.Errorf("%d requests: %v; %d refreshes", models.Total, models.Outcomes, rotations)
	}
}

// askForAWhile asks with what it finds in the environment, and tries nothing
// twice.
func askForAWhile(t *testing.T) {
	c := anthropic.NewClient(option.WithMaxRetries(0))
	pause := time.NewTicker(50 * time.Millisecond)
	defer pause.Stop()
	for end := time.After(16 * time.Second); ; {
		plain(t, &c, "hello")
		streamed(t, &c, "hello")
		tool(t, &c)
		select {
		case <-end:
			return
		case <-pause.C:
		}
	}
}
