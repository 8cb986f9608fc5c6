package arg

import (
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// What is there and empty is not what was left out.
func TestGiven(t *testing.T) {
	for words, says := range map[string]string{
		"work":                  "",
		"work --for 2h --in a":  "",
		"":                      "",
		"-":                     "",
		"_":                     "`remove` was given an argument that is empty",
		"-y _":                  "`remove` was given an argument that is empty",
		"work --for _":          "--for is empty",
		"work --for=":           "--for is empty",
		"work --in a --in _":    "--in is empty",
		"one two":               "accepts at most 1 argument",
		"work --in a --count 0": "",
		"work --count -1":       "--count is -1",
		"work --wait -1s":       "--wait is -1s",
		"work --wait=-5m":       "--wait is -5m0s",
		"work --wait 0s":        "",
	} {
		cmd := &cobra.Command{Use: "remove [ACCOUNT]", Args: AtMost(1), RunE: func(*cobra.Command, []string) error { return nil }, SilenceErrors: true, SilenceUsage: true}
		f := cmd.Flags()
		f.BoolP("yes", "y", false, "")
		f.String("for", "", "")
		f.StringArray("in", nil, "")
		f.Int("count", 0, "")
		f.Duration("wait", 0, "")
		args := strings.Fields(words)
		for i, a := range args {
			if a == "_" {
				args[i] = ""
			}
		}
		cmd.SetArgs(args)
		err := cmd.Execute()
		if says == "" && err != nil || says != "" && (err == nil || !strings.Contains(err.Error(), says)) {
			t.Errorf("%q: %v, want %q", words, err, says)
		}
	}
}
